package explore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hypersim/cmd/internal/runner"
	"hypersim/core/rng"
	"hypersim/scenarios"
	simworld "hypersim/sim/world"
)

// Request says what to search.
type Request struct {
	Base  *Base         // the world that faults happen to; nil: worlds are drawn, too
	Seed  uint64        // draws the names of runs
	Seeds []uint64      // each is a run that follows from nothing else, in place of those that Seed draws
	Runs  int           // how many; 0: until For has passed
	For   time.Duration // 0: until Runs are done
	First bool          // end with the first run that breaks something
	Jobs  int           // at once
	Shard Shard
	Dir   string

	// Patience is how long a real time the virtual time of a run may not go on before the search ends with a StuckError. 0: for ever.
	Patience time.Duration

	hurry   time.Duration // in place of stopping, in tests
	carry   carrier       // in place of carryOut, in tests
	program string        // in place of what program finds, in tests
}

// carrier carries out what a name stands for, and tells how far it has come.
type carrier func(ctx context.Context, base *Base, n Name, short bool, tell func(runner.Progress)) *Outcome

// Shard is the part of a search that this process carries out. Each part draws runs of its own, and is steered by what it reached itself,
// so all parts together are not the runs of a search without parts; but of Seeds they are.
type Shard struct{ Index, Of int } // Index counts from 0

// Part leaves of r what its part has to do: its share of the runs, and of Of seeds the Index-th each.
func (r *Request) Part() error {
	i, of := r.Shard.Index, r.Shard.Of
	if len(r.Seeds) > 0 {
		var mine []uint64
		for at := i; at < len(r.Seeds); at += of {
			mine = append(mine, r.Seeds[at])
		}
		r.Seeds, r.Runs = mine, len(mine)
	} else if r.Runs > 0 {
		r.Runs = (r.Runs + of - 1 - i) / of
	} else {
		return nil
	}
	if r.Runs == 0 {
		return fmt.Errorf("--shard %v: there are fewer runs than parts, and none is left for this one", r.Shard)
	}
	return nil
}

// seedsOf is a short name of a list of seeds; "" of none.
func seedsOf(list []uint64) string {
	if len(list) == 0 {
		return ""
	}
	sum := sha256.New()
	for _, s := range list {
		_, _ = fmt.Fprintln(sum, s) // a hash takes everything
	}
	return fmt.Sprintf("%d from %d on (%x)", len(list), list[0], sum.Sum(nil)[:4])
}

func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index+1, s.Of) }

// FolderError is a folder that cannot be that of a search.
type FolderError struct{ Err error }

func (e *FolderError) Error() string { return e.Err.Error() }
func (e *FolderError) Unwrap() error { return e.Err }

// Outcome is one run.
type Outcome struct {
	Index  int    `json:"run"`
	Name   Name   `json:"name"`
	Events uint64 `json:"events"`
	Digest string `json:"digest,omitempty"`
	Marks  []Mark `json:"marks"`
	Bad    []Bad  `json:"bad,omitempty"`
	Failed string `json:"failed,omitempty"` // it did not run: why

	Exceeded int      `json:"durability_exceeded,omitempty"` // how often a cluster forgot more than it survives (ADR-0050)
	Spared   []string `json:"spared,omitempty"`              // invariants that broke, and do not count for that
}

// Report is what a search has found so far.
type Report struct {
	Runs     []*Outcome
	Findings []*Finding
	Counts   []int // by mark: how many runs reached it
	Failed   int   // runs that could not be carried out
	Wall     time.Duration
	Done     int // runs of this process
	Broke    int // of those, how many broke an invariant

	Stopped bool // before it was done, by whoever started it
	Again   int  // runs of this process that do not count, for not all that steer with them are done: who goes on carries them out again
}

// garbage is by how many per cent what drawn worlds leave behind may outgrow what is in use before it is swept up. They are small, so that
// this is some 60 MB, and a tenth of the time of a search; a world of somebody's may be large.
const garbage = 800

