package plot

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// stateBar is a time in which a node had the job, or a shard of it, in one state.
type stateBar struct {
	node     string
	from, to float64
	state    string
	pale     bool // it might not act
}

// phaseStyles are the colours of states, in the order of the legend; the same for jobs, their clients and shards.
var phaseStyles = []struct {
	label  string
	color  color.NRGBA
	states []string
}{
	{"handed in", color.NRGBA{0xc8, 0xc8, 0xc8, 0xff}, []string{"asked", "accepted", "SUBMITTED", "QUEUED", "ALLOCATED"}},
	{"being sent out", alpha(blue, 1), []string{"DISPATCHING"}},
	{"running", sky, []string{"RUNNING"}},
	{"being ended", alpha(purple, 1), []string{"COMPLETING", "CANCELLING", "STOPPING"}},
	{"COMPLETED", green, []string{"COMPLETED"}},
	{"TIMEOUT", orange, []string{"TIMEOUT"}},
	{"FAILED, lost", vermilion, []string{"FAILED", "JOB_LOST", "SUBMIT_UNKNOWN", "REJECTED"}},
	{"CANCELLED", grey, []string{"CANCELLED", "KILLED"}},
}

func phaseStyle(state string) int {
	for i := range phaseStyles {
		if slices.Contains(phaseStyles[i].states, state) {
			return i
		}
	}
	return -1
}

// fillBars makes the bars of all nodes.
func (t *timeline) fillBars(list []*metrics.EventRow) {
	b := barMaker{t: t, open: map[string]*stateBar{}}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *metrics.EventRow) int { return cmp.Compare(a.At, b.At) })
	for _, e := range list {
		b.take(e)
	}
	for _, n := range b.order {
		b.close(n, math.Inf(1))
	}
}

// barMaker follows the state of the job at each node.
type barMaker struct {
	t     *timeline
	open  map[string]*stateBar // a worker's: of its last shard
	order []string
	gate  string // the last state that any gate said
}

func (b *barMaker) take(e *metrics.EventRow) {
	at := e.At.Seconds()
	switch e.Name {
	case "job_state", "shard_state", "outcome":
		b.enter(e.Node, at, e.Word)
		if analysis.RoleOf(e.Node) == "gate" {
			b.gate = e.Word
		}
	case "submit":
		if e.Word != "given up" {
			b.enter(e.Node, at, e.Word)
		}
	case "holder":
		b.hold(e, at)
	case "left_out": // what became of shards is not known
		for _, n := range b.order {
			if analysis.RoleOf(n) == "worker" {
				b.close(n, at)
			}
		}
	case "job_table":
		b.close(e.Node, at)
	case "process":
		if e.Word == "down" {
			b.close(e.Node, at)
		}
	}
}

// hold takes that the part of a node in holding the job changed.
func (b *barMaker) hold(e *metrics.EventRow, at float64) {
	x := b.open[e.Node]
	switch e.Word {
	case "won":
		if x == nil {
			b.enter(e.Node, at, cmp.Or(b.gate, "RUNNING"))
		}
	case "lost":
		b.close(e.Node, at)
	case "suspended", "resumed":
		if x != nil {
			state := x.state
			b.close(e.Node, at)
			b.enter(e.Node, at, state)
			b.open[e.Node].pale = e.Word == "suspended"
		}
	}
}

func (b *barMaker) enter(node string, at float64, state string) {
	pale := false
	if x := b.open[node]; x != nil {
		if x.state == state {
			return
		}
		pale = x.pale
		b.close(node, at)
	}
	b.order = addOnce(b.order, node)
	b.open[node] = &stateBar{node: node, from: at, state: state, pale: pale}
}

func (b *barMaker) close(node string, at float64) {
	x := b.open[node]
	if x == nil {
		return
	}
	delete(b.open, node)
	x.to = at
	if role := analysis.RoleOf(node); role == "worker" && outcomeOf(x.state) { // nothing runs any more
		return
	}
	b.t.bars = append(b.t.bars, *x)
}

