// Package overload says how busy a server is (AD-18; spec 30 §1 as corrected by spec 02 nos. 19–24).
//
// In: how long requests took, of each class by itself, from arrival to the end of their own service; what share of its time
// the server was busy and how much memory it holds; how full its tables of requests in flight are. Out: one of four states,
// which its admission, its heartbeats and, of leaders, routing go by.
//
// A rise takes effect in the event that causes it. A fall takes as many ticks as the ring is long, and lands on the worst of
// them. Reading changes nothing.
//
// # Why there is a window for each class, and a ceiling
//
// Told as it happened with one window: ten queued requests of 2 ms make the mean of the last ten rise above what it was; the
// server calls itself OVERLOADED and refuses everything; so no sample arrives, and the window keeps its values until they
// are too old; everybody tries again at once. It went round like that every 13 to 16 s, at any load from half of the
// capacity on. Now the latency of a class raises the state only as far as sheds that class, samples are old after a second,
// what is slow only against its own past may warn and not refuse, and a server that is merely busy is called busy. What is
// refused beyond that is refused because it would wait too long (core/admission).
package overload
