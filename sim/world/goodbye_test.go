package world

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// Spec 50 §2: what a process says in the step in which it stops is the last that it says, over the connections that it has: it was sent by
// that process, and stands behind what the same one sent before (I-W7). It went out after the process was gone, over a fresh connection,
// and past all that was still on its way.
func TestLastWordsLeaveBeforeTheProcessDoes(t *testing.T) {
	var order []trace.Kind
	const who, to = 1, 2
	w, _ := watch(t, small(t, 4, ""), func(r *trace.Record) bool {
		if r.Node == who && (r.Kind == trace.KindStop || r.Kind == trace.KindSent && r.Msg.Seq == 12345) {
			order = append(order, r.Kind)
		}
		return false
	})
	w.Run(core.Instant(5e9))
	now := w.Now()
	f := w.fx.Fact(core.FactStopped)
	f.Subject, f.Other = who, core.NoNode
	m := w.fx.Send()
	m.Kind, m.From, m.To, m.Role, m.Instance, m.Seq, m.Timeout = core.KindStreamPing, who, to, w.sc.Nodes[who].Role, 1, 12345, 5e9
	life := w.nodes[who].life
	w.drain(now, now, who)
	if len(order) != 2 || order[0] != trace.KindSent || order[1] != trace.KindStop {
		t.Errorf("it did %v", order)
	}
	seen := false
	w.slab.streams.each(func(x *streamed) {
		if x.msg.Kind == core.KindStreamPing && x.msg.Seq == 12345 {
			if seen = true; x.from != life {
				t.Errorf("it is that of process %d, of %d", x.from, life)
			}
		}
	})
	if !seen {
		t.Error("nothing is on its way")
	}
}
