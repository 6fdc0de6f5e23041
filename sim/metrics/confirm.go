package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// waiting is an UNCONFIRMED record.
type waiting struct {
	since    core.Instant
	attempts uint32 // proactive ones
}

// waitingMax bounds the UNCONFIRMED records whose age is followed at a time.
const waitingMax = 1 << 18

// unconfirmed follows records into and out of UNCONFIRMED, before the view changes.
func (r *Recorder) unconfirmed(now core.Instant, o core.NodeID, f *core.Fact) {
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
func (r *Recorder) attempt(now core.Instant, n core.NodeID, f *core.Fact) {
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
