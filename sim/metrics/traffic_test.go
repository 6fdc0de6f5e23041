package metrics

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

func (s *script) message(sec float64, k trace.Kind, node core.NodeID, m core.Kind, size uint32) {
	s.record(sec, trace.Record{Kind: k, Node: node, Size: size, Msg: &core.Message{Kind: m, Group: 1}, Reason: trace.ReasonLoss})
}

// spec 50 §6, messages and bytes: per live node and second, by type, sent and received.
func TestTraffic(t *testing.T) {
	s := flat(t, 3)
	s.message(0.1, trace.KindSent, 0, core.KindPing, 89)
	s.message(0.2, trace.KindDelivered, 1, core.KindPing, 89)
	s.message(0.2, trace.KindSent, 1, core.KindAck, 91)
	s.message(0.3, trace.KindDropped, 1, core.KindAck, 91)
	s.record(0.35, trace.Record{Kind: trace.KindSent, Node: 0, Size: 89, Copy: true, Msg: &core.Message{Kind: core.KindPing, Group: 1}})
	s.message(0.4, trace.KindSent, 2, core.KindSyncDigest, 20)
	s.rec.Sample(at(1), nil)
	s.truth(1.5, trace.KindCrash, 2) // 2.5 node-seconds in the second sample
	s.message(1.6, trace.KindSent, 0, core.KindPing, 89)
	s.rec.Sample(at(2), nil)
	s.rec.Sample(at(3), nil) // silence
	s.end(3)
	s.want(words.Messages, []float64{1.0 / 3, 1 / 2.5, 0}, "direction", "sent", "type", "ping")
	s.want(words.Messages, []float64{2.0 / 3, 1 / 2.5, 0}, "direction", "sent", "transport", "datagram")
	s.want(words.Messages, []float64{3.0 / 3, 1 / 2.5, 0}, "direction", "sent")
	s.want(words.Messages, []float64{1.0 / 3, 0, 0}, "direction", "received")
	s.want(words.Messages, []float64{1.0 / 3, 0, 0}, "direction", "dropped")
	s.want(words.Bytes, []float64{180.0 / 3, 89 / 2.5, 0}, "direction", "sent", "transport", "datagram")
	s.want(words.Messages, nil, "role", "gate")
	r := s.rec.Result()
	if r.Counters.Sent[core.KindPing] != 2 || r.Counters.Dropped[trace.ReasonLoss][core.KindAck] != 1 || r.Counters.ReceivedBytes[core.KindPing] != 89 {
		t.Errorf("counters %+v", r.Counters)
	}
	if have := r.NodeSeconds(Span{To: at(3)}, func(core.NodeID, Class) bool { return true }); have != 7.5 {
		t.Errorf("%v node-seconds, want 7.5", have)
	}
}

// What is lost for different reasons is told apart in messages.csv, and is one in the metric.
func TestDropsByReason(t *testing.T) {
	s := flat(t, 3)
	for i, why := range []trace.Reason{trace.ReasonMTU, trace.ReasonLoss, trace.ReasonMTU, trace.ReasonRefused} {
		s.record(0.1*float64(i+1), trace.Record{Kind: trace.KindDropped, Size: 900, Msg: &core.Message{Kind: core.KindGossip, Group: 1}, Reason: why})
	}
	s.message(0.6, trace.KindSent, 0, core.KindGossip, 900)
	s.rec.Sample(at(1), nil)
	s.end(1)
	s.want(words.Messages, []float64{4.0 / 3}, "direction", "dropped")
	s.want(words.Messages, []float64{1.0 / 3}, "direction", "sent")
	var have []string
	for _, r := range s.rec.Result().Tables().Messages {
		have = append(have, fmt.Sprintf("%s %s %d", r.Direction, r.Reason, r.Messages))
	}
	if want := []string{"sent  1", "dropped loss 1", "dropped mtu 2", "dropped refused 1"}; !slices.Equal(have, want) {
		t.Errorf("rows %q, want %q", have, want)
	}
}

func hot() (*Recorder, [4]trace.Record) {
	nodes := make([]Node, 1000)
	for i := range nodes {
		nodes[i] = Node{ID: core.NodeID(i), Name: "n", Site: "a", Role: core.Role(i % 2), Group: 1}
	}
	m := &core.Message{Kind: core.KindPing, Group: 1}
	return New(Context{Nodes: nodes, SampleEvery: time.Second}), [4]trace.Record{
		{Kind: trace.KindSent, Node: 1, Size: 89, Msg: m}, {Kind: trace.KindDelivered, Node: 2, Size: 89, Msg: m},
		{Kind: trace.KindSent, Node: 999, Size: 91, Msg: &core.Message{Kind: core.KindAck, Group: 1}}, {Kind: trace.KindDropped, Node: 3, Msg: m},
	}
}

func TestRecordOfMessagesDoesNotAllocate(t *testing.T) {
	r, recs := hot()
	if n := testing.AllocsPerRun(1000, func() {
		for i := range recs {
			r.Record(&recs[i])
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkRecordMessage(b *testing.B) {
	r, recs := hot()
	for i := 0; b.Loop(); i++ {
		r.Record(&recs[i&3])
	}
}

func BenchmarkRecordTransition(b *testing.B) {
	r, _ := hot()
	for i := range r.peers {
		r.Record(&trace.Record{Kind: trace.KindStart, Node: core.NodeID(i)})
	}
	rec := trace.Record{Kind: trace.KindFact, Node: 0, Fact: core.Fact{Kind: core.FactTransition, Subject: 1}}
	states := [2]core.MemberState{core.StateUnconfirmed, core.StateOK}
	rec.Fact.To = states[0]
	r.Record(&rec)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		rec.Node = core.NodeID(2 + i%900)
		rec.Fact.From, rec.Fact.To = rec.Fact.To, rec.Fact.From
		r.Record(&rec)
	}
}
