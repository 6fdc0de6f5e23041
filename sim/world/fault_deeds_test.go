package world

import (
	"slices"
	"testing"

	"hypersim/scenarios"
)

// Every kind of fault that a scenario may name has one row, and begins with something.
func TestEveryKindOfFaultHasOneDeed(t *testing.T) {
	var kinds []string
	for i := range deeds {
		kinds = append(kinds, string(deeds[i].kind))
		if deeds[i].begin == nil {
			t.Errorf("%s has no begin", deeds[i].kind)
		}
		if deedOf(deeds[i].kind) != &deeds[i] {
			t.Errorf("%s has two rows", deeds[i].kind)
		}
	}
	slices.Sort(kinds)
	if want := scenarios.FaultKinds(); !slices.Equal(kinds, want) {
		t.Errorf("there are deeds for\n%q, want\n%q", kinds, want)
	}
}
