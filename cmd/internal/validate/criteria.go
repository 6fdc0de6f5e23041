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

// wanText is one flat group over ten regions: every member probes every other across the world.
const wanText = `
schema = 1
[scenario]
name = "validate"
title = "one group over ten regions, nothing happens"
duration = "300s"
[topology]
use = "wan10"
[cluster]
size = 40
start = { mode = "formed" }
[protocol.membership]
topology = "flat"
`

func crossDatacenter() *Experiment {
	return &Experiment{
		ID: "ad35-cross-dc", Topic: TopicCriteria, Quick: true, Full: 12, Short: 4, Title: "40 members over ten regions, no loss: nobody is suspected for being far away",
		Rows: []Row{
			{"share", "share of probes that end in a suspicion", "", 0.01, 0, "§15.4: below 1 %", Read, AtMost},
			{"suspicions", "members held SUSPECT or DEAD", "", 0, 0, "§15.4: 0 without loss", Computed, AtMost},
		},
		Run: func(l *Lab) *plot.Overlay {
			type seen struct{ probes, failed, moved int }
			var sum seen
			for _, r := range each(l, l.Pick(10, 3), func(i int) (s seen) {
				w := build(wanText, uint64(i+1), func(r *trace.Record) {
					switch {
					case moved(r) && (r.Fact.To == core.StateSuspect || r.Fact.To == core.StateDead):
						s.moved++
					case r.Kind == trace.KindFact && r.Fact.Kind == core.FactProbeEnded:
						s.probes++
						if r.Fact.Cause == core.CauseProbeFailed {
							s.failed++
						}
					}
				})
				finish(w)
				return s
			}) {
				sum.probes, sum.failed, sum.moved = sum.probes+r.probes, sum.failed+r.failed, sum.moved+r.moved
			}
			l.Share("share", sum.failed, sum.probes)
			l.Number("suspicions", float64(sum.moved), "")
			return nil
		},
	}
}

func sameDatacenter() *Experiment {
	sizes := []int{5, 30, 90}
	e := &Experiment{ID: "ad35-same-dc", Topic: TopicCriteria, Quick: true, Full: 60, Short: 8, Title: "a crash in one datacenter is detected within 10 s (n ≤ 90)"}
	for _, n := range sizes {
		e.Rows = append(e.Rows, Row{fmt.Sprintf("n%d", n), fmt.Sprintf("mean crash → first DEAD, n %d", n), "s", 10, 0, "§15.4", Computed, AtMost})
	}
	e.Run = func(l *Lab) *plot.Overlay {
		seeds := l.Pick(400, 100)
		runs := each(l, seeds*len(sizes), func(i int) float64 { return crashOne(sizes[i/seeds], uint64(1000+i)).dead })
		for i, n := range sizes {
			l.Mean(fmt.Sprintf("n%d", n), runs[i*seeds:(i+1)*seeds])
		}
		return nil
	}
	return e
}

// rolesText is three datacenters with all roles that start cold; workers crash in one, a manager in another.
const rolesText = `
schema = 1
[scenario]
name = "validate"
title = "three datacenters from cold; workers and a manager crash"
duration = "200s"
[topology]
use = "wan3"
[cluster]
gates = 2
managers = 3
workers = 12
start = { mode = "cold", over = "1s" }
[[fault]]
id = "workers"
kind = "crash"
at = "60s"
target = { role = ["worker"], count = 3 }
[[fault]]
id = "manager"
kind = "crash"
at = "70s"
target = { role = ["manager"], count = 1 }
`

// buildAll is build that also returns the scenario.
func buildAll(text string, seed uint64, sink sinkFunc, sets ...string) (*world.World, *scenarios.Scenario) {
	sc, err := scenarios.Parse(text, "validate.toml", sets, scenarios.Options{Seed: &seed})
	check(err)
	w, err := world.Build(sc, world.Options{Sinks: []trace.Sink{sink}})
	check(err)
	return w, sc
}

