package shrink

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"hypersim/cmd/internal/explore"
	"hypersim/cmd/internal/runner"
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/trace"
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
func pausedManager(_ context.Context, text, file string, _ core.Instant) ([]runner.Violation, error) {
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
	panics := func(ctx context.Context, text, file string, _ core.Instant) ([]runner.Violation, error) {
		list, err := pausedManager(ctx, text, file, 0)
		if len(list) > 0 {
			stack := "goroutine 1 [running]:\npanic({0x1, 0x2})\n\t/go/panic.go:1\nruntime.goPanicIndex(0x1)\n\t/go/panic.go:2\nhypersim/core/replica.(*Machine).find(0x3)\n\t/x.go:3\n"
			v := explore.GaveUp(&runner.InternalError{At: list[0].At, Cause: "index out of range [" + strings.Repeat("x", len(text)) + "]", Stack: stack})
			return []runner.Violation{*v}, nil
		}
		return nil, err
	}
	r, err := shrink(t.Context(), &Request{Text: broken().Text(), File: "drawn.toml", Runs: 5000, Jobs: 1}, panics, panics, func(Step) {})
	if err != nil || r.After > 20 || r.Broke.Invariant != explore.Panic || !strings.HasPrefix(r.Broke.What, "hypersim/core/replica.(*Machine).find: index out of range [") {
		t.Errorf("%+v, %v", r, err)
	}
}

// So is a run that stands still: what is said of the node differs, and the owner is the same.
func TestStandingTimeShrinks(t *testing.T) {
	stands := func(ctx context.Context, text, file string, _ core.Instant) ([]runner.Violation, error) {
		list, err := pausedManager(ctx, text, file, 0)
		if len(list) > 0 {
			err := fmt.Errorf("run: %w", &world.StandsError{At: list[0].At, Last: "a timer of b-" + strings.Repeat("x", len(text)), Owner: "gate.Signals"})
			return []runner.Violation{*explore.GaveUp(err)}, nil
		}
		return nil, err
	}
	r, err := shrink(t.Context(), &Request{Text: broken().Text(), File: "drawn.toml", Invariant: explore.Stands, Runs: 5000, Jobs: 1}, stands, stands, func(Step) {})
	if err != nil || r.After > 20 || r.Broke.Invariant != explore.Stands || !strings.HasPrefix(r.Broke.What, "gate.Signals: virtual time stands at ") {
		t.Errorf("%+v, %v", r, err)
	}
}

// broken is the first drawn world in which a manager sleeps.
var broken = sync.OnceValue(func() (name explore.Name) {
	for ; ; name.Faults++ {
		name.World = 7 * name.Faults
		if broke, err := pausedManager(context.Background(), name.Text(), "drawn.toml", 0); err == nil && broke != nil {
			return name
		}
	}
})

// Where the runs are used up, the rest is the same with any number of them at once.
func TestAsManyRunsAsAllowed(t *testing.T) {
	text := broken().Text()
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
	text := broken().Text()
	r, err := shrink(ctx, &Request{Text: text, File: "drawn.toml", Runs: 5000, Jobs: 2}, pausedManager, pausedManager, func(Step) { stop() })
	if !errors.Is(err, context.Canceled) || r == nil || r.Whole || r.Broke.Invariant != "I-X1" || r.After >= r.Before {
		t.Errorf("%+v, %v", r, err)
	}
}

