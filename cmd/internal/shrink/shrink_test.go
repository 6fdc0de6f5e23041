package shrink

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"hypersim/cmd/internal/explore"
	"hypersim/cmd/internal/runner"
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/world"
)

// A text that is written anew is the same scenario.
func TestTextsAreTheSameScenario(t *testing.T) {
	for _, e := range scenarios.List() {
		before, file, err := scenarios.Text(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := parse(before)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parse(text(tr)); err != nil || !reflect.DeepEqual(again, tr) {
			t.Errorf("%s: not the same when it is read again: %v", file, err)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("a = 1\nb = \"x\\\"\\n\"\n[c]\nd = [1.5, {e = true}]\n[[g]]\nh = \"10s\"\n")
	f.Fuzz(func(t *testing.T, s string) {
		tr, err := parse(s)
		if err != nil || strings.Contains(s, "nan") || strings.ContainsAny(s, "-:") { // dates are no part of scenarios
			return
		}
		again, err := parse(text(tr))
		if err != nil || !reflect.DeepEqual(plain(again), tr) {
			t.Errorf("%v\n%s", err, text(tr))
		}
	})
}

// The parts are tried in halves, quarters and one by one, and each edit says whether it found something to change.
func TestEdits(t *testing.T) {
	more := ""
	read := func() tree {
		tr, err := parse(`
[scenario]
duration = "100s"
settle = "20s"
seed = 9
[topology]
rows = [[0, 1], [1, 0]]
sites = [{ name = "a" }, { name = "b" }]
[[fault]]
id = "x"
[[fault]]
id = "y"
[[fault]]
id = "z"
for = "12500ms"
` + more)
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	for name, c := range map[string]struct {
		edit edit
		gone []string // from the text
		kept []string
	}{
		"shorten":   {shorten(41.2)[2], []string{"100s", `"20s"`}, []string{`duration = "43s"`}},
		"quiet":     {shorten(89.5)[2], []string{"100s"}, []string{`duration = "91s"`, `settle = "11s"`}},
		"clip":      {shorten(41.2)[2], []string{"50s", "45s", `"late"`}, []string{`to = "43s"`, `at = "40s"`, `for = "3s"`, `for = "12500ms"`}},
		"all":       {lists(read(), "fault")[0], []string{"fault"}, []string{"topology"}},
		"last":      {lists(read(), "fault")[1], []string{`"z"`}, []string{`"x"`, `"y"`}},
		"second":    {lists(read(), "fault")[2], []string{`"y"`}, []string{`"x"`, `"z"`}},
		"site":      {sites(read())[0], []string{`"b"`, "1"}, []string{`"a"`, "[[0]]"}},
		"table":     {tables(read())[0], []string{"fault"}, []string{"scenario"}},
		"seed":      {seeds(read())[2], []string{"seed = 9"}, []string{"seed = 3"}},
		"duration":  {put(path{"fault", 2, "for"}, simpler("12500ms")[1]), []string{"12500ms"}, []string{`for = "10s"`}},
		"no effect": {put(path{"fault", 7, "for"}, "1s"), nil, nil},
	} {
		if more = ""; name == "clip" {
			more = "[[fault]]\nid = \"goes on\"\nat = \"40s\"\nfor = \"50s\"\n[[fault]]\nid = \"late\"\nat = \"45s\"\n[[workload]]\nfrom = \"5s\"\nto = \"50s\"\n"
		}
		tr := read()
		if did := c.edit(tr); did != (c.kept != nil) {
			t.Errorf("%s: changed %v", name, did)
		}
		out := text(tr)
		if name == "site" {
			out = out[:strings.Index(out, "[[fault")]
			out = strings.ReplaceAll(out[strings.Index(out, "[topology"):], "[[0]]", "[[0]]")
		}
		for _, s := range c.gone {
			if strings.Contains(out, s) {
				t.Errorf("%s: %s is still there:\n%s", name, s, out)
			}
		}
		for _, s := range c.kept {
			if !strings.Contains(out, s) {
				t.Errorf("%s: no %s:\n%s", name, s, out)
			}
		}
	}
}

func TestNumbersBecomeSimpler(t *testing.T) {
	for _, c := range []struct {
		v    any
		want []any
	}{
		{int64(5), []any{int64(0), int64(1), int64(2), int64(4)}},
		{int64(0), nil},
		{0.37, []any{int64(0), int64(1), int64(0), 0.4}},
		{"90s", []any{"0s", "45s"}},
		{"text", nil},
	} {
		if have := simpler(c.v); !reflect.DeepEqual(have, c.want) {
			t.Errorf("%v: %v, want %v", c.v, have, c.want)
		}
	}
}

// A scenario in which nothing breaks, and one that is none, are refused with what is the matter.
func TestNothingToShrink(t *testing.T) {
	for text, want := range map[string]string{
		"schema = 1\n[scenario]\nname = \"x\"\ntitle = \"t\"\nduration = \"5s\"\nsettle = \"0s\"\n[topology]\nuse = \"lan1\"\n[cluster]\nsize = 3\n": "no invariant breaks",
		"schema = ":    "expected value",
		"schema = 1\n": "scenario",
	} {
		_, err := Shrink(t.Context(), &Request{Text: text, File: "x.toml", Runs: 10}, func(Step) {})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want something of %q", err, want)
		}
	}
}

// pausedManager is an invariant of which it is known what breaks it: it is broken by a pause of at least 5 s at a world of at
// least three managers and two sites.
func pausedManager(_ context.Context, text, file string) ([]runner.Violation, error) {
	sc, err := scenarios.Parse(text, file, nil, scenarios.Options{Alone: true})
	if err != nil {
		return nil, err
	}
	managers := 0
	for i := range sc.Nodes {
		if sc.Nodes[i].Role == core.RoleManager {
			managers++
		}
	}
	for i := range sc.Faults {
		if f := &sc.Faults[i]; f.Kind == fault.Pause && f.For.Seconds() >= 5 && managers >= 3 && len(sc.Topology.Sites) >= 2 {
			return []runner.Violation{{Invariant: "I-X1", At: core.Instant(f.At + f.For), What: "a/manager/0 slept"}}, nil
		}
	}
	return nil, nil
}

// A panic is made small as an invariant is: what it says of an index is another in a smaller world, and the function the same.
func TestPanicsShrink(t *testing.T) {
	panics := func(ctx context.Context, text, file string) ([]runner.Violation, error) {
		list, err := pausedManager(ctx, text, file)
		if len(list) > 0 {
			stack := "goroutine 1 [running]:\npanic({0x1, 0x2})\n\t/go/panic.go:1\nruntime.goPanicIndex(0x1)\n\t/go/panic.go:2\nhypersim/core/replica.(*Machine).find(0x3)\n\t/x.go:3\n"
			v := explore.GaveUp(&runner.InternalError{At: list[0].At, Cause: "index out of range [" + strings.Repeat("x", len(text)) + "]", Stack: stack})
			return []runner.Violation{*v}, nil
		}
		return nil, err
	}
	r, err := shrink(t.Context(), &Request{Text: broken(t).Text(), File: "drawn.toml", Runs: 5000, Jobs: 1}, panics, panics, func(Step) {})
	if err != nil || r.After > 20 || r.Broke.Invariant != explore.Panic || !strings.HasPrefix(r.Broke.What, "hypersim/core/replica.(*Machine).find: index out of range [") {
		t.Errorf("%+v, %v", r, err)
	}
}

// So is a run that stands still: what is said of the node differs, and the owner is the same.
func TestStandingTimeShrinks(t *testing.T) {
	stands := func(ctx context.Context, text, file string) ([]runner.Violation, error) {
		list, err := pausedManager(ctx, text, file)
		if len(list) > 0 {
			err := fmt.Errorf("run: %w", &world.StandsError{At: list[0].At, Last: "a timer of b-" + strings.Repeat("x", len(text)), Owner: "gate.Signals"})
			return []runner.Violation{*explore.GaveUp(err)}, nil
		}
		return nil, err
	}
	r, err := shrink(t.Context(), &Request{Text: broken(t).Text(), File: "drawn.toml", Invariant: explore.Stands, Runs: 5000, Jobs: 1}, stands, stands, func(Step) {})
	if err != nil || r.After > 20 || r.Broke.Invariant != explore.Stands || !strings.HasPrefix(r.Broke.What, "gate.Signals: virtual time stands at ") {
		t.Errorf("%+v, %v", r, err)
	}
}

// broken is the first drawn world in which a manager sleeps.
func broken(t *testing.T) (name explore.Name) {
	for ; ; name.Faults++ {
		name.World = 7 * name.Faults
		if broke, err := pausedManager(t.Context(), name.Text(), "drawn.toml"); err == nil && broke != nil {
			return name
		}
	}
}

// Where the runs are used up, the rest is the same with any number of them at once.
func TestAsManyRunsAsAllowed(t *testing.T) {
	text := broken(t).Text()
	for _, most := range []int{3, 6, 11, 23} {
		var texts []string
		for _, jobs := range []int{1, 4} {
			r, err := shrink(t.Context(), &Request{Text: text, File: "drawn.toml", Runs: most, Jobs: jobs}, pausedManager, pausedManager, func(Step) {})
			if err != nil || r.Runs > most || r.Whole {
				t.Fatalf("at most %d runs, %d at once: %+v, %v", most, jobs, r, err)
			}
			texts = append(texts, r.Text)
		}
		if texts[0] != texts[1] {
			t.Fatalf("of %d runs, one at a time:\n%s\nfour:\n%s", most, texts[0], texts[1])
		}
	}
}

// What was left out before somebody stopped it stays left out.
func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	text := broken(t).Text()
	r, err := shrink(ctx, &Request{Text: text, File: "drawn.toml", Runs: 5000, Jobs: 2}, pausedManager, pausedManager, func(Step) { stop() })
	if !errors.Is(err, context.Canceled) || r == nil || r.Whole || r.Broke.Invariant != "I-X1" || r.After >= r.Before {
		t.Errorf("%+v, %v", r, err)
	}
}

// Of a drawn world what is left is what the invariant needs, whatever number of changes is tried at once.
func TestWhatIsLeftIsWhatBreaksIt(t *testing.T) {
	name := broken(t)
	var texts []string
	for _, jobs := range []int{1, 4} {
		r, err := shrink(t.Context(), &Request{Text: name.Text(), File: "drawn.toml", Runs: 5000, Jobs: jobs}, pausedManager, pausedManager, func(Step) {})
		if err != nil || !r.Whole {
			t.Fatalf("%+v, %v", r, err)
		}
		if r.After > 20 || strings.Count(r.Text, "[[fault]]") != 1 || strings.Contains(r.Text, "workload") || strings.Contains(r.Text, "protocol") {
			t.Errorf("%d lines of %d:\n%s", r.After, r.Before, r.Text)
		}
		texts = append(texts, r.Text)
	}
	if texts[0] != texts[1] {
		t.Errorf("one at a time:\n%s\nfour:\n%s", texts[0], texts[1])
	}
}

// What breaks by chance may need another seed once something is left out.
func TestAnotherSeedLetsMoreBeLeftOut(t *testing.T) {
	chance := func(ctx context.Context, text, file string) ([]runner.Violation, error) {
		sc, err := scenarios.Parse(text, file, nil, scenarios.Options{Alone: true})
		if err != nil || len(sc.Faults) < 2 && sc.Seed != 3 {
			return nil, err
		}
		return pausedManager(ctx, text, file)
	}
	r, err := shrink(t.Context(), &Request{Text: broken(t).Text(), File: "drawn.toml", Runs: 5000, Jobs: 2}, chance, chance, func(Step) {})
	if err != nil || !r.Whole || strings.Count(r.Text, "[[fault]]") != 1 || !strings.Contains(r.Text, "seed = 3\n") {
		t.Fatalf("%+v, %v", r, err)
	}
}
