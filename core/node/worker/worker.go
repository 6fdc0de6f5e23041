package worker

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/fence"
	"hypersim/core/front"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/node"
	"hypersim/core/pressure"
	"hypersim/core/registry"
	"hypersim/core/rng"
)

// Members is what a worker asks its membership.
type Members interface {
	State(core.NodeID) core.MemberState
	Instance(core.NodeID) uint32 // of the newest process that was heard of, 0: none was
}

// Meter tells how far a running shard is.
type Meter = node.Meter

// Params say who the worker is and whom it works for.
type Params struct {
	Config   *job.Config // shared, read only
	Self     core.NodeID
	Instance uint32
	Seed     uint64 // of the run
	Key      uint64 // of the node's name (rng.Key)
	Site     uint16
	Cores    int
	Members  Members
	Meter    Meter
	Extend   *jobtimeout.Extension // shared, read only; nil: it never asks for more time
	Stats    *Stats                // shared, read only; nil: the run asks for no statistics
	Patience call.Patience         // with servers that it asks too often
	Words    *registry.Words       // nil: it agrees on nothing with anybody
	Breaker  *health.BreakerKeys   // shared, read only; nil: a manager that answers nothing is told on

	Managers []core.NodeID // of the site; it registers with all of them
	Flow     *front.Server // what its messages pass first; nil: it is never loaded
	Formed   bool          // it is registered from the start
}

// Stats are the keys of the flush loop.
type Stats struct {
	Pressure *pressure.Keys
	Window   core.Duration
}

// Worker is the role. It implements the interfaces of a part of a node.
type Worker struct {
	p     Params
	cfg   *job.Config
	how   strategies
	calls call.Calls
	draw  rng.Stream

	pool      pool
	peers     registry.Peers
	shuts     health.Breakers // towards managers
	cores     *dispatch.Cores
	version   uint64 // grows with every change of free cores, and of the state that is told
	told      registry.WorkerState
	shards    shards
	fences    fence.Table
	acks      acks
	results   results
	timers    job.Agenda[timer]
	said      core.Instant // when managers were last told of free cores
	pendings  pendings
	transfers Transfers
	hurries   node.Hurrier // nil: nothing does
	ext       extensions
	flusher   flusher
	draining  bool // it takes nothing new
	drainEnd  core.Instant
	telling   bool                          // a heartbeat is due
	tellApart bool                          // one to managers that find none on pings
	queries   map[core.NodeID]*cancel.Query // asked, by leader
}

// strategies are how the worker calls others.
type strategies struct {
	register, progress, critical, result, other, complete, query, extend call.Strategy
}

func newStrategies(c *job.Config) strategies {
	return strategies{
		register: call.FJ{Timeout: c.Register.Timeout, Base: c.Register.Base, Cap: c.Register.Cap, Retries: c.Register.Retries, Patient: true}.Strategy(),
		progress: call.FJ{Timeout: c.Progress.Timeout}.Strategy(),
		result:   elsewhere(call.FJ{Timeout: c.Result.Timeout, Base: c.Result.Base, Retries: c.Result.Retries}.Strategy()),
		other:    elsewhere(call.FJ{Timeout: c.Result.Timeout}.Strategy()),
		complete: call.FJ{Timeout: c.Cancel.Timeout, Base: c.Register.Base, Cap: c.Register.Cap, Retries: c.Register.Retries}.Strategy(),
		query:    call.FJ{Timeout: c.Cancel.PollTimeout}.Strategy(),
	}
}

// elsewhere does not ask again who says that another one leads the job: that one is asked.
func elsewhere(s call.Strategy) call.Strategy {
	s.Ends = call.Set(call.CodeNotLeader)
	return s
}

// What the worker calls others for.
const (
	opRegister uint8 = iota + 1
	opProgress
	opResult
	opComplete
	opQuery
	opExtend
	opCritical
	opBatch
	opProbe
	opUpdate
)

// New returns a worker.
func New(p Params) *Worker {
	w := &Worker{p: p, cfg: p.Config, how: newStrategies(p.Config), ext: extensions{cfg: p.Extend}, cores: dispatch.NewCores(p.Cores)}
	w.calls.Init(w, call.Params{Patience: p.Patience, Self: p.Self, Role: core.RoleWorker, Instance: p.Instance, Seed: p.Seed, Key: p.Key, Reply: p.Config.Register.Timeout})
	w.draw = rng.New(p.Seed, "worker.register", p.Key, uint64(p.Instance))
	w.how.extend = extendRetries(p.Extend)
	w.ext.works, _ = p.Meter.(node.Estimator)
	w.hurries, _ = p.Meter.(node.Hurrier)
	w.shards.init()
	w.acks.init()
	w.pendings.init()
	w.pool.init(p.Managers, p.Formed)
	w.peers.Init(p.Words)
	w.shuts.Init(p.Breaker)
	w.version, w.told = 1, w.state()
	w.initFlusher()
	w.queries = map[core.NodeID]*cancel.Query{}
	return w
}

// Begin implements node.Beginner.
func (w *Worker) Begin(now core.Instant, fx *core.Effects) {
	phase := rng.New(w.p.Seed, "worker.phase", w.p.Key, uint64(w.p.Instance))
	w.timers.Arm(timer{at: now.Add(core.Duration(float64(phase.Float64() * float64(w.cfg.Orphan.Check)))), kind: timerOrphans})
	w.timers.Arm(timer{at: now.Add(core.Duration(float64(phase.Float64() * float64(w.cfg.Cancel.PollInterval)))), kind: timerQuery})
	if !w.p.Formed {
		w.registerAll(now, fx)
	}
	w.armApart(now)
}

