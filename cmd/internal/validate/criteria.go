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
	return []*Experiment{crossDatacenter(), sameDatacenter(), workersLeftAlone(), worldNewcomer(), formation(), suspectThenDead(), neverReachable()}
}

// accused counts records that become SUSPECT or DEAD.
func accused(t *Trial, r *trace.Record) {
	if moved(r) && (r.Fact.To == core.StateSuspect || r.Fact.To == core.StateDead) {
		t.Add("accused", 1)
	}
}

func crossDatacenter() *Experiment {
	return &Experiment{
		ID: "ad35-cross-dc", Topic: TopicCriteria, Quick: true, Full: 12, Short: 4, Title: "40 members over ten regions, no loss: nobody is suspected for being far away",
		Study: &Study{
			Rows: []Measured{
				{Row{"share", "share of probes that end in a suspicion", "", 0.01, 0, "§15.4: below 1 %", Read, AtMost}, "", shareOf("failed", "probes")},
				{Row{"suspicions", "members held SUSPECT or DEAD", "", 0, 0, "§15.4: 0 without loss", Computed, AtMost}, "", sumOf("accused")},
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
		},
	}
}

func sameDatacenter() *Experiment {
	s := &Study{File: "crash", Measured: true, Seeds: [2]int{400, 100}, From: 1000, On: true}
	strike := map[string]func(*Trial){}
	s.Before = func(t *Trial) { strike[t.Cell.ID](t) }
	for _, n := range []int{5, 30, 90} {
		cell, before := crash(n)
		strike[cell.ID] = before
		s.Cells = append(s.Cells, cell)
		s.Rows = append(s.Rows, Measured{Row{cell.ID, fmt.Sprintf("mean crash → first DEAD, n %d", n), "s", 10, 0, "§15.4", Computed, AtMost}, cell.ID, meanOf("dead")})
	}
	return &Experiment{ID: "ad35-same-dc", Topic: TopicCriteria, Quick: true, Full: 60, Short: 8, Title: "a crash in one datacenter is detected within 10 s (n ≤ 90)", Study: s}
}

func workersLeftAlone() *Experiment {
	return &Experiment{
		ID: "ad35-workers", Topic: TopicCriteria, Quick: true, Full: 12, Short: 4, Title: "three datacenters from cold, workers and a manager crash: no worker is ever asked to confirm itself",
		Study: &Study{
			Rows: []Measured{
				{Row{"attempts", "confirmation attempts to workers", "", 0, 0, "§15.4, AD-35", Read, AtMost}, "", sumOf("attempts")},
				{Row{"probes", "probes of workers", "", 0, 0, "§10.4", Read, AtMost}, "", sumOf("probes")},
				{Row{"others", "confirmation attempts to gates and managers (the experiment makes some)", "", 1, 0, "§10.2", Derived, AtLeast}, "", sumOf("others")},
				{Row{"gauge", "most UNCONFIRMED records of one member, of all that it may know", "", 1, 0, "§15.4: bounded", Read, AtMost}, "", mostOf("most")},
				{Row{"gauge-end", "UNCONFIRMED records at the end, all members", "", 0, 0, "§15.4", Computed, AtMost}, "", sumOf("end")},
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
					t.living(func(id core.NodeID) {
						t.value["most"] = max(t.Of("most"), float64(w.Machine(id).Unconfirmed())/float64(groupOf(t.Sc, id)-1))
					})
				}
			},
			After: func(t *Trial) {
				t.living(func(id core.NodeID) { t.Add("end", float64(t.World.Machine(id).Unconfirmed())) })
			},
		},
	}
}

