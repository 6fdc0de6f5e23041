package world

import (
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/scenarios"
	"hypersim/sim/fault"
)

// churnDeeds let nodes come and go. A churn ends by itself.
var churnDeeds = []deed{{kind: fault.Churn, begin: beginChurn}}

// churns is what all churns of a run share.
type churns struct {
	all    []churning
	events uint64 // of all so far
}

// churning is one churn fault in force (spec 40 §8.3).
type churning struct {
	fault *scenarios.Fault
	index int
	rate  float64 // events per second
	until core.Instant
	draw  rng.Stream // of this occurrence alone
	who   []core.NodeID
}

// beginChurn begins a churn: its events come one after the other until its time is over.
func beginChurn(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	w.churns.all = append(w.churns.all, churning{
		fault: f, index: a.fault, rate: f.Churn.PerSecond(f.Target), until: undoneAt(now, f),
		draw: rng.New(w.sc.Seed, "fault.churn", a.key),
	})
	w.nextChurn(now, len(w.churns.all)-1)
}

// nextChurn schedules the next event of churn i, exponentially distributed: a Poisson process.
func (w *World) nextChurn(now core.Instant, i int) {
	c := &w.churns.all[i]
	wait := min(float64(c.draw.Exp())/c.rate, 1e9) // s; 30 years are longer than any run
	at := now.Add(max(core.Seconds(wait), 1))
	if at >= c.until {
		return
	}
	w.churns.events++
	w.pushChange(at, changeChurn, w.churns.events, i)
}

// churnEvent lets one node of churn i go or come, and schedules the next event. Three draws per event,
// whatever comes of it. A paused process is passed over: it could not leave before it goes on.
func (w *World) churnEvent(now core.Instant, i int) {
	c := &w.churns.all[i]
	m := c.fault.Churn
	what := float64(c.draw.Float64() * (m.Crash + m.Leave + m.Join))
	joins := what >= m.Crash+m.Leave
	c.who = c.who[:0]
	for _, id := range c.fault.Target.Fixed {
		n := &w.nodes[id]
		if joins && !n.host.Up() && !n.dies && n.fate.holds == 0 || !joins && n.host.Up() && n.fate.wanted && !n.host.Paused() {
			c.who = append(c.who, id)
		}
	}
	pick := c.draw.Uint64()
	w.cause = int32(c.index)
	if len(c.who) > 0 {
		id := c.who[0]
		for _, other := range c.who[1:] {
			if rng.Mix(pick, w.sc.Nodes[other].Key) < rng.Mix(pick, w.sc.Nodes[id].Key) {
				id = other // the one whose name draws least, so that another candidate changes this for itself alone
			}
		}
		switch {
		case joins:
			w.start(now, id, false)
		case what < m.Crash:
			w.crash(now, id, false)
			w.returns(now, c, id)
		default:
			w.leave(now, id)
			w.returns(now, c, id)
		}
	}
	w.cause = -1
	w.nextChurn(now, i)
}

// returns schedules the new process of a node that goes now.
func (w *World) returns(now core.Instant, c *churning, id core.NodeID) {
	if c.fault.Downtime > 0 {
		w.nodes[id].fate.due = now.Add(c.fault.Downtime)
		w.pushTimer(w.nodes[id].fate.due, id, wakeReturn)
	}
}
