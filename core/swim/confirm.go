package swim

import "hypersim/core"

// confirmation is what is kept of an UNCONFIRMED record while it is one.
type confirmation struct {
	pinged    core.Instant // last reactive ping, or never
	suspected bool         // an accusation at the present incarnation has been passed on
}

// confirmations are the side table of UNCONFIRMED records.
type confirmations struct {
	slab []confirmation
	idle []uint16
}

func (t *confirmations) at(side uint16) *confirmation { return &t.slab[side-1] }

func (t *confirmations) alloc() uint16 {
	fresh := confirmation{pinged: -core.Never}
	if n := len(t.idle); n > 0 {
		i := t.idle[n-1]
		t.idle = t.idle[:n-1]
		*t.at(i) = fresh
		return i
	}
	t.slab = append(t.slab, fresh)
	return uint16(len(t.slab))
}

func (t *confirmations) free(side uint16) { t.idle = append(t.idle, side) }

func (t *confirmations) len() int { return len(t.slab) - len(t.idle) }

// reactive pings an UNCONFIRMED sender at once (§10.3): formation takes round trips, not timeouts.
func (m *Machine) reactive(now core.Instant, k int, fx *core.Effects) {
	r := &m.rec[k]
	if !m.cfg.Confirm.Reactive || m.leaving || !m.isParticipant(r.role()) || r.outstanding() {
		return
	}
	c := m.conf.at(r.side)
	if c.pinged != -core.Never && now.Sub(c.pinged) < m.cfg.Confirm.ReactiveGap {
		return
	}
	for i := range m.out {
		if int(m.out[i].target) == k {
			return
		}
	}
	c.pinged = now
	m.count.ConfirmAttempts[r.role()]++
	f := fx.Fact(core.FactConfirmAttempt)
	f.Subject, f.Role, f.Cause = m.id(k), r.role(), core.CauseReactive
	m.ping(now, k, ping{kind: pingReactive, wait: m.adaptive(now, m.cfg.Probe.Timeout, k, fx)}, fx)
}