// collects sets how often garbage is swept up while a search goes on, unless somebody said so (GOGC), and returns what sets it back.
func collects(req *Request) (back func()) {
	if req.Base != nil || os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(garbage)
	return func() { debug.SetGCPercent(before) }
}

// generation is how many runs are steered by the same ones before them.
const generation = 32

// Search carries out a request, or what is left of it, and leaves a folder. tell is told after every run.
func Search(ctx context.Context, req *Request, tell func(*Report)) (*Report, error) {
	if _, err := os.Stat(filepath.Join(req.Dir, "manifest.json")); err == nil {
		return nil, &FolderError{fmt.Errorf("%s: is the folder of a run; give another one (--out)", req.Dir)}
	}
	defer collects(req)()
	if err := os.MkdirAll(filepath.Join(req.Dir, "findings"), 0o777); err != nil {
		return nil, &FolderError{err}
	}
	log, before, err := openLog(req)
	if err != nil {
		return nil, err
	}
	if err := unstuck(req.Dir); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	s := &search{req: req, log: log, report: Report{Runs: before, Counts: make([]int, len(all.names))}, tell: tell, began: time.Now()}
	s.steer.take(before)
	s.recount()
	err = s.generations(ctx)
	s.report.Stopped, s.report.Again = ctx.Err() != nil, s.report.Done+len(before)-len(s.report.Runs)
	s.recount()
	s.report.Findings = findings(s.report.Runs)
	return &s.report, errors.Join(err, log.Close(), s.write())
}

type search struct {
	req    *Request
	log    *os.File
	report Report
	steer  steering
	tell   func(*Report)
	began  time.Time
	watch  watch

	mu   sync.Mutex // of the report, while runs are under way
	over bool       // the search has ended, and some run has not
}

func (s *search) generations(ctx context.Context) error {
	for {
		first := len(s.report.Runs)
		size := generation
		if s.req.Runs > 0 {
			size = min(size, s.req.Runs-first)
		}
		if n := len(s.req.Seeds); n > 0 {
			size = min(size, n-first)
		}
		if size <= 0 || ctx.Err() != nil || s.late() || s.req.First && s.broken() {
			return nil
		}
		list, err := s.generation(ctx, first, size)
		if err != nil {
			return err
		}
		if len(list) == 0 { // it was told to stop, and half a generation steers nothing; or no time was left
			return nil
		}
		s.steer.take(list)
		s.report.Runs = append(s.report.Runs, list...)
		if err := errors.Join(appendLog(s.log, list), s.found(list)); err != nil {
			return err
		}
	}
}

// found leaves what a generation broke at once: a search may take hours, and who looks for it begins.
func (s *search) found(list []*Outcome) error {
	if !slices.ContainsFunc(list, func(o *Outcome) bool { return len(o.Bad) > 0 }) {
		return nil
	}
	s.report.Findings = findings(s.report.Runs)
	return s.writeFindings()
}

// recount counts what the runs reached that belong to the search: of those that went on beside the one that ended it, or were cut short,
// nothing counts.
func (s *search) recount() {
	clear(s.report.Counts)
	s.report.Failed = 0
	for _, o := range s.report.Runs {
		s.count(o)
	}
}

// late reports whether the search has taken as long as it may.
func (s *search) late() bool { return s.req.For > 0 && time.Since(s.began) >= s.req.For }

