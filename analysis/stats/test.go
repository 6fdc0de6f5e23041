package stats

// Test is the outcome of a test of the null hypothesis "no difference".
type Test struct {
	Statistic float64 // U, or the observed mean difference
	P         float64 // in (0, 1]; NaN where there is no test
	Method    string  // what was computed: "exact", "normal approximation", "Monte Carlo, 9999 draws"
	Note      string  // why there is no test, or ""
}

// Alternative is what speaks against the null hypothesis.
type Alternative uint8

// The alternatives. TwoSided is the one to use unless the direction was fixed before the runs were made.
const (
	TwoSided Alternative = iota
	Greater              // b tends to be greater than a
	Less                 // b tends to be less than a
)
