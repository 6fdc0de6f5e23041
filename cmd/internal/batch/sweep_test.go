package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
)

// tiny is ten equals on a LAN, one of which crashes: two variants and a grid of two.
const tiny = `
schema = 1
[scenario]
name = "tiny"
title = "A crash among ten"
duration = "40s"
settle = "2s"
warmup = "5s"
[topology]
use = "lan1"
[cluster]
managers = 3
size = 10
start = { mode = "formed" }
[protocol.membership]
topology = "flat"
[[fault]]
id = "crash"
kind = "crash"
at = "20s"
target = { any = true, count = 1 }
[[fault]]
id = "loss"
kind = "loss"
at = "6s"
force = true
links = { a = { any = true }, b = { any = true } }
p = 0.01
[[variant]]
name = "fast"
[[variant]]
name = "slow"
set = { "protocol.probe.interval" = "2s" }
disable = ["loss"]

[[expect]]
id = "noticed"
metric = "detection_first"
where = { to = "SUSPECT" }
stat = "all"
max = "30s"
why = "the longest way round ten probe lists"
[[expect]]
id = "typical"
metric = "detection_first"
where = { to = "DEAD" }
stat = "p50"
max = "20s"
needs = 3
why = "one observation per seed"
[[expect]]
id = "mostly"
metric = "detection_first"
where = { to = "SUSPECT" }
stat = "mean"
across = "share"
at_least = 0.5
max = "30s"
why = "half of the seeds would do"
[[expect]]
id = "half-the-pings"
when = { variant = "slow" }
metric = "messages"
where = { direction = "sent", type = "ping" }
versus = { variant = "fast", as = "ratio" }
stat = "mean"
across = "mean"
min = 0.4
max = 0.6
why = "twice the interval"
[[expect]]
id = "more-pings"
when = { variant = "slow" }
metric = "messages"
where = { direction = "sent", type = "ping" }
versus = { variant = "fast" }
stat = "mean"
min = "0/s"
level = "should"
why = "false: this must be seen to fail"
[[expect]]
id = "impossible"
when = { variant = "slow" }
metric = "detection_first"
where = { to = "SUSPECT" }
stat = "mean"
max = "1us"
level = "should"
why = "false: this must be seen to fail, and only where it applies"
[sweep]
seeds = "1..3"
[sweep.grid]
"fault.loss.p" = [0.01, 0.02]
`

func scenario(t *testing.T, edits ...string) Request {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tiny.toml")
	if err := os.WriteFile(path, []byte(strings.NewReplacer(edits...).Replace(tiny)), 0o644); err != nil {
		t.Fatal(err)
	}
	return Request{Scenario: path}
}

