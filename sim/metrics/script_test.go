package metrics

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// script writes a record stream by hand; times are in seconds.
type script struct {
	t   *testing.T
	rec *Recorder
	now core.Instant
	cut map[[2]core.NodeID]bool // unreachable, in one direction
}

// flat returns a script over a formed flat group of n managers at one site.
func flat(t *testing.T, n int, change ...func(*Context)) *script {
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[i] = Node{ID: core.NodeID(i), Name: name(i), Site: "a", Role: core.RoleManager, Group: 1}
	}
	return custom(t, nodes, append([]func(*Context){func(c *Context) { c.Flat, c.Formed = true, true }}, change...)...)
}

func name(i int) string { return "a/manager/" + string(rune('0'+i)) }

func custom(t *testing.T, nodes []Node, change ...func(*Context)) *script {
	s := &script{t: t, cut: map[[2]core.NodeID]bool{}}
	ctx := Context{Nodes: nodes, SampleEvery: time.Second, Duration: 100 * time.Second}
	ctx.Reachable = func(a, b core.NodeID) bool { return !s.cut[[2]core.NodeID{a, b}] }
	for _, f := range change {
		f(&ctx)
	}
	s.rec = New(ctx)
	for i := range nodes {
		if !nodes[i].Late && !nodes[i].Ghost {
			s.truth(0, trace.KindStart, core.NodeID(i))
		}
	}
	return s
}

func at(sec float64) core.Instant { return core.Instant(core.Seconds(sec)) }

func (s *script) record(sec float64, r trace.Record) {
	s.t.Helper()
	if r.At = at(sec); r.At < s.now {
		s.t.Fatalf("script goes back to %v", r.At)
	}
	s.now = r.At
	s.rec.Record(&r)
}

func (s *script) truth(sec float64, k trace.Kind, n core.NodeID) {
	s.record(sec, trace.Record{Kind: k, Node: n})
}

func (s *script) fault(sec float64, k trace.Kind, i int32) {
	s.record(sec, trace.Record{Kind: k, Node: core.NoNode, Fault: i})
}

func (s *script) fact(sec float64, n core.NodeID, f core.Fact) {
	s.record(sec, trace.Record{Kind: trace.KindFact, Node: n, Fact: f})
}

// becomes is a transition of subject at observer o; old and new incarnation are the same.
func (s *script) becomes(sec float64, o, subject core.NodeID, from, to core.MemberState, cause core.Cause, inc uint32) {
	old := int64(inc)
	if from == core.StateNone {
		old = -1
	}
	s.fact(sec, o, core.Fact{Kind: core.FactTransition, Subject: subject, From: from, To: to, Cause: cause, Inc: inc, A: old, Other: core.NoNode})
}

func (s *script) end(sec float64) *Result {
	s.record(sec, trace.Record{Kind: trace.KindEnd, Node: core.NoNode})
	return s.rec.Result()
}

// values of a metric, in order of time, under all the given labels: key, word, key, word …
func (s *script) values(m words.Metric, where ...string) []float64 {
	s.t.Helper()
	r := s.rec.Result()
	list := r.Select(m, func(o *Observation) bool {
		for i := 0; i < len(where); i += 2 {
			word, ok := r.Label(o, where[i])
			if !ok {
				s.t.Fatalf("%v has no label %q", m, where[i])
			}
			if word != where[i+1] {
				return false
			}
		}
		return true
	})
	var v []float64
	for i := range list {
		v = append(v, list[i].Value)
	}
	return v
}

func (s *script) want(m words.Metric, want []float64, where ...string) {
	s.t.Helper()
	have := s.values(m, where...)
	if len(have) != len(want) {
		s.t.Fatalf("%v%v: have %v, want %v", m, where, have, want)
	}
	for i := range want {
		if d := have[i] - want[i]; d > 1e-9 || d < -1e-9 {
			s.t.Fatalf("%v%v: have %v, want %v", m, where, have, want)
		}
	}
}

const (
	none        = core.StateNone
	unconfirmed = core.StateUnconfirmed
	ok          = core.StateOK
	suspect     = core.StateSuspect
	dead        = core.StateDead
	left        = core.StateLeft
)