// chooseLanes gives nodes their lanes: clients, gates, then the managers and workers of each site.
func (t *timeline) chooseLanes() {
	var names []string
	for _, m := range t.rows {
		for _, a := range m.arrows {
			names = addOnce(addOnce(names, a.from), a.to)
		}
		for _, n := range m.nodes {
			names = addOnce(names, n)
		}
	}
	roles := []string{"client", "gate", "manager", "worker"}
	group := func(n string) (int, string) {
		if k := slices.Index(roles, analysis.RoleOf(n)); k < 2 {
			return k, ""
		}
		return 2, analysis.SiteOf(n)
	}
	slices.SortStableFunc(names, func(a, b string) int {
		x, s := group(a)
		y, u := group(b)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(s, u), cmp.Compare(slices.Index(roles, analysis.RoleOf(a)), slices.Index(roles, analysis.RoleOf(b))), byName(a, b))
	})
	t.fold(names)
}

// fold makes the lanes. Workers that ran nothing of the job share one of their site. Where there are too many lanes, workers
// that began late do so as well, and after them gates and managers that only keep copies.
func (t *timeline) fold(names []string) {
	busy := map[string][]string{} // nodes that had a part in the job, by group, in the order in which they had
	for i := range t.bars {
		n := t.bars[i].node
		busy[groupOf(n)] = addOnce(busy[groupOf(n)], n)
	}
	for _, m := range t.rows {
		for _, n := range m.nodes {
			busy[groupOf(n)] = addOnce(busy[groupOf(n)], n)
		}
	}
	for _, try := range []struct {
		workers int
		copies  bool // those that keep copies have lanes, too
	}{{8, true}, {5, true}, {3, true}, {8, false}, {5, false}, {3, false}, {1, false}} {
		t.lay(names, func(n string) bool {
			k, role := slices.Index(busy[groupOf(n)], n), analysis.RoleOf(n)
			switch role {
			case "client":
				return true
			case "worker":
				return k >= 0 && k < try.workers
			}
			return try.copies || k >= 0 && k < timelineLanes/3
		})
		if len(t.lanes) <= timelineLanes {
			return
		}
	}
}

// groupOf is what nodes have in common that may share a lane: gates, or a role at a site.
func groupOf(n string) string {
	if r := analysis.RoleOf(n); r == "worker" || r == "manager" {
		return analysis.SiteOf(n) + "/" + r
	}
	return analysis.RoleOf(n)
}

// lay gives lanes to the nodes that are to have one of their own, and one to the others of each group, behind them.
func (t *timeline) lay(names []string, own func(string) bool) {
	t.lanes, t.folded = t.lanes[:0], 0
	others := 0
	for i, n := range names {
		if own(n) {
			t.lanes = append(t.lanes, laneHead{name: n, role: analysis.RoleOf(n), site: analysis.SiteOf(n)})
		} else {
			others++
		}
		if i+1 < len(names) && groupOf(names[i+1]) == groupOf(n) {
			continue
		}
		if others > 0 {
			t.lanes = append(t.lanes, laneHead{role: analysis.RoleOf(n), site: analysis.SiteOf(n), group: groupOf(n)})
		}
		t.folded, others = t.folded+others, 0
	}
}

// lane returns the place of a node.
func (t *timeline) lane(node string) int {
	for i := range t.lanes {
		if t.lanes[i].name == node {
			return i
		}
	}
	group := groupOf(node)
	return slices.IndexFunc(t.lanes, func(l laneHead) bool { return l.name == "" && l.group == group })
}

// down returns the times in which a node had no process.
func (t *timeline) down(node string) (out []span2) {
	for i := range t.run.Tables.Events {
		e := &t.run.Tables.Events[i]
		if e.Name != "process" || e.Node != node || e.Job != t.job.Job {
			continue
		}
		switch at := e.At.Seconds(); {
		case e.Word == "down":
			out = append(out, span2{at, math.Inf(1)})
		case len(out) > 0:
			out[len(out)-1].to = at
		}
	}
	return out
}
