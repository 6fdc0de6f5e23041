package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	on.after = append(on.after, r.heard)
	on.fact(r.rose, core.FactIncarnation)
	on.fact(r.queued, core.FactQueued)
	on.withdrawn = append(on.withdrawn, r.deafen)
	on.finished = append(on.finished, r.finishNews)
}, words.Dissemination)

// update is a piece of news on its way: who of the group has heard it. One may be under way per
// subject that says it lives and one that says it is gone; a newer one replaces it.
type update struct {
	kind  core.UpdateType
	inc   uint32
	event int32
	birth core.Instant
	heard bits // members of the audience that heard it
	ears  bits // the audience: members, live since its birth, that should hear it
	done  int  // shares reached
}

const (
	newsAlive = iota
	newsGone
)

func newsOf(t core.UpdateType) int {
	if t == core.UpdateDead || t == core.UpdateLeft {
		return newsGone
	}
	return newsAlive
}

// born starts to follow an update about s, told first by teller (NoNode: by s itself, or by whose
// transition is under way). Who starts later is not waited for, nor is, for an end, who never knew s. Members that
// need not be told have heard it: of an end, those who hold no living record; of a first join, those who have a
// record from their configuration.
func (r *Recorder) born(now core.Instant, s core.NodeID, t core.UpdateType, inc uint32, teller core.NodeID) {
	p := &r.peers[s]
	g := &r.groups[p.group]
	if p.up {
		r.drop(p, newsGone) // whatever said it is gone is overtaken
	}
	r.drop(p, newsOf(t))
	u := &update{kind: t, inc: inc, event: r.events, birth: now, heard: newBits(len(g.members)), ears: newBits(len(g.members))}
	r.events++
	p.news[newsOf(t)] = u
	for i, o := range g.members {
		if o == s || !r.peers[o].up || !r.knows(o, s) {
			continue
		}
		view := core.StateNone
		if r.views[o] != nil {
			view = r.views[o][p.local]
		}
		living := view == core.StateUnconfirmed || view == core.StateOK || view == core.StateSuspect
		gone := newsOf(t) == newsGone
		if gone && view == core.StateNone && o != teller {
			continue
		}
		u.ears.put(int32(i))
		knew := gone && !living || t == core.UpdateJoin && inc == 0 && p.restarts == 0 && living
		if knew || o == teller {
			u.hear(int32(i))
		}
	}
	r.reached(now, s, newsOf(t))
}

func (u *update) hear(i int32) {
	if u.ears.has(i) {
		u.heard.put(i)
	}
}

// drop stops following an update that did not reach everybody.
func (r *Recorder) drop(p *peer, which int) {
	if p.news[which] != nil {
		r.res.Counters.Unspread++
		p.news[which] = nil
	}
}

// heard takes a transition of o, after the view changed, as the arrival of news.
func (r *Recorder) heard(now core.Instant, o core.NodeID, f *core.Fact) {
	if !r.knows(o, f.Subject) {
		return
	}
	p := &r.peers[f.Subject]
	place := r.peers[o].local
	if u := p.news[newsAlive]; u != nil && f.To != core.StateNone && f.Inc >= u.inc {
		u.hear(place)
		r.reached(now, f.Subject, newsAlive)
	}
	ended := f.To == core.StateDead || f.To == core.StateLeft
	if u := p.news[newsGone]; u != nil && (f.To == core.StateNone || ended && f.Inc >= u.inc) {
		u.hear(place)
		r.reached(now, f.Subject, newsGone)
	}
}

// reached reports every share that the update has come to.
func (r *Recorder) reached(now core.Instant, s core.NodeID, which int) {
	p := &r.peers[s]
	u := p.news[which]
	if u == nil {
		return
	}
	audience := int64(u.ears.n)
	for u.done < len(words.Shares) && audience > 0 && int64(u.heard.n)*100 >= audience*int64(words.Shares[u.done]) {
		o := r.about(words.Dissemination, now, seconds(now.Sub(u.birth)), core.NoNode, s)
		o.Param, o.Type, o.Event, o.Inc = float64(words.Shares[u.done]), uint8(u.kind), u.event, u.inc
		r.keep(&o)
		u.done++
	}
	if u.done == len(words.Shares) {
		p.news[which] = nil
	}
}

// deafen takes observer n out of the audience of everything under way.
func (r *Recorder) deafen(now core.Instant, n core.NodeID) {
	place := r.peers[n].local
	for _, s := range r.groups[r.peers[n].group].members {
		if s == n {
			continue
		}
		for which, u := range r.peers[s].news {
			if u != nil && u.ears.drop(place) {
				u.heard.drop(place)
				r.reached(now, s, which)
			}
		}
	}
}

// rose takes a new incarnation of n.
func (r *Recorder) rose(now core.Instant, n core.NodeID, f *core.Fact) {
	if r.peers[n].up && f.Cause != core.CauseJoinRequired { // that one is told as a join, by the seed
		r.born(now, n, core.UpdateAlive, f.Inc, core.NoNode)
	}
}

// queued: the first time that a join is put into a queue is its birth.
func (r *Recorder) queued(now core.Instant, n core.NodeID, f *core.Fact) {
	if core.UpdateType(f.Get("update")) != core.UpdateJoin || !r.same(n, f.Subject) {
		return
	}
	if p := &r.peers[f.Subject]; p.up && !p.join && f.Inc >= p.inc {
		p.join = true
		r.born(now, f.Subject, core.UpdateJoin, f.Inc, n)
	}
}

func (r *Recorder) finishNews(core.Instant) {
	for i := range r.peers {
		for which := range r.peers[i].news {
			r.drop(&r.peers[i], which)
		}
	}
}
