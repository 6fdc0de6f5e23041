package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hypersim/sim/fault"
)

// naming returns the Go files of the module, by their path, that match any of the patterns.
func naming(t *testing.T, patterns ...string) (sources, tests []string) {
	t.Helper()
	want := regexp.MustCompile(strings.Join(patterns, "|"))
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || !want.Match(text) {
			return err
		}
		name, err := filepath.Rel(root, path)
		if name = filepath.ToSlash(name); strings.HasSuffix(name, "_test.go") {
			tests = append(tests, name)
		} else {
			sources = append(sources, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sources, tests
}

// The counts of docs/adding.md are what one more of something touches.
func TestAdding(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "adding.md"))
	if err != nil {
		t.Fatal(err)
	}
	drawn := []string{"sim/world/random_test.go"} // draws what a kind takes, where it wants to; none has to stand there
	for _, c := range []struct {
		kind     fault.Kind
		patterns []string // who names it
	}{
		{fault.Bandwidth, []string{`\bfault\.Bandwidth\b`, `\bBandwidth +Kind = `}},
		{fault.LHM, []string{`\bfault\.LHM\b`, `\bLHM +Kind = `, `\) ForceLHM\(`, `\bTest\w*Force\w*LHM`, `\.ForceLHM\(\d`}},
	} {
		row := regexp.MustCompile(fmt.Sprintf("(?m)^\\| .* \\| `%s` \\| (.*) \\|$", c.kind)).FindSubmatch(page)
		if row == nil {
			t.Fatalf("docs/adding.md has no row for %s", c.kind)
		}
		sources, tests := naming(t, c.patterns...)
		tests = slices.DeleteFunc(tests, func(name string) bool { return slices.Contains(drawn, name) || strings.HasPrefix(name, "cmd/tidy/") })
		if have := fmt.Sprintf("%d + %d", len(sources), len(tests)); have != string(row[1]) {
			t.Errorf("docs/adding.md counts %s for %s, it is %s: %s; tests %s", row[1], c.kind, have, strings.Join(sources, ", "), strings.Join(tests, ", "))
		}
	}
}
