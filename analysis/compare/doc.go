// Package compare says whether B is better than A: two runs, or two sweeps.
//
// In: two folders. Out: Result, a row per cell and metric with both values, their difference with its
// interval, an effect size, a p-value adjusted over all rows, and a verdict. As text, CSV or JSON.
//
// A run is the unit. Where both sides ran the same seeds they met the same weather, and differences are
// taken seed by seed and their signs flipped; otherwise whole runs are exchanged between the sides. All rows are
// drawn together (stats.Family), which holds the chance of any false alarm in a comparison at 5 %; where primary
// metrics are named, in those, and in the rest by itself. Times to an event are means up to a horizon that is
// declared, or follows from what was planned, on both sides alike (Kaplan–Meier by runs). With so few runs that
// chance alone makes a row agree in all of them nothing is said, in a word of its own.
//
// Which direction is better, and how much matters, is in metric.go. One run against one run is compared
// digit by digit and judged by nothing. It writes no files and prints nothing. Spec 50 §6, §7.
package compare
