package batch

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// small is a request of two runs that takes no time.
func small(t *testing.T, edits ...string) Request {
	t.Helper()
	req := scenario(t, edits...)
	req.Seeds, req.Variants = []uint64{1, 2}, []string{"slow"}
	return req
}

// damages are what disks, transfers and people do to the files of a run.
var damages = []struct {
	name string
	do   func(run string) error
}{
	{"no observations", func(run string) error { return os.Remove(filepath.Join(run, dataName)) }},
	{"no head", func(run string) error { return os.Remove(filepath.Join(run, headName)) }},
	{"an empty file", func(run string) error { return os.Truncate(filepath.Join(run, headName), 0) }},
	{"a cut file", func(run string) error { return os.Truncate(filepath.Join(run, dataName), 100) }},
	{"one bit", func(run string) error { return edit(filepath.Join(run, dataName), func(b []byte) { b[len(b)/2] ^= 4 }) }},
	{"another digest", func(run string) error {
		return edit(filepath.Join(run, headName), func(b []byte) { b[bytes.Index(b, []byte(`"digest": "`))+11] ^= 1 })
	}},
	{"another checksum", func(run string) error {
		return edit(filepath.Join(run, headName), func(b []byte) { b[bytes.Index(b, []byte(`"sha256": "`))+12] ^= 1 })
	}},
}

func edit(path string, f func([]byte)) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	f(b)
	return os.WriteFile(path, b, 0o644)
}

// A damaged run is missing until it is done again, and the folder is then what it was.
func TestDamagedIsDoneAgain(t *testing.T) {
	req, dir := small(t), t.TempDir()
	whole, out := filepath.Join(dir, "whole"), filepath.Join(dir, "out")
	sweep(t, req, Options{Dir: whole, Jobs: 2})
	for _, c := range damages {
		t.Run(c.name, func(t *testing.T) {
			if err := errors.Join(os.RemoveAll(out), os.CopyFS(out, os.DirFS(whole))); err != nil {
				t.Fatal(err)
			}
			p := expand(t, req)
			if err := c.do(filepath.Join(out, runsDir, p.Cells[0].Runs[1])); err != nil {
				t.Fatal(err)
			}
			r, err := p.Collect(out, false)
			if err != nil || r.Done != 1 || !slices.Equal(r.Cells[0].Missing, []uint64{2}) {
				t.Fatalf("collected %+v, %v", r, err)
			}
			if done, r := sweep(t, req, Options{Dir: out, Jobs: 1}); done.Damaged != 1 || done.Done != 1 || done.Kept != 1 || r.Done != 2 {
				t.Errorf("%+v, then %d runs", done, r.Done)
			}
			equal(t, "done again", whole, out)
		})
	}
}

// Of several copies of a run merge takes a whole one, wherever that lies; without any the run is missing.
func TestMergeTakesTheWholeCopy(t *testing.T) {
	req, dir := small(t), t.TempDir()
	whole := filepath.Join(dir, "whole")
	sweep(t, req, Options{Dir: whole, Jobs: 2})
	p := expand(t, req)
	bad := filepath.Join(dir, "bad")
	for _, c := range damages {
		t.Run(c.name, func(t *testing.T) {
			if err := errors.Join(os.RemoveAll(bad), os.CopyFS(bad, os.DirFS(whole)), c.do(filepath.Join(bad, runsDir, p.Cells[0].Runs[0]))); err != nil {
				t.Fatal(err)
			}
			for _, parts := range [][]string{{bad, whole}, {whole, bad}} {
				out := filepath.Join(t.TempDir(), "out")
				m, err := Merge(out, parts, false)
				if err != nil || len(m.Damaged) != 1 || m.Report.Done != 2 {
					t.Fatalf("%+v, %v", m, err)
				}
				equal(t, "merged", whole, out)
			}
			if m, err := Merge(filepath.Join(t.TempDir(), "out"), []string{bad}, false); err != nil || m.Report.Done != 1 || m.Report.Runs != 2 {
				t.Errorf("one copy, damaged: %+v, %v", m, err)
			}
			if _, err := Merge(bad, []string{bad, whole}, false); err != nil { // into the one that holds the damaged copy
				t.Fatal(err)
			}
			equal(t, "mended", whole, bad)
		})
	}
	// A plan that cannot be read is that of the other parts, and a sweep writes it anew.
	if err := errors.Join(os.RemoveAll(bad), os.CopyFS(bad, os.DirFS(whole)), os.Truncate(filepath.Join(bad, PlanName), 200)); err != nil {
		t.Fatal(err)
	}
	if _, err := Merge(filepath.Join(dir, "m"), []string{bad}, false); err == nil || !strings.Contains(err.Error(), PlanName) {
		t.Errorf("no plan at all: %v", err)
	}
	if m, err := Merge(filepath.Join(dir, "m"), []string{bad, whole}, false); err != nil || len(m.Damaged) != 1 || m.Report.Done != 2 {
		t.Errorf("%+v, %v", m, err)
	}
	if done, _ := sweep(t, req, Options{Dir: bad, Jobs: 1}); done.Kept != 2 {
		t.Errorf("%+v", done)
	}
}

