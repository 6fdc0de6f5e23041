package swim

import (
	"math/bits"

	"hypersim/core"
)

// pingKind says why a ping was sent.
type pingKind uint8

const (
	pingProbe     pingKind = iota // the failure detector's own
	pingReactive                  // confirmation of an UNCONFIRMED sender (§10.3)
	pingProactive                 // confirmation of a peer that was never heard from (§10.2)
	pingProxied                   // on behalf of another node (§4.2)
	pingReconnect                 // to a DEAD member (§7.4)
	pingDoubt                     // to one that is silenced here and said to live
)

// ping is one outstanding PING. Each has its own seq and is never retransmitted, so that an ACK is
// unambiguous.
type ping struct {
	sent      core.Instant
	due       core.Instant // end of the present wait
	wait      core.Duration
	direct    core.Duration // T_d
	seq       uint32
	turn      uint32 // pingProbe, pingProxied: of the probe that it serves (core.Message.Turn)
	inc       uint32 // target's incarnation when it was sent
	origin    core.NodeID
	originSeq uint32
	until     core.Instant // pingProxied: end of the origin's budget
	target    uint16
	kind      pingKind
	indirect  bool // pingProbe: proxies, and the target over a stream, have been asked
	streamed  bool // pingProbe: the target answered over a stream
	asked     uint8
	nacked    uint16 // which of the asked have sent a NACK, a bit each
	proxies   [maxProxies]uint16
}

// maxProxies bounds probe.indirect_k.
const maxProxies = 10

// nacks is how many of the proxies have sent a NACK; a copy that the network made does not count.
func (p *ping) nacks() int { return bits.OnesCount16(p.nacked) }

// ping sends a PING to k and remembers p until its wait is over.
func (m *Machine) ping(now core.Instant, k int, p ping, fx *core.Effects) uint32 {
	p.seq, p.sent, p.target, p.inc = m.nextSeq(), now, uint16(k), m.rec[k].incarnation()
	p.due = now.Add(p.wait)
	m.out = append(m.out, p)
	if p.due < m.due[timerOutstanding] {
		m.due[timerOutstanding] = p.due
	}
	msg := m.header(core.KindPing, k, fx)
	msg.Seq, msg.Target = p.seq, m.id(k)
	switch p.kind {
	case pingProbe:
		msg.Flags |= core.FlagProbe
		msg.Turn = p.turn
	case pingProxied:
		asker, _ := m.index(p.origin)
		msg.Turn = core.TurnFor(p.turn, asker)
	case pingReactive, pingProactive, pingReconnect, pingDoubt:
	}
	m.attach(now, msg, fx)
	return p.seq
}

// endPing forgets m.out[i] and re-arms the timer if it was the one waited for.
func (m *Machine) endPing(i int) {
	p := &m.out[i]
	switch p.kind {
	case pingProbe:
		m.nProbes--
		m.rec[p.target].setOutstanding(false)
	case pingProxied:
		m.nProxied--
	case pingReactive, pingProactive, pingReconnect, pingDoubt:
	}
	last := len(m.out) - 1
	m.out[i] = m.out[last]
	m.out = m.out[:last]
	m.armPings()
}

// armPings sets the timer to the earliest end of a wait. Few pings are outstanding at a time, one for each tick of a wait and
// those of confirmations, so that they are a plain list.
func (m *Machine) armPings() {
	at := core.Never
	for i := range m.out {
		at = min(at, m.out[i].due)
	}
	m.due[timerOutstanding] = at
}

// dropPings forgets every ping to k without judging it: its record went away or its process changed. What others wait
// for goes on: this node owes them its answer or its NACK whatever it thinks of k (§4.2). So do pings to the gone.
func (m *Machine) dropPings(now core.Instant, k int, fx *core.Effects) {
	for i := len(m.out) - 1; i >= 0; i-- {
		if p := &m.out[i]; int(p.target) == k && p.kind != pingReconnect && p.kind != pingDoubt && p.kind != pingProxied {
			if p.kind == pingProbe {
				m.count.ProbesVoid++
				m.probeEnded(now, p, core.CauseVoid, fx)
			}
			m.endPing(i)
		}
	}
}

// findPing looks a number up, −1 if it is nobody's: the wait is over, or the answer is to another process of this key. Numbers
// begin at a random one, so that those of the last process are not taken for this one's.
func (m *Machine) findPing(seq uint32) int {
	for i := range m.out {
		if m.out[i].seq == seq {
			return i
		}
	}
	return -1
}

// duePing returns the earliest ping that is due, by seq if several are.
func (m *Machine) duePing(now core.Instant) int {
	best := -1
	for i := range m.out {
		p := &m.out[i]
		if p.due > now {
			continue
		}
		if best < 0 || p.due < m.out[best].due || p.due == m.out[best].due && p.seq < m.out[best].seq {
			best = i
		}
	}
	return best
}
