package tune

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hypersim/cmd/internal/batch"
	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
	"hypersim/scenarios/claim"
)

// What a run of a judged point gave, by seed: of one goal and one constraint.
func gave(goal, limit []float64) (out []sample) {
	for i := range goal {
		out = append(out, sample{values: []float64{goal[i], limit[i]}})
	}
	return out
}

func judging(t *testing.T, constraint string) *Tune {
	t.Helper()
	l, err := ParseLimit(constraint)
	if err != nil {
		t.Fatal(err)
	}
	row, err := batch.ParseRow("detection_first:to=DEAD")
	if err != nil {
		t.Fatal(err)
	}
	return &Tune{
		goals: []Goal{{Text: row.String(), Row: row}}, limits: []Limit{l}, rows: []batch.Row{row, l.Row}, units: []string{"s", "B/s"},
		worlds: []world{{name: "here"}},
	}
}

var nan = math.NaN()

// A winner that gives no value in some runs is judged by the others alone, where it may look good: that is no gain. The same of
// a constraint that is not measured: it does not vanish from the verdict.
func TestUnmeasured(t *testing.T) {
	tune := judging(t, "bytes <= default")
	base := gave([]float64{9, 9.1, 9.2, 9.1, 9, 9.1, 9}, []float64{100, 101, 102, 100, 101, 102, 100})
	for _, c := range []struct {
		name        string
		goal, limit []float64
		gain        bool
		want        string
	}{
		{"better", []float64{5, 5.1, 5.2, 5.1, 5, 5.1, 5}, []float64{90, 91, 92, 90, 91, 92, 90}, true, "is better"},
		{"lost", []float64{5, nan, 5.2, 5.1, 5, 5.1, nan}, []float64{90, 91, 92, 90, 91, 92, 90}, false, "cannot be judged"},
		{"constraint lost", []float64{5, 5.1, 5.2, 5.1, 5, 5.1, 5}, []float64{nan, nan, nan, nan, nan, nan, nan}, false, "cannot be judged"},
		{"constraint broken", []float64{5, 5.1, 5.2, 5.1, 5, 5.1, 5}, []float64{110, 111, 112, 110, 111, 112, 110}, false, "does not keep"},
	} {
		r := &Report{breaches: map[breach]string{}}
		for row := range tune.rows {
			if x, ok := tune.row(row, base, gave(c.goal, c.limit), 0.95); ok {
				x.World, x.Point = "here", 3
				r.Rows = append(r.Rows, x)
			}
		}
		if text, gain := tune.sentence(r, 0, &point{no: 3}); gain != c.gain || !strings.Contains(text, c.want) {
			t.Errorf("%s: %v, %s", c.name, gain, text)
		}
	}
}

// That the default breaks an invariant is said, whatever wins.
func TestDefaultBreaks(t *testing.T) {
	tune := judging(t, "bytes <= default")
	r := &Report{breaches: map[breach]string{}}
	r.note(0, 0, "seed 3: invariant I-M1:\nx")
	if text, _ := tune.sentence(r, 0, &point{}); !strings.Contains(text, "The default breaks an invariant: seed 3: invariant I-M1:; x.") {
		t.Error(text)
	}
}

// A parameter that moves no objective matters if the constraint would not hold without it.
func TestKeepsConstraint(t *testing.T) {
	tune := judging(t, "bytes <= default-10%")
	base := gave([]float64{9, 9, 9, 9, 9}, []float64{100, 101, 102, 100, 101})
	winner := gave([]float64{5, 5, 5, 5, 5}, []float64{80, 81, 82, 80, 81})
	for _, c := range []struct {
		name  string
		limit []float64
		want  string
	}{
		{"needed", []float64{99, 101, 102, 100, 101}, Matters},
		{"not needed", []float64{82, 81, 80, 80, 81}, MattersNot},
		{"unsure", []float64{82, 99, 80, 99, 81}, MattersUnsure},
		{"lost", []float64{82, nan, 80, 99, 81}, Matters},
	} {
		b := backs{t: tune, got: [][]sample{base, winner, gave([]float64{5, 5, 5, 5, 5}, c.limit)}}
		list := []Sensitivity{b.put(2, 0), b.put(2, 1)}
		if list[0].Verdict != MattersNot || list[1].Verdict != c.want || list[1].Objective != "bytes <= default-10%" {
			t.Errorf("%s: %+v", c.name, list)
		}
		if most(list) != c.want {
			t.Errorf("%s: %s", c.name, most(list))
		}
	}
}

// Of two parameters of which either does it, neither matters by itself. What is pasted keeps both, unless all that does not
// matter may go at once.
func TestIdleTogether(t *testing.T) {
	r := &Report{Scenario: "x", Candidates: []Candidate{{Point: 3, Values: []string{"2s", "1.5", "4"}, Winner: true}}, Params: []Param{
		{Key: "protocol.suspicion.min", Kind: scenarios.SettingDuration, Default: "5s"}, {Key: "protocol.version", Kind: scenarios.SettingWords, Default: "1.4"},
		{Key: "protocol.gossip.fanout", Kind: scenarios.SettingWhole, Default: "3"},
	}, Sensitivity: []Sensitivity{
		{Param: "protocol.suspicion.min", Verdict: MattersNot}, {Param: "protocol.version", Verdict: MattersNot}, {Param: "protocol.gossip.fanout", Verdict: Matters},
	}}
	for idle, want := range map[string][]string{
		Matters: {"\nmin = \"2s\" ", "\nversion = \"1.5\" ", "\nfanout = 4 ", "does not matter by itself"}, MattersNot: {"\n# min = \"2s\" ", "\n# version = \"1.5\" ", "\nfanout = 4 "},
	} {
		r.Idle = idle
		for _, w := range want {
			if !strings.Contains(r.TOML(), w) {
				t.Errorf("together: %s: no %q in\n%s", idle, w, r.TOML())
			}
		}
	}
}

