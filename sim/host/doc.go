// Package host is the simulated machine under a node: one server with a bounded inbox that is served by
// class, pauses, slowness, and a clock that may be wrong (spec 50 §3).
//
// In: arrivals and times in virtual time. Out: whether the node may act now, later, or not at all. The
// host knows nothing of messages beyond their class and a handle; it schedules nothing itself: its owner
// does what the answers say.
//
// A message is handled at the start of its service and what it causes leaves at the end; the next one
// waits until then. An idle host thus needs one event per message, and a busy one behaves as a
// single-server queue.
package host
