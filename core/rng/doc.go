// Package rng owns chance: seeded streams split by purpose, and the distributions drawn from them.
//
// In: a run's seed, a purpose such as "network.loss" and ids such as the node. Out: Stream, one
// independent source of uniform, normal and exponential draws per (seed, purpose, ids), and Dist, a
// validated distribution in whatever unit the caller uses.
//
// Every consumer of chance has a stream of its own, so adding a node or a fault disturbs no other draw
// and two variants under one seed meet the same weather. Equal inputs give equal bits on every CPU:
// functions come from core/xmath and products are rounded before they are summed.
// It never reads a clock, the process's global generator, or another stream.
//
// Sources: PCG XSL RR 128/64 (O'Neill 2014) from golang.org/x/exp/rand; the ziggurat of Marsaglia and
// Tsang (2000); Lemire (2019) for integers in a range; Marsaglia and Tsang (2000) for gamma variates.
// Spec 50 §1 (random numbers) and §2 (jitter).
package rng
