package runner

import (
	"time"

	"hypersim/scenarios/claim"

	"hypersim/analysis/judge"
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/swim"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/metrics"
	"hypersim/sim/world"
)

// measured tells the recorder what it needs to know about the scenario and the world.
func measured(sc *scenarios.Scenario, w func() *world.World) metrics.Context {
	c := metrics.Context{
		Seed: sc.Seed, Formed: sc.Cluster.Formed, Flat: sc.Protocol.Default().Swim.Membership.Topology == swim.TopologyFlat,
		Workers:   sc.Protocol.Default().Swim.AllParticipants(),
		LinkPairs: linked(sc),
		Warmup:    sc.Warmup, Duration: sc.Duration, SampleEvery: sc.Report.Sample, Bound: bound(sc),
		Reachable: func(a, b core.NodeID) bool { return w().Reachable(a, b) },
		ShardDue: func(worker core.NodeID, job, workflow, token uint64) core.Instant {
			return w().ShardDue(worker, job, workflow, token)
		},
		TrueRTT: func(a, b core.NodeID, now core.Instant) core.Duration {
			return w().Network().TrueRTT(a, b, now)
		},
	}
	if !sc.Protocol.Default().Vivaldi.Enabled {
		c.TrueRTT = nil
	}
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		c.Nodes = append(c.Nodes, metrics.Node{
			ID: n.ID, Name: n.Name, Site: sc.Topology.Sites[n.Site].Name, SiteIndex: n.Site, Role: n.Role,
			Group: n.Group, Key: n.Key, Ghost: n.Ghost, Late: n.Late(), Cores: cores(sc, n),
		})
	}
	if sc.HasJobs() {
		c.Job = func(workload int, nth uint32) job.Spec { return w().Job(workload, nth) }
	}
	for _, i := range sc.WorkloadsByName() {
		c.Scopes = append(c.Scopes, sc.Workloads[i].ID)
	}
	for i := range sc.Workloads {
		c.Workloads = append(c.Workloads, sc.Workloads[i].ID)
	}
	for i := range sc.Faults {
		f := &sc.Faults[i]
		info := metrics.FaultInfo{ID: f.ID, Kind: string(f.Kind), Start: core.Instant(f.At), End: core.Instant(f.End()), Detail: f.Detail(sc)}
		info.Spread = f.Kind == fault.Join && f.Over > 0
		if f.Lasting() {
			info.End = core.Never
		}
		c.Faults = append(c.Faults, info)
	}
	return c
}

// cores returns how many cores jobs find at a node.
func cores(sc *scenarios.Scenario, n *scenarios.NodeSpec) int {
	if n.Role != core.RoleWorker || n.Ghost || !sc.HandsInJobs() {
		return 0
	}
	return sc.Cluster.CoresPerWorker
}

// linked reports whether gates and leaders measure each other.
func linked(sc *scenarios.Scenario) bool {
	c := sc.Protocol.Default()
	return c.Swim.Membership.Topology != swim.TopologyFlat && c.Federated.Probe.Interval > 0
}

func bound(sc *scenarios.Scenario) metrics.Bound {
	v := &sc.Protocol.Default().Vivaldi
	ms := func(d core.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return metrics.Bound{
		KSigma: v.KSigma, SigmaMin: ms(v.SigmaMin), SigmaMax: ms(v.SigmaMax), RTTMin: ms(v.RTTMin), RTTMax: ms(v.RTTMax),
	}
}

// judged returns the verdicts of a run that ended, or says of each claim why it was not judged, or cannot be.
func judged(sc *scenarios.Scenario, r *metrics.Result, stopped string) []judge.Verdict {
	out := judge.Judge(sc.Expects, r, len(sc.Sweep.Seeds))
	for i := range out {
		v := &out[i]
		switch {
		case !sc.Expects[i].Applies:
			v.Outcome, v.Why = judge.NotJudged, "its condition `when` does not hold for this run"
		case sc.Expects[i].Versus != nil:
			v.Outcome, v.Why = judge.NotJudged, "compares two cells of a sweep"
		case stopped != "" && v.Level != claim.Record: // half a run may meet every bound
			v.Outcome, v.Why = judge.CannotJudge, "the run was "+stopped
		}
	}
	return out
}