// Of a drawn world what is left is what the invariant needs, whatever number of changes is tried at once.
func TestWhatIsLeftIsWhatBreaksIt(t *testing.T) {
	name := broken()
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

// A run is given up a while after the last one broke, but not where other things break before it: then each goes to its end.
func TestGivenUp(t *testing.T) {
	for _, first := range []bool{true, false} {
		var until []core.Instant
		var broke core.Instant
		judge := func(ctx context.Context, text, file string, at core.Instant) ([]runner.Violation, error) {
			list, err := pausedManager(ctx, text, file, at)
			if len(list) > 0 && !first {
				list = append([]runner.Violation{{Invariant: "I-X0", What: "before"}}, list...)
			}
			if len(list) > 0 && broke == 0 {
				broke = list[len(list)-1].At
			}
			until = append(until, at)
			return list, err
		}
		_, err := shrink(t.Context(), &Request{Text: broken().Text(), File: "drawn.toml", Invariant: "I-X1", Runs: 3, Jobs: 1}, judge, judge, func(Step) {})
		if err != nil || len(until) < 3 || until[0] != 0 || until[1] != 0 {
			t.Fatalf("%v, %v", until, err)
		}
		want := core.Instant(0)
		if first {
			want = broke + 30e9
		}
		if until[2] != want {
			t.Errorf("first %v: given up at %v, want %v", first, until[2], want)
		}
	}
}

// asleep is a judge of real runs: it finds who first holds a manager DEAD.
func asleep(ctx context.Context, text, file string, until core.Instant) ([]runner.Violation, error) {
	sc, err := scenarios.Parse(text, file, nil, scenarios.Options{Alone: true})
	if err != nil {
		return nil, err
	}
	d := deaths{sc: sc}
	_, err = runner.Measure(ctx, runner.Options{Scenario: sc, Bare: true, Small: true, Until: until, Sinks: []trace.Sink{&d}})
	return d.list, err
}

type deaths struct {
	sc   *scenarios.Scenario
	list []runner.Violation
}

// Record implements trace.Sink.
func (d *deaths) Record(r *trace.Record) {
	f := &r.Fact
	if r.Kind == trace.KindFact && f.Kind == core.FactTransition && f.To == core.StateDead && d.list == nil && f.Role == core.RoleManager {
		d.list = []runner.Violation{{Invariant: "I-X2", At: r.At, What: d.sc.Nodes[r.Node].Name + " holds " + d.sc.Nodes[f.Subject].Name + " DEAD"}}
	}
}

// What is left of a world of many nodes and faults is a file that shows the same when it is carried out by itself, to the nanosecond, and is
// the same file with any number of runs at once.
func TestAFileThatShowsTheSame(t *testing.T) {
	const world = `schema = 1
[scenario]
name = "x"
title = "t"
duration = "80s"
settle = "20s"
seed = 0
[topology]
use = "wan3"
[network]
loss.p = 0.01
[cluster]
managers = 4
gates = 2
workers = 6
[protocol]
refute.tokens = 1
sync.mode = "full"
[[fault]]
id = "freeze"
kind = "pause"
at = "12s"
for = "30s"
target.id = "euw1/manager/1"
[[fault]]
id = "cut"
kind = "partition"
at = "10s"
for = "1s"
a.site = "use1"
b.not.site = "use1"
[[fault]]
id = "churn"
kind = "churn"
at = "10s"
for = "20s"
rate = "0.2/s"
downtime = "3s"
target.role = "worker"
[[fault]]
id = "later"
kind = "restart"
at = "50s"
target.id = "apne1/gate/1"
`
	var before *Result
	for _, jobs := range []int{1, 3} {
		r, err := shrink(t.Context(), &Request{Text: world, File: "x.toml", Runs: 2000, Jobs: jobs}, asleep, asleep, func(Step) {})
		if err != nil || !r.Whole {
			t.Fatalf("%+v, %v", r, err)
		}
		if before != nil && (r.Text != before.Text || r.Runs != before.Runs || r.Broke.At != before.Broke.At) {
			t.Errorf("%d at once: %d runs, and before %d\n%s\n%s", jobs, r.Runs, before.Runs, r.Text, before.Text)
		}
		before = r
	}
	if before.After > 18 || !strings.Contains(before.Text, `use = "lan1"`) || !strings.Contains(before.Text, `target.id = "a/manager/1"`) {
		t.Errorf("%d lines:\n%s", before.After, before.Text)
	}
	file := filepath.Join(t.TempDir(), "small.toml")
	if err := os.WriteFile(file, []byte(before.Text), 0o600); err != nil {
		t.Fatal(err)
	}
	sc, err := scenarios.Load(file, nil, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := deaths{sc: sc}
	if _, err := runner.Run(t.Context(), runner.Options{Scenario: sc, Dir: filepath.Join(t.TempDir(), "run"), Sinks: []trace.Sink{&d}}); err != nil {
		t.Fatal(err)
	}
	if len(d.list) != 1 || signatureOf(&d.list[0]) != signatureOf(&before.Broke) || d.list[0].At != before.Broke.At || d.list[0].What != before.Broke.What {
		t.Errorf("the file shows %+v, and what was left %+v", d.list, before.Broke)
	}
}
