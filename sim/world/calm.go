package world

import (
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
)

// calm reports whether nothing in the scenario can make a probe of a live member fail. Then nothing disturbs it but processes
// that come and go, nothing is lost, and no member refuses its own datagrams. Every round trip is at most half the probe
// timeout, even with the largest jitter that will ever be drawn, and hosts need at most the other half.
func calm(sc *scenarios.Scenario) bool {
	for i := range sc.Faults {
		if !sc.Faults[i].Kind.Row().Calm {
			return false
		}
	}
	if len(sc.Topology.Snapshots) > 0 || sc.Narrow || !roomy(sc) {
		return false
	}
	trip, bounded := furthest(sc)
	wait, holds := slowest(sc)
	for i := range sc.Protocol.Configs {
		if p := sc.Protocol.Configs[i].Promises(); 2*trip > p.ProbeTimeout || 2*wait > p.ProbeTimeout || !keepsUp(sc, &p) {
			return false
		}
	}
	return bounded && holds
}

// furthest is the longest round trip that there will ever be, loads apart; ok is false if there is no bound, or if
// messages get lost on the way.
func furthest(sc *scenarios.Scenario) (trip core.Duration, ok bool) {
	base := core.Duration(0)
	for _, d := range sc.Topology.Base {
		base = max(base, d)
	}
	for i := range sc.Network.Links {
		l := &sc.Network.Links[i]
		jitter, bounded := longest(&l.Jitter, base)
		if !bounded || l.Loss.Model != "" && l.Loss.Model != scenarios.LossNone || l.Corrupt > 0 || l.Reorder.P > 0 || l.Drift.Kind != scenarios.DriftNone {
			return 0, false
		}
		trip = max(trip, 2*(base+jitter))
	}
	return trip, true
}

// roomy reports whether all links have room for whatever a crowd sends at once.
func roomy(sc *scenarios.Scenario) bool {
	for i := range sc.Network.Links {
		if l := &sc.Network.Links[i]; l.Bandwidth > 0 && (l.Bandwidth < 100e6 || l.Queue > 0 && l.Queue < crowd*1400) {
			return false
		}
	}
	return true
}

// crowd is how many messages may come to a member at once when nothing happens: each of its peers keeps its own
// time. Where many join, all of them may ask the same seed.
const crowd = 64

// slowest is the longest that two hosts may make a round trip, with a crowd before it at each; ok is false if there
// is no bound, or if an inbox does not hold the crowd.
func slowest(sc *scenarios.Scenario) (wait core.Duration, ok bool) {
	many := crowd
	if crowded(sc) {
		for i := range sc.Groups {
			many = max(many, crowd+sc.Groups[i].Count)
		}
	}
	for r := range sc.Node {
		m := &sc.Node[r]
		if m.Inbox < many {
			return 0, false
		}
		for c := range m.Service {
			most, bounded := longest(&m.Service[c], 0)
			if !bounded {
				return 0, false
			}
			wait = max(wait, 2*(most+core.Duration(many)*typical(&m.Service[c])))
		}
	}
	return wait, true
}

// crowded reports whether members join while the run goes on.
func crowded(sc *scenarios.Scenario) bool {
	for i := range sc.Faults {
		if sc.Faults[i].Kind == fault.Join {
			return true
		}
	}
	return !sc.Cluster.Formed
}

// keepsUp reports whether all hosts are free at least half of the time: each member probes one and is probed by one
// every period, hears gossip while there is any, and as manager or gate hears its workers, too.
func keepsUp(sc *scenarios.Scenario, p *core.Promises) bool {
	perSec := 4 / p.ProbePeriod.Seconds()
	if p.GossipInterval > 0 {
		perSec += float64(p.GossipFanout) / p.GossipInterval.Seconds()
	}
	workers, managers := 0, 0
	for i := range sc.Nodes {
		switch sc.Nodes[i].Role {
		case core.RoleWorker:
			workers++
		case core.RoleManager:
			managers++
		default:
		}
	}
	perSec += 2 * float64(workers) / float64(max(managers, 1)) / p.ProbePeriod.Seconds()
	for i := range sc.Workloads {
		l := &sc.Workloads[i]
		if l.Kind != scenarios.WorkloadProgress {
			continue
		}
		perSec += float64(len(l.Target.Fixed)) / l.Interval.Seconds()
	}
	for r := range sc.Node {
		for c := range sc.Node[r].Service {
			if float64(perSec*typical(&sc.Node[r].Service[c]).Seconds()) > 0.5 {
				return false
			}
		}
	}
	return true
}

// typical is a mean or more.
func typical(d *scenarios.Dist) core.Duration {
	if d.Kind == scenarios.DistExponential {
		return core.Seconds(d.Mean)
	}
	most, _ := longest(d, 0)
	return most
}

// longest returns the largest draw that a run will see, of base if it is relative; ok is false for a distribution
// with a heavy tail. Eight deviations of a normal one and 35 means of an exponential one are not exceeded in 10^15
// draws.
func longest(d *scenarios.Dist, base core.Duration) (most core.Duration, ok bool) {
	x := 0.0
	switch d.Kind {
	case "", scenarios.DistConstant:
		x = d.Value
	case scenarios.DistUniform:
		x = d.Max
	case scenarios.DistNormal:
		x = d.Mean + float64(8*d.Std)
	case scenarios.DistExponential:
		x = 35 * d.Mean
	default:
		return 0, false
	}
	if d.Relative {
		x *= base.Seconds()
	}
	return core.Seconds(x), true
}
