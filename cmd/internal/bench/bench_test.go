package bench

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hypersim/scenarios"
)

// outcome is a bench that gave one measure per seed.
func outcome(digest string, values ...float64) Outcome {
	o := Outcome{Scenario: "bench-detection", Identity: "i"}
	for i, v := range values {
		m := Measured{Unit: "s"}
		if !math.IsNaN(v) {
			m.Value = &v
		}
		o.Runs = append(o.Runs, Run{Seed: uint64(i + 1), Digest: digest, Measured: map[string]Measured{"first-dead": m, "false-deaths": m}})
	}
	return o
}

func result(o Outcome) *Result { return &Result{Schema: schema, Benches: []Outcome{o}} }

// verdicts of a comparison, by value.
func verdicts(t *testing.T, was, is *Result) (map[string]Verdict, *Report) {
	t.Helper()
	r, err := Compare(t.Context(), was, is, &Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Verdict{}
	for i := range r.Rows {
		out[r.Rows[i].Value] = r.Rows[i].Verdict
	}
	return out, r
}

func TestVerdicts(t *testing.T) {
	base := outcome("0123456789abcdef", 8, 9, 10, 8.5, 9.5, 9)
	shifted := func(d float64) Outcome {
		o := outcome("fedcba9876543210", 8+d, 9+d, 10+d, 8.5+d, 9.5+d, 9+d)
		return o
	}
	worded, other := base, shifted(0)
	worded.Identity, other.Identity = "j", "j"
	for _, c := range []struct {
		name         string
		is           Outcome
		digest, dead Verdict
	}{
		{"same", base, Same, ""},
		{"a twentieth is the limit", shifted(0.4), Moved, Unclear},
		{"later by a second", shifted(1), Moved, Worse},
		{"sooner by a second", shifted(-1), Moved, Better},
		{"seeds disagree", outcome("fedcba9876543210", 18, 9, 1, 8.5, 19.5, 9), Moved, Unclear},
		{"it never comes", outcome("fedcba9876543210", 8, 9, math.NaN(), 8.5, 9.5, 9), Moved, Worse},
		{"another scenario", other, Other, Unclear},
		{"worded otherwise, and runs as it did", worded, Same, ""},
	} {
		got, _ := verdicts(t, result(base), result(c.is))
		if got["digest"] != c.digest || got["first-dead"] != c.dead {
			t.Errorf("%s: digest %q, first-dead %q; want %q, %q", c.name, got["digest"], got["first-dead"], c.digest, c.dead)
		}
	}
}

// A value that no seed gives any more is told with the seeds that lost it, and the command that shows the first of them.
func TestLostEverywhere(t *testing.T) {
	_, r := verdicts(t, result(outcome("0123456789abcdef", 8, 9, 10)), result(outcome("fedcba9876543210", 8, math.NaN(), math.NaN())))
	for i := range r.Rows {
		if x := &r.Rows[i]; x.Value == "first-dead" && (x.Repeat != "hypersim run bench-detection --seed 2" || !slices.Equal(x.Seeds, []uint64{2, 3})) {
			t.Errorf("%q, seeds %v", x.Repeat, x.Seeds)
		}
	}
}

// Runs that break an invariant fail whatever the baseline says, and are named, one a scenario.
func TestBroken(t *testing.T) {
	o := outcome("0123456789abcdef", 8, 9, 10)
	o.Runs[1].Broken, o.Runs[2].Broken = "invariant I-M1: that", "invariant I-M1: this"
	if got, _ := verdicts(t, result(o), result(o)); got["invariants"] != Broken {
		t.Errorf("verdicts %v", got)
	}
	if list := result(o).Broken(); len(list) != 1 || list[0] != "bench-detection, seed 2: invariant I-M1: that" {
		t.Errorf("%q", list)
	}
	if list := result(outcome("0123456789abcdef", 8)).Broken(); list != nil {
		t.Errorf("%q", list)
	}
}

// A value that is 0 while all is well fails by what it grows, not by its share.
func TestRareMeasures(t *testing.T) {
	was, is := outcome("0123456789abcdef", 0, 0, 0, 0), outcome("fedcba9876543210", 1, 1, 1, 1)
	if got, _ := verdicts(t, result(was), result(is)); got["false-deaths"] != Worse {
		t.Errorf("four false deaths are %q", got["false-deaths"])
	}
	is = outcome("fedcba9876543210", 0, 1, 0, 0)
	if got, _ := verdicts(t, result(was), result(is)); got["false-deaths"] != Unclear {
		t.Errorf("one false death in four runs is %q", got["false-deaths"])
	}
}

func TestExactAndGone(t *testing.T) {
	was := &Result{Schema: schema, Benches: []Outcome{{Scenario: "bench-old"}}, Exact: []Value{{Name: "exact-bytes", Value: 96.5}}}
	is := &Result{Schema: schema, Exact: []Value{{Name: "exact-bytes", Value: 97}, {Name: "exact-new", Value: 1}}}
	_, r := verdicts(t, was, is)
	got := map[string]Verdict{}
	for i := range r.Rows {
		got[r.Rows[i].Bench] = r.Rows[i].Verdict
	}
	if got["exact-bytes"] != Moved || got["exact-new"] != New || got["bench-old"] != Gone || r.Failed != 2 {
		t.Errorf("verdicts %v, %d failed", got, r.Failed)
	}
}

// A kernel that is 30 % slower is told; one that was timed on a busy machine is not.
func TestSpeedIsTimedAgain(t *testing.T) {
	needsName(t)
	now, err := timedNow("speed-kernel")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		was, is float64
		want    Verdict
	}{{now / 1.6, now, Slower}, {now * 1.05, now * 3, Same}, {now * 1.6, now, Faster}} {
		_, r := verdicts(t, speedOn(processor(), c.was), speedOn(processor(), c.is))
		if r.Rows[0].Verdict != c.want {
			t.Errorf("was %.3f, is %.3f: %q, want %q", c.was, c.is, r.Rows[0].Verdict, c.want)
		}
	}
}

