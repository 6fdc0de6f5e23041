package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"hypersim/scenarios"
)

// Incomplete is the file that marks a folder whose run did not end, with the reason in it.
const Incomplete = "incomplete"

const manifestName = "manifest.json"

// UsageError is a folder that must not be written to: nothing was run.
type UsageError struct{ msg string }

func (e *UsageError) Error() string { return e.msg }

func usage(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// Default returns the folder of a run that was given none: results/<scenario>/<seed>-<configuration hash>.
func Default(sc *scenarios.Scenario) string {
	_, hash := resolved(sc)
	return filepath.Join("results", sc.Name, fmt.Sprintf("%d-%.8s", sc.Seed, hash))
}

// Kind is a kind of folder that a verb fills anew.
type Kind struct {
	Words string // "run folder"
	Mark  string // a file that each has; one that is incomplete may have Incomplete alone
}

var runKind = Kind{"run folder", manifestName}

// Folder is a folder on its way: everything goes to Work, a hidden sibling of its place.
type Folder struct {
	Work  string
	kind  Kind
	place string
	made  []string // parents that were created, outermost first
	lock  *os.File // of the mark, as long as this process lives
}

// Check returns why dir may not become a run folder, or nil.
func Check(dir string, force bool) error { return runKind.Check(dir, force) }

// Check returns why dir may not become a folder of this kind, or nil.
func (k Kind) Check(dir string, force bool) error {
	if there, err := IsFolder(dir); !there || err != nil {
		return err
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return usage("%v", err)
	}
	if len(list) == 0 {
		return nil
	}
	if !force {
		return usage("%s exists and is not empty; --force replaces it, --out DIR writes elsewhere", dir)
	}
	if !slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Name() == k.Mark || e.Name() == Incomplete }) {
		return usage("%s is not a %s (no %s in it), so --force does not replace it; choose another --out", dir, k.Words, k.Mark)
	}
	return nil
}

// IsFolder reports whether the folder that --out names is there. What is there and no folder is refused.
func IsFolder(dir string) (bool, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		switch is, err := os.Lstat(dir); {
		case err != nil:
			return false, nil
		case is.Mode()&fs.ModeSymlink == 0: // another shard has made it meanwhile
			return IsFolder(dir)
		}
		return false, usage("%s is a symbolic link to nothing; choose another --out", dir)
	case err != nil:
		return false, usage("%v", err)
	case !info.IsDir():
		return false, usage("%s is a file, not a folder; choose another --out", dir)
	}
	return true, nil
}

// Refused makes a usage error of what only another name, given by that flag, can help; a full disk is none.
func Refused(err error, flag string) error {
	for _, ours := range []error{fs.ErrPermission, fs.ErrNotExist, fs.ErrExist, fs.ErrInvalid, syscall.EROFS, syscall.ENOTDIR, syscall.EISDIR, syscall.ENAMETOOLONG, syscall.ELOOP} {
		if errors.Is(err, ours) {
			return usage("%v; choose another %s", err, flag)
		}
	}
	return err
}

// Open prepares to write dir. The mark is there before anything else, and what killed processes left of the same folder goes.
func (k Kind) Open(dir string) (*Folder, error) {
	f, err := k.open(dir)
	if err != nil {
		return nil, Refused(fmt.Errorf("create %s: %w", k.Words, err), "--out")
	}
	return f, nil
}

func (k Kind) open(dir string) (*Folder, error) {
	place, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(place); err == nil {
		place = real
	}
	f := &Folder{kind: k, place: place}
	parent := filepath.Dir(place)
	for p := parent; ; p = filepath.Dir(p) {
		if _, err := os.Stat(p); err == nil || p == filepath.Dir(p) {
			break
		}
		f.made = append([]string{p}, f.made...)
	}
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, err
	}
	f.removeLeft()
	if f.Work, err = os.MkdirTemp(parent, "."+filepath.Base(place)+".*.partial"); err != nil {
		return nil, errors.Join(err, f.unmake())
	}
	if err := os.Chmod(f.Work, 0o755); err != nil { // MkdirTemp makes it private
		return nil, errors.Join(err, f.Discard())
	}
	if err := f.mark("this run did not end: it is still going on, or it was killed"); err != nil {
		return nil, errors.Join(err, f.Discard())
	}
	f.lock = lockFile(f.path(Incomplete))
	return f, nil
}

