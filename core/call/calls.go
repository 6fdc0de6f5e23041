package call

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// Params say whose calls they are.
type Params struct {
	Self     core.NodeID
	Role     core.Role
	Instance uint32 // start count of the process
	Seed     uint64 // of the run; draws are keyed by (Seed, purpose, Key, Instance)
	Key      uint64 // of the node's name (rng.Key)

	Patience Patience // of calls whose Strategy says so

	// Reply is how long the driver tries to deliver a reply; 0: as long as the stream lives.
	Reply core.Duration
}

// Calls are the calls of one process. The zero value is ready for Init.
type Calls struct {
	// Incarnation is what the headers of requests and replies say; the role keeps it up.
	Incarnation uint32

	p         Params
	owner     Owner
	speaker   Speaker // nil if the owner is none, as below
	watcher   Watcher //
	redirects Redirector
	latecomer Latecomer //
	t         table
	bars      bars
	seq       uint32
	draw      rng.Stream
	out       Outcome // in the hands of the owner
	sending   Sending // the same

	speaks  uint32 // process of whoever's answer is in hand
	ignored uint64 // answers that nobody waited for
}

// Init makes c ready. Clients draw their pauses under a purpose of their own (01-10).
func (c *Calls) Init(owner Owner, p Params) {
	*c = Calls{owner: owner, p: p}
	c.speaker, _ = owner.(Speaker)
	c.watcher, _ = owner.(Watcher)
	c.redirects, _ = owner.(Redirector)
	c.latecomer, _ = owner.(Latecomer)
	purpose := "retry"
	if p.Role == core.RoleClient {
		purpose = "client.retry"
	}
	c.draw = rng.New(p.Seed, purpose, p.Key, uint64(p.Instance))
	first := rng.New(p.Seed, "call.seq", p.Key, uint64(p.Instance))
	c.seq = uint32(first.Uint64())
}

// Seq returns a number for a message of this process that is no call: calls and such messages share one sequence, so
// that a failed stream is never taken for that of a call.
func (c *Calls) Seq() uint32 {
	c.seq++
	return c.seq
}

// Tell appends a message that nobody answers, with its header filled in, and returns it to be given its body. The pointer is
// valid until the next message is appended.
func (c *Calls) Tell(fx *core.Effects, kind core.Kind, to core.NodeID, timeout core.Duration) *core.Message {
	m := fx.Send()
	c.header(m, kind, to)
	m.Seq, m.Timeout = c.Seq(), timeout
	return m
}

// Make returns a clear body of type T for messages of kind k, to be filled in and given to Go.
func Make[T any, P interface {
	*T
	core.Body
}](fx *core.Effects, k core.Kind) P {
	m := core.Message{Kind: k}
	return core.Attach[T, P](fx, &m)
}

// Go calls to, or whom Target names if to is NoNode. The body is held until the call ends and is sent again unchanged
// with each attempt; it is nil where the kind has none, and a role that means to call with it once more afterwards holds
// it too. s is kept, t is copied.
func (c *Calls) Go(now core.Instant, to core.NodeID, kind core.Kind, body core.Body, s *Strategy, t Ticket, fx *core.Effects) {
	if s.Timeout <= 0 {
		panic("call: " + kind.String() + " without a timeout")
	}
	if body != nil {
		core.Hold(body)
	}
	h := c.t.alloc()
	x := c.t.at(h)
	x.ticket, x.how, x.body, x.kind, x.to, x.code, x.attempt = t, s, body, kind, core.NoNode, CodeInternal, 1
	c.attempt(now, h, to, fx)
}

// attempt begins one: at whom, or whom the owner names.
func (c *Calls) attempt(now core.Instant, h uint32, to core.NodeID, fx *core.Effects) {
	s := c.t.at(h)
	if to == core.NoNode {
		c.sending.Ticket = s.ticket
		to = c.owner.Target(now, &c.sending.Ticket, int(s.attempt), s.to)
	}
	if to == core.NoNode {
		s.attempt-- // it did not begin
		c.t.await(h, phaseOver, now)
		return
	}
	s.followed = 0
	c.send(now, h, to, fx)
}

