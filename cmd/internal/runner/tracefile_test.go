package runner

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"hypersim/core"
	"hypersim/core/swim"
	"hypersim/sim/trace"
)

type sink struct {
	bytes.Buffer
	room   int // bytes until the disk is full; 0: endless
	closed bool
}

var errFull = errors.New("no space left on device")

func (s *sink) Write(p []byte) (int, error) {
	if s.room > 0 && s.Len()+len(p) > s.room {
		return 0, errFull
	}
	return s.Buffer.Write(p)
}

func (s *sink) Close() error { s.closed = true; return nil }

// records are one of every shape.
func records() []trace.Record {
	m := &core.Message{
		Kind: core.KindPing, From: 1, To: 2, Seq: 7, Incarnation: 3, Target: 2, Flags: core.FlagProbe,
		Updates: []core.Update{{Subject: 4, Incarnation: 9, From: 5, Type: core.UpdateSuspect}, {Subject: 6, From: core.NoNode}},
		Body: &swim.SyncFull{Records: []core.Entry{
			{Subject: 4, State: core.StateOK, Role: core.RoleManager, Accuser: core.NoNode}, {Subject: 5, State: core.StateSuspect, Incarnation: 2, Accuser: 1},
		}},
		Extra: &core.Extra{
			Health:  []core.HealthEntry{{Subject: 3, Version: 2, Load: core.LoadBusy, Accepting: true, Capacity: 8, Throughput: 0.5, Expected: 1}},
			Workers: []core.WorkerEntry{{Worker: 6, Owner: 3, Instance: 7, Incarnation: 4, Cores: 16, Available: 2, State: core.WorkerEvicted}},
		},
		Coord: core.Coord{Dims: 2, Vec: [core.MaxDims]float32{0.5, -0.25}, Height: 1e-5},
	}
	var out []trace.Record
	for k := trace.KindSent; k < trace.NumKinds; k++ {
		r := trace.Record{At: 5, Local: 6, Due: 9, Kind: k, Node: 1, Peer: 2, Size: 90, Fault: 0, X: 1.5, Reason: trace.ReasonLoss, Msg: m}
		if k != trace.KindFact {
			out = append(out, r)
			continue
		}
		for f := core.FactNone + 1; f < core.NumFactKinds; f++ {
			r.Fact = core.Fact{Kind: f, Subject: 2, Other: core.NoNode, From: core.StateOK, To: core.StateSuspect, Cause: core.CauseSilent, A: -1, X: [5]float32{1, 2}}
			out = append(out, r)
		}
	}
	return out
}

// Every line is one JSON object with t and k, and the file ends with a complete frame.
func TestTraceFile(t *testing.T) {
	file := &sink{}
	s, err := newTrace(file, load(t))
	if err != nil {
		t.Fatal(err)
	}
	list := records()
	for i := range list {
		s.Record(&list[i])
	}
	if err := s.close(); err != nil || !file.closed {
		t.Fatal(err, file.closed)
	}
	z, err := zstd.NewReader(&file.Buffer)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	lines := bufio.NewScanner(z)
	n := 0
	for ; lines.Scan(); n++ {
		var v map[string]any
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		if n == 0 {
			if nodes, _ := v["nodes"].([]any); v["trace"] != 1.0 || len(nodes) != 27 {
				t.Errorf("header %s", lines.Text())
			}
			continue
		}
		if r := &list[n-1]; v["t"] != 5.0 || v["k"] != r.Kind.String() {
			t.Errorf("%s for a record of kind %v", lines.Text(), r.Kind)
		}
	}
	if err := lines.Err(); err != nil || n != len(list)+1 {
		t.Errorf("%d lines, %v; want %d", n, err, len(list)+1)
	}
}

func TestTraceLine(t *testing.T) {
	list := records()
	for _, c := range []struct {
		kind trace.Kind
		want string
	}{
		{trace.KindSent, `{"t":5,"k":"sent","n":1,"p":2,"m":"ping","q":7,"b":90,"due":9,"role":"worker","inc":3,"for":2,"f":32,` +
			`"up":[["suspect",4,9,5],["alive",6,0]],"hl":[["busy",3,2,1,8,0.5,1]],"wk":[["evicted",6,4,3,16,2,7]],"c":[1e-05,0,0,0,0,0.5,-0.25],` +
			`"body":{"records":[{"subject":4,"state":"OK","role":"manager","incarnation":0,"accuser":null},` +
			`{"subject":5,"state":"SUSPECT","role":"worker","incarnation":2,"accuser":1}]}}`},
		{trace.KindDelivered, `{"t":5,"k":"delivered","n":1,"p":2,"m":"ping","q":7,"b":90,"s":9}`},
		{trace.KindDropped, `{"t":5,"k":"dropped","n":1,"p":2,"m":"ping","q":7,"b":90,"why":"loss"}`},
		{trace.KindSlow, `{"t":5,"k":"slow","n":1,"x":1.5,"fault":0}`},
		{trace.KindFaultStart, `{"t":5,"k":"fault_start","fault":0}`},
		{trace.KindEnd, `{"t":5,"k":"end"}`},
	} {
		s, err := newTrace(&sink{}, load(t))
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if list[i].Kind == c.kind {
				s.Record(&list[i])
			}
		}
		if have := strings.TrimSpace(string(s.line)); have != c.want {
			t.Errorf("have %s\nwant %s", have, c.want)
		}
	}
}

// A full disk is an error that stays, from the middle of a run or from the last frame.
func TestTraceFullDisk(t *testing.T) {
	list := records()
	for _, n := range []int{1, 100_000} {
		s, err := newTrace(&sink{room: 20}, load(t))
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			list[0].At = core.Instant(i * i * 7919 % 1_000_003) // little to compress
			s.Record(&list[0])
		}
		if n > 1 && !errors.Is(s.err, errFull) {
			t.Errorf("after %d records: %v", n, s.err)
		}
		if err := s.close(); !errors.Is(err, errFull) {
			t.Errorf("closed after %d records: %v", n, err)
		}
	}
}

func TestTraceAllocatesNothing(t *testing.T) {
	s, err := newTrace(struct {
		io.Writer
		io.Closer
	}{io.Discard, io.NopCloser(nil)}, load(t))
	if err != nil {
		t.Fatal(err)
	}
	list := records()
	if n := testing.AllocsPerRun(2000, func() {
		for i := range list {
			s.Record(&list[i])
		}
	}); n > 0 {
		t.Errorf("%v allocations for %d records", n, len(list))
	}
}

func BenchmarkTraceRecord(b *testing.B) {
	s, err := newTrace(struct {
		io.Writer
		io.Closer
	}{io.Discard, io.NopCloser(nil)}, load(b))
	if err != nil {
		b.Fatal(err)
	}
	list := records()
	for i := 0; b.Loop(); i++ {
		r := &list[i%3]
		r.At++
		s.Record(r)
	}
}

// What the kinds of facts call their numbers is no key that lines of the file have already.
func TestNumbersOfFactsAreNoKeysOfLines(t *testing.T) {
	taken := []string{"t", "k", "e", "n", "l", "fact", "s", "o", "from", "to", "cause", "cb", "role", "inc", "X"}
	for kind := core.FactNone + 1; kind < core.NumFactKinds; kind++ {
		f := core.Fact{Kind: kind}
		f.EachField(func(name string, _ int64) {
			if slices.Contains(taken, name) {
				t.Errorf("%v calls a number %q", kind, name)
			}
		})
	}
}
