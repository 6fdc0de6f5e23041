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
	for name := range guards {
		if !seen[name] {
			t.Errorf("the guards of %s go with no bug", name)
		}
	}
	if n < 80 {
		t.Errorf("%d bugs are planted", n)
	}
}

// The function that a bug is in stands there twice, and the first turns to the second when the bug runs.
func TestLaid(t *testing.T) {
	src := "package p\n\nimport \"os\"\n\nfunc (x *T) f(a, b int, more ...string) int { return a + b }\n\nfunc g() {\n\tos.Exit(1)\n}\n"
	text, err := laid([]byte(src), []change{{1, "one", edit{text: "a + b", instead: "a - b"}}, {2, "two", edit{text: "os.Exit(1)", instead: "os.Exit(2)"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"package p\n\nimport \"hypersim/core/plantedbug\"\n",
		"int {\n\tif plantedbug.Is == 1 {\n\t\treturn x.fPlanted1(a, b, more...)\n\t}\n return a + b }",
		"func g() {\n\tif plantedbug.Is == 2 {\n\t\tgPlanted2()\n\t\treturn\n\t}\n\n\tos.Exit(1)\n}",
		"func (x *T) fPlanted1(a, b int, more ...string) int { return a - b }",
		"func gPlanted2() {\n\tos.Exit(2)\n}",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	for _, bad := range []edit{{text: "nowhere"}, {text: "import"}, {text: "1"}} {
		if _, err := laid([]byte(src+"\nvar v = 1\n"), []change{{edit: bad}}); err == nil {
			t.Errorf("%q is laid", bad.text)
		}
	}
}

// A name that no bug has is no search that found nothing.
func TestNothingToLookFor(t *testing.T) {
	for _, only := range []string{"old-acusation", "("} {
		h := &hunt{root: moduleRoot, dir: t.TempDir()}
		if _, err := h.begin(only); err == nil || !strings.HasPrefix(err.Error(), "--only") {
			t.Errorf("%q: %v", only, err)
		}
	}
	if _, err := (&hunt{root: moduleRoot, dir: t.TempDir()}).begin("old-accusation"); err != nil {
		t.Error(err)
	}
	b := all()[0]
	if row := cells(b, &found{Bug: b.name, Identity: b.identity(), Seconds: 60}); !strings.HasPrefix(row, "not looked for") {
		t.Errorf("after no run: %s", row)
	}
}

// What was found stands as long as the bug is what it was; asked to look again, only what was found in these very sources does.
func TestWhatStands(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"analysis", "cmd", "core/testdata", "scenarios", "sim", "topologies"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) string {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		sources, err := sourcesOf(root)
		if err != nil {
			t.Fatal(err)
		}
		return sources
	}
	one := write("core/a.go", "package core")
	if write("core/a_test.go", "package core") != one || write("core/testdata/b.go", "package b") != one || write("sim/c.toml", "") != one {
		t.Error("what is not built makes other sources")
	}
	other := write("core/a.go", "package core // more")
	if other == one {
		t.Error("what is built does not make other sources")
	}
	b := all()[0]
	h := &hunt{sources: one}
	f := &found{Identity: b.identity(), Invariant: "I-M3", Sources: other}
	if h.stands(nil, b) || !h.stands(f, b) || h.stands(&found{Identity: "x", Invariant: "I-M3"}, b) || h.stands(&found{Identity: b.identity()}, b) {
		t.Error("the wrong ones stand")
	}
	if h.again = true; h.stands(f, b) {
		t.Error("it stands, found in other sources")
	}
	if f.Sources = one; !h.stands(f, b) {
		t.Error("it does not stand, found in these")
	}
}
