package routing

import "hypersim/core"

// trouble is the machine of one datacenter in the correlation of failures (spec 30 §3.4).
type trouble struct {
	state   Trouble
	since   core.Instant
	failed  core.Instant   // since when it is FAILED or worse without a confirmed recovery, core.Never: it is not
	last    core.Instant   // failure, core.Never: none that counts
	changes []core.Instant // the last ones, oldest first; as many as make it flap
}

func newTrouble(c *CorrelationKeys) trouble {
	return trouble{failed: core.Never, last: core.Never, changes: make([]core.Instant, 0, c.Flaps)}
}

// become changes the state.
func (t *trouble) become(now core.Instant, to Trouble) {
	if len(t.changes) == cap(t.changes) {
		t.changes = t.changes[:copy(t.changes, t.changes[1:])]
	}
	t.changes = append(t.changes, now)
	t.state, t.since = to, now
	switch {
	case to == TroubleNone:
		t.failed, t.last = core.Never, core.Never
	case to == TroubleFailed && t.failed == core.Never:
		t.failed = now
	}
}

// flaps reports whether as many changes as make it flap happened within the window.
func (t *trouble) flaps(now core.Instant, c *CorrelationKeys) bool {
	return len(t.changes) == c.Flaps && now.Sub(t.changes[0]) <= c.FlapWindow
}

// fail takes in a failure of the datacenter.
func (t *trouble) fail(now core.Instant, c *CorrelationKeys) {
	t.last = now
	switch t.state {
	case TroubleNone:
		t.become(now, TroubleFailing)
	case TroubleRecovering:
		if t.flaps(now, c) {
			t.become(now, TroubleFlapping)
		} else {
			t.become(now, TroubleFailing)
		}
	default: // it is in trouble already
	}
}

// recover takes in a sign of recovery.
func (t *trouble) recover(now core.Instant, c *CorrelationKeys) {
	switch t.state {
	case TroubleFailing, TroubleFailed:
		t.become(now, TroubleRecovering)
	case TroubleFlapping:
		if now.Sub(t.since) >= c.FlapCooldown {
			t.become(now, TroubleRecovering)
		}
	default: // it is well already, or about to be
	}
}

// tick takes in that time passed.
func (t *trouble) tick(now core.Instant, c *CorrelationKeys) {
	switch {
	case t.state == TroubleFailing && now.Sub(t.since) >= c.Confirm:
		t.become(now, TroubleFailed)
	case t.state == TroubleRecovering && now.Sub(t.since) >= c.Recover:
		t.become(now, TroubleNone)
	}
}

// confirmed, flapping, unconfirmed: how the datacenter counts.
func (t *trouble) count(now core.Instant, c *CorrelationKeys, n *Toll) {
	switch {
	case t.state == TroubleFailed:
		n.Confirmed++
	case t.state == TroubleFlapping:
		n.Flapping++
	case t.last != core.Never && now.Sub(t.last) <= c.Window:
		n.Unconfirmed++
	}
}

// Toll is how many datacenters fail.
type Toll struct{ Confirmed, Flapping, Unconfirmed, Known int }

// Severity returns how far these failures are taken for one event, a verdict before apart (spec 30 §3.4).
func (c *CorrelationKeys) Severity(n Toll) Severity {
	e := n.Confirmed + n.Flapping
	share := float64(e) / float64(max(n.Known, 1))
	switch weight := float64(e) + float64(0.5*float64(n.Unconfirmed)); {
	case weight < c.Low:
		return SeverityNone
	case e >= c.High && share >= c.HighFraction:
		return SeverityHigh
	case e >= c.Medium && share >= c.MediumFraction:
		return SeverityMedium
	}
	return SeverityLow
}
