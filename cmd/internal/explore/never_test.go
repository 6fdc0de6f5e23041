package explore

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hypersim/cmd/internal/story"
	"hypersim/core"
	"hypersim/sim/trace"
)

// What is left out of the catalogue is there to be left out: each word is one of its type, and stands in no mark.
func TestNeverIsOfTheTables(t *testing.T) {
	if n := Marks(); n < 120 {
		t.Errorf("%d marks", n)
	}
	known := map[string]bool{}
	for k := core.JobFactNone + 1; k < core.NumJobFactKinds; k++ {
		_, to, code := k.Words()
		for joint, of := range map[string]string{k.String() + " to ": to, k.String() + ": ": code} {
			for v := 0; v < 256 && strings.Contains(of, "."); v++ {
				if word, ok := story.Word(of, uint8(v)); ok {
					known[joint+word] = true
				}
			}
		}
	}
	for joint, words := range never {
		for _, word := range strings.Fields(words) {
			if !known[joint+word] {
				t.Errorf("%q: no fact can say that", joint+word)
			}
		}
	}
	for _, name := range all.names {
		if name == "job_state to NONE" || name == "workflow_state to NONE" || name == "refused: CONTROL" {
			t.Errorf("%q can be reached?", name)
		}
	}
}

// A kind that nobody sends is named by no role, and every other one by somebody.
func TestUnsentKinds(t *testing.T) {
	var text strings.Builder
	err := filepath.WalkDir("../../../core", func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "messages") || filepath.Dir(path) == "../../../core" {
			return err
		}
		src, err := os.ReadFile(path)
		text.Write(src)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sent := map[string]bool{}
	for _, m := range regexp.MustCompile(`core\.(Kind\w+)[),}\n]`).FindAllStringSubmatch(text.String(), -1) {
		sent[m[1]] = true
	}
	names, err := os.ReadFile("../../../core/jobkind.go")
	if err != nil {
		t.Fatal(err)
	}
	k := core.KindStreamFailed // the list goes on behind it
	for _, m := range regexp.MustCompile(`(?m)^\t(Kind\w+)`).FindAllStringSubmatch(string(names), -1) {
		k++
		asked := k == core.KindPingRequest || k == core.KindDatacenterListRequest || k == core.KindHealthCheck // by name, of clients: workloads of kind query
		if (sent[m[1]] || asked) != travels(k) {
			t.Errorf("%s (%v): named by a role: %t, in the catalogue: %t", m[1], k, sent[m[1]], travels(k))
		}
	}
	if k < core.KindStateSyncResponse {
		t.Errorf("the list of kinds ends with %v", k)
	}
}

// Who reaches what nothing can reach is told which, and what else the fact reaches is noted all the same.
func TestStrangeReachIsNamed(t *testing.T) {
	r := reached{set: newSet()}
	r.RecordJob(&trace.JobRecord{Kind: trace.JobFact, Fact: core.JobFact{Kind: core.JobFactSubmit, To: 1}})
	if r.odd != "" {
		t.Fatal(r.odd)
	}
	for code := range uint8(255) {
		if word, _ := story.Word("call.Code", code); word == "UNKNOWN_JOB" {
			r.RecordJob(&trace.JobRecord{Kind: trace.JobFact, Fact: core.JobFact{Kind: core.JobFactSubmit, To: 2, Code: code}})
		}
	}
	if r.odd != "submit: UNKNOWN_JOB" || len(r.list()) != 2 { // "submit to submission" and "submit: OK"
		t.Errorf("%q, %d marks", r.odd, len(r.list()))
	}
}
