package compare

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"hypersim/analysis"
	"hypersim/core/rng"
)

// world makes what a run measures: the weather of a seed, and a change on top of it.
type world struct {
	from, to int
	factor   float64 // of times
	extra    float64 // of the counted, probability that a run has one more
	censor   bool    // every fourth crash is never detected
}

func (w world) side() *Side {
	c := analysis.Cell{Name: "all"}
	s := &Side{Dir: fmt.Sprint("seeds-", w.from), Scenario: "x", Builds: []string{"one"}}
	for seed := w.from; seed <= w.to; seed++ {
		g := rng.New(uint64(seed), "compare test")
		t := 5 + 3*g.Float64()
		traffic, events := 200+4*g.Float64(), uint64(3*g.Float64())
		if g.Float64() < w.extra {
			events++
		}
		r := analysis.CellRun{Seed: uint64(seed), Digest: fmt.Sprint(w.factor, w.extra, w.censor, seed)}
		r.Distributions = []analysis.Distribution{
			{Metric: "bytes", Labels: "direction=sent", Unit: "B/s per node", Count: 9, Mean: traffic},
			{Metric: "coordinate_quality", Unit: "0-1", Count: 9, Mean: 0.9 / w.factor},
			{Metric: "incarnation_max", Unit: "count", Count: 9, Mean: t * w.factor},
			{Metric: "detection_first", Labels: "to=DEAD", Unit: "s", Count: 1, Mean: -1}, // replaced by survival
		}
		r.Counts = []analysis.Count{{Metric: "false_suspicions", Count: events, NodeHours: 2}, {Metric: "false_positives", NodeHours: 2}}
		r.Survival = []analysis.Survival{{Metric: "detection_first", Labels: "to=DEAD", Times: []float64{t * w.factor}, Watched: 60}}
		if w.censor && seed%4 == 0 {
			r.Survival[0] = analysis.Survival{Metric: "detection_first", Labels: "to=DEAD", Censored: []float64{60}, Watched: 60}
		}
		c.Runs, s.Seeds = append(c.Runs, r), append(s.Seeds, uint64(seed))
	}
	s.Runs, s.cells = len(c.Runs), []analysis.Cell{c}
	return s
}

func compared(t *testing.T, a, b *Side, opt Options) map[string]Row {
	t.Helper()
	r, err := Compare(a, b, opt)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Row{}
	for _, row := range r.Cells[0].Rows {
		out[row.Metric] = row
	}
	return out
}

// TestVerdicts: 6 % slower under the same weather is found, in each direction and for a metric without one;
// what did not change is equivalent, and what never happened is not.
func TestVerdicts(t *testing.T) {
	a, b := world{1, 40, 1, 0, false}.side(), world{1, 40, 1.06, 0, false}.side()
	rows := compared(t, a, b, Options{})
	for metric, want := range map[string]Verdict{
		"detection_first": Worse, "coordinate_quality": Worse, "incarnation_max": Differs, "bytes": Equivalent,
		"false_suspicions": Equivalent, "false_positives": NoDifference,
	} {
		if rows[metric].Verdict != want {
			t.Errorf("%s: have %s, want %s (%+v)", metric, rows[metric].Verdict, want, rows[metric])
		}
	}
	d := rows["detection_first"]
	if math.Abs(float64(d.Relative)-0.06) > 1e-9 || d.RelLow > 0.06+1e-9 || d.RelHigh < 0.06-1e-9 || d.Adjusted > alpha || d.EffectIs != "cohen_dz" {
		t.Errorf("5 %% slower: %+v", d)
	}
	if back := compared(t, b, a, Options{}); back["detection_first"].Verdict != Better || back["coordinate_quality"].Verdict != Better {
		t.Errorf("and back: %s, %s", back["detection_first"].Verdict, back["coordinate_quality"].Verdict)
	}
	var tol Tolerances
	if err := tol.Set("detection_first=10%"); err != nil {
		t.Fatal(err)
	}
	if have := compared(t, a, b, Options{Tolerances: tol})["detection_first"].Verdict; have != Equivalent {
		t.Errorf("5 %% within 10 %%: %s", have)
	}
}

