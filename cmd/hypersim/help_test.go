package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

const square = "0 10 20\n10 0 30\n20 30 0\n"

// TestHelpExamples runs every example of every help text, as written.
func TestHelpExamples(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(root(), "scenarios"), filepath.Join(dir, "scenarios")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	t.Chdir(dir)
	for name, text := range map[string]string{
		"measured.txt": square, "asn.csv": "asn1,asn2,rtt_avg\n1,2,80\n2,1,81\n", "king.txt": "0 100 0\n100 0 300\n0 300 0\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(square)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), os.WriteFile("measured.txt.gz", zipped.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
	var seen []string
	forEach(newRoot(), func(cmd *cobra.Command) {
		if cmd.Runnable() && cmd.Example == "" && cmd.Name() != "help" && !strings.Contains(cmd.CommandPath(), "completion") {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Example) {
			if line, _, _ = strings.Cut(strings.TrimSpace(line), "   "); !slices.Contains(seen, line) {
				seen = append(seen, line)
				runExample(t, line)
			}
		}
	})
}

// runExample runs "hypersim list" or "hypersim schema > file". A run, a sweep or a comparison may end with
// status 1: whether a bundled scenario's expectations hold under other settings is not help's promise.
func runExample(t *testing.T, line string) {
	line, _, _ = strings.Cut(line, " > ")
	words := strings.Fields(line)
	if len(words) == 0 || words[0] != "hypersim" {
		t.Errorf("example %q does not start with hypersim", line)
		return
	}
	t.Run(line, func(t *testing.T) {
		runs := len(words) > 1 && (words[1] == "run" || words[1] == "sweep" || words[1] == "merge" || words[1] == "compare" || words[1] == "validate")
		if testing.Short() && runs {
			t.Skip("a run")
		}
		for _, w := range words { // outputs of an earlier example
			if strings.HasSuffix(w, ".png") || strings.HasSuffix(w, ".svg") || w == "measured.csv" {
				_ = os.Remove(w)
			}
		}
		if words[1] == "run" {
			_ = os.RemoveAll("results")
		}
		var stdout, stderr bytes.Buffer
		code := execute(t.Context(), words[1:], &stdout, &stderr)
		if code != exitOK && (code != exitFailed || !runs) {
			t.Errorf("exit %d\n%s%s", code, stdout.String(), stderr.String())
		}
		if stdout.Len() == 0 {
			t.Error("prints nothing")
		}
	})
}

func forEach(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, c := range cmd.Commands() {
		forEach(c, f)
	}
}

// TestReadme runs the README's first command in a checkout.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(), "README.md"))
	if err != nil {
		t.Skipf("no README yet: %v", err)
	}
	const start = "go run ./cmd/hypersim "
	_, rest, ok := strings.Cut(string(text), start)
	if !ok {
		t.Fatalf("the README does not say %q", start)
	}
	line, _, _ := strings.Cut(rest, "\n")
	line, _, _ = strings.Cut(line, "`")
	if testing.Short() {
		t.Skip("a run")
	}
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(root(), "scenarios"), filepath.Join(dir, "scenarios")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	t.Chdir(dir)
	var stdout, stderr bytes.Buffer
	if code := execute(t.Context(), strings.Fields(line), &stdout, &stderr); code != exitOK {
		t.Errorf("%s%s: exit %d\n%s%s", start, line, code, stdout.String(), stderr.String())
	}
}

// TestQuestions runs the commands of docs/questions.md in order, with the two files that the page shows. Sweeps have two seeds, to be
// done in seconds; the comparison may then say that it cannot be judged.
func TestQuestions(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root(), "docs", "questions.md"))
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		t.Skip("runs")
	}
	t.Chdir(t.TempDir())
	for name, fence := range map[string]string{"my-rtt.csv": "```csv\n", "mine.toml": "```toml\n"} {
		_, rest, _ := strings.Cut(string(page), fence)
		text, _, ok := strings.Cut(rest, "```")
		if !ok {
			t.Fatalf("the page shows no %s", name)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	commands := 0
	for line := range strings.Lines(string(page)) {
		words := strings.Fields(line)
		if !strings.HasPrefix(line, "    hypersim ") {
			continue
		}
		commands++
		if words[1] == "sweep" {
			words = append(words, "--seeds", "1..2", "--no-plots")
		}
		var stdout, stderr bytes.Buffer
		if code := execute(t.Context(), words[1:], &stdout, &stderr); code != exitOK && code != exitFailed && code != exitOpen {
			t.Errorf("%s: exit %d\n%s%s", line, code, stdout.String(), stderr.String())
		}
	}
	if commands != 7 {
		t.Errorf("%d commands, the page had 7", commands)
	}
}
