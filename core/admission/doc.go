// Package admission decides which requests a server takes in (AD-22, AD-24, AD-32; spec 30 §6–§8 as corrected by spec 01
// nos. 61–65 and spec 02 no. 24).
//
// In: every message that is not CONTROL when it arrives, before it waits (Desk.Admit), when its service begins, what that
// took, and when it is answered; the server's overload state (core/overload). Out: taken in, or refused with a reason and a
// time after which to come again.
//
// The order is fixed and all checks run before any count changes, so that a refusal costs the one who is refused nothing:
// shed by state; the rate of the client; how many are in flight; how long it would wait. A CONTROL message is never refused,
// and counted only in the total.
//
// Counts by themselves cannot hold latency: a thousand requests of a millisecond wait a second, and of two seconds half an
// hour. So what is bounded first of all is the wait: whoever would wait longer than in_flight.max_wait is told to come
// again, while those who were taken in are served in time. It lies below the latency from which core/overload calls the
// server STRESSED; otherwise both would act in turn.
package admission
