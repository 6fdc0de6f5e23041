package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

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

// folder is a run folder on its way: everything goes to work, a hidden sibling of place.
type folder struct {
	place, work string
	made        []string // parents that were created, outermost first
}

// Check returns why dir may not become a run folder, or nil.
func Check(dir string, force bool) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return usage("%v", err)
	case !info.IsDir():
		return usage("%s is a file, not a folder; choose another --out", dir)
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
	if !slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Name() == manifestName || e.Name() == Incomplete }) {
		return usage("%s is not a run folder (no %s in it), so --force does not replace it; choose another --out", dir, manifestName)
	}
	return nil
}

// newFolder prepares to write dir. The mark is there before anything else.
func newFolder(dir string) (*folder, error) {
	place, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(place); err == nil {
		place = real
	}
	f := &folder{place: place}
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
	if f.work, err = os.MkdirTemp(parent, "."+filepath.Base(place)+".*.partial"); err != nil {
		return nil, errors.Join(err, f.unmake())
	}
	if err := os.Chmod(f.work, 0o755); err != nil { // MkdirTemp makes it private
		return nil, errors.Join(err, f.discard())
	}
	if err := f.mark("this run did not end: it is still going on, or it was killed"); err != nil {
		return nil, errors.Join(err, f.discard())
	}
	return f, nil
}

func (f *folder) path(name string) string { return filepath.Join(f.work, name) }

// mark writes why the folder is incomplete.
func (f *folder) mark(why string) error { return writeFile(f.path(Incomplete), []byte(why+"\n")) }

// discard removes what was written and the parents that were made for it.
func (f *folder) discard() error { return errors.Join(os.RemoveAll(f.work), f.unmake()) }

func (f *folder) unmake() error {
	for _, p := range slices.Backward(f.made) {
		if os.Remove(p) != nil {
			break // somebody else uses it
		}
	}
	return nil
}

// publish puts the folder in its place: every byte is on disk before the mark goes, and the mark goes
// before the name appears. With why the mark stays, and says that.
func (f *folder) publish(force bool, why string) (files []string, err error) {
	if why != "" {
		if err := f.mark(why); err != nil {
			return nil, err
		}
	}
	if files, err = f.sync(); err != nil {
		return nil, err
	}
	if why == "" {
		if err := os.Remove(f.path(Incomplete)); err != nil {
			return nil, err
		}
		if err := syncDir(f.work); err != nil {
			return nil, err
		}
		files = slices.DeleteFunc(files, func(s string) bool { return s == Incomplete })
	}
	if err := Check(f.place, force); err != nil { // it may have appeared meanwhile
		return nil, err
	}
	if err := f.swap(); err != nil {
		return nil, err
	}
	return files, syncDir(filepath.Dir(f.place))
}

// swap renames work to place. An older folder steps aside first and comes back if that fails.
func (f *folder) swap() error {
	if err := os.Remove(f.place); err == nil || errors.Is(err, fs.ErrNotExist) { // there was none, or an empty one
		return os.Rename(f.work, f.place)
	}
	old := strings.TrimSuffix(f.work, ".partial") + ".old.partial"
	if err := os.Rename(f.place, old); err != nil {
		return err
	}
	if err := os.Rename(f.work, f.place); err != nil {
		return errors.Join(err, os.Rename(old, f.place))
	}
	return os.RemoveAll(old)
}

// sync puts every file and folder below work on disk and returns the files.
func (f *folder) sync() (files []string, err error) {
	err = filepath.WalkDir(f.work, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return syncDir(path)
		}
		name, err := filepath.Rel(f.work, path)
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
