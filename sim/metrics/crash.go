package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	on.after = append(on.after, r.notices)
	on.withdrawn = append(on.withdrawn, r.overlooks)
	on.finished = append(on.finished, r.finishCrashes)
}, words.DetectionFull, words.Detected)

// notices takes a transition of o about a subject that crashed: o takes it for gone, or does so no more.
func (r *Recorder) notices(now core.Instant, o core.NodeID, f *core.Fact) {
	r.informs(o, f)
	r.checkFull(now, f.Subject)
}

func (r *Recorder) informs(o core.NodeID, f *core.Fact) {
	p := &r.peers[f.Subject]
	if p.crash < 0 || !r.knows(o, f.Subject) {
		return
	}
	c, held := &r.crashes[p.crash], func(s core.MemberState) bool { return s == core.StateOK || s == core.StateSuspect }
	switch place := r.peers[o].local; {
	case held(f.To):
		c.informed.drop(place)
	case held(f.From):
		if c.informed.words == nil {
			c.informed = newBits(len(r.groups[p.group].members))
		}
		c.informed.put(place)
	}
}

// overlooks takes observer n, which is gone, out of those who may notice a crash: it may have been the last.
func (r *Recorder) overlooks(now core.Instant, n core.NodeID) {
	for _, s := range r.groups[r.peers[n].group].members {
		if s == n {
			continue
		}
		if p := &r.peers[s]; p.crash >= 0 {
			r.crashes[p.crash].informed.drop(r.peers[n].local)
			r.checkFull(now, s)
		}
	}
}

// checkFull reports a crash that no live member overlooks any more. Where nobody overlooks it because nobody who
// knew the subject is left, nobody has detected anything.
func (r *Recorder) checkFull(now core.Instant, s core.NodeID) {
	p := &r.peers[s]
	if p.crash < 0 {
		return
	}
	c := &r.crashes[p.crash]
	switch {
	case c.full:
	case p.known > 0:
		c.lost = -1
	case c.informed.n == 0:
		if c.lost < 0 {
			c.lost = now
		}
	default:
		c.full = true
		o := r.about(words.DetectionFull, now, seconds(now.Sub(c.at)), core.NoNode, s)
		o.Event = p.crash
		r.keep(&o)
	}
}

// finishCrashes says of each crash whether it was detected. One that nobody was left to notice says nothing.
func (r *Recorder) finishCrashes(core.Instant) {
	for i := range r.crashes {
		c := &r.crashes[i]
		for which, to := range [...]core.MemberState{core.StateSuspect, core.StateDead} {
			seen := 0.0
			switch {
			case c.marked[which] || c.marked[1]: // who is DEAD need not be SUSPECT first
				seen = 1
			case c.lost >= 0:
				continue
			}
			o := r.about(words.Detected, c.at, seen, core.NoNode, c.subject)
			o.Event, o.To, o.PeerClass = int32(i), to, c.class
			r.keep(&o)
		}
	}
}
