package swim

import "hypersim/core"

// rateLimiter is a token bucket per sender (§3.2). Only buckets that are not full are kept: a sender that
// has been quiet for a moment has a full one again, so the table stays a handful long.
type rateLimiter struct {
	buckets []bucket
}

type bucket struct {
	sender core.NodeID
	at     core.Instant
	debt   float64 // tokens missing from a full bucket, at time at
}

// rateSenders bounds the table: a flood under a thousand names is refused beyond it, with everybody who comes new meanwhile.
const rateSenders = 1024

// allow takes one token of sender's.
func (l *rateLimiter) allow(c *Config, now core.Instant, sender core.NodeID) bool {
	perNS := float64(c.Rate.Refill) / 1e9
	found := -1
	for i := 0; i < len(l.buckets); {
		b := &l.buckets[i]
		debt := b.debt - float64(float64(max(0, now.Sub(b.at)))*perNS) // a clock that was set back owes nobody anything
		b.at = min(b.at, now)
		switch {
		case b.sender == sender:
			b.debt, b.at = max(0, debt), now
			found = i
		case debt <= 0:
			last := len(l.buckets) - 1
			l.buckets[i] = l.buckets[last]
			l.buckets = l.buckets[:last]
			if found == last {
				found = i
			}
			continue
		}
		i++
	}
	if found < 0 {
		if len(l.buckets) >= rateSenders {
			return false
		}
		l.buckets = append(l.buckets, bucket{sender: sender, at: now})
		found = len(l.buckets) - 1
	}
	b := &l.buckets[found]
	if b.debt+1 > float64(c.Rate.Burst) {
		return false
	}
	b.debt++
	return true
}
