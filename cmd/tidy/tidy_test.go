package main

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// Each fixture holds, for its rules, lines that fire (with the comment `want`) and lines that pass;
// analysistest fails on a finding too few and on one too many. A .golden file is what -fix makes of it.
func TestFixtures(t *testing.T) {
	for name, packages := range map[string][]string{
		"order":            {"hypersim/core/order"},
		"floats":           {"hypersim/sim/floats"},
		"accepted":         {"hypersim/core/accept"},
		"other rooms free": {"hypersim/cmd/free", "example.org/lib"},
		"imports": {
			"hypersim/core/swim", "hypersim/core/rng", "hypersim/sim/network",
			"hypersim/scenarios", "hypersim/analysis", "hypersim/attic",
		},
	} {
		t.Run(name, func(t *testing.T) {
			analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), Analyzer, packages...)
		})
	}
}
