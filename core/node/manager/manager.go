package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/front"
	"hypersim/core/health"
	"hypersim/core/hier"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/routing"
	"hypersim/core/workflow"
)

// Members is what a manager asks its membership.
type Members interface {
	State(core.NodeID) core.MemberState
	Instance(core.NodeID) uint32 // of the newest process that was heard of, 0: none was
}

// Params say who the manager is and whom it works with.
type Params struct {
	Config   *job.Config // shared, read only
	Self     core.NodeID
	Instance uint32
	Seed     uint64 // of the run
	Key      uint64 // of the node's name (rng.Key)
	Site     uint16
	Members  Members
	Scopes   *hier.Machine // who does nothing for a job; nil: nobody looks
	Book     core.Book     // for the size of a submission

	Replica  *replica.Config    // shared, read only
	Health   *health.Config     // how it judges its workers; shared, read only; nil: it leaves that to membership
	Timeout  *jobtimeout.Config // shared, read only; nil: the defaults
	Classes  *routing.SiteKeys  // how it judges its own datacenter; shared, read only; nil: the defaults
	Cluster  []core.NodeID      // all configured managers of the site, ascending, Self among them; nil: it is the only one
	Election Election           // of the cluster's leader; nil: there is none
	Flow     *front.Server      // what its messages pass first; nil: it is never loaded
	Intact   bool               // the process has forgotten nothing: the cluster stands from the start

	Gates       []core.NodeID // all there are, ascending; none: the manager does for clients what they do
	GatesFormed bool          // they and this process know each other from the start

	Interval core.Duration // over which heartbeats say what was dispatched; 0: they do not

	// Workers have the ids from First to First+Count−1.
	First core.NodeID
	Count int

	Stats *Stats // shared, read only; nil: the run asks for no statistics

	Breaker *health.BreakerKeys // shared, read only; nil: a worker that answers nothing is asked on

	Patience call.Patience // with servers that it asks too often

	Words *registry.Words // nil: it agrees on nothing with anybody

	// Formed are workers that are registered from the start; nil in a cold start.
	Formed []FormedWorker
}

// FormedWorker is a worker of a formed start.
type FormedWorker struct {
	Node     core.NodeID
	Instance uint32
	Cores    int
}

// Manager is the role. It implements the interfaces of a part of a node.
type Manager struct {
	p     Params
	cfg   *job.Config
	how   strategies
	calls call.Calls
	walk  core.Walker

	workers workers
	pacts   registry.Peers
	shuts   health.Breakers  // towards workers
	kin     registry.Links   // with the other managers: it registers with them once
	back    registry.Returns // of other managers that were gone
	records records
	flows   workflow.Machine
	lead
	time    timekeeper
	stats   stats
	peers   []core.NodeID
	singles call.Replies // to requests to cancel one workflow
	batches job.Batches  // of this round
	timers  job.Agenda[timer]
	health  ward
	gates   gates
	grants  []dispatch.Grant // scratch
	spotBuf []spot           // scratch
	reports uint64           // what was said of its load so far
	served  served
	due     bool // something may start: a pass follows in this event
	stale   uint64
	illegal uint64

	conflicts uint64 // two gates under one epoch: never (I-JF4)
}

// New returns a manager.
func New(p Params) *Manager {
	if p.Classes == nil {
		c := routing.Default()
		p.Classes = &c.Sites
	}
	m := &Manager{p: p, cfg: p.Config, how: newStrategies(p.Config)}
	m.calls.Init(m, call.Params{Patience: p.Patience, Self: p.Self, Role: core.RoleManager, Instance: p.Instance, Seed: p.Seed, Key: p.Key, Reply: p.Config.Register.Timeout})
	m.workers.init(p.First, p.Count)
	m.pacts.Init(p.Words)
	m.shuts.Init(p.Breaker)
	m.records.init()
	m.singles.Init(singlesMax, p.Config.Cancel.Dedup)
	m.initLead()
	m.initGates()
	m.initStats()
	return m
}

// singlesMax bounds the recorded answers to single cancels; above it the oldest go first.
const singlesMax = 10_000

// strategies are how the manager calls others.
type strategies struct {
	dispatch, stop, push, scan, transfer, ping, agree, agreed, pass, announce call.Strategy
	limits                                                                    workflow.Limits
}

