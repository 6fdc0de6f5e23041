package plot

import (
	"slices"
	"testing"

	"hypersim/sim/metrics"
)

// TestUnreachable: only the first marking of a pair counts, only of members that live out of reach, and
// pairs within a site stand apart from those between sites.
func TestUnreachable(t *testing.T) {
	rows := []metrics.DetectionRow{
		{At: 1e9, Observer: "a/gate/0", Subject: "b/gate/0", To: "SUSPECT", Truth: "unreachable"},
		{At: 2e9, Observer: "a/gate/0", Subject: "b/gate/0", To: "SUSPECT", Truth: "unreachable"},
		{At: 3e9, Observer: "a/gate/0", Subject: "b/gate/0", To: "DEAD", Truth: "unreachable"},
		{At: 4e9, Observer: "a/gate/1", Subject: "b/gate/0", To: "DEAD", Truth: "unreachable"},
		{At: 5e9, Observer: "a/gate/1", Subject: "b/gate/0", To: "DEAD", Truth: "live"},
		{At: 6e9, Observer: "b/worker/1", Subject: "b/manager/0", To: "DEAD", Truth: "unreachable"},
	}
	have := unreachable(rows)
	if len(have) != 2 || have[0].place != "between sites" || have[1].place != "within b" {
		t.Fatalf("have %+v", have)
	}
	if !slices.Equal(have[0].suspect, []float64{1}) || !slices.Equal(have[0].dead, []float64{3, 4}) || !slices.Equal(have[1].dead, []float64{6}) {
		t.Errorf("have %+v", have)
	}
}
