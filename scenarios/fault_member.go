package scenarios

import (
	"hypersim/scenarios/form"
	"hypersim/sim/fault"
)

// memberRules are the faults of what members hear, say and hold of themselves.
var memberRules = map[fault.Kind]faultRule{
	fault.Discovery: {need: []string{"target"}, may: []string{"fail", "stale"}, anyone: true, check: checkDiscovery},
	fault.Raise:     {need: []string{"target"}, members: true},
	fault.Rumour:    {need: []string{"target", "about"}, members: true, check: checkRumour},
	fault.Poison: {need: []string{"target", "values"}, members: true, adds: true,
		check:  func(_ *loader, f *Fault, t *faultT, _ *form.Node, _ string) { set(&f.Values, t.Values) },
		detail: func(_ *Scenario, f *Fault) []string { return []string{f.Values} }},
	fault.LHM: {need: []string{"target", "score"}, members: true, adds: true,
		check:  func(_ *loader, f *Fault, t *faultT, _ *form.Node, _ string) { set(&f.Score, t.Score) },
		detail: func(_ *Scenario, f *Fault) []string { return say(true, "to %d", f.Score) }},
}

func checkDiscovery(l *loader, _ *Fault, t *faultT, n *form.Node, key string) {
	if t.Fail != nil && !*t.Fail {
		l.b.Wrong(n.Kid("fail"), key+".fail", "must be true; a discovery fault that does not fail does nothing")
	}
}

func checkRumour(l *loader, f *Fault, _ *faultT, _ *form.Node, _ string) {
	if f.About != nil {
		l.settled(f.About, "whom nobody knows before the rumour is fixed")
	}
}

// What a poison fault puts into the coordinates that its target sends. The node itself computes as ever: a
// peer that is broken or hostile is one that says something else.
const (
	PoisonNaN            = "nan"             // the first axis is not a number
	PoisonInf            = "inf"             // the first axis is infinite
	PoisonNegativeHeight = "negative-height" // the height is −1 s
	PoisonFar            = "far"             // finite, on a first axis of 9 s: it passes the checks for form
	PoisonWrongDims      = "wrong-dims"      // one dimension less (of one dimension: one more)
)
