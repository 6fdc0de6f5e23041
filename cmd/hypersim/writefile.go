package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"hypersim/cmd/internal/runner"
)

// mayWrite says why a file may not be written, or nil. What is there, a link to nothing included, goes with --force alone, and
// never what is no plain file.
func mayWrite(path, flag string, force bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return usageError{fmt.Errorf("%s: %w; choose another %s", path, err, flag)}
		}
		return nil
	case err != nil:
		return usageError{fmt.Errorf("%w; choose another %s", err, flag)}
	case info.IsDir():
		return usageError{fmt.Errorf("%s is a folder; choose another %s", path, flag)}
	case !force:
		return usageError{fmt.Errorf("%s exists; --force replaces it", path)}
	case !info.Mode().IsRegular():
		return usageError{fmt.Errorf("%s is no plain file, so --force does not replace it; choose another %s", path, flag)}
	}
	return nil
}

// writeNew creates a file, under another name until it is complete. flag is what names it.
func writeNew(path, flag string, force bool, fill func(io.Writer) error) (err error) {
	if err := mayWrite(path, flag, force); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.partial")
	if err != nil {
		return runner.Refused(err, flag)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name()) // the first error counts
		}
	}()
	err = fill(tmp)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(tmp.Name(), path)
}
