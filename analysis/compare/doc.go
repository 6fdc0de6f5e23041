// Package compare says whether B is better than A: two runs, or two sweeps.
//
// In: two folders. Out: Result, a row per cell and metric with both values, their difference with its
// interval, an effect size, a p-value adjusted over all rows, and a verdict. As text, CSV or JSON.
//
// A run is the unit. Where both sides ran the same seeds they met the same weather, and differences are
// taken seed by seed (SignFlip, BCa of the differences); otherwise the runs are exchanged between the sides
// (Permutation, BCa of the difference of means). Holm holds the chance of any false alarm over all rows of
// a comparison at 5 %. A detection that the end of the run cut off counts as the time that all were waited
// for (a restricted mean), on both sides alike.
//
// Which direction is better, and how much matters, is in metric.go. One run against one run is compared
// digit by digit and judged by nothing. It writes no files and prints nothing. Spec 50 §6, §7.
package compare
