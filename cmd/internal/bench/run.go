package bench

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"hypersim/cmd/internal/runner"
)

// Options say how much of the suite is run.
type Options struct {
	Quick    bool
	Only     *regexp.Regexp // benches, values and speeds by name; nil: all
	Workers  int            // runs at once
	Build    string         // of the program
	Pause    time.Duration  // unit of the pauses between timings of what seems slower
	Progress func(done, total int, name string)
}

func (o *Options) wants(name string) bool { return o.Only == nil || o.Only.MatchString(name) }

// None reports whether nothing of the suite is wanted.
func (o *Options) None() bool {
	for _, b := range Suite() {
		if o.wants(b.Scenario) {
			return false
		}
	}
	return len(chosen(o)) == 0
}

// Untimed reports whether nothing that is timed is wanted.
func (o *Options) Untimed() bool {
	for _, s := range speeds {
		if o.wants(s.name) {
			return false
		}
	}
	return true
}

// Do runs the suite: all scenarios, several at once, then what is counted and timed, alone.
func Do(ctx context.Context, opt Options) (*Result, error) {
	r := &Result{Schema: schema, Build: opt.Build, Benches: []Outcome{}, Exact: []Value{}, Speeds: []Value{}}
	var jobs []job
	for _, b := range Suite() {
		if !opt.wants(b.Scenario) {
			continue
		}
		r.Benches = append(r.Benches, Outcome{Scenario: b.Scenario, Runs: make([]Run, b.Seeds(opt.Quick))})
		for k := range b.Seeds(opt.Quick) {
			jobs = append(jobs, job{bench: b, outcome: len(r.Benches) - 1, place: k})
		}
	}
	works := chosen(&opt)
	total := len(jobs) + len(works)
	if err := r.runAll(ctx, jobs, &opt, total); err != nil {
		return nil, err
	}
	for i, w := range works {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.do(ctx, r, &opt); err != nil {
			return nil, err
		}
		opt.tell(len(jobs)+i+1, total, w.name)
	}
	return r, nil
}

func (o *Options) tell(done, total int, name string) {
	if o.Progress != nil {
		o.Progress(done, total, name)
	}
}

// job is one run to do.
type job struct {
	bench          Bench
	outcome, place int
}

func (r *Result) runAll(ctx context.Context, jobs []job, opt *Options, total int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		next, done atomic.Int64
		group      sync.WaitGroup
		lock       sync.Mutex // of progress, and of identities
	)
	for range min(opt.Workers, len(jobs)) {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) || ctx.Err() != nil {
					return
				}
				j := &jobs[i]
				run, identity, err := j.bench.run(ctx, uint64(j.place+1))
				if err != nil {
					cancel(err)
					return
				}
				lock.Lock()
				o := &r.Benches[j.outcome]
				o.Runs[j.place], o.Identity = run, identity
				opt.tell(int(done.Add(1)), total, j.bench.Scenario)
				lock.Unlock()
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// run carries out one run.
func (b *Bench) run(ctx context.Context, seed uint64) (_ Run, identity string, err error) {
	sc, err := b.load(seed)
	if err != nil {
		return Run{}, "", err
	}
	res, err := runner.Measure(ctx, runner.Options{Scenario: sc})
	switch {
	case err != nil:
		return Run{}, "", err
	case res.Interrupted:
		return Run{}, "", context.Cause(ctx)
	}
	run := Run{Seed: seed, Digest: res.Digest, Events: res.Events, Measured: map[string]Measured{}, Broken: res.Stopped}
	if len(res.Violations) > 0 {
		v := &res.Violations[0]
		run.Broken = fmt.Sprintf("invariant %s: %s", v.Invariant, v.What)
	}
	for i := range res.Verdicts {
		v := &res.Verdicts[i]
		m := Measured{Unit: v.Unit}
		if x := v.Value; !math.IsNaN(x) && !math.IsInf(x, 0) {
			m.Value = &x
		}
		run.Measured[v.ID] = m
	}
	return run, runner.RunIdentity(sc), nil
}
