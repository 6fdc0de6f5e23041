// Package dispatch decides which workflows of a job start now, with how many cores, on which workers, and knows how many
// cores of each worker are free to be given away (spec 20 §4.4–§4.6).
//
// Three questions, a file each. ready.go: which workflows may start, by class and priority, and how the free cores are
// shared among them. pool.go: which workers come first. capacity.go: what of a worker is free, when what it says is older
// than what was sent to it. A dispatch counts as taken until the worker's own word, at a version that the worker gave it,
// shows it: a core that is counted twice waits for a moment, one that is counted never is given away twice. cores.go is the
// worker's side: who has each of its cores.
//
// It has no clock and sends nothing: the manager's role asks it, and tells it what came of it.
package dispatch
