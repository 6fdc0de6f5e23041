// Package stats turns the values of many runs into statements: how large, how sure, and whether two
// variants differ.
//
// In: plain numbers, one per run for every method but the histogram and Kaplan–Meier. Out: Interval,
// Test, Summary, Survival and Histogram, plain values. A run is the unit: observations within one run
// share its weather, so they are first reduced to one number per run, and only runs are resampled.
//
//	question                                         use
//	how large is it, over seeds                      BCa(values, Mean or Median or Quantile(p))
//	… few runs (below about 10), roughly normal      TInterval
//	does B differ from A, the same seeds             PairedDifference, PairedRatio; p: SignFlip
//	does B differ from A, other seeds                Difference; p: MannWhitney or Permutation
//	several metrics in one comparison                Holm over their p-values
//	how much does it matter                          CliffsDelta, RankBiserial, CohenD, HodgesLehmann
//	time to an event that the end of a run cuts off  KaplanMeier: median, quantiles, restricted mean
//	a rare event, k in so many node-hours            PoissonInterval, PoissonUpper; two: RateRatio
//	a fraction, k of n runs                          ClopperPearson (never too short), Wilson (short)
//	percentiles over all observations of all runs    Histogram, merged; no interval comes from it
//	one line of a table                              Summarize
//
// Results are a function of the multiset of inputs and, where chance enters, of (seed, purpose): inputs
// are sorted first, and sums are rounded once (Sum), so order of arrival and number of workers change no
// bit. Functions of gonum and package math may differ in the last bits between CPUs; the random streams
// (core/rng), the histogram and the logarithms do not.
//
// It reads no files and knows no metric; it never decides what matters (analysis/compare does). What data
// can cause (no runs, NaN, equal values) is an Interval or Test whose Note says so. Spec 40 §2, 50 §6.
package stats
