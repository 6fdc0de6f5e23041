// Package validate is the reproduction suite: what theory, publications and measured systems say, beside
// what this simulator does. hypersim validate and the tests run the same rows.
//
// An [Experiment] is rows and runs. Each [Row] names a reference, its source, how certain that is, and the rule by which its
// value is judged; it is [Measured] by what is made of the runs of one [Cell] (meanOf, shareOf, …), by the id of an expectation
// of the scenario or the name of a count. A run is a scenario of runs/ with what the cell sets in it, or a program where no
// scenario can say it. To add a row is to add one line.
//
// [Suite] lists all experiments in order; [Run] runs a choice of them in parallel, the same values for any number of
// workers, and returns a [Report] that prints as a table (Text), as CSV and as JSON. A row whose reference is a curve comes with an overlay figure.
//
// Models (model_*.go) share no line with the protocol: they are the plainest programs that still hold what
// a figure depends on, to judge both the figure and the simulator.
//
// Sources: spec 10 §14 and §15, docs/adr/0006 (how fast news spreads on probes alone).
package validate
