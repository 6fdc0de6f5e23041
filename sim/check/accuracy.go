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
	x := &accuracy{Checker: c, said: make([]accuracySaid, len(c.ctx.Nodes))}
	on.sent = append(on.sent, x.says)
	on.ended = append(on.ended, x.judge)
})

// accuracy is how far off nodes say that they are.
type accuracy struct {
	*Checker
	said []accuracySaid // by node
	way  core.Duration  // the longest that a message was under way at least
}

// accuracySaid is what one said last.
type accuracySaid struct {
	errorMS float32
	samples uint16
	inst    uint32
	anew    core.Instant // when its coordinate was last begun anew, and the process was not
	before  int          // how often in a row, no two half a calm apart
}

// Who begins is off by errorMSAtFirst (spec 10 §11.1, error_ms_initial). samplesEnough are those of three minutes of probes. Two nodes come
// near each other by chance, and one answer that is slow then throws one of them out (ADR 0051): where links jitter for good that happens
// once in hours. It is no chance any more if it happens anewOften times in half a calm, to whomever.
const (
	errorMSAtFirst = 100
	samplesEnough  = 200
	anewOften      = 3
)

func (x *accuracy) says(r *trace.Record) {
	v := &r.Msg.Coord
	if v.Dims == 0 {
		return
	}
	s := &x.said[r.Node]
	if r.Msg.Instance == s.inst && v.Samples < s.samples {
		if s.before++; r.At.Sub(s.anew) > x.ctx.Settle/2 {
			s.before = 1
		}
		s.anew = r.At
	}
	s.errorMS, s.samples, s.inst = v.ErrorMS, v.Samples, r.Msg.Instance
	if r.Due != 0 {
		x.way = max(x.way, r.Due.Sub(r.At))
	}
}

// judge asks at the end of a calm who is off, and who was thrown out of its bounds (ADR 0051) when half of it was over.
func (x *accuracy) judge(now core.Instant) {
	if x.ctx.Settle < samplesEnough*1e9 || !x.quiet(now, x.ctx.Settle-1) {
		return
	}
	most := max(errorMSAtFirst, float32(2*x.way.Seconds()*1000))
	late := now.Add(-x.ctx.Settle / 2)
	often := 0
	for i := range x.said {
		if x.said[i].anew > late && x.live(core.NodeID(i)) {
			often += x.said[i].before
		}
	}
	for i := range x.said {
		n, s := core.NodeID(i), &x.said[i]
		if !x.live(n) {
			continue
		}
		if s.samples >= samplesEnough && s.errorMS > most && x.learns(n) && x.fails(V6) {
			x.detail(V6, now, []core.NodeID{n}, "%s is off by %.0f ms after %d samples; who knows nothing is off by %.0f", x.name(n), s.errorMS, s.samples, most)
		}
		if s.anew > late && often >= anewOften && x.fails(V6) {
			x.detail(V6, now, []core.NodeID{n}, "%s began its coordinate anew at %v, though nothing has been the matter since %v; %d did of late", x.name(n), s.anew, now.Add(-x.ctx.Settle), often)
		}
	}
}

// learns reports whether anybody whom a node measures measures others itself. A single manager pings nobody (spec 10 §10.4), and goes on
// saying what one slow answer of long ago taught it: no worker that measures it can come near that.
func (x *accuracy) learns(n core.NodeID) bool {
	if !x.hot[n].worker {
		return true
	}
	for _, id := range x.groups[x.hot[n].group].members {
		if !x.hot[id].worker && x.said[id].samples >= samplesEnough {
			return true
		}
	}
	return false
}
