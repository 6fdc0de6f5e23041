package validate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hypersim/analysis/plot"
)

// Options say how the suite is run.
type Options struct {
	Quick    bool
	Workers  int // runs at once, ≥ 1; changes no value
	Progress func(Progress)
}

// Progress is how far the suite is.
type Progress struct {
	Share       float64 // of the expected work, 0–1
	Done, Total int     // experiments
	Name        string  // of the experiment that moved last
	Wall        time.Duration
}

// Left is the expected time to go.
func (p *Progress) Left() time.Duration {
	if p.Share <= 0 {
		return 0
	}
	return time.Duration(float64(p.Wall) * (1 - p.Share) / p.Share)
}

// Result is a row with its value and verdict.
type Result struct {
	Row
	ID      string // the whole one
	Value   *Value // nil: Missing
	Verdict Verdict
	Figure  string // file name of the overlay, ""; set by Draw
}

// Outcome is what one experiment gave.
type Outcome struct {
	*Experiment
	Results []Result
	Figure  *plot.Overlay
	Err     error
	Wall    time.Duration // of this experiment, with waiting for workers
	Work    time.Duration // of its runs, added up
}

// Report is what the suite gave, in its order.
type Report struct {
	Quick       bool
	Outcomes    []Outcome
	Interrupted bool
	Wall        time.Duration
}

// Lab is what an experiment works with: how much to do, and workers for its runs.
type Lab struct {
	Quick  bool
	ctx    context.Context
	tokens chan struct{} // one per run at once, over all experiments
	heavy  *sync.Mutex   // of runs that take gigabytes: one at a time
	tell   func(share float64)
	cells  map[string]Trials // of its runs
	work   atomic.Int64      // ns of them
}

// Pick returns full, or short in the quick suite.
func (l *Lab) Pick(full, short int) int {
	if l.Quick {
		return short
	}
	return full
}

// stopped unwinds an experiment that was interrupted or cannot go on; measure recovers it.
type stopped struct{ err error }

// check ends the experiment if err is not nil.
func check(err error) {
	if err != nil {
		panic(stopped{err})
	}
}

// crew runs work on so many workers; what one of them panics with, the caller does.
func crew(workers int, work func()) {
	var group sync.WaitGroup
	var once sync.Once
	var broken any
	for range workers {
		group.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					once.Do(func() { broken = p })
				}
			}()
			work()
		})
	}
	group.Wait()
	if broken != nil {
		panic(broken)
	}
}

// each runs f(0) … f(n−1) in parallel and returns their values in order.
func each[T any](l *Lab, n int, f func(i int) T) []T {
	out := make([]T, n)
	var next, done atomic.Int64
	one := func(i int) {
		l.tokens <- struct{}{}
		defer func() { <-l.tokens }()
		defer func() {
			if p := recover(); p != nil {
				next.Store(int64(n)) // nothing more starts
				panic(p)
			}
		}()
		check(l.ctx.Err())
		start := time.Now()
		out[i] = f(i)
		l.work.Add(int64(time.Since(start)))
	}
	crew(min(n, cap(l.tokens)), func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			one(i)
			l.tell(float64(done.Add(1)) / float64(n))
		}
	})
	return out
}

// measure runs the experiment and gives its rows their values.
func (l *Lab) measure(o *Outcome) {
	start := time.Now()
	defer func() {
		o.Wall, o.Work = time.Since(start), time.Duration(l.work.Load())
		switch p := recover().(type) {
		case nil:
		case stopped:
			o.Err = p.err
		default:
			panic(p)
		}
	}()
	if o.First != nil {
		o.First(l)
	}
	l.cells = o.runs(l)
	for i := range o.Rows {
		row, res := &o.Rows[i], &o.Results[i]
		if row.Model != nil {
			res.Ref = row.Model(l)
		}
		v := row.Of(l, l.cells[row.Cell])
		res.Value, res.Verdict = &v, res.verdict(&v, l.Quick)
	}
	if o.Experiment.Figure != nil {
		o.Figure = o.Experiment.Figure(l)
	}
}

// Run runs the experiments. The values do not depend on Workers. When ctx ends, what is not done is Missing.
// An experiment that cannot run is an error beside the report of the others.
func Run(ctx context.Context, list []*Experiment, opt Options) (*Report, error) {
	r := &Report{Quick: opt.Quick, Outcomes: make([]Outcome, len(list))}
	for i, e := range list {
		o := &r.Outcomes[i]
		o.Experiment = e
		for k := range e.Rows {
			o.Results = append(o.Results, Result{Row: e.Rows[k].Row, ID: e.FullID(&e.Rows[k].Row), Verdict: Missing})
		}
	}
	tokens, heavy := make(chan struct{}, max(1, opt.Workers)), new(sync.Mutex)
	m := newMeter(list, opt)
	var next atomic.Int64
	// As many experiments as workers, so that the last run of one does not idle the rest.
	crew(cap(tokens), func() {
		for i := int(next.Add(1)) - 1; i < len(list) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
			l := &Lab{Quick: opt.Quick, ctx: ctx, tokens: tokens, heavy: heavy, tell: func(share float64) { m.move(i, 0.95*share) }}
			l.measure(&r.Outcomes[i])
			m.move(i, 1)
		}
	})
	r.Wall, r.Interrupted = time.Since(m.start), ctx.Err() != nil
	var errs []error
	for i := range r.Outcomes {
		if o := &r.Outcomes[i]; o.Err != nil && !errors.Is(o.Err, context.Canceled) {
			errs = append(errs, fmt.Errorf("%s: %w", o.ID, o.Err))
		}
	}
	return r, errors.Join(errs...)
}

// meter adds up how far the experiments are.
type meter struct {
	mu    sync.Mutex
	list  []*Experiment
	opt   Options
	start time.Time
	share []float64
	all   float64
	done  int
}

func newMeter(list []*Experiment, opt Options) *meter {
	m := &meter{list: list, opt: opt, start: time.Now(), share: make([]float64, len(list))}
	for _, e := range list {
		m.all += e.cost(opt.Quick)
	}
	return m
}

// move notes a share of experiment i, 1 of one that is done; one with several parts starts over, which does not move it back.
func (m *meter) move(i int, share float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.share[i] = max(m.share[i], share); share == 1 {
		m.done++
	}
	if m.opt.Progress == nil {
		return
	}
	p := Progress{Done: m.done, Total: len(m.list), Name: m.list[i].ID, Wall: time.Since(m.start)}
	for k, e := range m.list {
		p.Share += m.share[k] * e.cost(m.opt.Quick) / m.all
	}
	m.opt.Progress(p)
}
