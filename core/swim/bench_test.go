package swim

import "testing"

func BenchmarkReceivePing(b *testing.B) {
	c := newCrowd(1000, true)
	for i := range 2000 {
		c.pinged(1 + i%999)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.pinged(1 + i%999)
	}
}

// BenchmarkTick is one wake-up of a healthy member and the ack it gets, about one of each per second and
// node.
func BenchmarkTick(b *testing.B) {
	c := newCrowd(1000, true)
	for range 3000 {
		c.tick()
	}
	b.ReportAllocs()
	for b.Loop() {
		c.tick()
	}
}

// BenchmarkGossip64Updates is the receipt of 64 fresh claims, queued for passing on in place of those of
// the time before.
func BenchmarkGossip64Updates(b *testing.B) {
	c := newCrowd(1000, true)
	for range 100 {
		c.gossip(64)
	}
	b.ReportAllocs()
	for b.Loop() {
		c.gossip(64)
	}
}
