package world

import (
	"fmt"

	"hypersim/core"
	"hypersim/sim/kernel"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// send puts a message on its way at depart.
func (w *World) send(depart core.Instant, from core.NodeID, m *core.Message) {
	size := w.codec.Size(m)
	if m.Kind.IsStream() {
		w.openStream(depart, from, m, size)
		return
	}
	var fate network.Fate
	w.net.Send(depart, from, m.To, size, m.Kind, m.Turn, &fate)
	w.sent(depart, m, size, fate.At, false)
	if fate.Reason != trace.ReasonNone {
		w.recordDrop(depart, depart, m, size, fate.Reason)
		return
	}
	w.launch(depart, fate.At, fate.Min, from, m, size, fate.Corrupt, false)
	if fate.At2 != 0 {
		w.sent(depart, m, size, fate.At2, true)
		w.launch(depart, fate.At2, fate.Min, from, m, size, fate.Corrupt, true)
	}
}

func (w *World) launch(depart, at core.Instant, least core.Duration, from core.NodeID, m *core.Message, size int, corrupt, extra bool) {
	handle := w.slab.alloc(false)
	f := w.slab.at(handle)
	w.load(f, m)
	if extra { // what it is answered with, or leads to, is another packet
		f.msg.Turn = core.TurnCopy(f.msg.Turn)
	}
	f.sent, f.min, f.size, f.corrupt, f.copied = depart, least, uint32(size), corrupt, extra
	w.pushMessage(at, from, m.To, handle)
}

// load copies m into f, through bytes if the scenario says so.
func (w *World) load(f *flight, m *core.Message) {
	if p := w.nodes[m.From].poison; p != poisonNone {
		m = w.tainted(m, p)
	}
	if !w.wire {
		f.fill(m)
		return
	}
	w.buf = w.codec.Encode(w.buf[:0], m)
	f.msg.Updates, f.msg.Extra = f.msg.Updates[:0], f.extra
	if err := w.codec.Decode(w.buf, &f.msg); err != nil {
		panic(fmt.Sprintf("world: %v from %d to %d does not survive the codec: %v", m.Kind, m.From, m.To, err))
	}
	if f.msg.Body != nil {
		core.Hold(f.msg.Body)
	}
	if f.msg.Extra != nil {
		f.extra = f.msg.Extra
	}
	// What never travels: the detector's own mark, the driver's timeout and what chance knows it by.
	f.msg.Flags |= m.Flags & core.FlagProbe
	f.msg.Timeout, f.msg.Turn = m.Timeout, m.Turn
	f.msg.To = m.To
}

func (w *World) pushMessage(at core.Instant, from, to core.NodeID, handle uint32) {
	w.kernel.Schedule(kernel.Event{At: at, Key: w.messageKey(from), Node: to, Arg: handle})
}

// messageKey is the key of one more event of a message that from sends.
func (w *World) messageKey(from core.NodeID) uint64 {
	return kernel.MakeKey(kernel.KindMessage, from, w.nodes[from].host.Seq())
}

// openStream sends a stream message for the first time.
func (w *World) openStream(depart core.Instant, from core.NodeID, m *core.Message, size int) {
	w.sent(depart, m, size, 0, false)
	handle := w.slab.alloc(true)
	f := w.slab.stream(handle)
	w.load(&f.flight, m)
	f.sent, f.size, f.life, f.from = depart, uint32(size), w.nodes[m.To].life, w.nodes[from].life
	f.try, f.deadline, f.order, f.ends = network.StreamTry{Handle: handle}, core.Never, 0, false
	if m.Timeout > 0 {
		f.deadline = depart.Add(m.Timeout)
	}
	if w.nodes[from].fate.deaf > 0 && m.Kind == core.KindJoin { // its name does not resolve
		w.failAt(depart, handle, trace.ReasonRefused)
		return
	}
	w.tryStream(depart, handle)
}

func (w *World) tryStream(now core.Instant, handle uint32) {
	f := w.slab.stream(handle)
	m := &f.msg
	var fate network.StreamFate
	w.net.StreamSend(now, m.From, m.To, int(f.size), m.Kind, f.deadline, &f.try, &fate)
	switch fate.Outcome {
	case network.StreamArrives:
		f.min = fate.Min
		w.pushStream(fate.At, m.From, m.To, handle)
	case network.StreamRetries, network.StreamWaits:
		w.tryAt(fate.At, handle)
	case network.StreamFails:
		w.failAt(fate.At, handle, fate.Reason)
	}
	if fate.Turn {
		w.tryAt(min(fate.NextAt, w.slab.stream(fate.Next).deadline), fate.Next)
	}
}

// tryAt lets a stream message be tried at an instant, instead of when it was to be before. Who waits for a turn and gets
// it leaves an event at its deadline, which is nobody's.
func (w *World) tryAt(at core.Instant, handle uint32) {
	f := w.slab.stream(handle)
	if f.order == 0 {
		f.order = w.messageKey(f.msg.From)
	}
	f.retry, f.due, f.key = true, at, f.order
	if at == core.Never || at == f.deadline && f.ends {
		return
	}
	f.ends = f.ends || at == f.deadline
	w.kernel.Schedule(kernel.Event{At: at, Key: f.key, Node: f.msg.From, Arg: handle})
}

// pushStream lets a stream message, or the notice of its end, arrive.
func (w *World) pushStream(at core.Instant, from, to core.NodeID, handle uint32) {
	f := w.slab.stream(handle)
	f.retry, f.due, f.key = false, at, w.messageKey(from)
	w.kernel.Schedule(kernel.Event{At: at, Key: f.key, Node: to, Arg: handle})
}

// stale reports whether an event is not the one that its stream message waits for.
func (w *World) stale(e *kernel.Event) bool {
	f := w.slab.stream(e.Arg)
	return f.due != e.At || f.key != e.Key
}

// failAt ends a stream message that will not arrive: its flight becomes the notice that the sender gets
// at the given time.
func (w *World) failAt(at core.Instant, handle uint32, why trace.Reason) {
	f := w.slab.stream(handle)
	w.dropped(max(w.kernel.Now(), f.sent), &f.flight, why) // a refusal may be known before the message leaves
	lost := f.msg
	w.slab.drop(&f.flight)
	w.slab.changes++
	f.msg = core.Message{
		Kind: core.KindStreamFailed, Failed: lost.Kind, Seq: lost.Seq, Target: lost.To,
		From: lost.From, To: lost.From, Group: lost.Group, Updates: lost.Updates[:0],
	}
	f.judged, f.life = false, f.from
	f.size, f.sent = 0, w.kernel.Now()
	if at == core.Never {
		w.slab.free(handle)
		return
	}
	w.pushStream(at, lost.From, lost.From, handle)
}

// sent records that m left.
func (w *World) sent(at core.Instant, m *core.Message, size int, due core.Instant, extra bool) {
	w.rec.Kind, w.rec.At, w.rec.Node, w.rec.Peer = trace.KindSent, at, m.From, m.To
	w.rec.Msg, w.rec.Size, w.rec.Due, w.rec.Copy, w.rec.Reason = m, uint32(size), due, extra, trace.ReasonNone
	w.rec.Fact.Kind = core.FactNone
	w.books.sent[m.Kind]++
	w.emit()
	if w.on != nil && !extra {
		w.onSent(at, m)
	}
}

func (w *World) delivered(at core.Instant, f *flight, spent core.Duration) {
	if f.msg.Kind == core.KindStreamFailed {
		return
	}
	w.rec.Kind, w.rec.At, w.rec.Node, w.rec.Peer = trace.KindDelivered, at, f.msg.To, f.msg.From
	w.rec.Msg, w.rec.Size, w.rec.Due, w.rec.Min, w.rec.Copy = &f.msg, f.size, f.sent, f.min, f.copied
	w.rec.Spent = spent
	w.rec.Reason = trace.ReasonNone
	w.books.delivered[f.msg.Kind]++
	w.emit()
}

func (w *World) dropped(at core.Instant, f *flight, why trace.Reason) {
	if f.msg.Kind == core.KindStreamFailed {
		return
	}
	w.recordDrop(at, f.sent, &f.msg, int(f.size), why)
}

func (w *World) recordDrop(at, sent core.Instant, m *core.Message, size int, why trace.Reason) {
	w.rec.Due = sent
	w.rec.Kind, w.rec.At, w.rec.Node, w.rec.Peer = trace.KindDropped, at, m.From, m.To
	w.rec.Msg, w.rec.Size, w.rec.Reason, w.rec.Copy = m, uint32(size), why, false
	w.books.dropped[m.Kind]++
	w.emit()
}

// books count every message by kind, so that sent = delivered + dropped + in flight can be checked (I-W4).
type books struct {
	sent, delivered, dropped [core.NumKinds]uint64
}
