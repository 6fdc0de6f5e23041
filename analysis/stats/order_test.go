package stats

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"testing"
)

// Whatever order the runs come in, and so whichever worker finishes first, every method returns the same
// bits. The values differ in size so that naive sums would not.
func TestOrderOfInputsChangesNoBit(t *testing.T) {
	g := testRand(41)
	a, b := make([]float64, 23), make([]float64, 19)
	pairs := make([]Pair, 25)
	obs := make([]Observation, 40)
	for i := range a {
		a[i] = math.Exp(5 * g.NormFloat64())
	}
	for i := range b {
		b[i] = math.Exp(5*g.NormFloat64()) - 3
	}
	a[3], a[4], b[2] = math.Copysign(0, -1), 0, a[1] // both zeros, and a tie
	for i := range pairs {
		pairs[i] = Pair{1 + math.Exp(4*g.NormFloat64()), 1 + math.Exp(4*g.NormFloat64())}
	}
	for i := range obs {
		obs[i] = Observation{math.Floor(30*g.ExpFloat64()) / 7, g.Float64() < 0.3}
	}
	all := func(a, b []float64, pairs []Pair, obs []Observation) []any {
		s, err := KaplanMeier(obs, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		d := Differences(pairs)
		return []any{
			Sum(a), Mean(a), Variance(a), SD(a), Median(a), Percentile(a, 90), MeanInterval(a, 0.9),
			DifferenceOfMeans(a, b, 0), CliffsDelta(a, b), histogramOf(a).Mean(),
			PairedDifference(pairs, 0), PairedRatio(pairs, 0), CohenD(d), *s, s.Median(), s.RestrictedMean(0),
		}
	}
	want := all(a, b, pairs, obs)
	for range 10 {
		have := all(shuffled(g, a), shuffled(g, b), shuffled(g, pairs), shuffled(g, obs))
		for i := range want {
			if !sameBits(reflect.ValueOf(have[i]), reflect.ValueOf(want[i])) {
				t.Errorf("result %d: %+v, in another order %+v", i, want[i], have[i])
			}
		}
	}
}

// sameBits compares deeply, floats by their bits, so that NaN equals itself and −0 is not 0.
func sameBits(a, b reflect.Value) bool { return string(bitsOf(nil, a)) == string(bitsOf(nil, b)) }

func bitsOf(out []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Float64:
		return binary.BigEndian.AppendUint64(out, math.Float64bits(v.Float()))
	case reflect.Struct:
		for i := range v.NumField() {
			out = bitsOf(out, v.Field(i))
		}
		return out
	case reflect.Slice:
		for i := range v.Len() {
			out = bitsOf(out, v.Index(i))
		}
		return out
	}
	return fmt.Append(out, v)
}

// No method changes what it is given.
func TestInputsAreLeftAlone(t *testing.T) {
	v := []float64{3, 1, 2, 9, 4}
	w := append([]float64(nil), v...)
	obs := observed(3, -1, 2)
	MeanInterval(v, 0)
	DifferenceOfMeans(v, v, 0)
	RatioOfMeans(v, v, 0)
	mustSurvive(t, obs)
	if !reflect.DeepEqual(v, w) || !reflect.DeepEqual(obs, observed(3, -1, 2)) {
		t.Errorf("%v, %v", v, obs)
	}
}
