package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"hypersim/core"
)

// BenchmarkShapes holds 10,000 events through increments other than exponential ones: ties, periods, and
// the mixture of short delays and long timers that a cluster makes.
func BenchmarkShapes(b *testing.B) {
	var names []string
	for name := range delays {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == "every magnitude" || name == "near never" || name == "block borders" {
			continue // time runs out
		}
		b.Run(name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(7, 11))
			increments := make([]core.Duration, 4096)
			for i := range increments {
				increments[i] = delays[name](r)
			}
			const pending = 10_000
			var k *Kernel
			var seq uint64
			left := 0
			k = New(handlerFunc(func(e *Event) {
				seq++
				k.Schedule(timer(e.At.Add(increments[seq%4096]), e.Node, seq))
				if left--; left == 0 {
					k.Stop()
				}
			}))
			for i := range uint64(pending) {
				k.Schedule(timer(core.Instant(increments[i%4096]), core.NodeID(i), 1<<38+i))
			}
			left = 3 * pending
			k.Run(core.Never)
			b.ReportAllocs()
			b.ResetTimer()
			left = b.N
			k.Run(core.Never)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
