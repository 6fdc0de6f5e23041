package swim

import "hypersim/core"

// Promises are the bounds of membership that c makes.
func (c *Config) Promises() core.Promises {
	p := core.Promises{
		Flat: c.AllParticipants(), Hearsay: c.Membership.ConfirmationMode == ConfirmHearsay,
		AnyMessage: c.Confirm.On == ConfirmOnAnyMessage, Inherited: c.Inherited != (Inherited{}),
		ProbePeriod: c.Probe.Interval, ProbeTimeout: c.Probe.Timeout, TimeoutMin: c.Probe.TimeoutMin, TimeoutMax: c.Probe.TimeoutMax,
		MaxOutstanding: c.Probe.MaxOutstanding, IndirectK: c.Probe.IndirectK, LHMMax: c.LHM.Max,
		SuspicionK: c.Suspicion.K, SuspicionMax: c.Suspicion.Max, MaxSuspicions: c.Membership.MaxSuspicions,
		Quantum: c.Wheel.Quantum, MaxMembers: c.Membership.MaxMembers,
		GossipInterval: c.Gossip.Interval, GossipFanout: c.Gossip.Fanout, Lambda: c.Gossip.Lambda, QueueMax: c.Gossip.QueueMax,
		RateBurst: c.Rate.Burst, RateRefill: c.Rate.Refill, RefuteWithin: c.Refute.Window, WorkerSilence: c.Worker.Deadline + c.Worker.Check,
		Suspicion: c.suspicionRule(),
	}
	if c.Gossip.Limit == LimitDecades {
		p.Lambda, p.Decades = 0, c.Gossip.Lambda
	}
	return p
}

// suspicionRule is what c makes suspicions of.
func (c *Config) suspicionRule() core.SuspicionRule {
	s := core.SuspicionRule{
		Min: c.Suspicion.Min, Max: c.Suspicion.Max, Period: c.Probe.Interval, Grace: c.Worker.Grace, K: c.Suspicion.K,
		Alpha: c.Suspicion.Alpha, Beta: c.Suspicion.Beta, ScaleWithN: c.Suspicion.ScaleWithN,
		LogN: c.Suspicion.Formula == FormulaLogN, ByHealth: c.Suspicion.Scaling == ScalingLHM, Least: 1, Most: 1,
	}
	if c.Suspicion.Scaling == ScalingAdaptive {
		base := c.Suspicion.AdaptiveBase.Seconds()
		s.Least, s.Most = min(1, c.Probe.TimeoutMax.Seconds()/base), max(1, c.Probe.TimeoutMax.Seconds()/base)
	}
	return s
}
