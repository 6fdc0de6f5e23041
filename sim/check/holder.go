package check

import (
	"fmt"
	"slices"

	"hypersim/core"
	"hypersim/core/election"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/sim/trace"
)

// The rules.
var (
	JL2 = rule("I-JL2", "of each job and epoch of a datacenter one process was ever the holder", "spec 20 §12")
	JL3 = rule("I-JL3", "a holder without a valid lease starts no workflow, declares no timeout and finalises nothing", "spec 20 §12")
	JL4 = rule("I-JL4", "a node that has lost a job says nothing more of it, and decides nothing", "spec 20 §12")
	JL5 = rule("I-JL5", "the terminal decisions about a job under different epochs of a datacenter are equal", "spec 20 §12")
	JL6 = rule("I-JL6", "the jobs of a holder that is gone have a holder again soon, if a majority lives and is connected", "spec 20 §12")
	JL7 = rule("I-JL7", "nobody takes a job from a holder that lives, has a valid lease and does not hand it over, and whom no member holds dead", "spec 20 §5.3 no. 2, 3")
	JF4 = rule("I-JF4", "a worker hears of one holder of a job under one epoch", "spec 20 §12")
)

var _ = judge(func(c *Checker, on *hooks) {
	c.held, c.unfit = map[holdKey]*holding{}, map[int]core.Instant{}
	h := &holders{Checker: c, dead: map[core.NodeID]core.Instant{}, of: c.held, told: map[epochKey]began{}, levels: make([]int64, len(c.ctx.Nodes))}
	if h.election = election.Default().Election; c.ctx.Election != nil {
		h.election = c.ctx.Election.Election
	}
	if h.lease = replica.Default().Lease; c.ctx.Lease != nil {
		h.lease = *c.ctx.Lease
	}
	on.jobFact(h.changed, core.JobFactHolder)
	on.jobFact(h.recorded, core.JobFactTable)
	on.jobFact(h.acts, core.JobFactPlaced)
	on.jobFact(h.declares, core.JobFactTimeout)
	on.jobFact(h.stops, core.JobFactState)
	on.jobFact(h.finalises, core.JobFactState)
	on.jobFact(h.speaks, core.JobFactState, core.JobFactWorkflow, core.JobFactPlaced, core.JobFactResult)
	on.jobFact(h.transferred, core.JobFactTransfer)
	on.fact(func(r *trace.Record) { h.levels[r.Node] = r.Fact.Get("level") }, core.FactDegradation)
	on.fact(h.declared, core.FactTransition)
	on.gone = append(on.gone, h.gone)
	on.checkpoint = append(on.checkpoint, h.abandoned, h.astray, h.unsettled)
})

// forgotten is a record that went before its job had ended.
type forgotten struct {
	at  core.Instant
	key recordKey
	was job.State
}

// holders is who holds which job in each datacenter of several managers.
type holders struct {
	*Checker
	of    map[holdKey]*holding
	order []*holding
	told  map[epochKey]began           // whom workers were told of
	dead  map[core.NodeID]core.Instant // when a member of its cluster held it for gone last, or ceased to

	election election.Election
	lease    replica.Lease
	levels   []int64 // by node, its degradation
}

type (
	holdKey struct {
		site int
		job  uint64
	}
	epochKey struct {
		holdKey
		epoch uint32
	}
)

// process is one life of a node.
type process struct {
	node core.NodeID
	inst uint32
}

// began is who held a job under an epoch first, and since when.
type began struct {
	process
	at core.Instant
}

// holding is the history of one job in one datacenter.
type holding struct {
	holdKey
	epochs  map[uint32]began
	now     process // that holds it, as it says; NoNode: nobody does
	epoch   uint32
	valid   bool         // its lease is,
	validAt core.Instant // since then
	losers  []process    // that have lost it, and know
	stopped bool         // one of its holders has begun to cancel it
	free    core.Instant // since when nobody holds it
	end     job.State
	endedIn uint32
	endedAt core.Instant
	endedOn core.Instant // see restsOn
}

func (h *holders) key(r *trace.JobRecord) holdKey {
	return holdKey{h.clusterOf(r.Node), r.Fact.Job}
}

// ofGates stands for the cluster of all gates, where others are named by their site.
const ofGates = -1

