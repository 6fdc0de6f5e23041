// Package validate is the reproduction suite: what theory, publications and measured systems say, beside
// what this simulator does. hypersim validate and the tests run the same rows.
//
// An [Experiment] runs something, the real protocol in a simulated world or its coordinates over a matrix,
// and gives values to its [Row]s, each of which names a reference, its source, how certain that is, and the
// rule by which they are judged. What it runs is a [Study] where a scenario file can say it: one of runs/, some cells of
// settings, some seeds. To add a row to a study is to add one [Measured] to its list: the row, the cell that it is about,
// and what is made of its runs (meanOf, shareOf, …), by the id of an expectation of the file or the name of a count.
//
// [Suite] lists all experiments in order; [Run] runs a choice of them in parallel, the same values for any number of
// workers, and returns a [Report] that prints as a table (Text), as CSV and as JSON. A row whose reference is a curve comes with an overlay figure.
//
// Models (model_*.go) share no line with the protocol: they are the plainest programs that still hold what
// a figure depends on, to judge both the figure and the simulator.
//
// Sources: spec 10 §14 and §15, docs/adr/0006 (how fast news spreads on probes alone).
package validate
