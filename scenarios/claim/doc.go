// Package claim owns what an expectation is: one claim about a metric of a run, as a plain value.
//
// A scenario file's [[expect]] becomes a [Claim] with every default filled in and every bound a number; the judge
// compares it with what a run measured, and a sweep keeps it beside its runs. What is here depends on the claim
// alone: which values meet its bounds, how it names its selection, how it is written for a person.
//
// It reads no file and knows no metric.
//
// Sources: spec 40 §2 (levels), §8.3 ([[expect]]).
package claim
