package network

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// attempt is what came of sending something once.
type attempt uint8

const (
	attemptOK attempt = iota
	attemptLost
	attemptRefused
	attemptIgnored // it arrived, and a cut of its class keeps the receiver from taking it in
)

// Host says how a node's host treats streams to it.
type Host uint8

// Host states.
const (
	HostUp      Host = iota
	HostSilent       // the host is gone: nothing answers
	HostRefuses      // the process is gone: its host refuses after a round trip
)

// open makes a handshake: when the answer is back, acceptance or refusal. Drawn from the sender's own
// streams both ways. It carries no bytes but waits behind those in the sender's queue.
func (n *Network) open(now core.Instant, p *packet) (attempt, core.Instant) {
	there := n.leg(now, p.from, p.to, p)
	back := n.leg(now, p.to, p.from, p)
	cut := (n.cutting(p.from, p.to, p.kind) | n.cutting(p.to, p.from, p.kind)) &^ n.cuts.deaf
	switch {
	case cut&n.cuts.refuse != 0:
		return attemptRefused, max(now.Add(n.TrueRTT(p.from, p.to, now)), there.held, back.held)
	case cut != 0 || there.lost || back.lost || n.streams.host[p.to] == HostSilent:
		return attemptLost, 0
	case n.streams.host[p.to] == HostRefuses:
		return attemptRefused, max(now.Add(n.TrueRTT(p.from, p.to, now)), there.held, back.held)
	}
	leaves := n.departStream(now, p.from, there.limits, 0)
	return attemptOK, max(max(leaves.at.Add(there.delay), there.held).Add(back.delay), back.held)
}

// transmit sends the bytes of a message once over an open stream: when they arrive, and the least that
// could have taken.
func (n *Network) transmit(now core.Instant, p *packet) (attempt, core.Instant, core.Duration) {
	leg := n.leg(now, p.from, p.to, p)
	leaves := n.departStream(now, p.from, leg.limits, p.size)
	cut := n.cutting(p.from, p.to, p.kind)
	switch {
	case cut&n.cuts.refuse != 0:
		return attemptRefused, max(now.Add(n.TrueRTT(p.from, p.to, now)), leg.held), 0
	case cut&^n.cuts.deaf != 0 || leg.lost || n.streams.host[p.to] == HostSilent:
		return attemptLost, 0, 0
	case n.streams.host[p.to] == HostRefuses:
		return attemptRefused, max(now.Add(n.TrueRTT(p.from, p.to, now)), leg.held), 0
	}
	at := max(leaves.at.Add(leg.delay), leg.held)
	if cut != 0 {
		return attemptIgnored, at, 0
	}
	return attemptOK, at, leg.least + leaves.took
}

func (n *Network) cutting(from, to core.NodeID, kind core.Kind) uint64 {
	if n.cuts.active == 0 {
		return 0
	}
	return n.cuts.blocking(from, to, kind)
}

// leg is one way of an attempt.
type leg struct {
	delay, least core.Duration
	limits       uint64       // overlays that slow the sender's egress
	held         core.Instant // nothing arrives before
	lost         bool
}

// leg draws one way of p, or of the answer to it, from the stream draws of its sender, so that stream traffic shifts no datagram's chance.
// The state of a Gilbert–Elliott path is shared with datagrams: it is the path's.
func (n *Network) leg(now core.Instant, from, to core.NodeID, p *packet) leg {
	d := &n.streams.draws[p.from]
	s, w := n.where[from], n.where[to]
	l := n.link(s.site, w.site)
	base := n.Base(from, to)
	if l.flags&hasDrift != 0 {
		base = n.drifted(l, s.place, w.place, base, now)
	}
	out := leg{}
	var e *effect
	if n.over.active != 0 {
		if e = n.effectOn(now, from, to, p.kind); e != nil {
			base = e.delay(base)
			out.limits, out.held = e.limits, e.held
		}
	}
	extra := l.sample(base, &d.jitter)
	if l.flags&hasLoss != 0 {
		out.lost = n.lost(n.bad, &l.loss, from, w.site, &d.loss)
	}
	if l.flags&hasCorrupt != 0 && d.loss.Bool(l.corrupt) {
		out.lost = true
	}
	extra += l.reorder.sample(&d.jitter)
	if e != nil {
		late, lost := n.streamFate(e, from, p.from, w.site)
		extra += late
		out.lost = out.lost || lost
	}
	out.delay = max(base+extra, 1)
	out.least = max(base+l.least(base), 1)
	return out
}

// streamDraws are a sender's draws for streams.
type streamDraws struct{ jitter, loss rng.Stream }
