package validate

import (
	"cmp"
	"embed"
	"fmt"
	"slices"

	"hypersim/analysis/plot"
	"hypersim/cmd/internal/runner"
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/scenarios"
	"hypersim/sim/trace"
	"hypersim/sim/world"
)

//go:embed runs/*.toml
var files embed.FS

// Study is how an experiment gets its values: a scenario file of runs/, in cells that differ in what is set, each with
// several seeds. What the file's expectations measure is known by their ids; what no metric says is taken from the records.
type Study struct {
	Rows     []Measured
	File     string   // of runs/, without .toml; "": nothing is run
	Measured bool     // with metrics and invariants, as a sweep runs it: rows refer to expectations of the file
	Cells    []Cell   // nil: one, as the file has it
	Seeds    [2]int   // of each cell that says nothing else: in full, and quick
	From     uint64   // the first seed; 0 is 1
	On       bool     // seeds go on from one cell to the next
	Quick    []string // set in the quick suite
	Before   func(t *Trial)
	Counts   []string                        // numbers that the following tell, 0 to begin with
	Watch    func(t *Trial, r *trace.Record) // every record of a run
	Jobs     func(t *Trial, r *trace.JobRecord)
	Drive    func(t *Trial) // lets a world go on by hand, and
	After    func(t *Trial) // looks at it when it has come to its end: World is nil with Measured
	Figure   func(l *Lab, cells map[string]Trials) *plot.Overlay
}

// Cell is one setting of a study.
type Cell struct {
	ID    string
	Sets  []string // as after --set
	Seeds [2]int   // 0, 0: the study's
	From  uint64   // 0: the study's
}

// Trial is one run of a study.
type Trial struct {
	Cell  *Cell
	Seed  uint64
	Sc    *scenarios.Scenario
	World *world.World  // nil with Measured
	Start core.Instant  // of what happens to Hit; −1 if nothing does
	Hit   []core.NodeID //
	value map[string]float64
	lists map[string][]float64
	fault scenarios.Fault
	last  []core.Instant // of a study that needs to know when something was
	queue *queue         // of one that follows jobs
}

// Trials are the runs of one cell, by seed.
type Trials []*Trial

// Of is a number of the run. To ask for what nobody tells is an error: it would be 0, and pass as at most 0.
func (t *Trial) Of(name string) float64 {
	x, known := t.value[name]
	if !known {
		check(fmt.Errorf("%s: no expectation and no count is called %q", t.Sc.Name, name))
	}
	return x
}

// Add counts.
func (t *Trial) Add(name string, x float64) { t.value[name] = t.Of(name) + x }

// First keeps the first value that is not 0.
func (t *Trial) First(name string, x float64) {
	if t.Of(name) == 0 {
		t.value[name] = x
	}
}

// Note keeps one value of many.
func (t *Trial) Note(name string, x float64) { t.lists[name] = append(t.lists[name], x) }

// Hits reports whether something happens to id.
func (t *Trial) Hits(id core.NodeID) bool { return slices.Contains(t.Hit, id) }

// Since is how long at is after the start of what happens, in s.
func (t *Trial) Since(at core.Instant) float64 { return at.Sub(t.Start).Seconds() }

// Strike lets the file's first fault hit as many members as it says, drawn, within a second after warm s.
func (t *Trial) Strike(warm float64, stream string, keys ...uint64) *scenarios.Fault {
	draw, f := rng.New(t.Seed, stream, keys...), &t.Sc.Faults[0]
	t.Start = at(warm + draw.Float64())
	target := *f.Target
	for len(t.Hit) < target.Count {
		if id := core.NodeID(draw.Intn(len(t.Sc.Nodes))); !t.Hits(id) {
			t.Hit = append(t.Hit, id)
		}
	}
	slices.Sort(t.Hit)
	target.Count, target.Fixed = 0, t.Hit
	f.At, f.Target = t.Start.Sub(0), &target
	return f
}

