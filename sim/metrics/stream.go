package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// Blocked is a member that for a while was answered for by streams alone: so many probes of it by anybody ended
// one after the other without a datagram from it, neither to the prober nor to a proxy.
type Blocked struct {
	Subject     core.NodeID
	Probes      uint32 // the longest such row
	Since, Last core.Instant
}

// blockedLeast is the shortest row that is worth a word. At a quarter of all datagrams lost one probe in seven is
// saved by its stream, so that a row of ten is chance once in a hundred million.
const blockedLeast = 10

// answers is how probes of one member ended lately.
type answers struct {
	row   uint32 // by stream only, since the last datagram
	since core.Instant
	worst Blocked
}

// answeredBy takes the end of a probe of s by n, which void probes and those of UNCONFIRMED members are not.
func (r *probes) answeredBy(now core.Instant, n, s core.NodeID, streamed, failed bool) {
	a := &r.answers[s]
	if !streamed {
		if !failed {
			a.row = 0
		}
		return
	}
	if a.row == 0 {
		a.since = now
	}
	if a.row++; a.row > a.worst.Probes {
		a.worst = Blocked{Subject: s, Probes: a.row, Since: a.since, Last: now}
	}
	o := r.about(words.StreamOnly, now, 1, n, s)
	r.keep(&o)
}

// finish lists who was reached by streams alone.
func (r *probes) finish(core.Instant) {
	for i := range r.answers {
		if b := &r.answers[i].worst; b.Probes >= blockedLeast {
			r.res.Blocked = append(r.res.Blocked, *b)
		}
	}
}
