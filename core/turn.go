package core

// TurnOf is the turn of datagrams of the k-th probe or tick of a process, which is the instance-th of its node:
// the answers, and what others do for it, carry it on. Lives lie 2^32/φ apart, so that the turns of a thousand
// of them do not meet before the four-millionth tick.
func TurnOf(instance uint32, k int64) uint32 { return (instance*0x9e3779b1 + uint32(k)) &^ turnLone }

// TurnLone is the turn of the k-th datagram of its kind that a process sends and that belongs to no probe or tick.
func TurnLone(instance, k uint32) uint32 { return (instance*0x9e3779b1 + k) | turnLone }

// TurnFor is the turn of what a process does at the request of somebody, numbered who, in his turn. Two askers
// have different ones, and neither has one that the process itself uses, but for a chance of 2^−31.
func TurnFor(turn uint32, who int) uint32 {
	x := (turn ^ uint32(who+1)*0x85ebca6b) * 0xc2b2ae35
	return (x ^ x>>15) &^ turnLone
}

// TurnCopy is the turn of the second copy of a datagram, as its receiver sees it.
func TurnCopy(turn uint32) uint32 { return turn ^ 0x5bd1e995 }

const turnLone = 1 << 31
