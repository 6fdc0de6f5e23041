package call

import "hypersim/core"

// Wake ends the attempts whose deadline has passed and begins those whose pause is over.
func (c *Calls) Wake(now core.Instant, fx *core.Effects) {
	for len(c.t.heap) > 0 {
		h := c.t.heap[0]
		s := c.t.at(h)
		if s.at > now {
			return
		}
		switch s.phase {
		case phaseAsked:
			c.unanswered(now, h, true, fx)
		case phasePause:
			s.attempt++
			c.attempt(now, h, core.NoNode, fx)
		case phaseBarred:
			c.send(now, h, s.ahead, fx)
		case phaseOver:
			c.end(now, h, nil, fx)
		default:
			c.t.free(h)
		}
	}
}

// Receive takes m if it is the answer to a call, on time or too late, or the notice that one's stream failed. It
// reports whether it was: then m concerns nobody else. It is given messages of the job layer only (core.RoomJobs).
func (c *Calls) Receive(now core.Instant, m *core.Message, fx *core.Effects) bool {
	if m.Kind == core.KindStreamFailed {
		return c.failed(now, m, fx)
	}
	asked := m.Kind.Answers()
	if asked == core.KindNone {
		return false
	}
	reply, ok := m.Body.(Reply)
	h := c.t.find(asked, m.Seq, m.From)
	c.speaks = m.Instance
	if ok {
		c.heed(now, m.From, asked, reply.Head())
	}
	switch {
	case !ok || h == 0:
		c.ignored++
	case c.t.at(h).phase == phaseLate:
		c.tooLate(now, h, reply, fx)
	default:
		c.answered(now, h, reply, fx)
	}
	return true
}

// failed takes the notice that a stream message was not delivered. A reply of this process that got lost is nobody's
// business: who asked has a deadline.
func (c *Calls) failed(now core.Instant, m *core.Message, fx *core.Effects) bool {
	h := c.t.find(m.Failed, m.Seq, m.Target)
	switch {
	case h == 0:
		return m.Failed.Answers() != core.KindNone
	case c.t.at(h).phase == phaseLate:
		c.t.free(h)
	default:
		c.unanswered(now, h, c.runsOut(now, h), fx)
	}
	return true
}

// clocks is the part of a deadline by which two clocks may differ over it (03-24: at most a tenth between the fastest and the slowest).
const clocks = 10

// runsOut reports whether the sending of h has about all of its time behind it: that it was not delivered is what its deadline says too, a
// moment sooner or later by another clock, and no fault of transport (01-2: the notice of one ends a request sooner).
func (c *Calls) runsOut(now core.Instant, h uint32) bool {
	s := c.t.at(h)
	return s.at.Sub(now) <= s.how.Timeout/clocks
}

// answered judges the answer to a sending.
func (c *Calls) answered(now core.Instant, h uint32, reply Reply, fx *core.Effects) {
	s := c.t.at(h)
	a := reply.Head()
	s.broke = false
	c.fared(now, s, true, a.Code)
	c.t.unlink(h)
	// A code that the strategy lists ends the call although it may pass: the caller has somebody else to ask.
	s.answered, s.code, s.seen = true, a.Code, s.seen|1<<a.Code
	s.unknown = s.unknown || a.Tried
	if s.how.Ends.Has(a.Code) {
		c.end(now, h, reply, fx)
		return
	}
	switch codes[a.Code].stance {
	case stanceElsewhere:
		if to := c.redirect(now, s, a.Leader); to != core.NoNode {
			s.followed++
			s.redirects++
			c.send(now, h, to, fx)
			return
		}
		c.again(now, h, &Answer{}, reply, fx)
	case stanceLater:
		c.again(now, h, a, reply, fx)
	default:
		c.end(now, h, reply, fx)
	}
}

// follows reports whether a redirect to leader leads on. To whom was asked, and to the asker, it does not.
func (c *Calls) follows(s *slot, leader core.NodeID) bool {
	return !s.final && leader != core.NoNode && leader != c.p.Self && leader != s.to && int(s.followed) < s.how.Redirects
}

// redirect returns where an answer leads, NoNode if nowhere. An owner that chooses may choose whom it asked.
func (c *Calls) redirect(now core.Instant, s *slot, to core.NodeID) core.NodeID {
	if !c.follows(s, to) {
		return core.NoNode
	}
	if c.redirects != nil {
		to = c.redirects.Redirect(now, c.describe(s), to)
	}
	return to
}