func newStrategies(c *job.Config) strategies {
	s := strategies{
		dispatch: call.FJ{Timeout: c.Dispatch.Timeout, Base: c.Dispatch.Base, Retries: c.Dispatch.Retries}.Strategy(),
		stop:     call.FJ{Timeout: c.Cancel.Timeout, Base: c.Cancel.Base, Retries: c.Cancel.Attempts - 1}.Strategy(),
		push:     call.FJ{Timeout: c.Progress.Timeout, Base: c.Result.PushBase, Cap: c.Result.PushCap, Retries: c.Result.PushTries}.Strategy(),
		scan:     call.FJ{Timeout: c.Orphan.ScanTimeout}.Strategy(),
		transfer: call.FJ{Timeout: c.Register.Timeout, Base: c.Register.Base, Cap: c.Register.Cap, Retries: c.Register.Retries, Patient: true}.Strategy(),
		ping:     call.FJ{Timeout: c.Register.Timeout}.Strategy(),
		agree:    call.FJ{Timeout: c.Provision.Peer}.Strategy(),
		agreed:   call.FJ{Timeout: c.Provision.Commit}.Strategy(),
		announce: call.FJ{Timeout: c.Register.Timeout, Base: c.Register.Base, Retries: 1}.Strategy(),
		pass:     call.FJ{Timeout: c.Forward.Hop}.Strategy(),
	}
	s.limits = workflow.Limits{Retries: c.Workflow.MaxRetries, Attempts: c.Workflow.MaxAttempts, Base: c.Workflow.Backoff, Cap: c.Workflow.BackoffMax}
	s.dispatch.Ends = call.Set(call.CodeBusy, call.CodeDraining) // another worker may have room now
	return s
}

// What the manager calls others for.
const (
	opDispatch uint8 = iota + 1
	opStop
	opPush
	opFinal // the push that ends a job for its client
	opScan
	opProvision
	opProvided
	opWorkers // which shards of jobs that were taken over they have
	opPassResult
	opPassCancel
	opRead     // all that a worker has
	opAnnounce // a worker, to members
	opMeet     // this process to a worker that it heard of
	opKin      // this process to another member
	opBack     // the same to one that was gone and is back
)

// Begin implements node.Beginner.
func (m *Manager) Begin(now core.Instant, fx *core.Effects) {
	m.beginLead(now)
	m.beginHealth(now)
	for _, w := range m.p.Formed {
		m.workers.form(now, w)
		m.enters(now, w.Node, fx)
		m.relist(w.Node)
		m.workerFact(w.Node, fx)
	}
	m.beginTimers(now)
	m.beginGates(now)
	m.beginKin(now)
	m.reachGates(now, fx)
	m.beginTime(now)
	m.beginStats(now)
}

// Receive implements node.Receiver.
func (m *Manager) Receive(now core.Instant, msg *core.Message, fx *core.Effects) {
	m.sign(now, msg.From, msg.Instance)
	replicas := !m.workers.knows(msg.From) // a worker says what it has to whoever asked it
	if !(replicas && m.rep.Receive(now, msg, fx)) && !m.calls.Receive(now, msg, fx) {
		m.handle(now, msg, fx)
	}
	m.rest(now, fx)
}

// rest is the end of every event: what can start starts, and the other members hear what has changed.
func (m *Manager) rest(now core.Instant, fx *core.Effects) {
	m.shuts.Tell(fx)
	m.sendTransfers(now, fx)
	m.pass(now, fx)
	m.sendChanges(now, fx)
}

// handler is a request that the manager answers.
type handler func(m *Manager, now core.Instant, msg *core.Message, fx *core.Effects)

// handlers say which module a request is for. Requests of roles and mechanisms that this manager does not have yet go
// unanswered.
var handlers = [core.NumKinds]handler{
	core.KindWorkerRegistration:           (*Manager).onRegistration,
	core.KindWorkerHeartbeat:              (*Manager).onHeartbeat,
	core.KindWorkerDiscoveryBroadcast:     (*Manager).onDiscovery,
	core.KindManagerPeerRegistration:      (*Manager).onPeer,
	core.KindProvisionRequest:             (*Manager).onProvision,
	core.KindProvisionCommit:              (*Manager).onProvided,
	core.KindJobSubmission:                (*Manager).onSubmission,
	core.KindWorkflowProgress:             (*Manager).onProgress,
	core.KindJobProgressBatch:             (*Manager).onBatch,
	core.KindProgressProbe:                (*Manager).onProbe,
	core.KindStatsUpdate:                  (*Manager).onUpdate,
	core.KindWindowedStatsPush:            (*Manager).onWindow,
	core.KindWorkflowFinalResult:          (*Manager).onResult,
	core.KindHealthcheckExtensionRequest:  (*Manager).onExtension,
	core.KindJobGlobalTimeout:             (*Manager).onGlobalTimeout,
	core.KindJobCancelRequest:             (*Manager).onJobCancel,
	core.KindSingleWorkflowCancelRequest:  (*Manager).onSingleCancel,
	core.KindWorkflowCancellationComplete: (*Manager).onStopped,
	core.KindWorkflowCancellationQuery:    (*Manager).onCancellationQuery,
	core.KindJobStatusRequest:             (*Manager).onStatusRequest,
	core.KindRegisterCallback:             (*Manager).onRegisterCallback,
	core.KindWorkflowQueryRequest:         (*Manager).onWorkflowQuery,
	core.KindPingRequest:                  (*Manager).onPing,
	core.KindHealthCheck:                  (*Manager).onHealthCheck,
	core.KindGateRegistrationRequest:      (*Manager).onGateRegistration,
	core.KindGateHeartbeat:                (*Manager).onGateHeartbeat,
	core.KindJobLeaderGateTransfer:        (*Manager).onGateTransfer,
}

