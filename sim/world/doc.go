// Package world is where the protocol core meets the simulated world: it builds the hosts, the network
// and one machine per node out of a scenario, and runs the loop.
//
// In: a validated scenarios.Scenario. Out: one stream of trace.Records, to the sinks that the caller
// attached (metrics, checks, a trace file), and a digest. It is the only room of sim that imports the
// nodes' packages.
//
// Reading order: run.go (the loop, a screen), world.go (what there is), build.go (from a scenario),
// send.go (a message's way), life.go (processes), faults.go (disturbances).
package world
