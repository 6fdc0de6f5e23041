package runner

import (
	"context"
	"testing"

	"hypersim/scenarios"
)

// The events that a plan foresees are those of the run, to 30 %.
func TestEventsForeseen(t *testing.T) {
	t.Parallel()
	for _, e := range scenarios.List() {
		if e.Nodes > 75 { // the larger ones cost seconds each
			continue
		}
		sc, err := scenarios.Load(e.Name, nil, scenarios.Options{Alone: true})
		if err != nil {
			t.Fatal(err)
		}
		plan := scenarios.Describe(sc)
		res, err := Measure(context.Background(), Options{Scenario: sc})
		if err != nil {
			t.Fatal(err)
		}
		if off := plan.Events/float64(res.Events) - 1; off < -0.3 || off > 0.3 {
			t.Errorf("%s: %.0f events are foreseen, there were %d: %+.0f %%", e.Name, plan.Events, res.Events, 100*off)
		}
	}
}
