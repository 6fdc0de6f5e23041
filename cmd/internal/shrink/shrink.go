package shrink

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"

	"hypersim/cmd/internal/explore"
	"hypersim/cmd/internal/runner"
	"hypersim/core"
	"hypersim/scenarios"
)

// Request says what to shrink.
type Request struct {
	Text      string // of a scenario
	File      string // what it is called in messages
	Complete  bool   // it says all that can be said, as the configuration of a run does
	Invariant string // "": the first that breaks
	Runs      int    // that may be carried out
	Attempts  int    // how often it may begin, under other seeds each time, while more lines are left than a person reads in a minute; 0: once
	Jobs      int    // at once
}

// Step is told after each change that was kept.
type Step struct {
	Runs, Lines, Bytes int
}

// Result is what is left.
type Result struct {
	Text   string
	Broke  runner.Violation
	Before int // lines of the text that was given
	After  int
	Runs   int
	Whole  bool // no change is left to try; false: Runs was too small
}

// Shrink carries out a request. Where it is stopped the result is what was left by then, beside the error of ctx.
func Shrink(ctx context.Context, req *Request, tell func(Step)) (*Result, error) {
	return shrink(ctx, req, run(false), run(true), tell)
}

// judge returns what breaks in a run of a scenario until an instant; 0: to its end.
type judge func(ctx context.Context, text, file string, until core.Instant) ([]runner.Violation, error)

// shrink judges runs by one, and by the other, which ends a run with the first invariant that breaks, where that is the wanted one.
func shrink(ctx context.Context, req *Request, run, brief judge, tell func(Step)) (*Result, error) {
	t, err := parse(req.Text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", req.File, err)
	}
	named(t)
	s := &shrinker{req: req, judge: run, point: point{best: t, been: map[string]bool{}}, seen: map[string]*runner.Violation{}, tell: tell}
	first, err := s.judge(ctx, req.Text, req.File, 0)
	if err = cmp.Or(ctx.Err(), err); err != nil { // a run that was stopped has broken nothing yet
		return nil, err
	}
	v := s.choose(first)
	if v == nil {
		return nil, fmt.Errorf("%s: %s", req.File, s.nothing(first))
	}
	s.want, s.broke = signatureOf(v), *v
	if signatureOf(&first[0]) == s.want {
		s.judge, s.brief = brief, true
	}
	if req.Complete {
		s.best = withoutIdle(t, req.File)
	}
	again, err := s.judge(ctx, text(s.best), s.req.File, 0)
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return nil, err
	}
	if s.same(again) == nil {
		return nil, fmt.Errorf("%s: it does not break in the same way again when its text is written anew", req.File)
	}
	s.attempts(ctx)
	out := text(s.best)
	return &Result{Text: out, Broke: s.broke, Before: count(req.Text), After: count(out), Runs: s.runs, Whole: s.left() && ctx.Err() == nil}, ctx.Err()
}

// enough is how many lines a person reads in a minute. Where more are left, other seeds may lead elsewhere.
const enough = 30

// attempts makes what is broken small in one way or another, and keeps the smallest.
func (s *shrinker) attempts(ctx context.Context) {
	first := s.point
	s.all(ctx, 0)
	for n := int64(1); n < int64(s.req.Attempts) && count(text(s.best)) > enough && s.left() && ctx.Err() == nil; n++ {
		before := s.point
		s.point = point{first.best, first.broke, map[string]bool{}}
		if s.all(ctx, n); !s.smaller(&before) {
			s.point = before
		}
	}
}

// smaller reports whether what is left says less than something else.
func (s *shrinker) smaller(than *point) bool {
	a, b := text(s.best), text(than.best)
	return cmp.Or(cmp.Compare(count(a), count(b)), cmp.Compare(len(a), len(b))) < 0
}

// all makes as small as it can what is broken: what is large goes first, by luck where need be, and numbers become simple when no line can be
// left out any more. Each attempt has luck of its own.
func (s *shrinker) all(ctx context.Context, attempt int64) {
	first := attempt*few + 1
	s.sweep(ctx, coarse(s.best, first, first+few-1, attempt == 0))
	if s.req.Complete {
		s.sweep(ctx, settings(s.best))
	}
	for again := true; again && s.left() && ctx.Err() == nil; {
		again = s.round(ctx, structure) ||
			s.sweep(ctx, reseeded(s.best, first, first+few-1)) ||
			s.round(ctx, digits) ||
			s.sweep(ctx, nudged(s.best)) ||
			s.sweep(ctx, reseeded(s.best, 1, many))
	}
}

