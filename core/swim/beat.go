package swim

import "hypersim/core"

// A worker is never probed, so there are no acks from it: its heartbeat rides on its own pings (spec 01 no. 18).

// BeatCarrier says what a node's pings say of its work.
type BeatCarrier interface {
	// Beat puts the heartbeat for a member on x: Beat, and all Shards by id. What does not fit is cut off at the end. One of
	// version 0 is none.
	Beat(now core.Instant, to core.NodeID, x *core.Extra)
}

// BeatHearer takes the heartbeats of others.
type BeatHearer interface {
	// HearBeat is given the ping of a member that has one (m.Extra.Beat), after what it says of membership. m is good
	// for the call only.
	HearBeat(now core.Instant, m *core.Message, fx *core.Effects)
}

// Carry makes c's heartbeat ride on the pings of m from now on.
func (m *Machine) Carry(c BeatCarrier) { m.carrier, m.carries = c, c != nil }

// HearBeats makes h be told of heartbeats from now on.
func (m *Machine) HearBeats(h BeatHearer) { m.hearer = h }
