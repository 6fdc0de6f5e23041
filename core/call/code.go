package call

import "hypersim/core"

// Code says how a request ended at whoever answers it (spec 20 §0). Every reply begins with one; free text never
// decides anything.
type Code uint8

// Reply codes.
const (
	CodeOK        Code = iota // done
	CodeDuplicate             // done before: the recorded answer follows
	CodeNotLeader             // ask Leader; without one: later
	CodeSyncing               // the five below: cannot now
	CodeDraining
	CodeNoQuorum
	CodeLeaseLost
	CodeNoDatacenter
	CodeBusy // after RetryAfter
	CodeInternal
	CodeStaleFence // the token is below Current
	CodeUnknownJob // no record, no tombstone
	CodeUnknownWorkflow
	CodeAlreadyTerminal // the job or workflow ended
	CodeTooLarge        // from here on: refused for good
	CodeInvalid
	CodeVersionIncompatible
	CodeIsolation
	CodeRoleDenied
	CodeNoCapacity

	NumCodes = 20
)

// How a caller takes a code.
type stance uint8

const (
	stanceDone      stance = iota // success
	stanceElsewhere               // redirect, transient without an address
	stanceLater                   // transient: retry
	stanceEnd                     // the end of the operation, or a matter of its message
	stanceRefused                 // permanent for this request
)

// codeRow is all that is known of a code.
type codeRow struct {
	name   string
	stance stance
}

var codes = [NumCodes]codeRow{
	CodeOK: {"OK", stanceDone}, CodeDuplicate: {"DUPLICATE", stanceDone},
	CodeNotLeader: {"NOT_LEADER", stanceElsewhere},
	CodeSyncing:   {"SYNCING", stanceLater}, CodeDraining: {"DRAINING", stanceLater}, CodeNoQuorum: {"NO_QUORUM", stanceLater},
	CodeLeaseLost: {"LEASE_LOST", stanceLater}, CodeNoDatacenter: {"NO_DATACENTER", stanceLater}, CodeBusy: {"BUSY", stanceLater},
	CodeInternal:   {"INTERNAL", stanceLater},
	CodeStaleFence: {"STALE_FENCE", stanceEnd}, CodeUnknownJob: {"UNKNOWN_JOB", stanceEnd},
	CodeUnknownWorkflow: {"UNKNOWN_WORKFLOW", stanceEnd}, CodeAlreadyTerminal: {"ALREADY_TERMINAL", stanceEnd},
	CodeTooLarge: {"TOO_LARGE", stanceRefused}, CodeInvalid: {"INVALID", stanceRefused},
	CodeVersionIncompatible: {"VERSION_INCOMPATIBLE", stanceRefused}, CodeIsolation: {"ISOLATION", stanceRefused},
	CodeRoleDenied: {"ROLE_DENIED", stanceRefused}, CodeNoCapacity: {"NO_CAPACITY", stanceRefused},
}

func (c Code) String() string {
	if int(c) < len(codes) {
		return codes[c].name
	}
	return "unknown"
}

// Done reports whether c is a success: done now, or done before.
func (c Code) Done() bool { return codes[c].stance == stanceDone }

// Transient reports whether the same request may succeed later at the same node.
func (c Code) Transient() bool { return codes[c].stance == stanceLater }

// Permanent reports whether the same request can never succeed.
func (c Code) Permanent() bool { return codes[c].stance == stanceRefused }

// Answer is what every reply begins with. Reply bodies embed it and walk it first.
type Answer struct {
	Code       Code
	Leader     core.NodeID   // CodeNotLeader: whom to ask, NoNode if that is not known; zero with other codes
	RetryAfter core.Duration // CodeBusy
	Reason     Reason        // CodeBusy
	Current    uint64        // CodeStaleFence: the token that the request is below; CodeIsolation: what was expected, a digest
	Check      uint8         // CodeIsolation: what did not fit, a registry.Bar
	Tried      bool          // CodeNoQuorum: it was tried, so that it may come to be done all the same (04-12)
}

// Walk tells the fields that go with the code. The others become zero: a used body says nothing of its last message.
func (a *Answer) Walk(w *core.Walker) {
	core.Word(w, "code", &a.Code, NumCodes)
	a.trim()
	switch a.Code {
	case CodeNotLeader:
		w.MaybeNode("leader", &a.Leader)
		*a = Answer{Code: a.Code, Leader: a.Leader}
	case CodeBusy:
		w.Duration("retry_after", &a.RetryAfter)
		core.Word(w, "reason", &a.Reason, NumReasons)
		*a = Answer{Code: a.Code, RetryAfter: a.RetryAfter, Reason: a.Reason}
	case CodeStaleFence:
		w.Uint64("current", &a.Current)
		*a = Answer{Code: a.Code, Current: a.Current}
	case CodeNoQuorum:
		w.Bool("tried", &a.Tried)
		*a = Answer{Code: a.Code, Tried: a.Tried}
	case CodeIsolation:
		w.Uint8("check", &a.Check)
		w.Uint64("expected", &a.Current)
		*a = Answer{Code: a.Code, Check: a.Check, Current: a.Current}
	default:
		*a = Answer{Code: a.Code}
	}
}

// trim zeroes what does not go with the code, and never travels: a body that is cleared, and then used again for another
// answer, would bring along what its last answer said.
func (a *Answer) trim() {
	if a.Code != CodeNotLeader {
		a.Leader = 0
	}
	if a.Code != CodeBusy {
		a.RetryAfter, a.Reason = 0, 0
	}
	if a.Code != CodeStaleFence && a.Code != CodeIsolation {
		a.Current = 0
	}
	if a.Code != CodeIsolation {
		a.Check = 0
	}
	if a.Code != CodeNoQuorum {
		a.Tried = false
	}
}

// NotLeader is the answer of who does not lead: leader does, NoNode if that is not known.
func NotLeader(leader core.NodeID) Answer { return Answer{Code: CodeNotLeader, Leader: leader} }

// Busy is the answer of who has no time for that long.
func Busy(after core.Duration, why Reason) Answer {
	return Answer{Code: CodeBusy, RetryAfter: after, Reason: why}
}

// Reason says why a server is BUSY (01-71, spec 30 §6): of what the caller did, or of what others do.
type Reason uint8

// Reasons.
const (
	ReasonUntold   Reason = iota // to who does not read it, or that there is none
	ReasonNotReady               // it begins, or has nobody to ask itself
	ReasonShed                   // its state sheds the class
	ReasonRate                   // the caller asks too often
	ReasonInFlight               // too much is in flight, or waits

	NumReasons = 5
)

var reasons = [NumReasons]string{"untold", "not_ready", "shed", "rate", "in_flight"}

func (r Reason) String() string {
	if int(r) < len(reasons) {
		return reasons[r]
	}
	return "unknown"
}

// Untyped takes from the answer what only a caller that knows typed refusals reads (spec 30 §10), and, unless it is timed, when to
// come again.
func (a *Answer) Untyped(typed, timed bool) {
	if !typed {
		a.Reason = ReasonUntold
	}
	if !timed {
		a.RetryAfter = 0
	}
}

// Stale is the answer to a token below current.
func Stale(current uint64) Answer { return Answer{Code: CodeStaleFence, Current: current} }

// Head returns a itself: how the calls of a node read the answer of any reply.
func (a *Answer) Head() *Answer { return a }

// Reply is the body of a reply.
type Reply interface {
	core.Body
	Head() *Answer
}
