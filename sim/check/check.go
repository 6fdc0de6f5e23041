package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// Checker holds one run to the invariants. It implements trace.Sink.
type Checker struct {
	// OnFirst, if set, is told of the first violation of each invariant when it is found.
	OnFirst func(Violation)

	ctx    Context
	hot    []hot
	cold   []cold
	groups []group

	sent, delivered, dropped [core.NumKinds]uint64

	routes  *routeMemory         // what gates have to remember from one decision to the next
	classes *siteClasses         // how they judge datacenters
	pacts   *peers               // what processes agreed on
	held    map[holdKey]*holding // who holds which job
	unfit   map[int]core.Instant // by site, the last checkpoint at which no manager was fit to lead

	updatesSafe int // so many updates fit whatever they say

	step   step
	susp   suspicions
	scopes scopes
	past   history

	restarted []core.NodeID // those whose cold.heard is kept
	crashes   []crash       // waiting to be detected everywhere
	faults    faults
	reaches   []reach // by gate and site, as they first came
	nextValid int     // the machine that is validated next

	silent  map[uint64]silence      // pairs of observer and subject, see silenced.go
	mourned map[uint64]core.Instant // pairs of which the observer holds the subject DEAD, which lived then; in lossy runs alone

	first []*Violation // by ID
	count []uint64
	order []ID // in which the first violations came

	unready []bool // by ID: the run ended before they could be judged

	work works // what is known of jobs
	dur  durability

	on hooks
}

// hot is what every message and fact of a node needs: one cache line.
type hot struct {
	at       core.Instant // of the last thing handled
	local    core.Instant
	owes     core.Instant // until when the datagrams that it took have used up its rate
	coordSum uint64       // hash of the coordinate last sent
	inc      uint32       // own incarnation
	inst     uint32
	acks     uint32 // ACKs delivered to it, over all its processes
	group    core.GroupID
	lhm      uint8
	moves    uint8 // by how many samples the coordinate may have moved since it was last sent, up to 2
	role     core.Role

	up, leaving, paused bool
	worker              bool // not a participant
	coords              bool // sends coordinates
	hasCoord            bool // coordSum is set
	hasLocal            bool // local is set and comparable
}

// cold is the rest of what is kept per node.
type cold struct {
	adopted []span // incarnations, ascending
	probes  []probe
	heard   []uint64 // after a restart: which observers know of the new process
	watch   [watchSlots]watch
	ticks   uint32 // that probed
	inserts uint32 // into its probe list

	accusedAt    core.Instant // virtual; never if nothing waits for refutation
	accusedLocal core.Instant
	accusedInc   uint32

	known     int32         // whom it counts for n, itself included; −1 = not known
	following bool          // some of these are on
	slow      bool          // its services take longer than they should
	pace      float64       // by how many times longer than they should, 0: not at all
	service   core.Duration // how long one may take for that, the one that was in hand at the last change included
	follows   [followSlots]followed

	susp     int32 // its first live suspicion, −1 none
	held     int32 // its first live job suspicion or mark, −1 none
	nSusp    int32
	queued   int32
	startAt  core.Instant
	impaired core.Instant  // last change of its pace or clock
	strained core.Instant  // of those, the last that was no pause
	pausedAt core.Instant  // the last pause began
	stood    core.Duration // for how long it was paused, in pauses that have ended
	raisedAt core.Instant  // last rise of its own incarnation
	starts   uint32
	prior    uint32       // incarnation of its last process
	left     bool         // completed its departure
	joining  bool         // nobody has let it in yet
	unheard  bool         // some may not hear of its departure
	parting  int32        // messages under way that tell of it
	goneAt   core.Instant // when its last process ended, never: it runs
	declared bool         // somebody declared it dead since it started
	leaveAt  core.Instant
}

// group is what is kept per membership group: the largest values in force so far (I-M29).
type group struct {
	members   []core.NodeID
	witnesses int32 // members that are no mere workers
	list      int32 // probe list length
	lhm       uint8
	level     uint8 // degradation
	timeout   core.Duration
	suspMax   core.Duration
}

const never = core.Instant(-1)

// New returns a checker of one run.
func New(ctx Context) *Checker {
	if ctx.ValidateMax == 0 {
		ctx.ValidateMax = 256
	}
	ctx.Limits.RefuteWithin = max(ctx.Limits.RefuteWithin, 10e9)
	if len(ctx.Suspicions) == 0 {
		ctx.Suspicions = []Suspicion{DefaultSuspicion()}
	}
	c := &Checker{ctx: ctx, hot: make([]hot, len(ctx.Nodes)), cold: make([]cold, len(ctx.Nodes))}
	c.updatesSafe = (ctx.Limits.MaxUpdates - updatesHeader) / updateMost
	c.first, c.count, c.unready = make([]*Violation, len(rules)), make([]uint64, len(rules)), make([]bool, len(rules))
	c.work.init(&c.ctx)
	c.dur.init(c)
	for _, begin := range subjects {
		begin(c, &c.on)
	}
	c.faults.init(len(ctx.Faults))
	c.susp.init()
	for i := range ctx.Nodes {
		n := &ctx.Nodes[i]
		h, k := &c.hot[i], &c.cold[i]
		h.group, h.role, h.worker = n.Group, n.Role, !ctx.participant(n.Role)
		h.coords = ctx.Limits.Coordinates && (!h.worker || ctx.Limits.WorkerCoordinates)
		k.adopted = []span{{0, 0}} // configuration may name anybody at 0
		k.susp, k.held, k.known, k.accusedAt, k.impaired, k.strained, k.goneAt = -1, -1, -1, never, never, never, never
		for int(n.Group) >= len(c.groups) {
			c.groups = append(c.groups, group{suspMax: ctx.Limits.SuspicionMax})
		}
		if n.Group != 0 {
			g := &c.groups[n.Group]
			g.members = append(g.members, core.NodeID(i))
			if !h.worker {
				g.witnesses++
			}
		}
	}
	return c
}

// Record implements trace.Sink.
func (c *Checker) Record(r *trace.Record) {
	if r.Kind == trace.KindFact {
		c.fact(r)
		return
	}
	if c.step.open {
		c.closeStep()
	}
	switch r.Kind {
	case trace.KindSent:
		c.onSent(r)
		tell(c.on.sent, r)
	case trace.KindDelivered:
		c.onDelivered(r)
	case trace.KindDropped:
		c.onDropped(r)
		tell(c.on.dropped, r)
	case trace.KindStart:
		c.onStart(r)
	case trace.KindCrash, trace.KindStop:
		c.onGone(r)
	case trace.KindLeave:
		c.onLeave(r)
	case trace.KindPause, trace.KindResume, trace.KindSlow:
		c.onPace(r)
	case trace.KindClock:
		c.onClock(r)
	case trace.KindFaultStart:
		c.remember(r)
		c.faults.start(r, c.ctx.Faults)
	case trace.KindFaultEnd:
		c.remember(r)
		c.faults.end(r, c.ctx.Faults)
	case trace.KindCheckpoint:
		c.checkpoint(r.At)
	case trace.KindEnd:
		c.end(r.At)
	case trace.KindNone, trace.KindFact:
	}
}
