package validate

import (
	"fmt"
	"math"
	"slices"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
	"hypersim/scenarios"
	"hypersim/sim/trace"
	"hypersim/sim/world"
)

// criteria are AD-35's own success criteria (§15.4), each a row.
func criteria() []*Experiment {
	list := []*Experiment{crossDatacenter(), sameDatacenter(), workersLeftAlone(), worldNewcomer(), formation(), suspectThenDead(), neverReachable()}
	for _, e := range list {
		e.Topic, e.Quick = TopicCriteria, true
	}
	return list
}

// accused counts records that become SUSPECT or DEAD.
func accused(t *Trial, r *trace.Record) {
	if moved(r) && (r.Fact.To == core.StateSuspect || r.Fact.To == core.StateDead) {
		t.Add("accused", 1)
	}
}

func crossDatacenter() *Experiment {
	return &Experiment{
		ID: "ad35-cross-dc", Full: 12, Short: 4, Title: "40 members over ten regions, no loss: nobody is suspected for being far away",
		Rows: []Measured{
			{Row: Row{"share", "share of probes that end in a suspicion", "", 0.01, 0, "§15.4: below 1 %", Read, AtMost}, Of: shareOf("failed", "probes")},
			{Row: Row{"suspicions", "members held SUSPECT or DEAD", "", 0, 0, "§15.4: 0 without loss", Computed, AtMost}, Of: sumOf("accused")},
		},
		File: "wan", Seeds: [2]int{10, 3}, Counts: []string{"accused", "probes", "failed"},
		Watch: func(t *Trial, r *trace.Record) {
			accused(t, r)
			if r.Kind == trace.KindFact && r.Fact.Kind == core.FactProbeEnded {
				t.Add("probes", 1)
				if r.Fact.Cause == core.CauseProbeFailed {
					t.Add("failed", 1)
				}
			}
		},
	}
}

func sameDatacenter() *Experiment {
	e := &Experiment{ID: "ad35-same-dc", Full: 60, Short: 8, Title: "a crash in one datacenter is detected within 10 s (n ≤ 90)", Seeds: [2]int{400, 100}, From: 1000, On: true}
	crash(e, 5, 30, 90)
	for _, c := range e.Cells {
		e.add(Row{c.ID, "mean crash → first DEAD, n " + c.ID[1:], "s", 10, 0, "§15.4", Computed, AtMost}, c.ID, meanOf("dead"))
	}
	return e
}

func workersLeftAlone() *Experiment {
	return &Experiment{
		ID: "ad35-workers", Full: 12, Short: 4, Title: "three datacenters from cold, workers and a manager crash: no worker is ever asked to confirm itself",
		Rows: []Measured{
			{Row: Row{"attempts", "confirmation attempts to workers", "", 0, 0, "§15.4, AD-35", Read, AtMost}, Of: sumOf("attempts")},
			{Row: Row{"probes", "probes of workers", "", 0, 0, "§10.4", Read, AtMost}, Of: sumOf("probes")},
			{Row: Row{"others", "confirmation attempts to gates and managers (the experiment makes some)", "", 1, 0, "§10.2", Derived, AtLeast}, Of: sumOf("others")},
			{Row: Row{"gauge", "most UNCONFIRMED records of one member, of all that it may know", "", 1, 0, "§15.4: bounded", Read, AtMost}, Of: mostOf("most")},
			{Row: Row{"gauge-end", "UNCONFIRMED records at the end, all members", "", 0, 0, "§15.4", Computed, AtMost}, Of: sumOf("end")},
		},
		File: "roles", Seeds: [2]int{20, 5}, Counts: []string{"attempts", "probes", "others", "most", "end"},
		Watch: func(t *Trial, r *trace.Record) {
			if r.Kind != trace.KindFact || r.Fact.Kind != core.FactConfirmAttempt && r.Fact.Kind != core.FactProbeStarted {
				return
			}
			switch worker := t.Sc.Nodes[r.Fact.Subject].Role == core.RoleWorker; {
			case worker && r.Fact.Kind == core.FactProbeStarted:
				t.Add("probes", 1)
			case worker:
				t.Add("attempts", 1)
			case r.Fact.Kind == core.FactConfirmAttempt:
				t.Add("others", 1)
			}
		},
		Drive: func(t *Trial) {
			for w := t.World; w.Now() < w.End(); {
				w.Run(w.Now() + at(0.25))
				for id := range t.living {
					t.Put("most", max(t.Of("most"), float64(w.Machine(id).Unconfirmed())/float64(groupOf(t.Sc, id)-1)))
				}
			}
		},
		After: func(t *Trial) {
			for id := range t.living {
				t.Add("end", float64(t.World.Machine(id).Unconfirmed()))
			}
		},
	}
}

