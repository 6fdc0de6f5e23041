package jobtimeout

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is a machine with one sentence of the specification taken out of its text.
type mutant struct{ sentence, file, text, instead string }

var mutants = []mutant{
	{"6.4 no. 3: a timeout report is repeated until it was answered", "manager_report.go", "if t.kind != KindNone && !t.acked {", "if t.kind != KindNone && now < 0 {"},
	{"6.5: a report under a lower epoch is refused", "gate_hear.go", "case s.de < p.de:", "case s.de < p.de && s.de > p.de:"},
	{"6.7: the time of a job is not reset at a transfer", "manager_resume.go", "t.started = now.Add(-(s.Elapsed + age))", "t.started = now"},
	{"6.7: a snapshot is as old as it is", "manager_resume.go", "t.started = now.Add(-(s.Elapsed + age))", "t.started = now.Add(-s.Elapsed)"},
	{"6.7: the time of a job is not reset at another gate", "gate_track.go", "submitted: now.Add(-s.Elapsed)", "submitted: now"},
	{"6.5: the maximum over datacenters counts, not the sum", "gate_rules.go", "e = max(e, t.sites[i].total)", "e += t.sites[i].total"},
	{"6.4 J34: the worker with the most counts, not the sum over workers", "manager_track.go", "t.most = max(t.most, w.total)", "t.most += g.By"},
	{"6.4: O is strict", "manager_rules.go", "case now > o:", "case now >= o:"},
	{"6.4 J35: a job that waits for cores is not stuck", "manager_rules.go", "case (runs || m.cfg.Waiting == WaitingIsStuck) && now > s:", "case now > s:"},
	{"6.4: an extension has its own clock", "manager_rules.go", "\tif t.granted {\n", "\tif t.granted && t.pos < -9 {\n"},
	{"6.4 J36: detection is taken back when the job gets on", "manager_track.go", "if t.kind == KindStuck {\n\t\tm.withdraw", "if t.kind == KindStuck && now < 0 {\n\t\tm.withdraw"},
	{"6.4: a gate that answers keeps the say", "manager_rules.go", "max(t.localAt, t.contact).Add", "t.localAt.Add"},
	{"6.4: the fallback is strict", "manager_rules.go", "now > t.fallbackAt(m.cfg):", "now >= t.fallbackAt(m.cfg):"},
	{"6.5: R1 is strict", "gate_rules.go", "case now > r1:", "case now >= r1:"},
	{"01-22: a silent datacenter holds R2 back", "gate_rules.go", "p.extended > 0 || p.silent || now >= p.heard.Add(g.cfg.Silent):", "p.extended > 0:"},
	{"6.5: R2 asks for extensions", "gate_rules.go", "case p.extended > 0 || p.silent", "case p.silent"},
	{"6.5: R3 asks for extensions", "gate_rules.go", "if p.timedOut && p.extended == 0 {", "if p.timedOut {"},
	{"6.5: the majority is of the targets", "gate_rules.go", "2*n > len(t.sites)", "2*n > live"},
	{"01-23: the first word after a silence is progress", "gate_hear.go", "\t\tp.progress = now\n\t\tg.timeoutFact", "\t\tg.timeoutFact"},
	{"6.5: only recent progress is progress", "gate_hear.go", "if b.Recent {", "if b.Seq > 0 {"},
	{"6.5: reports count in their order", "gate_hear.go", "if b.Seq > p.seq && p.live() && !t.stopped {\n\t\tp.seq = b.Seq\n\t\tif b.Recent", "if p.live() && !t.stopped {\n\t\tp.seq = b.Seq\n\t\tif b.Recent"},
	{"6.5: a new leader takes LOCAL_TIMEOUT back", "gate_hear.go", "p.progress, p.timedOut = now, false", "p.progress = now"},
	{"J7: whoever reports about a job that is over is told so", "gate_hear.go", "r.Answer.Code, r.State = call.CodeAlreadyTerminal, job.StateTimeout", "r.Answer.Code = call.CodeOK"},
	{"03-13: nobody is told before the commit", "gate_hear.go", "r.Later = true", "r.Answer.Code, r.State = call.CodeAlreadyTerminal, job.StateTimeout"},
	{"2.4: a command is repeated until it was answered", "gate_command.go", "p.next = now.Add(wait)", "p.next = core.Never"},
	{"6.5: a command that is stale goes again at once", "gate_command.go", "p.de = max(p.de, a.DE)\n\t\tg.hop", "p.de = max(p.de, a.DE)\n\t\tp.to = from\n\t\tif now > 0 {\n\t\t\treturn\n\t\t}\n\t\tg.hop"},
	{"6.5: without an answer another manager is asked", "gate_command.go", "case a == nil:\n\t\tp.to = g.after(p, from)", "case a == nil:"},
	{"6.5: a transfer after the end is answered by the command, too", "gate_hear.go", "case t.stopped && !p.settled:\n\t\tg.command", "case t.stopped && !p.settled && p.silent:\n\t\tg.command"},
	{"04-40: a lost datacenter has a timer of its own", "gate_rules.go", "p.losing = true", "p.losing = now < 0"},
	{"6.6: commands are fenced by the epoch of the gate", "command.go", "case b.GE < h.GE:", "case b.GE < h.GE && h.GE == 0:"},
	{"6.6: and by that of the datacenter", "command.go", "case b.DE != 0 && b.DE < h.DE:", "case b.DE != 0 && b.DE < h.DE && h.Pending:"},
	{"J8: a decision that is taken is not taken back", "manager_track.go", "\tif t.deciding {\n\t\treturn // the decision stands (J8)\n\t}\n", ""},
}

// Each mutant's text is there, once: who changes it changes the mutant. With HYPERSIM_TIMEOUT_MUTANTS=1 each is compiled in
// place of the machine, and a script, a model or a table must notice it.
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
		if os.Getenv("HYPERSIM_TIMEOUT_MUTANTS") == "" {
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

// run tests the mutant, and returns what was said, in a line.
func (m *mutant) run(t *testing.T, src string) (out string, alive bool) {
	t.Helper()
	dir := t.TempDir()
	file, err := filepath.Abs(m.file)
	if err != nil {
		t.Fatal(err)
	}
	copied, overlay := filepath.Join(dir, m.file), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {file: copied}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{copied: []byte(src), overlay: replace} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := "^(TestScripts|TestManagerAgainstTheRules|TestGateAgainstTheRules|TestGlobalTimeoutRows|TestResume|TestRepeatsChangeNothing)$"
	said, err := exec.Command("go", "test", "-vet=off", "-timeout=60s", "-overlay="+overlay, "-run="+tests, ".").CombinedOutput()
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "--- FAIL: ") {
			out = strings.TrimSpace(line)
		}
	}
	if strings.Contains(string(said), "[build failed]") {
		t.Fatalf("it does not build: %s", said)
	}
	return out, err == nil
}
