package registry

import (
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/call"
)

// speaker is the Peers of a process that speaks v.
func speaker(v Version, formed bool, spoken []Version) *Peers {
	c := Default()
	p := &Peers{}
	p.Init(&Words{Hello: c.Handshake(v), Formed: formed, Spoken: spoken})
	return p
}

func says(v Version) *call.Versions {
	s := v.Says()
	return &s
}

// The story of the type's comment: what is agreed on is agreed on with one process.
func TestOneIsOlder(t *testing.T) {
	old, new := Version{1, 4}, Version{1, 5}
	var fx core.Effects
	p := speaker(new, true, []Version{old, new, new})
	if p.Has(0, FeatureProgressBatch) || !p.Has(0, FeatureExtensions) || !p.Has(2, FeatureProgressBatch) || len(fx.JobFacts) != 0 {
		t.Errorf("of a formed start: %v", fx.JobFacts)
	}
	p.Newer(0, 2)
	if p.Has(0, FeatureExtensions) || p.Met(0) || p.Works(0) || p.Lacks(0, FeatureProgressBatch) || !speaker(new, true, []Version{old}).Lacks(0, FeatureProgressBatch) {
		t.Error("what the old process could is said of the new one")
	}
	if c := p.Meet(0, 2, says(new), &fx); c != call.CodeOK || !p.Has(0, FeatureProgressBatch) || len(fx.JobFacts) != 1 {
		t.Errorf("after it registered: %v, %v", c, fx.JobFacts)
	}
	p.Meet(0, 2, says(new), &fx)
	if p.Meet(0, 1, says(old), &fx); !p.Has(0, FeatureProgressBatch) || len(fx.JobFacts) != 1 {
		t.Error("a repeat, or a word of the process before, says something new")
	}
	p.Forget(0)
	if p.Met(0) || p.Meet(0, 2, says(new), &fx) != call.CodeOK || !p.Met(0) {
		t.Error("what was forgotten is agreed on again, with the same process too")
	}
}

// I-N1: others tell of a process that was met already. Nothing of it counts on from then, and nothing that it lacks is used.
func TestForgottenAndStillThere(t *testing.T) {
	var fx core.Effects
	p := speaker(Current, false, nil)
	p.Forget(1)
	if p.Lacks(1, FeatureHealthPiggyback) {
		t.Error("who was never met lacks nothing that is known")
	}
	p.Meet(0, 2, says(Version{1, 3}), &fx)
	for range 2 {
		p.Forget(0)
		if p.Met(0) || p.Works(0) || p.Has(0, FeatureFences) || !p.Lacks(0, FeatureHealthPiggyback) || p.Lacks(0, FeatureFences) {
			t.Error("of who was forgotten")
		}
	}
	if p.Meet(0, 3, says(Current), &fx); !p.Has(0, FeatureHealthPiggyback) || p.Lacks(0, FeatureHealthPiggyback) {
		t.Error("the next process is what it says")
	}
	p.Forget(0)
	if p.Newer(0, 4); p.Lacks(0, FeatureHealthPiggyback) || p.Has(0, FeatureFences) {
		t.Error("one that is known to be another lacks nothing that is known")
	}
}

// Who speaks another major version is refused and gets no work; nor does one that says nothing of its version.
func TestWhoGetsNoWork(t *testing.T) {
	var fx core.Effects
	p := speaker(Current, false, nil)
	for id, c := range []struct {
		said  call.Versions
		code  call.Code
		works bool
	}{
		{Version{2, 0}.Says(), call.CodeVersionIncompatible, false},
		{call.Versions{}, call.CodeOK, false},
		{Version{1, 1}.Says(), call.CodeOK, false},
		{Version{1, 2}.Says(), call.CodeOK, true},
		{Version{1, 9}.Says(), call.CodeOK, true},
	} {
		if code := p.Meet(core.NodeID(id), 1, &c.said, &fx); code != c.code || p.Works(core.NodeID(id)) != c.works {
			t.Errorf("%+v: %v, works %v", c.said, code, p.Works(core.NodeID(id)))
		}
	}
}

// What is said at the door says nothing of a version.
func TestDoorSaysNothing(t *testing.T) {
	var fx core.Effects
	p := speaker(Current, false, nil)
	p.Meet(3, 1, says(Current), &fx)
	for _, c := range []call.Code{call.CodeBusy, call.CodeIsolation, call.CodeRoleDenied} {
		p.Answered(&call.Outcome{From: 3, Instance: 1, Code: c, Answered: true}, &call.Versions{}, &fx)
	}
	if !p.Has(3, FeatureProgressBatch) {
		t.Error("a refusal took features away")
	}
}

// Two processes that meet in any order hold the same of each other, and it is what Negotiate says.
func TestAgreementIsMutual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := func(name string) Version {
			return Version{uint8(rapid.IntRange(1, 2).Draw(t, name)), uint8(rapid.IntRange(0, 6).Draw(t, name))}
		}
		a, b := v("a"), v("b")
		formed := rapid.Bool().Draw(t, "formed")
		x, y := speaker(a, formed, []Version{a, b}), speaker(b, formed, []Version{a, b})
		var fx core.Effects
		if rapid.Bool().Draw(t, "asks") || !formed {
			x.Meet(1, 1, says(b), &fx)
			y.Meet(0, 1, says(a), &fx)
		}
		want, ok := Negotiate(a, b, FeaturesOf(a), FeaturesOf(b))
		for f := range Feature(NumFeatures) {
			if x.Has(1, f) != y.Has(0, f) || x.Has(1, f) != (ok && want.Has(f)) {
				t.Fatalf("%v and %v: %v", a, b, f)
			}
		}
	})
}
