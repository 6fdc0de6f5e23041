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
func (r *links) edge(now core.Instant, i int32) {
	if f := r.Recorder.fault(i); f != nil && fault.Kind(f.Kind).Row().Cuts {
		r.since, r.fault = now, i
	}
}

// reach takes a change in how gate n judges a datacenter.
func (r *links) reach(now core.Instant, n core.NodeID, f *core.Fact) {
	dc, to := int(f.Get("datacenter")), core.Reach(f.Get("reach"))
	if dc < 0 || dc >= len(r.sites) || to >= core.NumReaches {
		return
	}
	r.states[int(n)*len(r.sites)+dc] = to
	subject := f.Subject
	if int(subject) >= len(r.peers) {
		subject = core.NoNode
	}
	o := r.about(words.DCReachabilityDelay, now, seconds(now.Sub(r.since)), n, subject)
	o.SiteA, o.To, o.From, o.Cause, o.Fault = int16(dc), core.MemberState(to), core.MemberState(f.Get("old_reach")), f.Cause, r.fault
	r.keep(&o)
	r.point(now, words.DCReachability, labels("observer", r.ctx.Nodes[n].Name, "dc", r.sites[dc]), float64(to))
}

// ended forgets what a gate that ended thought.
func (r *links) ended(_ core.Instant, n core.NodeID) {
	clear(r.states[int(n)*len(r.sites) : (int(n)+1)*len(r.sites)])
}

func (r *links) sample(now core.Instant, probe Probe) {
	r.sampleReach(now)
	if probe != nil {
		r.sampleLinks(now, probe)
	}
}

// sampleReach counts the time that gates take datacenters for unreachable that are not.
func (r *links) sampleReach(now core.Instant) {
	for _, g := range r.gates {
		if p := &r.peers[g]; !p.up || p.paused {
			continue
		}
		for site := range r.sites {
			if r.states[int(g)*len(r.sites)+site] == core.ReachUnreachable && r.siteReachable(g, site) {
				o := r.about(words.FalseUnreachable, now, seconds(r.ctx.SampleEvery), g, core.NoNode)
				o.SiteA = int16(site)
				r.keep(&o)
			}
		}
	}
}

// siteReachable reports whether some live manager of site can talk to gate both ways.
func (r *links) siteReachable(gate core.NodeID, site int) bool {
	for _, m := range r.managers[site] {
		if p := &r.peers[m]; p.up && !p.paused && r.reachable(gate, m) {
			return true
		}
	}
	return false
}

// sampleLinks measures each gate's estimates to the leaders that it knows. It uses the coordinates that
// sampleCoordinates took.
func (r *links) sampleLinks(now core.Instant, probe Probe) {
	lp, ok := probe.(LinkProbe)
	if !ok || !r.ctx.LinkPairs || r.ctx.TrueRTT == nil || now < r.next {
		return
	}
	r.next = (now/linkGrid + 1) * linkGrid // a grid of its own, so that a window of a scenario finds it
	for _, g := range r.gates {
		if !r.coords.have[g] {
			continue
		}
		r.leaders, r.estimate, r.truth = r.leaders[:0], r.estimate[:0], r.truth[:0]
		for site := range r.sites {
			leader, ok := lp.LinkLeader(g, site)
			if !ok || !r.coords.have[leader] {
				continue
			}
			truth := float64(r.ctx.TrueRTT(g, leader, now)) / 1e6
			if truth <= 0 {
				continue
			}
			rel, _, _, _ := r.accuracy(g, leader, now)
			o := r.about(words.LinkError, now, rel, g, leader)
			o.SiteA, o.Event = int16(site), r.samples
			r.keep(&o)
			r.leaders = append(r.leaders, leader)
			r.estimate = append(r.estimate, estimateMS(&r.coords.coords[g], &r.coords.coords[leader]))
			r.truth = append(r.truth, truth)
		}
		if wrong, pairs := misordered(r.estimate, r.truth); pairs > 0 {
			o := r.about(words.WrongOrder, now, float64(wrong)/float64(pairs), g, core.NoNode)
			o.Weight, o.Event = uint32(pairs), r.samples
			r.keep(&o)
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