// needsName skips what cannot be where a processor has no name.
func needsName(t *testing.T) {
	t.Helper()
	if processor() == "" {
		t.Skip("no brand of this processor can be read")
	}
}

// speedOn is a result of one time.
func speedOn(processor string, value float64) *Result {
	return &Result{Schema: schema, Speeds: []Value{{Name: "speed-kernel", Value: value, Processor: processor}}}
}

// Times of another processor are no measure for this one, and are neither lost nor told slower.
func TestAnotherProcessor(t *testing.T) {
	needsName(t)
	was, is := speedOn("another", 0.1), speedOn(processor(), 100)
	_, r := verdicts(t, was, is)
	if len(r.Rows) != 1 || r.Rows[0].Verdict != New || r.Failed != 0 || r.Rows[0].Was != nil {
		t.Errorf("%+v", r)
	}
	var text bytes.Buffer
	if err := r.Text(&text, nil); err != nil || !strings.Contains(text.String(), processor()) || !strings.Contains(text.String(), "--against PROGRAM") {
		t.Errorf("%v: it does not say what to do next:\n%s", err, text.String())
	}
	if _, r := verdicts(t, speedOn("", 0.1), is); r.Rows[0].Verdict != New || r.Failed != 0 {
		t.Errorf("a baseline that names no processor: %+v", r)
	}
}

// A piece of work that the suite has not any more is told where it was timed; elsewhere nobody can miss it.
func TestGoneSpeed(t *testing.T) {
	needsName(t)
	for name, want := range map[string]int{processor(): 1, "another": 0} {
		if _, r := verdicts(t, speedOn(name, 1), &Result{}); r.Failed != want || len(r.Rows) != want {
			t.Errorf("%q: %+v", name, r)
		}
	}
}

// A baseline that is written anew keeps what other processors gave, until this one has moved, and of what the suite still has.
func TestKeep(t *testing.T) {
	needsName(t)
	was := &Result{Speeds: []Value{
		{Name: "speed-kernel", Value: 1, Processor: processor()}, {Name: "speed-kernel", Value: 3, Processor: "another"},
		{Name: "speed-kernel", Value: 2}, {Name: "speed-gone", Value: 2, Processor: "another"},
	}}
	for _, c := range []struct {
		is   float64
		want int
	}{{1.1, 2}, {0.9, 2}, {1.3, 1}, {0.7, 1}} {
		is := speedOn(processor(), c.is)
		if gone := is.Keep(was); gone != 2-c.want || len(is.Speeds) != c.want || is.Speeds[0].Value != c.is || c.want == 2 && is.Speeds[1].Processor != "another" {
			t.Errorf("%.1f: %+v", c.is, is.Speeds)
		}
	}
}