// changed takes that a process begins to hold a job, or ends to, or may not decide for a while.
func (h *holders) changed(r *trace.JobRecord) {
	key, me := h.key(r), process{r.Node, r.Inst}
	x := h.of[key]
	if x == nil {
		x = &holding{holdKey: key, epochs: map[uint32]began{}, now: process{node: core.NoNode}, free: never}
		h.of[key], h.order = x, append(h.order, x)
	}
	switch job.Holding(r.Fact.Get("part")) {
	case job.HoldAccepted, job.HoldWon:
		h.begins(r, x, me)
	case job.HoldLost:
		if x.now == me {
			x.now.node, x.free = core.NoNode, r.At
		}
		x.losers = append(x.losers, me)
		if y := h.record(r); y != nil {
			y.lost = true
		}
	case job.HoldSuspended:
		x.valid = x.valid && x.now != me
	case job.HoldResumed:
		if x.now == me && !x.valid {
			x.valid, x.validAt = true, r.At
		}
	}
}

func (h *holders) begins(r *trace.JobRecord, x *holding, me process) {
	epoch := r.Fact.Epoch
	if first, known := x.epochs[epoch]; known && first.process != me && !h.forgiven(JL2, x.site, first.at) && h.fails(JL2) {
		h.detail(JL2, r.At, []core.NodeID{me.node, first.node}, "%s holds %v under epoch %d, under which %s held it", h.name(me.node), job.ID(x.job), epoch, h.name(first.node))
	}
	x.epochs[epoch], x.losers = began{me, r.At}, slices.DeleteFunc(x.losers, func(p process) bool { return p == me })
	won := job.Holding(r.Fact.Get("part")) == job.HoldWon
	if won { // also too late: its record is made anew
		h.takesOver(r)
	}
	if epoch < x.epoch { // somebody who has not heard of the newer one, and takes nothing from who holds it
		return
	}
	h.takesAway(r, x, me)
	x.now, x.epoch, x.valid, x.validAt, x.free = me, epoch, !won, r.At, never
}

// declared takes that a member holds another one of its cluster for gone, or does so no more.
func (h *holders) declared(r *trace.Record) {
	f := &r.Fact
	if h.holds(r.Node) && h.holds(f.Subject) && h.clusterOf(r.Node) == h.clusterOf(f.Subject) && (isGone(f.From) || isGone(f.To)) {
		h.dead[f.Subject] = r.At
	}
}

func isGone(s core.MemberState) bool { return s == core.StateDead || s == core.StateLeft || s == none }

// claimed is how long after a member gave its word a claim may be won: two questions of so many attempts each, and the way.
const claimed = core.Duration(15e9)

// takesAway takes that a process wins a job: was it free? A holder that is paused does not know that its lease is over.
func (h *holders) takesAway(r *trace.JobRecord, x *holding, me process) {
	old := x.now.node
	if old == core.NoNode || old == me.node || !x.valid || h.ctx.View == nil || h.ctx.Unsteady || job.Holding(r.Fact.Get("part")) != job.HoldWon {
		return
	}
	n, k := &h.hot[old], &h.cold[old]
	recent := func(at core.Instant) bool { return at >= 0 && r.At.Sub(at) < h.lease.Duration+claimed }
	if !n.up || n.inst != x.now.inst || n.leaving || n.paused || k.slow || recent(k.impaired) || k.starts > 1 && recent(k.startAt) {
		return
	}
	if at, known := h.dead[old]; known && r.At.Sub(at) < claimed {
		return
	}
	for i := range h.ctx.Nodes {
		if o := core.NodeID(i); o != old && h.holds(o) && h.clusterOf(o) == x.site && h.hot[o].up && isGone(h.ctx.View.State(o, old)) {
			return
		}
	}
	if h.fails(JL7) {
		h.detail(JL7, r.At, []core.NodeID{me.node, old}, "%s takes %v over from %s, which lives and has a valid lease, and whom nobody holds dead", h.name(me.node), job.ID(x.job), h.name(old))
	}
}

// recorded hears that a record was made or freed. A gate's under an epoch above the first is of a job which another gate led. Whoever
// frees it holds the job no more: it has ended, and who never heard so may claim it.
func (h *holders) recorded(r *trace.JobRecord) {
	if r.Fact.Get("made") == 0 {
		if x := h.of[h.key(r)]; x != nil && x.now == (process{r.Node, r.Inst}) {
			x.now.node, x.free = core.NoNode, r.At
		}
		return
	}
	if h.ctx.Nodes[r.Node].Role == core.RoleGate && r.Fact.Epoch > 1 {
		h.takesOver(r)
	}
}

