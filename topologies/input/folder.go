package input

import (
	"io/fs"
	"path/filepath"
)

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
