// Package analysis holds a finished run: what it was (the manifest) and what it measured (its CSV files),
// as one plain value.
//
// In: the folder of a run (spec 50 §7), or the manifest and the tables of a run that just ended. Out: Run,
// and from it samples of one metric with their labels, whichever file they stand in.
//
// It judges nothing (analysis/judge), draws nothing (analysis/plot) and compares nothing. It refuses a
// folder that is not complete: half a run looks like a whole one in every figure.
package analysis