// Runs of another program are neither used nor replaced, and parts of different programs are not joined.
func TestAnotherProgram(t *testing.T) {
	req, dir := small(t), filepath.Join(t.TempDir(), "out")
	req.Program = "one"
	sweep(t, req, Options{Dir: dir, Jobs: 2})
	before := tree(t, filepath.Join(dir, runsDir))
	other := req
	other.Program = "two"
	p := expand(t, other)
	if n, names := p.Foreign(dir); n != 2 || len(names) != 1 {
		t.Errorf("%d runs of others, %q", n, names)
	}
	if done, _ := sweep(t, other, Options{Dir: dir, Jobs: 2}); done.Done != 2 || done.Kept != 0 {
		t.Errorf("%+v", done)
	}
	after := tree(t, filepath.Join(dir, runsDir))
	for name, text := range before {
		if !bytes.Equal(after[name], text) {
			t.Errorf("%s of the first program changed", name)
		}
	}
	if done, _ := sweep(t, req, Options{Dir: dir, Jobs: 2}); done.Done != 0 || done.Kept != 2 {
		t.Errorf("back to the first program: %+v", done)
	}
	alone := filepath.Join(t.TempDir(), "alone")
	sweep(t, other, Options{Dir: alone, Jobs: 2})
	var bad *UsageError
	if _, err := Merge(filepath.Join(t.TempDir(), "m"), []string{dir, alone}, false); !errors.As(err, &bad) || !strings.Contains(err.Error(), "different programs") {
		t.Errorf("merged: %v", err)
	}
}

// What a run is judged by, and what is written about it, may change without running again; what is measured may not.
func TestJudgedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tiny.toml")
	dir := filepath.Join(t.TempDir(), "out")
	write := func(edits ...string) Request {
		t.Helper()
		for i := 0; i < len(edits); i += 2 {
			if !strings.Contains(tiny, edits[i]) {
				t.Fatalf("nothing to change: %q", edits[i])
			}
		}
		if err := os.WriteFile(path, []byte(strings.NewReplacer(edits...).Replace(tiny)), 0o644); err != nil {
			t.Fatal(err)
		}
		return Request{Scenario: path, Seeds: []uint64{1, 2}}
	}
	sweep(t, write(), Options{Dir: dir, Jobs: 2})
	for _, c := range []struct {
		name  string
		edits []string
		done  int
	}{
		{"a comment", []string{"[topology]", "# where it is\n[topology]"}, 0},
		{"a title", []string{"A crash among ten", "One of ten crashes"}, 0},
		{"a bound, a name, a level and a reason", []string{"max = \"1us\"\nlevel = \"should\"", "max = \"1h\"", "\"impossible\"", "\"possible\"", "one observation per seed", "no"}, 0},
		{"the bound of a statistic of each", []string{"stat = \"all\"\nmax = \"30s\"", "stat = \"all\"\nmax = \"1ms\""}, 0},
		{"another statistic", []string{"stat = \"mean\"\nmax = \"1us\"", "stat = \"p90\"\nmax = \"1us\""}, 6},
	} {
		req := write(c.edits...)
		fresh := filepath.Join(t.TempDir(), "fresh")
		done, have := sweep(t, req, Options{Dir: dir, Jobs: 2})
		_, want := sweep(t, req, Options{Dir: fresh, Jobs: 2})
		if done.Done != c.done {
			t.Errorf("%s: %d runs again, want %d", c.name, done.Done, c.done)
		}
		if !bytes.Equal(indented(have), indented(want)) {
			t.Errorf("%s: judged from what was there:\n%s\nfrom fresh runs:\n%s", c.name, indented(have), indented(want))
		}
		for _, name := range []string{PlanName, SummaryName, LongName, ExpectationsName, SweepName} {
			a, err := os.ReadFile(filepath.Join(dir, name))
			b, err2 := os.ReadFile(filepath.Join(fresh, name))
			if err := errors.Join(err, err2); err != nil || !bytes.Equal(a, b) {
				t.Errorf("%s: %s is not that of fresh runs, %v", c.name, name, err)
			}
		}
	}
}