// Receive implements node.Receiver.
func (w *Worker) Receive(now core.Instant, msg *core.Message, fx *core.Effects) {
	if !w.calls.Receive(now, msg, fx) {
		w.handle(now, msg, fx)
	}
	w.shuts.Tell(fx)
}

func (w *Worker) handle(now core.Instant, msg *core.Message, fx *core.Effects) {
	switch msg.Kind {
	case core.KindWorkflowDispatch:
		w.onDispatch(now, msg, fx)
	case core.KindWorkflowCancelRequest:
		w.onCancel(now, msg, fx)
	case core.KindJobLeaderWorkerTransfer:
		w.onTransfer(now, msg, fx)
	case core.KindStateSyncRequest:
		w.onStateRequest(now, msg, fx)
	case core.KindWorkflowStatusQuery:
		w.onStatusQuery(now, msg, fx)
	case core.KindManagerToWorkerRegistration:
		w.onManager(now, msg, fx)
	default: // not for a worker
	}
}

// Wake implements node.Timer.
func (w *Worker) Wake(now core.Instant, fx *core.Effects) {
	w.calls.Wake(now, fx)
	w.fences.Wake(now)
	w.act(now, fx)
	w.shuts.Tell(fx)
}

// act does what is due of shards and timers.
func (w *Worker) act(now core.Instant, fx *core.Effects) {
	for {
		if at := w.shards.due.next(); at <= now && at <= w.timers.Next() {
			w.look(now, fx)
		} else if t, ok := w.timers.Pop(now); ok {
			w.fire(now, t, fx)
		} else {
			return
		}
	}
}

// Deadline implements node.Timer.
func (w *Worker) Deadline() (core.Instant, bool) {
	at, _ := w.calls.Deadline()
	f, _ := w.fences.Deadline()
	at = min(at, f, w.timers.Next(), w.shards.due.next())
	return at, at != core.Never
}

// Observe implements node.Observer: a manager that is another process now knows nothing of this worker.
func (w *Worker) Observe(now core.Instant, f *core.Fact, fx *core.Effects) {
	if f.Kind == core.FactCallback && f.Callback == core.CallbackPeerRestarted {
		w.managerRestarted(now, f.Subject, f.Cause != core.CauseSeen, fx)
	}
	w.forgetPressure(now, f, fx)
}

// Target implements call.Owner: who was asked is asked again.
func (w *Worker) Target(_ core.Instant, _ *call.Ticket, _ int, last core.NodeID) core.NodeID {
	return last
}

// Called implements call.Owner.
func (w *Worker) Called(now core.Instant, o *call.Outcome, fx *core.Effects) {
	w.heardPressure(now, o, fx)
	switch o.Op {
	case opRegister:
		w.registered(now, o, fx)
	case opProgress:
		w.progressAnswered(now, o, fx)
	case opResult:
		w.resultAnswered(now, o, fx)
	case opQuery:
		w.queryAnswered(now, o, fx)
	case opExtend:
		w.extended(now, o, fx)
	case opCritical:
		w.criticalAnswered(now, o, fx)
	case opBatch:
		w.batchAnswered(now, o, fx)
	}
}

// fire does what is due.
func (w *Worker) fire(now core.Instant, t timer, fx *core.Effects) {
	switch t.kind {
	case timerResult:
		w.offerAgain(now, t, fx)
	case timerRegister:
		w.registerAll(now, fx)
	case timerBeat:
		w.telling = false
		w.beatAll(now, fx)
	case timerApart:
		w.beatApart(now, fx)
	case timerDrain:
		w.giveBack(now, fx)
	case timerOrphans:
		w.findOrphans(now, fx)
		w.acks.sweep(now)
		w.pendings.sweep(now)
		w.timers.Arm(timer{at: now.Add(w.cfg.Orphan.Check), kind: timerOrphans})
	case timerQuery:
		w.askAboutSilent(now, fx)
		w.timers.Arm(timer{at: now.Add(w.cfg.Cancel.PollInterval), kind: timerQuery})
	default:
		w.fireStats(now, t, fx)
	}
}

// Cores returns how many cores there are, and how many are free.
func (w *Worker) Cores() (total, free int) { return w.cores.Total(), w.cores.Free() }

// Shards returns how many shards are kept, ended ones whose result nobody has committed included.
func (w *Worker) Shards() int { return len(w.shards.by) + w.results.len() }

// MemoryBytes implements node.Sizer.
func (w *Worker) MemoryBytes() int {
	return w.calls.MemoryBytes() + w.fences.MemoryBytes() + w.shards.memoryBytes() + w.acks.memoryBytes() + w.pendings.memoryBytes() + w.results.memoryBytes() + requestBytes*cap(w.ext.list) +
		timerBytes*w.timers.Room() + 4*w.cores.Total()
}

// Sizes in bytes, held to the truth by a test; a place in a map costs about mapBytes beside key and value.
const (
	shardBytes       = 152
	timerBytes       = 16
	flowBytes        = 16
	ackBytes         = 32
	dateBytes        = 24
	pendingBytes     = 16
	pendingDateBytes = 16
	requestBytes     = 12
	resultBytes      = 48
	bodyBytes        = 128 // of a result
	mapBytes         = 16
)

// Entries returns how many entries of jobs there are in all tables: 0 when all has been over for long (I-JM2).
func (w *Worker) Entries() (all int) {
	w.Tables(func(_ string, n int) { all += n })
	return all
}
