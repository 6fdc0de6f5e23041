// Package stats turns the values of many runs into statements: how large, how sure, and whether two
// variants differ.
//
// In: plain numbers, one per run for every method but the histogram, shares, rates and times to an event, which come
// run by run. Out: Interval, Findings, Survival and Histogram, plain values. A run is the unit: observations
// within one run share its weather, and no interval takes them as independent.
//
//	question                                         use
//	how large is it, over seeds                      MeanInterval
//	… a ratio of sums, or another smooth figure      Around, of each run's contribution
//	does B differ from A, the same seeds             PairedDifference, PairedRatio
//	does B differ from A, other seeds                DifferenceOfMeans, RatioOfMeans
//	is any of several rows different                 Family (max-T), paired or not
//	how much does it matter                          CliffsDelta, CohenD
//	what could so many runs show, how many it takes  Spread, LeastPairs, LeastRuns
//	time to an event that the end of a run cuts off  Waits: restricted mean, percentiles; one sample: KaplanMeier
//	events that come in bursts                       RateInterval, by runs
//	independent events, k in so many node-hours      PoissonInterval
//	a share of what several runs saw                 ShareInterval, by runs
//	a fraction, k of n independent                   ClopperPearson (never too short), Wilson (short)
//	a percentile of what several runs saw            QuantileInterval, by runs
//	percentiles over all observations of all runs    Histogram, merged; no interval comes from it
//
// Intervals are closed forms, without resampling (ADR-0017). Where none can be had, as of two runs, or of a 99th
// percentile of twenty, there is none, and Note says so.
//
// Results are a function of the multiset of inputs and, where chance enters, of (seed, purpose): inputs
// are sorted first, and sums are rounded once (Sum), so order of arrival and number of workers change no
// bit. Functions of gonum and package math may differ in the last bits between CPUs; the random streams
// (core/rng), the histogram and the logarithms do not.
//
// It reads no files and knows no metric; it never decides what matters (analysis/compare does). What data
// can cause (no runs, NaN, equal values) is an Interval whose Note says so. Spec 40 §2, 50 §6.
package stats
