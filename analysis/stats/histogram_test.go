package stats

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// anything draws values of all sizes and signs, with zeros, repeats and infinities, but none below 2^−1022:
// those count as 0.
func anything() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Map(rapid.Float64Range(-10, 10), func(v float64) float64 {
			if math.Abs(v) < minNormal {
				return 0
			}
			return v
		}),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1, 128, 129, math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64, 0x1p-1022, -0x1p-1022}),
		rapid.Custom(func(t *rapid.T) float64 {
			return math.Ldexp(rapid.Float64Range(1, 2).Draw(t, "m"), rapid.IntRange(-1021, 1022).Draw(t, "e"))
		}),
	)
}

func histogramOf(values []float64) *Histogram {
	h := new(Histogram)
	for _, v := range values {
		if err := h.Add(v); err != nil {
			panic(err)
		}
	}
	return h
}

func encoded(t interface{ Fatal(...any) }, h *Histogram) []byte {
	b, err := h.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The guarantee: within RelativeError of the exact nearest rank, at every percentile.
func TestHistogramPercentileBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(anything(), 1, 200).Draw(t, "values")
		h := histogramOf(v)
		for _, p := range []float64{0.1, 1, 7, 10, 25, 50, 75, 90, 95, 99, 99.9, 100} {
			have, want := h.Percentile(p), Percentile(v, p)
			if have != want && !(math.Abs(have-want) <= RelativeError*math.Abs(want)*(1+1e-12)) {
				t.Fatalf("p%v: have %v, want %v, off by %v", p, have, want, (have-want)/want)
			}
		}
		if h.Count() != uint64(len(v)) || h.Min() != Percentile(v, 0.001) || h.Max() != Percentile(v, 100) {
			t.Fatalf("count %d, min %v, max %v", h.Count(), h.Min(), h.Max())
		}
	})
}

// The bound is reached: it cannot be stated smaller.
func TestHistogramBoundIsTight(t *testing.T) {
	h := histogramOf([]float64{1, math.Nextafter(1+1.0/128, 0)})
	if off := h.Percentile(50) - 1; math.Abs(off-RelativeError) > 1e-15 {
		t.Errorf("off by %v, want %v", off, RelativeError)
	}
}

// Order and grouping of parts change no byte.
func TestHistogramMergeIsCommutativeAndAssociative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.OneOf(anything(), rapid.Just(math.NaN())), 0, 30)
		a, b, c := values.Draw(t, "a"), values.Draw(t, "b"), values.Draw(t, "c")
		merged := func(parts ...*Histogram) *Histogram {
			m := new(Histogram)
			for _, p := range parts {
				if err := m.Merge(p); err != nil {
					t.Fatal(err)
				}
			}
			return m
		}
		all := histogramOf(append(append(append([]float64(nil), a...), b...), c...))
		want := encoded(t, all)
		for name, h := range map[string]*Histogram{
			"(a b) c": merged(merged(histogramOf(a), histogramOf(b)), histogramOf(c)),
			"a (b c)": merged(histogramOf(a), merged(histogramOf(b), histogramOf(c))),
			"c b a":   merged(histogramOf(c), histogramOf(b), histogramOf(a)),
		} {
			if !bytes.Equal(encoded(t, h), want) {
				t.Fatalf("%s differs from counting all in one", name)
			}
			if h.Mean() != all.Mean() && !math.IsNaN(all.Mean()) {
				t.Fatalf("%s: mean %v, want %v", name, h.Mean(), all.Mean())
			}
		}
	})
}

func TestHistogramRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histogramOf(rapid.SliceOfN(rapid.OneOf(anything(), rapid.Just(math.NaN())), 0, 50).Draw(t, "values"))
		want := encoded(t, h)
		var b Histogram
		if err := b.UnmarshalBinary(want); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		var j Histogram
		if err := json.Unmarshal(text, &j); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if !bytes.Equal(encoded(t, &b), want) || !bytes.Equal(encoded(t, &j), want) {
			t.Fatalf("%s changed on the way", text)
		}
	})
}

func TestHistogramJSON(t *testing.T) {
	text, err := json.Marshal(histogramOf([]float64{0, 1, 1.001, -2, math.NaN()}))
	// 1 is 1023·128 of the buckets, 2 one octave more.
	const want = `{"relative_error":0.0038910505836575876,"count":4,"nan":1,"zero":1,"min":-2,"max":1.001,` +
		`"negative":[[131072,1]],"positive":[[130944,2]]}`
	if err != nil || string(text) != want {
		t.Errorf("have %s, %v\nwant %s", text, err, want)
	}
}

func TestHistogramEdges(t *testing.T) {
	var h Histogram
	if !math.IsNaN(h.Percentile(50)) || !math.IsNaN(h.Mean()) || !math.IsNaN(h.Min()) || h.Count() != 0 {
		t.Error("an empty histogram has figures")
	}
	for _, v := range []float64{math.NaN(), 5e-324, math.Copysign(0, -1)} {
		if err := h.Add(v); err != nil {
			t.Fatal(err)
		}
	}
	if h.Count() != 2 || h.NaNs() != 1 || h.Percentile(50) != 0 || math.Signbit(h.Min()) {
		t.Errorf("%+v", h)
	}
	full := new(Histogram)
	if err := full.AddN(1, maxCount); err != nil {
		t.Fatal(err)
	}
	if err := full.Add(1); !errors.Is(err, ErrFull) {
		t.Errorf("one too many: %v", err)
	}
	if err := full.Merge(&h); !errors.Is(err, ErrFull) || full.Count() != maxCount {
		t.Errorf("merged one too many: %v", err)
	}
	for _, bad := range []string{
		`{}`, `{"relative_error":0.01}`, `[]`,
		`{"relative_error":0.0038910505836575876,"count":2,"min":1,"max":1,"positive":[[130944,1]]}`, // count
		`{"relative_error":0.0038910505836575876,"count":1,"min":1,"max":3,"positive":[[130944,1]]}`, // range
		`{"relative_error":0.0038910505836575876,"count":1,"min":"NaN","max":1,"positive":[[130944,1]]}`,
		`{"relative_error":0.0038910505836575876,"count":2,"min":1,"max":1,"positive":[[130944,1],[130944,1]]}`,
	} {
		if err := new(Histogram).UnmarshalJSON([]byte(bad)); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestHistogramMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(0.001, 1000), 1, 200).Draw(t, "values")
		if have, want := histogramOf(v).Mean(), Mean(v); math.Abs(have-want) > RelativeError*want*(1+1e-9) {
			t.Fatalf("mean %v, want %v", have, want)
		}
	})
}

// Whatever decodes is the one encoding of its counts.
func FuzzHistogram(f *testing.F) {
	f.Add(encoded(f, new(Histogram)))
	f.Add(encoded(f, histogramOf([]float64{1, 2, 2, -3, 0, math.NaN(), math.Inf(1)})))
	f.Add([]byte("hsh1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var h Histogram
		if h.UnmarshalBinary(data) != nil {
			return
		}
		if !bytes.Equal(encoded(t, &h), data) {
			t.Errorf("%x decodes and encodes as %x", data, encoded(t, &h))
		}
		h.Percentile(50)
		h.Mean()
	})
}

func BenchmarkHistogramAdd(b *testing.B) {
	g := testRand(31)
	v := make([]float64, 4096)
	for i := range v {
		v[i] = g.ExpFloat64()
	}
	var h Histogram
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		_ = h.Add(v[i%len(v)])
		i++
	}
}
