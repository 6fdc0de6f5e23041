package rng

import (
	"math"
	"strings"
	"testing"
)

func must(d Dist, err error) Dist {
	if err != nil {
		panic(err)
	}
	return d
}

// The distributions, each with its CDF and moments from the textbook and package math.
var distCases = []struct {
	name          string
	d             Dist
	cdf           func(float64) float64 // nil where package math has none
	mean, sd, min float64               // sd 0: infinite or not compared
}{
	{name: "uniform", d: must(Uniform(-2, 6)), cdf: func(x float64) float64 { return (x + 2) / 8 },
		mean: 2, sd: 8 / math.Sqrt(12), min: -2},
	{name: "normal", d: must(Normal(MeanSD{Mean: 5, SD: 2})), cdf: func(x float64) float64 { return normalCDF((x - 5) / 2) },
		mean: 5, sd: 2, min: math.Inf(-1)},
	{name: "truncated normal", d: must(NormalTruncated(MeanSD{Mean: 1, SD: 2})), cdf: truncatedCDF(1, 2),
		// mean + sd·h, sd²·(1 − z·h − h²) with z = 1/2, h = φ(z)/Φ(z) = 0.5091604…
		mean: 1 + 2*hazard(0.5), sd: 2 * math.Sqrt(1-0.5*hazard(0.5)-hazard(0.5)*hazard(0.5))},
	{name: "hardly truncated normal", d: must(NormalTruncated(MeanSD{Mean: 100, SD: 10})), cdf: truncatedCDF(100, 10), mean: 100, sd: 10},
	{name: "half-normal", d: must(HalfNormal(0.05)), cdf: func(x float64) float64 { return math.Erf(x / 0.05 / math.Sqrt2) },
		mean: 0.05 * math.Sqrt(2/math.Pi), sd: 0.05 * math.Sqrt(1-2/math.Pi)},
	{name: "normal truncated at its mean", d: must(NormalTruncated(MeanSD{Mean: 0, SD: 3})), cdf: func(x float64) float64 { return math.Erf(x / 3 / math.Sqrt2) },
		mean: 3 * math.Sqrt(2/math.Pi), sd: 3 * math.Sqrt(1-2/math.Pi)},
	{name: "lognormal", d: must(Lognormal(MedianSigma{Median: 50, Sigma: 0.3})), cdf: func(x float64) float64 { return normalCDF(math.Log(x/50) / 0.3) },
		mean: 50 * math.Exp(0.045), sd: 50 * math.Exp(0.045) * math.Sqrt(math.Expm1(0.09))},
	{name: "lognormal by moments", d: must(LognormalMeanSD(MeanSD{Mean: 20, SD: 10})), mean: 20, sd: 10},
	{name: "exponential", d: must(Exponential(3)), cdf: func(x float64) float64 { return -math.Expm1(-x / 3) }, mean: 3, sd: 3},
	{name: "gamma 1", d: must(Gamma(ShapeScale{Shape: 1, Scale: 3})), cdf: func(x float64) float64 { return -math.Expm1(-x / 3) }, mean: 3, sd: 3},
	{name: "gamma 3", d: must(Gamma(ShapeScale{Shape: 3, Scale: 2})), cdf: func(x float64) float64 { // Erlang
		y := x / 2
		return 1 - math.Exp(-y)*(1+y+y*y/2)
	}, mean: 6, sd: math.Sqrt(12)},
	{name: "gamma 1/2", d: must(Gamma(ShapeScale{Shape: 0.5, Scale: 2})), cdf: func(x float64) float64 { return math.Erf(math.Sqrt(x / 2)) }, // χ² of one
		mean: 1, sd: math.Sqrt2},
	{name: "gamma 0.1", d: must(Gamma(ShapeScale{Shape: 0.1, Scale: 1})), mean: 0.1, sd: math.Sqrt(0.1)},
	{name: "gamma 100", d: must(Gamma(ShapeScale{Shape: 100, Scale: 0.01})), mean: 1, sd: 0.1},
	{name: "pareto", d: must(Pareto(ShapeScale{Scale: 2, Shape: 5})), cdf: func(x float64) float64 { return 1 - math.Pow(2/x, 5) },
		mean: 2.5, sd: math.Sqrt(5.0 * 4 / (16 * 3)), min: 2},
	{name: "pareto without mean", d: must(Pareto(ShapeScale{Scale: 2, Shape: 1})), cdf: func(x float64) float64 { return 1 - 2/x }, mean: math.Inf(1), min: 2},
	{name: "empirical", d: must(Empirical([]float64{0, 0.5, 1}, []float64{10, 20, 50})), cdf: func(x float64) float64 {
		if x < 20 {
			return (x - 10) / 20
		}
		return 0.5 + (x-20)/60
	}, mean: 0.5*15 + 0.5*35, min: 10},
}

