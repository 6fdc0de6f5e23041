// Package mutants takes sentences of the specification out of the text of a machine, one at a time, and sees whether its tests notice.
// The rooms whose sentences they are say which, and which tests have to notice.
package mutants

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Mutant is a machine without a sentence of the specification: somewhere in its text stands something else.
type Mutant struct {
	Sentence, File, Text, Instead string
	Also                          []Edit // where the sentence is said in more places

	Tests string // that notice it, as go test -run has it; empty: those of the Trial
}

// Edit is a piece of a machine's text, and what stands in its place.
type Edit struct{ File, Text, Instead string }

// Trial says how mutants are tried out.
type Trial struct {
	On    bool     // else their texts are looked for, and nothing is run: it takes minutes
	Tests string   // as go test -run has it
	Limit string   // of a run, as go test -timeout has it
	Env   []string // of the run

	// Says reports whether a line of what the tests print is what they noticed; the last one is told.
	Says func(line string) bool
}

// Run finds the texts of each mutant, which stand there once, so that whoever changes one changes the mutant; and where the trial
// is on, compiles it in place of what it was made of. A test has to fail.
func Run(t *testing.T, list []Mutant, how *Trial) {
	t.Helper()
	for i := range list {
		m := &list[i]
		files := m.edited(t)
		if how.On && !t.Failed() {
			t.Run(m.Sentence, func(t *testing.T) {
				if m.alive(t, how, files) {
					t.Error("nobody noticed")
				}
			})
		}
	}
}

// source is a file of the mutant.
type source struct{ name, text string }

// edited returns the files of the mutant.
func (m *Mutant) edited(t *testing.T) (files []source) {
	t.Helper()
	for _, e := range append([]Edit{{m.File, m.Text, m.Instead}}, m.Also...) {
		i := slices.IndexFunc(files, func(s source) bool { return s.name == e.File })
		if i < 0 {
			text, err := os.ReadFile(e.File)
			if err != nil {
				t.Fatal(err)
			}
			i, files = len(files), append(files, source{e.File, string(text)})
		}
		if n := strings.Count(files[i].text, e.Text); n != 1 {
			t.Errorf("%s: %q stands %d times in %s", m.Sentence, e.Text, n, e.File)
		}
		files[i].text = strings.Replace(files[i].text, e.Text, e.Instead, 1)
	}
	return files
}

// alive runs the tests over the mutant, and reports whether they pass.
func (m *Mutant) alive(t *testing.T, how *Trial, files []source) bool {
	t.Helper()
	tests := m.Tests
	if tests == "" {
		tests = how.Tests
	}
	run := exec.Command("go", "test", "-vet=off", "-timeout="+how.Limit, "-overlay="+lay(t, files), "-run="+tests, ".")
	run.Env = how.Env
	said, err := run.CombinedOutput()
	if strings.Contains(string(said), "[build failed]") {
		t.Fatalf("it does not build: %s", said)
	}
	noticed := ""
	for line := range strings.Lines(string(said)) {
		if how.Says(line) {
			noticed = strings.TrimSpace(line)
		}
	}
	t.Log(noticed)
	return err == nil
}

// lay writes the files of the mutant and the overlay that puts them in their place, and returns the name of that.
func lay(t *testing.T, files []source) string {
	t.Helper()
	dir, replace := t.TempDir(), map[string]string{}
	write := func(name string, data []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for i, s := range files {
		file, err := filepath.Abs(s.name)
		if err != nil {
			t.Fatal(err)
		}
		replace[file] = write(fmt.Sprintf("%d.go", i), []byte(s.text))
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	return write("overlay.json", overlay)
}
