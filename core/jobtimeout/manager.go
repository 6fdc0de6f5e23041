package jobtimeout

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/indexed"
	"hypersim/core/job"
)

// ManagerOwner is the role that has the machine. It may call the machine while it is called, but to give it time.
type ManagerOwner interface {
	// Course says how a tracked job stands.
	Course(now core.Instant, id job.ID) Course

	// Report sends body to gate, once: nobody waits for the answer, which goes to Answered.
	Report(now core.Instant, id job.ID, gate core.NodeID, kind core.Kind, body core.Body, fx *core.Effects)

	// Decide: the job times out here, by that rule. Nothing of it is due again before Applied or Stop:
	// a decision stands until it is committed, or the job is lost (J8).
	Decide(now core.Instant, id job.ID, rule Rule, fx *core.Effects)
}

// Course is how a job gets on at the manager that leads it.
type Course struct {
	Workflows, Completed, Failed uint32
	Active                       uint32 // DISPATCHED or RUNNING
	Live                         bool   // not terminal: reports are sent
	Open                         bool   // rules hold: live, no decision pending, neither CANCELLING nor COMPLETING, and the lease is valid
}

// Manager tracks the jobs that a manager leads. The zero value is not ready: call Init.
type Manager struct {
	owner ManagerOwner
	cfg   *Job
	self  core.NodeID
	site  uint16
	by    map[job.ID]*tracked
	order []*tracked // by id
	heap  []*tracked // those with a timer, by (at, id)
	next  core.Instant

	// Blind counts jobs that were resumed without a snapshot, with the elapsed time of their entry or none
	// (timeout_resume_blind_total).
	Blind uint64
}

// ManagerParams say whose jobs they are.
type ManagerParams struct {
	Self   core.NodeID
	Site   uint16
	Config *Job         // shared, read only
	First  core.Instant // the first check of mode poll: node start and a phase of its own (01-12)
}

// tracked is TimeoutTrackingState: what is known of the time of one job (spec 20 §6.2).
type tracked struct {
	id        job.ID
	started   core.Instant
	progress  core.Instant // last
	extended  core.Instant // last, if granted
	localAt   core.Instant // if kind
	contact   core.Instant // last answer of a gate that knows the job
	report    core.Instant // next tick, or Never
	check     core.Instant // exact: next look, or Never
	timeout   core.Duration
	stuck     core.Duration // threshold
	total     core.Duration // of all extensions
	most      core.Duration // that one worker got in this job
	workers   []grantee
	seq       uint64 // of the last report
	gate      core.NodeID
	ge, de    uint32
	pos       int32 // in the heap, −1: no timer
	kind      Kind  // locally_timed_out
	rule      Rule  // decided, or commanded
	gates     bool  // gate_coordinated
	granted   bool  // an extension, ever
	acked     bool  // the gate knows of the local timeout
	deciding  bool
	stopped   bool
	confirmed bool // the decision is committed
}

// grantee is a worker that was granted more time while it held shards of the job.
type grantee struct {
	worker core.NodeID
	until  core.Instant // its deadline
	total  core.Duration
	active bool
}

// Init makes m ready.
func (m *Manager) Init(owner ManagerOwner, p ManagerParams) {
	*m = Manager{owner: owner, cfg: p.Config, self: p.Self, site: p.Site, by: map[job.ID]*tracked{}, next: p.First}
}

// effective is how long the job may take as far as is known here.
func (t *tracked) effective(c *Job) core.Duration {
	if c.ExtensionRule == ExtensionMaxWorker {
		return t.timeout + t.most
	}
	return t.timeout + t.total
}

// active counts the workers whose grant still runs.
func (t *tracked) active(now core.Instant) (n uint32) {
	for i := range t.workers {
		if g := &t.workers[i]; g.active && g.until >= now {
			n++
		}
	}
	return n
}

// byJob orders the list.
func byJob(t *tracked, id job.ID) int { return cmp.Compare(t.id, id) }

