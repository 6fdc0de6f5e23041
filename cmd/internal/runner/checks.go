package runner

import (
	"fmt"
	"strings"

	"hypersim/core"
	"hypersim/core/swim"
	"hypersim/scenarios"
	"hypersim/sim/check"
	"hypersim/sim/trace"
	"hypersim/sim/world"
)

// Violation is the first breach of one invariant.
type Violation struct {
	Invariant string
	At        core.Instant
	Nodes     []string
	What      string
	Causes    []string // the records that led there, oldest first
	Count     uint64   // breaches of this invariant in the run
}

// text says what broke, how often, and after which records.
func (v *Violation) text() string {
	text := v.What
	if v.Count > 1 {
		text += fmt.Sprintf(" (the first of %d)", v.Count)
	}
	if len(v.Causes) > 0 {
		text += "; before: " + strings.Join(v.Causes, " | ")
	}
	return text
}

// checks are the invariants that watch a run.
type checks struct {
	*check.Checker
	sc *scenarios.Scenario
}

func newChecks(sc *scenarios.Scenario, w func() *world.World) *checks {
	return &checks{check.New(checked(sc, lateView{w})), sc}
}

func (c *checks) sinks() []trace.Sink { return []trace.Sink{c.Checker} }

// violations returns the first breach of each invariant that the scenario did not turn off.
func (c *checks) violations() []Violation {
	var out []Violation
	for _, v := range c.Violations() {
		if c.disabled(v.Invariant) {
			continue
		}
		x := Violation{Invariant: v.Invariant, At: v.At, What: v.What, Causes: v.Causes, Count: v.Count}
		for _, n := range v.Nodes {
			x.Nodes = append(x.Nodes, c.sc.Nodes[n].Name)
		}
		out = append(out, x)
	}
	return out
}

// failed reports whether anything was violated that counts.
func (c *checks) failed() bool { return c.Failed() && len(c.violations()) > 0 }

func (c *checks) disabled(id string) bool {
	for _, d := range c.sc.Disabled {
		if d.ID == id {
			return true
		}
	}
	return false
}

// warnings names the invariants that were broken although, or because, the scenario turned them off.
func (c *checks) warnings() []string {
	var out []string
	for _, d := range c.sc.Disabled {
		n := uint64(0)
		for _, v := range c.Violations() {
			if v.Invariant == d.ID {
				n = v.Count
			}
		}
		out = append(out, fmt.Sprintf("%s is turned off (%s); broken %d times", d.ID, d.Why, n))
	}
	return out
}

// lateView is the view of a world that is built after those who look at it.
type lateView struct{ w func() *world.World }

func (v lateView) Validate(n core.NodeID) []string              { return v.w().Validate(n) }
func (v lateView) State(o, s core.NodeID) core.MemberState      { return v.w().State(o, s) }
func (v lateView) Incarnation(o, s core.NodeID) uint32          { return v.w().Incarnation(o, s) }
func (v lateView) TableDigest(n core.NodeID) (all, part uint64) { return v.w().TableDigest(n) }
func (v lateView) Up(n core.NodeID) bool                        { return v.w().Up(n) }
func (v lateView) Reachable(a, b core.NodeID) bool              { return v.w().Reachable(a, b) }
func (v lateView) InFlight(k core.Kind) uint64                  { return v.w().InFlight(k) }

// checked tells the checks what they need to know about the scenario.
func checked(sc *scenarios.Scenario, view check.View) check.Context {
	c := check.Context{
		Flat:       sc.Protocol.Default().Swim.AllParticipants(),
		Hearsay:    anyConfig(sc, func(s *swim.Config) bool { return s.Membership.ConfirmationMode == "hearsay" }),
		AnyMessage: anyConfig(sc, func(s *swim.Config) bool { return s.Confirm.On == "any-message" }),
		Limits:     limits(sc), Settle: sc.Settle, Calm: calm(sc), Lossy: lossy(sc), View: view,
	}
	for i := range sc.Protocol.Configs {
		c.Suspicions = append(c.Suspicions, suspicion(&sc.Protocol.Configs[i].Swim))
	}
	c.Inherited = anyConfig(sc, func(s *swim.Config) bool { return s.Inherited != (swim.Inherited{}) })
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		c.Nodes = append(c.Nodes, check.Node{
			ID: n.ID, Name: n.Name, Site: n.Site, Role: n.Role, Group: n.Group, Ghost: n.Ghost, Suspicion: n.Config,
		})
	}
	for i := range sc.Faults {
		f := &sc.Faults[i]
		c.Faults = append(c.Faults, check.Fault{Cuts: cuts(f), Lasting: lasts(f)})
	}
	return c
}

