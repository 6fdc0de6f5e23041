package story

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"hypersim/core"
)

const head = `{"trace":1,"scenario":"s","seed":7,"nodes":["a/manager/0","a/worker/0","b/client/0"],"faults":["cut"]}`

// tale is a small run: a client hands a job in, a manager has it run, a fault takes the worker, a timer of the manager ends it.
var tale = []string{
	1:  `{"t":0,"k":"job_submitted","e":1,"n":2,"j":"00000000000000ab","w":0,"nth":0}`,
	2:  `{"t":0,"k":"sent","n":2,"p":0,"m":"job_submission","q":5,"b":90,"due":0,"body":{"job":171,"name":"x,}\""}}`,
	3:  `{"t":1000,"k":"delivered","n":0,"p":2,"m":"job_submission","q":5,"b":90,"s":0}`,
	4:  `{"t":1000,"k":"job_fact","n":0,"fact":"job_state","to":1,"ep":1,"j":"00000000000000ab"}`,
	5:  `{"t":1020,"k":"sent","n":0,"p":1,"m":"workflow_dispatch","q":6,"b":70,"due":0,"body":{"job":171}}`,
	6:  `{"t":1030,"k":"sent","n":0,"p":1,"m":"ping","q":7,"b":60,"due":2000}`,
	7:  `{"t":2000,"k":"fault_start","e":1,"fault":0}`,
	8:  `{"t":2000,"k":"crash","n":1,"inst":1}`,
	9:  `{"t":2000,"k":"dropped","e":1,"n":0,"p":1,"m":"ping","q":7,"b":60,"why":"down"}`,
	10: `{"t":3000,"k":"job_fact","e":1,"n":0,"fact":"job_state","from":1,"to":10,"ep":1,"j":"00000000000000ab"}`,
	11: `{"t":3000,"k":"fact","n":0,"fact":"transition","s":1,"from":"OK","to":"DEAD"}`,
	12: `{"t":3000,"k":"sent","n":0,"p":2,"m":"job_final_result","q":8,"b":80,"due":0,"body":{"job":1710}}`,
	13: `{"t":4000,"k":"delivered","n":2,"p":0,"m":"job_final_result","q":8,"b":80,"s":3000}`,
	14: `{"t":4000,"k":"end"}`,
}

