package validate

import (
	"math"
	"slices"

	"hypersim/core/rng"
)

// electionModel is the arithmetic of spec 20 §5.1 by itself: voters that are killed one after the other, whoever leads, as
// sums of the waits that the chapter names. It knows no messages, no leases and no terms.
type electionModel struct {
	voters    int
	away      int // of them, for good
	onArrival bool
	way       func(a, b int) float64 // one way, s
}

// The constants of the chapter, s.
const (
	modelBeat    = 2.0 // from one heartbeat to the next
	modelLease   = 5.0
	modelJitter  = 2.0 // who waits first
	modelPreVote = 2.0
	modelRound   = 5.0
	modelSpread  = 2.0 // and so much of it, drawn
)

// gaps draws the times from the death of a leader to the first lease of the next, which its first acknowledged heartbeat
// brings.
func (m *electionModel) gaps(n int, key uint64) []float64 {
	draw := rng.New(1, "validate.election", key, uint64(m.voters), uint64(m.away))
	out := make([]float64, 0, n)
	for len(out) < n {
		gone := map[int]bool{}
		for len(gone) < m.away {
			gone[draw.Intn(m.voters)] = true
		}
		leader := 0
		for gone[leader] {
			leader++
		}
		for range 100 { // as many as a run has; then others are away
			gap, next := m.gap(leader, gone, &draw)
			out, leader = append(out, gap), next
		}
	}
	return out[:n]
}

// gap draws one, and who leads next: of those who stand before they hear that another did, the lowest (spec 01 no. 26).
func (m *electionModel) gap(leader int, gone map[int]bool, draw *rng.Stream) (float64, int) {
	starts := make([]float64, m.voters)
	first, last := -1, float64(draw.Float64()*modelBeat) // since the last heartbeat
	for i := range starts {
		starts[i] = math.Inf(1)
		wait := float64(draw.Float64() * modelJitter)
		if i == leader || gone[i] {
			continue
		}
		if starts[i] = m.way(leader, i) - last + modelLease + wait; first < 0 || starts[i] < starts[first] {
			first = i
		}
	}
	next := first
	for i := range starts {
		if i < next && starts[i] < starts[first]+m.way(first, i) {
			next = i
		}
	}
	trip := m.majority(next, leader, gone)
	round := modelRound + float64(draw.Float64()*modelSpread)
	if m.onArrival {
		return starts[next] + 3*trip, next
	}
	return starts[next] + modelPreVote + round + trip, next
}

// majority is how long it takes to ask those others who make a majority, and to hear from them.
func (m *electionModel) majority(me, dead int, gone map[int]bool) float64 {
	var trips []float64
	for i := range m.voters {
		if i != me && i != dead && !gone[i] {
			trips = append(trips, m.way(me, i)+m.way(i, me))
		}
	}
	slices.Sort(trips)
	return trips[m.voters/2-1]
}
