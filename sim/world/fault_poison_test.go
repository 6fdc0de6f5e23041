package world

import (
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// Every poison travels through both codecs with the same digest; what is malformed is counted and refused
// by whoever hears it, while it acts and not after; what is only far away is believed.
func TestPoison(t *testing.T) {
	for _, c := range []struct {
		values  string
		refused func(w *World, id core.NodeID) uint64
	}{
		{scenarios.PoisonNaN, func(w *World, id core.NodeID) uint64 { return w.nodes[id].m.Coordinates().Counters().RejectedNonFinite }},
		{scenarios.PoisonInf, func(w *World, id core.NodeID) uint64 { return w.nodes[id].m.Coordinates().Counters().RejectedNonFinite }},
		{scenarios.PoisonNegativeHeight, func(w *World, id core.NodeID) uint64 { return w.nodes[id].m.Coordinates().Counters().RejectedNegative }},
		{scenarios.PoisonWrongDims, func(w *World, id core.NodeID) uint64 { return w.nodes[id].m.Coordinates().Counters().RejectedDims }},
		{scenarios.PoisonFar, nil},
	} {
		var digests [2]uint64
		for i, codec := range []string{"struct", "wire"} {
			w, v := watch(t, small(t, 10, aFault("x", "poison", "at = \"20s\"\nfor = \"20s\"\nvalues = \""+c.values+"\"\ntarget = { id = \"a/worker/0\" }"),
				"network.codec="+codec, "scenario.duration=80s"), func(r *trace.Record) bool { return false })
			sum := func() (n uint64) {
				for id := core.NodeID(1); id < 10 && c.refused != nil; id++ {
					n += c.refused(w, id)
				}
				return n
			}
			w.Run(seconds(20))
			before := sum()
			w.Run(seconds(41))
			during := sum()
			w.Run(w.End())
			w.Finish()
			v.check(t)
			if c.refused != nil && (before != 0 || during < 20 || sum() != during) { // about two datagrams a second
				t.Errorf("%s: refused %d before, %d until its end, %d in all", c.values, before, during, sum())
			}
			digests[i] = w.Digest()
		}
		if digests[0] != digests[1] {
			t.Errorf("%s: the digest is %x with structs and %x with bytes", c.values, digests[0], digests[1])
		}
	}
}

// A forced local health score holds for new processes too, nests, and ends.
func TestForcedScore(t *testing.T) {
	faults := aFault("a", "lhm", "at = \"10s\"\nfor = \"40s\"\nscore = 8\ntarget = { id = \"a/worker/1\" }") +
		aFault("b", "lhm", "at = \"20s\"\nfor = \"10s\"\nscore = 3\ntarget = { id = \"a/worker/1\" }") +
		aFault("r", "restart", "at = \"35s\"\ntarget = { id = \"a/worker/1\" }")
	w, v := watch(t, small(t, 10, faults, "scenario.duration=80s"), nil)
	for _, c := range []struct {
		at   float64
		want int
	}{{9, 0}, {11, 8}, {21, 3}, {31, 8}, {40, 8}, {51, 0}} {
		w.Run(seconds(c.at))
		if have := w.Machine(1).LHM(); have != c.want {
			t.Errorf("at %v s the score is %d, want %d", c.at, have, c.want)
		}
	}
	w.Run(w.End())
	w.Finish()
	v.check(t)
}
