package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
		command, _, _ := strings.Cut(line, " #")
		words := strings.Fields(command)
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
