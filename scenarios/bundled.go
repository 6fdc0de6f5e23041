package scenarios

import (
	"embed"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed *.toml */*.toml
var bundle embed.FS

// Entry is a bundled scenario with a line about it.
type Entry struct {
	Name   string   `json:"name"`
	Folder string   `json:"folder"` // "" for those beside the flagship
	Title  string   `json:"title"`
	Tags   []string `json:"tags"`
	Nodes  int      `json:"nodes"`
	Path   string   `json:"path"` // below the repository
}

// bundledPaths returns the embedded files, the flagship first, then by folder and name.
func bundledPaths() []string {
	var list []string
	for _, pattern := range []string{"*.toml", "*/*.toml"} {
		files, err := fs.Glob(bundle, pattern)
		if err != nil {
			panic("scenarios: " + err.Error()) // the patterns are constants
		}
		list = append(list, files...)
	}
	return list
}

func nameOf(file string) string { return strings.TrimSuffix(path.Base(file), ".toml") }

func bundledNames() []string {
	var names []string
	for _, f := range bundledPaths() {
		names = append(names, nameOf(f))
	}
	return names
}

// findBundled returns the embedded path of a bundled scenario given by name ("partition") or by folder and
// name ("membership/idle-steady-state").
func findBundled(name string) (string, bool) {
	if strings.HasSuffix(name, ".toml") {
		return "", false
	}
	all := bundledPaths()
	i := slices.IndexFunc(all, func(f string) bool { return nameOf(f) == name || f == name+".toml" })
	if i < 0 {
		return "", false
	}
	return all[i], true
}

// isBundled reports whether a file is, by its path, one of the bundled ones.
func isBundled(file string) bool {
	name, ok := strings.CutPrefix(filepath.ToSlash(file), "scenarios/")
	return ok && slices.Contains(bundledPaths(), name)
}

// List returns the bundled scenarios, the flagship first.
func List() []Entry {
	var list []Entry
	for _, f := range bundledPaths() {
		e := Entry{Name: nameOf(f), Path: path.Join("scenarios", f)}
		if dir := path.Dir(f); dir != "." {
			e.Folder = dir
		}
		if text, err := bundle.ReadFile(f); err == nil {
			if s, err := load(string(text), e.Path, nil, Options{}, false); err == nil { // a test loads them all
				e.Title, e.Tags, e.Nodes = s.Title, s.Tags, len(s.Nodes)
			}
		}
		list = append(list, e)
	}
	return list
}
