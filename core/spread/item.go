package spread

import (
	"math"

	"hypersim/core"
	"hypersim/core/xmath"
)

// Item is one piece of news with what spreading it needs.
type Item[T any] struct {
	key    uint64
	News   T
	queued uint32 // local ms
	Sent   uint8  // transmissions so far
	Limit  uint8  // after how many it is forgotten, at least 1
}

// Order says what comes first in a queue. In either order, among items that are alike so far, the newest comes first,
// and of those the one about the lowest id.
type Order uint8

// The orders.
const (
	LeastSent Order = iota // fewest transmissions, then rank
	RankFirst              // rank, then fewest transmissions
)

// Rank is how urgent an item is, 0 the most.
type Rank uint8

// NumRanks is how many ranks there are.
const NumRanks = 4

// The parts of a key, which is 64 bits: a smaller key goes out first. Rank and transmissions share the ten bits at the
// top, in the order of the queue. What is newest is told by turns, one for each instant at which something was queued:
// a clock's unit would call two instants the same, and a clock may be set back.
const (
	topShift  = 54
	turnShift = 22
	aboutMask = 1<<turnShift - 1

	rankBits = 2
	sentBits = 8
)

// key returns the key of an item that was not sent yet.
func (o Order) key(rank Rank, turn uint32, about core.NodeID) uint64 {
	top := uint64(rank)
	if o == RankFirst {
		top <<= sentBits
	}
	return top<<topShift | uint64(^turn)<<turnShift | uint64(about)&aboutMask
}

// sending is what one transmission adds to a key.
func (o Order) sending() uint64 {
	if o == RankFirst {
		return 1 << topShift
	}
	return 1 << (topShift + rankBits)
}

// turn is the turn in the key, about what it holds of whom the item is about.
func (it *Item[T]) turn() uint32  { return ^uint32(it.key >> turnShift) }
func (it *Item[T]) about() uint32 { return uint32(it.key) & aboutMask }

// Age is for how many ms the item has been queued; 0 if the clock was set back behind that.
func (it *Item[T]) Age(now core.Instant) uint32 { return uint32(max(0, int32(millis(now)-it.queued))) }

func millis(t core.Instant) uint32 { return uint32(t / 1e6) }

// Decades is Limit as memberlist counts: max(1, ⌊λ·⌈log10(n+1)⌉⌋), at most 255.
func Decades(lambda float64, n int) uint8 {
	return uint8(min(max(1, int(float64(lambda*math.Ceil(xmath.Log10(float64(n+1)))))), 255))
}

// Limit is how often each member tells a piece of news in a group of n: max(1, ⌊λ·ln(n+1)⌋), at most 255 (§6).
func Limit(lambda float64, n int) uint8 {
	return uint8(min(max(1, int(lambda*xmath.Log(float64(n+1)))), 255))
}
