package registry

import (
	"math/bits"
	"testing"

	"pgregory.net/rapid"
)

// Spec 30 §15.14.
func TestNegotiationVectors(t *testing.T) {
	v := func(major, minor uint8) Version { return Version{major, minor} }
	got, ok := Negotiate(v(1, 5), v(1, 2), FeaturesOf(v(1, 5)), FeaturesOf(v(1, 2)))
	if !ok || bits.OnesCount32(uint32(got)) != 9 || !got.Has(FeatureIdempotency) || got.Has(FeatureRetryAfter) {
		t.Errorf("1.5 and 1.2: %v, %017b; want the nine of 1.0, 1.1 and 1.2", ok, got)
	}
	if _, ok := Negotiate(v(1, 5), v(2, 0), ^Features(0), ^Features(0)); ok {
		t.Error("1.5 and 2.0 get on")
	}
	if got, ok := Negotiate(v(2, 0), v(2, 1), FeaturesOf(v(2, 0)), FeaturesOf(v(2, 1))); !ok || bits.OnesCount32(uint32(got)) != NumFeatures {
		t.Errorf("2.0 and 2.1: %v, %017b; all of it is from before both", ok, got)
	}
	if got, ok := Negotiate(v(1, 5), Version{}, FeaturesOf(v(1, 5)), 0); !ok || got != 0 {
		t.Errorf("1.5 and one that says nothing: %v, %b", ok, got)
	}
}

// It is the same from both sides, never more than either can, and unknown bits change nothing.
func TestNegotiationIsSymmetric(t *testing.T) {
	version := rapid.Custom(func(t *rapid.T) Version {
		return Version{uint8(rapid.IntRange(0, 2).Draw(t, "major")), uint8(rapid.IntRange(0, 7).Draw(t, "minor"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := version.Draw(t, "a"), version.Draw(t, "b")
		x, y := Features(rapid.Uint32().Draw(t, "x")), Features(rapid.Uint32().Draw(t, "y"))
		one, ok := Negotiate(a, b, x, y)
		other, ok2 := Negotiate(b, a, y, x)
		if one != other || ok != ok2 || one&^(x&y) != 0 || one&^FeaturesOf(a) != 0 || one>>NumFeatures != 0 {
			t.Fatalf("%v %v: %b, %b", a, b, one, other)
		}
	})
}
