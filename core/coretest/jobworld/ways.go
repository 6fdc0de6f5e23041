package jobworld

import (
	"cmp"
	"maps"
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// beat lets each worker that is up send a heartbeat on a ping, and the next round follow.
func (w *World) beat() {
	for i := range w.firstGate() {
		id := core.NodeID(i)
		if x := w.Worker(id); x != nil && w.clocks[id].paused <= w.Now {
			for _, to := range w.ManagersOf(w.SiteOf(id)) {
				w.beatTo(id, to)
			}
		}
	}
	w.After(w.Beats, w.beat)
}

func (w *World) beatTo(id, to core.NodeID) {
	m := &core.Message{Kind: core.KindPing, From: id, To: to, Instance: w.lives[id], Extra: new(core.Extra)}
	w.Worker(id).Beat(w.Local(id), to, m.Extra)
	d, lost := core.Duration(1e6), false
	if w.Way != nil {
		d, lost = w.Way(w, m)
	}
	if lost {
		return
	}
	w.After(d, func() {
		if o := w.ManagerAt(to); o != nil && w.clocks[to].paused <= w.Now {
			w.step(to, func() { o.HearBeat(w.Local(to), m, &w.fx) })
		}
	})
}

// Send lets a node send a message of its own, that no role of it means.
func (w *World) Send(m core.Message) {
	m.Instance = w.lives[m.From]
	w.step(m.From, func() { *w.fx.Send() = m })
}

// Evict lets the manager give up a worker.
func (w *World) Evict(id core.NodeID) {
	if m := w.Manager(); m != nil {
		w.step(0, func() { m.Evict(w.Now, id, &w.fx) })
	}
}

// Up reports whether a process runs at id.
func (w *World) Up(id core.NodeID) bool { return w.nodes[id] != nil }

// running returns what runs anywhere, by node, job and token.
func (w *World) running() []run {
	return slices.SortedFunc(maps.Keys(w.runs), func(a, b run) int {
		return cmp.Or(cmp.Compare(a.node, b.node), cmp.Compare(a.shard.Job, b.shard.Job), cmp.Compare(a.token, b.token))
	})
}

// Tokens returns the tokens of the shards that run anywhere.
func (w *World) Tokens() (list []job.Token) {
	for _, r := range w.running() {
		list = append(list, r.token)
	}
	return list
}