func (m *Manager) handle(now core.Instant, msg *core.Message, fx *core.Effects) {
	if h := handlers[msg.Kind]; h != nil {
		h(m, now, msg, fx)
	}
}

// Wake implements node.Timer.
func (m *Manager) Wake(now core.Instant, fx *core.Effects) {
	m.calls.Wake(now, fx)
	m.reachGates(now, fx)
	m.lookForKin(now, fx)
	m.lookForReturns(now, fx)
	m.time.jobs.Wake(now, fx)
	for {
		t, ok := m.timers.Pop(now)
		if !ok {
			break
		}
		m.fire(now, t, fx)
	}
	m.rep.Wake(now, fx)
	m.rest(now, fx)
}

// Deadline implements node.Timer.
func (m *Manager) Deadline() (core.Instant, bool) {
	at, _ := m.calls.Deadline()
	rep, _ := m.rep.Deadline()
	gates, _ := m.gates.links.Deadline()
	kin, _ := m.kin.Deadline()
	at = min(at, rep, gates, kin, m.back.Deadline(), m.timers.Next(), m.time.jobs.Deadline())
	return at, at != core.Never
}

// Observe implements node.Observer: what membership found out about workers and other managers, and the job layer about workers.
func (m *Manager) Observe(now core.Instant, f *core.Fact, fx *core.Effects) {
	if f.Kind == core.FactScopeSuspected || f.Kind == core.FactScopeEnded { // who may get what is not what it was
		m.due = true
		m.rest(now, fx)
	}
	if f.Kind == core.FactCallback && f.Callback == core.CallbackPeerRestarted && m.workers.knows(f.Subject) {
		m.renewed(now, f.Subject, m.p.Members.Instance(f.Subject), fx)
		m.rest(now, fx)
	}
	if f.Kind != core.FactTransition {
		return
	}
	m.back.Heard(now, f.Subject, f.To)
	if !m.workers.knows(f.Subject) {
		return
	}
	m.membershipSays(now, f.Subject, f.To, fx)
	m.rest(now, fx)
}

// Target implements call.Owner: who was asked is asked again, as long as it matters.
func (m *Manager) Target(now core.Instant, t *call.Ticket, attempt int, last core.NodeID) core.NodeID {
	if t.Op >= opRegister && t.Op < opGates {
		return m.gateTarget(now, t, attempt, last)
	}
	if t.Op == opDispatch && !m.wanted(t) {
		return core.NoNode
	}
	return last
}

// Called implements call.Owner.
func (m *Manager) Called(now core.Instant, o *call.Outcome, fx *core.Effects) {
	switch o.Op {
	case opDispatch:
		m.dispatched(now, o, fx)
	case opStop:
		m.stopAnswered(now, o, fx)
	case opFinal:
		m.told(now, o)
	case opScan:
		m.scanned(now, o, fx)
	case opProvision:
		m.provisioned(now, o, fx)
	case opWorkers:
		m.workerTold(now, o, fx)
	case opRead:
		m.workerRead(now, o, fx)
	case opPassResult, opPassCancel:
		m.passed(now, o, fx)
	default:
		m.peerCalled(now, o, fx)
	}
}

// Jobs returns how many jobs are kept, and how many of them have not ended.
func (m *Manager) Jobs() (kept, live int) { return len(m.records.by), m.records.live }

// Entries returns how many entries of jobs there are in all tables, tombstones included: 0 when all has been over for
// long (I-JM2).
func (m *Manager) Entries() (all int) {
	m.Tables(func(_ string, n int) { all += n })
	return all
}

// Counters of what must not happen, or should be rare.
func (m *Manager) Counters() (illegal, stale uint64) { return m.illegal + m.flows.Illegal, m.stale }

// MemoryBytes implements node.Sizer.
func (m *Manager) MemoryBytes() int {
	return m.calls.MemoryBytes() + m.workers.memoryBytes() + m.records.memoryBytes() + m.flows.MemoryBytes() + m.rep.MemoryBytes() +
		m.singles.MemoryBytes() + m.stats.buf.MemoryBytes() + timerBytes*m.timers.Room() + m.time.jobs.MemoryBytes() +
		m.health.memoryBytes() + m.back.MemoryBytes()
}
