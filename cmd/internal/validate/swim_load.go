package validate

import (
	"fmt"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/sim/trace"
)

// load is the traffic of one run without faults: per participant and s, and bytes.
type load struct{ sent, got, syncs, ping, ack float64 }

func idle(n int, seed uint64) load {
	const from, seconds = 60, 180
	var out, in, exchanges int
	var bytes, count [core.NumKinds]int
	w := lan(n, seed, seconds, func(r *trace.Record) {
		if r.At < at(from) || r.Msg == nil {
			return
		}
		stream := r.Msg.Kind.IsStream()
		switch {
		case r.Kind == trace.KindSent && !stream:
			out++
			count[r.Msg.Kind]++
			bytes[r.Msg.Kind] += int(r.Size)
		case r.Kind == trace.KindDelivered && !stream:
			in++
		case r.Kind == trace.KindSent && r.Msg.Flags&core.FlagReply == 0:
			exchanges++
		}
	})
	finish(w)
	per := 1 / float64(n*(seconds-from))
	size := func(k core.Kind) float64 { return float64(bytes[k]) / float64(count[k]) }
	return load{float64(out) * per, float64(in) * per, float64(exchanges) * per, size(core.KindPing), size(core.KindAck)}
}

func probeLoad() []*Experiment {
	var out []*Experiment
	for _, c := range []struct {
		n, runs, quick int
		full, short    float64
	}{{10, 10, 3, 1, 1}, {100, 10, 3, 6, 2}, {1000, 3, 0, 45, 0}} {
		e := &Experiment{
			ID: fmt.Sprintf("swim-load-n%d", c.n), Topic: TopicFailure, Quick: c.quick > 0, Full: c.full, Short: c.short,
			Title: fmt.Sprintf("load of %d members without faults", c.n),
			Rows: []Row{
				{"sent", "datagrams sent per participant and period", "", 2, 0, "§15.1, spec 40 A2", Computed, Near(0.001)},
				{"received", "datagrams received per participant and period", "", 2, 0, "§15.1, spec 40 A2", Computed, Near(0.001)},
				{"syncs", "sync streams per participant and s", "1/s", 0.05, 0, "spec 40 A2", Computed, AtMost},
				{"ping", "size of a PING", "byte", 89, 0, "spec 40 A2", Computed, Exactly(1e-9)},
				{"ack", "size of an ACK", "byte", 91, 0, "spec 40 A2", Computed, Exactly(1e-9)},
			},
		}
		e.Run = func(l *Lab) *plot.Overlay {
			var sent, got, syncs []float64
			var last load
			for _, r := range each(l, l.Pick(c.runs, c.quick), func(i int) load { return idle(c.n, uint64(i+1)) }) {
				sent, got, syncs, last = append(sent, r.sent), append(got, r.got), append(syncs, r.syncs), r
			}
			l.Mean("sent", sent)
			l.Mean("received", got)
			l.Most("syncs", syncs)
			l.Number("ping", last.ping, "")
			l.Number("ack", last.ack, "")
			return nil
		}
		out = append(out, e)
	}
	return out
}
