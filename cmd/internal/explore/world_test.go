package explore

import (
	"testing"

	"hypersim/scenarios"
)

// Every world that may be drawn is a scenario.
func TestWorldsAreScenarios(t *testing.T) {
	faults, bad := 0, 0
	for i := range uint64(300) {
		n := Name{World: i, Faults: i * 7, Seed: i}
		sc, err := scenarios.Parse(n.Text(), "explored.toml", nil, scenarios.Options{})
		if err != nil {
			if bad++; bad < 8 {
				t.Errorf("%v: %v\n%s", n, err, n.Text())
			}
			continue
		}
		faults += len(sc.Faults)
	}
	if faults < 300*4 {
		t.Errorf("%d faults in 300 worlds", faults)
	}
}
