// Package judge decides whether one run met its scenario's expectations (spec 40 §2 and [[expect]] of
// spec 40 §8.3).
//
// In: expectations whose expressions were evaluated and whose `when` and `per` were resolved for this
// run, and the metrics.Result. Out: one Verdict per expectation, in order: pass, fail, not-judged (there was
// nothing to judge) or cannot-be-judged (there was, and this run cannot say), the value, the bound and the reason.
//
// One run judges safety and hard bounds: whatever must hold in every seed. What speaks about several
// seeds together is reported with its value as not-judged when the scenario sweeps seeds, and judged on
// this run alone when it does not.
//
// A detection that never came counts for as long as it was waited for (censored.go): claims about what was seen alone
// would pass when nothing is.
//
// It never reads files or records, never compares runs (analysis/compare does), and takes percentiles
// from sim/metrics, so that a verdict and a summary row of the same data agree.
package judge
