package main

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

const moduleRoot = "../.."

// The module itself is tidy, in both builds of the assertions.
func TestModule(t *testing.T) {
	watchFolders(t)
	for _, tags := range []string{"", "invariants"} {
		t.Run("tags="+tags, func(t *testing.T) {
			loaded, err := packages.Load(&packages.Config{
				Mode: packages.LoadSyntax, Dir: moduleRoot, BuildFlags: []string{"-tags=" + tags},
			}, module+"/...")
			if err != nil {
				t.Fatal(err)
			}
			if len(loaded) < 2 { // core and this one at the least
				t.Fatalf("loaded %d packages of %s", len(loaded), module)
			}
			for _, p := range loaded {
				if len(p.Errors) > 0 {
					t.Errorf("%s does not build: %v", p.PkgPath, p.Errors[0])
				}
			}
			graph, err := checker.Analyze([]*analysis.Analyzer{Analyzer}, loaded, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, act := range graph.Roots {
				for _, d := range act.Diagnostics {
					t.Errorf("%v: %s", act.Package.Fset.Position(d.Pos), d.Message)
				}
			}
		})
	}
}

// watchFolders lists every folder of the module, so that go test, which caches a result by the files and
// folders the test itself opens, sees a new file: the loading is done by a subprocess, which it cannot see.
func watchFolders(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(moduleRoot, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || path == moduleRoot {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") || path == filepath.Join(moduleRoot, "results") {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
