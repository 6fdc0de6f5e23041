package runner

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A shared folder is one that several processes fill, file by file, and that is gone on with where it was stopped: of a
// sweep, of a search. A Folder is the other kind: one process writes it, and it appears whole.

// Replace writes a file so that a reader sees the old one or the new one.
func Replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*"+partial)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Unmark says that a shared folder has come to its end.
func Unmark(dir string) error {
	if err := os.Remove(filepath.Join(dir, Incomplete)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Strange returns what lies in a shared folder, but for what another process has only begun to write.
func Strange(dir string) (names []string, err error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, usage("%v", err)
	}
	for _, e := range list {
		if !isPartial(e) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// partial ends the name of what is being written, which begins with a dot.
const partial = ".partial"

func isPartial(e fs.DirEntry) bool {
	return strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), partial)
}

// LeftAfter is how old a half-written file is that nobody writes any more: writing takes moments.
const LeftAfter = time.Hour

// RemoveLeft removes what killed processes left in a shared folder, and in the named ones in it. Others may be at work there.
func RemoveLeft(dir string, within ...string) {
	for _, name := range append([]string{""}, within...) {
		list, _ := os.ReadDir(filepath.Join(dir, name)) // what cannot be listed cannot be removed
		for _, e := range list {
			if !isPartial(e) {
				continue
			}
			if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > LeftAfter {
				_ = os.RemoveAll(filepath.Join(dir, name, e.Name())) // it costs space, and the next one tries again
			}
		}
	}
}
