package metrics

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/routing"
	"hypersim/sim/metrics/words"
)

// Decision is a decision of a gate about a job, as it is told.
type Decision struct {
	At                                  core.Instant
	ID                                  uint64
	Gate                                core.NodeID
	Job                                 job.ID
	Trigger                             routing.Trigger
	Mode                                routing.Mode
	Reason                              routing.Reason
	Best                                routing.Class
	Chosen, Previous, Hindsight         int32 // sites, −1: none
	Score, BestScore, Improvement, Hold float64
	RTT, BestRTT, MeanRTT               float64 // ms, true
	Candidates                          []Option

	Need                   int     // cores that the job wants at once
	Oracle                 int32   // the site where it would have begun soonest, −1: nowhere
	OracleBegin, OracleRTT float64 // ms: until it begins there, and the true round trip

	rec routing.Record // the record itself, without its lists
}

// Option is what a decision made of one datacenter.
type Option struct {
	routing.Candidate
	Place int     // among targets and fallbacks, from 1; 0: excluded
	RTT   float64 // ms, true
	Truth Load    // what the oracle knows of it
	Begin float64 // ms until the job would begin there, 0: it takes no job
}

// rttFloor is what regret takes for equally near, in ms (spec 01 no. 52).
const rttFloor = 10

// Regret is how much further the chosen datacenter truly is than the nearest one that could have been chosen.
func (d *Decision) Regret() float64 { return max(d.RTT, rttFloor) / max(d.BestRTT, rttFloor) }

var _ = record(func(r *Recorder, on *hooks) {
	d := &routes{Recorder: r, managers: map[int]core.NodeID{}}
	for id := range r.ctx.Nodes {
		n := &r.ctx.Nodes[id]
		if _, ok := d.managers[n.SiteIndex]; !ok && n.Role == core.RoleManager {
			d.managers[n.SiteIndex] = core.NodeID(id)
		}
	}
	r.routes = d
	d.beginFailover(on)
}, words.RoutingRegret, words.RoutingRTT, words.RoutingChance, words.RoutingShare, words.RoutingSwitches, words.Failover, words.BootstrapExit,
	words.RoutingLate, words.RoutingFloor)

var _ = reads("decision", func(_ *Result, o *Observation) string { return words.Find("decision").Words[o.Type] })

var _ = reads("route_rule", func(_ *Result, o *Observation) string { return words.RouteRules[o.Type] })

// routes follows where gates send jobs.
type routes struct {
	*Recorder
	managers map[int]core.NodeID // one of each datacenter, in whose name it is spoken of
	fails    failures
}

// RecordRoute takes a decision of a gate. The record is read and not kept.
func (r *Recorder) RecordRoute(now core.Instant, gate core.NodeID, d *routing.Record, _ *routing.Keys) {
	r.routes.take(now, gate, d)
}

func (r *routes) take(now core.Instant, gate core.NodeID, d *routing.Record) {
	x := Decision{
		At: now, ID: d.ID, Gate: gate, Job: d.Job, Trigger: d.Trigger, Mode: d.Mode, Reason: d.Reason, Best: d.Best, Chosen: -1, Previous: d.Previous,
		Hindsight: -1, Score: d.Incumbent, BestScore: d.BestScore, Improvement: d.Improvement(), Hold: seconds(d.HoldDown),
	}
	x.rec = *d
	x.rec.Primary, x.rec.Extended, x.rec.Fallback, x.rec.Preferred, x.rec.Candidates = nil, nil, nil, nil, nil
	x.Candidates = make([]Option, len(d.Candidates))
	for i := range d.Candidates {
		o := &x.Candidates[i]
		if o.Candidate = d.Candidates[i]; o.Verdict != routing.Excluded {
			o.Place = i + 1
		}
		if m, ok := r.managers[int(o.Site)]; ok && r.ctx.TrueRTT != nil {
			o.RTT = float64(r.ctx.TrueRTT(gate, m, now)) / 1e6
		}
	}
	x.judge()
	if len(d.Primary) > 0 {
		x.Chosen = int32(d.Primary[0])
	}
	r.observe(&x)
	r.oracle(gate, &x)
	r.decided(now, gate, x.Chosen)
	if len(r.res.Decisions) >= r.ctx.MaxRows {
		r.res.TruncatedRows++
		return
	}
	r.res.Decisions = append(r.res.Decisions, x)
}

// judge finds what would have been best among those of the primary class, by true distance.
func (d *Decision) judge() {
	n := 0
	for i := range d.Candidates {
		o := &d.Candidates[i]
		if o.Place == 0 || o.Class != d.Best {
			continue
		}
		if n == 0 {
			d.RTT = o.RTT
		}
		if n == 0 || o.RTT < d.BestRTT {
			d.BestRTT, d.Hindsight = o.RTT, int32(o.Site)
		}
		d.MeanRTT += o.RTT
		n++
	}
	d.MeanRTT /= float64(max(n, 1))
}

// observe tells the metrics of a decision.
func (r *routes) observe(d *Decision) {
	for i := range d.Candidates {
		chosen := 0.0
		if int32(d.Candidates[i].Site) == d.Chosen {
			chosen = 1
		}
		r.tell(words.RoutingShare, d, int32(d.Candidates[i].Site), chosen)
	}
	switched := 0.0
	if d.Chosen >= 0 && d.Previous >= 0 && d.Chosen != d.Previous {
		switched = 1
	}
	if d.Chosen < 0 {
		return
	}
	r.tell(words.RoutingSwitches, d, d.Chosen, switched)
	r.tell(words.RoutingRTT, d, d.Chosen, d.RTT)
	r.tell(words.RoutingRegret, d, d.Chosen, d.Regret())
	if d.MeanRTT > 0 {
		r.tell(words.RoutingChance, d, d.Chosen, d.RTT/d.MeanRTT)
	}
}

func (r *routes) tell(m words.Metric, d *Decision, site int32, v float64) {
	subject, ok := r.managers[int(site)]
	if !ok {
		return
	}
	o := r.about(m, d.At, v, d.Gate, subject)
	o.Type = uint8(d.Reason)
	r.keep(&o)
}