// round tries passes one after the other, and reports whether any made it smaller.
func (s *shrinker) round(ctx context.Context, passes func(broke float64) []pass) (kept bool) {
	for _, p := range passes(s.broke.At.Seconds()) {
		kept = s.sweep(ctx, p(s.best)) || kept
	}
	return kept
}

// point is how small it has become, and by which texts: to none of them it goes back.
type point struct {
	best  tree
	broke runner.Violation
	been  map[string]bool
}

type shrinker struct {
	req   *Request
	judge judge
	brief bool   // it ends a run with what breaks first
	want  string // signature
	point
	seen map[string]*runner.Violation // by the text that was carried out: again it would show nothing new
	runs int
	tell func(Step)
}

func (s *shrinker) left() bool { return s.runs < s.req.Runs }

// count is how many lines say something.
func count(text string) (n int) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			n++
		}
	}
	return n
}

func signatureOf(v *runner.Violation) string {
	return v.Invariant + "\n" + explore.SignatureOf(v)
}

func (s *shrinker) choose(list []runner.Violation) *runner.Violation {
	for i := range list {
		if s.req.Invariant == "" || list[i].Invariant == s.req.Invariant {
			return &list[i]
		}
	}
	return nil
}

func (s *shrinker) nothing(list []runner.Violation) string {
	if len(list) == 0 {
		return "no invariant breaks"
	}
	var broke []string
	for i := range list {
		broke = append(broke, list[i].Invariant)
	}
	return s.req.Invariant + " does not break; what does: " + strings.Join(broke, ", ")
}

// same returns the violation that is like the first one.
func (s *shrinker) same(list []runner.Violation) *runner.Violation {
	for i := range list {
		if signatureOf(&list[i]) == s.want {
			return &list[i]
		}
	}
	return nil
}

func run(brief bool) judge {
	return func(ctx context.Context, text, file string, until core.Instant) ([]runner.Violation, error) {
		sc, err := scenarios.Parse(text, file, nil, scenarios.Options{Alone: true})
		if err != nil {
			return nil, err
		}
		sc.Expects = nil // invariants judge
		res, err := runner.Measure(ctx, runner.Options{Scenario: sc, FailFast: brief, Small: true, Bare: true, Until: until})
		if v := explore.GaveUp(err); v != nil {
			return []runner.Violation{*v}, nil
		}
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return nil, err
		}
		return res.Violations, nil
	}
}

// until is when a run is given up in which nothing broke, a while after the last one broke. A large world that goes on for a quarter of an
// hour costs most of the time that there is.
func (s *shrinker) until() core.Instant {
	const late = 30e9
	if !s.brief {
		return 0 // other things break before it, perhaps the next time later
	}
	return s.broke.At + late
}

// tried is a change and what came of it.
type tried struct {
	tree  tree // nil: there was nothing to change
	text  string
	ran   bool              // it was a scenario
	broke *runner.Violation // nil: not in the same way
}

// sweep tries edits in their order, each on what the ones before it left. It reports whether any was kept.
func (s *shrinker) sweep(ctx context.Context, edits []edit) (kept bool) {
	for i := 0; i < len(edits) && s.left() && ctx.Err() == nil; {
		batch := s.batch(ctx, edits[i:min(i+max(1, s.req.Jobs), len(edits))])
		i += len(batch)
		for k := range batch {
			b := &batch[k]
			if !b.ran {
				continue
			}
			if broke, seen := s.seen[b.text]; seen { // perhaps since one before it came to the same
				b.broke = broke
			} else {
				if !s.left() { // one at a time would not have come to it
					return kept
				}
				s.runs++ // those behind one that is kept do not count: how many there are depends on Jobs
				s.seen[b.text] = b.broke
			}
			if b.broke != nil {
				s.best, s.broke, s.been[b.text], kept = b.tree, *b.broke, true, true
				s.tell(Step{s.runs, count(b.text), len(b.text)})
				i -= len(batch) - k - 1
				break
			}
		}
	}
	return kept
}

// batch tries edits on one scenario, all at once.
func (s *shrinker) batch(ctx context.Context, edits []edit) []tried {
	until := s.until()
	batch := make([]tried, len(edits))
	var all sync.WaitGroup
	for k := range batch {
		b := &batch[k]
		if b.tree = clone(s.best).(tree); !edits[k](b.tree) {
			continue
		}
		if b.text = text(b.tree); s.been[b.text] {
			continue
		}
		if _, b.ran = s.seen[b.text]; b.ran {
			continue
		}
		all.Go(func() {
			list, err := s.judge(ctx, b.text, s.req.File, until)
			b.ran, b.broke = err == nil, s.same(list)
		})
	}
	all.Wait()
	return batch
}
