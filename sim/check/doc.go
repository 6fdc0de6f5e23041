// Package check holds a run to the invariants of spec 10 §13, spec 20 §12 and spec 50 §8 while it goes on.
//
// In: Context, then every trace.Record in order. Out: Violations, the first of each invariant with its
// time, nodes and the records that led there, the others counted; OnFirst is told at once. It draws
// nothing, writes nothing back, and keeps memory per node, per live suspicion and per outstanding probe,
// never per pair of nodes; messages cost a few nanoseconds and nothing allocates in steady state.
//
// One file per subject, named after it; invariant.go lists the ids. Where a rule of the spec allows more
// than one reading, the code takes the one under which a correct machine is never accused.
//
// Checked by sampling: I-M10 (two targets per observer at a time, all in turn), I-M26 and I-M27
// (Context.ValidateMax machines per checkpoint, in turn). Checked in part: I-W5 and I-W6 (membership;
// jobs have I-J4 and I-JM1), I-L3 (not how many probes failed), I-V2 and I-V4 (what coordinates on messages show). Not here:
// I-V3 and the rest of I-V2 and I-V4 are held by the tests of core/vivaldi, I-V5
// by those of core/wire and by runs with network.codec = "wire" having the digest of those without.
//
// About jobs: job.go keeps the books, job_state.go, job_flow.go and job_shard.go judge. Not here, since no fact tells of it:
// I-JW6 (held by the tests of core/workflow), I-J7, I-JD5, elections and leases; of I-J2 the unanswered submission, of I-JW1
// the context of layers.
package check