func (m *Manager) add(now core.Instant, t *tracked) {
	if len(m.order) == 0 {
		m.next = tick(m.next, m.cfg.Check, now)
	}
	m.by[t.id] = t
	i, _ := slices.BinarySearchFunc(m.order, t.id, byJob)
	m.order = slices.Insert(m.order, i, t)
}

// tick returns the first instant of a series that is not before now: who tracked nothing has not looked.
func tick(next core.Instant, period core.Duration, now core.Instant) core.Instant {
	if next >= now {
		return next
	}
	return next.Add((now.Sub(next) + period - 1) / period * period)
}

// Drop forgets a job, without a word to anybody.
func (m *Manager) Drop(id job.ID) {
	t := m.by[id]
	if t == nil {
		return
	}
	t.stopped = true
	m.arm(t)
	delete(m.by, id)
	if i, ok := slices.BinarySearchFunc(m.order, id, byJob); ok {
		m.order = slices.Delete(m.order, i, i+1)
	}
}

// Len returns how many jobs are tracked, stopped ones included.
func (m *Manager) Len() int { return len(m.order) }

// byTimer orders the heap; equal times by job.
type byTimer struct{}

func (t *tracked) at() core.Instant { return min(t.report, t.check) }

func (byTimer) Before(a, b *tracked) bool {
	if x, y := a.at(), b.at(); x != y {
		return x < y
	}
	return a.id < b.id
}

func (byTimer) Place(t *tracked, pos int) { t.pos = int32(pos) }

// arm puts t where its timers are due, after they changed.
func (m *Manager) arm(t *tracked) {
	if t.stopped {
		t.report, t.check = core.Never, core.Never
	}
	switch none := t.at() == core.Never; {
	case none && t.pos >= 0:
		m.heap = indexed.Remove(byTimer{}, m.heap, int(t.pos))
		t.pos = -1
	case none:
	case t.pos < 0:
		m.heap = indexed.Push(byTimer{}, m.heap, t)
	default:
		indexed.Fix(byTimer{}, m.heap, int(t.pos))
	}
}

// Deadline says when Wake is needed next, core.Never if nothing is due.
func (m *Manager) Deadline() core.Instant {
	at := core.Never
	if len(m.heap) > 0 {
		at = m.heap[0].at()
	}
	if len(m.order) > 0 && m.cfg.Mode == ModePoll {
		at = min(at, m.next)
	}
	return at
}

// Wake does what is due: first the look at all jobs, then timers.
func (m *Manager) Wake(now core.Instant, fx *core.Effects) {
	if m.cfg.Mode == ModePoll && len(m.order) > 0 && m.next <= now {
		m.next = tick(m.next.Add(m.cfg.Check), m.cfg.Check, now+1)
		m.checkAll(now, fx)
	}
	for len(m.heap) > 0 && m.heap[0].at() <= now {
		t := m.heap[0]
		if t.check <= now {
			m.look(now, t, fx)
		} else {
			m.tell(now, t, fx)
		}
	}
}

// checkAll looks at all jobs in the order of their ids. A decision may take jobs out of the list.
func (m *Manager) checkAll(now core.Instant, fx *core.Effects) {
	for i := 0; i < len(m.order); {
		id := m.order[i].id
		m.look(now, m.order[i], fx)
		i, _ = slices.BinarySearchFunc(m.order, id+1, byJob)
	}
}

// Sizes in bytes, held to the truth by a test.
const (
	trackedBytes = 152
	granteeBytes = 32
	placeBytes   = 32 // of a job in the map
)

// MemoryBytes returns the heap bytes that m holds.
func (m *Manager) MemoryBytes() int {
	n := 8*(cap(m.order)+cap(m.heap)) + (placeBytes+trackedBytes)*len(m.order)
	for _, t := range m.order {
		n += granteeBytes * cap(t.workers)
	}
	return n
}
