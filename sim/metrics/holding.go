package metrics

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

var _ = record(func(r *Recorder, on *hooks) {
	h := &holdings{Recorder: r, of: map[heldJob]*tenure{}}
	on.jobFact(h.changed, core.JobFactHolder)
	on.jobFact(h.ended, core.JobFactState)
	on.ended = append(on.ended, h.gone)
	on.finished = append(on.finished, h.finish)
}, words.HolderGap, words.ClaimWon, words.HolderLost)

// What a fact about a holder says.
const (
	holdAccepted = 1
	holdWon      = 2
	holdLost     = 3
	holdSuspends = 4
	holdResumes  = 5
)

// holdings follows who holds each job in each datacenter.
type holdings struct {
	*Recorder
	of    map[heldJob]*tenure
	order []*tenure // as they were accepted
}

type heldJob struct {
	site int
	job  uint64
}

type tenure struct {
	heldJob
	by   core.NodeID  // NoNode: nobody
	free core.Instant // since when nobody may decide; Never: somebody may
	over bool         // it has ended
}

// key names what a node holds: gates a job, managers its part in their datacenter.
func (h *holdings) key(n core.NodeID, job uint64) heldJob {
	if h.roles[n] == core.RoleGate {
		return heldJob{whole, job}
	}
	return heldJob{h.ctx.Nodes[n].SiteIndex, job}
}

func (h *holdings) changed(rec *trace.JobRecord) {
	n, now := rec.Node, rec.At
	key := h.key(n, rec.Fact.Job)
	x := h.of[key]
	if x == nil {
		x = &tenure{heldJob: key, by: core.NoNode, free: core.Never}
		h.of[key], h.order = x, append(h.order, x)
	}
	switch rec.Fact.Get("part") {
	case holdAccepted:
		x.by = n
	case holdWon:
		h.tell(words.ClaimWon, now, 1, n)
		if x.by = n; x.free == core.Never { // the old holder has not heard of it yet
			x.free = now
		}
	case holdResumes:
		if x.by == n && x.free != core.Never {
			h.tell(words.HolderGap, now, seconds(now.Sub(x.free)), n)
			x.free = core.Never
		}
	case holdSuspends:
		if x.by == n && !x.over {
			x.free = min(x.free, now)
		}
	case holdLost:
		h.tell(words.HolderLost, now, 1, n)
		if x.by == n && !x.over {
			x.by, x.free = core.NoNode, min(x.free, now)
		}
	}
}

// ended takes the end of a job: nobody misses its holder any more.
func (h *holdings) ended(rec *trace.JobRecord) {
	if x := h.of[h.key(rec.Node, rec.Fact.Job)]; x != nil && job.State(rec.Fact.To).Terminal() {
		x.over, x.free = true, core.Never
	}
}

func (h *holdings) gone(now core.Instant, n core.NodeID) {
	for _, x := range h.order {
		if x.by == n && !x.over {
			x.by, x.free = core.NoNode, min(x.free, now)
		}
	}
}

// finish counts the gaps that the end of the run found open.
func (h *holdings) finish(end core.Instant) {
	for _, x := range h.order {
		if x.free < end {
			h.tell(words.HolderGap, end, seconds(end.Sub(x.free)), x.by)
		}
	}
}

func (h *holdings) tell(m words.Metric, at core.Instant, v float64, holder core.NodeID) {
	o := h.about(m, at, v, holder, core.NoNode)
	h.keep(&o)
}