// living are all members that run.
func (t *Trial) living(yield func(id core.NodeID) bool) {
	for id := range core.NodeID(t.World.Nodes()) {
		if t.World.Up(id) && !yield(id) {
			return
		}
	}
}

// groupOf is the size of id's group.
func groupOf(sc *scenarios.Scenario, id core.NodeID) (n int) {
	for i := range sc.Nodes {
		if sc.Nodes[i].Group == sc.Nodes[id].Group {
			n++
		}
	}
	return n
}

// worldNewcomer is a process that starts without state in a settled group, in the world and not on a matrix.
func worldNewcomer() *Experiment {
	const crash, start = 200, 300
	stops := []float64{2, 5, 10, 15, 20, 30, 60}
	after := func(stop float64) string { return fmt.Sprintf("after%g", stop) }
	return &Experiment{
		ID: "ad35-newcomer", Full: 30, Short: 6, Title: "a member without state starts in a settled group of 40 over ten regions",
		Rows: []Measured{
			{Row: Row{after(20), "median error of its predictions 20 s after its start", "", 0.2, 0, "§15.4: below 20 % within 20 s", Read, AtMost}, Of: meanOf(after(20))},
			{Row: Row{after(10), "the same after 10 s", "", nan, 0, "", Derived, Reported}, Of: meanOf(after(10))},
		},
		File: "wan", Cells: []Cell{{Sets: []string{"scenario.duration=400s"}}}, Seeds: [2]int{40, 8},
		Drive: func(t *Trial) {
			draw := rng.New(t.Seed, "validate.newcomer")
			id, w := core.NodeID(draw.Intn(t.World.Nodes())), t.World
			w.Run(at(crash))
			w.Crash(id)
			w.Run(at(start))
			w.Start(id)
			for _, stop := range stops {
				w.Run(at(start + stop))
				t.Put(after(stop), predicted(w, t.Sc, id))
			}
		},
		Figure: func(l *Lab) *plot.Overlay {
			curve := plot.Curve{Label: "simulator, median of runs\nand nine in ten", Kind: plot.Measured, Colour: 1, X: stops}
			for _, stop := range stops {
				v := slices.Sorted(slices.Values(l.cells[""].each(after(stop))))
				curve.Y, curve.Low, curve.High = append(curve.Y, quantile(v, 0.5)), append(curve.Low, quantile(v, 0.05)), append(curve.High, quantile(v, 0.95))
			}
			return &plot.Overlay{
				Title: "A newcomer's predictions in a settled group of 40 over ten regions", Caption: "spec 10 §15.4: below 20 % within 20 s",
				X: plot.Axis{Label: "time since its start (s)"}, Y: plot.Axis{Label: "median relative error"},
				Curves: []plot.Curve{{Label: "bound", Kind: plot.Reference, X: []float64{20, 60}, Y: []float64{0.2, 0.2}}, curve},
			}
		},
	}
}

// predicted is the median error of what id predicts of all members with coordinates.
func predicted(w *world.World, sc *scenarios.Scenario, id core.NodeID) float64 {
	var own, other core.Coord
	if !w.Up(id) || !w.Coord(id, &own) {
		return math.Inf(1)
	}
	var errs []float64
	sites := len(sc.Cluster.Sites)
	for peer := range core.NodeID(w.Nodes()) {
		if peer == id || !w.Up(peer) || !w.Coord(peer, &other) {
			continue
		}
		a, b := sc.Nodes[id].Row, sc.Nodes[peer].Row
		rtt := float64(sc.Topology.Base[a*sites+b]+sc.Topology.Base[b*sites+a]) / 1e6
		errs = append(errs, math.Abs(vivaldi.EstimateRTTms(&own, &other)-rtt)/rtt)
	}
	slices.Sort(errs)
	return quantile(errs, 0.5)
}

func formation() *Experiment {
	e := &Experiment{
		ID: "ad35-formation", Full: 6, Short: 2, Title: "3 to 30 members that start cold within one period",
		File: "lan", Seeds: [2]int{50, 10}, On: true, Counts: []string{"accused", "pairs", "ok"}, Watch: accused,
		After: func(t *Trial) { t.pairs(func(a, b core.NodeID) bool { return t.World.State(a, b) == core.StateOK }) },
	}
	for _, n := range []int{3, 5, 10, 30} {
		e.Cells = append(e.Cells, lanCell("all", n, 60, "cluster.start.mode=cold", "cluster.start.over=1s"))
	}
	e.add(Row{"suspicions", "members held SUSPECT or DEAD, all runs", "", 0, 0, "§15.4", Computed, AtMost}, "all", sumOf("accused"))
	e.add(Row{"complete", "pairs that hold each other OK after 60 s", "", 1, 0, "§7.1", Derived, AtLeast}, "all", shareOf("ok", "pairs"))
	return e
}

