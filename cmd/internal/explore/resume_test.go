package explore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"hypersim/cmd/internal/runner"
	"hypersim/core/rng"
)

// invented is an outcome that follows from a name as that of a run does, in no time: marks, breaches of some kinds, failures.
func invented(_ context.Context, _ *Base, n Name, _ bool, _ func(runner.Progress)) *Outcome {
	draw := rng.New(n.World^n.Faults<<20^n.Seed<<40, "invented")
	o := &Outcome{Name: n, Events: uint64(draw.Intn(1000)), Digest: fmt.Sprintf("%016x", draw.Uint64())}
	for m := 1; m <= Marks(); m++ {
		if draw.Bool(1 / float64(m)) {
			o.Marks = append(o.Marks, Mark(m))
		}
	}
	for k := range 4 {
		if draw.Bool(0.02) {
			what := fmt.Sprintf("a/worker/%d does %s after %d ms", draw.Intn(9), strings.Repeat("more ", k), draw.Intn(1e6))
			o.Bad = append(o.Bad, Bad{Invariant: fmt.Sprintf("I-X%d", k), Signature: Signature(what), What: what, At: draw.Float64()})
		}
	}
	return o
}

// contents is everything in a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// alike fails the test if two folders differ.
func alike(t *testing.T, words string, have, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if have[name] != text {
			t.Errorf("%s: %s has %d bytes, not %d, or other ones", words, name, len(have[name]), len(text))
		}
	}
	for name := range have {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: %s is left over", words, name)
		}
	}
}