// run carries out one trial.
func (s *Study) run(l *Lab, c *Cell, seed uint64) *Trial {
	t := &Trial{Cell: c, Seed: seed, Start: -1, value: map[string]float64{}, lists: map[string][]float64{}}
	sets := c.Sets
	if l.Quick {
		sets = append(slices.Clip(sets), s.Quick...)
	}
	t.Sc = load(s.File, seed, sets...)
	for _, name := range s.Counts {
		t.value[name] = 0
	}
	if s.Before != nil {
		s.Before(t)
	}
	var sinks []trace.Sink
	if s.Watch != nil {
		sinks = append(sinks, sinkFunc(func(r *trace.Record) { s.Watch(t, r) }))
	}
	if s.Jobs != nil {
		sinks = append(sinks, jobSink(func(r *trace.JobRecord) { s.Jobs(t, r) }))
	}
	if s.Measured {
		t.measure(l, sinks)
		if s.After != nil {
			s.After(t)
		}
		return t
	}
	var err error
	t.World, err = world.Build(t.Sc, world.Options{Sinks: sinks})
	check(err)
	if s.Drive != nil {
		s.Drive(t)
	}
	finish(t.World)
	if s.After != nil {
		s.After(t)
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

// measure gives the rows their values.
func (s *Study) measure(l *Lab) *plot.Overlay {
	l.cells = s.runs(l)
	for i := range s.Rows {
		s.Rows[i].Of(l, s.Rows[i].ID, l.cells[s.Rows[i].Cell])
	}
	if s.Figure == nil {
		return nil
	}
	return s.Figure(l, l.cells)
}

// runs carries out all cells.
func (s *Study) runs(l *Lab) map[string]Trials {
	cells := s.Cells
	if cells == nil && s.File != "" {
		cells = []Cell{{}}
	}
	type job struct {
		cell *Cell
		seed uint64
	}
	var jobs []job
	for i := range cells {
		n := s.Seeds
		if cells[i].Seeds != [2]int{} {
			n = cells[i].Seeds
		}
		for k := range l.Pick(n[0], n[1]) {
			if s.On {
				k = len(jobs)
			}
			jobs = append(jobs, job{&cells[i], cmp.Or(cells[i].From, s.From, 1) + uint64(k)})
		}
	}
	trials := each(l, len(jobs), func(i int) *Trial { return s.run(l, jobs[i].cell, jobs[i].seed) })
	byCell := map[string]Trials{}
	for i, t := range trials {
		byCell[jobs[i].cell.ID] = append(byCell[jobs[i].cell.ID], t)
	}
	return byCell
}

// Measured is a row that a study gives its value.
type Measured struct {
	Row
	Cell string // whose runs it is about
	Of   Measure
}

// Measure gives a row its value from the runs of a cell.
type Measure func(l *Lab, row string, runs Trials)

// each number of the runs, in order.
func (runs Trials) each(name string) []float64 {
	out := make([]float64, len(runs))
	for i, t := range runs {
		out[i] = t.Of(name)
	}
	return out
}

// lists of what each run noted.
func (runs Trials) lists(name string) (out [][]float64) {
	for _, t := range runs {
		out = append(out, t.lists[name])
	}
	return out
}

// all values noted in all runs.
func (runs Trials) all(name string) (out []float64) {
	for _, t := range runs {
		out = append(out, t.lists[name]...)
	}
	return out
}

func (runs Trials) sum(name string) (sum float64) {
	for _, t := range runs {
		sum += t.Of(name)
	}
	return sum
}

// meanOf is the mean over runs, with its interval.
func meanOf(name string) Measure {
	return func(l *Lab, row string, runs Trials) { l.Mean(row, runs.each(name)) }
}

// medianOf is the median over runs, with its interval.
func medianOf(name string) Measure {
	return func(l *Lab, row string, runs Trials) {
		var list [][]float64
		for _, x := range runs.each(name) {
			list = append(list, []float64{x})
		}
		l.Median(row, list)
	}
}

// sumOf adds up all runs.
func sumOf(name string) Measure {
	return func(l *Lab, row string, runs Trials) { l.Number(row, runs.sum(name), "") }
}

// mostOf is the largest of all runs, and mostSeen says so.
func mostOf(name string) Measure {
	return func(l *Lab, row string, runs Trials) { l.Number(row, slices.Max(runs.each(name)), "") }
}

func mostSeen(name string) Measure {
	return func(l *Lab, row string, runs Trials) { l.Most(row, runs.each(name)) }
}

// shareOf is a share of all that was tried in all runs.
func shareOf(hits, trials string) Measure {
	return func(l *Lab, row string, runs Trials) { l.Share(row, int(runs.sum(hits)), int(runs.sum(trials))) }
}

// ratioOf is the mean over runs of what is a part of what in each.
func ratioOf(part, whole string) Measure {
	return func(l *Lab, row string, runs Trials) {
		list := runs.each(part)
		for i, all := range runs.each(whole) {
			list[i] /= all
		}
		l.Mean(row, list)
	}
}

// closed is a number that needs no run.
func closed(x float64, note string) Measure {
	return func(l *Lab, row string, _ Trials) { l.Number(row, x, note) }
}
