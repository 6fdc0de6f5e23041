// Package trace is the ordered record of a run: what the simulated world did (ground truth) and what
// the machines reported (facts), in the order of spec 50 §1.
//
// Everything that judges or measures a run reads this one stream: checks, metrics, the digest, the
// trace file. Nothing flows back from here into the world.
package trace
