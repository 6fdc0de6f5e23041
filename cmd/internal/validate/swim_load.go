package validate

import (
	"fmt"

	"hypersim/core"
	"hypersim/sim/trace"
)

// probeLoad is the traffic of runs without faults: per participant and s, and bytes.
func probeLoad() []*Experiment {
	var out []*Experiment
	for _, c := range []struct {
		n, runs, quick int
		full, short    float64
	}{{10, 10, 3, 1, 1}, {100, 10, 3, 6, 2}, {1000, 3, 0, 45, 0}} {
		const from, seconds = 60, 180
		out = append(out, &Experiment{
			ID: fmt.Sprintf("swim-load-n%d", c.n), Topic: TopicFailure, Quick: c.quick > 0, Full: c.full, Short: c.short,
			Title: fmt.Sprintf("load of %d members without faults", c.n),
			Study: &Study{
				Rows: []Measured{
					{Row{"sent", "datagrams sent per participant and period", "", 2, 0, "§15.1, spec 40 A2", Computed, Near(0.001)}, "", meanOf("sent")},
					{Row{"received", "datagrams received per participant and period", "", 2, 0, "§15.1, spec 40 A2", Computed, Near(0.001)}, "", meanOf("received")},
					{Row{"syncs", "sync streams per participant and s", "1/s", 0.05, 0, "spec 40 A2", Computed, AtMost}, "", mostSeen("syncs")},
					{Row{"ping", "size of a PING", "byte", 89, 0, "spec 40 A2", Computed, Exactly(1e-9)}, "", sizeOf(core.KindPing)},
					{Row{"ack", "size of an ACK", "byte", 91, 0, "spec 40 A2", Computed, Exactly(1e-9)}, "", sizeOf(core.KindAck)},
				},
				File: "lan", Cells: []Cell{lanCell("", c.n, seconds)}, Seeds: [2]int{c.runs, c.quick},
				Counts: []string{"sent", "received", "syncs", core.KindPing.String(), sizes(core.KindPing), core.KindAck.String(), sizes(core.KindAck)},
				Watch: func(t *Trial, r *trace.Record) {
					if r.At < at(from) || r.Msg == nil {
						return
					}
					stream := r.Msg.Kind.IsStream()
					switch {
					case r.Kind == trace.KindSent && !stream:
						t.Add("sent", 1)
						if k := r.Msg.Kind; k == core.KindPing || k == core.KindAck {
							t.Add(k.String(), 1)
							t.Add(sizes(k), float64(r.Size))
						}
					case r.Kind == trace.KindDelivered && !stream:
						t.Add("received", 1)
					case r.Kind == trace.KindSent && r.Msg.Flags&core.FlagReply == 0:
						t.Add("syncs", 1)
					}
				},
				After: func(t *Trial) {
					for _, name := range []string{"sent", "received", "syncs"} {
						t.value[name] *= 1 / float64(c.n*(seconds-from))
					}
				},
			},
		})
	}
	return out
}

// sizeOf is the mean size of messages of a kind in the last run: it is the same in all.
func sizeOf(k core.Kind) Measure {
	return func(l *Lab, row string, runs Trials) {
		last := runs[len(runs)-1]
		l.Number(row, last.Of(sizes(k))/last.Of(k.String()), "")
	}
}

// sizes is the name under which the sizes of messages of a kind are added up.
func sizes(k core.Kind) string { return k.String() + " bytes" }
