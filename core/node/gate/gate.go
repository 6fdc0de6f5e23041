package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/front"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/pressure"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/rng"
	"hypersim/core/routing"
)

// Members is what a gate asks its membership, which is that of gates.
type Members interface {
	State(core.NodeID) core.MemberState
	Instance(core.NodeID) uint32 // of the newest process that was heard of, 0: none was
}

// Routes names the datacenters of a job, and whom to ask there. What it returns is valid until it is asked again.
type Routes interface {
	Route(now core.Instant, q *routing.Query) routing.Choice
	Managers(now core.Instant, site uint16, id job.ID, dst []core.NodeID) []core.NodeID
}

// Params say who the gate is and whom it works with.
type Params struct {
	Config   *job.Config        // shared, read only
	Replica  *replica.Config    // likewise
	Routing  *routing.Config    // likewise; nil: the defaults
	Health   *health.Config     // likewise
	Timeout  *jobtimeout.Config // likewise; nil: the defaults
	Self     core.NodeID
	Instance uint32
	Seed     uint64 // of the run
	Key      uint64 // of the node's name (rng.Key)
	Members  Members
	Book     core.Book
	Gates    []core.NodeID // all of them, ascending, self included; shared, read only
	Site     uint16
	BySite   [][]core.NodeID // the managers of each datacenter, ascending; shared, read only
	Elected  Elected         // nil: nobody elects
	Pressure *pressure.Keys  // shared, read only; nil: the run asks for no statistics
	Routes   Routes          // nil: those of core/routing where there are distances, else by number

	Distances routing.Distances // how far away managers are; nil: nobody knows
	Flow      *front.Server     // what its messages pass first; nil: it is never loaded
	Formed    bool              // it is one of those that stand from the start
	Patience  call.Patience     // with servers that it asks too often
	Words     *registry.Words   // nil: it agrees on nothing with anybody
}

// Elected says who leads the gates.
type Elected interface {
	Leader() core.NodeID
	Term() uint64
}

// Gate is the role. It implements the interfaces of a part of a node.
type Gate struct {
	p       Params
	cfg     *job.Config
	keys    *routing.Keys
	how     strategies
	calls   call.Calls
	walk    core.Walker
	rep     replica.Machine
	ring    *job.Ring
	ranks   []core.NodeID  // scratch
	list    []routing.Site // datacenters that have managers
	routes  Routes
	router  *routing.Router // the same, where it is one
	sites   registry.Sites
	links   registry.Links
	kin     registry.Links   // the same of other gates: it registers with them once
	back    registry.Returns // of other gates that were gone
	pacts   registry.Peers
	commits health.Breakers // of the quorum of gates, which is NoNode
	draw    rng.Stream
	version uint64 // of the last heartbeat

	records records
	shaper  shaper
	time    jobtimeout.Gate
	burials []burial
	freed   []core.Message // that were held, and are judged at the end of this step
	singles call.Replies   // to requests to cancel one workflow
	queries []flowQuery    // about workflows, that managers are being asked
	queryN  uint32         // number of the last of them
	batches job.Batches    // of this round
	timers  job.Agenda[timer]
	pushAt  core.Instant // a time of the grid of batch pushes
	pushing bool         // the next one is armed

	over      takeovers
	adoptions []adoption
	draining  bool
	drainEnd  core.Instant

	illegal, stale uint64
}

// New returns a gate.
func New(p Params) *Gate {
	if p.Routing == nil {
		c := routing.Default()
		p.Routing = &c
	}
	g := &Gate{p: p, cfg: p.Config, keys: &p.Routing.Routing, routes: p.Routes}
	for i, managers := range p.BySite {
		if len(managers) > 0 {
			g.list = append(g.list, routing.Site{ID: uint16(i), Managers: managers})
		}
	}
	if g.how = newStrategies(p.Config, g.keys, len(g.list)); g.routes == nil {
		g.routes = registered{g}
	}
	g.calls.Init(g, call.Params{Patience: p.Patience, Self: p.Self, Role: core.RoleGate, Instance: p.Instance, Seed: p.Seed, Key: p.Key, Reply: p.Config.Register.Timeout})
	g.draw = rng.New(p.Seed, "dispatch.retry", p.Key, uint64(p.Instance))
	names := make([]string, len(p.Gates))
	for i, id := range p.Gates {
		names[i] = p.Book.Name(id)
	}
	g.ring = job.NewRing(p.Gates, names, job.RingNodes)
	g.records.init()
	g.initShaper()
	g.pacts.Init(p.Words)
	if p.Health != nil {
		g.commits.Init(&p.Health.Breaker)
	}
	g.singles.Init(singlesMax, p.Config.Cancel.Dedup)
	return g
}

// singlesMax bounds the recorded answers to single cancels; above it the oldest go first.
const singlesMax = 10_000

// strategies are how the gate calls others.
type strategies struct {
	submit             []call.Strategy // by datacenter
	push, owed, single call.Strategy
	register, beat     call.Strategy
	transfer, command  call.Strategy
	query              call.Strategy
}

