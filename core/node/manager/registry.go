package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/registry"
)

// worker is what a manager keeps of one worker.
type worker struct {
	cores    dispatch.Capacity
	runs     []run // shards of led jobs that may hold cores there
	instance uint32
	total    uint16
	state    registry.WorkerState
	known    bool
	reap     core.Instant       // gone: forgotten then
	time     jobtimeout.Tracker // its extensions
	grew     bool               // got on since the last of them
	late     bool               // is past its deadline: nothing new goes there
	load     core.Load          // as it calls itself
	condition
	shut  bool // its breaker lets nothing through for now
	asked bool // what it has, since somebody says that it is less

	newest uint32 // process that membership heard of: one before it counts for nothing
}

// run names a shard of a led job.
type run struct {
	rec   *record
	place int32
	token job.Token
}

// workers are the workers of a manager.
type workers struct {
	first core.NodeID
	list  []worker
	pool  *dispatch.Pool
	fit   int // registered, not gone
}

func (r *workers) init(first core.NodeID, n int) {
	r.first, r.list, r.pool = first, make([]worker, n), dispatch.NewPool(first, n)
}

// knows reports whether id is a worker of this site.
func (r *workers) knows(id core.NodeID) bool { return id >= r.first && int(id-r.first) < len(r.list) }

// at returns the record of a worker of this site.
func (r *workers) at(id core.NodeID) *worker { return &r.list[id-r.first] }

// id returns whose record stands at place i.
func (r *workers) id(i int) core.NodeID { return r.first + core.NodeID(i) }

// form registers a worker of a formed start.
func (r *workers) form(_ core.Instant, w FormedWorker) {
	x := r.at(w.Node)
	x.cores.Reset(0, w.Cores)
	x.known, x.instance, x.total, x.state = true, w.Instance, uint16(w.Cores), registry.WorkerHealthy
	r.fit++
}

// usable reports whether new work may go to a worker.
func (x *worker) usable() bool {
	return x.known && (x.state == registry.WorkerHealthy || x.state == registry.WorkerDegraded)
}

// gone reports whether a worker cannot be counted on any more (01-33).
func (x *worker) gone() bool { return !x.known || x.state == registry.WorkerOffline }

// former reports whether an answer is of a process of a worker that was there before: it says nothing of the one that is (spec 10 §13).
func (m *Manager) former(o *call.Outcome) bool {
	return o.Answered && m.workers.at(o.From).isOld(o.Instance)
}

// departed reports whether a worker is gone, and does not only wait to be registered here: nothing that it has is waited for (01-33, 01-43).
func (m *Manager) departed(id core.NodeID) bool {
	return m.Gone(id) || m.workers.at(id).known && m.workers.at(id).gone()
}

// isOld reports whether a process of a worker is not the newest one that is known of.
func (x *worker) isOld(instance uint32) bool {
	return instance < x.newest || x.known && instance < x.instance
}

// relist puts a worker where it belongs in the order of placement.
func (m *Manager) relist(id core.NodeID) {
	x := m.workers.at(id)
	bucket := dispatch.BucketNone
	if x.usable() && m.mayWork(id, x) && m.p.Members.State(id) == core.StateOK {
		bucket = x.bucket()
	}
	free := x.cores.Free()
	if m.workers.pool.Set(id, bucket, free) {
		m.due = true
	}
}

func (m *Manager) workerFact(id core.NodeID, fx *core.Effects) {
	x, f := m.workers.at(id), fx.JobFact(core.JobFactWorker)
	f.Node, f.To = id, uint8(x.state)
	f.Put("cores", int64(x.total)).Put("free_cores", int64(x.cores.Free()))
}

// onRegistration takes a worker into the pool. A registration is idempotent by process; a newer process frees what the
// older one held, an older one is refused (spec 20 §1.3).
func (m *Manager) onRegistration(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*registry.WorkerRegistration)
	reply := m.calls.Respond(fx, msg, core.KindRegistrationResponse)
	out := core.Attach[registry.RegistrationResponse](fx, reply)
	out.Manager, out.Versions = m.p.Self, m.pacts.Versions()
	if b.Role != core.RoleWorker || b.Node != msg.From || !m.workers.knows(b.Node) {
		out.Code = call.CodeRoleDenied
		return
	}
	if out.Code = m.pacts.Meet(b.Node, b.Instance, &b.Versions, fx); out.Code != call.CodeOK {
		return
	}
	if x := m.workers.at(b.Node); x.isOld(b.Instance) {
		out.Code, out.Current = call.CodeStaleFence, uint64(max(x.instance, x.newest))
		return
	}
	out.Accepted = true
	out.Managers = m.fellows(now, out.Managers)
	if !m.enrol(now, b.NodeInfo, b.Cores, b.CoresAvailable, fx) {
		out.Code = call.CodeDuplicate
		return
	}
	m.announce(now, b, fx)
}

// enrol takes a process of a worker into the pool, and reports whether it was not there, or thought to be gone.
func (m *Manager) enrol(now core.Instant, w registry.NodeInfo, cores, free uint16, fx *core.Effects) bool {
	x := m.workers.at(w.Node)
	if x.isOld(w.Instance) || x.known && w.Instance == x.instance && (!x.gone() || m.Gone(w.Node)) { // a word from before its end, perhaps
		return false
	}
	if x.known {
		m.lose(now, w.Node, fx)
	}
	x.cores.Reset(0, int(free))
	x.known, x.instance, x.total, x.state, x.load = true, w.Instance, cores, registry.WorkerHealthy, core.LoadHealthy
	x.time, x.late = jobtimeout.Tracker{}, false // a new process counts its requests from 1
	m.enters(now, w.Node, fx)
	m.pacts.Newer(w.Node, w.Instance)
	m.shuts.Reset(w.Node)
	x.shut = false
	m.workers.fit++
	m.relist(w.Node)
	m.workerFact(w.Node, fx)
	m.tellNew(now, w.Node, fx)
	return true
}

