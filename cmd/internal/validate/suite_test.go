package validate

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/topologies"
)

func suite(t *testing.T, matrices ...Matrix) []*Experiment {
	t.Helper()
	all, err := Suite(matrices...)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// small is a matrix of three nodes.
func small(name string) Matrix {
	ms := time.Millisecond
	return Matrix{Name: name, Matrix: &topologies.Matrix{Name: name, N: 3, Kind: topologies.RTT, Cells: []core.Duration{0, 10 * ms, 20 * ms, 10 * ms, 0, 30 * ms, 20 * ms, 30 * ms, 0}}}
}

func TestSuite(t *testing.T) {
	var topics []Topic
	seen := map[string]bool{}
	for _, e := range suite(t, small("mine.txt")) {
		if !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(e.ID) {
			t.Errorf("%q: an id is also the name of a file", e.ID)
		}
		if len(topics) == 0 || topics[len(topics)-1] != e.Topic {
			if slices.Contains(topics, e.Topic) {
				t.Errorf("%s: topic %q comes twice", e.ID, e.Topic)
			}
			topics = append(topics, e.Topic)
		}
		if e.Title == "" || len(e.Rows) == 0 {
			t.Errorf("%s: no title or no rows", e.ID)
		}
		for i := range e.Rows {
			r := &e.Rows[i].Row
			if id := e.FullID(r); seen[id] {
				t.Errorf("two rows %s", id)
			} else {
				seen[id] = true
			}
			if r.What == "" || r.Certainty == "" || r.Source == "" && r.Judge != Reported {
				t.Errorf("%s: what is %q, certainty %q, source %q", e.FullID(r), r.What, r.Certainty, r.Source)
			}
		}
	}
	if _, err := Suite(small("a/x.txt"), small("b/x.txt")); err == nil {
		t.Error("two matrices of one name were accepted")
	}
}

// TestQuickRows runs what is cheap of the quick suite: all rows get a value and pass, and any number of
// workers gives the same table.
func TestQuickRows(t *testing.T) {
	only := regexp.MustCompile(`^(swim-slotted|swim-detection-n5|swim-probe-interval|swim-load-n10|piggyback-n30|push-n30|serf-estimate|suspicion-.*|retransmit-.*|coord-gcp-serf|coord-mine-.*|queue-chain|queue-mm8-50)$`)
	if testing.Short() {
		only = regexp.MustCompile(`^(swim-slotted|suspicion-scaled|coord-mine-serf|queue-chain)$`)
	}
	list, err := Choose(suite(t, small("mine.txt")), true, only)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for _, workers := range []int{1, 3} {
		last := 0.0
		r, err := Run(t.Context(), list, Options{Quick: true, Workers: workers, Progress: func(p Progress) {
			if p.Share < last || p.Share > 1+1e-9 {
				t.Errorf("progress went from %g to %g", last, p.Share)
			}
			last = p.Share
		}})
		if err != nil {
			t.Fatal(err)
		}
		if last < 1-1e-9 {
			t.Errorf("at the end progress is %g", last)
		}
		if r.Count(Missing)+r.Count(Fail) > 0 {
			t.Errorf("with %d workers:\n%s", workers, r.Text(TextOptions{Failed: true}))
		}
		var b bytes.Buffer
		if err := r.CSV(&b); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, b.String())
	}
	if tables[0] != tables[1] {
		t.Errorf("the table depends on the number of workers:\n%s\n%s", tables[0], tables[1])
	}
}

// Every file of runs/ is a scenario by itself, some experiment runs it, and what a row asks for is told.
func TestRuns(t *testing.T) {
	used := map[string]bool{}
	for _, e := range suite(t) {
		used[e.File] = true
	}
	list, err := files.ReadDir("runs")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		name := strings.TrimSuffix(f.Name(), ".toml")
		text, err := files.ReadFile("runs/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := scenarios.Parse(string(text), f.Name(), nil, scenarios.Options{}); err != nil {
			t.Error(err)
		}
		if !used[name] {
			t.Errorf("no experiment runs %s", f.Name())
		}
	}
	nobody := &Experiment{ID: "doctored", Topic: TopicCriteria, Title: "doctored", File: "lan", Cells: []Cell{lanCell("", 3, 60)}, Seeds: [2]int{1, 1}}
	nobody.add(Row{"x", "what nobody counts", "", 0, 0, "here", Derived, AtMost}, "", sumOf("nonsense"))
	r, err := Run(t.Context(), []*Experiment{nobody}, Options{Workers: 1})
	if err == nil || !strings.Contains(err.Error(), `no count is called "nonsense"`) || r.Count(Missing) != 1 {
		t.Errorf("%v", err)
	}
}

// doctored is an experiment of n runs that gives its rows the value 0.5.
func doctored(n int, run func(), rows ...Row) []*Experiment {
	e := &Experiment{ID: "doctored", Topic: TopicCriteria, Title: "doctored", Quick: true, Seeds: [2]int{n, n}}
	e.Cells = []Cell{{Do: func(*Lab, *Trial) { run() }}}
	for _, r := range rows {
		e.add(r, "", closed(0.5, ""))
	}
	return []*Experiment{e}
}

func TestRunFindsWhatIsWrong(t *testing.T) {
	rows := []Row{{"low", "too low", "", 1, 0, "here", Computed, AtLeast}, {"fine", "as it should be", "", 1, 0, "here", Computed, AtMost}}
	r, err := Run(t.Context(), doctored(1, func() {}, rows...), Options{Workers: 2})
	if err != nil || r.Count(Fail) != 1 || r.Count(Pass) != 1 {
		t.Fatalf("%v, %s", err, r.Text(TextOptions{}))
	}
	if text := r.Text(TextOptions{Failed: true}); !strings.Contains(text, "doctored/low") || strings.Contains(text, "doctored/fine") {
		t.Errorf("of what failed it prints\n%s", text)
	}
	// An experiment that cannot run is an error and leaves its rows missing.
	broken := errors.New("broken")
	r, err = Run(t.Context(), doctored(5, func() { check(broken) }, rows...), Options{Workers: 2})
	if !errors.Is(err, broken) || r.Count(Missing) != 2 {
		t.Errorf("%v, %s", err, r.Text(TextOptions{}))
	}
	// An interruption ends it between two runs.
	ctx, cancel := context.WithCancel(t.Context())
	r, err = Run(ctx, doctored(1000, cancel, rows...), Options{Workers: 2})
	if err != nil || !r.Interrupted || r.Count(Missing) != 2 {
		t.Errorf("interrupted: %v, %s", err, r.Text(TextOptions{}))
	}
}

func TestChoose(t *testing.T) {
	all := suite(t)
	for _, c := range []struct {
		only  string
		quick bool
		want  string // "" is an error
	}{
		{"^swim-detection-n5$", true, "swim-detection-n5"}, {"swim-detection-n5/dead", false, "swim-detection-n5"},
		{"swim-detection-n1000", true, ""}, {"nonsense", false, ""}, {"scaled/min-n5$", false, "suspicion-scaled"},
	} {
		list, err := Choose(all, c.quick, regexp.MustCompile(c.only))
		if c.want == "" {
			if err == nil {
				t.Errorf("%s: %d experiments, want an error", c.only, len(list))
			}
			continue
		}
		if err != nil || len(list) != 1 || list[0].ID != c.want {
			t.Errorf("%s: %v, %d experiments, want %s", c.only, err, len(list), c.want)
		}
	}
}
