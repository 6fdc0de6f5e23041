package explore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	simworld "hypersim/sim/world"
)

func carried(t *testing.T, req Request) *Report {
	t.Helper()
	r, err := Search(t.Context(), &req, func(*Report) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Runs {
		if o.Failed != "" {
			t.Errorf("run %d: %s", o.Index, o.Failed)
		}
	}
	return r
}

// The same request gives the same runs, with one at a time and several, and what is left in the folder is a scenario.
func TestSearchIsTheSameWithAnyNumberOfWorkers(t *testing.T) {
	one, three := t.TempDir(), t.TempDir()
	a := carried(t, Request{Seed: 3, Runs: 5, Jobs: 1, Dir: one})
	b := carried(t, Request{Seed: 3, Runs: 5, Jobs: 3, Dir: three})
	if !reflect.DeepEqual(a.Runs, b.Runs) || !reflect.DeepEqual(a.Counts, b.Counts) {
		t.Error("three workers gave other runs than one")
	}
	for _, name := range []string{LogName, "coverage.csv"} {
		x, _ := os.ReadFile(filepath.Join(one, name))
		y, _ := os.ReadFile(filepath.Join(three, name))
		if len(x) == 0 || string(x) != string(y) {
			t.Errorf("%s: %d and %d bytes, or other ones", name, len(x), len(y))
		}
	}
	reached := 0
	for _, n := range a.Counts {
		if n > 0 {
			reached++
		}
	}
	if reached < 150 {
		t.Errorf("five runs reached %d marks", reached)
	}
}

// A log of whole generations goes on where it ends; what is behind the last whole one is drawn again.
func TestLogGoesOn(t *testing.T) {
	req := &Request{Seed: 1, Dir: t.TempDir()}
	f, _, err := openLog(req)
	if err != nil {
		t.Fatal(err)
	}
	var list []*Outcome
	for i := range generation + 3 {
		list = append(list, &Outcome{Index: i, Name: Name{1, 2, uint64(i)}, Marks: []Mark{3}})
	}
	if err := appendLog(f, list); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"run":99,`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	f, runs, err := openLog(req)
	if err != nil || len(runs) != generation || runs[7].Name.Seed != 7 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	if err := appendLog(f, list[generation:]); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if text, _ := os.ReadFile(filepath.Join(req.Dir, LogName)); strings.Count(string(text), "\n") != generation+4 {
		t.Errorf("the log has %d lines", strings.Count(string(text), "\n"))
	}
	req.Seed = 2
	if _, _, err := openLog(req); err == nil || !strings.Contains(err.Error(), "another search") {
		t.Errorf("another search: %v", err)
	}
}

func TestFindingsAreGrouped(t *testing.T) {
	bad := func(what string) []Bad {
		return []Bad{{Invariant: "I-J4", Signature: Signature(what), What: what, At: 810}}
	}
	list := findings([]*Outcome{
		{Index: 0, Bad: bad("a/manager/0 sends wf-12ab to c-1/worker/22 after 12m42.5s")},
		{Index: 1, Bad: bad("b/gate/0 holds job-c061219f1aea7df7 NONE")},
		{Index: 2, Bad: bad("b/gate/1 holds job-0061219f1aea7df7 NONE")},
	})
	if len(list) != 2 || list[0].Runs != 2 || list[0].Signature != "gate holds job NONE" || list[0].First.Index != 1 ||
		list[1].Signature != "manager sends wf to worker after N" {
		t.Errorf("%+v", list)
	}
	if a, b := Signature("a/gate/0 admitted 1.2e+03 requests more"), Signature("b/gate/1 admitted 7 requests more"); a != b {
		t.Errorf("%q is not %q", a, b)
	}
	text := list[0].text("schema = 1\n", "")
	if !strings.HasPrefix(text, "# I-J4, at 810 s, in 2 runs") || !strings.Contains(text, "\n#     hypersim explain I-J4\n#     hypersim run FILE") || !strings.HasSuffix(text, "\n\nschema = 1\n") {
		t.Error(text)
	}
}

// A run that stands still is a finding, of one kind with those in which the same owner wants to be woken; any other error is none.
func TestStandingTimeIsAFinding(t *testing.T) {
	bad := func(at core.Instant, node, owner string) []Bad {
		v := GaveUp(fmt.Errorf("run: %w", &simworld.StandsError{At: at, Last: "a timer of " + node, Owner: owner}))
		if v == nil || v.Invariant != Stands || v.At != at {
			t.Fatalf("%+v", v)
		}
		return []Bad{badOf(v)}
	}
	list := findings([]*Outcome{
		{Index: 0, Bad: bad(3e9, "a/gate/0", "gate.Gate")}, {Index: 1, Bad: bad(4e9, "b/manager/2", "manager.Manager")}, {Index: 2, Bad: bad(5e9, "b/gate/1", "gate.Gate")},
	})
	if len(list) != 2 || list[0].Runs != 2 || list[0].Signature != "gate.Gate" || list[0].File != "findings/stands-1.toml" || !strings.Contains(list[0].Bad.What, "a/gate/0") {
		t.Errorf("%+v", list)
	}
	if v := GaveUp(errors.New("no room")); v != nil {
		t.Errorf("%+v", v)
	}
}

// Faults go into a scenario of somebody's as well.
func TestFaultsOfAScenario(t *testing.T) {
	text, file, err := scenarios.Text("three-sites")
	if err != nil {
		t.Fatal(err)
	}
	head := "schema = 1\n[scenario]\nname = \"three-sites\"\ntitle = \"t\"\nduration = \"200s\"\n[topology]\nuse = \"lan1\"\n[cluster]\n"
	for _, text := range []string{text, head + "managers = 3\n"} { // the second has no workers and no clients to cut off
		b, err := NewBase(text, file)
		if err != nil {
			t.Fatal(err)
		}
		faults := 0
		for i := range uint64(40) {
			sc, err := scenarios.Parse(b.Text(Name{Faults: i}), file, nil, scenarios.Options{Alone: true})
			if err != nil {
				t.Fatal(err)
			}
			faults += len(sc.Faults)
		}
		if faults < 200 {
			t.Errorf("%d faults in 40 runs", faults)
		}
	}
	if _, err := NewBase("schema = 1\n[scenario]\nname = \"x\"\ntitle = \"t\"\nduration = \"40s\"\n[cluster]\nsize = 3\n", "x.toml"); err == nil {
		t.Error("a world without managers is explored")
	}
}

func TestMarksAreManyAndDifferent(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range all.names[1:] {
		if seen[name] || name == "" {
			t.Errorf("two marks are called %q", name)
		}
		seen[name] = true
	}
	if Marks() < 120 {
		t.Errorf("%d marks", Marks())
	}
}

// What clusters forgot is summed up, and what did not count for it.
func TestDurabilityIsSummedUp(t *testing.T) {
	r := &Report{Runs: []*Outcome{{}, {Exceeded: 2, Spared: []string{"I-JW3", "I-JF3"}}, {Exceeded: 1, Spared: []string{"I-JW3"}}}}
	if have, want := r.Durability(), "durability was exceeded in 2 runs, 3 times in all (a cluster forgot more at once than it survives, ADR-0050); for that it does not count that I-JF3 broke in 1, that I-JW3 broke in 2"; have != want {
		t.Errorf("%q, not %q", have, want)
	}
	r.Runs[1].Spared, r.Runs[2].Spared = nil, nil
	if have, want := r.Durability(), "durability was exceeded in 2 runs, 3 times in all (a cluster forgot more at once than it survives, ADR-0050)"; have != want {
		t.Errorf("%q, not %q", have, want)
	}
	if r.Runs = r.Runs[:1]; r.Durability() != "" {
		t.Errorf("%q", r.Durability())
	}
}
