package world

import (
	"hypersim/core"
	"hypersim/sim/host"
	"hypersim/sim/kernel"
	"hypersim/sim/trace"
)

// Run goes on to virtual time until, or to the end of the scenario if that is earlier.
// After a failure (Err) it does nothing.
func (w *World) Run(until core.Instant) {
	for !w.Advance(until) {
	}
}

// Advance is Run, but returns also where much happens at one instant, or in next to no time, so that a run can be stopped there: it reports
// whether there is nothing left to do. Where virtual time stands for good, or creeps, the run fails.
func (w *World) Advance(until core.Instant) (done bool) {
	if w.failed != nil {
		return true
	}
	before := w.kernel.Now()
	w.kernel.Run(min(until, w.end))
	switch {
	case !w.kernel.Held():
		w.holds = 0
		return true
	case w.kernel.Now().Sub(before) > creeps:
		w.holds = 0
	}
	if w.holds++; w.holds >= w.mostHolds() {
		w.failed = w.stands()
	}
	return w.failed != nil
}

// End is the virtual time at which the run is over.
func (w *World) End() core.Instant { return w.end }

// Finish closes the books. Call it once, after the last Run.
func (w *World) Finish() {
	w.checkpoint(w.kernel.Now())
	w.rec = trace.Record{At: w.kernel.Now(), Kind: trace.KindEnd, Node: core.NoNode, Peer: core.NoNode}
	w.emit()
}

// Handle implements kernel.Handler: the one place where virtual time acts on the world.
func (w *World) Handle(e *kernel.Event) {
	w.step++
	switch e.Kind() {
	case kernel.KindMessage:
		w.arrive(e)
	case kernel.KindTimer:
		w.timer(e.At, e.Node, e.Arg)
	case kernel.KindFault:
		w.change(e.At, e.Arg)
	case kernel.KindSample:
		w.sample(e.At)
	}
}

// Touch implements kernel.Toucher: it loads what Handle will need. A member's tables lie all over the
// memory, and waiting for them one after the other is most of what an event costs.
func (w *World) Touch(e *kernel.Event) {
	if int(e.Node) >= len(w.nodes) {
		return
	}
	n := &w.nodes[e.Node]
	x := w.net.Touch(e.Node) ^ byte(n.host.Busy()) // the line before, where the host straddles two
	if n.host.Up() {
		x++
	}
	from := core.NoNode
	if e.Kind() == kernel.KindMessage {
		f := w.slab.at(e.Arg)
		from = f.msg.From
		x ^= byte(f.size)
	}
	if n.machine == core.Machine(&n.m) {
		x ^= n.m.Swim.Touch()
		if from != core.NoNode {
			x ^= n.m.Swim.TouchSender(from)
		} else {
			x ^= n.m.Swim.TouchWake(n.local(e.At))
		}
	}
	w.touched ^= x
}

// wake lets a machine act on its deadlines.
func (w *World) wake(now core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	if !n.host.Fires(now) || n.host.Paused() {
		return // stale, or Resume wakes it
	}
	if busy := n.host.Busy(); busy > now {
		w.armAt(id, busy)
		return
	}
	n.machine.Wake(n.local(now), &w.fx)
	w.drain(now, now, id)
}

// arrive hands a message to its receiver, or to the receiver's inbox.
func (w *World) arrive(e *kernel.Event) {
	now, id, handle := e.At, e.Node, e.Arg
	f := w.slab.at(handle)
	n := &w.nodes[id]
	if isStream(handle) {
		if w.stale(e) {
			return
		}
		if w.slab.stream(handle).retry {
			w.tryStream(now, handle)
			return
		}
	}
	why := trace.ReasonNone
	switch {
	case f.corrupt:
		why = trace.ReasonCorrupt
	case !n.host.Up():
		why = trace.ReasonDown
	case isStream(handle) && w.slab.stream(handle).life != n.life:
		why = trace.ReasonReset
	default:
		w.admit(now, id, handle)
		return
	}
	w.lose(now, handle, why)
}

// lose drops a message that had reached its receiver's host. The network takes nothing back: the sender
// of a stream message learns at its deadline.
func (w *World) lose(now core.Instant, handle uint32, why trace.Reason) {
	f := w.slab.at(handle)
	if isStream(handle) && f.msg.Kind != core.KindStreamFailed {
		w.failAt(max(w.slab.stream(handle).deadline, now), handle, why)
		return
	}
	w.dropped(now, f, why)
	w.slab.free(handle)
}

func (w *World) admit(now core.Instant, id core.NodeID, handle uint32) {
	n := &w.nodes[id]
	f := w.slab.at(handle)
	f.came = now
	if !n.host.Paused() && w.barred(now, id, handle) {
		return
	}
	if n.flow != nil && !n.host.Paused() && !w.takeIn(now, id, handle) {
		return
	}
	s, out := n.host.Arrive(now, n.flow.Class(f.msg.Kind), handle)
	switch s {
	case host.Idle:
		w.serve(now, id, handle)
		return
	case host.Full:
		w.unserved(id, out)
		w.lose(now, out, trace.ReasonInbox)
	case host.Busy:
	}
	w.askTurn(now, id)
}

