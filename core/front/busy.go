package front

import "hypersim/core"

// busy is which share of the last second a server was busy (spec 01 no. 64). A server does one thing at a time, so the time
// that it was busy until now is the sum of all services less what is left of the last one.
type busy struct {
	every core.Duration
	total core.Duration   // of all services, to their ends
	end   core.Instant    // of the last one
	ring  []core.Duration // busy time until each of the last looks, oldest first
	next  int
}

func (b *busy) init(now core.Instant, every core.Duration) {
	*b = busy{every: every, end: now, ring: make([]core.Duration, max(1, int(second/every)))}
}

// add is a service that begins now.
func (b *busy) add(now core.Instant, takes core.Duration) {
	b.total += takes
	b.end = max(b.end, now).Add(takes)
}

// until is how long the server has been busy until an instant that is not before the last service began.
func (b *busy) until(at core.Instant) core.Duration { return b.total - max(0, b.end.Sub(at)) }

// look returns the share at a look, which is kept for later ones.
func (b *busy) look(at core.Instant) float64 {
	have := b.until(at)
	share := b.share(have)
	b.ring[b.next] = have
	b.next = (b.next + 1) % len(b.ring)
	return share
}

func (b *busy) share(have core.Duration) float64 {
	return float64(have-b.ring[b.next]) / float64(b.every*core.Duration(len(b.ring)))
}

// may is the most that the next look can come to without another service.
func (b *busy) may() float64 { return b.share(b.total) }

func (b *busy) memoryBytes() int { return 8 * cap(b.ring) }
