package world

import (
	"hypersim/core"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
	"hypersim/scenarios"
	"hypersim/sim/check"
	"hypersim/sim/fault"
)

// Judged is what the checks of a run need to know of its scenario beside its records.
func Judged(sc *scenarios.Scenario, view check.View) check.Context {
	c := check.Context{
		Flat:       sc.Protocol.Default().Swim.AllParticipants(),
		Hearsay:    anyConfig(sc, func(s *swim.Config) bool { return s.Membership.ConfirmationMode == swim.ConfirmHearsay }),
		AnyMessage: anyConfig(sc, func(s *swim.Config) bool { return s.Confirm.On == swim.ConfirmOnAnyMessage }),
		Limits:     limits(sc), Settle: sc.Settle, Calm: calm(sc), Lossy: lossy(sc), View: view,
	}
	for i := range sc.Protocol.Configs {
		c.Suspicions = append(c.Suspicions, suspicion(&sc.Protocol.Configs[i].Swim))
	}
	c.Unsteady = unsteady(sc)
	c.Inherited = anyConfig(sc, func(s *swim.Config) bool { return s.Inherited != (swim.Inherited{}) })
	cores := 0
	if sc.HasJobs() {
		c.Jobs, cores = &sc.Protocol.Default().Job, sc.Cluster.CoresPerWorker
	}
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		x := check.Node{ID: n.ID, Name: n.Name, Site: n.Site, Role: n.Role, Group: n.Group, Ghost: n.Ghost, Suspicion: n.Config}
		if n.Role == core.RoleWorker && !n.Ghost {
			x.Cores = cores
		}
		c.Nodes = append(c.Nodes, x)
	}
	for i := range sc.Faults {
		f := &sc.Faults[i]
		c.Faults = append(c.Faults, check.Fault{Cuts: f.Cuts() > 0, Lasting: lasts(f)})
	}
	return c
}

// suspicion is what a configuration makes suspicions of.
func suspicion(c *swim.Config) check.Suspicion {
	s := check.Suspicion{
		Min: c.Suspicion.Min, Max: c.Suspicion.Max, Period: c.Probe.Interval, Grace: c.Worker.Grace, K: c.Suspicion.K,
		Alpha: c.Suspicion.Alpha, Beta: c.Suspicion.Beta, ScaleWithN: c.Suspicion.ScaleWithN,
		LogN: c.Suspicion.Formula == swim.FormulaLogN, ByHealth: c.Suspicion.Scaling == swim.ScalingLHM, Least: 1, Most: 1,
	}
	if c.Suspicion.Scaling == swim.ScalingAdaptive {
		base := c.Suspicion.AdaptiveBase.Seconds()
		s.Least, s.Most = min(1, c.Probe.TimeoutMax.Seconds()/base), max(1, c.Probe.TimeoutMax.Seconds()/base)
	}
	return s
}

// unsteady reports whether clocks may jump, or run apart by more than leases stand: a ratio of 1.11, which is 5.2 % each
// (spec 03 no. 24).
func unsteady(sc *scenarios.Scenario) bool {
	const most = 52_000 // ppm
	for i := range sc.Faults {
		if f := &sc.Faults[i]; f.Kind == fault.Clock && (f.Step != 0 || f.DriftPPM > most || f.DriftPPM < -most) {
			return true
		}
	}
	for r := range sc.Node {
		d := &sc.Node[r].DriftPPM
		fast, ok := longest(d, 0)
		if !ok || fast > core.Seconds(most) || d.Kind == scenarios.DistUniform && d.Min < -most {
			return true
		}
	}
	return false
}

// lossy reports whether messages get lost all the time, faults apart.
func lossy(sc *scenarios.Scenario) bool {
	for i := range sc.Network.Links {
		l := &sc.Network.Links[i]
		if l.Loss.Model != "" && l.Loss.Model != scenarios.LossNone || l.Corrupt > 0 {
			return true
		}
	}
	return false
}

func anyConfig(sc *scenarios.Scenario, is func(*swim.Config) bool) bool {
	for i := range sc.Protocol.Configs {
		if is(&sc.Protocol.Configs[i].Swim) {
			return true
		}
	}
	return false
}

// lasts reports whether a fault disturbs members until its end record. Crashes and departures do not: processes have
// records of their own.
func lasts(f *scenarios.Fault) bool {
	row := f.Kind.Row()
	switch {
	case row.Course != fault.State:
		return false
	case row.Cuts:
		return f.Cuts() > 0
	}
	return row.Effect == fault.Disturbs || row.Effect == fault.Pauses
}