// serve lets the machine handle one message; what that causes leaves when the service ends.
func (w *World) serve(now core.Instant, id core.NodeID, handle uint32) {
	n := &w.nodes[id]
	f := w.slab.at(handle)
	if !f.judged && w.barred(now, id, handle) { // it arrived during a pause
		return
	}
	if n.flow != nil && !f.judged && !w.takeIn(now, id, handle) {
		return
	}
	if w.on != nil {
		if !w.strikeFirst(now, id, handle) {
			return
		}
		f = w.slab.at(handle)
	}
	done := n.host.Serve(now, n.flow.Class(f.msg.Kind))
	w.delivered(now, f, done.Sub(f.came))
	if n.flow != nil {
		n.flow.Begin(n.local(now), &f.msg, now.Sub(f.came), done.Sub(now), &w.fx)
	}
	n.machine.Receive(n.local(now), &f.msg, &w.fx)
	w.slab.free(handle)
	w.drain(now, done, id)
}

// turn serves the next waiting message, after the deadlines that fell into the service before it.
func (w *World) turn(now core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	if !n.host.Up() {
		return
	}
	if busy := n.host.Busy(); busy > now { // a wake-up at this instant went first
		w.pushTimer(busy, id, wakeTurn)
		return
	}
	if n.host.Overdue(now) {
		n.machine.Wake(n.local(now), &w.fx)
		w.drain(now, now, id)
		if !n.host.Up() { // it had waited to stop
			return
		}
	}
	if handle, ok := n.host.Turn(); ok {
		w.serve(now, id, handle)
		w.askTurn(now, id)
	}
}

func (w *World) askTurn(now core.Instant, id core.NodeID) {
	h := &w.nodes[id].host
	if h.NeedsTurn() {
		w.pushTimer(max(h.Busy(), now), id, wakeTurn)
	}
}

// drain does what a step asked for: facts are recorded at now, messages leave at depart.
func (w *World) drain(now, depart core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	fx := &w.fx
	ends := len(fx.Facts) > 0 && w.facts(now, id)
	if len(fx.JobFacts)+len(fx.Work) > 0 {
		w.jobFacts(now, id, ends)
	}
	w.holdBodies()
	if w.on != nil && len(w.on.due) > 0 && !w.strike(now, id) {
		w.dropBodies() // the process ended before it told anybody
		fx.Reset()
		return
	}
	for i := range fx.Messages {
		w.send(depart, id, &fx.Messages[i])
	}
	w.dropBodies()
	fx.Reset()
	if ends {
		w.over(now, id)
	}
	if !n.host.Up() {
		return
	}
	if at, ok := n.machine.Deadline(); ok {
		w.armAt(id, max(n.host.Clock().Virtual(at), now))
	}
}

// holdBodies holds the bodies of the step's own messages, until dropBodies; the flights hold theirs. All are held before any is sent: several
// messages may have one body, and a stream that is refused ends while it is sent.
func (w *World) holdBodies() {
	ms := w.fx.Messages
	for i := range ms {
		if ms[i].Body != nil {
			core.Hold(ms[i].Body)
		}
	}
}

func (w *World) dropBodies() {
	ms := w.fx.Messages
	for i := range ms {
		if ms[i].Body != nil {
			w.fx.Bodies.Drop(ms[i].Kind, ms[i].Body)
		}
	}
}

func (w *World) armAt(id core.NodeID, at core.Instant) {
	if w.nodes[id].host.Arm(at) {
		w.pushTimer(at, id, wakeMachine)
	}
}

// facts records what id's machine reported, and returns whether its process ends with this step.
func (w *World) facts(now core.Instant, id core.NodeID) (ends bool) {
	local := w.nodes[id].local(now)
	for i := range w.fx.Facts {
		f := &w.fx.Facts[i]
		w.rec.Kind, w.rec.At, w.rec.Local, w.rec.Node, w.rec.Peer = trace.KindFact, now, local, id, f.Subject
		w.rec.Fact, w.rec.Msg = *f, nil
		w.emit()
		if w.on != nil {
			w.onFact(now, id, f)
		}
		ends = ends || f.Kind == core.FactStopped || f.Kind == core.FactFatal
	}
	return ends
}

// over ends a process that says that it stops. What it said in that step has left: it was the process that said it, over its own connections.
func (w *World) over(now core.Instant, id core.NodeID) {
	w.stop(now, id, trace.KindStop)
	f := &w.nodes[id].fate
	if f.wanted = false; f.again {
		f.again = false
		w.pushTimer(now, id, wakeStart)
	}
}

func (w *World) emit() {
	w.rec.Step = w.step
	w.digest.Record(&w.rec)
	for _, s := range w.opt.Sinks {
		s.Record(&w.rec)
	}
}
