package story

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func taleOf(t *testing.T, b *Breach, most int, lines ...string) []string {
	t.Helper()
	file := packed(t, append([]string{head}, lines...)...)
	out, err := Tale(func() (*Reader, error) { return NewReader(bytes.NewReader(file), "tale") }, b, most)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The story of the small run: the manager ends a job that it was given, since its worker is gone.
func TestTale(t *testing.T) {
	b := &Breach{
		Invariant: "I-X1", Rule: "a job ends when its work has", What: "a/manager/0 ends job-00000000000000ab, whose work has not ended", At: 3000,
		Nodes: []string{"a/manager/0"}, Faults: []Mishap{{"cut", "crash", "for good"}},
	}
	have := strings.Join(taleOf(t, b, TaleMax, tale[1:]...), "\n")
	want := `This run breaks I-X1 at 0.000003 s: a/manager/0 ends job-00000000000000ab, whose work has not ended.
0 s: b/client/0 is given job-00000000000000ab to hand in.
0 s: b/client/0 sends job_submission to a/manager/0, which gets it 1 µs later.
0.000001 s: a/manager/0 moves job-00000000000000ab to SUBMITTED.
0.000002 s: the fault cut (crash, for good) begins.
0.000003 s: a/manager/0 moves job-00000000000000ab from SUBMITTED to TIMEOUT.
I-X1 says: a job ends when its work has.`
	if have != want {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
	if have := taleOf(t, &Breach{Invariant: "I-X2", Rule: "r", What: "w", At: 3000, Nodes: []string{"c/gate/0"}}, TaleMax, tale[1:]...); len(have) != 4 || !strings.Contains(have[1], "Nothing") || !strings.Contains(have[2], "fault cut") {
		t.Errorf("of a node that says nothing: %q", have)
	}
}

// A breach of membership is led back through what one node holds of the other, not through its jobs.
func TestTaleOfMembers(t *testing.T) {
	lines := []string{
		`{"t":1000,"k":"pause","e":1,"n":1,"fault":0}`,
		`{"t":2000,"k":"sent","e":1,"n":2,"p":0,"m":"gossip","q":1,"b":60,"due":2500}`,
		`{"t":2500,"k":"delivered","n":0,"p":2,"m":"gossip","q":1,"b":60,"s":2000}`,
		`{"t":2500,"k":"fact","n":0,"fact":"suspicion_started","s":1}`,
		`{"t":2500,"k":"fact","n":0,"fact":"transition","s":1,"from":"OK","to":"SUSPECT","cause":"gossip"}`,
		`{"t":4000,"k":"job_fact","e":1,"n":0,"fact":"job_state","to":1,"ep":1,"j":"00000000000000ab"}`,
		`{"t":9000,"k":"fact","e":1,"n":0,"fact":"transition","s":1,"from":"SUSPECT","to":"DEAD","cause":"expired"}`,
	}
	b := &Breach{Invariant: "I-M9", Rule: "the living are not dead", What: "a/manager/0 holds a/worker/0 DEAD", At: 10_000, Nodes: []string{"a/manager/0", "a/worker/0"}}
	have := strings.Join(taleOf(t, b, TaleMax, lines...), "\n")
	for _, want := range []string{"a/worker/0 is frozen", "b/client/0 sends gossip to a/manager/0, which gets it 500 ns later", "a/manager/0 holds a/worker/0 SUSPECT, no longer OK (gossip)", "holds a/worker/0 DEAD, no longer SUSPECT (expired)"} {
		if !strings.Contains(have, want) {
			t.Errorf("no word of %q in\n%s", want, have)
		}
	}
	if strings.Contains(have, "job") {
		t.Errorf("it speaks of a job:\n%s", have)
	}
}

// Where a message breaks the rule, and no state that a node tells of, the story ends with that message and what led to it.
func TestTaleOfMessages(t *testing.T) {
	lines := []string{
		`{"t":1000,"k":"job_fact","e":1,"n":0,"fact":"workflow_state","to":1,"ep":1,"j":"00000000000000ab","wf":"0000000000000001"}`,
		`{"t":8000,"k":"sent","e":1,"n":2,"p":0,"m":"job_state_sync","q":1,"b":60,"due":9000}`,
		`{"t":9000,"k":"delivered","e":1,"n":0,"p":2,"m":"job_state_sync","q":1,"b":60,"s":8000}`,
		`{"t":9500,"k":"sent","n":0,"p":2,"m":"job_state_sync_ack","q":1,"b":60,"due":9900}`,
		`{"t":9500,"k":"delivered","e":1,"n":0,"p":2,"m":"ping","q":2,"b":60,"s":9100}`,
	}
	b := &Breach{Invariant: "I-X1", Rule: "r", What: "a/manager/0 says that it holds job-00000000000000ab", At: 9500, Nodes: []string{"a/manager/0"}}
	have := strings.Join(taleOf(t, b, TaleMax, lines...), "\n")
	for _, want := range []string{"moves wf-0000000000000001 to PENDING", "b/client/0 sends job_state_sync to a/manager/0, which gets it 1 µs later", "a/manager/0 sends job_state_sync_ack to b/client/0"} {
		if !strings.Contains(have, want) {
			t.Errorf("no word of %q in\n%s", want, have)
		}
	}
	b.At = 1000 // here it told of a state, and that is the end
	if have := strings.Join(taleOf(t, b, TaleMax, lines...), "\n"); strings.Contains(have, "sends") {
		t.Errorf("it goes on:\n%s", have)
	}
}

// A long story is told in as many sentences as there may be: the beginning, the end, and that something was left out.
func TestTaleIsShort(t *testing.T) {
	var lines []string
	for i := range 400 { // the manager and the worker speak by turns, and each time the job gets on
		at, who, peer := 1000*i, i%2, 1-i%2
		lines = append(lines,
			fmt.Sprintf(`{"t":%d,"k":"job_fact","n":%d,"fact":"workflow_state","to":%d,"ep":1,"j":"00000000000000ab","wf":"%016x"}`, at, who, 1+i%3, i),
			fmt.Sprintf(`{"t":%d,"k":"sent","n":%d,"p":%d,"m":"workflow_dispatch","q":%d,"b":70,"due":0,"body":{"job":171}}`, at, who, peer, i+1),
			fmt.Sprintf(`{"t":%d,"k":"delivered","n":%d,"p":%d,"m":"workflow_dispatch","q":%d,"b":70,"s":%d}`, at+1000, peer, who, i+1, at))
	}
	b := &Breach{Invariant: "I-X1", Rule: "r", What: "job-00000000000000ab", At: 500_000, Nodes: []string{"a/manager/0"}}
	have := taleOf(t, b, TaleMax, lines...)
	if len(have) > TaleMax || len(have) < TaleMax-3 {
		t.Fatalf("%d sentences", len(have))
	}
	if text := strings.Join(have, "\n"); strings.Count(text, "steps later") != 1 || !strings.HasPrefix(have[1], "0 s") {
		t.Errorf("%s", text)
	}
}

// Every fact about a job that is told in words of its own is one, and every sentence ends.
func TestSentencesAreOfFacts(t *testing.T) {
	for name, tell := range facts {
		if _, ok := jobFacts[name]; !ok {
			t.Errorf("there is no fact %s", name)
		}
		s := &saying{h: &Header{}, l: &Line{Job: []byte("00000000000000ab")}, fields: map[string]string{}}
		if text := tell(s); text == "" || strings.HasSuffix(text, " ") || strings.HasSuffix(text, ".") {
			t.Errorf("%s: %q", name, text)
		}
	}
}

// Sentences of facts have no field names, sections or words that only the table of facts explains.
func TestSentences(t *testing.T) {
	h := &Header{Nodes: []string{"a/gate/0", "b/manager/1"}}
	for line, want := range map[string]string{
		`{"t":1,"k":"fact","n":0,"fact":"reach","s":1,"cause":"probe_failed","datacenter":1,"reach":2,"old_reach":1}`: "a/gate/0 calls datacenter b SUSPECTED, no longer REACHABLE (probe failed)",
		`{"t":1,"k":"fact","n":0,"fact":"reach","cause":"expired","reach":3}`:                                         "a/gate/0 calls datacenter 0 UNREACHABLE (expired)",
		`{"t":1,"k":"fact","n":0,"fact":"reach","s":1,"reach":9}`:                                                     "a/gate/0 calls datacenter b 9",
		`{"t":1,"k":"fact","n":0,"fact":"join","s":1,"cause":"join_sent","attempts":1}`:                               "a/gate/0 joins by way of b/manager/1 (join sent)",
		`{"t":1,"k":"fact","n":0,"fact":"stopped","s":0}`:                                                             "a/gate/0 has finished leaving",
		`{"t":1,"k":"fact","n":0,"fact":"sync","s":1}`:                                                                "a/gate/0 finds, about b/manager/1: tables were compared with the subject",
		`{"t":1,"k":"job_fact","n":0,"fact":"leader","to":1,"o":0,"term":3}`:                                          "a/gate/0 leads in term 3",
		`{"t":1,"k":"job_fact","n":0,"fact":"leader","to":1,"o":1,"term":3}`:                                          "a/gate/0 follows b/manager/1 in term 3",
	} {
		var l Line
		if !l.parse([]byte(line), 1) {
			t.Fatal(line)
		}
		if have := h.sentence(&l, nil); have != want {
			t.Errorf("%q, not %q", have, want)
		}
	}
	if have := brief("it ended (spec 10 §4); subject is the seed"); have != "it ended" {
		t.Errorf("%q", have)
	}
}
