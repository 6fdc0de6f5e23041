package plot

import (
	"os"
	"path/filepath"
	"testing"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// TestNothing: a run without data has no figures, and no error.
func TestNothing(t *testing.T) {
	names, err := All(analysis.New("", analysis.Info{}, &metrics.Tables{}), t.TempDir(), Options{})
	if err != nil || len(names) != 0 {
		t.Errorf("have %v, %v", names, err)
	}
}

// TestLittle: tables of one row each, at time 0 and without labels, are drawn without a panic.
func TestLittle(t *testing.T) {
	tables := &metrics.Tables{
		Time:        []metrics.TimeRow{{Metric: "lhm_score", Labels: "role=gate;stat=max"}, {Metric: "queue_depth"}},
		Detections:  []metrics.DetectionRow{{To: "DEAD", Truth: "crashed"}},
		Membership:  []metrics.MembershipRow{{Role: "gate"}},
		Coordinates: []metrics.CoordinateRow{{Link: "intra", Pairs: 1}},
		Messages:    []metrics.MessageRow{{Direction: "sent", Type: "ping", Role: "gate", Messages: 1, MessageRate: 1}},
		Faults:      []metrics.FaultRow{{ID: "a", Kind: "partition", End: 0}, {ID: "b", Start: core.Never, End: core.Never}},
		Summary:     []metrics.SummaryRow{{Metric: "dissemination", Summary: metrics.Summary{Count: 1}}},
	}
	names, err := All(analysis.New("", analysis.Info{}, tables), t.TempDir(), Options{})
	if err != nil || len(names) < 6 {
		t.Errorf("have %v, %v", names, err)
	}
}

// TestUnwritable: a folder that cannot be made is an error of the file system.
func TestUnwritable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := All(analysis.New("", analysis.Info{}, &metrics.Tables{}), filepath.Join(file, "plots"), Options{}); err == nil {
		t.Error("no error")
	}
}
