package call

import "hypersim/core"

// Ticket is what a role wants to remember of a call; nothing here looks into it but Cancel.
type Ticket struct {
	Op       uint8 // the role's name for what it does
	N        uint32
	Job, Sub uint64
}

// Outcome is how a call ended.
type Outcome struct {
	Ticket

	// Code is that of the last attempt, CodeInternal if nobody answered it, CodeBusy if it waited too long to be made (Patience).
	Code     Code
	Answered bool // the last attempt got an answer; else its deadline passed, its stream failed, or nobody could be asked
	Broke    bool // the last attempt's stream failed, before its deadline: a fault of transport (01-2)

	// Unknown: some attempt went unanswered or was answered that it was tried, so that the request may have been carried
	// out, or may yet be, whatever was answered later (04-12, 04-14).
	Unknown bool

	Seen Codes // all codes that came, over all attempts
	Kind core.Kind
	From core.NodeID // whom the last attempt asked; NoNode if nobody was ever asked

	Instance uint32 // of the process that answered, 0 without an answer

	Reply               Reply // the answer, nil without one; valid until Called returns unless held
	Attempts, Redirects int   // begun, and followed, in all
}

// Done reports whether the call succeeded.
func (o *Outcome) Done() bool { return o.Answered && o.Code.Done() }

// Codes is a set of reply codes.
type Codes uint32

// Set returns the set of the given codes.
func Set(codes ...Code) (s Codes) {
	for _, c := range codes {
		s |= 1 << c
	}
	return s
}

// Has reports whether c is in the set.
func (s Codes) Has(c Code) bool { return s&(1<<c) != 0 }

// Owner is the role that calls.
type Owner interface {
	// Target names whom the given attempt goes to, from 1; last is whom the one before asked, NoNode for the first.
	// NoNode ends the call: whoever answers that by calling the same again at once is asked again at once, without end.
	// The first attempt is Target's only if Go was given nobody. It must not use the Calls.
	Target(now core.Instant, t *Ticket, attempt int, last core.NodeID) core.NodeID

	// Called is told how the call ended: exactly once for each call that is not cancelled, and never from within Go.
	Called(now core.Instant, o *Outcome, fx *core.Effects)
}

// Sending is one time that a request goes out.
type Sending struct {
	Ticket
	Kind      core.Kind
	To        core.NodeID
	Attempt   int  // from 1
	Redirects int  // followed within this attempt
	Broke     bool // its stream failed, before its deadline: a fault of transport (01-2)
	Body      core.Body
}

// Speaker is an Owner whose requests do not say the same each time, such as the count of redirects of a submission.
type Speaker interface {
	// Say is asked before each sending but the first. It returns a body to send instead, from now on, or nil. The old
	// one is on its way and must not be written to. It must not use the Calls.
	Say(now core.Instant, s *Sending, fx *core.Effects) core.Body
}

// Redirector is an Owner that does not go wherever an answer sends it.
type Redirector interface {
	// Redirect is asked before a NOT_LEADER with an address is followed. It returns whom to send to: the address, somebody
	// else, whoever gave it (who is asked once more), or NoNode: that ends the attempt. It must not use the Calls.
	Redirect(now core.Instant, s *Sending, to core.NodeID) core.NodeID
}

// Watcher is an Owner that wants to hear how each sending fared, as breakers do.
type Watcher interface {
	// Fared is told once for each sending: answered with a code, or not (code is CodeInternal then). It must not use
	// the Calls.
	Fared(now core.Instant, s *Sending, answered bool, code Code)
}

// Latecomer is an Owner that wants answers after their deadline (Strategy.Late). The call itself may have ended, or may
// be trying again.
type Latecomer interface {
	// Late is told of an answer that came too late, at most once for each sending. What o says of the call is as it was
	// when the sending timed out.
	Late(now core.Instant, o *Outcome, fx *core.Effects)
}
