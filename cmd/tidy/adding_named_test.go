package main

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// adding is an example of docs/adding.md: what it costs, and where it stands.
type adding struct {
	name          string
	files, tests  int
	places, tried []string
	readers       []string
}

var (
	costs   = regexp.MustCompile(`^Costs (\d+) files?,? and (\d+) (test|per reader)s?\.$`)
	example = regexp.MustCompile("^As `(\\w+)` does: (.*?)(?:; read by (.*?))?; tested by (.*)\\.$")
	quoted  = regexp.MustCompile("`([^`]+)`")
)

// TestAddingNamed: what docs/adding.md says that a kind of message, a fact, a metric or an invariant costs is what its example costs. Comments do not count.
func TestAddingNamed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(moduleRoot, "docs/adding.md"))
	if err != nil {
		t.Fatal(err)
	}
	list := examples(t, string(text))
	if len(list) < 4 {
		t.Fatalf("%d examples", len(list))
	}
	where := identifiers(t, list)
	for _, a := range list {
		var code, tests []string
		for _, file := range where[a.name] {
			if strings.HasSuffix(file, "_test.go") {
				tests = append(tests, file)
			} else {
				code = append(code, file)
			}
		}
		want := slices.Sorted(slices.Values(slices.Concat(a.places, a.readers)))
		slices.Sort(code)
		if !slices.Equal(code, want) {
			t.Errorf("%s stands in %v; the page says %v", a.name, code, want)
		}
		if len(a.places) != a.files || a.tests >= 0 && len(a.tried) != a.tests {
			t.Errorf("%s: %d files and %d tests are listed, the page counts %d and %d", a.name, len(a.places), len(a.tried), a.files, a.tests)
		}
		for _, file := range a.tried {
			if !slices.Contains(tests, file) {
				t.Errorf("%s is not tested by %s", a.name, file)
			}
		}
	}
}

func examples(t *testing.T, text string) (list []adding) {
	t.Helper()
	var next adding
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch m := costs.FindStringSubmatch(line); {
		case m != nil:
			next = adding{tests: -1}
			next.files, _ = strconv.Atoi(m[1])
			if m[3] == "test" {
				next.tests, _ = strconv.Atoi(m[2])
			}
		case strings.HasPrefix(line, "Costs "), strings.HasPrefix(line, "As `") && !example.MatchString(line):
			t.Errorf("not understood: %s", line)
		case example.MatchString(line):
			m := example.FindStringSubmatch(line)
			next.name, next.places, next.readers, next.tried = m[1], inQuotes(m[2]), inQuotes(m[3]), inQuotes(m[4])
			list = append(list, next)
		}
	}
	return list
}

func inQuotes(s string) (list []string) {
	for _, m := range quoted.FindAllStringSubmatch(s, -1) {
		list = append(list, m[1])
	}
	return list
}

// identifiers returns the files of the module in whose code each example's name stands.
func identifiers(t *testing.T, list []adding) map[string][]string {
	t.Helper()
	where := map[string][]string{}
	err := filepath.WalkDir(moduleRoot, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && d.Name() != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, a := range list {
			if strings.Contains(string(src), a.name) && names(src, a.name) {
				rel, _ := filepath.Rel(moduleRoot, path)
				where[a.name] = append(where[a.name], filepath.ToSlash(rel))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return where
}

// names reports whether the code of a file has the identifier.
func names(src []byte, name string) bool {
	var s scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(f, src, nil, 0)
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return false
		}
		if tok == token.IDENT && lit == name {
			return true
		}
	}
}
