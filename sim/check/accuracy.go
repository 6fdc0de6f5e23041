package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	V6 = rule("I-V6", "who has measured others for the settle time does not predict worse than who knows nothing", "spec 10 §11.4")
)

var _ = judge(func(c *Checker, on *hooks) {
	x := &accuracy{Checker: c, errors: make([]float32, len(c.ctx.Nodes)), samples: make([]uint16, len(c.ctx.Nodes))}
	on.sent = append(on.sent, x.said)
	on.ended = append(on.ended, x.judge)
})

// accuracy is how far off nodes say that they are.
type accuracy struct {
	*Checker
	errors  []float32 // ms, by node
	samples []uint16
	way     core.Duration // the longest that a message was under way at least
}

// Who begins is off by errorMSAtFirst (spec 10 §11.1, error_ms_initial). samplesEnough are those of three minutes of probes.
const (
	errorMSAtFirst = 100
	samplesEnough  = 200
)

func (x *accuracy) said(r *trace.Record) {
	if v := &r.Msg.Coord; v.Dims != 0 {
		x.errors[r.Node], x.samples[r.Node] = v.ErrorMS, v.Samples
		if r.Due != 0 {
			x.way = max(x.way, r.Due.Sub(r.At))
		}
	}
}

func (x *accuracy) judge(now core.Instant) {
	if x.ctx.Settle < samplesEnough*1e9 || !x.quiet(now, x.ctx.Settle-1) {
		return
	}
	most := max(errorMSAtFirst, float32(2*x.way.Seconds()*1000))
	for i, e := range x.errors {
		if n := core.NodeID(i); x.live(n) && x.samples[i] >= samplesEnough && e > most && x.fails(V6) {
			x.detail(V6, now, []core.NodeID{n}, "%s is off by %.0f ms after %d samples; who knows nothing is off by %.0f", x.name(n), e, x.samples[i], most)
		}
	}
}
