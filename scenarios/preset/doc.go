// Package preset knows how systems that people run are set up: memberlist and what is built on it. A scenario takes one as
// the ground that its own keys stand on ([protocol] profile = "consul"), so that somebody can begin with what runs in
// production, and read a result in the names of that system.
//
// In: nothing. Out: a table of keys with their values, what each is called there, and what has no counterpart here.
package preset