// takesOver makes a record for a process that begins in the middle of a job. Of what it knows nothing was said yet but what
// its predecessors said.
func (h *holders) takesOver(r *trace.JobRecord) {
	w, key := &h.work, recordKey{r.Node, r.Fact.Job}
	of := w.jobs[r.Fact.Job]
	if of == nil {
		return
	}
	if old := w.records[key]; old != nil {
		if old.kept && old.inst == r.Inst && h.ctx.Nodes[r.Node].Role == core.RoleGate { // a gate's own, anew: it goes on with what it knows
			old.lost = false
			return
		}
		of.drop(old)
		delete(w.records, key)
	}
	x := h.record(r)
	x.taken, x.unknown = true, true
	site := h.clusterOf(r.Node)
	if site == ofGates { // it knows workflows by what datacenters say
		return
	}
	for i, id := range of.places {
		f := &flowSeen{id: id, place: i, unknown: true}
		for _, y := range of.records {
			if g := y.byID[id]; g != nil && y != x && h.ctx.Nodes[y.node].Site == site && g.state > f.state {
				f.state, f.kind, f.attempt = g.state, g.kind, g.attempt
			}
		}
		x.flows, x.byID[id] = append(x.flows, f), f
	}
}

// heardOf reports whether a datacenter must have heard of the end of a job by now from the gates, which takes so long from when one process
// holds it, and may decide. Nobody need do so while none can lead it, nor at once after the last one. A manager that is alone says nothing of that.
func (c *Checker) heardOf(now core.Instant, site int, id uint64, long core.Duration) bool {
	x := c.held[holdKey{site, id}]
	switch {
	case x == nil:
		return true
	case x.now.node == core.NoNode:
		long += again
		return x.free != never && now.Sub(x.free) > long && c.quiet(now, long) && c.majority(site) && !c.leaderless(site, now, long)
	default:
		return x.valid && c.live(x.now.node) && c.hot[x.now.node].inst == x.now.inst && now.Sub(x.validAt) > long
	}
}

// invalid returns the job that the process which reports r holds without a lease, nil if it may decide, or is alone.
func (h *holders) invalid(r *trace.JobRecord) *holding {
	x := h.of[h.key(r)]
	if x == nil || x.now != (process{r.Node, r.Inst}) || x.valid {
		return nil
	}
	return x
}

