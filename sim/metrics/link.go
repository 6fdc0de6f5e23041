package metrics

import (
	"time"

	"hypersim/core"
	"hypersim/sim/fault"
	"hypersim/sim/metrics/words"
)

// The link between gates and datacenters (spec 10 §9): how gates judge datacenters, and what coordinates
// tell them of the way there.

// LinkProbe is a Probe that knows the link. One that does not gives no metrics of it.
type LinkProbe interface {
	// LinkLeader returns whom gate takes for the leader of the datacenter at a site.
	LinkLeader(gate core.NodeID, site int) (core.NodeID, bool)
}

// linkEvery is the least time between two samples of link_error and wrong_order: a coordinate does not move
// fast enough to be worth more.
const (
	linkEvery = 5 * time.Second
	linkGrid  = core.Instant(linkEvery)
)

// The datacenter of an observation about the link is its SiteA.
var _ = reads("dc", func(r *Result, o *Observation) string { return r.siteName(o.SiteA) })

var _ = record(func(r *Recorder, on *hooks) {
	l := &links{Recorder: r}
	l.init(&r.ctx, len(r.sites))
	on.fact(l.reach, core.FactReach)
	on.ended = append(on.ended, l.ended)
	on.faults = append(on.faults, l.edge)
	on.sampled = append(on.sampled, l.sample)
}, words.DCReachabilityDelay, words.DCReachability, words.FalseUnreachable, words.LinkError, words.WrongOrder)

// links is what is kept of the link.
type links struct {
	*Recorder
	gates    []core.NodeID
	managers [][]core.NodeID // by site
	states   []core.Reach    // by node and site, of gates
	since    core.Instant    // last cut, repair or start of a fault that separates; 0: the start of the run
	fault    int32
	next     core.Instant

	leaders  []core.NodeID // of one gate, by site: scratch
	estimate []float64
	truth    []float64
}

func (l *links) init(ctx *Context, sites int) {
	l.fault = -1
	l.managers = make([][]core.NodeID, sites)
	for i := range ctx.Nodes {
		switch n := &ctx.Nodes[i]; {
		case n.Ghost:
		case n.Role == core.RoleGate:
			l.gates = append(l.gates, n.ID)
		case n.Role == core.RoleManager:
			l.managers[n.SiteIndex] = append(l.managers[n.SiteIndex], n.ID)
		}
	}
	l.states = make([]core.Reach, len(ctx.Nodes)*sites)
}

// edge notes an edge of a fault that may come between a gate and a datacenter: dc_reachability_delay counts from it.
func (l *links) edge(now core.Instant, i int32) {
	if f := l.Recorder.fault(i); f != nil && fault.Kind(f.Kind).Row().Cuts {
		l.since, l.fault = now, i
	}
}

// reach takes a change in how gate n judges a datacenter.
func (l *links) reach(now core.Instant, n core.NodeID, f *core.Fact) {
	dc, to := int(f.Get("datacenter")), core.Reach(f.Get("reach"))
	if dc < 0 || dc >= len(l.sites) || to >= core.NumReaches {
		return
	}
	l.states[int(n)*len(l.sites)+dc] = to
	subject := f.Subject
	if int(subject) >= len(l.peers) {
		subject = core.NoNode
	}
	o := l.about(words.DCReachabilityDelay, now, seconds(now.Sub(l.since)), n, subject)
	o.SiteA, o.To, o.From, o.Cause, o.Fault = int16(dc), core.MemberState(to), core.MemberState(f.Get("old_reach")), f.Cause, l.fault
	l.keep(&o)
	l.point(now, words.DCReachability, labels("observer", l.ctx.Nodes[n].Name, "dc", l.sites[dc]), float64(to))
}

// ended forgets what a gate that ended thought.
func (l *links) ended(_ core.Instant, n core.NodeID) {
	clear(l.states[int(n)*len(l.sites) : (int(n)+1)*len(l.sites)])
}

func (l *links) sample(now core.Instant, probe Probe) {
	l.sampleReach(now)
	if probe != nil {
		l.sampleLinks(now, probe)
	}
}

// sampleReach counts the time that gates take datacenters for unreachable that are not.
func (l *links) sampleReach(now core.Instant) {
	for _, g := range l.gates {
		if p := &l.peers[g]; !p.up || p.paused {
			continue
		}
		for site := range l.sites {
			if l.states[int(g)*len(l.sites)+site] == core.ReachUnreachable && l.siteReachable(g, site) {
				o := l.about(words.FalseUnreachable, now, seconds(l.ctx.SampleEvery), g, core.NoNode)
				o.SiteA = int16(site)
				l.keep(&o)
			}
		}
	}
}

// siteReachable reports whether some live manager of site can talk to gate both ways.
func (l *links) siteReachable(gate core.NodeID, site int) bool {
	for _, m := range l.managers[site] {
		if p := &l.peers[m]; p.up && !p.paused && l.reachable(gate, m) {
			return true
		}
	}
	return false
}

// sampleLinks measures each gate's estimates to the leaders that it knows. It uses the coordinates that
// sampleCoordinates took.
func (l *links) sampleLinks(now core.Instant, probe Probe) {
	lp, ok := probe.(LinkProbe)
	if !ok || !l.ctx.LinkPairs || l.ctx.TrueRTT == nil || now < l.next {
		return
	}
	l.next = (now/linkGrid + 1) * linkGrid // a grid of its own, so that a window of a scenario finds it
	for _, g := range l.gates {
		if !l.coords.have[g] {
			continue
		}
		l.leaders, l.estimate, l.truth = l.leaders[:0], l.estimate[:0], l.truth[:0]
		for site := range l.sites {
			leader, ok := lp.LinkLeader(g, site)
			if !ok || !l.coords.have[leader] {
				continue
			}
			truth := float64(l.ctx.TrueRTT(g, leader, now)) / 1e6
			if truth <= 0 {
				continue
			}
			rel, _, _, _ := l.accuracy(g, leader, now)
			o := l.about(words.LinkError, now, rel, g, leader)
			o.SiteA, o.Event = int16(site), l.samples
			l.keep(&o)
			l.leaders = append(l.leaders, leader)
			l.estimate = append(l.estimate, estimateMS(&l.coords.coords[g], &l.coords.coords[leader]))
			l.truth = append(l.truth, truth)
		}
		if wrong, pairs := misordered(l.estimate, l.truth); pairs > 0 {
			o := l.about(words.WrongOrder, now, float64(wrong)/float64(pairs), g, core.NoNode)
			o.Weight, o.Event = uint32(pairs), l.samples
			l.keep(&o)
		}
	}
}

// misordered counts the pairs of datacenters that have different true distances, and those of them whose
// estimates say the opposite or nothing.
func misordered(estimate, truth []float64) (wrong, pairs int) {
	for a := range truth {
		for b := range a {
			if truth[a] == truth[b] {
				continue
			}
			pairs++
			if truth[a] < truth[b] != (estimate[a] < estimate[b]) || estimate[a] == estimate[b] {
				wrong++
			}
		}
	}
	return wrong, pairs
}