// unanswered ends a sending that got no answer, because its deadline passed or its stream failed. Either way the
// request may have arrived: a stream may break after it has delivered.
func (c *Calls) unanswered(now core.Instant, h uint32, deadline bool, fx *core.Effects) {
	s := c.t.at(h)
	s.broke = !deadline
	c.fared(now, s, false, CodeInternal)
	c.t.unlink(h)
	s.answered, s.code, s.unknown = false, CodeInternal, true
	// A stream that broke has nobody who would answer late; a deadline has. What the answer would change, a worker's cores for
	// one, is worth remembering the number for a while.
	if deadline && s.how.Late > 0 && c.latecomer != nil {
		c.linger(now, h)
	}
	c.again(now, h, &Answer{}, nil, fx)
}

// fared tells the watcher how a sending went, for breakers and health: once for each sending, whatever becomes of the call.
func (c *Calls) fared(now core.Instant, s *slot, answered bool, code Code) {
	if c.watcher != nil {
		c.watcher.Fared(now, c.describe(s), answered, code)
	}
}

// again begins the pause before the next attempt, or ends the call. What a server that is BUSY asks for is the least pause.
func (c *Calls) again(now core.Instant, h uint32, a *Answer, reply Reply, fx *core.Effects) {
	s := c.t.at(h)
	wait, ok := c.comes(s, a)
	if !ok || s.final || s.how.Attempts > 0 && int(s.attempt) >= s.how.Attempts || !s.pays() {
		c.end(now, h, reply, fx)
		return
	}
	pause := max(wait, s.how.Pause(int(s.attempt)-1, s.paused, &c.draw))
	s.paused = pause
	if a.Reason == ReasonRate {
		s.waited += pause
	}
	c.t.await(h, phasePause, now.Add(pause))
}

// pays reports whether the budget, if there is one, pays for another attempt. What costs a server nothing but a word, such as
// that it does not lead, costs nothing (spec 02 no. 25).
func (s *slot) pays() bool { return !s.costs() || s.how.Budget.Pay() }

func (s *slot) costs() bool {
	return s.how.Budget != nil && s.to != core.NoNode && (!s.answered || s.code == CodeBusy)
}

// end frees the slot and tells the owner, who may call again at once.
func (c *Calls) end(now core.Instant, h uint32, reply Reply, fx *core.Effects) {
	s := c.t.at(h)
	c.outcome(s, reply)
	// The slot goes before the owner is told: it may begin the next call in this very step, and finds room.
	kind, body := s.kind, s.body
	c.t.free(h)
	if body != nil {
		fx.Bodies.Drop(kind, body) // it was sent in an earlier step, or never
	}
	c.owner.Called(now, &c.out, fx)
	c.out.Reply = nil
}

// outcome fills what the owner is told. It is one value for all calls: it holds until the owner returns, and no longer.
func (c *Calls) outcome(s *slot, reply Reply) {
	c.out = Outcome{
		Ticket: s.ticket, Code: s.code, Answered: s.answered, Broke: s.broke, Unknown: s.unknown, Seen: s.seen, Kind: s.kind, From: s.to,
		Reply: reply, Attempts: int(s.attempt), Redirects: int(s.redirects),
	}
	if reply != nil {
		c.out.Instance = c.speaks
	}
}

// linger keeps what is needed to recognise a late answer to the sending of h that has just timed out.
func (c *Calls) linger(now core.Instant, h uint32) {
	l := c.t.alloc() // the slab may move
	s, x := c.t.at(h), c.t.at(l)
	order := x.order
	*x = *s
	x.order, x.pos, x.next, x.body = order, -1, 0, nil
	c.t.link(l)
	c.t.await(l, phaseLate, now.Add(s.how.Late))
	c.t.late++
}

// tooLate hands over an answer whose deadline has passed.
func (c *Calls) tooLate(now core.Instant, h uint32, reply Reply, fx *core.Effects) {
	c.outcome(c.t.at(h), reply)
	c.t.free(h)
	a := reply.Head()
	c.out.Code, c.out.Answered, c.out.Seen = a.Code, true, c.out.Seen|1<<a.Code
	c.latecomer.Late(now, &c.out, fx)
	c.out.Reply = nil
}