// onHeartbeat takes in what a worker says of itself.
func (m *Manager) onHeartbeat(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*registry.WorkerHeartbeat)
	m.heard(now, msg.From, msg.Instance, &b.Beat, fx)
	m.counters(now, msg.From, b.Shards, fx)
}

// HearBeat implements swim.BeatHearer: a heartbeat that came on a worker's ping.
func (m *Manager) HearBeat(now core.Instant, msg *core.Message, fx *core.Effects) {
	m.heard(now, msg.From, msg.Instance, &msg.Extra.Beat, fx)
	m.counters(now, msg.From, msg.Extra.Shards, fx)
	m.rest(now, fx)
}

// speaker returns what is kept of a worker, nil if what that process says does not count: it is not the one that registered, or says what it
// said before its end.
func (m *Manager) speaker(from core.NodeID, instance uint32) *worker {
	if !m.workers.knows(from) {
		return nil
	}
	x := m.workers.at(from)
	if !x.known || x.instance != instance || x.isOld(instance) || x.gone() && m.Gone(from) {
		return nil
	}
	return x
}

func (m *Manager) heard(now core.Instant, from core.NodeID, instance uint32, b *core.Beat, fx *core.Effects) {
	m.renewed(now, from, instance, fx)
	x := m.speaker(from, instance)
	if x == nil {
		return
	}
	m.sign(now, from, instance)
	m.heardLoad(from, x, b)
	m.rate(now, int(from-m.workers.first), fx)
	if !x.cores.Heard(b.Version, int(b.CoresAvailable)) {
		return
	}
	state := registry.WorkerState(b.State)
	m.due = m.due || state != x.state
	back := x.gone()
	if back { // it was held dead or was evicted, and is here again (01-42)
		m.workers.fit++
		m.returns(now, int(from-m.workers.first), fx)
	}
	if state != x.state {
		x.state = state
		m.workerFact(from, fx)
	}
	m.relist(from)
	if back { // jobs that were taken over meanwhile, too: it has shards of them perhaps
		m.tellNew(now, from, fx)
	}
	m.beatAsks(now, from, &b.Ask, fx)
}

// renewed takes in which process of a worker speaks, here or to membership: what one before it had is lost, whether or not this one has
// registered yet (spec 20 §3.5).
func (m *Manager) renewed(now core.Instant, id core.NodeID, instance uint32, fx *core.Effects) {
	if !m.workers.knows(id) {
		return
	}
	if x := m.workers.at(id); instance > max(x.instance, x.newest) {
		m.lose(now, id, fx)
		x.newest = instance
	}
}

// Evict ends the use of a worker that membership may still hold alive, for the reason that its caller knows. The worker
// is used again after its next heartbeat.
func (m *Manager) Evict(now core.Instant, id core.NodeID, fx *core.Effects) {
	m.lose(now, id, fx)
	m.rest(now, fx)
}

// lose handles the loss of a worker: DEAD, LEFT, evicted, or another process. For each led job in id order its shards
// are lost, their cores forgotten, their attempts failed (spec 20 §3.5).
func (m *Manager) lose(now core.Instant, id core.NodeID, fx *core.Effects) {
	x := m.workers.at(id)
	if x.gone() {
		return
	}
	x.state, x.reap = registry.WorkerOffline, now.Add(m.cfg.Retention.DeadWorker)
	m.workers.fit--
	x.cores.Reset(max(1, x.cores.Version())-1, 0) // an idle worker that was not dead has no newer version to say
	m.relist(id)
	m.due = true // a workflow that must not use the others may have to now
	m.workerFact(id, fx)
	runs := x.runs
	x.runs = nil
	slices.SortFunc(runs, func(a, b run) int { return compareRuns(&a, &b) })
	m.beginAnew(id)
	for _, r := range runs {
		m.time.jobs.Cleanup(r.rec.id, id)
		m.idle(now, r.rec.id, id)
		m.shardLost(now, r, id, fx)
	}
	m.forgetStops(now, id, fx)
}

// drop forgets that a worker runs a shard that counts. The cores that its dispatch reserved there are free when the
// worker has said so, or has not got it (spec 20 §11).
func (m *Manager) drop(now core.Instant, id core.NodeID, j job.ID, t job.Token) {
	x := m.workers.at(id)
	x.runs = slices.DeleteFunc(x.runs, func(r run) bool { return r.token == t && r.rec.id == j })
	m.leaves(now, id, j)
}

// over notes that a worker has not got a shard any more.
func (m *Manager) over(id core.NodeID, j job.ID, t job.Token) {
	if !m.workers.knows(id) {
		return
	}
	m.workers.at(id).cores.Gone(j, t)
	m.relist(id)
}

func compareRuns(a, b *run) int {
	if a.rec.id != b.rec.id {
		if a.rec.id < b.rec.id {
			return -1
		}
		return 1
	}
	if a.place != b.place {
		return int(a.place - b.place)
	}
	if a.token < b.token {
		return -1
	}
	return 1
}

func (r *workers) memoryBytes() int {
	n := workerBytes*cap(r.list) + r.pool.MemoryBytes()
	for i := range r.list {
		n += runBytes*cap(r.list[i].runs) + r.list[i].cores.MemoryBytes() + r.list[i].pace.MemoryBytes()
	}
	return n
}

// Sizes in bytes, held to the truth by a test.
const (
	workerBytes = 296
	runBytes    = 24
)