func hazard(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) / normalCDF(z) }

func truncatedCDF(mean, sd float64) func(float64) float64 {
	below := normalCDF(-mean / sd)
	return func(x float64) float64 { return (normalCDF((x-mean)/sd) - below) / (1 - below) }
}

func TestDistributionsAgreeWithTheory(t *testing.T) {
	for _, tc := range distCases {
		t.Run(tc.name, func(t *testing.T) {
			const n = 100000
			s := New(1, "dist", uint64(len(tc.name)))
			sample := make([]float64, n)
			sum, squares := 0.0, 0.0
			for i := range sample {
				x := tc.d.Sample(&s)
				if x < tc.d.Min() {
					t.Fatalf("draw %v is below Min %v", x, tc.d.Min())
				}
				sample[i] = x
				sum += x
				squares += (x - tc.mean) * (x - tc.mean)
			}
			if have := tc.d.Mean(); have != tc.mean && !(math.Abs(have-tc.mean) <= 1e-14*math.Abs(tc.mean)) {
				t.Errorf("Mean = %v, want %v", have, tc.mean)
			}
			if have := tc.d.Min(); have != tc.min {
				t.Errorf("Min = %v, want %v", have, tc.min)
			}
			if tc.d.IsZero() {
				t.Error("IsZero of a distribution with spread")
			}
			if tc.sd > 0 {
				within(t, "sample mean", sum/n, tc.mean, tc.sd/sqrtOf(n))
				if have := math.Sqrt(squares / n); !(math.Abs(have/tc.sd-1) < 0.05) {
					t.Errorf("sample standard deviation %v, want %v", have, tc.sd)
				}
			}
			if tc.cdf != nil {
				kolmogorov(t, tc.name, sample, tc.cdf)
			}
		})
	}
}

func TestDegenerateParametersGiveConstantsThatDrawNothing(t *testing.T) {
	tests := []struct {
		name string
		d    Dist
		want float64
	}{
		{"zero value", Dist{}, 0}, {"constant", must(Constant(-3)), -3}, {"uniform", must(Uniform(4, 4)), 4},
		{"normal", must(Normal(MeanSD{Mean: 7, SD: 0})), 7}, {"truncated", must(NormalTruncated(MeanSD{Mean: 7, SD: 0})), 7}, {"truncated at 0", must(NormalTruncated(MeanSD{Mean: 0, SD: 0})), 0},
		{"half-normal", must(HalfNormal(0)), 0}, {"lognormal", must(Lognormal(MedianSigma{Median: 5, Sigma: 0})), 5}, {"lognormal 0", must(Lognormal(MedianSigma{Median: 0, Sigma: 1})), 0},
		{"exponential", must(Exponential(0)), 0}, {"gamma", must(Gamma(ShapeScale{Shape: 2, Scale: 0})), 0}, {"pareto", must(Pareto(ShapeScale{Scale: 0, Shape: 2})), 0},
		{"empirical", must(Empirical([]float64{0.5}, []float64{9})), 9},
	}
	for _, tc := range tests {
		s := New(1, "constant")
		before := s
		if have := tc.d.Sample(&s); have != tc.want || tc.d.Mean() != tc.want || tc.d.Min() != tc.want || s != before {
			t.Errorf("%s: draw %v, mean %v, min %v, want %v and an untouched stream", tc.name, have, tc.d.Mean(), tc.d.Min(), tc.want)
		}
		if tc.d.IsZero() != (tc.want == 0) {
			t.Errorf("%s: IsZero = %v", tc.name, tc.d.IsZero())
		}
	}
}