// send lets the request go out to the given node, as soon as it may be asked, and waits for the answer.
func (c *Calls) send(now core.Instant, h uint32, to core.NodeID, fx *core.Effects) {
	if c.waits(now, h, to) {
		return
	}
	s := c.t.at(h)
	again := s.to != core.NoNode
	s.to, s.seq = to, c.Seq()
	if again && c.speaker != nil {
		if b := c.speaker.Say(now, c.describe(s), fx); b != nil && b != s.body {
			core.Hold(b)
			fx.Bodies.Drop(s.kind, s.body)
			s.body = b
		}
	}
	m := fx.Send()
	c.header(m, s.kind, to)
	m.Seq, m.Timeout, m.Body = s.seq, s.how.Timeout, s.body
	c.t.link(h)
	c.t.await(h, phaseAsked, now.Add(s.how.Timeout))
}

func (c *Calls) header(m *core.Message, k core.Kind, to core.NodeID) {
	m.Kind, m.From, m.To = k, c.p.Self, to
	m.Role, m.Instance, m.Incarnation = c.p.Role, c.p.Instance, c.Incarnation
}

func (c *Calls) describe(s *slot) *Sending {
	c.sending = Sending{
		Ticket: s.ticket, Kind: s.kind, To: s.to, Attempt: int(s.attempt), Redirects: int(s.followed), Broke: s.broke, Body: s.body,
	}
	return &c.sending
}

// Respond appends the reply to a request, with its header filled in, and returns it to be given its body. The pointer
// is valid until the next message is appended.
func (c *Calls) Respond(fx *core.Effects, request *core.Message, kind core.Kind) *core.Message {
	m := fx.Send()
	c.header(m, kind, request.From)
	m.Seq, m.Timeout = request.Seq, c.p.Reply
	return m
}

// Cancel ends all calls of that operation about that job without a word to the owner, and what is late of them; it
// returns how many calls there were. It looks at every slot.
func (c *Calls) Cancel(op uint8, job uint64) (n int) {
	for i := range c.t.slab {
		s := &c.t.slab[i]
		if s.phase == phaseIdle || s.ticket.Op != op || s.ticket.Job != job {
			continue
		}
		if s.phase != phaseLate {
			n++
		}
		c.t.free(uint32(i + 1)) // its body may be in the effects of this very step: garbage, not for the shelf
	}
	return n
}

// Last lets all calls of that operation about that job send nothing more: those that wait for an answer end with it, or without, and the others
// at the next Wake as they stand. The owner hears of each. It looks at every slot.
func (c *Calls) Last(now core.Instant, op uint8, job uint64) {
	for i := range c.t.slab {
		s := &c.t.slab[i]
		if s.ticket.Op != op || s.ticket.Job != job {
			continue
		}
		switch s.phase {
		case phaseAsked:
			s.final = true
		case phaseBarred, phasePause:
			s.takeBack()
			c.t.await(uint32(i+1), phaseOver, now)
		}
	}
}

// takeBack lets what s waits to send not count: no attempt, no redirect and no retry of a budget.
func (s *slot) takeBack() {
	switch {
	case s.phase == phaseBarred && s.followed == 0:
		s.attempt--
	case s.phase == phaseBarred:
		s.redirects--
	}
	if s.costs() {
		s.how.Budget.Back()
	}
}

// Deadline reports when Wake is next needed.
func (c *Calls) Deadline() (core.Instant, bool) {
	if len(c.t.heap) == 0 {
		return core.Never, false
	}
	return c.t.at(c.t.heap[0]).at, true
}

// Len returns how many calls have not ended.
func (c *Calls) Len() int { return len(c.t.heap) - c.t.late }

// Ignored returns how many answers came that nobody waited for.
func (c *Calls) Ignored() uint64 { return c.ignored }

// MemoryBytes returns the heap bytes that c holds, bodies left out.
func (c *Calls) MemoryBytes() int {
	return slotBytes*cap(c.t.slab) + 4*(cap(c.t.idle)+cap(c.t.heap)) + barBytes*cap(c.bars.list) + c.t.hash.MemoryBytes()
}

// slotBytes is the size of a slot, held to the truth by a test.
const slotBytes = 128
