package replica

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is the machine with one sentence of the specification taken out of its text.
type mutant struct {
	sentence, file, text, instead string
	table                         bool // a few hundred worlds do not notice it, the tables of rules do
}

var mutants = []mutant{
	{sentence: "03-1, 04-1: the claimant merges what acceptances carry", file: "claimed.go", text: "if len(a.Entry) > 0 && greater(", instead: "if len(a.Entry) > 99 && greater("},
	{sentence: "04-1: it counts its own replica as it is when it claims", file: "claim.go", text: "(c.best.Epoch == 0 || !greater(&c.best, &r.entry))", instead: "c.best.Epoch == 0"},
	{sentence: "04-1: a holder that claims anew begins with what it knows when it has won", file: "claim.go", text: "if r.lead != nil && !greater(&c.best, &r.entry) {", instead: "if r.lead != nil && c.best.Epoch == 0 {", table: true},
	{sentence: "04-7: a tombstone answers the question for another", file: "tombs.go", text: "if e.Reason == ReasonAccept {\n\t\t\treturn StandTerminal", instead: "if e.Reason == ReasonHandover {\n\t\t\treturn StandTerminal", table: true},
	{sentence: "03-3, 04-5: a claim only when a majority would accept", file: "claim.go", text: "bits(c.yes)+1 < m.majority()", instead: "bits(c.answered)+1 < m.majority()", table: true},
	{sentence: "03-4: an acceptance keeps others out", file: "rule.go", text: "case now < r.window &&", instead: "case now < 0 &&", table: true},
	{sentence: "03-9: a DELTA has a base", file: "store.go", text: "case e.Kind == EntryDelta && e.Base == r.entry.Seq:", instead: "case e.Kind == EntryDelta:"},
	{sentence: "03-10: an ACCEPT that is not above is rejected", file: "store.go", text: "e.Seq <= r.entry.Seq && r.holder() == h {", instead: "e.Seq <= r.entry.Seq {", table: true},
	{sentence: "03-11: the holder is a process", file: "machine.go", text: "m.lives[i] > h.Instance || ", instead: "", table: true},
	{sentence: "03-12: a higher held epoch ends leadership", file: "store.go", text: "if r.lead != nil && (r.holder() != m.me || r.entry.Epoch < epoch) {", instead: "if r.lead != nil && r.holder() == m.me && epoch == 0 {"},
	{sentence: "04-5: a holder that a promise cuts off claims anew", file: "round.go", text: "case l.reclaim == core.Never && r.claim == nil && b.Ready:", instead: "case l.reclaim != core.Never && r.claim == nil && b.Ready:"},
	{sentence: "04-5: entries below a promise are refused", file: "store.go", text: "case e.Epoch < r.seen():", instead: "case e.Epoch < r.entry.Epoch:"},
	{sentence: "04-8: an ack that is not ready is none", file: "round.go", text: "case b.Ready && v.Epoch == r.entry.Epoch", instead: "case v.Epoch == r.entry.Epoch", table: true},
	{sentence: "04-9: who does not know the job accepts a claim with its entry", file: "rule.go", text: "if !b.entry {", instead: "if !b.entry || b.reason != ReasonAccept {", table: true},
	{sentence: "03-14, 04-10: resync from more than one", file: "resync.go", text: ">= others+1-m.majority()+1", instead: ">= 1"},
	{sentence: "03-14: resync reads promises", file: "resync.go", text: "m.learnt(now, f.Job, f.Promised, f.Entry, fx)", instead: "m.learnt(now, f.Job, 0, f.Entry, fx)", table: true},
	{sentence: "resync waits until no ack of the earlier life counts", file: "resync.go", text: "m.reading.next = now.Add(m.cfg.Lease.Holdoff)", instead: "m.reading.next = now", table: true},
	{sentence: "04-45: an ack counts for 6 s", file: "lead.go", text: "l.agreed(need, now.Add(-m.cfg.Lease.commitWindow()))", instead: "l.agreed(need, nobody)", table: true},
	{sentence: "5.2: a lease is renewed by acks", file: "round.go", text: "\t\tif !r.lead.accepting {\n\t\t\tb.Entries", instead: "\t\tif r.lead.until = now.Add(m.cfg.Lease.Duration); !r.lead.accepting {\n\t\t\tb.Entries"},
	{sentence: "5.2: it counts from the sending", file: "round.go", text: "max(a.seq, v.Seq), max(a.at, at)", instead: "max(a.seq, v.Seq), max(a.at, at, now)", table: true},
	{sentence: "04-7: a tombstone answers entries", file: "store.go", text: "m.tombs.Find(now, e.Job); ok {\n\t\treturn StandTerminal", instead: "m.tombs.Find(now, e.Job); ok && e.Epoch == 0 {\n\t\treturn StandTerminal"},
	{sentence: "04-13: the promise outlives the failed acceptance", file: "lead.go", text: "\t\t\tr.entry = Entry{}\n", instead: "\t\t\tr.entry, r.promise.Token = Entry{}, 0\n"},
	{sentence: "04-15: a cancel tombstone is a commit", file: "tombs.go", text: "bits(g.acks)+1 >= m.majority()", instead: "bits(g.acks)+1 >= 1"},
	{sentence: "04-15: a member with a record refuses it", file: "tombs.go", text: "case r.known() || r.claim != nil ||", instead: "case r.claim != nil ||"},
	{sentence: "04-47: a remembered cancel stores no ACCEPT", file: "rule.go", text: "b.reason == ReasonAccept && r.cancel > now", instead: "b.reason == ReasonAccept && r.cancel < 0", table: true},
	{sentence: "the withdrawal of a handover is committed before the holder decides again", file: "lead.go", text: " && l.committed >= l.withdrawn", instead: "", table: true},
	{sentence: "a holder that has promised its job is no member of its majority", file: "lead.go", text: "if r.seen() == r.entry.Epoch { // a holder", instead: "if r.seen() > 0 { // a holder", table: true},
	{sentence: "a member that is not ready accepts no acceptance", file: "store.go", text: "if !m.ready {\n\t\treturn StandMissing", instead: "if m.p.Self == core.NoNode {\n\t\treturn StandMissing", table: true},
	{sentence: "5.3 no. 2: a lease keeps others out", file: "rule.go", text: "r.lead != nil, r.lease <= now, m.gone(h)", instead: "r.lead != nil, r.lease <= core.Never, m.gone(h)"},
	{sentence: "04-8: committed is what a majority has", file: "lead.go", text: "\tneed := m.majority()\n", instead: "\tneed := m.majority() - 1\n"},
}

// Each mutant's text is there, once: who changes it changes the mutant. With HYPERSIM_REPLICA_MUTANTS=1 (and 600 for
// HYPERSIM_REPLICA_WORLDS) each is compiled in
// place of the machine, and the worlds must notice it, or the tables where it takes more worlds than one has time for.
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
		if os.Getenv("HYPERSIM_REPLICA_MUTANTS") == "" {
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
	tests := "^TestManyRandomWorlds$"
	if m.table {
		tests = "^(TestRules.*|TestAcceptance|TestResync)$"
	}
	said, err := exec.Command("go", "test", "-vet=off", "-timeout=120s", "-overlay="+overlay, "-run="+tests, ".").CombinedOutput()
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, ": world ") || strings.Contains(line, "panic") || strings.Contains(line, ".go:") && (m.table && out == "" || strings.Contains(line, "too little")) {
			out = strings.TrimSpace(line)
		}
	}
	if strings.Contains(string(said), "[build failed]") {
		t.Fatalf("it does not build: %s", said)
	}
	return out, err == nil
}
