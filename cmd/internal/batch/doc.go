// Package batch carries out many runs of one scenario: a sweep.
//
// In: a Request (scenario, changes, axes, seeds). Expand turns it into a Plan: cells, that is variant ×
// grid × zip, times seeds. Run carries out the runs that a folder lacks, in several goroutines; Collect
// turns a folder that has them into sweep.json, summary.csv, long.csv and expectations.csv; Merge joins
// folders.
//
// A run is addressed by what was run and by which program, and not by its place in a plan. What was run is a hash of the
// resolved configuration, the contents of the files that it names, what expectations select, the seed and the format. So to
// add seeds or points redoes nothing, a sweep that was killed goes on where it stopped, and a changed bound judges the runs
// that are there. Records carry checksums: a damaged one is done again. What Collect writes follows from the plan and the runs
// alone, in the plan's order: the number of workers, shards and interruptions change no byte.
//
// The same seed in two cells is the same weather: streams of chance are keyed by seed, purpose and ids, so
// that cells are compared pairwise (spec 40 §2).
//
// It is the one room of cmd with goroutines; each owns one run. It never prints and never reads flags or
// the environment.
package batch
