// Package health is how one process judges others that it gives work to (spec 30 §2 and §9.2, AD-19, AD-21): managers
// their workers, gates the managers of a datacenter.
//
// In: signs of life and failures, what a node says of its readiness, what got done, and the host's clock. Out: per node
// whether it may get work (Decision), and which nodes are to be evicted now.
//
// Three signals count: is it there (liveness), does it want work (readiness), does it get on (progress). A node that is
// gone or stuck is evicted, but not while more than half of its group fell silent together: then it is more likely that
// the observer is cut off than that all of them are gone (the correlation hold).
//
// A Breaker is the short memory beside it: a few faults in a row keep calls away for seconds, long before anybody is
// evicted.
package health