func newStrategies(c *job.Config, r *routing.Keys, sites int) strategies {
	s := strategies{
		submit: make([]call.Strategy, sites),
		push:   call.FJ{Timeout: c.Progress.Timeout, Base: c.Result.PushBase, Cap: c.Result.PushCap, Retries: c.Result.PushTries}.Strategy(),
		owed:   call.FJ{Timeout: c.Client.CallTimeout, Base: c.Client.CallBase, Cap: c.Client.CallCap, Retries: c.Client.CallRetries}.Strategy(),
		single: call.FJ{Timeout: c.Client.CallTimeout, Base: c.Client.CallBase, Cap: c.Client.CallCap, Retries: c.Client.CallRetries}.Strategy(),
	}
	s.register = call.FJ{Timeout: c.Register.Timeout, Base: c.Register.Base, Cap: c.Register.Cap, Retries: c.Register.Retries, Patient: true}.Strategy()
	s.query = call.FJ{Timeout: c.Client.CallTimeout, Base: c.Client.CallBase, Retries: 1}.Strategy()
	s.query.Redirects = 1
	s.beat = call.FJ{Timeout: c.Register.Timeout}.Strategy()
	s.owed.Redirects, s.single.Redirects = 1, 1
	f := &c.Forward
	s.command = call.FJ{Timeout: f.Timeout}.Strategy()
	s.transfer = call.FJ{Timeout: f.Timeout, Base: f.Base, Cap: f.TransferCap, Retries: -1}.Strategy()
	s.transfer.Redirects = f.Redirects
	for i := range s.submit { // each attempt is a call: whom to ask next is for the gate to say
		s.submit[i] = call.Strategy{Timeout: r.WaitMin, Attempts: 1, Redirects: 1, Late: r.Budget}
	}
	return s
}

// What the gate calls others for.
const (
	opSubmit uint8 = iota + 1
	opOwed
	opSingle
	opPush
	opTransfer
	opTimeout
	opFinal    // the push that ends a job for its client
	opRegister // from here on: about no job that this gate has to lead still
	opBeat
	opQuery
	opKin
	opBack
)

// Begin implements node.Beginner.
func (g *Gate) Begin(now core.Instant, fx *core.Effects) {
	var peers []core.NodeID
	for _, id := range g.p.Gates {
		if id != g.p.Self {
			peers = append(peers, id)
		}
	}
	g.rep.Init(now, g, replica.Params{
		Self: g.p.Self, Role: core.RoleGate, Instance: g.p.Instance, Peers: peers, Seed: g.p.Seed, Key: g.p.Key, Formed: g.p.Formed,
		Config: g.p.Replica, Graves: g.cfg.Retention.TombstoneMax, GravesKeep: g.cfg.Retention.Tombstone,
	})
	g.beginRegistry(now, fx)
	g.beginRouting(now)
	g.beginTimers(now)
	g.beginTime(now)
}

// Receive implements node.Receiver.
func (g *Gate) Receive(now core.Instant, m *core.Message, fx *core.Effects) {
	g.heed(now)
	g.signed(now, m)
	if !g.rep.Receive(now, m, fx) && !g.calls.Receive(now, m, fx) {
		g.handle(now, m, fx)
	}
	g.again(now, fx)
	g.tell(fx)
}

// handler is a request that the gate answers.
type handler func(g *Gate, now core.Instant, m *core.Message, fx *core.Effects)

// handlers say which module a request is for. Requests that a gate is not asked go unanswered.
var handlers = [core.NumKinds]handler{
	core.KindJobSubmission:               (*Gate).onSubmission,
	core.KindJobProgressReport:           (*Gate).onProgressReport,
	core.KindJobTimeoutReport:            (*Gate).onTimeoutReport,
	core.KindJobFinalStatus:              (*Gate).onFinalStatus,
	core.KindJobFinalResult:              (*Gate).onFinalResult,
	core.KindJobCancelRequest:            (*Gate).onJobCancel,
	core.KindJobCancellationComplete:     (*Gate).onStopped,
	core.KindSingleWorkflowCancelRequest: (*Gate).onSingleCancel,
	core.KindJobLeaderTransfer:           (*Gate).onLeaderTransfer,
	core.KindJobLeaderManagerTransfer:    (*Gate).onManagerTransfer,
	core.KindJobLeaderGateTransfer:       (*Gate).onGateTransfer,
	core.KindJobAdoptOffer:               (*Gate).onAdoptOffer,
	core.KindJobProgress:                 (*Gate).onProgress,
	core.KindWindowedStatsPush:           (*Gate).onWindow,
	core.KindWorkflowResultPush:          (*Gate).onFlowResult,
	core.KindJobStatusRequest:            (*Gate).onStatusRequest,
	core.KindRegisterCallback:            (*Gate).onRegisterCallback,
	core.KindManagerRegistration:         (*Gate).onManagerRegistration,
	core.KindGateRegistrationRequest:     (*Gate).onGateRegistration,
	core.KindManagerHeartbeat:            (*Gate).onManagerHeartbeat,
	core.KindDatacenterListRequest:       (*Gate).onDatacenterList,
	core.KindWorkflowQueryRequest:        (*Gate).onWorkflowQuery,
	core.KindPingRequest:                 (*Gate).onPing,
	core.KindHealthCheck:                 (*Gate).onHealthCheck,
}

