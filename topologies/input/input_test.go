package input

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestARegularFileIsReadUpToItsLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("12345678"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := path + ".link"
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{path, link} {
		text, err := ReadFile(name, 8)
		if err != nil || string(text) != "12345678" {
			t.Errorf("%q, %v", text, err)
		}
	}
	_, err := ReadFile(path, 7)
	if !errors.Is(err, ErrTooLong) || !strings.HasSuffix(err.Error(), "f: has more than 7 bytes, which is the most that is read") {
		t.Error(err)
	}
}

// A file of the kernel is regular and says that it has 0 bytes.
func TestTheLimitCountsWhatIsRead(t *testing.T) {
	const path = "/proc/self/status"
	if _, err := os.Stat(path); err != nil {
		t.Skip("no such file on this system")
	}
	if _, err := ReadFile(path, 20); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
}

func TestAnEndlessTextEndsAtTheLimit(t *testing.T) {
	for _, most := range []int64{0, 1, 1 << 20} {
		text, err := io.ReadAll(Bounded(zeros{}, "x", most))
		if !errors.Is(err, ErrTooLong) || int64(len(text)) != most {
			t.Errorf("%d of %d bytes, %v", len(text), most, err)
		}
	}
	_, err := io.ReadAll(Bounded(zeros{}, "x", 3<<19))
	if want := "read x: has more than 1.5 MiB, which is the most that is read"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestWhatIsNoFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		dir:                        "is a folder, not a file",
		filepath.Join(dir, "none"): "no such file",
	} {
		if _, err := Open(path, 1); err == nil || !strings.Contains(err.Error(), path+": "+want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := Open(filepath.Join(dir, "none"), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestAFolderIsAFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := Folder{Dir: dir, Most: 1}
	if text, err := fs.ReadFile(folder, "a"); err != nil || string(text) != "x" {
		t.Error(text, err)
	}
	if _, err := folder.Open("../a"); !errors.Is(err, fs.ErrInvalid) {
		t.Error(err)
	}
}

// opening finds calls that open a file for reading without asking what it is.
var opening = regexp.MustCompile(`\bos\.(Open|ReadFile|DirFS)\(`)

// Whoever opens a file by itself says here why no person chose it.
func TestNoOtherRoomOpensAFile(t *testing.T) {
	may := []string{
		"cmd/internal/explore/log.go",        // reads the program itself
		"cmd/internal/runner/folder.go",      // flushes names of a folder that the program made
		"cmd/internal/runner/lock_unix.go",   // locks the mark of a folder that the program made
		"cmd/internal/runner/performance.go", // asks the kernel for memory
		"core/coretest/mutants/mutants.go",   // reads sources of this module, in tests
	}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if name == "results" || name == "topologies/input" || name == "cmd/planted" || // which reads these sources, and what it wrote
				name != "." && strings.HasPrefix(d.Name(), ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testdata/") || slices.Contains(may, name) {
			return nil
		}
		text, err := os.ReadFile(path)
		for i, line := range strings.Split(string(text), "\n") {
			if code, _, _ := strings.Cut(line, "//"); opening.MatchString(code) {
				t.Errorf("%s:%d: opens a file by itself; a device or a pipe has no end: open it with topologies/input", name, i+1)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
