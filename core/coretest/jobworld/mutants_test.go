package jobworld

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is a role, or what it stands on, with one sentence of the specification taken out of its text.
type mutant struct{ sentence, file, text, instead string }

var mutants = []mutant{
	{"03-1: a takeover merges what the others have", "../../replica/claim.go", "\te := c.best\n", "\te := c.best\n\tif r.known() {\n\t\te = r.aged(now)\n\t}\n"},
	{"03-13: a decision is told when it is committed", "../../node/manager/result.go", "m.then(now, x, after{kind: afterDecision}, fx)", "m.do(now, x, &after{kind: afterDecision}, fx)"},
	{"§5.2: a lease is renewed by acks", "../../replica/lead.go", "!l.accepting && now < l.until && r.seen()", "!l.accepting && r.seen()"},
	{"§0: a stale fence is refused", "../../node/manager/result.go", "s := f.find(b.Token)\n", "s := f.find(b.Token)\n\tif s == nil && int(b.Index) < len(f.shards) {\n\t\ts = &f.shards[b.Index]\n\t\ts.worker = b.Worker\n\t}\n"},
	{"§0: a result is acknowledged when it is committed", "../../node/manager/result.go", "m.answer(now, x, msg, core.KindWorkflowFinalResultAck, out, fx)", "m.calls.Respond(fx, msg, core.KindWorkflowFinalResultAck).Body = out"},
}

// Each mutant's text is there, once: who changes it changes the mutant. With HYPERSIM_JOB_MUTANTS=1 each is compiled in place
// of what it was made of, and 300 worlds must notice it.
func TestMutants(t *testing.T) {
	for _, m := range mutants {
		src, err := os.ReadFile(m.file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(src), m.text); n != 1 {
			t.Errorf("%s: %q stands %d times in %s", m.sentence, m.text, n, m.file)
			continue
		}
		if os.Getenv("HYPERSIM_JOB_MUTANTS") == "" {
			continue
		}
		t.Run(m.sentence, func(t *testing.T) {
			out, alive := m.run(t, strings.Replace(string(src), m.text, m.instead, 1))
			if t.Log(out); alive {
				t.Error("nobody noticed")
			}
		})
	}
}

// run plays worlds with the mutant, and returns what was said.
func (m *mutant) run(t *testing.T, src string) (out string, alive bool) {
	t.Helper()
	dir := t.TempDir()
	file, err := filepath.Abs(m.file)
	if err != nil {
		t.Fatal(err)
	}
	copied, overlay := filepath.Join(dir, filepath.Base(m.file)), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {file: copied}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{copied: []byte(src), overlay: replace} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.Command("go", "test", "-vet=off", "-timeout=300s", "-overlay="+overlay, "-run=^TestRandomClusters$", ".")
	run.Env = append(os.Environ(), "HYPERSIM_JOB_WORLDS=300", "HYPERSIM_JOB_WORLDS_FROM=0", "HYPERSIM_JOB_MUTANTS=")
	said, err := run.CombinedOutput()
	if strings.Contains(string(said), "[build failed]") {
		t.Fatalf("it does not build: %s", said)
	}
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "random_test.go") || strings.Contains(line, "panic:") {
			out += line
		}
	}
	return out, err == nil
}
