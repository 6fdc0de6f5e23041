package swim

import (
	"time"

	"hypersim/core"
)

// What a record and its side tables have room for (§2.6). The ranges of the keys keep to it, and a loader keeps
// groups to it; a test holds both against each other.
const (
	// MaxGroup is how many members a group may have: side tables, lists and outstanding pings name one in 16 bits.
	MaxGroup = 1<<16 - 1

	// MaxAge is the longest time that may pass between two instants of a record. A record keeps local time in 32 bits
	// of milliseconds. Half of that, 24 days, are ages; the other half are clocks that were set back.
	MaxAge = (1<<31 - 1) * time.Millisecond

	// MinPeriod is the shortest period of anything that repeats. Budgets travel in whole milliseconds, and a
	// timer that fires without end stops virtual time.
	MinPeriod = time.Millisecond

	longest = core.Duration(1 << 60) // 36 years: what a product of factors is cut to, so that sums of a few fit
)

// saturated is a time of ns nanoseconds that factors stretched, at most longest.
func saturated(ns float64) core.Duration {
	if ns >= float64(longest) {
		return longest
	}
	return core.Duration(ns)
}

// budgetMS is how a wait travels in a PING_REQ: in whole milliseconds, and never as none.
func budgetMS(wait core.Duration) uint32 {
	return uint32(min(max(wait.Milliseconds(), 1), int64(MaxAge/time.Millisecond)))
}
