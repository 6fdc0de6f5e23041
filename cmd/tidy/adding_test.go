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

// The counts in the tables of docs/adding.md are what one more of something touches.
func TestAdding(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "adding.md"))
	if err != nil {
		t.Fatal(err)
	}
	const drawn = "sim/world/random_test.go" // draws what a kind of fault takes, where it wants to; none has to stand there
	for _, c := range []struct {
		example  string
		room     string   // what the mechanism itself is made of does not count
		patterns []string // who names it
	}{
		{string(fault.Bandwidth), "", []string{`\bfault\.Bandwidth\b`, `\bBandwidth +Kind = `}},
		{string(fault.LHM), "", []string{`\bfault\.LHM\b`, `\bLHM +Kind = `, `\) ForceLHM\(`, `\bTest\w*Force\w*LHM`, `\.ForceLHM\(\d`}},
		{"hier.Config", "core/hier/", []string{`\bhier\.Config\b`}},
		{"federated.NewGate", "core/federated/", []string{`\bfederated\.NewGate\b`}},
		{"worker.Compose", "", []string{`\bworker\.Compose\b`, `(?s)^package worker\n.*\nfunc Compose\(`}},
	} {
		row := regexp.MustCompile(fmt.Sprintf("(?m)^\\| .* \\| `%s` \\| (.*) \\|$", regexp.QuoteMeta(c.example))).FindSubmatch(page)
		if row == nil {
			t.Errorf("docs/adding.md has no row for %s", c.example)
			continue
		}
		sources, tests := naming(t, c.patterns...)
		inside := func(name string) bool { return c.room != "" && strings.HasPrefix(name, c.room) }
		sources = slices.DeleteFunc(sources, inside)
		tests = slices.DeleteFunc(tests, func(name string) bool { return inside(name) || name == drawn || strings.HasPrefix(name, "cmd/tidy/") })
		if have := fmt.Sprintf("%d + %d", len(sources), len(tests)); have != string(row[1]) {
			t.Errorf("docs/adding.md counts %s for %s, it is %s: %s; tests %s", row[1], c.example, have, strings.Join(sources, ", "), strings.Join(tests, ", "))
		}
	}
}
