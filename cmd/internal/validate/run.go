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

type figure = plot.Overlay

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
	ID, Experiment string // ID is the whole one
	Topic          Topic
	Value          *Value // nil: Missing
	Verdict        Verdict
	Figure         string // file name of the overlay, ""; set by Draw
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

// Run runs the experiments. The values do not depend on Workers. When ctx ends, what is not done is Missing.
// An experiment that cannot run is an error beside the report of the others.
func Run(ctx context.Context, list []*Experiment, opt Options) (*Report, error) {
	r := &Report{Quick: opt.Quick, Outcomes: make([]Outcome, len(list))}
	start := time.Now()
	tokens, heavy := make(chan struct{}, max(1, opt.Workers)), new(sync.Mutex)
	meter := newMeter(list, opt, start)
	var next atomic.Int64
	var group sync.WaitGroup
	var once sync.Once
	var broken any
	work := func() {
		defer group.Done()
		defer func() {
			if p := recover(); p != nil {
				once.Do(func() { broken = p })
			}
		}()
		for i := int(next.Add(1)) - 1; i < len(list) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
			e, began := list[i], time.Now()
			l := &Lab{
				Quick: opt.Quick, ctx: ctx, tokens: tokens, heavy: heavy, e: e, rows: append([]Row(nil), e.Rows...),
				values: make([]*Value, len(e.Rows)), tell: func(share float64) { meter.move(i, share) },
			}
			o := Outcome{Experiment: e}
			o.Figure, o.Err = l.attempt()
			if o.Err != nil {
				o.Figure = nil
			}
			o.Results, o.Wall, o.Work = l.results(), time.Since(began), time.Duration(l.work.Load())
			r.Outcomes[i] = o
			meter.end(i)
		}
	}
	for range cap(tokens) { // as many experiments as workers, so that the last run of one does not idle the rest
		group.Add(1)
		go work()
	}
	group.Wait()
	if broken != nil {
		panic(broken)
	}
	r.Wall = time.Since(start)
	r.Interrupted = ctx.Err() != nil
	var errs []error
	for i, e := range list {
		o := &r.Outcomes[i]
		if o.Experiment == nil { // not begun
			o.Experiment, o.Err = e, ctx.Err()
			o.Results = (&Lab{e: e, rows: e.Rows, values: make([]*Value, len(e.Rows))}).results()
		}
		if o.Err != nil && !errors.Is(o.Err, context.Canceled) {
			errs = append(errs, fmt.Errorf("%s: %w", e.ID, o.Err))
		}
	}
	return r, errors.Join(errs...)
}

func (l *Lab) results() []Result {
	var out []Result
	for i := range l.rows {
		res := Result{Row: l.rows[i], ID: l.e.FullID(&l.rows[i]), Experiment: l.e.ID, Topic: l.e.Topic, Value: l.values[i], Verdict: Missing}
		if res.Value != nil {
			res.Verdict = res.verdict(res.Value, l.Quick)
		}
		out = append(out, res)
	}
	return out
}

// Count returns how many rows have a verdict.
func (r *Report) Count(v Verdict) (n int) {
	for i := range r.Outcomes {
		for k := range r.Outcomes[i].Results {
			if r.Outcomes[i].Results[k].Verdict == v {
				n++
			}
		}
	}
	return n
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

func newMeter(list []*Experiment, opt Options, start time.Time) *meter {
	m := &meter{list: list, opt: opt, start: start, share: make([]float64, len(list))}
	for _, e := range list {
		m.all += e.cost(opt.Quick)
	}
	return m
}

// move notes a share of experiment i; one with several parts starts over, which does not move it back.
func (m *meter) move(i int, share float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.share[i] = max(m.share[i], 0.95*share)
	m.report(i)
}

func (m *meter) end(i int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.share[i] = 1
	m.done++
	m.report(i)
}

func (m *meter) report(i int) {
	if m.opt.Progress == nil {
		return
	}
	p := Progress{Done: m.done, Total: len(m.list), Name: m.list[i].ID, Wall: time.Since(m.start)}
	for k, e := range m.list {
		p.Share += m.share[k] * e.cost(m.opt.Quick) / m.all
	}
	m.opt.Progress(p)
}