func (g *Gate) handle(now core.Instant, m *core.Message, fx *core.Effects) {
	if h := handlers[m.Kind]; h != nil {
		h(g, now, m, fx)
	}
}

// Wake implements node.Timer.
func (g *Gate) Wake(now core.Instant, fx *core.Effects) {
	g.heed(now)
	g.calls.Wake(now, fx)
	g.rep.Wake(now, fx)
	g.time.Wake(now, fx)
	g.lookAround(now, fx)
	g.lookAgain(now)
	for {
		t, ok := g.timers.Pop(now)
		if !ok {
			break
		}
		g.fire(now, t, fx)
	}
	g.again(now, fx)
	g.tell(fx)
}

// Deadline implements node.Timer.
func (g *Gate) Deadline() (core.Instant, bool) {
	at, _ := g.calls.Deadline()
	if r, ok := g.rep.Deadline(); ok {
		at = min(at, r)
	}
	if r, ok := g.sites.Deadline(); ok {
		at = min(at, r)
	}
	if r, ok := g.links.Deadline(); ok {
		at = min(at, r)
	}
	if r, ok := g.kin.Deadline(); ok {
		at = min(at, r)
	}
	at = min(at, g.back.Deadline())
	if g.router != nil {
		r, _ := g.router.Deadline()
		at = min(at, r)
	}
	at = min(at, g.timers.Next(), g.time.Deadline())
	return at, at != core.Never
}

// Target implements call.Owner.
func (g *Gate) Target(now core.Instant, t *call.Ticket, attempt int, last core.NodeID) core.NodeID {
	if t.Op >= opRegister {
		return last
	}
	x := g.led(job.ID(t.Job))
	if x == nil {
		return core.NoNode
	}
	switch t.Op {
	case opOwed, opSingle:
		return g.nextManager(now, x, t, attempt, last)
	case opPush, opFinal:
		return x.client
	case opTransfer:
		return g.transferTarget(x, t, attempt, last)
	}
	return last
}

// Called implements call.Owner.
func (g *Gate) Called(now core.Instant, o *call.Outcome, fx *core.Effects) {
	if o.Op >= opRegister {
		g.linked(now, o, fx)
		return
	}
	x := g.led(job.ID(o.Job))
	if x == nil {
		return
	}
	switch o.Op {
	case opSubmit:
		g.asked(now, x, o, fx)
	case opOwed:
		g.owedAnswered(now, x, o, fx)
	case opSingle:
		g.singleAnswered(now, x, o, fx)
	case opTransfer:
		g.transferAnswered(now, x, o, fx)
	case opTimeout:
		g.commanded(now, x, o, fx)
	case opFinal:
		g.delivered(now, x, fx)
	}
}

// Late implements call.Latecomer: an acceptance that took its time.
func (g *Gate) Late(now core.Instant, o *call.Outcome, fx *core.Effects) {
	if x := g.led(job.ID(o.Job)); x != nil && o.Op == opSubmit {
		g.askedLate(now, x, o, fx)
	}
}

// Gone implements replica.Owner.
func (g *Gate) Gone(id core.NodeID) bool {
	if id == g.p.Self {
		return false
	}
	s := g.p.Members.State(id)
	return s == core.StateDead || s == core.StateLeft || s == core.StateNone && g.back.Left(id)
}

// Process implements replica.Owner.
func (g *Gate) Process(id core.NodeID) uint32 { return g.p.Members.Instance(id) }

// Jobs returns how many jobs this gate leads, and how many of them have not ended.
func (g *Gate) Jobs() (kept, live int) { return len(g.records.by), g.records.live }

// Holds returns the epoch under which this gate leads a job and where that stands, 0 and StateNone if it does not.
func (g *Gate) Holds(id job.ID) (ge uint32, s job.State) {
	if x := g.led(id); x != nil {
		return x.ge, x.state
	}
	return 0, job.StateNone
}

// Replica returns what this gate has of all jobs. It is to be read only.
func (g *Gate) Replica() *replica.Machine { return &g.rep }

// Entries returns how many entries of jobs there are in the tables of the role, replicas and tombstones left out: 0 when all has
// been over for long (I-JM2).
func (g *Gate) Entries() (all int) {
	g.Tables(func(_ string, n int) { all += n })
	return all - g.rep.Len()
}

// Counters of what must not happen, or should be rare.
func (g *Gate) Counters() (illegal, stale uint64) { return g.illegal, g.stale }

// MemoryBytes implements node.Sizer.
func (g *Gate) MemoryBytes() int {
	return g.calls.MemoryBytes() + g.rep.MemoryBytes() + g.records.memoryBytes() + g.singles.MemoryBytes() + timerBytes*g.timers.Room() +
		g.sites.MemoryBytes() + g.links.MemoryBytes() + g.back.MemoryBytes() + g.routerBytes() + g.time.MemoryBytes()
}