func workersLeftAlone() *Experiment {
	return &Experiment{
		ID: "ad35-workers", Topic: TopicCriteria, Quick: true, Full: 12, Short: 4, Title: "three datacenters from cold, workers and a manager crash: no worker is ever asked to confirm itself",
		Rows: []Row{
			{"attempts", "confirmation attempts to workers", "", 0, 0, "§15.4, AD-35", Read, AtMost},
			{"probes", "probes of workers", "", 0, 0, "§10.4", Read, AtMost},
			{"others", "confirmation attempts to gates and managers (the experiment makes some)", "", 1, 0, "§10.2", Derived, AtLeast},
			{"gauge", "most UNCONFIRMED records of one member, of all that it may know", "", 1, 0, "§15.4: bounded", Read, AtMost},
			{"gauge-end", "UNCONFIRMED records at the end, all members", "", 0, 0, "§15.4", Computed, AtMost},
		},
		Run: func(l *Lab) *plot.Overlay {
			type seen struct {
				attempts, probes, others, end int
				most                          float64
			}
			var sum seen
			for _, r := range each(l, l.Pick(20, 5), func(i int) (s seen) {
				var sc *scenarios.Scenario
				w, sc := buildAll(rolesText, uint64(i+1), func(r *trace.Record) {
					if r.Kind != trace.KindFact {
						return
					}
					worker := func() bool { return sc.Nodes[r.Fact.Subject].Role == core.RoleWorker }
					switch r.Fact.Kind {
					case core.FactConfirmAttempt:
						if worker() {
							s.attempts++
						} else {
							s.others++
						}
					case core.FactProbeStarted:
						if worker() {
							s.probes++
						}
					default:
					}
				})
				for w.Now() < w.End() {
					w.Run(w.Now() + at(0.25))
					for id := range core.NodeID(w.Nodes()) {
						if w.Up(id) {
							s.most = max(s.most, float64(w.Machine(id).Unconfirmed())/float64(groupOf(sc, id)-1))
						}
					}
				}
				check(w.Err())
				for id := range core.NodeID(w.Nodes()) {
					if w.Up(id) {
						s.end += w.Machine(id).Unconfirmed()
					}
				}
				return s
			}) {
				sum.attempts, sum.probes, sum.others, sum.end = sum.attempts+r.attempts, sum.probes+r.probes, sum.others+r.others, sum.end+r.end
				sum.most = max(sum.most, r.most)
			}
			l.Number("attempts", float64(sum.attempts), "")
			l.Number("probes", float64(sum.probes), "")
			l.Number("others", float64(sum.others), "")
			l.Number("gauge", sum.most, "")
			l.Number("gauge-end", float64(sum.end), "")
			return nil
		},
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
	return &Experiment{
		ID: "ad35-newcomer", Topic: TopicCriteria, Quick: true, Full: 30, Short: 6, Title: "a member without state starts in a settled group of 40 over ten regions",
		Rows: []Row{
			{"after20", "median error of its predictions 20 s after its start", "", 0.2, 0, "§15.4: below 20 % within 20 s", Read, AtMost},
			{"after10", "the same after 10 s", "", nan, 0, "", Derived, Reported},
		},
		Run: func(l *Lab) *plot.Overlay {
			runs := each(l, l.Pick(40, 8), func(i int) []float64 {
				w, sc := buildAll(wanText, uint64(i+1), func(*trace.Record) {}, "scenario.duration=400s")
				draw := rng.New(uint64(i+1), "validate.newcomer")
				id := core.NodeID(draw.Intn(w.Nodes()))
				w.Run(at(crash))
				w.Crash(id)
				w.Run(at(start))
				w.Start(id)
				out := make([]float64, len(stops))
				for k, stop := range stops {
					w.Run(at(start + float64(stop)))
					out[k] = predicted(w, sc, id)
				}
				check(w.Err())
				return out
			})
			curve := plot.Curve{Label: "simulator, median of runs\nand nine in ten", Kind: plot.Measured, Colour: 1, Low: []float64{}, High: []float64{}}
			for k, stop := range stops {
				var v []float64
				for _, r := range runs {
					v = append(v, r[k])
				}
				slices.Sort(v)
				curve.X, curve.Y = append(curve.X, float64(stop)), append(curve.Y, quantile(v, 0.5))
				curve.Low, curve.High = append(curve.Low, quantile(v, 0.05)), append(curve.High, quantile(v, 0.95))
				if stop == 10 || stop == 20 {
					l.Mean(fmt.Sprintf("after%d", stop), v)
				}
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
	sizes := []int{3, 5, 10, 30}
	return &Experiment{
		ID: "ad35-formation", Topic: TopicCriteria, Quick: true, Full: 6, Short: 2, Title: "3 to 30 members that start cold within one period",
		Rows: []Row{
			{"suspicions", "members held SUSPECT or DEAD, all runs", "", 0, 0, "§15.4", Computed, AtMost},
			{"complete", "pairs that hold each other OK after 60 s", "", 1, 0, "§7.1", Derived, AtLeast},
		},
		Run: func(l *Lab) *plot.Overlay {
			seeds := l.Pick(50, 10)
			type seen struct{ moved, ok, pairs int }
			var sum seen
			for _, r := range each(l, seeds*len(sizes), func(i int) (s seen) {
				n := sizes[i/seeds]
				w := lan(n, uint64(i+1), 60, func(r *trace.Record) {
					if moved(r) && (r.Fact.To == core.StateSuspect || r.Fact.To == core.StateDead) {
						s.moved++
					}
				}, `cluster.start.mode=cold`, "cluster.start.over=1s")
				finish(w)
				for a := range core.NodeID(n) {
					for b := range core.NodeID(n) {
						if a != b {
							s.pairs++
							if w.State(a, b) == core.StateOK {
								s.ok++
							}
						}
					}
				}
				return s
			}) {
				sum.moved, sum.ok, sum.pairs = sum.moved+r.moved, sum.ok+r.ok, sum.pairs+r.pairs
			}
			l.Number("suspicions", float64(sum.moved), "")
			l.Share("complete", sum.ok, sum.pairs)
			return nil
		},
	}
}

func suspectThenDead() *Experiment {
	return &Experiment{
		ID: "ad35-suspect-then-dead", Topic: TopicCriteria, Quick: true, Full: 8, Short: 3, Title: "a crashed, confirmed member among 30 goes SUSPECT, then DEAD",
		Rows: []Row{
			{"timer", "deaths by an observer's own timer that did not come from SUSPECT", "", 0, 0, "§15.4", Computed, AtMost},
			{"first", "runs in which the first DEAD came before the first SUSPECT", "", 0, 0, "§15.4", Computed, AtMost},
			{"dead", "observers that hold it DEAD at the end, of those alive", "", 1, 0, "§15.4", Computed, AtLeast},
		},
		Run: func(l *Lab) *plot.Overlay {
			const n = 30
			type seen struct{ timer, early, dead int }
			var sum seen
			seeds := l.Pick(50, 10)
			for _, r := range each(l, seeds, func(i int) (s seen) {
				victim, suspected := core.NoNode, false
				w := lan(n, uint64(i+1), 100, func(r *trace.Record) {
					if !moved(r) || r.Fact.Subject != victim {
						return
					}
					if r.Fact.To == core.StateSuspect {
						suspected = true
					}
					if r.Fact.To == core.StateDead {
						if !suspected {
							s.early = 1
						}
						if r.Fact.Cause == core.CauseExpired && r.Fact.From != core.StateSuspect {
							s.timer++
						}
					}
				})
				draw := rng.New(uint64(i+1), "validate.crash", n)
				w.Run(at(60 + draw.Float64()))
				victim = core.NodeID(draw.Intn(n))
				w.Crash(victim)
				finish(w)
				for id := range core.NodeID(n) {
					if id != victim && w.State(id, victim) == core.StateDead {
						s.dead++
					}
				}
				return s
			}) {
				sum.timer, sum.early, sum.dead = sum.timer+r.timer, sum.early+r.early, sum.dead+r.dead
			}
			l.Number("timer", float64(sum.timer), "")
			l.Number("first", float64(sum.early), fmt.Sprintf("of %d", seeds))
			l.Share("dead", sum.dead, seeds*(n-1))
			return nil
		},
	}
}

func neverReachable() *Experiment {
	return &Experiment{
		ID: "ad35-never-reachable", Topic: TopicCriteria, Quick: true, Full: 10, Short: 3, Title: "three datacenters, each with a manager's and a gate's address that never answers",
		Rows: []Row{
			{"dead", "times that such a peer is held SUSPECT or DEAD", "", 0, 0, "§15.4", Computed, AtMost},
			{"left", "records of such peers at the end, all members: they are removed", "", 0, 0, "§15.4, §10.2", Computed, AtMost},
			{"configured", "records of such peers once all know the others (there is something to remove)", "", 1, 0, "§10", Derived, AtLeast},
		},
		Run: func(l *Lab) *plot.Overlay {
			type seen struct{ dead, left, had int }
			var sum seen
			for _, r := range each(l, l.Pick(10, 3), func(i int) (s seen) {
				var sc *scenarios.Scenario
				w, sc := buildAll(rolesText, uint64(i+1), func(r *trace.Record) {
					if moved(r) && sc.Nodes[r.Fact.Subject].Ghost && (r.Fact.To == core.StateDead || r.Fact.To == core.StateSuspect) {
						s.dead++
					}
				}, "cluster.ghosts.gate=1", "cluster.ghosts.manager=1", "scenario.duration=600s")
				records := func() (n int) {
					for a := range core.NodeID(w.Nodes()) {
						for b := range core.NodeID(w.Nodes()) {
							if w.Up(a) && sc.Nodes[b].Ghost && sc.Nodes[a].Group == sc.Nodes[b].Group && w.State(a, b) != core.StateNone {
								n++
							}
						}
					}
					return n
				}
				w.Run(at(20))
				s.had = records()
				finish(w)
				s.left = records()
				return s
			}) {
				sum.dead, sum.left, sum.had = sum.dead+r.dead, sum.left+r.left, sum.had+r.had
			}
			l.Number("dead", float64(sum.dead), "")
			l.Number("left", float64(sum.left), "")
			l.Number("configured", float64(sum.had), "")
			return nil
		},
	}
}
