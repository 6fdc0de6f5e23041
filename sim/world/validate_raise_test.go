package world

import (
	"fmt"
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

// raised is who learned of a member's new incarnation, when, and how.
type raised struct {
	since  []float64 // s, sorted
	direct int       // from a datagram of the member itself
	relays int       // members that passed it on
}

// raise lets one member raise its incarnation, as the fault of that name does, without sync.
func raise(tb testing.TB, n int, seed uint64) (out raised) {
	who := core.NoNode
	var start core.Instant
	known := make([]bool, n)
	w := flatLAN(tb, n, seed, 60, func(r *trace.Record) {
		f := &r.Fact
		if who == core.NoNode || r.Kind != trace.KindFact || f.Subject != who || r.Node == who {
			return
		}
		switch f.Kind {
		case core.FactTransition:
			if !known[r.Node] {
				known[r.Node] = true
				out.since = append(out.since, r.At.Sub(start).Seconds())
				if f.Cause == core.CauseSeen {
					out.direct++
				}
			}
		case core.FactQueued:
			out.relays++
		default:
		}
	}, "protocol.sync.mode=off")
	draw := rng.New(seed, "validate.raise", uint64(n))
	w.Run(at(5 + draw.Float64()))
	start, who = w.Now(), core.NodeID(draw.Intn(n))
	w.nodes[who].m.Refresh(w.nodes[who].local(start), &w.fx)
	w.drain(start, start, who)
	w.Run(w.End())
	slices.Sort(out.since)
	return out
}

// Entry B1's own piece of news is a member that raises its incarnation. It spreads like the rumour of
// TestValidateGossip, with the member itself telling it for longer, as every datagram's header carries it. By
// the letter of spec 10 it would not (ADR-0009): §3.2 takes the header before the updates, so that the alive
// which comes with it is a duplicate, and §2.3 does not relay what was seen; at n = 100 it then took 5 to 7 s
// with sync, and more than 55 s without. A share told in person of one is what that looked like.
func TestValidateRaise(t *testing.T) {
	tb := newTable(t)
	for _, n := range []int{30, 100} {
		var half, all, direct []float64
		for seed := range uint64(pick(100, 20)) {
			r := raise(t, n, seed+1)
			if len(r.since) != n-1 || r.relays == 0 {
				t.Fatalf("n=%d seed=%d: %d know, %d relayed", n, seed+1, len(r.since), r.relays)
			}
			direct = append(direct, float64(r.direct)/float64(n-1))
			half = append(half, r.since[(n+1)/2-2]/gossipRound) // the member itself knows too
			all = append(all, r.since[n-2]/gossipRound)
		}
		m := spread{n: n, lambda: 3, gossip: gossipRound, fanout: 3, probes: true, acks: true}.mean(pick(2000, 200))
		tb.near(fmt.Sprintf("raise, rounds to 50 %%, n %d", n), "model", m.half/gossipRound, 0.10, half)
		tb.near(fmt.Sprintf("raise, rounds to all, n %d", n), "model", m.all/gossipRound, 0.10, all)
		tb.atMost(fmt.Sprintf("never later than Serf's estimate, rounds, n %d", n), "A, B", serfRounds(n, 3, 0, 0, 0.9999), all)
		tb.note(fmt.Sprintf("share told by the member itself, n %d", n), "", direct, "1 if nobody relayed it")
	}
}
