package swim

import "hypersim/core"

// Removal is why an UNCONFIRMED record was removed (§2.3, §10.2).
type Removal uint8

// Removals.
const (
	RemovalExhausted  Removal = iota // all attempts timed out, and the timeout is over
	RemovalTimeout                   // the timeout of a role without attempts is over
	RemovalGossipDead                // gossip says that it died
	RemovalGossipLeft                // gossip says that it left
	RemovalEvicted                   // the table is full (§2.6)
	NumRemovals       = 5
)

func removalOf(c core.Cause) Removal {
	switch c {
	case core.CauseExhausted:
		return RemovalExhausted
	case core.CauseDead:
		return RemovalGossipDead
	case core.CauseLeft:
		return RemovalGossipLeft
	case core.CauseEvicted:
		return RemovalEvicted
	default:
		return RemovalTimeout
	}
}
