package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^):]+)\)`) // to a place of ours: others have a colon

// TestMap: every room that has Go files stands in the README's map of the house, and what the README links to is there.
func TestMap(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(moduleRoot, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]bool{}
	for _, m := range link.FindAllStringSubmatch(string(text), -1) {
		linked[m[1]] = true
		if _, err := os.Stat(filepath.Join(moduleRoot, m[1])); err != nil {
			t.Errorf("README.md links to %s: %v", m[1], err)
		}
	}
	rooms := 0
	err = filepath.WalkDir(moduleRoot, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && d.Name() != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(at, ".go") {
			return nil
		}
		rel, err := filepath.Rel(moduleRoot, at)
		if room := path.Dir(filepath.ToSlash(rel)); !linked[room] {
			t.Errorf("%s has Go files and no place in README.md's map of the house", room)
			linked[room] = true // once
		} else {
			rooms++
		}
		return err
	})
	if err != nil || rooms < 500 {
		t.Errorf("%d files, %v", rooms, err)
	}
}
