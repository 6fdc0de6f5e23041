package election

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// edit is a piece of the machine's text, and what stands in its place.
type edit struct{ file, text, instead string }

// mutant is the machine with one sentence of the specification taken out of its text.
type mutant struct {
	sentence string
	edits    []edit
	table    bool // 200 worlds do not notice it, for another sentence forbids the same or it takes more of them; the tables of rules do
}

var mutants = []mutant{
	{"5.1: one vote a term", []edit{
		{"voter.go", " &&\n\t\t(m.vote == core.NoNode || m.vote == b.Candidate)", ""}}, true},
	{"5.1: one vote a term, where terms belong to nobody (03-22)", []edit{
		{"voter.go", " &&\n\t\t(m.vote == core.NoNode || m.vote == b.Candidate)", ""},
		{"machine.go", "return t + (mine+c-t%c)%c", "return t + 0*(mine+c)"}}, false},
	{"5.1: a lease is renewed by acknowledgements", []edit{
		{"leader.go", "r.acks == m.majority() {", "r.acks == 1 {"}}, false},
	{"1.2: a voter that starts gives no vote for a while, and its acknowledgements do not count", []edit{{"start.go", "m.holdoff = now.Add(m.c.Holdoff)", "m.holdoff = now"}}, false},
	{"1.2: no vote within the holdoff, of which acknowledgements speak all the same (03-25)", []edit{
		{"voter.go", "grant := b.Term == m.term && now >= m.holdoff &&", "grant := b.Term == m.term &&"},
		{"voter.go", "now < m.lease, now < m.holdoff, b.LHM", "now < m.lease, b.LHM"}}, true},
	{"03-25: an acknowledgement within the holdoff does not count", []edit{
		{"leader.go", " || b.Holdoff {", " {"}}, true},
	{"5.1: no vote while the lease of another lasts", []edit{
		{"voter.go", "now >= m.holdoff && now >= m.lease && b.LHM", "now >= m.holdoff && b.LHM"},
		{"voter.go", "b.Term <= m.term, m.believes(now), now < m.lease, now", "b.Term <= m.term, now"}}, false},
	{"03-26: a higher term leaves the lease alone", []edit{
		{"voter.go", "m.term, m.vote = term, core.NoNode\n", "m.term, m.vote = term, core.NoNode\n\tm.lease = min(m.lease, now)\n"}}, true},
	{"03-24: a leader acts for less than its voters keep faith", []edit{
		{"leader.go", "m.extend(r.sent.Add(m.c.Lease-m.c.Margin), fx)", "m.extend(r.sent.Add(m.c.Lease+m.c.Margin), fx)"}}, true},
	{"5.1: a lease counts from the sending", []edit{
		{"leader.go", "m.extend(r.sent.Add(m.c.Lease-m.c.Margin), fx)", "m.extend(r.sent.Add(m.c.Lease-m.c.Margin+m.c.Heartbeat), fx)"}}, false},
	{"03-26: only the end of its own leader ends a lease early", []edit{
		{"voter.go", "if b.Term == m.term && b.Leader == m.leader {", "if b.Term <= m.term {"}}, true},
	{"5.1: a majority", []edit{
		{"machine.go", "return len(m.p.Voters)/2 + 1", "return (len(m.p.Voters) + 1) / 3"}}, false},
}

// Each mutant's text is there, once: who changes it changes the mutant. With HYPERSIM_ELECTION_MUTANTS=1 each is compiled in
// place of the machine, and 200 worlds must notice it, or the tables of rules where it takes more than those.
func TestMutants(t *testing.T) {
	for _, m := range mutants {
		changed := map[string]string{}
		for _, e := range m.edits {
			if changed[e.file] == "" {
				src, err := os.ReadFile(e.file)
				if err != nil {
					t.Fatal(err)
				}
				changed[e.file] = string(src)
			}
			if n := strings.Count(changed[e.file], e.text); n != 1 {
				t.Fatalf("%s: %q stands %d times in %s", m.sentence, e.text, n, e.file)
			}
			changed[e.file] = strings.Replace(changed[e.file], e.text, e.instead, 1)
		}
		if os.Getenv("HYPERSIM_ELECTION_MUTANTS") == "" {
			continue
		}
		t.Run(m.sentence, func(t *testing.T) {
			out, alive := tested(t, changed, "^TestManyRandomWorlds$")
			if t.Log(out); alive != m.table {
				t.Errorf("noticed by worlds: %v", !alive)
			}
			if !alive {
				return
			}
			if out, alive = tested(t, changed, "^Test(Votes|PreVotes|Acks|Leaders|Gap|TermsBelongToMembers|IsolatedLeaderStepsDownFirst|StepsDown)$"); alive {
				t.Error("nobody noticed")
			}
			t.Log(out)
		})
	}
}

// tested runs the tests over the changed files, and returns what was said, in a line.
func tested(t *testing.T, changed map[string]string, tests string) (out string, alive bool) {
	t.Helper()
	dir, replace := t.TempDir(), map[string]string{}
	for name, text := range changed {
		file, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		replace[file] = filepath.Join(dir, name)
		if err := os.WriteFile(replace[file], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("go", "test", "-vet=off", "-timeout=120s", "-overlay="+filepath.Join(dir, "overlay.json"), "-run="+tests, ".").CombinedOutput()
	if strings.Contains(string(said), "[build failed]") {
		t.Fatalf("it does not build: %s", said)
	}
	for line := range strings.Lines(string(said)) {
		if out == "" && (strings.Contains(line, ": world ") || strings.Contains(line, "panic") || strings.Contains(line, "_test.go:")) {
			out = strings.TrimSpace(line)
		}
	}
	return out, err == nil
}
