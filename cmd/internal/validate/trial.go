package validate

import (
	"cmp"
	"embed"
	"fmt"
	"slices"

	"hypersim/cmd/internal/runner"
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/scenarios"
	"hypersim/sim/trace"
	"hypersim/sim/world"
)

//go:embed runs/*.toml
var files embed.FS

// Cell is one setting of an experiment.
type Cell struct {
	ID    string
	Sets  []string               // as after --set
	Seeds [2]int                 // 0, 0: the experiment's
	From  uint64                 // 0: the experiment's
	Do    func(l *Lab, t *Trial) // in place of File: a program
	Heavy bool                   // takes gigabytes: one such at a time
}

// Trial is one run.
type Trial struct {
	Cell  *Cell
	Seed  uint64
	Sc    *scenarios.Scenario // nil with Do
	World *world.World        // nil with Measured and with Do
	Start core.Instant        // of what happens to Hit; −1 if nothing does
	Hit   []core.NodeID       //
	value map[string]float64
	lists map[string][]float64
	over  bool           // the run need not go on to its end
	last  []core.Instant // of a run that needs to know when something was
	queue *queue         // of one that follows jobs
}

// Trials are the runs of one cell, by seed.
type Trials []*Trial

// Of is a number of the run. To ask for what nobody tells is an error: it would be 0, and pass as at most 0.
func (t *Trial) Of(name string) float64 {
	x, known := t.value[name]
	if !known {
		check(fmt.Errorf("cell %q: no expectation and no count is called %q", t.Cell.ID, name))
	}
	return x
}

// Add counts.
func (t *Trial) Add(name string, x float64) { t.value[name] = t.Of(name) + x }

// Put sets.
func (t *Trial) Put(name string, x float64) { t.value[name] = x }

// Note keeps one value of many, or says that there may be some.
func (t *Trial) Note(name string, x ...float64) { t.lists[name] = append(t.lists[name], x...) }

// First keeps the first value that is not 0.
func (t *Trial) First(name string, x float64) {
	if t.Of(name) == 0 {
		t.value[name] = x
	}
}

// Hits reports whether something happens to id.
func (t *Trial) Hits(id core.NodeID) bool { return slices.Contains(t.Hit, id) }

// Since is how long at is after the start of what happens, in s.
func (t *Trial) Since(at core.Instant) float64 { return at.Sub(t.Start).Seconds() }

// Strike lets the file's first fault hit as many members, or their links, as it says, drawn, within a second after warm s.
func (t *Trial) Strike(warm float64, stream string, keys ...uint64) *scenarios.Fault {
	draw, f := rng.New(t.Seed, stream, keys...), &t.Sc.Faults[0]
	t.Start = at(warm + draw.Float64())
	whom := &f.Target
	if f.Target == nil {
		whom = &f.A
	}
	target := **whom
	t.Hit = drawn(&draw, len(t.Sc.Nodes), target.Count)
	slices.Sort(t.Hit)
	target.Count, target.Fixed = 0, t.Hit
	f.At, *whom = t.Start.Sub(0), &target
	return f
}

// count is how many members the file's first fault hits.
func (t *Trial) count() uint64 {
	f := &t.Sc.Faults[0]
	return uint64(cmp.Or(f.Target, f.A).Count)
}