func TestConstructorsNameWhatIsWrong(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		name string
		make func() (Dist, error)
		want string
	}{
		{"NaN", func() (Dist, error) { return Constant(nan) }, "constant: value is NaN, must be a finite number"},
		{"infinite", func() (Dist, error) { return Exponential(inf) }, "exponential: mean is +Inf, must be a finite number"},
		{"order", func() (Dist, error) { return Uniform(2, 1) }, "uniform: min 2 exceeds max 1"},
		{"width", func() (Dist, error) { return Uniform(-1.7e308, 1.7e308) }, "exceeds the range"},
		{"sd", func() (Dist, error) { return Normal(MeanSD{Mean: 1, SD: -1}) }, "normal: sd is -1, must be 0 or more"},
		{"mean", func() (Dist, error) { return NormalTruncated(MeanSD{Mean: -1, SD: 1}) }, "truncated normal: mean is -1, must be 0 or more"},
		{"half", func() (Dist, error) { return HalfNormal(-1) }, "half-normal: sd is -1, must be 0 or more"},
		{"median", func() (Dist, error) { return Lognormal(MedianSigma{Median: -1, Sigma: 1}) }, "lognormal: median is -1, must be 0 or more"},
		{"both", func() (Dist, error) { return Gamma(ShapeScale{Shape: 0, Scale: -2}) }, "gamma: shape is 0, must be above 0\ngamma: scale is -2, must be 0 or more"},
		{"tail", func() (Dist, error) { return Pareto(ShapeScale{Scale: 1, Shape: 0}) }, "pareto: shape is 0, must be above 0"},
		{"moments", func() (Dist, error) { return LognormalMeanSD(MeanSD{Mean: 0, SD: 1}) }, "lognormal: mean is 0, must be above 0"},
		{"ratio", func() (Dist, error) { return LognormalMeanSD(MeanSD{Mean: 1e-300, SD: 1}) }, "too large"},
		{"lengths", func() (Dist, error) { return Empirical([]float64{0, 1}, []float64{1}) }, "2 quantiles and 1 values"},
		{"none", func() (Dist, error) { return Empirical(nil, nil) }, "at least one"},
		{"range", func() (Dist, error) { return Empirical([]float64{1.5}, []float64{1}) }, "point 1: quantile 1.5, must be within 0 and 1"},
		{"repeat", func() (Dist, error) { return Empirical([]float64{0.5, 0.5}, []float64{1, 2}) }, "point 2: quantile 0.5 does not exceed"},
		{"falling", func() (Dist, error) { return Empirical([]float64{0.5, 0.6}, []float64{2, 1}) }, "point 2: value 1 is below"},
	}
	for _, tc := range tests {
		d, err := tc.make()
		if err == nil || !strings.Contains(err.Error(), tc.want) || d != (Dist{}) {
			t.Errorf("%s: %v, %v; want an error with %q and the zero Dist", tc.name, d, err, tc.want)
		}
	}
}

// The atoms below the first and above the last point, and the points themselves.
func TestEmpiricalQuantiles(t *testing.T) {
	d := must(Empirical([]float64{0.1, 0.5, 0.9}, []float64{1, 2, 10}))
	for _, tc := range []struct{ u, want float64 }{{0, 1}, {0.1, 1}, {0.3, 1.5}, {0.5, 2}, {0.7, 6}, {0.9, 10}, {1, 10}} {
		if have := d.points.at(tc.u); !(math.Abs(have-tc.want) < 1e-12) {
			t.Errorf("quantile %v = %v, want %v", tc.u, have, tc.want)
		}
	}
	if have, want := d.Mean(), 0.1*1+0.4*1.5+0.4*6+0.1*10; !(math.Abs(have-want) < 1e-12) {
		t.Errorf("Mean = %v, want %v", have, want)
	}
}

func TestEmpiricalCopiesItsPoints(t *testing.T) {
	p, v := []float64{0, 1}, []float64{1, 2}
	d := must(Empirical(p, v))
	p[0], v[0] = 0.5, -7
	if d.Min() != 1 {
		t.Error("the distribution changed with the caller's slice")
	}
}
