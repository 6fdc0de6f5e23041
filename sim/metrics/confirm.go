package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	c := &confirming{Recorder: r, waiting: map[pair]waiting{}}
	on.before = append(on.before, c.unconfirmed)
	on.fact(c.attempt, core.FactConfirmAttempt)
	on.withdrawn = append(on.withdrawn, c.withdrawn)
	on.sampled = append(on.sampled, c.sample)
}, words.ConfirmationAttempts, words.ConfirmationAttemptAge, words.ConfirmationPerPeer, words.UnconfirmedPeers,
	words.UnconfirmedRemoved, words.UnconfirmedIllegal)

// confirming follows UNCONFIRMED records.
type confirming struct {
	*Recorder
	waiting map[pair]waiting
}

// waiting is an UNCONFIRMED record.
type waiting struct {
	since    core.Instant
	attempts uint32 // proactive ones
}

// waitingMax bounds the UNCONFIRMED records whose age is followed at a time.
const waitingMax = 1 << 18

// unconfirmed follows records into and out of UNCONFIRMED, before the view changes.
func (r *confirming) unconfirmed(now core.Instant, o core.NodeID, f *core.Fact) {
	k := pair{o, f.Subject}
	if f.From != core.StateUnconfirmed {
		if f.To == core.StateUnconfirmed {
			if len(r.waiting) < waitingMax {
				r.waiting[k] = waiting{since: now}
			} else {
				r.res.Truncated[words.UnconfirmedRemoved]++
			}
		}
		return
	}
	switch f.To {
	case core.StateUnconfirmed:
		return
	case core.StateSuspect, core.StateDead:
		x := r.about(words.UnconfirmedIllegal, now, 1, o, f.Subject)
		x.From, x.To, x.Cause = f.From, f.To, f.Cause
		r.keep(&x)
	case core.StateNone:
		if w, ok := r.waiting[k]; ok {
			x := r.about(words.UnconfirmedRemoved, now, seconds(now.Sub(w.since)), o, f.Subject)
			x.Cause = f.Cause
			r.keep(&x)
			x.Metric, x.Value = words.ConfirmationPerPeer, float64(w.attempts)
			r.keep(&x)
		}
	case core.StateOK, core.StateLeft: // confirmed, or left of its own accord: neither metric is about it
	}
	delete(r.waiting, k)
}

// attempt takes an active ping to an UNCONFIRMED peer.
func (r *confirming) attempt(now core.Instant, n core.NodeID, f *core.Fact) {
	if int(f.Subject) >= len(r.peers) {
		return
	}
	o := r.about(words.ConfirmationAttempts, now, 1, n, f.Subject)
	o.Cause = f.Cause
	r.keep(&o)
	k := pair{n, f.Subject}
	if w, ok := r.waiting[k]; ok && f.Cause == core.CauseProactive {
		w.attempts++
		r.waiting[k] = w
		o.Metric, o.Value = words.ConfirmationAttemptAge, seconds(now.Sub(w.since))
		r.keep(&o)
	}
}

// withdrawn forgets what n holds.
func (r *confirming) withdrawn(_ core.Instant, n core.NodeID) {
	for _, s := range r.groups[r.peers[n].group].members {
		delete(r.waiting, pair{n, s})
	}
}

// sample stores how many live observers hold how many UNCONFIRMED records, by both roles.
// Where there are none at all, no node is visited.
func (r *confirming) sample(now core.Instant, _ Probe) {
	for role := range core.NumRoles {
		observers, records := r.heldUnconfirmed(core.Role(role))
		if observers == 0 {
			continue
		}
		for peerRole := range core.NumRoles {
			if !r.together[role][peerRole] {
				continue
			}
			h := append(r.histogram[:0], Value{0, float64(observers)})
			if records > 0 {
				h = h[:0]
				for i := range r.peers {
					if p := &r.peers[i]; p.up && r.roles[i] == core.Role(role) {
						h = append(h, Value{float64(p.unconfirmed[peerRole]), 1})
					}
				}
			}
			r.histogram = h
			r.distribution(words.UnconfirmedPeers, now, h, func(o *Observation) { o.Role, o.PeerRole = core.Role(role), core.Role(peerRole) })
			r.levels(now, words.UnconfirmedPeers, "observer_role="+core.Role(role).String()+";role="+core.Role(peerRole).String(), h)
		}
	}
}

// heldUnconfirmed returns the live observers of a role and the UNCONFIRMED records they hold together.
func (r *confirming) heldUnconfirmed(role core.Role) (observers, records int64) {
	for i := range r.groups {
		observers += int64(r.groups[i].up[role])
		records += r.groups[i].byState[role][core.StateUnconfirmed]
	}
	return observers, records
}
