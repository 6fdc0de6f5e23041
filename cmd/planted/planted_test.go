package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const moduleRoot = "../.."

// Each bug's text stands in its file once, and the page has a row of each: who changes the line changes the bug.
func TestBugs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(moduleRoot, "docs", "planted.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lay(moduleRoot, t.TempDir()); err != nil {
		t.Error(err)
	}
	seen, n := map[string]bool{}, 0
	for _, r := range rooms {
		if len(r.bugs) < 3 {
			t.Errorf("%d bugs are planted in %s", len(r.bugs), r.name)
		}
		for i := range r.bugs {
			b := &r.bugs[i]
			if seen[b.name] {
				t.Errorf("two bugs are called %s", b.name)
			}
			seen[b.name] = true
			if !strings.Contains(string(page), "| "+b.name+" | "+b.sentence+" | ") {
				t.Errorf("docs/planted.md has no row of %s, or of what it was: make planted", b.name)
			}
			n++
		}
	}
	if n < 40 {
		t.Errorf("%d bugs are planted", n)
	}
}
