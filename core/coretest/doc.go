// Package coretest is a bench for protocol machines: a few of them on one virtual clock and one wire,
// driven by hand. Tests use it to stage one exchange at a time; it is no simulator.
//
// In: machines (core.Machine) under a name, and orders: advance, drop, hold, deliver, send. Out: what
// was sent, delivered and reported, in order and as text (Trace). The wire has one fixed delay, loses
// nothing unless told, and never reorders two messages of the same pair.
//
// It knows messages and facts but no protocol: what a script is about belongs to the room whose machines
// are on the bench. It never imports one, so that a room's own tests may stand on it.
package coretest
