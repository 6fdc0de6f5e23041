package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

var _ = record(func(r *Recorder, on *hooks) {
	on.after = append(on.after, r.renews)
	on.withdrawn = append(on.withdrawn, r.unjoins)
}, words.JoinConfirm, words.JoinConfirmRole, words.JoinFirst)

// opinions are the live observers that hold a starting node OK because of an earlier process of it: they have not
// heard of this one.
type opinions struct {
	of bits
	by [core.NumRoles]int32
}

// joins is called when a process of s starts: whoever holds s OK now does not mean this process.
func (r *Recorder) joins(now core.Instant, s core.NodeID) {
	p := &r.peers[s]
	r.joined(p)
	p.joining, p.joined, p.noticed = now, 0, false
	held := int32(0)
	for _, n := range p.okBy {
		held += n
	}
	if held == 0 && p.restarts == 0 {
		return
	}
	members := r.groups[p.group].members
	p.stale.of = newBits(len(members))
	for _, o := range members {
		if o != s && r.peers[o].up && r.knows(o, s) && r.views[o] != nil && r.views[o][p.local] == core.StateOK {
			p.stale.add(r, o)
		}
	}
	r.awaited++
}

// joined ends the wait for others to hear of p.
func (r *Recorder) joined(p *peer) {
	if p.stale.of.words != nil {
		r.awaited--
	}
	p.joining, p.stale = -1, opinions{}
}

func (t *opinions) add(r *Recorder, o core.NodeID) {
	if t.of.put(r.peers[o].local) {
		t.by[r.roles[o]]++
	}
}

func (t *opinions) drop(r *Recorder, o core.NodeID) bool {
	gone := t.of.drop(r.peers[o].local)
	if gone {
		t.by[r.roles[o]]--
	}
	return gone
}

// renews takes a transition of o, after the view changed: is what it holds now about the process that runs?
func (r *Recorder) renews(now core.Instant, o core.NodeID, f *core.Fact) {
	r.renewed(o, f)
	r.checkJoin(now, f.Subject)
}

func (r *Recorder) renewed(o core.NodeID, f *core.Fact) {
	p := &r.peers[f.Subject]
	if p.joining < 0 || p.stale.of.words == nil || !r.knows(o, f.Subject) {
		return
	}
	if f.To == core.StateOK && f.Cause != core.CauseConfirm && !p.own(f.Inc) {
		p.stale.add(r, o)
	} else {
		p.stale.drop(r, o)
	}
}

// own reports whether a claim at inc can be about the process that runs. Incarnations above those of all that
// ended are its own; so are, until it has risen above them, those up to its present one.
func (p *peer) own(inc uint32) bool {
	return inc > p.crashedInc || inc <= p.inc && p.inc <= p.crashedInc
}

// delivered takes a message: who gets one has heard of the process that sent it.
func (r *Recorder) delivered(rec *trace.Record) {
	from, n := rec.Msg.From, rec.Node
	if p := &r.peers[from]; p.stale.of.n > 0 && r.same(n, from) && rec.Msg.Instance == p.instance {
		r.meets(rec.At, n, from)
	}
}

// meets is called when o has heard the process of s that runs.
func (r *Recorder) meets(now core.Instant, o, s core.NodeID) {
	if p := &r.peers[s]; p.joining >= 0 && p.stale.drop(r, o) {
		r.checkJoin(now, s)
	}
}

// unjoins takes n, which is gone, out of those who wait for others to hear of them, and out of those waited for.
func (r *Recorder) unjoins(now core.Instant, n core.NodeID) {
	if p := &r.peers[n]; p.joining >= 0 {
		r.joined(p)
		r.res.Counters.Unjoined++
	}
	for _, s := range r.groups[r.peers[n].group].members { // one observer less may complete what others wait for
		if s != n {
			r.peers[s].stale.drop(r, n)
			r.checkJoin(now, s)
		}
	}
}

// checkJoin reports a start that somebody, and one that everybody who should, knows to be OK.
func (r *Recorder) checkJoin(now core.Instant, s core.NodeID) {
	p := &r.peers[s]
	if p.joining < 0 {
		return
	}
	held := int32(0)
	for role, n := range p.okBy {
		n -= p.stale.by[role]
		held += n
		if bit := uint8(1) << role; p.joined&bit == 0 && n > 0 && n == r.observersOf(core.Role(role), s) {
			p.joined |= bit
			o := r.about(words.JoinConfirmRole, now, seconds(now.Sub(p.joining)), core.NoNode, s)
			o.Role = core.Role(role)
			r.keep(&o)
		}
	}
	if held > 0 && !p.noticed {
		p.noticed = true
		o := r.about(words.JoinFirst, now, seconds(now.Sub(p.joining)), core.NoNode, s)
		r.keep(&o)
	}
	if want := r.observers(s); want > 0 && held == want {
		o := r.about(words.JoinConfirm, now, seconds(now.Sub(p.joining)), core.NoNode, s)
		r.keep(&o)
		r.joined(p)
	}
}
