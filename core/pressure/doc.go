// Package pressure is what senders of progress make of what receivers ask of them (AD-37; spec 30 §5.3–§5.5 as corrected by
// spec 01 nos. 66–69 and spec 02 nos. 30–32).
//
// In: signals, each of one manager, with its epoch and number; when something was sent last. Out: how long to wait until the
// next flush, what goes into it, and at a gate, whether an update is passed on, held or dropped. It says nothing about
// CONTROL, DISPATCH or routes.
//
// Signals go by number: a lower level is applied like a higher one, and one that overtook a newer one is not. What nobody
// repeats is over after a while, so that a manager that fell silent holds nobody up. Without these two rules pressure never
// clears (30/D27).
package pressure
