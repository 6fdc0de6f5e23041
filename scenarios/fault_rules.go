package scenarios

import (
	"fmt"
	"maps"
	"strings"

	"hypersim/scenarios/form"
	"hypersim/sim/fault"
)

// faultRule is what a scenario may say of a kind of fault. The rows stand in the file of their family, with the checks
// that no single key tells.
type faultRule struct {
	need, may []string // keys beside id, kind, when and force
	modes     []string // values of mode
	links     bool     // it takes links or target
	anyone    bool     // its target need not run anything
	adds      bool     // several at one node add up there, so that only so many may hold at once
	members   bool     // it is about what members do: a client is none
	gone      bool     // others notice that those whom it hits do not answer
	// check copies what the kind has alone, and holds what depends on more than one key; nil: there is nothing.
	check func(l *loader, f *Fault, t *faultT, n *form.Node, key string)
	// detail says how much it does, or of what; nil: the kind says it all.
	detail func(sc *Scenario, f *Fault) []string
}

// faultRules are the rows of all families.
var faultRules = func() map[fault.Kind]faultRule {
	all := map[fault.Kind]faultRule{}
	for _, family := range []map[fault.Kind]faultRule{lifeRules, hostRules, cutRules, linkRules, memberRules, workRules, statsRules} {
		maps.Copy(all, family)
	}
	return all
}()

// Detail says how much the fault does, or of what, in a few words that stand in faults.csv; "" where its kind says it all.
func (f *Fault) Detail(sc *Scenario) string {
	var parts []string
	if say := faultRules[f.Kind].detail; say != nil {
		parts = say(sc, f)
	}
	if f.OneWay {
		parts = append(parts, "one way")
	}
	if f.On != nil {
		parts = append(parts, "on "+f.On.words())
	}
	parts = append(parts, kindWords(f.Kinds)...)
	for _, c := range f.Classes {
		parts = append(parts, c.String())
	}
	return strings.Join(parts, ", ")
}

// say is a detail of one part, if there is one.
func say(yes bool, format string, args ...any) []string {
	if !yes {
		return nil
	}
	return []string{fmt.Sprintf(format, args...)}
}
