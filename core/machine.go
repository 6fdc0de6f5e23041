package core

// Machine is a protocol state machine. Same state, input and random streams give the same effects.
//
// A machine is not safe for concurrent use: one driver owns it. It never keeps m or fx beyond the call.
type Machine interface {
	// Receive applies m, which arrived at now on the host's own clock, and appends to fx what must
	// happen next.
	Receive(now Instant, m *Message, fx *Effects)

	// Wake applies every deadline at or before now. A call that finds nothing due does nothing.
	Wake(now Instant, fx *Effects)

	// Deadline reports when Wake is next needed; ok is false when nothing is pending.
	Deadline() (at Instant, ok bool)
}