// generation carries out runs that follow from those before them.
func (s *search) generation(ctx context.Context, first, size int) ([]*Outcome, error) {
	names := make([]Name, size)
	for i := range names {
		names[i] = s.name(first + i)
	}
	list := make([]*Outcome, size)
	var cut atomic.Int64 // the place of the first run that broke something, where that ends the search
	cut.Store(int64(size))
	next := make(chan int)
	var all sync.WaitGroup
	for range max(1, s.req.Jobs) {
		all.Go(func() {
			for i := range next {
				o := s.carryOut(ctx, first+i, names[i])
				s.mu.Lock()
				if s.over {
					s.mu.Unlock()
					return
				}
				list[i] = o
				s.count(o)
				s.report.Done++
				if len(o.Bad) > 0 {
					s.report.Broke++
				}
				s.report.Wall = time.Since(s.began)
				if s.req.First && len(o.Bad) > 0 {
					cut.Store(min(cut.Load(), int64(i)))
				}
				s.tell(&s.report)
				s.mu.Unlock()
			}
		})
	}
	late, begun := false, 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer all.Wait()
		defer close(next)
		for i := range names {
			if int64(i) > cut.Load() || ctx.Err() != nil { // those before it go on: one of them may break something, too
				return
			}
			if late = s.late(); late {
				begun = i
				return
			}
			next <- i
		}
	}()
	if err := s.watched(ctx, done); err != nil {
		s.mu.Lock() // nobody else writes to the report from now on
		s.over = true
		s.mu.Unlock()
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, nil
	}
	if late { // those that were begun in time are the last; whoever goes on carries out the generation again
		size = begun
	}
	return list[:min(size, int(cut.Load())+1)], nil
}

// carryOut carries out a run of the search, and lets it be watched.
func (s *search) carryOut(ctx context.Context, index int, n Name) *Outcome {
	carry := s.req.carry
	if carry == nil {
		carry = carryOut
	}
	s.watch.begin(index, n)
	defer s.watch.end(index)
	o := carry(ctx, s.req.Base, n, s.req.First, func(p runner.Progress) { s.watch.goesOn(index, p) })
	o.Index = index
	return o
}

// broken reports whether a run has broken something.
func (s *search) broken() bool {
	return slices.ContainsFunc(s.report.Runs, func(o *Outcome) bool { return len(o.Bad) > 0 })
}

func (s *search) count(o *Outcome) {
	for _, m := range o.Marks {
		if int(m) < len(s.report.Counts) {
			s.report.Counts[m]++
		}
	}
	if o.Failed != "" {
		s.report.Failed++
	}
}

// name says which run the i-th is: any, or one near a run that reached what few have.
func (s *search) name(i int) Name {
	if len(s.req.Seeds) > 0 {
		seed := s.req.Seeds[i]
		return Name{World: seed, Faults: seed, Seed: seed}
	}
	draw := rng.New(s.req.Seed, "explore.name", uint64(i), uint64(s.req.Shard.Index))
	fresh := Name{World: uint64(draw.Uint32n(1e9)), Faults: uint64(draw.Uint32n(1e9)), Seed: uint64(draw.Uint32n(1e9))}
	near := draw.Bool(0.5)
	parent := s.steer.parent(&draw)
	if !near || parent == nil {
		return fresh
	}
	switch draw.Intn(3) {
	case 0:
		fresh.World = parent.World
	case 1:
		fresh.Faults = parent.Faults
	default:
		fresh.World, fresh.Faults = parent.World, parent.Faults
	}
	return fresh
}

// steering is what whole generations reached, from which later ones are drawn: kept as it grows, since a search of 100,000 runs
// cannot look at all of them for each.
type steering struct {
	runs   int
	counts []int
	first  [][]Name // by mark, the first runs that reached it
}

// remembered is how many of the runs that reached a mark are kept to be drawn near.
const remembered = 64

func (t *steering) take(list []*Outcome) {
	if t.counts == nil {
		t.counts, t.first = make([]int, len(all.names)), make([][]Name, len(all.names))
	}
	t.runs += len(list)
	for _, o := range list {
		for _, m := range o.Marks {
			t.counts[m]++
			if len(t.first[m]) < remembered {
				t.first[m] = append(t.first[m], o.Name)
			}
		}
	}
}

// parent is a run that reached something that at most a hundredth of all did.
func (t *steering) parent(draw *rng.Stream) *Name {
	list := rare(t.counts, max(1, t.runs/100))
	if len(list) == 0 {
		return nil
	}
	near := t.first[list[draw.Intn(len(list))]]
	return &near[draw.Intn(len(near))]
}

