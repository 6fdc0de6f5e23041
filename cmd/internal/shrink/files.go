package shrink

import (
	"os"
	"path/filepath"
	"strings"
)

// Moved is the text of a scenario that finds in one folder the files that it names by their way from another.
func Moved(text, from, to string) (string, error) {
	t, err := parse(text)
	if err != nil {
		return "", err
	}
	change := false
	walk(t, nil, func(p path, v any) {
		name, _ := v.(string)
		if !strings.ContainsAny(name, "./") || filepath.IsAbs(name) {
			return // of nodes and values, and what the program brings with it
		}
		if info, err := os.Stat(filepath.Join(from, name)); err != nil || !info.Mode().IsRegular() {
			return
		}
		if way, err := between(to, filepath.Join(from, name)); err == nil {
			change = put(p, filepath.ToSlash(way))(t) || change
		}
	})
	if !change {
		return text, nil
	}
	return Text(t), nil
}

// between is the way from a folder to a file.
func between(folder, file string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	if file, err = filepath.Abs(file); err != nil {
		return "", err
	}
	return filepath.Rel(folder, file)
}
