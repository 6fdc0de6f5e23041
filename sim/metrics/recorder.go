package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Recorder gathers the measurements of one run. It is a trace.Sink. The world gives it every record in
// order and calls Sample at multiples of SampleEvery; Result ends it.
type Recorder struct {
	ctx   Context
	sites []string

	routes *routes // decisions of gates
	jobs   *jobs   // what became of jobs
	trails *trails // what happened to single jobs

	cells [numLanes][core.NumKinds][core.NumRoles]tally // messages of the current sample
	roles []core.Role                                   // of each node, for the hot path

	together [core.NumRoles][core.NumRoles]bool // some group has an observer of the first role that should know one of the second

	peers  []peer
	groups []group
	views  [][]core.MemberState // by observer, then by place in the group; nil = all StateNone

	wrong     int64        // pairs whose view disagrees with the truth, over all groups
	zeroSince core.Instant // wrong = 0 since then, or never
	lastZero  core.Instant // zeroSince before the last disagreement,
	brokeAt   core.Instant // which began at this instant

	edgeAt    core.Instant // last fault edge
	edgeFault int32
	edgeType  uint8
	healed    []healing
	faults    []Fault
	open      [][]int32    // by fault: its episodes that have not ended
	awaiting  []int32      // faults since whose last edge the views have not agreed
	agreed    []int32      // … had not until agreedAt
	agreedAt  core.Instant //

	crashes []crash
	awaited int   // starting nodes whose earlier process somebody knew
	events  int32 // updates born
	samples int32

	running [core.NumRoles]int32 // processes
	lived   [core.NumRoles]float64
	livedAt core.Instant

	coords coordinates
	on     hooks

	obs       [][]Observation // by metric
	res       Result
	finished  bool
	histogram []Value           // scratch of samples
	words     map[string]string // labels of points, each kept once
}

type pair struct{ observer, subject core.NodeID }

// New returns a recorder. Memory: one byte per (observer, member of its group), taken when the observer
// first holds a record.
func New(ctx Context) *Recorder {
	ctx.fill()
	r := &Recorder{
		ctx: ctx, zeroSince: 0, lastZero: core.Never, brokeAt: -1, edgeFault: -1,
		words: map[string]string{}, obs: make([][]Observation, words.Count()+1),
	}
	r.res.Truncated = map[words.Metric]uint64{}
	r.buildGroups()
	r.buildFaults()
	r.beginAll()
	return r
}

// Record takes one record. Message records cost a few nanoseconds and allocate nothing.
func (r *Recorder) Record(rec *trace.Record) {
	switch rec.Kind {
	case trace.KindSent:
		if !rec.Copy { // the network made it, not the node
			r.count(lane(Sent), rec)
		}
	case trace.KindDelivered:
		r.count(lane(Received), rec)
		if r.awaited > 0 {
			r.delivered(rec)
		}
		for _, hook := range r.on.delivered[rec.Msg.Kind] {
			hook(rec)
		}
	case trace.KindDropped:
		r.count(lane(Dropped)+lane(rec.Reason), rec)
		r.res.Counters.Dropped[rec.Reason][rec.Msg.Kind]++
		for _, hook := range r.on.dropped[rec.Msg.Kind] {
			hook(rec)
		}
	case trace.KindFact:
		r.res.Counters.Records++
		r.fact(rec.At, rec.Node, &rec.Fact)
	default:
		r.res.Counters.Records++
		r.truthRecord(rec)
	}
}

// RecordJob takes one record about jobs. It implements trace.JobSink.
func (r *Recorder) RecordJob(rec *trace.JobRecord) {
	r.res.Counters.JobRecords++
	list := r.on.jobs[rec.Kind]
	if rec.Kind == trace.JobFact {
		list = r.on.jobFacts[rec.Fact.Kind]
	}
	for _, hook := range list {
		hook(rec)
	}
}

// truthRecord takes what the world did.
func (r *Recorder) truthRecord(rec *trace.Record) {
	now, n := rec.At, rec.Node
	switch rec.Kind {
	case trace.KindStart:
		r.start(now, n, rec.Inc, rec.Inst)
	case trace.KindCrash:
		r.crash(now, n)
	case trace.KindLeave:
		r.leave(now, n)
	case trace.KindStop:
		r.stop(now, n)
	case trace.KindPause:
		r.peers[n].paused = true
		r.impair(now, n)
	case trace.KindResume:
		r.peers[n].paused, r.peers[n].steady = false, now
		r.impair(now, n)
	case trace.KindSlow:
		r.peers[n].slow = rec.X != 1
		r.impair(now, n)
	case trace.KindFaultStart:
		r.faultStart(now, rec.Fault)
	case trace.KindFaultEnd:
		r.faultEnd(now, rec.Fault)
	case trace.KindEnd:
		r.res.End = now
	default: // messages and facts do not come here; clocks and checkpoints change no truth
	}
	r.settle(now)
}

// keep stores an observation, or counts it if its metric is full.
func (r *Recorder) keep(o *Observation) {
	if len(r.obs[o.Metric]) >= r.ctx.MaxRows {
		r.res.Truncated[o.Metric]++
		return
	}
	r.obs[o.Metric] = append(r.obs[o.Metric], *o)
}

// about returns an observation of m with the labels of observer and subject; either may be NoNode.
func (r *Recorder) about(m words.Metric, now core.Instant, v float64, observer, subject core.NodeID) Observation {
	o := blank(m, now, v)
	if observer != core.NoNode {
		o.Observer, o.Role, o.Class = observer, r.roles[observer], r.class(now, observer)
	}
	if subject != core.NoNode {
		o.Subject, o.PeerRole, o.PeerClass = subject, r.roles[subject], r.class(now, subject)
	}
	if observer != core.NoNode && subject != core.NoNode {
		o.Link = r.link(observer, subject)
	}
	return o
}

func (r *Recorder) link(a, b core.NodeID) Link {
	if r.ctx.Nodes[a].SiteIndex == r.ctx.Nodes[b].SiteIndex {
		return LinkIntra
	}
	return LinkInter
}

func seconds(d core.Duration) float64 { return float64(d) / 1e9 }