// drawn are count of n members, in the order in which they are drawn.
func drawn(draw *rng.Stream, n, count int) (out []core.NodeID) {
	for len(out) < count {
		if id := core.NodeID(draw.Intn(n)); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// run carries out one trial.
func (e *Experiment) run(l *Lab, c *Cell, seed uint64) *Trial {
	t := &Trial{Cell: c, Seed: seed, Start: -1, value: map[string]float64{}, lists: map[string][]float64{}}
	for _, name := range e.Counts {
		t.value[name] = 0
	}
	if c.Do != nil {
		c.Do(l, t)
		return t
	}
	if c.Heavy {
		l.heavy.Lock()
		defer l.heavy.Unlock()
	}
	sets := c.Sets
	if l.Quick {
		sets = append(slices.Clip(sets), e.QuickSets...)
	}
	t.Sc = load(e.File, seed, sets...)
	if e.Before != nil {
		e.Before(t)
	}
	var sinks []trace.Sink
	if e.Watch != nil {
		sinks = append(sinks, sinkFunc(func(r *trace.Record) { e.Watch(t, r) }))
	}
	if e.Jobs != nil {
		sinks = append(sinks, jobSink(func(r *trace.JobRecord) { e.Jobs(t, r) }))
	}
	if e.Measured {
		t.measure(l, sinks)
	} else {
		var err error
		t.World, err = world.Build(t.Sc, world.Options{Sinks: sinks})
		check(err)
		if e.Drive != nil {
			e.Drive(t)
		}
		if !t.over {
			t.World.Run(t.World.End())
		}
		check(t.World.Err())
	}
	if e.After != nil {
		e.After(t)
	}
	t.World = nil // of which there may be hundreds
	return t
}

// measure runs t as a sweep would, and keeps what the expectations of its file say.
func (t *Trial) measure(l *Lab, sinks []trace.Sink) {
	res, err := runner.Measure(l.ctx, runner.Options{Scenario: t.Sc, Sinks: sinks})
	check(err)
	check(l.ctx.Err())
	if len(res.Violations) > 0 {
		v := &res.Violations[0]
		check(fmt.Errorf("%s, seed %d: invariant %s is broken: %s", t.Sc.Name, t.Seed, v.Invariant, v.What))
	}
	for i := range res.Verdicts {
		t.value[res.Verdicts[i].ID] = res.Verdicts[i].Value
	}
}

// runs carries out all cells.
func (e *Experiment) runs(l *Lab) map[string]Trials {
	cells := e.Cells
	if cells == nil && e.File != "" {
		cells = []Cell{{}}
	}
	type job struct {
		cell *Cell
		seed uint64
	}
	var jobs []job
	for i := range cells {
		n := cells[i].Seeds
		if n == [2]int{} {
			n = e.Seeds
		}
		for k := range l.Pick(n[0], n[1]) {
			if e.On {
				k = len(jobs)
			}
			jobs = append(jobs, job{&cells[i], cmp.Or(cells[i].From, e.From, 1) + uint64(k)})
		}
	}
	trials := each(l, len(jobs), func(i int) *Trial { return e.run(l, jobs[i].cell, jobs[i].seed) })
	byCell := map[string]Trials{}
	for i, t := range trials {
		byCell[jobs[i].cell.ID] = append(byCell[jobs[i].cell.ID], t)
	}
	return byCell
}

// load returns a scenario of runs/; sets are as after --set.
func load(file string, seed uint64, sets ...string) *scenarios.Scenario {
	text, err := files.ReadFile("runs/" + file + ".toml")
	check(err)
	sc, err := scenarios.Parse(string(text), file+".toml", sets, scenarios.Options{Seed: &seed, Alone: true})
	check(err)
	return sc
}

// lanCell is a group of n for so many seconds.
func lanCell(id string, n, seconds int, sets ...string) Cell {
	return Cell{ID: id, Sets: append([]string{fmt.Sprintf("cluster.size=%d", n), fmt.Sprintf("scenario.duration=%ds", seconds)}, sets...)}
}

// lossy sets independent loss per datagram.
func lossy(p float64) []string {
	return []string{"network.intra.loss.model=bernoulli", fmt.Sprintf("network.intra.loss.p=%g", p)}
}

// at is an instant in seconds.
func at(seconds float64) core.Instant { return core.Instant(seconds * 1e9) }

// moved reports whether r is a change of a record to another state.
func moved(r *trace.Record) bool {
	return r.Kind == trace.KindFact && r.Fact.Kind == core.FactTransition && r.Fact.From != r.Fact.To
}

// sinkFunc is a trace sink without state of its own, jobSink one for records about jobs.
type sinkFunc func(r *trace.Record)

func (f sinkFunc) Record(r *trace.Record) { f(r) }

type jobSink func(r *trace.JobRecord)

func (jobSink) Record(*trace.Record)           {}
func (f jobSink) RecordJob(r *trace.JobRecord) { f(r) }
