package shrink

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"

	"hypersim/cmd/internal/explore"
	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
)

// Request says what to shrink.
type Request struct {
	Text      string // of a scenario
	File      string // what it is called in messages
	Invariant string // "": the first that breaks
	Runs      int    // that may be carried out
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
	Nodes  int
	Runs   int
	Whole  bool // no change is left to try; false: Runs was too small
}

// Shrink carries out a request. Where it is stopped the result is what was left by then, beside the error of ctx.
func Shrink(ctx context.Context, req *Request, tell func(Step)) (*Result, error) {
	return shrink(ctx, req, run(false), run(true), tell)
}

// judge returns what breaks in a run of a scenario.
type judge func(ctx context.Context, text, file string) ([]runner.Violation, error)

// shrink judges runs by one, and by the other, which ends a run with the first invariant that breaks, where that is the wanted one.
func shrink(ctx context.Context, req *Request, run, brief judge, tell func(Step)) (*Result, error) {
	t, err := parse(req.Text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", req.File, err)
	}
	named(t)
	s := &shrinker{req: req, judge: run, best: t, tell: tell}
	first, err := s.judge(ctx, req.Text, req.File)
	if err = cmp.Or(ctx.Err(), err); err != nil { // a run that was stopped has broken nothing yet
		return nil, err
	}
	v := s.choose(first)
	if v == nil {
		return nil, fmt.Errorf("%s: %s", req.File, s.nothing(first))
	}
	s.want, s.broke = signatureOf(v), *v
	if signatureOf(&first[0]) == s.want {
		s.judge = brief
	}
	again, err := s.judge(ctx, text(t), s.req.File)
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return nil, err
	}
	if s.same(again) == nil {
		return nil, fmt.Errorf("%s: it does not break in the same way again when its text is written anew", req.File)
	}
	for changed := true; changed && s.left() && ctx.Err() == nil; {
		changed = false
		for _, pass := range passes(s.broke.At.Seconds()) {
			kept, err := s.sweep(ctx, pass(s.best))
			if err != nil {
				return nil, err
			}
			changed = changed || kept
		}
		if !changed {
			if changed, err = s.sweep(ctx, reseeded(s.best)); err != nil {
				return nil, err
			}
		}
	}
	out := text(s.best)
	return &Result{Text: out, Broke: s.broke, Before: count(req.Text), After: count(out), Nodes: s.nodes, Runs: s.runs, Whole: s.left() && ctx.Err() == nil}, ctx.Err()
}

type shrinker struct {
	req   *Request
	judge judge
	best  tree
	want  string // signature
	broke runner.Violation
	nodes int
	runs  int
	tell  func(Step)
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
	return func(ctx context.Context, text, file string) ([]runner.Violation, error) {
		sc, err := scenarios.Parse(text, file, nil, scenarios.Options{Alone: true})
		if err != nil {
			return nil, err
		}
		sc.Expects = nil // invariants judge
		res, err := runner.Measure(ctx, runner.Options{Scenario: sc, FailFast: brief, Small: true, Bare: true})
		if v := explore.GaveUp(err); v != nil {
			return []runner.Violation{*v}, nil
		}
		if err != nil {
			return nil, err
		}
		return res.Violations, nil
	}
}

// tried is a change and what came of it.
type tried struct {
	tree  tree
	broke *runner.Violation // nil: not in the same way, or no scenario any more
}

// sweep tries edits in their order, each on what the ones before it left. It reports whether any was kept.
func (s *shrinker) sweep(ctx context.Context, edits []edit) (kept bool, err error) {
	for i := 0; i < len(edits) && s.left() && ctx.Err() == nil; {
		batch := make([]tried, min(max(1, s.req.Jobs), len(edits)-i))
		var all sync.WaitGroup
		for k := range batch {
			t := clone(s.best).(tree)
			if !edits[i+k](t) {
				continue
			}
			batch[k].tree = t
			all.Go(func() {
				if list, err := s.judge(ctx, text(t), s.req.File); err == nil {
					batch[k].broke = s.same(list)
				}
			})
		}
		all.Wait()
		next := i + len(batch)
		for k := range batch {
			if batch[k].tree != nil {
				if !s.left() { // one at a time would not have come to it
					return kept, nil
				}
				s.runs++ // those behind one that is kept do not count: how many there are depends on Jobs
			}
			if batch[k].broke != nil {
				s.best, s.broke, kept = batch[k].tree, *batch[k].broke, true
				next = i + k + 1
				out := text(s.best)
				s.tell(Step{s.runs, count(out), len(out)})
				break
			}
		}
		i = next
	}
	return kept, nil
}
