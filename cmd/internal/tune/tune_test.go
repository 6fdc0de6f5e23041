package tune

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hypersim/cmd/internal/batch"
)

// small is a search that takes a second: five nodes for a minute.
func small(change func(*Request)) Request {
	req := Request{
		Request: batch.Request{Scenario: "crash-single-lan", Variants: []string{"flat"}, Sets: []string{"cluster.size=5", "report.sample=20s", "scenario.duration=120s"}, Program: "test"},
		Params:  []string{"protocol.suspicion.min=2s..8s:log", "protocol.suspicion.alpha=1.0..6.0"},
		Search:  []uint64{1, 2}, HeldOut: []uint64{11, 12, 13, 14, 15}, Points: 8, Front: 2, Seed: 1, Command: "hypersim tune",
		Objectives: []string{"detection_first:to=DEAD"}, Constraints: []string{"bytes:direction=sent <= default*1.5"},
	}
	change(&req)
	return req
}

// folder returns the contents of all files of a folder.
func folder(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(at)
		rel, _ := filepath.Rel(dir, at) // both are below it
		out[rel] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func searched(ctx context.Context, t *testing.T, dir string, jobs int, req Request, each func(Progress)) (*Report, error) {
	t.Helper()
	s, err := New(req)
	if err != nil {
		t.Fatal(err)
	}
	return s.Run(ctx, Options{Options: batch.Options{Dir: dir, Jobs: jobs}, Progress: each})
}

// A search ends with the same bytes with any number of workers, stopped and gone on with, and in parts.
func TestSameBytes(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Request)
		again  func(t *testing.T, dir string, req Request)
	}{
		{"one objective", func(*Request) {}, stopped},
		{"a front", func(r *Request) {
			r.Objectives, r.Constraints = []string{"detection_first:to=DEAD", "bytes:direction=sent"}, nil
			r.Elsewhere = []string{".,cluster.size=6"}
		}, inParts},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			top := t.TempDir()
			one, other := filepath.Join(top, "one"), filepath.Join(top, "other")
			whole, err := searched(t.Context(), t, one, 1, small(c.change), nil)
			if err != nil {
				t.Fatal(err)
			}
			c.again(t, other, small(c.change))
			want, have := folder(t, one), folder(t, other)
			for name, text := range want {
				if !bytes.Equal(have[name], text) {
					t.Errorf("%s differs", name)
				}
			}
			if len(have) != len(want) {
				t.Errorf("%d files, want %d", len(have), len(want))
			}
			if !whole.Gain || len(whole.Sensitivity) == 0 {
				t.Errorf("nothing was gained: %s", whole.Verdict)
			}
		})
	}
}

// stopped carries out a search that is stopped in its second generation, and gone on with.
func stopped(t *testing.T, dir string, req Request) {
	ctx, stop := context.WithCancel(t.Context())
	generations := 0
	_, err := searched(ctx, t, dir, 3, req, func(p Progress) {
		if p.Generation {
			generations++
		}
		if generations == 1 && !p.Generation && p.Done > 3 {
			stop()
		}
	})
	if err == nil {
		t.Fatal("it was not stopped")
	}
	if _, err := os.Stat(filepath.Join(dir, "incomplete")); err != nil {
		t.Errorf("a search that was stopped is not marked: %v", err)
	}
	if _, err := searched(t.Context(), t, dir, 3, req, nil); err != nil {
		t.Fatal(err)
	}
}

// inParts carries out a search in two uneven parts that share the folder, and once more where some runs of either are damaged.
func inParts(t *testing.T, dir string, req Request) {
	parts(t, dir, req)
	heads, err := filepath.Glob(filepath.Join(dir, "runs", "*", "run.json"))
	if err != nil || len(heads) < 10 {
		t.Fatal(len(heads), err)
	}
	for i := 0; i < len(heads); i += 5 {
		if err := os.Remove(heads[i]); err != nil {
			t.Fatal(err)
		}
	}
	parts(t, dir, req)
}

func parts(t *testing.T, dir string, req Request) {
	t.Helper()
	done := make(chan error, 2)
	for _, part := range []batch.Shard{{Index: 1, Last: 3, Of: 4}, {Index: 4, Of: 4}} {
		go func() {
			s, err := New(req)
			if err == nil {
				_, err = s.Run(t.Context(), Options{Options: batch.Options{Dir: dir, Jobs: 1, Shard: part}})
			}
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

// The least timeout there may be is found, and said to be what matters, as long as nothing is asked but detection.
func TestVerdict(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	r, err := searched(t.Context(), t, dir, 2, small(func(r *Request) {
		r.Params, r.Constraints = []string{"protocol.suspicion.min=2s,3s,5s,8s", "protocol.audit.max=4,8"}, []string{"false_positives <= default"}
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := r.winner()
	if w.Values[0] != "2s" || !r.Gain || r.verdictOf("protocol.suspicion.min") != Matters || r.verdictOf("protocol.audit.max") == Matters {
		t.Errorf("%v, %s; %s, %s", w.Values, r.Verdict, r.verdictOf("protocol.suspicion.min"), r.verdictOf("protocol.audit.max"))
	}
	if _, err := os.Stat(filepath.Join(dir, plotsName, "sensitivity.png")); err != nil {
		t.Error(err)
	}
	toml := r.TOML()
	for _, want := range []string{"[protocol.suspicion]\nmin = \"2s\"", "default 5s; matters", "no field of its own there"} {
		if !strings.Contains(toml, want) {
			t.Errorf("no %q in\n%s", want, toml)
		}
	}
}

// Whatever is wrong is told at once, with what is allowed, and nothing is written.
func TestErrors(t *testing.T) {
	_, err := New(small(func(r *Request) {
		r.Params = []string{"protocol.suspicion.mini=1s..2s", "protocol.gossip.fanout=5..2", "protocol.probe.interval=fast..2s", "protocol.suspicion.k=0..7:log",
			"protocol.job_timeout.local_rule=most,any", "protocol.suspicion.min"}
		r.Objectives = []string{"detection", "expect:none", "view_error@p42", "bytes"}
		r.Constraints = []string{"bytes = 3", "false_positives <= often"}
		r.HeldOut, r.Points, r.Front = []uint64{2, 4, 5, 6, 7}, 1, 0
		r.Elsewhere = []string{"nowhere"}
	}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`did you mean "protocol.suspicion.min"`, "the low end must be below the high one", `"fast": must be a duration`, "begins above 0",
		"must be", "say LOW..HIGH", `no metric "detection"`, "has no such expectation", "@p42: must be @p50", "must be METRIC <= X",
		`"often": must be a number`, "seed 2 is one of --seeds", "--points = 1", "--front = 0", "no bundled scenario", "4 are given",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
}
