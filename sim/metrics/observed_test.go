package metrics

import (
	"reflect"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// TestEpisodes: each time that a fault acted is kept, open ones too, and written where it acted more than once.
func TestEpisodes(t *testing.T) {
	s := flat(t, 2, func(c *Context) { c.Faults = []FaultInfo{{ID: "often", Kind: "pause"}, {ID: "once", Kind: "loss"}} })
	s.fault(1, trace.KindFaultStart, 0)
	s.fault(2, trace.KindFaultEnd, 0)
	s.fault(3, trace.KindFaultStart, 1)
	s.fault(4, trace.KindFaultStart, 0)
	s.fault(5, trace.KindFaultEnd, 0)
	s.fault(6, trace.KindFaultStart, 0)
	r := s.end(10)
	want := []EpisodeRow{{"often", at(1), at(2)}, {"often", at(4), at(5)}, {"often", at(6), core.Never}}
	if have := r.Tables().Episodes; !reflect.DeepEqual(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
}

// TestObserved: observations without a table of their own are kept with their labels, all of a metric or none.
func TestObserved(t *testing.T) {
	s := flat(t, 3)
	s.truth(2, trace.KindCrash, 2)
	for o := range core.NodeID(2) {
		s.becomes(3, o, 2, ok, suspect, core.CauseProbeFailed, 0)
	}
	for o := range core.NodeID(2) {
		s.becomes(7, o, 2, suspect, dead, core.CauseExpired, 0)
	}
	r := s.end(10)
	var full []TimeRow
	for _, row := range r.Tables().Observed {
		if row.Metric == "detection_full" {
			full = append(full, row)
		}
		if row.Metric == "detection_first" || row.Metric == "view_error" {
			t.Errorf("%v stands elsewhere, too", row)
		}
	}
	if len(full) != 1 || full[0].Value != 5 || !strings.Contains(full[0].Labels, "subject="+name(2)+";role=manager") {
		t.Errorf("have %+v", full)
	}
	r.Truncated[words.DetectionFull] = 1
	for _, row := range r.Tables().Observed {
		if row.Metric == "detection_full" {
			t.Errorf("a part of them is kept: %+v", row)
		}
	}
}
