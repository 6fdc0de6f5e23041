package stats_test

import (
	"fmt"

	"hypersim/analysis/stats"
)

// No false positive in 10,000 node-hours is not a rate of zero.
func ExamplePoissonInterval() {
	iv := stats.PoissonInterval(0, 10_000, 0.95)
	fmt.Printf("%.2f to %.2f in 10,000 node-hours\n", iv.Low*10_000, iv.High*10_000)
	// Output:
	// 0.00 to 3.69 in 10,000 node-hours
}

// Of four crashes one was not detected before the run ended, 30 s after it.
func ExampleKaplanMeier() {
	s, err := stats.KaplanMeier([]stats.Observation{{Time: 4}, {Time: 7}, {Time: 9}, {Time: 30, Censored: true}}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	m := s.Median()
	fmt.Printf("median %v s, %s; mean of the first 30 s: %v s\n", m.Estimate, m.Note, s.RestrictedMean(30).Estimate)
	// Output:
	// median 7 s, 1 of 4 censored; mean of the first 30 s: 12.5 s
}

// A detection that each seed sees one second later: common weather cancels.
func ExamplePairedDifference() {
	pairs, unmatched := stats.Match(
		[]stats.Run{{Seed: 1, Value: 12}, {Seed: 2, Value: 40}, {Seed: 3, Value: 25}},
		[]stats.Run{{Seed: 3, Value: 26}, {Seed: 1, Value: 13}, {Seed: 2, Value: 41}, {Seed: 4, Value: 90}},
	)
	d := stats.PairedDifference(pairs, 0.95)
	fmt.Printf("%v (%v to %v), %d unmatched\n", d.Estimate, d.Low, d.High, unmatched)
	// Output:
	// 1 (1 to 1), 1 unmatched
}
