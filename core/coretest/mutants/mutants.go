// Package mutants takes sentences of the specification out of the text of a machine, one at a time, and sees whether its tests notice.
// The rooms whose sentences they are say which, and which tests have to notice.
package mutants

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Mutant is a machine without a sentence of the specification: somewhere in its text stands something else.
type Mutant struct {
	Sentence, File, Text, Instead string

	Tests string // that notice it, as go test -run has it; empty: those of the Trial
}

// Trial says how mutants are tried out.
type Trial struct {
	On    bool     // else their texts are looked for, and nothing is run: it takes minutes
	Tests string   // as go test -run has it
	Limit string   // of a run, as go test -timeout has it
	Env   []string // of the run

	// Says reports whether a line of what the tests print is what they noticed; the last one is told.
	Says func(line string) bool
}

// Run finds the text of each mutant, which stands there once, so that whoever changes it changes the mutant; and where the trial
// is on, compiles it in place of what it was made of. A test has to fail.
func Run(t *testing.T, list []Mutant, how *Trial) {
	t.Helper()
	for i := range list {
		m := &list[i]
		src, err := os.ReadFile(m.File)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(src), m.Text); n != 1 {
			t.Errorf("%s: %q stands %d times in %s", m.Sentence, m.Text, n, m.File)
			continue
		}
		if how.On {
			t.Run(m.Sentence, func(t *testing.T) {
				if m.alive(t, how, strings.Replace(string(src), m.Text, m.Instead, 1)) {
					t.Error("nobody noticed")
				}
			})
		}
	}
}

// alive runs the tests over the mutant, and reports whether they pass.
func (m *Mutant) alive(t *testing.T, how *Trial, src string) bool {
	t.Helper()
	tests := m.Tests
	if tests == "" {
		tests = how.Tests
	}
	run := exec.Command("go", "test", "-vet=off", "-timeout="+how.Limit, "-overlay="+m.lay(t, src), "-run="+tests, ".")
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

// lay writes the mutant and the overlay that puts it in its place, and returns the name of that.
func (m *Mutant) lay(t *testing.T, src string) string {
	t.Helper()
	file, err := filepath.Abs(m.File)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	copied, overlay := filepath.Join(dir, filepath.Base(m.File)), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {file: copied}})
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(copied, []byte(src))
	write(overlay, replace)
	return overlay
}
