package runner

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fill makes dir with the named files, each holding its own name.
func fill(t *testing.T, dir string, names ...string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if err := os.WriteFile(filepath.Join(dir, n), []byte(n), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name, path string
		force      bool
		want       string // part of the message; "" = allowed
	}{
		{"new", filepath.Join(dir, "new", "er"), false, ""},
		{"empty", fill(t, filepath.Join(dir, "empty")), false, ""},
		{"a run", fill(t, filepath.Join(dir, "run"), manifestName), false, "not empty; --force replaces it"},
		{"a run, forced", filepath.Join(dir, "run"), true, ""},
		{"an interrupted run, forced", fill(t, filepath.Join(dir, "half"), Incomplete), true, ""},
		{"something else, forced", fill(t, filepath.Join(dir, "thesis"), "thesis.tex"), true, "is not a run folder"},
		{"a file, forced", filepath.Join(dir, "run", manifestName), true, "is a file"},
		{"below a file", filepath.Join(dir, "run", manifestName, "x"), false, "not a directory"},
	} {
		err := Check(c.path, c.force)
		var u *UsageError
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (!errors.As(err, &u) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: have %v, want …%s…", c.name, err, c.want)
		}
	}
}

// Until publish there is only a hidden folder that says it is incomplete, and a folder that is replaced
// stays whole.
func TestFolderAppearsAtOnce(t *testing.T) {
	dir := t.TempDir()
	place := fill(t, filepath.Join(dir, "out"), manifestName, "old.csv")
	f, err := runKind.Open(place)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, f.Work, manifestName, "new.csv")
	fill(t, f.path("plots"), "x.png")
	if have := list(t, place); !slices.Equal(have, []string{manifestName, "old.csv"}) {
		t.Errorf("before: %v", have)
	}
	if have := list(t, f.Work); !slices.Contains(have, Incomplete) {
		t.Errorf("the work folder is not marked: %v", have)
	}
	if base := filepath.Base(f.Work); !strings.HasPrefix(base, ".") || !strings.HasSuffix(base, ".partial") {
		t.Errorf("work folder %s", base)
	}
	files, err := f.Publish(true, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{manifestName, "new.csv", "plots/x.png"}
	if !slices.Equal(files, want) {
		t.Errorf("published %v, want %v", files, want)
	}
	if have := list(t, place); !slices.Equal(have, []string{manifestName, "new.csv", "plots"}) {
		t.Errorf("after: %v", have)
	}
	if have := list(t, dir); !slices.Equal(have, []string{"out"}) {
		t.Errorf("left beside it: %v", have)
	}
}

func TestFolderKeepsItsMark(t *testing.T) {
	place := filepath.Join(t.TempDir(), "a", "out")
	f, err := runKind.Open(place)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Publish(false, "interrupted at virtual time 3s"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(place, Incomplete))
	if err != nil || string(text) != "interrupted at virtual time 3s\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// A folder that appeared while the run went on is not replaced without force.
func TestFolderAppearedMeanwhile(t *testing.T) {
	place := filepath.Join(t.TempDir(), "out")
	f, err := runKind.Open(place)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, place, manifestName)
	var u *UsageError
	if _, err := f.Publish(false, ""); !errors.As(err, &u) {
		t.Errorf("have %v, want a usage error", err)
	}
}

func TestDiscardLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	f, err := runKind.Open(filepath.Join(dir, "a", "b", "out"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Discard(); err != nil {
		t.Fatal(err)
	}
	if have := list(t, dir); len(have) != 0 {
		t.Errorf("left: %v", have)
	}
}

func TestFolderThroughLink(t *testing.T) {
	dir := t.TempDir()
	real := fill(t, filepath.Join(dir, "real"), manifestName)
	link := filepath.Join(dir, "link")
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	f, err := runKind.Open(link)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, f.Work, "new.csv")
	if _, err := f.Publish(true, ""); err != nil {
		t.Fatal(err)
	}
	if have := list(t, real); !slices.Equal(have, []string{"new.csv"}) {
		t.Errorf("the link's target holds %v", have)
	}
}

// What a killed process left of the same folder goes when the next one begins; what a living one writes, other folders and
// files of other names stay.
func TestLeftoversGo(t *testing.T) {
	dir := t.TempDir()
	place := filepath.Join(dir, "out")
	live, err := runKind.Open(place)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, filepath.Join(dir, ".out.123.partial"), Incomplete, "half.csv")
	fill(t, filepath.Join(dir, ".out.x.partial"), Incomplete)
	fill(t, filepath.Join(dir, ".output.123.partial"), Incomplete)
	fill(t, filepath.Join(dir, ".out.124.partial"), "no-mark")
	next, err := runKind.Open(place)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".out.124.partial", filepath.Base(live.Work), filepath.Base(next.Work), ".out.x.partial", ".output.123.partial"}
	slices.Sort(want)
	if have := list(t, dir); !slices.Equal(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
}

// A place that cannot be written is the user's to change.
func TestFolderCannotBe(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, "file")
	if err := os.Symlink(filepath.Join(dir, "nothing"), filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "link"), "symbolic link to nothing"},
		{filepath.Join(dir, "link", "below"), "choose another --out"},
		{filepath.Join(dir, "file", "below"), "not a directory"},
		{filepath.Join(dir, strings.Repeat("long", 100)), "name too long"},
		{"/proc/here", "choose another --out"},
	} {
		err := Check(c.path, true)
		if err == nil {
			_, err = runKind.Open(c.path)
		}
		var u *UsageError
		if !errors.As(err, &u) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: have %v, want …%s…", c.path, err, c.want)
		}
	}
	if _, err := os.Lstat(filepath.Join(dir, "link")); err != nil {
		t.Errorf("the link is gone: %v", err)
	}
}
