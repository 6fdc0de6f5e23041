package scenarios

import (
	"hypersim/core"
	"hypersim/scenarios/form"
	"hypersim/sim/fault"
)

// statsT is what a job has of statistics.
type statsT struct {
	Rate  perTimeT   `key:"rate" required:"true" range:"(0,1000000]" doc:"updates of a shard per time; in each protocol.stats.window they become one message"`
	Bytes form.Bytes `key:"bytes" required:"true" range:"(0,1048576]" doc:"of an update"`
}

// recordT is what a workload of statistics consists of.
type recordT struct {
	Critical *bool       `key:"critical" doc:"a manager never drops it (default false)"`
	Bytes    *form.Bytes `key:"bytes" range:"(0,1048576]" doc:"size of its details (default 200B)"`
}

// recordDefault is the size of the details of a record, in bytes.
const recordDefault = 200

// Storm is statistics that belong to no job: each manager of a target is told so much by the workers of its site, in turn.
type Storm struct {
	Arrival  Arrival
	Critical bool
	Bytes    int64
	Obeys    bool // workers tell of it as of shards: every so often, as their managers ask for
}

// HasStats reports whether somebody in the run has statistics, or much to tell, so that what keeps and shapes them is there.
func (s *Scenario) HasStats() bool {
	for i := range s.Workloads {
		w := &s.Workloads[i]
		if w.Storm != nil {
			return true
		}
		if w.Jobs == nil {
			continue
		}
		for k := range w.Jobs.Mix {
			if m := &w.Jobs.Mix[k]; m.EveryFlush || m.Stats.Rate > 0 {
				return true
			}
		}
	}
	for i := range s.Faults {
		if s.Faults[i].Storm != nil {
			return true
		}
	}
	return false
}

// storm resolves a workload of statistics.
func (l *loader) storm(w *Workload, t *workloadT, n *form.Node, key string) {
	w.Storm = &Storm{Arrival: l.arrival(t.Arrival, n.Kid("arrival"), key+".arrival"), Obeys: t.ClosedLoop != nil && *t.ClosedLoop, Bytes: recordDefault}
	if r := t.Record; r != nil {
		w.Storm.Critical, w.Storm.Bytes = val(r.Critical), int64(given(r.Bytes, recordDefault))
	}
	if t.Target == nil {
		return // reported
	}
	t.Target.resolve(l.b, l.sc, true)
	if !t.Target.bad && l.settled(t.Target, "who is told is fixed") && l.keepsStats(t.Target) {
		w.Target = t.Target
	}
}

// keepsStats checks that all whom a selector may name keep statistics, and have workers that tell them.
func (l *loader) keepsStats(s *Selector) bool {
	if l.flat() {
		l.b.Wrong(s.src, s.key, `statistics need protocol.membership.topology = "roles": in a flat group nobody leads`)
		return false
	}
	for _, id := range s.Fixed {
		n := &l.sc.Nodes[id]
		switch {
		case n.Role != core.RoleManager:
			l.b.Wrong(s.src, s.key, "matches %s; only managers keep statistics", n.Name)
		case l.sc.Cluster.Sites[n.Site].Workers == 0:
			l.b.Wrong(s.src, s.key, "matches %s; its site has no workers that could tell it anything", n.Name)
		default:
			continue
		}
		return false
	}
	return true
}

// statsRules are the faults of statistics.
var statsRules = map[fault.Kind]faultRule{
	fault.StatsStorm: {need: []string{"target", "rate"}, may: []string{"record"}, anyone: true, check: checkStorm,
		detail: func(_ *Scenario, f *Fault) []string {
			if f.Storm == nil {
				return nil
			}
			return say(true, "%g/s", f.Storm.Arrival.Rate)
		}},
}

func checkStorm(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	if t.Rate == nil || n.Kid("rate") == nil {
		return // reported
	}
	if t.Rate.relative {
		l.b.Wrong(n.Kid("rate"), key+".rate", `must be records of each target per time, such as "100/s"`)
		return
	}
	f.Storm = &Storm{Arrival: Arrival{Process: ArriveConstant, Rate: t.Rate.perSec}, Bytes: recordDefault}
	if r := t.Record; r != nil {
		f.Storm.Critical, f.Storm.Bytes = val(r.Critical), int64(given(r.Bytes, recordDefault))
	}
	if f.Target != nil && !f.Target.bad {
		l.keepsStats(f.Target)
	}
}
