package vivaldi

import (
	"fmt"
	"testing"
	"time"

	"hypersim/core"
)

// crowd is a node that has met peers with scattered coordinates.
func crowd(tb testing.TB, engine EngineName, peers int) (*Node, []uint16, []core.Coord) {
	n := node(tb, func(c *Config) { c.Engine = engine })
	slots, coords := make([]uint16, peers), make([]core.Coord, peers)
	s := testStream()
	for i := range peers {
		c := &coords[i]
		*c = core.Coord{Dims: 8, Height: 1e-4, Adjustment: 1e-3, Error: 0.2, ErrorMS: 8, Samples: 50}
		for k := range 8 {
			c.Vec[k] = float32(0.1 * (s.Float64() - 0.5))
		}
		slots[i], _ = n.Slot(0, 0, core.NodeID(i))
	}
	return n, slots, coords
}

// step is what one ACK costs.
func step(n *Node, slots []uint16, coords []core.Coord, i int, out *core.Coord) {
	now := core.Instant(i) * 1e6
	k := i % len(slots)
	slots[k], _ = n.Slot(now, slots[k], core.NodeID(k))
	n.Heard(slots[k], now, &coords[k])
	n.Sample(slots[k], now, 80*time.Millisecond+core.Duration(i%7)*time.Millisecond)
	n.Coord(out)
}

func TestNoAllocations(t *testing.T) {
	for _, e := range []EngineName{EngineSerf, EngineBasic, EngineHyperscale} {
		n, slots, coords := crowd(t, e, 40)
		var out core.Coord
		i := 0
		if got := testing.AllocsPerRun(1000, func() { step(n, slots, coords, i, &out); i++ }); got != 0 {
			t.Errorf("%s: %v allocations per ACK", e, got)
		}
	}
	n, slots, _ := crowd(t, "serf", 512)
	id := core.NodeID(1000)
	if got := testing.AllocsPerRun(1000, func() { n.Slot(0, 0, id); id++ }); got != 0 {
		t.Errorf("%v allocations per eviction", got)
	}
	if got := testing.AllocsPerRun(100, func() {
		n.RTTUCBms(slots[3], 0, SourceMeasured)
		n.Quality(slots[3], 0)
		n.FilteredRTT(slots[3], 0)
		n.Sweep(0, nil)
	}); got != 0 {
		t.Errorf("%v allocations per question", got)
	}
}

func BenchmarkAck(b *testing.B) {
	for _, e := range []EngineName{EngineSerf, EngineBasic, EngineHyperscale} {
		for _, peers := range []int{1, 30, 512} {
			b.Run(fmt.Sprintf("%s/%d", e, peers), func(b *testing.B) {
				n, slots, coords := crowd(b, e, peers)
				var out core.Coord
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					step(n, slots, coords, i, &out)
					i++
				}
			})
		}
	}
}

func BenchmarkHeard(b *testing.B) {
	n, slots, coords := crowd(b, "serf", 30)
	i := 0
	for b.Loop() {
		k := i % 30
		slots[k], _ = n.Slot(0, slots[k], core.NodeID(k))
		n.Heard(slots[k], 0, &coords[k])
		i++
	}
}

func BenchmarkUCB(b *testing.B) {
	for name, source := range map[string]Source{"measured": SourceMeasured, "coordinate": SourceCoordinate} {
		b.Run(name, func(b *testing.B) {
			n, slots, coords := crowd(b, "serf", 30)
			var out core.Coord
			for i := range 90 {
				step(n, slots, coords, i, &out)
			}
			for b.Loop() {
				n.RTTUCBms(slots[3], 1e8, source)
			}
		})
	}
}
