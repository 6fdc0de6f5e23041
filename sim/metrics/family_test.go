package metrics

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// TestFamilies: every metric is recorded by one family.
func TestFamilies(t *testing.T) {
	by := map[words.Metric]int{}
	for _, f := range families {
		if len(f.metrics) == 0 || f.begin == nil {
			t.Fatalf("a family without metrics or recording: %v", f.metrics)
		}
		for _, m := range f.metrics {
			by[m]++
		}
	}
	for _, m := range words.All() {
		if by[m] != 1 {
			t.Errorf("%v is recorded by %d families", m, by[m])
		}
	}
}

// TestEveryLabelIsRead: a label that a metric carries has a reader, or Def says where its word is.
func TestEveryLabelIsRead(t *testing.T) {
	for _, m := range words.All() {
		for _, label := range m.Def().Labels {
			if label != m.Def().Param && label != m.Def().Type && readers[label] == nil && ofFamily[label] == nil {
				t.Errorf("%v: nobody reads %s", m, label)
			}
		}
	}
}

// TestTellingAllocatesNothing: messages and facts of a steady run.
func TestTellingAllocatesNothing(t *testing.T) {
	s := flat(t, 3)
	sent := trace.Record{Kind: trace.KindSent, Node: 0, Msg: &core.Message{Kind: core.KindPing, From: 0, To: 1}, Size: 89, At: at(1)}
	taken := trace.Record{Kind: trace.KindDelivered, Node: 1, Msg: sent.Msg, Size: 89, At: at(1)}
	ended := trace.Record{Kind: trace.KindFact, Node: 0, At: at(1), Fact: core.Fact{Kind: core.FactProbeEnded, Subject: 1, Cause: core.CauseAck}}
	if n := testing.AllocsPerRun(100, func() {
		s.rec.Record(&sent)
		s.rec.Record(&taken)
		s.rec.Record(&ended)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
