package network

import (
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/sim/trace"
)

const (
	milli = core.Instant(1e6)
	queue = 1 << 20
)

// throttled is three nodes at three sites, 1 Gbit/s and a queue of 1 MiB each.
func throttled() *Network {
	c := uniformSites(3, 3, 250e3, 50e6)
	for range c.Site {
		c.Egress = append(c.Egress, Egress{BitsPerSec: 1e9, QueueBytes: queue})
	}
	return must(New(c, 1))
}

// throttle slows node 0 on its way to some, until a time.
func throttle(n *Network, to []bool, bitsPerSec int64, now, until core.Instant) int {
	id := must(n.AddOverlay(Overlay{From: nodeSet(3, 0), To: to, BitsPerSec: bitsPerSec, Until: until}))
	n.SetOverlay(id, true, now)
	return id
}

// What waits when a rate ends goes at once: 100 kbit/s through 64 kbit/s for 30 s leave 135 kB, which the link's
// own gigabit has sent within 1.1 ms. Both what waits and what comes later is in time, also if it is undone by
// hand and nobody knew when.
func TestARateEndsWithItsOverlay(t *testing.T) {
	for name, c := range map[string]struct{ until, undone core.Instant }{
		"as planned": {30e9, 30e9},
		"by hand":    {0, 30e9},
		"early":      {60e9, 30e9},
	} {
		n := throttled()
		id := throttle(n, nil, 64_000, 0, c.until)
		last := core.Instant(0)
		for i := range core.Instant(3000) {
			if f := send(n, i*10*milli, 0, 1, 125); f.Reason == trace.ReasonNone {
				last = max(last, f.At)
			}
		}
		n.RemoveOverlay(id)
		if want := 30e9 + 50*milli + 2*milli; c.until == c.undone && last > want {
			t.Errorf("%s: what was sent before the end arrives at %v, want by %v", name, last, want)
		}
		for i := range core.Instant(1000) {
			now := 30e9 + i*10*milli
			f := send(n, now, 0, 1, 125)
			own := now + 1000 + 50*milli
			if late := f.At - own; f.Reason != trace.ReasonNone || late < 0 || late > 2*milli || i > 0 && late > 0 {
				t.Fatalf("%s: sent at %v it arrives at %v (%v), want %v", name, now, f.At, f.Reason, own)
			}
		}
	}
}

// A queue holds bytes, however slowly those ahead are sent: one datagram of 125 bytes that takes 15.6 ms fills
// nothing for another destination, and a queue is full of slow bytes as of quick ones.
func TestAQueueIsInBytes(t *testing.T) {
	n := throttled()
	throttle(n, nodeSet(3, 1), 64_000, 0, 0)
	send(n, 0, 0, 1, 125)
	if f := send(n, milli, 0, 2, 125); f.Reason != trace.ReasonNone || f.At != 15_625_000+1000+50*milli {
		t.Errorf("behind 125 slow bytes: arrives at %v (%v)", f.At, f.Reason)
	}
	for i := range 1000 {
		to := core.NodeID(1 + i%2)
		waits := 125*(i+1) + 1 // about: of the two before the loop one is on its way
		if f := send(n, 2*milli, 0, to, 125); (f.Reason != trace.ReasonNone) && waits < queue-1000 {
			t.Fatalf("%d: %v with %d bytes in a queue of %d", i, f.Reason, waits, queue)
		}
	}
	for range 10_000 {
		send(n, 3*milli, 0, 2, 1400)
	}
	if f := send(n, 3*milli, 0, 2, 1400); f.Reason != trace.ReasonQueue {
		t.Errorf("full of 1 MiB: %v", f.Reason)
	}
}

// model is an egress that remembers every packet.
type model struct {
	own     perByte
	rates   []modelRate
	packets []modelPacket
}

type modelRate struct {
	to    core.NodeID
	rate  perByte
	until core.Instant
}

type modelPacket struct {
	size   int
	begins core.Instant
	ends   core.Instant
	to     core.NodeID
}

// finish sends size bytes to a node from a time on, byte rates changing as overlays end.
func (m *model) finish(at core.Instant, to core.NodeID, size float64) core.Instant {
	for {
		rate, until := m.own, core.Never
		for _, r := range m.rates {
			if r.to == to && r.until > at {
				rate, until = max(rate, r.rate), min(until, r.until)
			}
		}
		perByte := float64(rate) / (1 << perByteShift)
		if need := core.Instant(float64(size * perByte)); until == core.Never || at+need <= until {
			return at + need
		}
		size -= float64(until-at) / perByte
		at = until
	}
}

func (m *model) unsent(now core.Instant) (sum float64) {
	for _, p := range m.packets {
		switch {
		case p.ends <= now:
		case p.begins >= now:
			sum += float64(p.size)
		default: // at most its size; what is left at one rate, which is close
			sum += float64(float64(p.size) * float64(p.ends-now) / float64(p.ends-p.begins))
		}
	}
	return sum
}

// Against a model that remembers every packet: when each leaves, and whether it found room.
func TestBacklogAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := throttled()
		m := &model{own: newPerByte(1e9)}
		for range rapid.IntRange(1, 3).Draw(t, "overlays") {
			bits := rapid.Int64Range(64_000, 20_000_000).Draw(t, "bit/s")
			to := core.NodeID(rapid.IntRange(1, 2).Draw(t, "slow"))
			until := core.Instant(rapid.IntRange(1, 2000).Draw(t, "until")) * milli
			throttle(n, nodeSet(3, to), bits, 0, until)
			m.rates = append(m.rates, modelRate{to, newPerByte(bits), until})
		}
		now, busy := core.Instant(0), core.Instant(0)
		for range rapid.IntRange(1, 300).Draw(t, "packets") {
			now += core.Instant(rapid.IntRange(0, 20_000_000).Draw(t, "gap"))
			to, size := core.NodeID(rapid.IntRange(1, 2).Draw(t, "to")), rapid.IntRange(1, 100_000).Draw(t, "size")
			waits := m.unsent(now)
			f := send(n, now, 0, to, size)
			free := busy <= now || waits+float64(size) <= queue
			if have := f.Reason == trace.ReasonNone; have != free {
				if d := waits + float64(size) - queue; d < -100_000 || d > 100_000 {
					t.Fatalf("at %v with %.0f bytes ahead: %v", now, waits, f.Reason)
				}
				free = have // a packet that spans two rates is not spread evenly
			}
			if !free {
				continue
			}
			begins := max(now, busy)
			busy = m.finish(begins, to, float64(size))
			m.packets = append(m.packets, modelPacket{size, begins, busy, to})
			// half a byte at the slowest rate for each end of an overlay, and 1 ns a packet
			if d := f.At - 50*milli - busy; d < -400_000 || d > 400_000 {
				t.Fatalf("sent at %v it leaves at %v, want %v", now, f.At-50*milli, busy)
			}
			if f.At.Sub(now) < f.Min {
				t.Fatalf("it takes %v, at least %v", f.At.Sub(now), f.Min)
			}
		}
	})
}
