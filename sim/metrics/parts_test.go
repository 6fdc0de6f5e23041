package metrics

import (
	"reflect"
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// TestKinds: what was sent and received is not one number, nor are the SUSPECT and the DEAD of one crash, and
// what did not happen is said.
func TestKinds(t *testing.T) {
	s := flat(t, 3)
	s.message(0.1, trace.KindSent, 0, core.KindPing, 89)
	s.message(0.1, trace.KindSent, 0, core.KindPing, 89)
	s.message(0.2, trace.KindDelivered, 1, core.KindPing, 89)
	s.rec.Sample(at(1), nil)
	s.truth(2, trace.KindCrash, 2)
	s.becomes(3, 0, 2, ok, suspect, core.CauseProbeFailed, 0)
	s.becomes(7, 0, 2, suspect, dead, core.CauseExpired, 0)
	r := s.end(10)
	for _, c := range []struct {
		m    words.Metric
		also []string
		want []Kind
	}{
		{words.DetectionFirst, nil, []Kind{{"SUSPECT", []Value{{1, 1}}}, {"DEAD", []Value{{5, 1}}}}},
		{words.FalsePositives, nil, []Kind{{}}},
		{words.ExcusedPositives, []string{"truth"}, []Kind{{}}},
		{words.Refutation, nil, nil},
	} {
		if have := r.Kinds(c.m, 0, c.also...); !reflect.DeepEqual(have, c.want) {
			t.Errorf("%s: have %v, want %v", c.m, have, c.want)
		}
	}
	var list []string
	var first []float64
	for _, k := range r.Kinds(words.Messages, 0) {
		list, first = append(list, k.Words), append(first, k.Values[0].V)
	}
	if !reflect.DeepEqual(list, []string{"sent", "received", "dropped"}) || !reflect.DeepEqual(first, []float64{2.0 / 3, 1.0 / 3, 0}) {
		t.Errorf("messages: have %v %v", list, first)
	}
}

// TestKindsOfCutOff: the death of a member that lives beyond a cut is counted, under what excuses it.
func TestKindsOfCutOff(t *testing.T) {
	s := flat(t, 3)
	s.cut[[2]core.NodeID{0, 2}], s.cut[[2]core.NodeID{2, 0}] = true, true
	s.becomes(3, 0, 2, ok, suspect, core.CauseProbeFailed, 0)
	s.becomes(7, 0, 2, suspect, dead, core.CauseExpired, 0)
	want := []Kind{{"unreachable", []Value{{1, 1}}}}
	if have := s.end(10).Kinds(words.ExcusedPositives, 0, "truth"); !reflect.DeepEqual(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
}