// limits are the constants that the invariants name: of several configurations the one that allows most,
// so that no node is accused of what another's configuration forbids.
func limits(sc *scenarios.Scenario) check.Limits {
	l := limitsOf(&sc.Protocol.Configs[0])
	for i := range sc.Protocol.Configs[1:] {
		o := limitsOf(&sc.Protocol.Configs[i+1])
		l.ProbePeriod = max(l.ProbePeriod, o.ProbePeriod)
		l.TimeoutMin, l.TimeoutMax = min(l.TimeoutMin, o.TimeoutMin), max(l.TimeoutMax, o.TimeoutMax)
		l.MaxOutstanding, l.IndirectK = max(l.MaxOutstanding, o.MaxOutstanding), max(l.IndirectK, o.IndirectK)
		l.LHMMax, l.SuspicionK = max(l.LHMMax, o.LHMMax), max(l.SuspicionK, o.SuspicionK)
		l.SuspicionMax, l.MaxSuspicions = max(l.SuspicionMax, o.SuspicionMax), max(l.MaxSuspicions, o.MaxSuspicions)
		l.Quantum, l.MaxMembers = max(l.Quantum, o.Quantum), min(l.MaxMembers, o.MaxMembers)
		l.Lateness, l.Lambda = max(l.Lateness, o.Lateness), max(l.Lambda, o.Lambda)
		if l.RateBurst == 0 || o.RateBurst != 0 && o.RateBurst < l.RateBurst {
			l.RateBurst = o.RateBurst
		}
		l.RateRefill = min(l.RateRefill, o.RateRefill)
		l.GossipInterval, l.QueueMax = max(l.GossipInterval, o.GossipInterval), max(l.QueueMax, o.QueueMax)
		l.RefuteWithin, l.MaxUpdates = max(l.RefuteWithin, o.RefuteWithin), max(l.MaxUpdates, o.MaxUpdates)
		l.ReachSuspicion, l.ReachUnknown = min(l.ReachSuspicion, o.ReachSuspicion), min(l.ReachUnknown, o.ReachUnknown)
		l.Coordinates, l.WorkerCoordinates = l.Coordinates && o.Coordinates, l.WorkerCoordinates && o.WorkerCoordinates
		l.HeightMin, l.ErrorMin, l.ErrorMax = min(l.HeightMin, o.HeightMin), min(l.ErrorMin, o.ErrorMin), max(l.ErrorMax, o.ErrorMax)
	}
	for r := range sc.Node {
		for _, d := range sc.Node[r].Service {
			if most, ok := longest(&d, 0); ok {
				l.Lateness = max(l.Lateness, 1e9+2*most)
			}
		}
	}
	for i := range sc.Network.Links {
		if m := sc.Network.Links[i].MTU; m > l.MaxDatagram {
			l.MaxDatagram = m
		}
	}
	return l
}

func limitsOf(c *scenarios.Config) check.Limits {
	s, v := &c.Swim, &c.Vivaldi
	l := check.Default()
	l.ProbePeriod, l.TimeoutMin, l.TimeoutMax = s.Probe.Interval, s.Probe.TimeoutMin, s.Probe.TimeoutMax
	l.MaxOutstanding, l.IndirectK, l.LHMMax = s.Probe.MaxOutstanding, s.Probe.IndirectK, s.LHM.Max
	l.SuspicionK, l.SuspicionMax, l.MaxSuspicions = s.Suspicion.K, s.Suspicion.Max, s.Membership.MaxSuspicions
	l.Quantum, l.MaxMembers = s.Wheel.Quantum, s.Membership.MaxMembers
	l.Lambda, l.RateBurst, l.RateRefill = s.Gossip.Lambda, s.Rate.Burst, s.Rate.Refill
	l.GossipInterval, l.QueueMax, l.RefuteWithin = s.Gossip.Interval, s.Gossip.QueueMax, s.Refute.Window
	l.ReachSuspicion, l.ReachUnknown = c.Federated.Probe.Suspicion, c.Federated.Probe.Unknown
	l.Coordinates, l.WorkerCoordinates = v.Enabled, v.Workers
	l.HeightMin, l.ErrorMin, l.ErrorMax = v.HeightMin.Seconds(), v.ErrorMin, v.ErrorMax
	if v.Engine == vivaldi.EngineHyperscale { // it has no height, and its error is in seconds (spec 10 §11)
		l.HeightMin, l.ErrorMin, l.ErrorMax = 0, v.HyperErrorMin.Seconds(), v.HyperErrorMax.Seconds()
	}
	return l
}