// TestUnpaired: under other seeds the weather is part of the difference: the interval is wider than that of
// pairs, but a large difference is still found.
func TestUnpaired(t *testing.T) {
	a := world{1, 40, 1, 0, false}.side()
	near, far := world{41, 80, 1.05, 0, false}.side(), world{41, 80, 1.4, 0, false}.side()
	pairs := compared(t, a, world{1, 40, 1.05, 0, false}.side(), Options{})["detection_first"]
	if row := compared(t, a, near, Options{})["detection_first"]; row.EffectIs != "cliffs_delta" || row.High-row.Low < 5*(pairs.High-pairs.Low) {
		t.Errorf("5 %%: %+v", row)
	}
	if row := compared(t, a, far, Options{})["detection_first"]; row.Verdict != Worse {
		t.Errorf("40 %%: %+v", row)
	}
	// Of 40 and 40 seeds 30 are common: those are paired, the rest is left out and counted.
	r, err := Compare(a, world{11, 50, 1.05, 0, false}.side(), Options{})
	if err != nil || !r.Cells[0].Paired || r.Cells[0].Unpaired != 20 {
		t.Errorf("30 pairs: %+v, %v", r.Cells[0], err)
	}
}

// TestFalseAlarms: the same world under other seeds. Max-T keeps the chance of any false alarm in a
// comparison at 5 %: more than 8 of 60 has a probability below 0.2 %.
func TestFalseAlarms(t *testing.T) {
	alarms := 0
	for k := range 60 {
		r, err := Compare(world{60*k + 1, 60*k + 30, 1, 0.5, false}.side(), world{60*k + 31, 60*k + 60, 1, 0.5, false}.side(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Counts.Better+r.Counts.Worse+r.Counts.Differs > 0 {
			alarms++
		}
	}
	if alarms > 8 {
		t.Errorf("%d of 60 comparisons of equals report a difference", alarms)
	}
}

// TestCensored: crashes that nobody detects count as the time they were waited for, on both sides.
func TestCensored(t *testing.T) {
	row := compared(t, world{1, 40, 1, 0, false}.side(), world{1, 40, 1, 0, true}.side(), Options{})["detection_first"]
	if row.CensoredA != 0 || row.CensoredB != 10 || row.Until != 60 || row.Stat != "restricted mean" || row.Verdict != Worse || !strings.Contains(row.Note, "0 of 40 and 10 of 40 never came; means of the first 60 s") {
		t.Errorf("have %+v", row)
	}
}

// TestTooFew: of five pairs all agree by chance once in sixteen times, in some of many rows nearly always. The comparison
// says so in a word of its own and ends with 4, instead of calling all well; a difference of a factor is no help.
func TestTooFew(t *testing.T) {
	r, err := Compare(world{1, 5, 1, 0, false}.side(), world{1, 5, 2, 0, false}.side(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	last := strings.TrimSpace(string(r.Text(TextOptions{})))
	last = last[strings.LastIndex(last, "\n")+1:]
	if r.Exit != 4 || r.Needs != 7 || r.Counts.TooFew == 0 || !strings.Contains(last, fmt.Sprintf("%d cannot be judged: n >= 7 seeds needed", r.Counts.TooFew)) {
		t.Errorf("exit %d, needs %d, %+v, last line %q", r.Exit, r.Needs, r.Counts, last)
	}
	if row := r.Cells[0].Rows[0]; row.Metric != "detection_first" || row.Verdict != TooFew {
		t.Errorf("%+v", row)
	}
	// Three pairs are never equivalent, and runs that are the same need no judging.
	a := world{1, 3, 1, 0, false}.side()
	for metric, row := range compared(t, a, world{1, 3, 1.0001, 0, false}.side(), Options{}) {
		if row.Verdict == Equivalent {
			t.Errorf("%s: equivalent on three pairs", metric)
		}
	}
	same, err := Compare(a, world{1, 3, 1, 0, false}.side(), Options{})
	if err != nil || same.Exit != 0 || same.Counts.Identical != len(same.Cells[0].Rows) {
		t.Errorf("the same runs: exit %d, %+v, %v", same.Exit, same.Counts, err)
	}
	// What differs in the configuration and in no run is named.
	b := world{1, 3, 1, 0, false}.side()
	a.cells[0].ConfigHash, b.cells[0].ConfigHash, b.cells[0].Args = "5s", "6s", []string{"--set", "protocol.suspicion.min=6s"}
	idle, err := Compare(a, b, Options{})
	if text := strings.Join(idle.Warnings, "\n"); err != nil || !strings.Contains(text, "suspicion.min=6s) has no effect in this scenario") || len(same.Warnings) > 0 {
		t.Errorf("a change without effect: %q, %v", text, err)
	}
	// Forty seeds on either side, three of them in common: unpaired, and equivalent on forty if at all.
	if c, err := Compare(world{1, 40, 1, 0, false}.side(), world{38, 77, 1, 0, false}.side(), Options{}); err != nil || c.Cells[0].Paired {
		t.Errorf("three seeds in common: %+v, %v", c.Cells[0], err)
	}
}

// TestNothingCame: waits in vain of equal length are not equal detections. A horizon before the first detection hides a
// doubling, and so does a subject that is always back before anybody notices.
func TestNothingCame(t *testing.T) {
	a, b := world{1, 20, 1, 0, false}.side(), world{1, 20, 2, 0, false}.side()
	for _, c := range []struct {
		opt  Options
		want Verdict
		exit int
	}{
		{Options{Horizon: 4}, NotJudged, 0},
		{Options{Horizon: 4, Primary: []string{"detection_first:to=DEAD"}}, TooFew, 4},
		{Options{Horizon: 40, Primary: []string{"detection_first:to=DEAD"}}, Worse, 1},
	} {
		r, err := Compare(a, b, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		if row := r.Cells[0].Rows[0]; row.Metric != "detection_first" || row.Verdict != c.want || c.exit > 0 && r.Exit != c.exit {
			t.Errorf("up to %v s: %s (%s), exit %d; want %s, %d", c.opt.Horizon, row.Verdict, row.Note, r.Exit, c.want, c.exit)
		}
	}
	for _, s := range []*Side{a, b} {
		for i := range s.cells[0].Runs {
			s.cells[0].Runs[i].Survival[0] = analysis.Survival{Metric: "detection_first", Labels: "to=DEAD", Censored: []float64{2}, Watched: 2}
		}
	}
	if row := compared(t, a, b, Options{})["detection_first"]; row.Verdict != NotJudged || !strings.Contains(row.Note, "nothing came in the first 2 s") {
		t.Errorf("%s (%s)", row.Verdict, row.Note)
	}
}

// TestTwoWords: what cannot be judged and decides is open, what is not judged is harmless; both say why.
func TestTwoWords(t *testing.T) {
	run := func(factor float64) *Side {
		s := world{1, 1, factor, 0, false}.side()
		s.IsRun = true
		return s
	}
	// A value that neither run has is no difference between them.
	a, b := run(1), run(1)
	for _, s := range []*Side{a, b} {
		s.cells[0].Runs[0].Distributions[0].Mean = math.NaN()
	}
	r, err := Compare(a, b, Options{})
	if err != nil || r.Exit != 0 || r.Counts.NotJudged != 1 || r.Counts.TooFew != 0 {
		t.Errorf("equal runs: exit %d, %+v, %v", r.Exit, r.Counts, err)
	}
	r, err = Compare(run(1), run(2), Options{})
	if err != nil || r.Exit != 4 || r.Counts.TooFew == 0 || r.Counts.NotJudged != 0 {
		t.Errorf("runs that differ: exit %d, %+v, %v", r.Exit, r.Counts, err)
	}
	for _, row := range r.Cells[0].Rows {
		if row.Verdict == TooFew && row.Note == "" {
			t.Errorf("%s cannot be judged, and nothing says why", row.Metric)
		}
	}
	if text := string(r.Text(TextOptions{})); !strings.Contains(text, "\ncannot be judged ") || !strings.Contains(text, "rows cannot be judged: one run on each side") {
		t.Error(text)
	}
	// Three of twenty runs have it: harmless where nobody asked for it, open where somebody did.
	rare := func() *Side {
		s := world{1, 20, 1, 0, false}.side()
		for i := range s.cells[0].Runs[3:] {
			s.cells[0].Runs[3+i].Distributions = s.cells[0].Runs[3+i].Distributions[1:]
		}
		return s
	}
	other := rare()
	for i := range other.cells[0].Runs {
		r := &other.cells[0].Runs[i]
		if r.Digest += " other"; i < 3 {
			r.Distributions[0].Mean *= 1.5
		}
	}
	for _, c := range []struct {
		opt  Options
		want Verdict
		exit int
	}{
		{Options{}, NotJudged, 0},
		{Options{Primary: []string{"bytes:direction=sent"}}, TooFew, 4},
		{Options{Primary: []string{"incarnation_max"}}, NotJudged, 0},
	} {
		r, err := Compare(rare(), other, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range r.Cells[0].Rows {
			if row.Metric == "bytes" && (row.Verdict != c.want || r.Exit != c.exit || !strings.Contains(row.Note, "3")) {
				t.Errorf("primary %v: %s (%s), exit %d; want %s, %d", c.opt.Primary, row.Verdict, row.Note, r.Exit, c.want, c.exit)
			}
		}
	}
}

// TestPrimary: what was named decides, with six pairs for one row; the rest is shown and changes no exit status.
func TestPrimary(t *testing.T) {
	a, b := world{1, 7, 1, 0, false}.side(), world{1, 7, 1.5, 0, false}.side()
	r, err := Compare(a, b, Options{Primary: []string{"detection_first:to=DEAD"}})
	if err != nil || r.Tests != 1 || r.Exit != 1 {
		t.Fatalf("%d tests, exit %d, %v", r.Tests, r.Exit, err)
	}
	rows := compared(t, a, b, Options{Primary: []string{"bytes"}})
	if row := rows["detection_first"]; row.Primary || row.Verdict == Equivalent {
		t.Errorf("%+v", row)
	}
	if r, err := Compare(a, b, Options{Primary: []string{"bytes"}}); err != nil || r.Exit != 0 || !strings.Contains(string(r.Text(TextOptions{All: true})), "*detection_first") {
		t.Errorf("traffic is the same: exit %d, %v", r.Exit, err)
	}
	for _, name := range []string{"rejoin", "detection_first:to=SUSPECT"} {
		if _, err := Compare(a, b, Options{Primary: []string{name}}); err == nil {
			t.Errorf("%s decides, and nobody measured it", name)
		}
	}
	declared := world{1, 7, 1, 0, false}.side()
	declared.declared.Primary = []string{"detection_first"}
	if r, err := Compare(declared, b, Options{}); err != nil || r.Tests != 1 {
		t.Errorf("what the scenario declares: %d tests, %v", r.Tests, err)
	}
}

// TestQuickRestart: of four crashes one is over after two seconds. It says nothing about what takes seven, and does
// not hide that the others take twice as long.
func TestQuickRestart(t *testing.T) {
	side := func(wait float64) *Side {
		s := world{1, 10, 1, 0, false}.side()
		for i := range s.cells[0].Runs {
			r := &s.cells[0].Runs[i]
			r.Digest = fmt.Sprint(wait, i)
			x := wait + 0.01*float64(i*i%7)
			r.Survival = []analysis.Survival{{Metric: "detection_first", Labels: "to=DEAD", Times: []float64{x, x + 0.2, x + 0.1}, Censored: []float64{2}, Watched: 70}}
		}
		return s
	}
	row := compared(t, side(7), side(14), Options{})["detection_first"]
	if row.Verdict != Worse || math.Abs(float64(row.A)-7.13) > 0.03 || math.Abs(float64(row.B)-14.13) > 0.03 || row.CensoredA != 10 || row.Until != 70 {
		t.Errorf("%+v", row)
	}
	row = compared(t, side(7), side(14), Options{Horizon: 10})["detection_first"]
	if row.Verdict != Worse || row.B != 10 || row.Until != 10 {
		t.Errorf("mean of the first 10 s: %+v", row)
	}
	if row = compared(t, side(7), side(14), Options{Horizon: 1})["detection_first"]; row.A != 1 || row.B != 1 {
		t.Errorf("mean of the first second: %+v", row)
	}
}

// TestRatios: a metric that nearly vanishes falls by less than 100 %, at either end.
func TestRatios(t *testing.T) {
	rows := compared(t, world{1, 40, 1, 1, false}.side(), world{41, 80, 1, 0, false}.side(), Options{})
	for metric, row := range rows {
		if row.RelLow < -1 || row.RelLow > row.Relative || row.RelHigh < row.Relative {
			t.Errorf("%s: %v [%v, %v]", metric, row.Relative, row.RelLow, row.RelHigh)
		}
	}
	row := rows["false_suspicions"]
	if !(row.Smallest > 0) || row.Needed < 40 || row.Difference != row.B-row.A {
		t.Errorf("%+v", row)
	}
}

// TestNeededRuns: where so many runs give a wider interval than was asked for, more runs are named than there are, for
// lopsided values too: of six runs one has sent much more.
func TestNeededRuns(t *testing.T) {
	judged := 0
	for precision := 0.01; precision < 0.06; precision += 0.001 {
		b := world{1, 6, 1, 0, false}.side()
		for i := range b.cells[0].Runs {
			r := &b.cells[0].Runs[i]
			r.Digest = fmt.Sprint("b", i)
			if r.Distributions[0].Mean *= 1 + 0.001*float64(i); i == 3 {
				r.Distributions[0].Mean *= 1.06
			}
		}
		row := compared(t, world{1, 6, 1, 0, false}.side(), b, Options{Precision: precision})["bytes"]
		if row.halfWidth() <= float64(row.Precision) {
			continue
		}
		if judged++; row.Needed <= 6 {
			t.Errorf("six runs give ±%.2f, and %d shall give ±%.2f", row.halfWidth(), row.Needed, row.Precision)
		}
	}
	if judged < 5 {
		t.Errorf("only %d intervals were wider than asked for", judged)
	}
}

func TestMatch(t *testing.T) {
	cell := func(text string) analysis.Cell {
		return analysis.Cell{Name: text, Point: analysis.ParseLabels(text)}
	}
	list := func(texts ...string) (out []analysis.Cell) {
		for _, s := range texts {
			out = append(out, cell(s))
		}
		return out
	}
	for _, c := range []struct {
		name         string
		a, b         []analysis.Cell
		pairs        string
		onlyA, onlyB int
	}{
		{"equal", list("x=1", "x=2"), list("x=2", "x=1"), "x=1~x=1 x=2~x=2", 0, 0},
		{"numbers", list("x=1", "x=2"), list("x=1.0", "x=2"), "x=1~x=1.0 x=2~x=2", 0, 0},
		{"one more", list("x=1", "x=2"), list("x=1", "x=3"), "x=1~x=1", 1, 1},
		{"one each", list("x=1"), list("y=2"), "x=1~y=2", 0, 0},
		{"an axis that one side lacks", list("x=1", "x=2"), list("x=1;y=5", "x=2;y=5"), "x=1~x=1;y=5 x=2~x=2;y=5", 0, 0},
		{"ambiguous", list("x=1", "x=2"), list("x=1;y=5", "x=1;y=6", "x=2;y=5"), "x=2~x=2;y=5", 1, 2},
		{"nothing in common", list("x=1", "x=2"), list("y=1", "y=2"), "", 2, 2},
	} {
		pairs, onlyA, onlyB := match(c.a, c.b)
		var have []string
		for _, p := range pairs {
			have = append(have, p[0].Name+"~"+p[1].Name)
		}
		if strings.Join(have, " ") != c.pairs || len(onlyA) != c.onlyA || len(onlyB) != c.onlyB {
			t.Errorf("%s: have %v, only %v and %v", c.name, have, onlyA, onlyB)
		}
	}
}

func TestTolerances(t *testing.T) {
	for _, bad := range []string{"", "5 percent", "-1%", "nonsense=5%", "bytes=", "NaN", "Inf%"} {
		if err := new(Tolerances).Set(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	var tol Tolerances
	for _, s := range []string{"3%", "bytes=7%", "detection_first=200ms", "view_error=0.5"} {
		if err := tol.Set(s); err != nil {
			t.Error(err)
		}
	}
	for metric, want := range map[string]float64{"messages": 0.03 * 40, "bytes": 0.07 * 40, "detection_first": 0.2, "view_error": 0.5} {
		if have := tol.of(metric, "").margin(-40); math.Abs(have-want) > 1e-12 {
			t.Errorf("%s: have %v, want %v", metric, have, want)
		}
	}
	if have := DefaultTolerance("s").margin(10); have != 0.2 {
		t.Errorf("2 %% of 10 s: %v", have)
	}
}

// TestOutput: the text fits 100 columns, the CSV has one shape, JSON can be read, and all are the same twice.
func TestOutput(t *testing.T) {
	run := func() (text []byte, table, object []byte) {
		r, err := Compare(world{1, 40, 1, 0, true}.side(), world{1, 40, 30, 1, false}.side(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := r.CSV(&buf); err != nil {
			t.Fatal(err)
		}
		object, err = json.Marshal(r)
		if err != nil || !json.Valid(object) {
			t.Fatal(err)
		}
		return r.Text(TextOptions{All: true}), buf.Bytes(), object
	}
	text, table, object := run()
	text2, table2, object2 := run()
	if !bytes.Equal(text, text2) || !bytes.Equal(table, table2) || !bytes.Equal(object, object2) {
		t.Error("another time, other bytes")
	}
	for line := range strings.Lines(string(text)) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > wide {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll(); err != nil || len(rows) != 7 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	coloured := (&Result{A: &Side{}, B: &Side{}, Cells: []CellResult{{Rows: []Row{{Metric: "m", Verdict: Worse, Primary: true}}}}}).Text(TextOptions{
		Paint: func(_ Verdict, word string) string { return "\x1b[31m" + word + "\x1b[39m" },
	})
	if !strings.Contains(string(coloured), "\x1b[31mworse\x1b[39m            m ") {
		t.Errorf("colours move columns: %q", coloured)
	}
}

func TestRefuses(t *testing.T) {
	run, sweep := world{1, 1, 1, 0, false}.side(), world{1, 4, 1, 0, false}.side()
	run.IsRun = true
	if _, err := Compare(run, sweep, Options{}); err == nil {
		t.Error("a run is compared with a sweep")
	}
	if _, err := Compare(sweep, sweep, Options{Metrics: []string{"rejoin"}}); err == nil {
		t.Error("a metric that nobody measured is compared")
	}
	for _, choice := range []string{"x", "x=1"} {
		if err := sweep.Choose([]string{choice}); err == nil {
			t.Errorf("choice %q is taken", choice)
		}
	}
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("an empty folder is loaded")
	}
}
