package runner

import (
	"fmt"
	"strings"

	"hypersim/core"
	"hypersim/core/job"
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
	ctx := world.Judged(sc, lateView{w})
	if sc.HasJobs() {
		ctx.Job = func(workload int, nth uint32) job.Spec { return w().Job(workload, nth) }
	}
	return &checks{check.New(ctx), sc}
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

// exceeded tells of clusters that forgot more than they survive, and of what was not counted for that (spec 20 §1.5).
func (c *checks) exceeded() []string {
	var out []string
	for _, e := range c.Exceeded() {
		var names []string
		for _, n := range e.Members {
			names = append(names, c.sc.Nodes[n].Name)
		}
		out = append(out, fmt.Sprintf("durability exceeded %d times, first at %.3f s: most of %s may have forgotten what was committed before",
			e.Times, e.First.Seconds(), strings.Join(names, ", ")))
	}
	for _, s := range c.spared() {
		out = append(out, fmt.Sprintf("%s would have been broken %d times; it is not counted, for durability was exceeded", s.Invariant, s.Times))
	}
	return out
}

// spared returns what is not counted because clusters forgot more than they survive.
func (c *checks) spared() (list []Spared) {
	if len(c.Exceeded()) == 0 {
		return nil
	}
	for _, id := range check.Rules() {
		if n := c.Spared(id); n > 0 {
			list = append(list, Spared{id.String(), n})
		}
	}
	return list
}

// times is how often they did.
func (c *checks) times() (n int) {
	for _, e := range c.Exceeded() {
		n += e.Times
	}
	return n
}

// warnings tells of those, and names the invariants that were broken although, or because, the scenario turned them off.
func (c *checks) warnings() []string {
	out := c.exceeded()
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
func (v lateView) Severed(a, b core.NodeID, k core.Kind) bool   { return v.w().Severed(a, b, k) }
func (v lateView) Slowed(a, b core.NodeID, k core.Kind) core.Duration {
	return v.w().Slowed(a, b, k)
}
func (v lateView) Owes(g core.NodeID, id uint64) bool { return v.w().Owes(g, id) }
func (v lateView) Tracks(g core.NodeID, id uint64, site int) (tracks, knows bool) {
	return v.w().Tracks(g, id, site)
}
func (v lateView) InFlight(k core.Kind) uint64 { return v.w().InFlight(k) }