// removeLeft removes what is left beside the place by processes that were killed: of those that live the mark is locked.
func (f *Folder) removeLeft() {
	pattern := regexp.MustCompile(`^\.` + regexp.QuoteMeta(filepath.Base(f.place)) + `\.[0-9]+\.partial$`)
	list, _ := os.ReadDir(filepath.Dir(f.place)) // what cannot be listed cannot be removed
	for _, e := range list {
		left := filepath.Join(filepath.Dir(f.place), e.Name())
		if !pattern.MatchString(e.Name()) || !e.IsDir() {
			continue
		}
		if lock := lockFile(filepath.Join(left, Incomplete)); lock != nil {
			_ = os.RemoveAll(left) // it costs space, and the next one tries again
			_ = lock.Close()
		}
	}
}

func (f *Folder) path(name string) string { return filepath.Join(f.Work, name) }

// mark writes why the folder is incomplete.
func (f *Folder) mark(why string) error { return writeFile(f.path(Incomplete), []byte(why+"\n")) }

// Discard removes what was written and the parents that were made for it.
func (f *Folder) Discard() error {
	f.unlock()
	return errors.Join(os.RemoveAll(f.Work), f.unmake())
}

func (f *Folder) unlock() {
	if f.lock != nil {
		_ = f.lock.Close() // nothing was written through it
		f.lock = nil
	}
}

func (f *Folder) unmake() error {
	for _, p := range slices.Backward(f.made) {
		if os.Remove(p) != nil {
			break // somebody else uses it
		}
	}
	return nil
}

// Publish puts the folder in its place: every byte is on disk before the mark goes, and the mark goes
// before the name appears. With why the mark stays, and says that.
func (f *Folder) Publish(force bool, why string) (files []string, err error) {
	if why != "" {
		if err := f.mark(why); err != nil {
			return nil, err
		}
	}
	if files, err = f.sync(); err != nil {
		return nil, err
	}
	f.unlock()
	if why == "" {
		if err := os.Remove(f.path(Incomplete)); err != nil {
			return nil, err
		}
		if err := syncDir(f.Work); err != nil {
			return nil, err
		}
		files = slices.DeleteFunc(files, func(s string) bool { return s == Incomplete })
	}
	if err := f.kind.Check(f.place, force); err != nil { // it may have appeared meanwhile
		return nil, err
	}
	if err := f.swap(); err != nil {
		return nil, err
	}
	return files, syncDir(filepath.Dir(f.place))
}

// swap renames work to place. An older folder steps aside first and comes back if that fails.
func (f *Folder) swap() error {
	if err := os.Remove(f.place); err == nil || errors.Is(err, fs.ErrNotExist) { // there was none, or an empty one
		return os.Rename(f.Work, f.place)
	}
	old := strings.TrimSuffix(f.Work, ".partial") + ".old.partial"
	if err := os.Rename(f.place, old); err != nil {
		return err
	}
	if err := os.Rename(f.Work, f.place); err != nil {
		return errors.Join(err, os.Rename(old, f.place))
	}
	return os.RemoveAll(old)
}

// sync puts every file and folder below work on disk and returns the files.
func (f *Folder) sync() (files []string, err error) {
	err = filepath.WalkDir(f.Work, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return syncDir(path)
		}
		name, err := filepath.Rel(f.Work, path)
		if err != nil {
			return err
		}
		files = append(files, filepath.ToSlash(name))
		return syncFile(path)
	})
	slices.Sort(files)
	return files, err
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncDir makes the names in a folder durable. Some systems cannot, which is no failure of the run.
func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

func writeFile(path string, data []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