// living calls each for every member that runs.
func (t *Trial) living(each func(id core.NodeID)) {
	for id := range core.NodeID(t.World.Nodes()) {
		if t.World.Up(id) {
			each(id)
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
	stops := []int{2, 5, 10, 15, 20, 30, 60}
	after := func(stop int) string { return fmt.Sprintf("after%d", stop) }
	sorted := func(runs Trials, stop int) []float64 { return slices.Sorted(slices.Values(runs.each(after(stop)))) }
	mean := func(l *Lab, row string, runs Trials) { l.Mean(row, slices.Sorted(slices.Values(runs.each(row)))) }
	return &Experiment{
		ID: "ad35-newcomer", Topic: TopicCriteria, Quick: true, Full: 30, Short: 6, Title: "a member without state starts in a settled group of 40 over ten regions",
		Study: &Study{
			Rows: []Measured{
				{Row{after(20), "median error of its predictions 20 s after its start", "", 0.2, 0, "§15.4: below 20 % within 20 s", Read, AtMost}, "", mean},
				{Row{after(10), "the same after 10 s", "", nan, 0, "", Derived, Reported}, "", mean},
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
					w.Run(at(start + float64(stop)))
					t.value[after(stop)] = predicted(w, t.Sc, id)
				}
			},
			Figure: func(_ *Lab, cells map[string]Trials) *plot.Overlay {
				curve := plot.Curve{Label: "simulator, median of runs\nand nine in ten", Kind: plot.Measured, Colour: 1, Low: []float64{}, High: []float64{}}
				for _, stop := range stops {
					v := sorted(cells[""], stop)
					curve.X, curve.Y = append(curve.X, float64(stop)), append(curve.Y, quantile(v, 0.5))
					curve.Low, curve.High = append(curve.Low, quantile(v, 0.05)), append(curve.High, quantile(v, 0.95))
				}
				return &plot.Overlay{
					Title: "A newcomer's predictions in a settled group of 40 over ten regions", Caption: "spec 10 §15.4: below 20 % within 20 s",
					X: plot.Axis{Label: "time since its start (s)"}, Y: plot.Axis{Label: "median relative error"},
					Curves: []plot.Curve{{Label: "bound", Kind: plot.Reference, X: []float64{20, 60}, Y: []float64{0.2, 0.2}}, curve},
				}
			},
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
	s := &Study{
		Rows: []Measured{
			{Row{"suspicions", "members held SUSPECT or DEAD, all runs", "", 0, 0, "§15.4", Computed, AtMost}, "all", sumOf("accused")},
			{Row{"complete", "pairs that hold each other OK after 60 s", "", 1, 0, "§7.1", Derived, AtLeast}, "all", shareOf("ok", "pairs")},
		},
		File: "lan", Seeds: [2]int{50, 10}, On: true, Counts: []string{"accused", "pairs", "ok"}, Watch: accused,
		After: func(t *Trial) { t.pairs(func(a, b core.NodeID) bool { return t.World.State(a, b) == core.StateOK }) },
	}
	for _, n := range []int{3, 5, 10, 30} {
		s.Cells = append(s.Cells, lanCell("all", n, 60, "cluster.start.mode=cold", "cluster.start.over=1s"))
	}
	return &Experiment{ID: "ad35-formation", Topic: TopicCriteria, Quick: true, Full: 6, Short: 2, Title: "3 to 30 members that start cold within one period", Study: s}
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
	return &Experiment{
		ID: "ad35-suspect-then-dead", Topic: TopicCriteria, Quick: true, Full: 8, Short: 3, Title: "a crashed, confirmed member among 30 goes SUSPECT, then DEAD",
		Study: &Study{
			Rows: []Measured{
				{Row{"timer", "deaths by an observer's own timer that did not come from SUSPECT", "", 0, 0, "§15.4", Computed, AtMost}, "", sumOf("timer")},
				{Row{"first", "runs in which the first DEAD came before the first SUSPECT", "", 0, 0, "§15.4", Computed, AtMost}, "", func(l *Lab, row string, runs Trials) {
					l.Number(row, runs.sum("early"), fmt.Sprintf("of %d", len(runs)))
				}},
				{Row{"dead", "observers that hold it DEAD at the end, of those alive", "", 1, 0, "§15.4", Computed, AtLeast}, "", shareOf("ok", "observers")},
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
		},
	}
}

func neverReachable() *Experiment {
	unreachable := func(t *Trial) float64 {
		found := 0.0
		t.living(func(a core.NodeID) {
			for b := range core.NodeID(t.World.Nodes()) {
				if t.Sc.Nodes[b].Ghost && t.Sc.Nodes[a].Group == t.Sc.Nodes[b].Group && t.World.State(a, b) != core.StateNone {
					found++
				}
			}
		})
		return found
	}
	return &Experiment{
		ID: "ad35-never-reachable", Topic: TopicCriteria, Quick: true, Full: 10, Short: 3, Title: "three datacenters, each with a manager's and a gate's address that never answers",
		Study: &Study{
			Rows: []Measured{
				{Row{"dead", "times that such a peer is held SUSPECT or DEAD", "", 0, 0, "§15.4", Computed, AtMost}, "", sumOf("accused")},
				{Row{"left", "records of such peers at the end, all members: they are removed", "", 0, 0, "§15.4, §10.2", Computed, AtMost}, "", sumOf("left")},
				{Row{"configured", "records of such peers once all know the others (there is something to remove)", "", 1, 0, "§10", Derived, AtLeast}, "", sumOf("had")},
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
				t.Add("had", unreachable(t))
			},
			After: func(t *Trial) { t.Add("left", unreachable(t)) },
		},
	}
}