func searched(ctx context.Context, t *testing.T, req Request) *Report {
	t.Helper()
	r, err := Search(ctx, &req, func(*Report) {})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A search that is killed at any byte that it writes, and any number of times, leaves the folder of one that was not, with any number
// of runs at once.
func TestKilledSearchGoesOn(t *testing.T) {
	whole := t.TempDir()
	const runs = 150
	searched(t.Context(), t, Request{Seed: 5, Runs: runs, Jobs: 1, Dir: whole, carry: invented})
	want := contents(t, whole)
	log := want["/"+LogName]
	if len(want) < 6 {
		t.Fatalf("only %d files: nothing was found", len(want))
	}
	draw := rng.New(1, "kills")
	for i := range 60 {
		dir := t.TempDir()
		at := draw.Intn(len(log) + 1)
		switch i {
		case 0:
			at = 0 // its log was made, and nothing written
		case 1:
			at = 20 // in its head
		case 2:
			at = strings.IndexByte(log, '\n') + 1
		case 3:
			at = len(log)
		case 4: // the last line of a generation lacks its end
			at = len(strings.Join(strings.SplitAfter(log, "\n")[:generation+1], "")) - 1
		}
		if err := os.WriteFile(filepath.Join(dir, LogName), []byte(log[:at]), 0o666); err != nil {
			t.Fatal(err)
		}
		searched(t.Context(), t, Request{Seed: 5, Runs: runs, Jobs: 1 + i%3, Dir: dir, carry: invented})
		if alike(t, fmt.Sprintf("killed at byte %d of %d", at, len(log)), contents(t, dir), want); t.Failed() {
			return
		}
	}
}

// So does one that is told to stop, any number of times, and one that is given more runs than it had.
func TestStoppedSearchGoesOn(t *testing.T) {
	whole := t.TempDir()
	const runs = 130
	searched(t.Context(), t, Request{Seed: 6, Runs: runs, Jobs: 2, Dir: whole, carry: invented})
	want := contents(t, whole)
	dir := t.TempDir()
	for _, upTo := range []int{1, 3, 31, 33, 64, 65, 100, 129} {
		ctx, stop := context.WithCancel(t.Context())
		n := 0
		r, err := Search(ctx, &Request{Seed: 6, Runs: runs, Jobs: 2, Dir: dir, carry: invented}, func(r *Report) {
			if n++; n+len(r.Runs)/2 >= upTo {
				stop()
			}
		})
		stop()
		if err != nil || r.Stopped && len(r.Runs)%generation != 0 {
			t.Fatalf("%d runs, %v", len(r.Runs), err)
		}
		searched(t.Context(), t, Request{Seed: 6, Runs: upTo, Jobs: 3, Dir: dir, carry: invented})
	}
	searched(t.Context(), t, Request{Seed: 6, Runs: runs, Jobs: 2, Dir: dir, carry: invented})
	alike(t, "stopped and gone on with", contents(t, dir), want)
}

// The first run that breaks something is the same with any number at once, and whatever was done before.
func TestFirstIsTheFirst(t *testing.T) {
	var want map[string]string
	for i, jobs := range []int{1, 2, 7} {
		dir := t.TempDir()
		if i == 2 {
			searched(t.Context(), t, Request{Seed: 9, Runs: 3, Jobs: jobs, First: true, Dir: dir, carry: invented})
		}
		r := searched(t.Context(), t, Request{Seed: 9, Runs: 500, Jobs: jobs, First: true, Dir: dir, carry: invented})
		if n := len(r.Runs); n == 0 || len(r.Runs[n-1].Bad) == 0 || len(r.Findings) != len(r.Runs[n-1].Bad) {
			t.Fatalf("%d runs, %d findings", n, len(r.Findings))
		}
		have := contents(t, dir)
		if want == nil {
			want = have
		}
		alike(t, fmt.Sprintf("%d at once", jobs), have, want)
		searched(t.Context(), t, Request{Seed: 9, Runs: 500, Jobs: jobs, First: true, Dir: dir, carry: invented})
		alike(t, "and once more", contents(t, dir), want)
	}
}

// Parts of a search draw other runs than each other, and each is the same whoever carries it out.
func TestShardsAreOthers(t *testing.T) {
	seen := map[Name]int{}
	for i := range 4 {
		req := Request{Seed: 2, Runs: 64, Jobs: 2, Shard: Shard{i, 4}, carry: invented}
		a, b := req, req
		a.Dir, b.Dir, b.Jobs = t.TempDir(), t.TempDir(), 3
		r := searched(t.Context(), t, a)
		searched(t.Context(), t, b)
		alike(t, fmt.Sprintf("part %d", i), contents(t, b.Dir), contents(t, a.Dir))
		for _, o := range r.Runs {
			if k, ok := seen[o.Name]; ok {
				t.Errorf("%v is in parts %d and %d", o.Name, k, i)
			}
			seen[o.Name] = i
		}
	}
}

// A run that gets stuck ends the search, which says which one, keeps what came before, and goes on with that run.
func TestStuckRunEndsTheSearch(t *testing.T) {
	whole := t.TempDir()
	searched(t.Context(), t, Request{Seed: 7, Runs: 96, Jobs: 2, Dir: whole, carry: invented})
	for _, told := range []bool{false, true} {
		dir, release := t.TempDir(), make(chan struct{})
		ctx, stop := context.WithCancel(t.Context())
		runs := 0
		req := Request{Seed: 7, Runs: 96, Jobs: 2, Dir: dir, hurry: 40 * time.Millisecond, Patience: time.Hour}
		if !told {
			req.Patience = 50 * time.Millisecond
		}
		var stuck Name
		s := &search{req: &req}
		req.carry = func(ctx context.Context, b *Base, n Name, short bool, tell func(runner.Progress)) *Outcome {
			if n == stuck {
				tell(runner.Progress{Now: 3e9})
				<-release
			}
			return invented(ctx, b, n, short, tell)
		}
		for i := range 40 { // the name of run 40 follows from the first 32
			o := invented(t.Context(), nil, s.name(i), false, nil)
			if o.Index = i; i < generation {
				s.report.Runs = append(s.report.Runs, o)
			}
			if i == generation-1 {
				s.steer.take(s.report.Runs)
			}
		}
		stuck = s.name(40)
		r, err := Search(ctx, &req, func(*Report) {
			if runs++; told && runs == 45 {
				stop()
			}
		})
		var e *StuckError
		if !errors.As(err, &e) || e.Index != 40 || e.Name != stuck || e.At != 3*time.Second || e.Told != told || len(r.Runs) != generation || r.Stopped != told {
			t.Fatalf("told %t: %+v, %v", told, r, err)
		}
		if text, err := os.ReadFile(e.File); err != nil || string(text) != stuck.Text() {
			t.Errorf("its scenario: %v, %q", err, text)
		}
		stop()
		close(release)
		searched(t.Context(), t, Request{Seed: 7, Runs: 96, Jobs: 2, Dir: dir, carry: invented})
		alike(t, "after a run was stuck", contents(t, dir), contents(t, whole))
	}
}

// Two searches do not write to one folder: the second one says so, and the first goes on.
func TestOneSearchAFolder(t *testing.T) {
	dir, whole := t.TempDir(), t.TempDir()
	req := Request{Seed: 3, Runs: 40, Jobs: 1, Dir: dir, carry: invented}
	var bad *FolderError
	if runtime.GOOS == "windows" {
		t.Skip("files are not locked there")
	}
	_, err := Search(t.Context(), &req, func(*Report) {
		other := req
		if _, err := Search(t.Context(), &other, func(*Report) {}); !errors.As(err, &bad) || !strings.Contains(err.Error(), "another search is writing to it") {
			t.Errorf("a second search: %v", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	searched(t.Context(), t, Request{Seed: 3, Runs: 40, Jobs: 2, Dir: whole, carry: invented})
	alike(t, "with another one beside it", contents(t, dir), contents(t, whole))
}

// What another program found says nothing of this one: its folder is refused, with what to do.
func TestAnotherProgramsFolder(t *testing.T) {
	req := Request{Seed: 3, Runs: 8, Jobs: 1, Dir: t.TempDir(), carry: invented, program: "before"}
	searched(t.Context(), t, req)
	searched(t.Context(), t, req)
	req.program = ""
	var bad *FolderError
	if _, err := Search(t.Context(), &req, func(*Report) {}); !errors.As(err, &bad) || !strings.Contains(err.Error(), "another search: the program before, not ") || !strings.Contains(err.Error(), "give another folder (--out)") {
		t.Error(err)
	}
	if len(program()) != 12 {
		t.Errorf("this program is %q", program())
	}
}

// What is found is left while the search goes on, and is told of when the log cannot be written.
func TestFindingsAreThereAtOnce(t *testing.T) {
	dir, seen := t.TempDir(), 0
	req := Request{Seed: 5, Runs: 150, Jobs: 1, Dir: dir, carry: invented}
	_, err := Search(t.Context(), &req, func(r *Report) {
		files, err := filepath.Glob(filepath.Join(dir, "findings", "*.toml"))
		if len(files) != len(r.Findings) || err != nil {
			t.Errorf("%d files of %d findings, %v", len(files), len(r.Findings), err)
		}
		seen = max(seen, len(files))
	})
	if err != nil || seen < 2 {
		t.Errorf("%d findings while it went on, %v", seen, err)
	}
	req.Dir = t.TempDir()
	s := &search{req: &req, report: Report{Counts: make([]int, len(all.names))}, tell: func(*Report) {}, began: time.Now()}
	if s.log, err = os.Open(os.DevNull); err != nil { // nobody can write to it
		t.Fatal(err)
	}
	defer s.log.Close()
	if err := s.generations(t.Context()); err == nil || len(s.report.Runs) != generation {
		t.Errorf("%d runs, %v", len(s.report.Runs), err)
	}
}

// A search whose time is over begins no run any more: those that it has begun count, and whoever goes on has the runs of a whole one.
func TestTimeIsOver(t *testing.T) {
	whole := t.TempDir()
	searched(t.Context(), t, Request{Seed: 8, Runs: 70, Jobs: 1, Dir: whole, carry: invented})
	for _, first := range []bool{false, true} {
		dir := t.TempDir()
		slow := func(ctx context.Context, b *Base, n Name, short bool, tell func(runner.Progress)) *Outcome {
			time.Sleep(20 * time.Millisecond)
			o := invented(ctx, b, n, short, tell)
			if first {
				o.Bad = nil
			}
			return o
		}
		began := time.Now()
		r := searched(t.Context(), t, Request{Seed: 8, For: 150 * time.Millisecond, First: first, Jobs: 2, Dir: dir, carry: slow})
		if n := len(r.Runs); n == 0 || n >= generation || r.Done != n || r.Again != 0 || time.Since(began) > 10*time.Second {
			t.Errorf("first %t: %d runs, %+v, in %v", first, n, r, time.Since(began))
		}
		if !first {
			searched(t.Context(), t, Request{Seed: 8, Runs: 70, Jobs: 2, Dir: dir, carry: invented})
			alike(t, "its time was over", contents(t, dir), contents(t, whole))
		}
	}
}