func packed(t testing.TB, lines ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	zip, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(zip, strings.Join(lines, "\n")+"\n"); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func recording(t testing.TB) func() (*Reader, error) {
	file := packed(t, append([]string{head}, tale[1:]...)...)
	return func() (*Reader, error) { return NewReader(bytes.NewReader(file), "tale") }
}

// Words that no recording has are refused, with the nearest, and those of another flag are told as such.
func TestUnknownWords(t *testing.T) {
	h := &Header{Nodes: []string{"a/manager/0"}}
	_, err := h.Filter(&Ask{Kinds: []string{"fact", "job_ack", "delivred"}, Messages: []string{"ping", "pong"}, Facts: []string{"job_state", "job_stat", "zzzzzzzz"}})
	for _, want := range []string{
		"--kind job_ack: that is a message or fact", `--kind delivred: there is none of that name (did you mean "delivered"?)`, "--message pong: there is none of that name",
		`--fact job_stat: there is none of that name (did you mean "job_state"?)`, "--fact zzzzzzzz: there is none of that name (has transition",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	if err != nil && strings.Count(err.Error(), "\n") != 4 {
		t.Errorf("%v", err)
	}
}

// ask returns the numbers of the lines that are wanted.
func ask(t *testing.T, a Ask) (numbers []uint64) {
	t.Helper()
	r, err := recording(t)()
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Filter(&a)
	if err != nil {
		t.Fatal(err)
	}
	var l Line
	for err = r.Next(&l); err == nil; err = r.Next(&l) {
		if f.Wants(&l) {
			numbers = append(numbers, l.Number)
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return numbers
}

func TestFilter(t *testing.T) {
	for name, c := range map[string]struct {
		ask  Ask
		want []uint64
	}{
		"all":            {Ask{}, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}},
		"kind":           {Ask{Kinds: []string{"crash", "end"}}, []uint64{8, 14}},
		"message":        {Ask{Messages: []string{"ping"}}, []uint64{6, 9}},
		"fact":           {Ask{Facts: []string{"transition"}}, []uint64{11}},
		"node":           {Ask{Nodes: []string{"a/worker/0"}}, []uint64{5, 6, 8, 9, 11}},
		"site":           {Ask{Nodes: []string{"b"}}, []uint64{1, 2, 3, 12, 13}},
		"pattern":        {Ask{Nodes: []string{"*/worker/*"}, Kinds: []string{"sent"}}, []uint64{5, 6}},
		"time":           {Ask{From: 2000 * time.Nanosecond, To: 3000 * time.Nanosecond}, []uint64{7, 8, 9, 10, 11, 12}},
		"job":            {Ask{Job: "00000000000000ab"}, []uint64{1, 2, 3, 4, 5, 10}}, // 1710 is another one
		"job and moment": {Ask{Job: "00000000000000ab", From: 500}, []uint64{3, 4, 5, 10}},
	} {
		if have := ask(t, c.ask); !slices.Equal(have, c.want) {
			t.Errorf("%s: lines %v, want %v", name, have, c.want)
		}
	}
}

func TestFilterSaysAllThatIsWrong(t *testing.T) {
	r, err := recording(t)()
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Filter(&Ask{Nodes: []string{"c", "["}, Job: "xyz", From: 2, To: 1})
	for _, want := range []string{"--node c", "--node [", "--job xyz", "--from 2ns"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %s in %v", want, err)
		}
	}
}

func TestJobIsFoundByItsEnd(t *testing.T) {
	if id, err := Job(recording(t), "job-ab"); err != nil || id != "00000000000000ab" {
		t.Errorf("%q, %v", id, err)
	}
	if _, err := Job(recording(t), "cd"); err == nil {
		t.Error("a job that nobody handed in is found")
	}
}

// Each chain is what a person finds who reads the lines above: messages to their being sent, steps to what began them, a timer
// to what the node had last said of the job, a crash to the fault.
func TestCauses(t *testing.T) {
	for line, want := range map[uint64]string{
		1:  "1",
		5:  "5 step 3 sent 2 step 1",
		8:  "8 step 7",
		10: "10 silence 4 step 3 sent 2 step 1",
		13: "13 sent 12 step 10 silence 4 step 3 sent 2 step 1",
	} {
		links, err := Causes(recording(t), line, 30)
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		for _, l := range links {
			if l.Because != Root {
				have = append(have, [...]string{Sending: "sent", Step: "step", Silence: "silence"}[l.Because])
			}
			number, _, _ := strings.Cut(l.Line, " ")
			have = append(have, number[1:])
		}
		if s := strings.Join(have, " "); s != want {
			t.Errorf("causes of %d: %s, want %s", line, s, want)
		}
	}
	if links, err := Causes(recording(t), 13, 3); err != nil || len(links) != 3 {
		t.Errorf("of at most 3: %d, %v", len(links), err)
	}
	if _, err := Causes(recording(t), 15, 30); err == nil || !strings.Contains(err.Error(), "1 to 14") {
		t.Errorf("a line that is not there: %v", err)
	}
}

func TestDiff(t *testing.T) {
	other := slices.Clone(tale)
	other[6] = strings.Replace(other[6], "2000", "2001", 1)
	for name, c := range map[string]struct {
		lines  []string
		number uint64
		b      string
	}{
		"same":    {tale, 0, ""},
		"other":   {other, 6, "#6"},
		"longer":  {append(slices.Clone(tale), `{"t":5,"k":"end"}`), 15, "#15"},
		"shorter": {tale[:14], 14, ""},
	} {
		a, err := recording(t)()
		if err != nil {
			t.Fatal(err)
		}
		b, err := NewReader(bytes.NewReader(packed(t, append([]string{strings.Replace(head, "7", "8", 1)}, c.lines[1:]...)...)), "b")
		if err != nil {
			t.Fatal(err)
		}
		p, err := Diff(a, b)
		if err != nil || p.Number != c.number || !strings.HasPrefix(p.B, c.b) || (p.Number > 0) != (len(p.Before) > 0) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// A line names nodes and faults by their places: who is called otherwise is somebody else, and two runs part there.
func TestDiffOfOtherNodes(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		number   uint64
	}{
		"all nodes":  {`"a/manager/0","a/worker/0","b/client/0"`, `"x/gate/0","x/gate/1","x/gate/2"`, 1},
		"one node":   {"a/worker/0", "a/worker/1", 5},
		"a fault":    {`"cut"`, `"crash"`, 7},
		"one beside": {`"cut"]`, `"cut","crash"]`, 0},
	} {
		a, err := recording(t)()
		if err != nil {
			t.Fatal(err)
		}
		b, err := NewReader(bytes.NewReader(packed(t, append([]string{strings.Replace(head, c.from, c.to, 1)}, tale[1:]...)...)), "b")
		if err != nil {
			t.Fatal(err)
		}
		if p, err := Diff(a, b); err != nil || p.Number != c.number {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// What a viewer opens: JSON, arrows in pairs, an instant for each thing said.
func TestPerfetto(t *testing.T) {
	r, err := recording(t)()
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Filter(&Ask{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if n, err := Perfetto(r, f, &b); err != nil || n != 14 {
		t.Fatalf("%d lines, %v", n, err)
	}
	var file struct {
		TraceEvents []struct {
			Ph, Name string
			ID       int
			Pid, Tid int
		}
	}
	if err := json.Unmarshal(b.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	open := map[int]bool{}
	for _, e := range file.TraceEvents {
		count[e.Ph]++
		switch e.Ph {
		case "s":
			open[e.ID] = true
		case "f":
			if !open[e.ID] {
				t.Errorf("arrow %d has no beginning", e.ID)
			}
		}
	}
	if count["s"] != 4 || count["f"] != 2 || count["X"] != 6 || count["i"] != 8 || count["M"] != 6 {
		t.Errorf("events by phase: %v", count)
	}
}

// What a node does within less than an instant is drawn one within the other: slices that cross are laid out wrongly, and arrows with them.
func TestPerfettoSlicesDoNotCross(t *testing.T) {
	lines := []string{head}
	for i, at := range []int{0, 0, 400, 999, 1000, 1200, 5000} {
		lines = append(lines, fmt.Sprintf(`{"t":%d,"k":"sent","n":0,"p":1,"m":"ping","q":%d,"b":60,"due":9000}`, at, i))
	}
	r, err := NewReader(bytes.NewReader(packed(t, lines...)), "r")
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Filter(&Ask{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := Perfetto(r, f, &b); err != nil {
		t.Fatal(err)
	}
	var file struct {
		TraceEvents []struct {
			Ph      string
			TS, Dur float64
		}
	}
	if err := json.Unmarshal(b.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	ns := func(us float64) int { return int(math.Round(us * 1000)) }
	var from, to []int
	for _, e := range file.TraceEvents {
		if e.Ph != "X" {
			continue
		}
		begin, end := ns(e.TS), ns(e.TS+e.Dur)
		for i := range from {
			if begin < to[i] && end > to[i] {
				t.Errorf("one from %d to %d ns crosses another from %d to %d", begin, end, from[i], to[i])
			}
		}
		if begin >= end {
			t.Errorf("one from %d to %d ns", begin, end)
		}
		from, to = append(from, begin), append(to, end)
	}
	if len(from) != 7 {
		t.Errorf("%d slices", len(from))
	}
}

func TestBrokenRecordings(t *testing.T) {
	whole := packed(t, append([]string{head}, tale[1:]...)...)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"no file of ours": {packed(t, `{"hello":1}`), "no recording"},
		"not packed":      {[]byte(head), "no recording"},
		"cut":             {whole[:len(whole)-9], "middle"},
		"foreign line":    {packed(t, head, `{"t":1,"k":fact}`), "line 1 is none"},
	} {
		r, err := NewReader(bytes.NewReader(c.file), "f")
		var l Line
		for err == nil {
			err = r.Next(&l)
		}
		if errors.Is(err, io.EOF) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every type that a fact takes words from is known here; names without a room are explained with the kind.
func TestWordsOfFactsAreKnown(t *testing.T) {
	for k := core.JobFactNone + 1; k < core.NumJobFactKinds; k++ {
		from, to, code := k.Words()
		for _, name := range []string{from, to, code} {
			if strings.Contains(name, ".") && words[name] == nil {
				t.Errorf("%v takes words from %s", k, name)
			}
		}
	}
	r, err := recording(t)()
	if err != nil {
		t.Fatal(err)
	}
	var l Line
	for range 10 {
		if err := r.Next(&l); err != nil {
			t.Fatal(err)
		}
	}
	if have := string(r.Tell(nil, &l)); !strings.Contains(have, "from=SUBMITTED  to=TIMEOUT") {
		t.Error(have)
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range tale[1:] {
		f.Add([]byte(s))
	}
	h := &Header{Nodes: []string{"a/manager/0"}}
	f.Fuzz(func(_ *testing.T, raw []byte) {
		var l Line
		if l.parse(raw, 1) {
			h.Tell(nil, &l)
			newWeb().add(&l)
		}
	})
}
