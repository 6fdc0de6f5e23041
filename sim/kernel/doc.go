// Package kernel owns virtual time: the queue of pending events and the loop that handles them in order.
//
// In: events, each a 24-byte value with an instant, an ordering key, a node and an argument. Out: calls of
// one Handler, in the total order of spec 50 §1 (instant, kind, origin node, origin's own sequence), which
// does not depend on the order in which events were scheduled. The kernel never looks into what an event
// means, never draws a random number, never reads a wall clock, never cancels (a stale event is the
// handler's to ignore) and allocates nothing once its memory has grown to the run's peak.
//
// The queue is a monotone radix queue over the 128-bit number (instant, key) whose near end is a short
// sorted array (radix heap: Ahuja, Mehlhorn, Orlin, Tarjan, JACM 37, 1990; sorted near end: ladder queue,
// Tang, Goh, Thng, TOMACS 15, 2005). ADR-0005 has the alternatives and their figures.
package kernel
