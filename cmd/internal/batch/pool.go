package batch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"hypersim/cmd/internal/runner"
)

// Options say how a plan is carried out. None of them changes a byte of the result.
type Options struct {
	Dir      string
	Jobs     int // runs at once; 0 = 1
	Shard    Shard
	Force    bool // do runs again that are there
	Build    runner.Build
	Progress func(Progress) // called at most ten times a second, never twice at once; nil: nobody is told
}

// Progress is how far a sweep has got.
type Progress struct {
	Done, Total, Kept int // runs; Kept of Total were there already and are not in Done
	Running           int
	Share             float64 // of the expected cost of what was to be done, 0–1
	Events            uint64
	Wall              time.Duration
}

// Left estimates how long it will still take.
func (p *Progress) Left() time.Duration {
	if p.Share <= 0 {
		return 0
	}
	return time.Duration(float64(p.Wall) * (1 - p.Share) / p.Share)
}

// Outcome is what became of the runs of a plan, or of a shard of it.
type Outcome struct {
	Done, Kept  int      // runs carried out now; runs that were there
	Damaged     int      // runs that were there, but not as they were written: they are done again
	Slow        []string // runs that their budget of wall time ended: nothing is kept of them
	Interrupted bool
}

// task is one run to do.
type task struct {
	cell *Cell
	seed uint64
	at   string // address
}

// Run carries out the runs of the plan that the folder lacks. Each is on disk, whole, as soon as it is done.
// When ctx ends, runs under way are dropped.
func (p *Plan) Run(ctx context.Context, req Request, opt Options) (*Outcome, error) {
	if err := p.prepare(opt.Dir); err != nil {
		return nil, err
	}
	return p.carryOut(ctx, req, opt)
}

// carryOut does the runs that the folder lacks.
func (p *Plan) carryOut(ctx context.Context, req Request, opt Options) (*Outcome, error) {
	todo, had, err := p.todo(&opt)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := &workers{plan: p, req: req, opt: opt, todo: todo, stop: stop, began: time.Now(), under: map[int]runner.Progress{}}
	w.out = had
	for i := range todo {
		w.cost += todo[i].cell.cost
	}
	var group sync.WaitGroup
	for range min(max(opt.Jobs, 1), len(todo)) {
		group.Go(func() { w.work(ctx) })
	}
	group.Wait()
	if w.err != nil {
		return nil, w.err
	}
	w.out.Interrupted = ctx.Err() != nil && w.next < len(todo) || w.dropped
	return &w.out, nil
}

// todo lists what the shard has to do: first all cells with the first seed, so that a sweep that is stopped
// early says a little about everything.
func (p *Plan) todo(opt *Options) (list []task, had Outcome, err error) {
	known := map[string]bool{} // cells that only judge differently share their runs
	for s, seed := range p.Seeds {
		for i := range p.Cells {
			c := &p.Cells[i]
			if !opt.Shard.has(s*len(p.Cells)+i) || known[c.Runs[s]] {
				continue
			}
			known[c.Runs[s]] = true
			there, err := opt.clear(c.Runs[s], &had)
			switch {
			case err != nil:
				return nil, had, err
			case there:
				had.Kept++
			default:
				list = append(list, task{c, seed, c.Runs[s]})
			}
		}
	}
	return list, had, nil
}

// clear reports whether a run is there and whole; what is left of one that is not goes.
func (opt *Options) clear(address string, had *Outcome) (there bool, err error) {
	err = verify(opt.Dir, address)
	switch {
	case err == nil && !opt.Force:
		return true, nil
	case errors.Is(err, errDamaged):
		if !opt.Force {
			had.Damaged++
		}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	return false, errors.Join(os.RemoveAll(filepath.Join(opt.Dir, runsDir, address)), sweepOut(opt.Dir, address))
}

// workers carry out tasks. What they share is below the lock; runs share nothing.
type workers struct {
	plan  *Plan
	req   Request
	opt   Options
	todo  []task
	stop  func()
	began time.Time
	cost  float64

	lock    sync.Mutex
	next    int
	out     Outcome
	dropped bool
	err     error
	spent   float64 // cost of finished tasks
	events  uint64
	under   map[int]runner.Progress // by task
	told    time.Time
}

// take returns the next task.
func (w *workers) take(ctx context.Context) (int, bool) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if ctx.Err() != nil || w.err != nil || w.next == len(w.todo) {
		return 0, false
	}
	w.next++
	return w.next - 1, true
}

func (w *workers) work(ctx context.Context) {
	for {
		i, ok := w.take(ctx)
		if !ok {
			return
		}
		w.done(i, w.do(ctx, i))
	}
}

// errDropped and errSlow are runs of which nothing is kept.
var (
	errDropped = errors.New("interrupted")
	errSlow    = errors.New("out of wall time")
)

// do carries out one task and puts its result on disk.
func (w *workers) do(ctx context.Context, i int) error {
	t := &w.todo[i]
	sc, err := t.cell.scenario(&w.req, &t.seed)
	if err != nil {
		return err
	}
	if sc.SHA256 != w.plan.SHA256 || sc.ConfigHash != t.cell.ConfigHash {
		return usage("%s changed while the sweep was going on; start it again", sc.File)
	}
	res, err := runner.Measure(ctx, runner.Options{
		Scenario: sc, Build: w.opt.Build, Progress: func(p runner.Progress) { w.progress(i, p) },
	})
	switch {
	case err != nil:
		return fmt.Errorf("cell %s, seed %d: %w", t.cell.Name, t.seed, err)
	case res.Interrupted:
		return errDropped
	case strings.Contains(res.Stopped, "of wall time"):
		return errSlow
	}
	r, err := reduce(res, w.opt.Build, t.at)
	if err != nil {
		return err
	}
	return r.write(w.opt.Dir)
}

// done takes note of a task that ended. The first error stops the others.
func (w *workers) done(i int, err error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.events += w.under[i].Events
	w.spent += w.todo[i].cell.cost
	delete(w.under, i)
	switch {
	case err == nil:
		w.out.Done++
	case errors.Is(err, errDropped):
		w.dropped = true
	case errors.Is(err, errSlow):
		w.out.Slow = append(w.out.Slow, fmt.Sprintf("%s, seed %d", w.todo[i].cell.Name, w.todo[i].seed))
	case w.err == nil:
		w.err = err
		w.stop()
	}
	w.tell(true)
}

func (w *workers) progress(i int, p runner.Progress) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.under[i] = p
	w.tell(false)
}

// tell passes on how far it is; the lock is held.
func (w *workers) tell(now bool) {
	if w.opt.Progress == nil || !now && time.Since(w.told) < 100*time.Millisecond {
		return
	}
	w.told = time.Now()
	p := Progress{
		Done: w.out.Done, Kept: w.out.Kept, Total: len(w.todo) + w.out.Kept, Running: len(w.under), Events: w.events, Wall: time.Since(w.began),
	}
	spent := w.spent
	for i := range w.todo {
		if u, ok := w.under[i]; ok && u.End > 0 {
			p.Events += u.Events
			spent += w.todo[i].cell.cost * float64(u.Now) / float64(u.End)
		}
	}
	p.Share = min(spent/max(w.cost, 1), 1)
	w.opt.Progress(p)
}
