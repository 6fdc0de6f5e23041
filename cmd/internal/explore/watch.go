package explore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"hypersim/cmd/internal/runner"
)

// StuckError ends a search one of whose runs does not: its virtual time has not gone on for so long a real time that it will not. What
// happens in a run never follows from real time, so this is no finding, and no run is passed over for it: the search goes on only when
// that run comes to its end.
type StuckError struct {
	Index int
	Name  Name
	For   time.Duration // real time in which its virtual time did not go on
	At    time.Duration // virtual time where it did last
	File  string        // its scenario
	Told  bool          // it was told to stop, and did not
}

func (e *StuckError) Error() string {
	what := "its virtual time does not go on: it loops inside one event, or the machine has stood still"
	if e.Told {
		what = "it was told to stop, and has not"
	}
	return fmt.Sprintf("run %d (%v, seed %d) is stuck since virtual time %v, for %v of real time: %s; its scenario is %s, what was found before it is kept",
		e.Index, e.Name, e.Name.Seed, e.At, e.For.Round(time.Second), what, e.File)
}

// watch knows since when each run under way has not gone on.
type watch struct {
	mu   sync.Mutex
	runs map[int]*beat // by index
	told time.Time     // when the search was stopped; zero: it was not
}

type beat struct {
	name Name
	real time.Time
	at   time.Duration
}

func (w *watch) begin(index int, n Name) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.runs == nil {
		w.runs = map[int]*beat{}
	}
	w.runs[index] = &beat{name: n, real: time.Now()}
}

func (w *watch) end(index int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.runs, index)
}

// goesOn is told about ten times a second of a run whose virtual time goes on.
func (w *watch) goesOn(index int, p runner.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if b := w.runs[index]; b != nil {
		b.real, b.at = time.Now(), time.Duration(p.Now)
	}
}

// stuck returns the first run that has not gone on for longer than it may: patience, or, once the search was told to stop, as long as
// that is since then.
func (w *watch) stuck(now time.Time, told bool, patience, stopping time.Duration) *StuckError {
	w.mu.Lock()
	defer w.mu.Unlock()
	if told && w.told.IsZero() {
		w.told = now
	}
	var first *StuckError
	for i, b := range w.runs {
		stood := now.Sub(b.real)
		late := patience > 0 && stood > patience
		if ends := told && now.Sub(w.told) > stopping && stood > stopping; (late || ends) && (first == nil || i < first.Index) {
			first = &StuckError{Index: i, Name: b.name, For: stood, At: b.at, Told: !late}
		}
	}
	return first
}

// stopping is how long a run that is told to stop may take for that: it looks up after a tenth of a second of virtual time.
const stopping = 10 * time.Second

// watched looks after runs until all are done, and returns the first one that gets stuck, whose scenario it leaves.
func (s *search) watched(ctx context.Context, done <-chan struct{}) error {
	look := time.NewTicker(s.req.look())
	defer look.Stop()
	for {
		select {
		case <-done:
			return nil
		case <-look.C:
		}
		e := s.watch.stuck(time.Now(), ctx.Err() != nil, s.req.Patience, s.req.stopping())
		if e == nil {
			continue
		}
		e.File = filepath.Join(s.req.Dir, fmt.Sprintf("stuck-%d.toml", e.Index))
		if err := os.WriteFile(e.File, []byte(s.req.Base.Text(e.Name)), 0o666); err != nil {
			return fmt.Errorf("%w; and that scenario cannot be written: %w", e, err)
		}
		return e
	}
}

func (r *Request) stopping() time.Duration {
	if r.hurry > 0 {
		return r.hurry
	}
	return stopping
}

func (r *Request) look() time.Duration { return min(time.Second, r.stopping()/4) }

// unstuck takes away what an earlier search left of a run that was stuck: this one carries it out again.
func unstuck(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "stuck-*.toml"))
	for _, f := range files {
		if err == nil {
			err = os.Remove(f)
		}
	}
	return err
}
