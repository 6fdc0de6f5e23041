package jobtimeout

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/indexed"
	"hypersim/core/job"
)

// GateOwner is the role that has the machine. It may call the machine while it is called, but to give it time.
type GateOwner interface {
	// May reports whether something may be decided about a tracked job: RUNNING, nothing pending, the lease valid.
	May(now core.Instant, id job.ID) bool

	// Decide: the job is to end for all, by that rule. It is not looked at again before Declared or Stop.
	Decide(now core.Instant, id job.ID, rule Rule, fx *core.Effects)

	// LoseSite: nothing was heard of a datacenter for so long that its part of the job is FAILED (dc_lost). The role commits
	// that, calls Final, and owes the datacenter a cancel.
	LoseSite(now core.Instant, id job.ID, site uint16, fx *core.Effects)

	// Send sends the command once. Its answer, or that there is none, goes to Answered.
	Send(now core.Instant, site uint16, to core.NodeID, b *GlobalTimeout, fx *core.Effects)

	// Managers returns those of a site, ascending. It is not kept.
	Managers(site uint16) []core.NodeID
}

// Gate tracks the jobs that a gate leads. The zero value is not ready: call Init.
type Gate struct {
	owner GateOwner
	cfg   *Job
	keep  core.Duration
	by    map[job.ID]*judged
	order []*judged // by id
	heap  []*judged // by (at, id)
	next  core.Instant
	held  core.Instant // since when silence is not judged, or Never

	// Conflicts counts messages under a known epoch of another holder than the known one (fence_conflict_total).
	Conflicts uint64
}

// GateParams say whose jobs they are.
type GateParams struct {
	Config *Job          // shared, read only
	First  core.Instant  // the first check of mode poll: node start and a phase of its own (01-12)
	Keep   core.Duration // a datacenter that never settles is given up after this: the job's tombstone is gone by then
}

// judged is GateJobTrackingInfo: what a gate knows of the time of one job (spec 20 §6.5).
type judged struct {
	id        job.ID
	submitted core.Instant
	at        core.Instant // of the next timer
	declared  core.Instant // the end was committed then, if rule and not deciding
	blind     core.Instant // until then some datacenters may know of grants that this gate does not
	majority  core.Instant // the ideal instant of R3, since it holds, or Never
	timeout   core.Duration
	granted   core.Duration // E, as a gate knew it that led the job before
	sites     []part        // targets, ascending
	ge        uint32
	pos       int32 // in the heap
	rule      Rule
	deciding  bool
	stopped   bool // over: only datacenters that do not know it yet are left
	again     bool // a rule that held could not be decided: look at it when it can
}

// part is what a gate knows of one datacenter's part of a job.
type part struct {
	progress core.Instant // dc_last_progress, by receipt
	heard    core.Instant // the last message with a current de
	local    core.Instant // the ideal instant of its local timeout, as far as can be told
	freed    core.Instant // since when no worker has an extension
	next     core.Instant // next sending of the command, or Never
	total    core.Duration
	most     core.Duration
	seq      uint64 // of the last report
	unknown  uint64 // managers that know nothing of the job, by place
	manager  core.NodeID
	to       core.NodeID // where commands go: the manager, until it is silent or names another
	de       uint32
	extended uint32    // workers whose grant runs
	state    job.State // RUNNING, or terminal
	site     uint16
	attempts uint8
	hops     uint8
	timedOut bool // LOCAL_TIMEOUT
	silent   bool
	losing   bool // LoseSite was called
	settled  bool
	told     bool // it has said what was granted there
}

func (p *part) live() bool { return !p.state.Terminal() }

// Init makes g ready.
func (g *Gate) Init(owner GateOwner, p GateParams) {
	*g = Gate{owner: owner, cfg: p.Config, keep: p.Keep, by: map[job.ID]*judged{}, next: p.First, held: core.Never}
}

func byJudged(t *judged, id job.ID) int { return cmp.Compare(t.id, id) }

func (g *Gate) add(now core.Instant, t *judged) {
	if len(g.order) == 0 {
		g.next = tick(g.next, g.cfg.GateCheck, now)
	}
	g.by[t.id] = t
	i, _ := slices.BinarySearchFunc(g.order, t.id, byJudged)
	g.order = slices.Insert(g.order, i, t)
}

