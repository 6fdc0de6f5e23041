// Package explore looks for what nobody thought of: it draws worlds, lets faults of all families happen to them at once, and
// judges every run by the invariants.
//
// In: a Request. Out: a folder with a line for each run (log.jsonl), a scenario file for each kind of failure that was found,
// which reproduces it by itself, and what was reached and what never (coverage.csv).
//
// A run is named by three numbers: World draws what there is (sites, sizes, delays, keys, work), Faults what happens to it, and
// Seed is the seed of the run. Which families of faults are on at all is drawn first, about half of them, from a stream of
// its own: runs with everything at once hide what two of them do together. Faults begin and end in the first part of a run (safety:
// no invariant may break); in the second all is healed and everything has to converge and end (liveness: I-W5 and what
// the rules say at the end).
//
// Nothing is measured, and a run is over when it has come to rest (runner.Options.Rest): every job is over and heard of, all agree, and
// nothing has disturbed it for a minute and a half. One in eight goes on to the end of all that is kept for a time.
//
// Coverage steers. A mark is a rare or not so rare thing that a run may reach: a state that a job was in, a reason for which a claim
// was refused, a kind of message that arrived. After each generation of runs the next one draws half of its worlds near
// those that reached what few reached: the same world with other faults, the same faults in another world, or both with another
// seed. Generations are of a fixed size and follow from those before, so that the same request gives the same runs with any
// number of workers, and a search that was stopped goes on.
package explore
