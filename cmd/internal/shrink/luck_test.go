package shrink

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hypersim/cmd/internal/runner"
	"hypersim/core"
	"hypersim/scenarios"
)

// A scenario that names no seed has the usual one, and one of 0 is a seed like any other.
func TestAnotherSeedIsAnother(t *testing.T) {
	for _, c := range []struct {
		head tree
		seed int64
		want any
		did  bool
	}{
		{tree{}, usual, nil, false},
		{tree{}, 2, int64(2), true},
		{tree{"seed": int64(0)}, usual, nil, true},
		{tree{"seed": int64(0)}, 2, int64(2), true},
		{tree{"seed": int64(2)}, 2, int64(2), false},
		{tree{"seed": int64(2)}, usual, nil, true},
	} {
		tr := tree{"scenario": c.head, "fault": []any{tree{"id": "x"}}}
		did := under(c.seed, drop(path{"fault", 0}))(tr)
		if did != c.did || c.head["seed"] != c.want || (tr["fault"] == nil) != c.did {
			t.Errorf("seed %d: changed %v: %v, want %v", c.seed, did, tr, c.want)
		}
	}
}

// What is large goes in one step: groups of nodes, halves of the faults, each under the seed there first, whichever that is.
func TestCoarse(t *testing.T) {
	for seed, halves := range map[int64]int{0: 10, 1: 8, 9: 10} { // two halves, under the seed there and those from 1 to 4
		tr := tree{
			"scenario": tree{"seed": seed},
			"cluster":  tree{"workers": int64(61), "managers": int64(5), "gates": int64(1)},
			"fault":    []any{tree{"id": "0"}, tree{"id": "1"}, tree{"id": "2"}, tree{"id": "3"}},
		}
		edits := coarse(tr, 1, few, true)
		first := clone(tr).(tree)
		if !edits[0](first) || value(first["cluster"]) != "{ gates = 1, managers = 1, workers = 1 }" || value(first["scenario"]) != fmt.Sprintf("{ seed = %d }", seed) {
			t.Errorf("seed %d: first it tries %s", seed, text(first))
		}
		left := map[string]bool{}
		for _, e := range edits {
			x := clone(tr).(tree)
			if !e(x) {
				continue
			}
			left[text(x)] = true
			if c := x["cluster"].(tree); c["gates"] != int64(1) || c["clients"] != nil {
				t.Errorf("seed %d: a group grew: %s", seed, text(x))
			}
		}
		for _, want := range []string{"workers = 3", "workers = 8", "managers = 3", "seed = 4"} {
			if !strings.Contains(fmt.Sprint(left), want+"\n") {
				t.Errorf("seed %d: nothing has %s", seed, want)
			}
		}
		have := 0
		for x := range left {
			if strings.Count(x, "[[fault]]") == 2 {
				have++
			}
		}
		if have != halves {
			t.Errorf("seed %d: %d scenarios with half of the faults, not %d", seed, have, halves)
		}
	}
}

// A fault is moved under the usual seed alone, and where there is no other seed nothing is.
func TestNudged(t *testing.T) {
	tr := tree{"scenario": tree{"seed": int64(4)}, "fault": []any{tree{"at": "2500ms", "for": "3s", "target": tree{"id": "a/gate/1"}}, tree{"on": tree{"event": "x"}, "for": "3s"}}}
	left := map[string]bool{}
	for _, e := range nudged(tr) {
		x := clone(tr).(tree)
		if !e(x) {
			continue
		}
		if x["scenario"].(tree)["seed"] != nil {
			t.Errorf("it has a seed of its own:\n%s", text(x))
		}
		for i, f := range x["fault"].([]any) {
			left[fmt.Sprint(i, value(f))] = true
		}
	}
	for _, want := range []string{
		`0{ at = "1s", for = "3s", target = { id = "a/gate/1" } }`, `0{ at = "2500ms", for = "10s", target = { id = "a/gate/1" } }`, `0{ at = "20s", for = "3s", target = { id = "a/gate/2" } }`, `1{ for = "20s", on = { event = "x" } }`,
	} {
		if !left[want] {
			t.Errorf("no %s in %v", want, left)
		}
	}
	if len(left) != 6*5+6*2+5 {
		t.Errorf("%d in all: %v", len(left), left)
	}
	tr["scenario"] = tree{}
	for _, e := range nudged(tr) {
		if e(clone(tr).(tree)) {
			t.Error("it was moved although the seed is the usual one")
		}
	}
}

// What breaks by chance may need another seed once something is left out.
func TestAnotherSeedLetsMoreBeLeftOut(t *testing.T) {
	chance := func(ctx context.Context, text, file string, _ core.Instant) ([]runner.Violation, error) {
		sc, err := scenarios.Parse(text, file, nil, scenarios.Options{Alone: true})
		if err != nil || len(sc.Faults) < 2 && sc.Seed != 3 {
			return nil, err
		}
		return pausedManager(ctx, text, file, 0)
	}
	r, err := shrink(t.Context(), &Request{Text: broken().Text(), File: "drawn.toml", Runs: 5000, Jobs: 2}, chance, chance, func(Step) {})
	if err != nil || !r.Whole || strings.Count(r.Text, "[[fault]]") != 1 || !strings.Contains(r.Text, "seed = 3\n") {
		t.Fatalf("%+v, %v", r, err)
	}
}

// Where one way ends at more than a person reads in a minute, another is tried, and the smallest is kept, whichever that was.
func TestSeveralAttempts(t *testing.T) {
	const faults, lines = 6, 5
	for _, good := range []int64{few + 2, 2*few + 2, many + 1} { // with this seed half of the faults are enough, and all are needed with any other
		judge := func(_ context.Context, text, _ string, _ core.Instant) ([]runner.Violation, error) {
			tr, err := parse(text)
			head, _ := tr["scenario"].(tree)
			list, _ := tr["fault"].([]any)
			if err != nil || len(list) == 0 || len(list) < faults && (head == nil || seedOf(head) != good || len(list) > faults/2) {
				return nil, err
			}
			for i := range list {
				if f, _ := list[i].(tree); len(f) < lines {
					return nil, nil
				}
			}
			return []runner.Violation{{Invariant: "I-X1", At: 5e9, What: "x"}}, nil
		}
		text := "[scenario]\nseed = 99\n" + strings.Repeat("[[fault]]\na = 1\nb = 1\nc = 1\nd = 1\ne = 1\n", faults)
		var texts []string
		for _, jobs := range []int{1, 3} {
			r, err := shrink(t.Context(), &Request{Text: text, File: "x.toml", Runs: 3000, Attempts: 3, Jobs: jobs}, judge, judge, func(Step) {})
			if err != nil || !r.Whole || (r.After <= enough) != (good <= many) {
				t.Fatalf("seed %d: %+v, %v", good, r, err)
			}
			texts = append(texts, fmt.Sprint(r.Runs, r.Text))
		}
		if texts[0] != texts[1] {
			t.Errorf("seed %d: one at a time:\n%s\nthree:\n%s", good, texts[0], texts[1])
		}
	}
}
