package world

import (
	"testing"

	"hypersim/core/health"
	"hypersim/core/registry"
	"hypersim/sim/metrics/words"
)

// The words of metrics are those of the core, which metrics do not know.
func TestWordsOfPeers(t *testing.T) {
	for i := range uint8(registry.NumBars) {
		if words.Bars[i] != registry.Bar(i).String() {
			t.Errorf("bar %d is %s, and %s in metrics", i, registry.Bar(i), words.Bars[i])
		}
	}
	for i := range uint8(health.NumPhases) {
		if words.BreakerPhases[i] != health.Phase(i).String() {
			t.Errorf("phase %d is %s, and %s in metrics", i, health.Phase(i), words.BreakerPhases[i])
		}
	}
	for i := range uint8(health.NumDecisions) {
		if words.Decisions[i] != health.Decision(i).String() {
			t.Errorf("decision %d is %s, and %s in metrics", i, health.Decision(i), words.Decisions[i])
		}
	}
	for i := range uint8(health.NumLabels) {
		if words.Judged[i] != health.Label(i).String() {
			t.Errorf("label %d is %s, and %s in metrics", i, health.Label(i), words.Judged[i])
		}
	}
	if len(words.Bars) != registry.NumBars || len(words.BreakerPhases) != health.NumPhases {
		t.Error("there are others")
	}
}