// Drop forgets a job, without a word to anybody.
func (g *Gate) Drop(id job.ID) {
	t := g.by[id]
	if t == nil {
		return
	}
	if t.pos >= 0 {
		g.heap = indexed.Remove(byDue{}, g.heap, int(t.pos))
		t.pos = -1
	}
	t.stopped, t.sites = true, nil
	delete(g.by, id)
	if i, ok := slices.BinarySearchFunc(g.order, id, byJudged); ok {
		g.order = slices.Delete(g.order, i, i+1)
	}
}

// Len returns how many jobs are tracked.
func (g *Gate) Len() int { return len(g.order) }

// byDue orders the heap; equal times by job.
type byDue struct{}

func (byDue) Before(a, b *judged) bool {
	if a.at != b.at {
		return a.at < b.at
	}
	return a.id < b.id
}

func (byDue) Place(t *judged, pos int) { t.pos = int32(pos) }

// arm puts t where its timers are due, after they changed.
func (g *Gate) arm(t *judged) {
	if g.by[t.id] != t {
		return
	}
	switch t.at = g.due(t); {
	case t.pos >= 0:
		indexed.Fix(byDue{}, g.heap, int(t.pos))
	default:
		g.heap = indexed.Push(byDue{}, g.heap, t)
	}
}

// due returns when something of t is due next: silence and loss of datacenters, commands, and in mode exact the rules.
func (g *Gate) due(t *judged) core.Instant {
	at := core.Never
	for i := range t.sites {
		p := &t.sites[i]
		at = min(at, p.next)
		if !t.stopped && !t.deciding && !t.again {
			at = min(at, g.silenceAt(p))
		}
	}
	switch {
	case t.stopped:
		return min(at, t.declared.Add(g.keep))
	case g.cfg.Mode == ModeExact && !t.deciding && !t.again:
		at = min(at, g.earliest(t))
	}
	return at
}

// silenceAt is when a datacenter counts as silent, or as lost after that. Both stand still while the gate itself is too
// busy to hear (01-24).
func (g *Gate) silenceAt(p *part) core.Instant {
	switch {
	case !p.live() || p.losing || g.held != core.Never:
		return core.Never
	case p.silent:
		return p.heard.Add(g.cfg.Silent + g.cfg.Orphan)
	}
	return p.heard.Add(g.cfg.Silent)
}

// Deadline says when Wake is needed next, core.Never if nothing is due.
func (g *Gate) Deadline() core.Instant {
	at := core.Never
	if len(g.heap) > 0 {
		at = g.heap[0].at
	}
	if len(g.order) > 0 && g.cfg.Mode == ModePoll {
		at = min(at, g.next)
	}
	return at
}

// Wake does what is due: first silence and commands, then the look at all jobs.
func (g *Gate) Wake(now core.Instant, fx *core.Effects) {
	for len(g.heap) > 0 && g.heap[0].at <= now {
		g.fire(now, g.heap[0], fx)
	}
	if g.cfg.Mode == ModePoll && len(g.order) > 0 && g.next <= now {
		g.next = tick(g.next.Add(g.cfg.GateCheck), g.cfg.GateCheck, now+1)
		for i := 0; i < len(g.order); {
			id := g.order[i].id
			g.look(now, g.order[i], fx)
			i, _ = slices.BinarySearchFunc(g.order, id+1, byJudged)
		}
	}
}

func (g *Gate) fire(now core.Instant, t *judged, fx *core.Effects) {
	if t.stopped && now >= t.declared.Add(g.keep) {
		g.Drop(t.id)
		return
	}
	for i := 0; i < len(t.sites); i++ { // the role may drop the job meanwhile
		p := &t.sites[i]
		if !t.stopped && !t.deciding && !t.again && g.silenceAt(p) <= now {
			g.silence(now, t, p, fx)
		}
		if p.next <= now {
			g.command(now, t, p, fx)
		}
	}
	if g.cfg.Mode == ModeExact && g.earliest(t) <= now {
		g.look(now, t, fx)
	}
	g.arm(t)
}

// Sizes in bytes, held to the truth by a test.
const (
	judgedBytes = 104
	partBytes   = 104
)

// MemoryBytes returns the heap bytes that g holds.
func (g *Gate) MemoryBytes() int {
	n := 8*(cap(g.order)+cap(g.heap)) + (placeBytes+judgedBytes)*len(g.order)
	for _, t := range g.order {
		n += partBytes * cap(t.sites)
	}
	return n
}