func expand(t *testing.T, req Request) *Plan {
	t.Helper()
	p, err := Expand(req)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sweep carries out a request into dir and collects it.
func sweep(t *testing.T, req Request, opt Options) (*Outcome, *Report) {
	t.Helper()
	p := expand(t, req)
	out, err := p.Run(t.Context(), req, opt)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Collect(opt.Dir, false)
	if err != nil {
		t.Fatal(err)
	}
	return out, r
}

func tree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		out[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func equal(t *testing.T, what, a, b string) {
	t.Helper()
	x, y := tree(t, a), tree(t, b)
	if len(x) != len(y) || len(x) < 6 {
		t.Errorf("%s: %d files, %d files", what, len(x), len(y))
	}
	for name := range x {
		if !bytes.Equal(x[name], y[name]) {
			t.Errorf("%s: %s differs", what, name)
		}
	}
}

func TestPlan(t *testing.T) {
	p := expand(t, scenario(t))
	var names []string
	for i := range p.Cells {
		names = append(names, p.Cells[i].Name)
	}
	// slow has no loss, so that the grid means nothing to it.
	want := []string{"variant=fast,fault.loss.p=0.01", "variant=fast,fault.loss.p=0.02", "variant=slow"}
	if !slices.Equal(names, want) || p.Runs() != 9 || !slices.Equal(p.Axes, []string{"variant", "fault.loss.p"}) {
		t.Errorf("cells %q, %d runs, axes %q", names, p.Runs(), p.Axes)
	}
	if again := expand(t, scenario(t)); !bytes.Equal(indented(p), indented(again)) {
		t.Error("another plan the second time")
	}
	for _, c := range []struct {
		name  string
		req   Request
		cells int
		runs  int
	}{
		{"seeds", Request{Seeds: []uint64{9}}, 3, 3},
		{"a variant", Request{Variants: []string{"slow"}}, 1, 3},
		{"values in place of the grid's", Request{Vary: []string{"fault.loss.p=0,0.1,0.2"}}, 4, 12},
		{"one more axis", Request{Vary: []string{"cluster.size=10,12"}}, 6, 18},
		{"a variant's own key, varied", Request{Vary: []string{"protocol.probe.interval=1s,3s"}}, 6, 18},
		{"the same value twice", Request{Vary: []string{"cluster.size=10,10"}}, 3, 9},
	} {
		req := scenario(t)
		req.Seeds, req.Variants, req.Vary = c.req.Seeds, c.req.Variants, c.req.Vary
		if p := expand(t, req); len(p.Cells) != c.cells || p.Runs() != c.runs {
			t.Errorf("%s: %d cells, %d runs, want %d, %d", c.name, len(p.Cells), p.Runs(), c.cells, c.runs)
		}
	}
}

// A variant that sets a swept key keeps its value: it is one cell.
func TestPinned(t *testing.T) {
	p := expand(t, scenario(t, `"fault.loss.p" = [0.01, 0.02]`, `"protocol.probe.interval" = ["1s", "3s"]`))
	if n := len(p.Cells); n != 3 || p.Cells[2].Name != "variant=slow,protocol.probe.interval=2s" {
		t.Errorf("%d cells, the last %s", n, p.Cells[n-1].Name)
	}
}

func TestZip(t *testing.T) {
	p := expand(t, scenario(t, "[sweep.grid]\n\"fault.loss.p\" = [0.01, 0.02]", "[sweep.zip]\n\"cluster.size\" = [10, 12]\n\"cluster.managers\" = [3, 4]"))
	if len(p.Cells) != 4 || p.Cells[1].Name != "variant=fast,cluster.managers=4,cluster.size=12" {
		t.Errorf("%d cells, the second %s", len(p.Cells), p.Cells[1].Name)
	}
}

// Everything wrong with a request is told before anything runs, all of it at once.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		req   Request
		edits []string
		want  []string
	}{
		{name: "types", req: Request{Vary: []string{"protocol.probe.interval=1s,2,-1s", "cluster.size=10,many"}},
			want: []string{"interval=2", "interval=-1s", "size=many"}},
		{name: "no such key", req: Request{Vary: []string{"protocol.probe.intervall=1s"}}, want: []string{"intervall", "did you mean"}},
		{name: "no such variant", req: Request{Variants: []string{"medium"}}, want: []string{"fast, slow"}},
		{name: "twice", req: Request{Vary: []string{"cluster.size=9", "cluster.size=8"}}, want: []string{"twice"}},
		{name: "too many", edits: []string{"[sweep]", "[sweep]\nmax_runs = 12"}, req: Request{Vary: []string{"cluster.size=10,12"}}, want: []string{"max_runs"}},
		{name: "far too many", req: Request{Seeds: make([]uint64, 500_001)}, want: []string{"at most"}},
		{name: "versus in another way", edits: []string{`versus = { variant = "fast" }`, `versus = { variant = "fast", as = "quotient" }`}, want: []string{`"difference" or "ratio"`}},
		{name: "versus a key that is not there", edits: []string{`versus = { variant = "fast" }`, `versus = { "fault.cut.for" = "3s" }`}, want: []string{"no such key"}},
		{name: "versus with all", edits: []string{"versus = { variant = \"fast\" }\nstat = \"mean\"", "versus = { variant = \"fast\" }\nstat = \"all\""}, want: []string{"one number per seed"}},
		{name: "no file", req: Request{Scenario: "nowhere.toml"}, want: []string{"nowhere.toml"}},
	} {
		req := scenario(t, c.edits...)
		if c.req.Scenario != "" {
			req.Scenario = c.req.Scenario
		}
		req.Vary, req.Variants, req.Seeds = c.req.Vary, c.req.Variants, c.req.Seeds
		_, err := Expand(req)
		var bad *UsageError
		if !errors.As(err, &bad) {
			t.Errorf("%s: have %v, want a usage error", c.name, err)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q is not in %v", c.name, w, err)
			}
		}
	}
}