// suspicion is what a configuration makes suspicions of.
func suspicion(c *swim.Config) check.Suspicion {
	s := check.Suspicion{
		Min: c.Suspicion.Min, Max: c.Suspicion.Max, Period: c.Probe.Interval, Grace: c.Worker.Grace, K: c.Suspicion.K,
		Alpha: c.Suspicion.Alpha, Beta: c.Suspicion.Beta, ScaleWithN: c.Suspicion.ScaleWithN,
		LogN: c.Suspicion.Formula == "log-n", ByHealth: c.Suspicion.Scaling == "lhm", Least: 1, Most: 1,
	}
	if c.Suspicion.Scaling == "adaptive" {
		base := c.Suspicion.AdaptiveBase.Seconds()
		s.Least, s.Most = min(1, c.Probe.TimeoutMax.Seconds()/base), max(1, c.Probe.TimeoutMax.Seconds()/base)
	}
	return s
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

func cuts(f *scenarios.Fault) bool {
	return f.Kind == scenarios.FaultPartition || f.Kind == scenarios.FaultFlap || f.Kind == scenarios.FaultSiteOutage && f.Blackhole
}

// lasts reports whether a fault is a state of the world that holds until its end record, rather than an
// event such as a crash.
func lasts(f *scenarios.Fault) bool {
	switch f.Kind {
	case scenarios.FaultLoss, scenarios.FaultDuplicate, scenarios.FaultReorder, scenarios.FaultCorrupt, scenarios.FaultDelay,
		scenarios.FaultBandwidth, scenarios.FaultDiscovery, scenarios.FaultSlow, scenarios.FaultPause,
		scenarios.FaultPoison, scenarios.FaultLHM:
		return true
	case scenarios.FaultPartition, scenarios.FaultFlap, scenarios.FaultSiteOutage:
		return cuts(f)
	case scenarios.FaultCrash, scenarios.FaultRestart, scenarios.FaultLeave, scenarios.FaultJoin, scenarios.FaultClock, scenarios.FaultRaise,
		scenarios.FaultRumour, scenarios.FaultChurn, scenarios.FaultStuckWorkflow:
	}
	return false
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
	if v.Engine == "hyperscale" { // it has no height, and its error is in seconds (spec 10 §11)
		l.HeightMin, l.ErrorMin, l.ErrorMax = 0, v.HyperErrorMin.Seconds(), v.HyperErrorMax.Seconds()
	}
	return l
}

// calm reports whether nothing in the scenario can make a probe of a live member fail: no disturbance but
// processes that come and go, no loss, and every round trip at most half the probe timeout even with the
// largest jitter that will ever be drawn. The other half is for service, queues and a process that starts.
func calm(sc *scenarios.Scenario) bool {
	for i := range sc.Faults {
		switch sc.Faults[i].Kind {
		case scenarios.FaultCrash, scenarios.FaultLeave, scenarios.FaultJoin, scenarios.FaultRumour:
		default:
			return false
		}
	}
	base := core.Duration(0)
	for _, d := range sc.Topology.Base {
		base = max(base, d)
	}
	furthest := core.Duration(0)
	for i := range sc.Network.Links {
		l := &sc.Network.Links[i]
		jitter, bounded := longest(&l.Jitter, base)
		if !bounded || l.Loss.Model != "" && l.Loss.Model != scenarios.LossNone || l.Corrupt > 0 || l.Reorder.P > 0 ||
			l.Bandwidth > 0 && l.Bandwidth < 100e6 || l.Drift.Kind != scenarios.DriftNone {
			return false
		}
		furthest = max(furthest, 2*(base+jitter))
	}
	return len(sc.Topology.Snapshots) == 0 && !anyConfig(sc, func(s *swim.Config) bool { return 2*furthest > s.Probe.Timeout })
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
		x = d.Mean + 8*d.Std
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