// Two programs that are one are as fast; one that gives no time is told.
func TestAgainst(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no shell here")
	}
	dir := t.TempDir()
	program := func(name, out string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+out+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	says := func(name, is string) string {
		return program(name, `echo '{"rows":[{"bench":"speed-kernel","unit":"u","is":`+is+`}]}'`)
	}
	one := Options{Only: regexp.MustCompile("^speed-kernel$")}
	plain, slow, quick := says("plain", "1"), says("slow", "1.3"), says("quick", "0.7")
	for _, c := range []struct {
		this string
		want Verdict
	}{{plain, Same}, {slow, Slower}, {quick, Faster}} {
		r, err := Against(t.Context(), c.this, plain, one)
		if err != nil || len(r.Rows) != 1 || *r.Rows[0].Was != 1 || r.Rows[0].Verdict != c.want || r.Rows[0].Unit != "u" || (r.Failed > 0) != c.want.Fails() {
			t.Errorf("%s: %+v, %v", c.this, r, err)
		}
	}
	// turns says one thing in the first n turns, and another afterwards: what seems slower is timed again, and the least counts.
	turns := func(name string, n int, before, after string) string {
		return program(name, fmt.Sprintf(`echo >>$0.turns; is=%s; [ $(wc -l <$0.turns) -gt %d ] && is=%s; echo '{"rows":[{"bench":"speed-kernel","unit":"u","is":'$is'}]}'`, before, n, after))
	}
	for _, c := range []struct {
		this, other string
		want        Verdict
	}{
		{turns("better-late", attempts-1, "2", "1"), plain, Same},
		{turns("too-late", attempts, "2", "1"), plain, Slower},
		{turns("third", turnsAgainst-1, "1", "0.5"), plain, Faster},
		{turns("once", 1, "0.5", "1"), plain, Faster},
		{plain, turns("other-once", 1, "0.5", "1"), Slower},
	} {
		if r, err := Against(t.Context(), c.this, c.other, one); err != nil || r.Rows[0].Verdict != c.want {
			t.Errorf("%s: %+v, %v, want %q", c.this, r, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Against(ctx, plain, plain, one); !errors.Is(err, context.Canceled) || errors.As(err, new(*OtherError)) {
		t.Errorf("who is stopped says that the other program is wrong: %v", err)
	}
	lacks := program("lacks", "echo nothing of the suite is called so >&2; exit 2")
	if r, err := Against(t.Context(), plain, lacks, one); err != nil || len(r.Rows) != 1 || r.Rows[0].Verdict != New || r.Failed != 0 {
		t.Errorf("a piece of work that is new: %+v, %v", r, err)
	}
	for other, want := range map[string]string{
		program("silent", "echo '{}'"): "gave no time", program("torn", "echo '{'"): "--json", program("failing", "echo no such flag >&2; exit 2"): "no such flag",
	} {
		if _, err := Against(t.Context(), plain, other, one); err == nil || !errors.As(err, new(*OtherError)) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", other, err, want)
		}
	}
}

func timedNow(name string) (float64, error) {
	v := &Value{Name: name, Value: math.Inf(1)}
	err := again(v)
	return v.Value, err
}

// The suite's measures are expectations of its scenarios, which judge nothing.
func TestSuiteIsWhole(t *testing.T) {
	for _, b := range Suite() {
		sc, err := scenarios.Load(b.Scenario, nil, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for i := range sc.Expects {
			ids[sc.Expects[i].ID] = true
		}
		for _, m := range b.Measures {
			if !ids[m.ID] {
				t.Errorf("%s has no expectation %q", b.Scenario, m.ID)
			}
			delete(ids, m.ID)
		}
		if len(ids) > 0 {
			t.Errorf("%s: nobody compares %v", b.Scenario, ids)
		}
		if b.Quick > b.Full {
			t.Errorf("%s: %d seeds in a quick run, %d in a full one", b.Scenario, b.Quick, b.Full)
		}
	}
}

func TestForms(t *testing.T) {
	was, is := outcome("0123456789abcdef", 8, 9, 10), outcome("fedcba9876543210", 18, 19, 20)
	_, r := verdicts(t, result(was), result(is))
	var text, junit, mark bytes.Buffer
	for _, err := range []error{r.Text(&text, nil), r.JUnit(&junit), r.Markdown(&mark)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"worse", "bench-detection, first-dead, seeds 1 2 3", "hypersim run bench-detection --seed 1", "+10", "1 of the scenarios run otherwise"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, text.String())
		}
	}
	var read junitSuites
	if err := xml.Unmarshal(junit.Bytes(), &read); err != nil || len(read.Suites) != 1 || read.Suites[0].Failures != r.Failed {
		t.Errorf("JUnit: %v, %+v", err, read)
	}
	if !strings.Contains(junit.String(), `message="9 → 19 s (+10 [+10, +10])`) {
		t.Errorf("JUnit's message does not say what it was and is:\n%s", junit.String())
	}
	if !strings.Contains(mark.String(), "**worse** bench-detection, first-dead, seeds 1 2 3: 9 → 19 s (+10 [+10, +10])") {
		t.Errorf("markdown:\n%s", mark.String())
	}
}

func TestReadBaseline(t *testing.T) {
	whole := `{"schema":1,"build":"","benches":[{"scenario":"a","identity":"","runs":[{"seed":1,"digest":"0123456789abcdef","events":1,"measured":{}}]}],"exact":[],"speeds":[]}`
	for _, c := range []struct{ text, want string }{
		{whole, ""},
		{whole[:len(whole)-3], "no baseline of hypersim bench"},
		{whole + "{}", "something follows"},
		{strings.Replace(whole, `"schema":1`, `"schema":2`, 1), "schema = 2"},
		{strings.Replace(whole, "0123456789abcdef", "0123", 1), "benches[0].runs[0].digest"},
		{strings.Replace(whole, `"speeds":[]`, `"speeds":[{"name":"s","processor":"p"},{"name":"s","processor":"q"},{"name":"s","processor":"p"}]`, 1), "speeds[2]: s is there twice"},
		{strings.Replace(whole, `"exact"`, `"extra"`, 1), "extra"},
	} {
		path := filepath.Join(t.TempDir(), "b.json")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ReadBaseline(path)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
}

func FuzzReadBaseline(f *testing.F) {
	f.Add([]byte(`{"schema":1,"benches":[{"scenario":"a","runs":[{"digest":"0123456789abcdef"}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "b.json")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := ReadBaseline(path)
		if err != nil {
			return
		}
		if _, err := Compare(t.Context(), r, r, &Options{}); err != nil {
			t.Fatal(err)
		}
	})
}
