// Package core is the contract between the protocol and whatever drives it: everything that can enter
// or leave a protocol machine is declared here, and nothing else.
//
// Read in this order: id.go (who), time.go (when), message.go (what travels), fact.go (what a machine
// reports about itself), effects.go (what a step asks its driver to do), machine.go (the three calls).
//
// A machine has no clock, no socket, no goroutine and no log. A driver gives it messages and the time
// of its host's own clock; the machine answers with messages to send and facts to record. The simulator
// in sim/world is one driver; one over real sockets would be a second one, and the machine could not
// tell them apart.
//
// The rooms below (swim, vivaldi, wire, rng, xmath …) each own one mechanism and import this package;
// this package imports none of them.
package core
