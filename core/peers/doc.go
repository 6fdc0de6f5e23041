// Package peers chooses one of several peers that could all serve (spec 30 §11.4, AD-28).
//
//	Weight    how well a peer fares, as a weight between 0.1 and 1
//	Score     what a peer and who chooses are to each other: rendezvous hashing, a function of their names alone
//	Order     peers by that score: whoever chooses has its own order, without asking anybody, and if a peer goes, only those
//	          move that had it first
//	Choose    one of the first eight: of two drawn ones the one that answers sooner
//	Estimate  how long a peer takes, and how often it failed of late
//
// In: names, weights, latencies and a stream of chance. Out: an order or a peer. Nothing is sent, kept or timed here.
//
// A worker orders the managers that it may JOIN by it, all of the same weight (01-44); who uses the rest, and who does not,
// says ADR 0057.
package peers
