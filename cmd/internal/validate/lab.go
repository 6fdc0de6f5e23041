package validate

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Lab is what an experiment works with: how much to do, workers for its runs, and the place for its values.
type Lab struct {
	Quick bool

	ctx    context.Context
	tokens chan struct{} // one per run at once, over all experiments
	heavy  *sync.Mutex   // of runs that take gigabytes: one at a time
	tell   func(share float64)
	e      *Experiment
	rows   []Row             // copies, with the references that models give
	values []*Value          // nil: not measured
	cells  map[string]Trials // of its study
	work   atomic.Int64      // ns of its runs
}

// Pick returns full, or short in the quick suite.
func (l *Lab) Pick(full, short int) int {
	if l.Quick {
		return short
	}
	return full
}

// stopped unwinds an experiment that was interrupted or cannot go on; attempt recovers it.
type stopped struct{ err error }

// check ends the experiment if err is not nil.
func check(err error) {
	if err != nil {
		panic(stopped{err})
	}
}

// each runs f(0) … f(n−1) in parallel and returns their values in order. The last call within an
// experiment should hold most of its work: it moves the progress.
func each[T any](l *Lab, n int, f func(i int) T) []T {
	out := make([]T, n)
	var (
		next, done atomic.Int64
		group      sync.WaitGroup
		once       sync.Once
		broken     any
	)
	work := func() {
		defer group.Done()
		defer func() {
			if p := recover(); p != nil {
				once.Do(func() { broken = p })
				next.Store(int64(n)) // nothing more starts
			}
		}()
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			l.tokens <- struct{}{}
			func() {
				defer func() { <-l.tokens }()
				check(l.ctx.Err())
				start := time.Now()
				out[i] = f(i)
				l.work.Add(int64(time.Since(start)))
			}()
			l.tell(float64(done.Add(1)) / float64(n))
		}
	}
	for range min(n, cap(l.tokens)) {
		group.Add(1)
		go work()
	}
	group.Wait()
	if broken != nil {
		panic(broken)
	}
	return out
}

// Ref sets the reference of a row that a model gives.
func (l *Lab) Ref(row string, ref float64) { l.rows[l.row(row)].Ref = ref }

func (l *Lab) put(row string, v Value) {
	i := l.row(row)
	if l.values[i] != nil {
		panic(fmt.Sprintf("validate: %s: the row %q got two values", l.e.ID, row))
	}
	l.values[i] = &v
}

func (l *Lab) row(id string) int {
	i := slices.IndexFunc(l.rows, func(r Row) bool { return r.ID == id })
	if i < 0 {
		panic(fmt.Sprintf("validate: %s has no row %q", l.e.ID, id))
	}
	return i
}

// attempt runs the experiment.
func (l *Lab) attempt() (figure *figure, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case stopped:
			err = p.err
		default:
			panic(p)
		}
	}()
	if l.e.Study != nil {
		figure = l.e.Study.measure(l)
	}
	if l.e.Run != nil {
		figure = l.e.Run(l)
	}
	return figure, nil
}
