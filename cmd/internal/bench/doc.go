// Package bench guards the simulator and the protocol against becoming worse: a fixed suite, run and compared with a
// baseline that is committed.
//
// In: the scenarios bench-* and the pieces of work of speed.go. Out: a Result, what they gave, and a Report, a row for each
// value beside that of the baseline with a verdict, as text, JSON, JUnit XML and markdown.
//
// Three kinds of values are compared, each in its own way:
//
//   - What a run comes to (digest, allocations, bytes) follows from the program alone. It is equal or it has moved, and a
//     move has to be meant: the baseline is written anew (hypersim bench --update) in the commit that moves it.
//   - What a protocol measures is compared where digests have moved, seed by seed: both programs met the same weather. It is
//     worse if the interval of the differences excludes 0 and their mean matters, by a limit that each measure has.
//   - Speed is processor time divided by that of a reference, a plain event loop in the same process, in turns of
//     some milliseconds, the least of each. So it holds on a busy machine, but not on another processor: it is compared with
//     times of the same, or with another program in turns (Against). What seems slower is timed again before anybody is told.
//
// The baseline holds values of every seed of the full suite; a quick run is compared with those of its seeds.
package bench
