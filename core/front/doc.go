// Package front is what stands between a server's inbox and its machine: it measures how busy the server is
// (core/overload), takes requests in or sends them away (core/admission), and says so (AD-18, AD-22, AD-32; spec 30 §1,
// §6, §7.1; spec 01 nos. 61–64; spec 02 C).
//
// In, from the driver, on the server's own clock: every message that arrives (Admit), when its service begins, how long it
// had waited and how long that takes (Begin), what the machine sent in a step (Sent), and what was lost before it was
// served (Lost). Out: whether a message may wait, the answer Busy to one that may not, and facts.
//
// # What is in flight
//
// A request counts from the instant of its arrival until it is answered: while it waits, while it is served, and while the
// machine has others to ask before it can answer. One that has no answer counts until its service ends. An answer that is
// lost, or never given, is given up after in_flight.request_timeout, so that nothing leaks.
//
// An answer to a request of this server is no request: it is never refused and is not in flight. It takes its service time
// all the same, so it stands among what waits: else a gate that forwards each submission and hears one answer to it would
// foresee half of the wait that there is.
//
// # Why ticks are not always armed
//
// The detector looks at itself every overload.poll_interval. As long as it is HEALTHY, and nothing that it knows could make
// it worse by itself, a look changes nothing; then the looks are made up for at the next event, each with what was known at
// its time, and the server sleeps. A test holds the two ways of looking against each other.
package front
