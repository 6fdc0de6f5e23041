package input

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// File is a regular file that is read up to its limit.
type File struct {
	r io.Reader
	f *os.File
}

// Open opens the regular file at path; reading more than most bytes of it is an error. Symbolic links are
// followed. Every error is a *fs.PathError, whose text after the path says what the path is instead.
func Open(path string, most int64) (*File, error) {
	// Looked at first, because opening alone does something to some devices, and once more when it is open,
	// because the name can mean another file by then. Without O_NONBLOCK that would wait on a named pipe.
	info, err := os.Stat(path)
	if err != nil {
		return nil, renamed(err, path)
	}
	if err := regular(path, info.Mode()); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, renamed(err, path)
	}
	if info, err = f.Stat(); err == nil {
		err = regular(path, info.Mode())
	}
	if err != nil {
		_ = f.Close() // it was not read
		return nil, err
	}
	return &File{r: Bounded(f, path, most), f: f}, nil
}

// ReadFile returns all of the regular file at path, which has at most that many bytes; see Open.
func ReadFile(path string, most int64) ([]byte, error) {
	f, err := Open(path, most)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return io.ReadAll(f)
}

// Read implements io.Reader.
func (f *File) Read(p []byte) (int, error) { return f.r.Read(p) }

// Close implements io.Closer.
func (f *File) Close() error { return f.f.Close() }

// Stat implements fs.File.
func (f *File) Stat() (fs.FileInfo, error) { return f.f.Stat() }

// regular says what a path is when it is no regular file.
func regular(path string, mode fs.FileMode) error {
	var what string
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		what = "is a folder, not a file"
	case mode&fs.ModeNamedPipe != 0:
		what = "is a pipe, not a file; write what comes out of it into a file first"
	case mode&fs.ModeSocket != 0:
		what = "is a socket, not a file"
	case mode&fs.ModeDevice != 0:
		what = "is a device, not a file"
	default:
		what = "is not a regular file"
	}
	return &fs.PathError{Op: "open", Path: path, Err: errors.New(what)}
}

// renamed is err of the os package about path, as it was given.
func renamed(err error, path string) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &fs.PathError{Op: "open", Path: path, Err: err}
}

// Folder is a folder whose files are opened by Open, each with the same limit in bytes.
type Folder struct {
	Dir  string
	Most int64
}

// Open implements fs.FS.
func (d Folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return Open(filepath.Join(d.Dir, filepath.FromSlash(name)), d.Most)
}