// What was stopped as worse than another point is worse than it in what the method is told, too: the default's one case in the
// seeds that it ran makes less than nothing of no case.
func TestStoppedIsTold(t *testing.T) {
	f := &field{goals: []Goal{{}, {}}, seeds: seedsTo(6)}
	list := func(no int, first, second []float64) *point {
		p := &point{no: no}
		for i := range first {
			p.runs = append(p.runs, sample{values: []float64{first[i], second[i]}})
		}
		return p
	}
	f.points = []*point{
		list(0, []float64{9, 9, 9, 9, 9, 9}, []float64{0, 1, 0, 0, 0, 0}), list(1, []float64{5, 5.1, 5, 5, 5.1, 5}, make([]float64, 6)),
		list(2, []float64{7, 7.1, 7, 7, 7.1}, make([]float64, 5)),
	}
	rivals, all := f.rivals()
	p := f.points[2]
	if f.stop(p, rivals, 1-raceError/float64(all)); p.dropped != "worse than point 1" {
		t.Fatalf("dropped: %q", p.dropped)
	}
	worse, better := f.told(p), f.told(f.points[1])
	if !dominates(&better, &worse) {
		t.Errorf("%+v is not dominated by %+v", worse, better)
	}
}

// Two searches where what a name says twice would be taken for one thing, or for nothing.
func TestSaidOnce(t *testing.T) {
	wants := func(change func(*Request), want string) {
		t.Helper()
		if _, err := New(small(change)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	wants(func(r *Request) { r.Elsewhere = []string{"crash-single-lan", "crash-single-lan"} }, "it is given twice")
	wants(func(r *Request) { r.Objectives = []string{"detection_first:to=DEDA"} }, `did you mean "DEAD"`)
	wants(func(r *Request) { r.Constraints = []string{"bytes:direction=snet <= default"} }, "direction must be")
	wants(func(r *Request) { r.Objectives = []string{"expect:detected", "expect:detected"} }, "--objective")
	s, err := New(small(func(r *Request) { r.Elsewhere = []string{"crash-single-lan"} }))
	if err != nil || s.worlds[1].name == s.worlds[0].name {
		t.Errorf("two worlds of one name: %v", err)
	}
}

// A value that no run of the default gives cannot be made better, nor kept.
func TestNothingMeasured(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	_, err := searched(t.Context(), t, dir, 2, small(func(r *Request) {
		r.Objectives, r.Constraints = []string{"job_latency"}, []string{"routing_regret <= default"}
	}), nil)
	for _, want := range []string{"--objective job_latency: no run", `--constraint "routing_regret <= default": no run`, "seeds 1..2"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// The default is among --points, in a finite space that lacks it, too.
func TestFiniteWithDefault(t *testing.T) {
	space := Space{{Kind: scenarios.SettingWhole, Low: 1, High: 3, Default: "2"}}
	if n := space.Size(3); n != 3 {
		t.Errorf("three values with the default: %d", n)
	}
	if space[0].Default = "7"; space.Size(3) != 0 || space.Size(4) != 3 {
		t.Errorf("three values and the default are four points: %d of 3, %d of 4", space.Size(3), space.Size(4))
	}
}

// A duration of an expectation is turned into the expectation's unit.
func TestLimitOfExpectation(t *testing.T) {
	claims := []claim.Claim{{ID: "x", Metric: "coordinate_error_ms", Unit: "ms"}}
	_, limits, err := parseGoals([]string{"bytes"}, []string{"expect:x <= 1.5s"}, claims)
	if err != nil || limits[0].Number != 1500 {
		t.Errorf("1.5s are %v ms (%v)", limits[0].Number, err)
	}
	claims[0].Unit = "count"
	if _, _, err := parseGoals([]string{"bytes"}, []string{"expect:x <= 1.5s"}, claims); err == nil || !strings.Contains(err.Error(), "is in") {
		t.Errorf("1.5s are a count: %v", err)
	}
}

// A search goes into a folder of its own, says so, and leaves nothing behind of what a killed process began.
func TestFolders(t *testing.T) {
	top := t.TempDir()
	sweep := filepath.Join(top, "sweep")
	if err := os.MkdirAll(filepath.Join(sweep, "runs"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{runner.Incomplete, "plan.json"} {
		if err := os.WriteFile(filepath.Join(sweep, name), []byte("{}"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(sweep, "plan.json")
	s, err := New(small(func(*Request) {}))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{sweep, file} {
		if err := s.Check(dir); err == nil || !strings.Contains(err.Error(), "choose another --out") {
			t.Errorf("%s: %v", filepath.Base(dir), err)
		} else if ours := (*UsageError)(nil); !errors.As(err, &ours) {
			t.Errorf("%s: %T", filepath.Base(dir), err)
		}
	}
	dir := filepath.Join(top, "search")
	s.opt.Dir = dir
	if err := s.prepare(); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, ".points.csv.1.partial")
	if err := os.WriteFile(left, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * runner.LeftAfter)
	if err := os.Chtimes(left, old, old); err != nil {
		t.Fatal(err)
	}
	if err := s.prepare(); err != nil {
		t.Errorf("stopped before its first generation: %v", err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what a killed process began is there for ever")
	}
}
