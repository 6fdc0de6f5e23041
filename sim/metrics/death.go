package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	d := &deaths{Recorder: r, index: map[deathKey]int32{}}
	on.before = append(on.before, d.declared)
	on.fact(d.callback, core.FactCallback)
	on.finished = append(on.finished, d.finish)
}, words.DeathCallbacks)

// deaths are the declared ones: for each of a living member one callback is owed.
type deaths struct {
	*Recorder
	list  []death
	index map[deathKey]int32
}

func (r *deaths) declared(_ core.Instant, o core.NodeID, f *core.Fact) {
	if f.To == core.StateDead && (f.From == core.StateOK || f.From == core.StateSuspect) {
		r.death(o, f.Subject, f.Inc)
	}
}

type deathKey struct {
	observer, subject core.NodeID
	inc               uint32
}

// death is one declared death at one observer, and how often role logic was told.
type death struct {
	key       deathKey
	at        core.Instant
	callbacks uint32
}

func (r *deaths) death(o, s core.NodeID, inc uint32) *death {
	k := deathKey{o, s, inc}
	i, ok := r.index[k]
	if !ok {
		if len(r.list) >= r.ctx.MaxRows {
			r.res.Truncated[words.DeathCallbacks]++
			return nil
		}
		i = int32(len(r.list))
		r.index[k] = i
		r.list = append(r.list, death{key: k, at: core.Never})
	}
	return &r.list[i]
}

// callback counts what role logic was told.
func (r *deaths) callback(now core.Instant, o core.NodeID, f *core.Fact) {
	if f.Callback != core.CallbackDied || int(f.Subject) >= len(r.peers) {
		return
	}
	if d := r.death(o, f.Subject, f.Inc); d != nil {
		d.at = now
		d.callbacks++
	}
}

func (r *deaths) finish(end core.Instant) {
	for i := range r.list {
		d := &r.list[i]
		o := r.about(words.DeathCallbacks, min(d.at, end), float64(d.callbacks), d.key.observer, d.key.subject)
		o.Inc = d.key.inc
		r.keep(&o)
	}
}