// atRest is how long in s after the last disturbance a run may be over: all suspicions, leases, elections and graces have ended by then.
const atRest = 90

// wholeRuns is of how many runs one goes on to its end, although nothing is left to do: what is kept for a time comes to its end there.
const wholeRuns = 8

func (n Name) rest() int {
	if n.Seed%wholeRuns == 0 {
		return 0
	}
	return atRest
}

// carryOut runs what a name stands for. A short run ends with the first invariant that breaks.
func carryOut(ctx context.Context, base *Base, n Name, short bool, tell func(runner.Progress)) *Outcome {
	o := &Outcome{Name: n}
	sc, err := scenarios.Parse(base.Text(n), base.file(), nil, scenarios.Options{Alone: true})
	if err != nil {
		o.Failed = err.Error()
		return o
	}
	sc.Expects = nil // invariants judge
	saw := reached{set: newSet()}
	res, err := runner.Measure(ctx, runner.Options{Scenario: sc, Sinks: sinks(&saw), FailFast: short, Bare: true, Small: true, Progress: tell})
	gave := GaveUp(err)
	switch {
	case gave != nil:
		o.Bad = []Bad{badOf(gave)}
		return o
	case err != nil:
		o.Failed = err.Error()
		return o
	case res.Stopped != "" && !res.Interrupted && len(res.Violations) == 0:
		o.Failed = res.Stopped
	}
	o.Events, o.Marks, o.Digest, o.Exceeded = res.Events, saw.list(), res.Digest, res.Exceeded
	for _, x := range res.Spared {
		o.Spared = append(o.Spared, x.Invariant)
	}
	if saw.odd != "" {
		o.Failed = "it reached " + saw.odd + ", and the catalogue of marks says that nothing can (cmd/internal/explore/never.go)"
	}
	for i := range res.Violations {
		o.Bad = append(o.Bad, badOf(&res.Violations[i]))
	}
	return o
}

// What stands in place of an invariant where a run has no end.
const (
	Panic  = "PANIC"  // the program itself gave up
	Stands = "STANDS" // virtual time does not go on
)

// Endless reports whether what broke leaves a run without an end, and so without anything to tell of.
func Endless(invariant string) bool { return invariant == Panic || invariant == Stands }

// GaveUp is what stands in place of a violation for an error that says that a run has no end; nil for any other error. Two panics are
// alike if the same function did, and two runs stand alike if the same owner wants to be woken.
func GaveUp(err error) *runner.Violation {
	var bug *runner.InternalError
	var still *simworld.StandsError
	switch {
	case errors.As(err, &bug):
		return &runner.Violation{Invariant: Panic, At: bug.At, What: fmt.Sprintf("%s: %v", bug.Function(), bug.Cause), Count: 1}
	case errors.As(err, &still):
		return &runner.Violation{Invariant: Stands, At: still.At, What: still.Owner + ": " + still.Error(), Count: 1}
	}
	return nil
}

func badOf(v *runner.Violation) Bad {
	return Bad{Invariant: v.Invariant, Signature: SignatureOf(v), What: v.What, At: v.At.Seconds()}
}

// write leaves what was found: a scenario for each finding, and the coverage.
func (s *search) write() error {
	text := "mark,runs\n"
	for m, n := range s.report.Counts {
		if m > 0 {
			text += fmt.Sprintf("%q,%d\n", Mark(m).String(), n)
		}
	}
	return errors.Join(s.writeFindings(), os.WriteFile(filepath.Join(s.req.Dir, "coverage.csv"), []byte(text), 0o666))
}

func (s *search) writeFindings() error {
	var problems []error
	for _, f := range s.report.Findings {
		problems = append(problems, os.WriteFile(filepath.Join(s.req.Dir, f.File), []byte(f.text(s.req.Base.Text(f.First.Name), s.req.Base.origin())), 0o666))
	}
	return errors.Join(problems...)
}
