package scenarios

import (
	"slices"
	"testing"

	"hypersim/sim/fault"
)

// Every kind of fault has one rule, in one family, and its keys are keys of the format.
func TestEveryKindOfFaultHasOneRule(t *testing.T) {
	seen := map[fault.Kind]bool{}
	for _, family := range []map[fault.Kind]faultRule{lifeRules, hostRules, cutRules, linkRules, memberRules, workRules, statsRules} {
		for kind, rule := range family {
			if seen[kind] {
				t.Errorf("%s has two rules", kind)
			}
			seen[kind] = true
			row := kind.Row()
			if rule.links && !row.Links {
				t.Errorf("%s takes links and its row says that it is about nodes", kind)
			}
			if slices.Contains(rule.need, "for") && !row.Course.Ends() {
				t.Errorf("%s needs for and cannot be undone", kind)
			}
		}
	}
	for _, kind := range fault.Kinds() {
		if !seen[kind] {
			t.Errorf("%s has no rule", kind)
		}
		delete(seen, kind)
	}
	for kind := range seen {
		t.Errorf("there is a rule for %s, which is no kind", kind)
	}
}
