package metrics

import (
	"slices"

	"hypersim/core"
	"hypersim/sim/fault"
	"hypersim/sim/metrics/words"
)

// healing is a healed fault after which the views have not agreed yet.
type healing struct {
	at    core.Instant
	fault int32
}

func (r *Recorder) buildFaults() {
	for _, f := range r.ctx.Faults {
		r.faults = append(r.faults, Fault{
			ID: f.ID, Kind: f.Kind, Detail: f.Detail, Spread: f.Spread, Start: core.Never, End: core.Never, Last: core.Never, Agreed: core.Never,
		})
	}
	r.open = make([][]int32, len(r.faults))
}

func (r *Recorder) faultStart(now core.Instant, i int32) {
	if f := r.fault(i); f != nil {
		if f.Episodes == 0 {
			f.Start = now
		}
		f.Episodes++
		if len(r.res.Episodes) < r.ctx.MaxRows {
			r.open[i] = append(r.open[i], int32(len(r.res.Episodes)))
			r.res.Episodes = append(r.res.Episodes, Episode{i, now, core.Never})
		} else {
			r.res.TruncatedRows++
		}
		r.await(now, i)
	}
	for _, hook := range r.on.faults {
		hook(now, i)
	}
	r.edge(now, i, 1)
}

func (r *Recorder) faultEnd(now core.Instant, i int32) {
	f := r.fault(i)
	r.edge(now, i, 2)
	if f == nil {
		return
	}
	f.End = now
	if open := r.open[i]; len(open) > 0 { // they end in the order in which they began
		r.res.Episodes[open[0]].End = now
		r.open[i] = open[1:]
	}
	r.await(now, i)
	for _, hook := range r.on.faults {
		hook(now, i)
	}
	if fault.Kind(f.Kind).Row().Cuts {
		r.healed = append(r.healed, healing{now, i})
	}
}

func (r *Recorder) fault(i int32) *Fault {
	if i < 0 || int(i) >= len(r.faults) {
		return nil
	}
	return &r.faults[i]
}

// Hit notes whom an episode of the fault hits; see world.Witness.
func (r *Recorder) Hit(fault int, sides [][]core.NodeID) {
	f := r.fault(int32(fault))
	if f == nil {
		return
	}
	for i, ids := range sides {
		switch {
		case i == len(f.Sides):
			f.Sides = append(f.Sides, slices.Clone(ids))
			f.Varies = f.Varies || f.Episodes > 1
		case !slices.Equal(f.Sides[i], ids):
			f.Varies = true
			all := append(slices.Clone(f.Sides[i]), ids...)
			slices.Sort(all)
			f.Sides[i] = slices.Compact(all)
		}
	}
}

// await begins to wait for the views to agree after an edge of the fault.
func (r *Recorder) await(now core.Instant, i int32) {
	f := &r.faults[i]
	f.Last, f.Agreed = now, core.Never
	r.awaiting = append(r.awaiting, i)
}

// agree ends the wait of all faults.
func (r *Recorder) agree(now core.Instant) {
	if len(r.awaiting) == 0 {
		return
	}
	if r.agreedAt != now {
		r.agreed, r.agreedAt = r.agreed[:0], now
	}
	for _, i := range r.awaiting {
		r.faults[i].Agreed = now
	}
	r.agreed, r.awaiting = append(r.agreed, r.awaiting...), r.awaiting[:0]
}

// disagree goes on with the wait for those of whom it ended at this very edge: what a fault does follows its record.
func (r *Recorder) disagree(now core.Instant) {
	if r.agreedAt != now {
		return
	}
	for _, i := range r.agreed {
		if f := &r.faults[i]; f.Last == now && f.Agreed == now {
			f.Agreed = core.Never
			r.awaiting = append(r.awaiting, i)
		}
	}
	r.agreed = r.agreed[:0]
}

// healAll is called whenever all views agree with the truth.
func (r *Recorder) healAll(now core.Instant) {
	r.agree(now)
	for _, h := range r.healed {
		o := blank(words.Rejoin, now, seconds(now.Sub(h.at)))
		o.Fault = h.fault
		r.keep(&o)
	}
	r.healed = r.healed[:0]
}

// edge ends the episode since the last fault edge: did the views agree at its end, and since when?
func (r *Recorder) edge(now core.Instant, fault int32, kind uint8) {
	since := r.zeroSince
	if since == core.Never && r.brokeAt == now {
		since = r.lastZero // broken by this very edge, whose record came a little later
	}
	if now > r.edgeAt {
		if since == core.Never {
			r.res.Counters.Unconverged++
		} else {
			at := max(since, r.edgeAt)
			o := blank(words.Convergence, at, seconds(at.Sub(r.edgeAt)))
			o.Fault, o.Type = r.edgeFault, r.edgeType
			r.keep(&o)
		}
	}
	r.edgeAt, r.edgeFault, r.edgeType = now, fault, kind
}
