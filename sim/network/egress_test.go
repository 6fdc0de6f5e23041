package network

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

// oneLink is two nodes at two sites, 50 ms apart, the first with the given egress.
func oneLink(l Link, e Egress) Config {
	c := uniformSites(2, 2, 250e3, 50e6)
	c.Intra, c.Inter = l, l
	c.Egress = []Egress{e, {}}
	return c
}

func TestSendingTimeIsSizeOverRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Int64Range(1e6, 400e9).Draw(t, "bit/s")
		size := rapid.IntRange(0, 64<<20).Draw(t, "bytes")
		want := new(big.Int).Mul(big.NewInt(int64(size)), big.NewInt(8e9))
		want.Div(want, big.NewInt(rate))
		have := newPerByte(rate).times(size)
		// The rate is rounded to 2^−25 ns per byte: 2 ns over 64 MiB, beside the cut to whole ns.
		if d := int64(have) - want.Int64(); d < -3 || d > 3 {
			t.Fatalf("%d bytes at %d bit/s take %d ns, want %d", size, rate, have, want)
		}
	})
}

func TestDropTail(t *testing.T) {
	// 1 Mbit/s: 125 bytes take 1 ms. The queue takes 500 bytes, those being sent included.
	n := must(New(oneLink(Link{}, Egress{BitsPerSec: 1e6, QueueBytes: 500}), 1))
	const ms = core.Instant(1e6)
	for _, c := range []struct {
		name string
		now  core.Instant
		size int
		want core.Instant // departure; 0 = dropped
	}{
		{"idle: larger than the queue, sent all the same", 0, 1000, 8 * ms},
		{"busy with 500 unsent bytes: full", 4 * ms, 1, 0},
		{"busy with 375 unsent bytes: room for 125", 5 * ms, 125, 9 * ms},
		{"and for no more", 5 * ms, 1, 0},
		{"idle again", 9 * ms, 125, 10 * ms},
	} {
		f := send(n, c.now, 0, 1, c.size)
		if c.want == 0 {
			if f.Reason != trace.ReasonQueue {
				t.Errorf("%s: have %+v, want a drop", c.name, f)
			}
			continue
		}
		if have := f.At - 50*ms; f.Reason != trace.ReasonNone || have != c.want {
			t.Errorf("%s: leaves at %v (%v), want %v", c.name, have, f.Reason, c.want)
		}
	}
}

// TestQueueWaitIsMD1 compares the mean wait with the Pollaczek–Khinchine formula for constant service:
// W = ρD / (2(1−ρ)).
func TestQueueWaitIsMD1(t *testing.T) {
	const rho, size, count = 0.7, 1400, 1_000_000
	n := must(New(oneLink(Link{}, Egress{BitsPerSec: 1e9}), 1))
	s := rng.New(1, "test.arrivals")
	d := 8.0 * size // ns
	now, sum := 0.0, 0.0
	for range count {
		now += s.Exp() * d / rho
		f := send(n, core.Instant(now), 0, 1, size)
		sum += float64(f.At-core.Instant(now)) - 50e6 - d
	}
	want := rho * d / (2 * (1 - rho))
	if have := sum / count; math.Abs(have/want-1) > 0.04 { // 4 standard errors of the correlated waits
		t.Errorf("mean wait %.0f ns, M/D/1 gives %.0f", have, want)
	}
}

func TestMTU(t *testing.T) {
	n := must(New(oneLink(Link{MTU: 1400}, Egress{}), 1))
	if f := send(n, 0, 0, 1, 1400); f.Reason != trace.ReasonNone {
		t.Errorf("1400 bytes: %v", f.Reason)
	}
	if f := send(n, 0, 0, 1, 1401); f.Reason != trace.ReasonMTU || f.At != 0 {
		t.Errorf("1401 bytes: %+v, want refused", f)
	}
}