// A variant asked of a file without any is refused without an empty list of those there are.
func TestNoVariants(t *testing.T) {
	_, err := variantAxis(&scenarios.Scenario{Name: "x"}, []string{"medium"})
	if err == nil || !strings.Contains(err.Error(), "--variant medium: x has no such variant (it has none)") {
		t.Errorf("have %v", err)
	}
}

// One worker, two workers and three shards, merged or in one folder, leave the same bytes.
func TestSameBytes(t *testing.T) {
	req, dir := scenario(t), t.TempDir()
	one := filepath.Join(dir, "one")
	sweep(t, req, Options{Dir: one, Jobs: 1})
	sweep(t, req, Options{Dir: filepath.Join(dir, "two"), Jobs: 2})
	equal(t, "two workers", one, filepath.Join(dir, "two"))

	var parts []string
	shared := filepath.Join(dir, "shared")
	for i := range 3 {
		part := filepath.Join(dir, "part", string(rune('a'+i)))
		parts = append(parts, part)
		out, r := sweep(t, req, Options{Dir: part, Jobs: 2, Shard: Shard{Index: i + 1, Of: 3}})
		if out.Done != 3 || r.Done != 3 || r.Runs != 9 {
			t.Errorf("shard %d did %d runs, holds %d of %d", i+1, out.Done, r.Done, r.Runs)
		}
		if _, err := os.Stat(filepath.Join(part, runner.Incomplete)); err != nil {
			t.Errorf("a part is not marked: %v", err)
		}
	}
	p := expand(t, req)
	var group sync.WaitGroup
	for i := range 3 { // at once, as on three machines
		group.Go(func() {
			_, err := p.Run(t.Context(), req, Options{Dir: shared, Jobs: 1, Shard: Shard{Index: i + 1, Of: 3}})
			if err == nil {
				_, err = p.Collect(shared, false)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	equal(t, "shards that share a folder", one, shared)
	slices.Reverse(parts)
	if _, err := Merge(filepath.Join(dir, "merged"), parts, false); err != nil {
		t.Fatal(err)
	}
	equal(t, "shards, merged", one, filepath.Join(dir, "merged"))
	if _, err := Merge(parts[1], parts, false); err != nil {
		t.Fatal(err)
	}
	equal(t, "shards, merged into one of them", one, parts[1])

	other := scenario(t)
	other.Seeds = []uint64{1}
	sweep(t, other, Options{Dir: filepath.Join(dir, "other"), Jobs: 2})
	var bad *UsageError
	if _, err := Merge(filepath.Join(dir, "wrong"), []string{one, filepath.Join(dir, "other")}, false); !errors.As(err, &bad) {
		t.Errorf("another sweep was merged: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "wrong")); err == nil {
		t.Error("a refused merge left a folder")
	}
}

// More seeds and more points redo nothing, and the result is that of a sweep that had them from the start.
func TestAddRuns(t *testing.T) {
	req, dir := scenario(t), t.TempDir()
	grown := filepath.Join(dir, "grown")
	req.Seeds = []uint64{2}
	sweep(t, req, Options{Dir: grown, Jobs: 2})
	old := time.Now().Add(-time.Hour)
	stamp := func() {
		list, _ := filepath.Glob(filepath.Join(grown, runsDir, "*", "*"))
		for _, f := range list {
			if err := os.Chtimes(f, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	fresh := func() (n int) {
		list, _ := filepath.Glob(filepath.Join(grown, runsDir, "*", headName))
		for _, f := range list {
			if i, err := os.Stat(f); err == nil && time.Since(i.ModTime()) < 30*time.Minute {
				n++
			}
		}
		return n
	}
	stamp()
	req.Seeds = []uint64{1, 2, 3}
	out, _ := sweep(t, req, Options{Dir: grown, Jobs: 2})
	if out.Done != 6 || out.Kept != 3 || fresh() != 6 {
		t.Errorf("more seeds: did %d, kept %d, wrote %d", out.Done, out.Kept, fresh())
	}
	stamp()
	req.Vary = []string{"fault.loss.p=0.01,0.02,0.05"}
	out, r := sweep(t, req, Options{Dir: grown, Jobs: 2})
	if out.Done != 3 || out.Kept != 9 || fresh() != 3 || r.Done != 12 {
		t.Errorf("one more point: did %d, kept %d, wrote %d", out.Done, out.Kept, fresh())
	}
	whole := filepath.Join(dir, "whole")
	sweep(t, req, Options{Dir: whole, Jobs: 2})
	equal(t, "grown and whole", whole, grown)
	// Both find the same default folder, so that this works without --out.
	a, b := expand(t, scenario(t)), expand(t, req)
	if a.Default() != b.Default() {
		t.Errorf("default folders %s and %s", a.Default(), b.Default())
	}
}

// A sweep that was stopped, with the leftovers of a process that was killed, goes on to the same bytes.
func TestStopAndGoOn(t *testing.T) {
	req, dir := scenario(t), t.TempDir()
	whole, half := filepath.Join(dir, "whole"), filepath.Join(dir, "half")
	sweep(t, req, Options{Dir: whole, Jobs: 2})

	p := expand(t, req)
	ctx, stop := context.WithCancel(t.Context())
	out, err := p.Run(ctx, req, Options{Dir: half, Jobs: 2, Progress: func(p Progress) {
		if p.Done >= 2 {
			stop()
		}
	}})
	if err != nil || !out.Interrupted || out.Done < 2 || out.Done > 8 {
		t.Fatalf("%+v, %v", out, err)
	}
	r, err := p.Collect(half, false)
	if err != nil || r.Done != out.Done {
		t.Fatalf("collected %+v, %v", r, err)
	}
	for i := range r.Cells {
		if n := len(r.Cells[i].Missing); n > 0 {
			for _, v := range r.Cells[i].Verdicts {
				if v.Fails {
					t.Errorf("%s fails in %s though %d runs are missing: %+v", v.ID, r.Cells[i].Cell, n, v)
				}
			}
		}
	}
	left := filepath.Join(half, runsDir, "."+p.Cells[2].Runs[2]+".123.partial")
	if err := os.MkdirAll(left, 0o755); err != nil {
		t.Fatal(err)
	}
	if has(half, p.Cells[2].Runs[2]) {
		t.Skip("the machine was too fast for this test")
	}
	if out, _ := sweep(t, req, Options{Dir: half, Jobs: 1}); out.Kept != r.Done {
		t.Errorf("kept %d of %d", out.Kept, r.Done)
	}
	equal(t, "stopped and whole", whole, half)
	if _, err := os.Stat(left); err == nil {
		t.Error("leftovers stay")
	}
}

// What was left by processes that were killed long ago goes; what is being written stays.
func TestOldLeftoversGo(t *testing.T) {
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, runsDir, ".a.1.partial"), filepath.Join(dir, ".plan.json.2.partial")
	for _, path := range []string{old, fresh} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Now().Add(-2*runner.LeftAfter), time.Now().Add(-2*runner.LeftAfter)); err != nil {
		t.Fatal(err)
	}
	runner.RemoveLeft(dir, runsDir, "plots")
	if _, err := os.Stat(old); err == nil {
		t.Error("the old one stays")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error(err)
	}
}

func TestForce(t *testing.T) {
	req, dir := scenario(t), filepath.Join(t.TempDir(), "out")
	req.Seeds, req.Variants = []uint64{1}, []string{"slow"}
	sweep(t, req, Options{Dir: dir, Jobs: 2})
	if out, _ := sweep(t, req, Options{Dir: dir, Jobs: 2}); out.Done != 0 || out.Kept != 1 {
		t.Errorf("%+v", out)
	}
	if out, _ := sweep(t, req, Options{Dir: dir, Jobs: 2, Force: true}); out.Done != 1 {
		t.Errorf("%+v", out)
	}
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.tex"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	var bad *UsageError
	if err := Check(dir, "tiny"); !errors.As(err, &bad) {
		t.Errorf("a folder of something else: %v", err)
	}
	if err := Check(filepath.Join(dir, "thesis.tex"), "tiny"); !errors.As(err, &bad) {
		t.Errorf("a file: %v", err)
	}
	if err := Check(filepath.Join(dir, "new"), "tiny"); err != nil {
		t.Error(err)
	}
	other, err := json.Marshal(Plan{Schema: Format, Scenario: "other"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, PlanName), other, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Check(dir, "tiny"); !errors.As(err, &bad) || !strings.Contains(err.Error(), "sweep of other") {
		t.Errorf("another sweep: %v", err)
	}
}

// when, versus, across and levels, judged over a small sweep.
func TestJudged(t *testing.T) {
	req, dir := scenario(t), filepath.Join(t.TempDir(), "out")
	req.Seeds = []uint64{1, 2, 3, 4, 5}
	p := expand(t, req)
	_, r := sweep(t, req, Options{Dir: dir, Jobs: 2})
	have := map[string]*Verdict{}
	for i := range r.Cells {
		for k := range r.Cells[i].Verdicts {
			v := &r.Cells[i].Verdicts[k]
			have[v.ID+" in "+r.Cells[i].Cell] = v
		}
	}
	for _, c := range []struct{ at, verdict string }{
		{"noticed in variant=slow", "pass"},
		{"typical in variant=slow", "pass"},
		{"mostly in variant=slow", "pass"},
		{"half-the-pings in variant=slow", "pass"},
		{"more-pings in variant=slow", "fail"},
		{"impossible in variant=slow", "fail"},
		{"half-the-pings in variant=fast,fault.loss.p=0.01", ""},
		{"impossible in variant=fast,fault.loss.p=0.01", ""},
	} {
		v := have[c.at]
		switch {
		case c.verdict == "":
			if v != nil {
				t.Errorf("%s: judged though it does not apply: %+v", c.at, v)
			}
		case v == nil || v.Verdict != c.verdict || v.Runs != 5:
			t.Errorf("%s: have %+v, want %s", c.at, v, c.verdict)
		}
	}
	if r.Exit != 0 {
		t.Errorf("exit %d though only goals were missed", r.Exit)
	}
	if strict, err := p.Collect(dir, true); err != nil || strict.Exit != 1 {
		t.Errorf("strict: %+v %v", strict, err)
	}
	if v := have["half-the-pings in variant=slow"]; v != nil && !(v.Low > 0.4 && v.High < 0.6 && v.Low <= v.Value && v.Value <= v.High) {
		t.Errorf("interval %v … %v … %v", v.Low, v.Value, v.High)
	}
	// A must that fails in the one cell where it applies fails the sweep.
	req = scenario(t, "max = \"1us\"\nlevel = \"should\"", "max = \"1us\"")
	req.Seeds = []uint64{1, 2, 3, 4, 5}
	if _, r := sweep(t, req, Options{Dir: filepath.Join(t.TempDir(), "out"), Jobs: 2}); r.Exit != 1 || r.Cells[0].Exit != 0 || r.Cells[2].Exit != 1 {
		t.Errorf("exit %d, cells %d and %d", r.Exit, r.Cells[0].Exit, r.Cells[2].Exit)
	}
}