// pairs counts those of all pairs for which ok holds.
func (t *Trial) pairs(ok func(a, b core.NodeID) bool) {
	for a := range core.NodeID(t.World.Nodes()) {
		for b := range core.NodeID(t.World.Nodes()) {
			if a == b {
				continue
			}
			t.Add("pairs", 1)
			if ok(a, b) {
				t.Add("ok", 1)
			}
		}
	}
}

func suspectThenDead() *Experiment {
	const n = 30
	early := func(_ *Lab, runs Trials) Value { return number(runs.sum("early"), fmt.Sprintf("of %d", len(runs))) }
	return &Experiment{
		ID: "ad35-suspect-then-dead", Full: 8, Short: 3, Title: "a crashed, confirmed member among 30 goes SUSPECT, then DEAD",
		Rows: []Measured{
			{Row: Row{"timer", "deaths by an observer's own timer that did not come from SUSPECT", "", 0, 0, "§15.4", Computed, AtMost}, Of: sumOf("timer")},
			{Row: Row{"first", "runs in which the first DEAD came before the first SUSPECT", "", 0, 0, "§15.4", Computed, AtMost}, Of: early},
			{Row: Row{"dead", "observers that hold it DEAD at the end, of those alive", "", 1, 0, "§15.4", Computed, AtLeast}, Of: shareOf("ok", "observers")},
		},
		File: "crash", Cells: []Cell{lanCell("", n, 100)}, Seeds: [2]int{50, 10},
		Counts: []string{"timer", "early", "suspected", "observers", "pairs", "ok"},
		Before: func(t *Trial) { t.Strike(60, "validate.crash", n) },
		Watch: func(t *Trial, r *trace.Record) {
			switch {
			case !moved(r) || !t.Hits(r.Fact.Subject):
			case r.Fact.To == core.StateSuspect:
				t.First("suspected", 1)
			case r.Fact.To == core.StateDead:
				if t.Of("suspected") == 0 {
					t.First("early", 1)
				}
				if r.Fact.Cause == core.CauseExpired && r.Fact.From != core.StateSuspect {
					t.Add("timer", 1)
				}
			}
		},
		After: func(t *Trial) {
			t.Add("observers", n-1)
			t.pairs(func(a, b core.NodeID) bool {
				return !t.Hits(a) && t.Hits(b) && t.World.State(a, b) == core.StateDead
			})
		},
	}
}

func neverReachable() *Experiment {
	count := func(t *Trial, name string) {
		for a := range t.living {
			for b := range core.NodeID(t.World.Nodes()) {
				if t.Sc.Nodes[b].Ghost && t.Sc.Nodes[a].Group == t.Sc.Nodes[b].Group && t.World.State(a, b) != core.StateNone {
					t.Add(name, 1)
				}
			}
		}
	}
	return &Experiment{
		ID: "ad35-never-reachable", Full: 10, Short: 3, Title: "three datacenters, each with a manager's and a gate's address that never answers",
		Rows: []Measured{
			{Row: Row{"dead", "times that such a peer is held SUSPECT or DEAD", "", 0, 0, "§15.4", Computed, AtMost}, Of: sumOf("accused")},
			{Row: Row{"left", "records of such peers at the end, all members: they are removed", "", 0, 0, "§15.4, §10.2", Computed, AtMost}, Of: sumOf("left")},
			{Row: Row{"configured", "records of such peers once all know the others (there is something to remove)", "", 1, 0, "§10", Derived, AtLeast}, Of: sumOf("had")},
		},
		File: "roles", Cells: []Cell{{Sets: []string{"cluster.ghosts.gate=1", "cluster.ghosts.manager=1", "scenario.duration=600s"}}}, Seeds: [2]int{10, 3},
		Counts: []string{"accused", "left", "had"},
		Watch: func(t *Trial, r *trace.Record) {
			if moved(r) && t.Sc.Nodes[r.Fact.Subject].Ghost {
				accused(t, r)
			}
		},
		Drive: func(t *Trial) {
			t.World.Run(at(20))
			count(t, "had")
		},
		After: func(t *Trial) { count(t, "left") },
	}
}