func (h *holders) acts(r *trace.JobRecord) {
	if x := h.invalid(r); x != nil && h.fails(JL3) {
		h.detail(JL3, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s sends a shard of %v to %s, and has no valid lease of it", h.name(r.Node), job.ID(x.job), h.name(r.Fact.Node))
	}
}

func (h *holders) declares(r *trace.JobRecord) {
	if e := jobtimeout.Event(r.Fact.To); e != jobtimeout.EventDeclared && e != jobtimeout.EventFallback {
		return
	}
	if x := h.invalid(r); x != nil && h.fails(JL3) {
		h.detail(JL3, r.At, []core.NodeID{r.Node}, "%s says that the time of %v is over, and has no valid lease of it", h.name(r.Node), job.ID(x.job))
	}
}

// stops takes that a holder begins to cancel its job.
func (h *holders) stops(r *trace.JobRecord) {
	if x := h.of[h.key(r)]; x != nil && job.State(r.Fact.To) == job.StateCancelling {
		x.stopped = true
	}
}

// finalises takes the end of a job at a manager.
func (h *holders) finalises(r *trace.JobRecord) {
	to := job.State(r.Fact.To)
	if !to.Terminal() || !h.holds(r.Node) {
		return
	}
	if x := h.invalid(r); x != nil && h.fails(JL3) {
		h.detail(JL3, r.At, []core.NodeID{r.Node}, "%s ends %v %v, and has no valid lease of it", h.name(r.Node), job.ID(x.job), to)
	}
	x := h.of[h.key(r)]
	if x == nil {
		return
	}
	if x.end == job.StateNone {
		x.end, x.endedIn, x.endedAt, x.endedOn = to, r.Fact.Epoch, r.At, h.restsOn(r)
	} else if y := h.work.jobs[x.job]; x.end != to && (y == nil || !h.buried(r.At, y, h.speaksOf(r.Node), x.endedAt)) && !h.forgiven(JL5, x.site, x.endedOn) && h.fails(JL5) {
		h.detail(JL5, r.At, []core.NodeID{r.Node}, "%s ends %v %v under epoch %d, and under epoch %d it was %v", h.name(r.Node), job.ID(x.job), to, r.Fact.Epoch, x.endedIn, x.end)
	}
}

// speaks takes what a process says of a job: it holds it, or is the only one who could.
func (h *holders) speaks(r *trace.JobRecord) {
	if !h.holds(r.Node) {
		return
	}
	if x := h.of[h.key(r)]; x != nil && slices.Contains(x.losers, process{r.Node, r.Inst}) && h.fails(JL4) {
		h.detail(JL4, r.At, []core.NodeID{r.Node}, "%s has lost %v to another holder, and says %v of it", h.name(r.Node), job.ID(r.Fact.Job), r.Fact.Kind)
	}
}

// transferred takes whom a worker or client was told of. A client hears of all datacenters, whose epochs have nothing to do with
// each other.
func (h *holders) transferred(r *trace.JobRecord) {
	if r.Fact.Job == 0 || r.Fact.Node == core.NoNode {
		return
	}
	key := epochKey{holdKey{h.clusterOf(r.Fact.Node), r.Fact.Job}, r.Fact.Epoch}
	first, known := h.told[key]
	if !known {
		h.told[key] = began{process{node: r.Fact.Node}, r.At}
	} else if first.node != r.Fact.Node && !h.forgiven(JF4, key.site, first.at) && h.fails(JF4) {
		h.detail(JF4, r.At, []core.NodeID{r.Node, first.node, r.Fact.Node}, "%s hears that %s holds %v under epoch %d, under which %s held it",
			h.name(r.Node), h.name(r.Fact.Node), job.ID(key.job), key.epoch, h.name(first.node))
	}
}

// gone frees the jobs of a process that is gone.
func (h *holders) gone(r *trace.Record) {
	h.levels[r.Node] = 0
	if !h.holds(r.Node) {
		return
	}
	for _, x := range h.order {
		if x.now.node == r.Node {
			x.now.node, x.free = core.NoNode, r.At
		}
	}
}

// again is how long after the last disturbance a job has a holder: its old one is called dead, which takes as long as the
// longest suspicion, or a leader is elected, and 40 s more.
const again = core.Duration(90e9)

// abandoned looks for jobs that nobody holds although nothing has disturbed the run for long.
func (h *holders) abandoned(now core.Instant) {
	for _, x := range h.order {
		if x.site != ofGates && h.unfit[x.site] != now && !h.fit(x.site) {
			h.unfit[x.site] = now
		}
	}
	if !h.quiet(now, again) {
		return
	}
	for _, x := range h.order {
		if x.free == never || x.end != job.StateNone || now.Sub(x.free) <= again || !h.majority(x.site) {
			continue
		}
		if h.leaderless(x.site, now, again) {
			continue
		}
		if y := h.work.jobs[x.job]; y == nil || y.clientAt != never {
			continue
		}
		if !h.forgiven(JL6, x.site, x.free) && h.fails(JL6) {
			h.detail(JL6, now, nil, "nobody holds %v %s since %v", job.ID(x.job), where(x.site), x.free)
		}
	}
}

// fit reports whether a manager of a datacenter is well enough to stand for leader, who alone takes jobs over (spec 20 §5.1): after
// long cuts all may be poorly for longer than a takeover takes. Gates take over in the order of their ring, poorly or not.
func (h *holders) fit(site int) bool {
	const moderate = 2 // degradation from which on nobody stands
	for i := range h.ctx.Nodes {
		n := &h.ctx.Nodes[i]
		if h.holds(n.ID) && h.clusterOf(n.ID) == site && h.live(n.ID) && int(h.hot[n.ID].lhm) <= h.election.MaxLHM && h.levels[n.ID] < moderate {
			return true
		}
	}
	return false
}

// leaderless reports whether there was a time of late at which a datacenter could have no leader: nobody takes its jobs over then.
func (c *Checker) leaderless(site int, now core.Instant, within core.Duration) bool {
	at, was := c.unfit[site]
	return was && now.Sub(at) <= within
}

func where(site int) string {
	if site == ofGates {
		return "among gates"
	}
	return fmt.Sprintf("in datacenter %d", site)
}

// jobsDropped judges records that went before their job had ended, and were not made anew at once from what an entry says.
func (c *Checker) jobsDropped(core.Instant) {
	for _, f := range c.work.forgotten {
		if c.fails(JM1) {
			c.detail(JM1, f.at, []core.NodeID{f.key.node}, "%s forgets %v, which is %v", c.name(f.key.node), job.ID(f.key.job), f.was)
		}
	}
	c.work.forgotten = c.work.forgotten[:0]
}
