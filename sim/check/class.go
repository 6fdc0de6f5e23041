package check

import (
	"time"

	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/health"
	"hypersim/core/registry"
	"hypersim/core/routing"
	"hypersim/sim/trace"
)

// The classes that gates give datacenters, as they publish them (dc_class) and as their decisions take them.
//
// A gate has its word from messages, and records show those that it was given, but not all that it made of them. So each rule is judged
// where the messages leave no doubt, and passes where they do:
//
//   - I-D1: the reason of an UNHEALTHY must be one of what is missing, and it must be missing. "unreachable" is held against what the gate
//     last said of the way there; "self_reported" against the last answers to its probes; "no_workers" against an answer that knew of
//     workers, after which no report knew of none, unless its own clock jumped; "no_alive_managers", in what is published, against an answer within the last second,
//     if the gate can have heard of no stream to who gave it that broke since: three of those are enough (01-54). Not judged: A ≥ 1 by older signs of life (three probes may have failed since, which no record tells), W ≥ 1 by heartbeats alone (whose
//     heartbeat counts goes by who is alive), and anything where 30/D10 is on again, which is the opposite.
//   - I-D2: in decisions, which name the free cores that they saw. What is published goes by reports without reservations (02-12), and names
//     no cores: it is not judged.
//   - I-D3: against the answers to probes within four fifths of the time for which they count, for the clocks of gates run at rates of their
//     own; where clocks jump it is not judged. Whether a late answer of a leader of before counts is for the gate to say: then the best of
//     the answers in question is the bound.
//   - I-D4: who is affected follows from what the gate tells of troubles and partitions. One that begins to flap while a partition lasts is
//     affected from the next tick on; two ticks are waited for. A class that does not change is told by decisions alone.
var (
	D1 = rule("I-D1", "a datacenter is called UNHEALTHY for something that is missing, never for how much it has to do", "spec 30 §14")
	D2 = rule("I-D2", "a datacenter without a free core is BUSY at best", "spec 30 §14")
	D3 = rule("I-D3", "a datacenter is called no better than it says of itself, unless verdicts are held back", "spec 30 §14")
	D4 = rule("I-D4", "a datacenter that fails together with others is DEGRADED at best", "spec 30 §14")
)

var _ = judge(func(c *Checker, on *hooks) {
	s := &siteClasses{Checker: c, seen: map[siteAt]*siteSeen{}, asked: map[core.NodeID]asking{}, keys: c.ctx.Sites}
	if s.keys == nil {
		d := routing.Default().Sites
		s.keys = &d
	}
	c.classes = s
	on.sent = append(on.sent, s.asks)
	on.dropped = append(on.dropped, s.broke)
	on.jobFact(s.published, core.JobFactSiteClass)
	on.jobFact(s.troubled, core.JobFactTrouble)
	on.jobFact(s.split, core.JobFactPartition)
	on.jobFact(s.evicted, core.JobFactEvicted)
	on.delivered[core.KindXAck] = append(on.delivered[core.KindXAck], s.answered)
	on.delivered[core.KindManagerHeartbeat] = append(on.delivered[core.KindManagerHeartbeat], s.beat)
	on.delivered[core.KindManagerRegistration] = append(on.delivered[core.KindManagerRegistration], s.beat)
})

// oldAnswers is how long after its start a process may be given answers to probes of the one before.
const oldAnswers = 15 * time.Second

// siteAt names a datacenter at a gate.
type siteAt struct {
	gate core.NodeID
	site int
}

// siteClasses follow what each gate may know of each datacenter.
type siteClasses struct {
	*Checker
	keys  *routing.SiteKeys
	seen  map[siteAt]*siteSeen
	apart map[core.NodeID]uint32 // gates that take datacenters for cut off together: the process that said so
	asked map[core.NodeID]asking // the last probe of a gate
}

// asking is the number of the last probe of a process.
type asking struct{ inst, seq uint32 }

// siteSeen is what a process of a gate was told of a datacenter, and what it told. Times are virtual.
type siteSeen struct {
	inst      uint32       // of the gate
	siteClaim              // of the last answer that counts for certain
	broken    core.Instant // until then it may hear that streams to who gave it broke
	perhaps   siteClaim    // of the newest one that may count
	acked     core.Instant // the last answer that counts for certain, core.Never: none
	low       routing.Class
	high      routing.Class // what it says of itself lies between these
	peopled   bool          // that answer knew of workers, and nobody has known of none since
	stuck     bool          // a manager of it was given up though it speaks
	trouble   routing.Trouble
	since     core.Instant // of the trouble
	affected  bool
}

// siteClaim is who says that it leads, and when: the term and, within a process, its incarnation only grow.
type siteClaim struct {
	of       core.NodeID
	ofInst   uint32
	external uint32
	term     uint64
}

// outdates reports whether a gate that has heard c ignores n.
func (c *siteClaim) outdates(n *siteClaim) bool {
	same := c.of == n.of && c.ofInst == n.ofInst && c.term == n.term
	return n.term < c.term || same && n.external < c.external
}

// of returns what is kept of a datacenter at the process that a gate is now.
func (s *siteClasses) of(gate core.NodeID, site int) *siteSeen {
	k := siteAt{gate, site}
	x := s.seen[k]
	if x == nil {
		x = new(siteSeen)
		s.seen[k] = x
	}
	if inst := s.hot[gate].inst; x.inst != inst {
		*x = siteSeen{inst: inst, acked: core.Never}
	}
	return x
}

// asks takes a probe.
func (s *siteClasses) asks(r *trace.Record) {
	if r.Msg.Kind == core.KindXProbe {
		s.asked[r.Node] = asking{s.hot[r.Node].inst, r.Msg.Seq}
	}
}

// answered takes an answer to a probe. It counts, unless it may be one from before what was heard already.
func (s *siteClasses) answered(r *trace.Record) {
	b, ok := r.Msg.Body.(*federated.SiteBody)
	if !ok || !b.Leader {
		return
	}
	x := s.of(r.Node, int(b.Site))
	class := routing.Healthy
	if b.Health > 0 {
		class = min(routing.Class(b.Health-1), routing.Unhealthy)
	}
	n := siteClaim{r.Msg.From, r.Msg.Instance, b.External, b.Term}
	a := s.asked[r.Node]
	before := r.At.Sub(s.cold[r.Node].startAt) < oldAnswers || a.inst != x.inst || r.Msg.Seq > a.seq // it may answer the process before
	late := x.outdates(&n) || x.perhaps.outdates(&n)
	if !late {
		x.perhaps = n
	}
	if before || late {
		x.low, x.high = min(x.low, class), max(x.high, class)
		x.peopled = x.peopled && b.Workers > 0
		return
	}
	x.siteClaim = n
	x.acked, x.low, x.high, x.peopled = r.At, class, class, b.Workers > 0
}

// broke takes that a stream of a gate to a manager failed. The gate hears of it when the time to deliver it is over, by the latest.
func (s *siteClasses) broke(r *trace.Record) {
	if !r.Msg.Kind.IsStream() || s.ctx.Nodes[r.Msg.From].Role != core.RoleGate || s.ctx.Nodes[r.Msg.To].Role != core.RoleManager {
		return
	}
	if x := s.of(r.Msg.From, s.ctx.Nodes[r.Msg.To].Site); x.of == r.Msg.To {
		x.broken = max(x.broken, r.At.Add(r.Msg.Timeout+time.Second))
	}
}

// beat takes what a manager says of its datacenter: only that there may be no workers is of use.
func (s *siteClasses) beat(r *trace.Record) {
	var b *registry.ManagerBeat
	switch body := r.Msg.Body.(type) {
	case *registry.ManagerHeartbeat:
		b = &body.ManagerBeat
	case *registry.ManagerRegistration:
		b = &body.ManagerBeat
	}
	if b != nil && b.Workers == 0 && s.ctx.Nodes[r.Node].Role == core.RoleGate {
		s.of(r.Node, s.ctx.Nodes[r.Msg.From].Site).peopled = false
	}
}

// evicted takes that a gate gives up a manager. One that is stuck may speak all the same.
func (s *siteClasses) evicted(r *trace.JobRecord) {
	if s.ctx.Nodes[r.Node].Role == core.RoleGate && health.Label(r.Fact.Code) == health.LabelStuck {
		s.of(r.Node, int(r.Fact.Get("site"))).stuck = true
	}
}

// troubled takes where a datacenter stands with the correlation of failures.
func (s *siteClasses) troubled(r *trace.JobRecord) {
	x := s.of(r.Node, int(r.Fact.Get("site")))
	x.trouble, x.since = routing.Trouble(r.Fact.To), r.At
	x.affected = x.affected && x.trouble != routing.TroubleNone
	if s.apart[r.Node] == x.inst && x.trouble == routing.TroubleFailed {
		x.affected = true
	}
}

// split takes that a gate takes datacenters for cut off together, or no longer.
func (s *siteClasses) split(r *trace.JobRecord) {
	if s.apart == nil {
		s.apart = map[core.NodeID]uint32{}
	}
	if r.Fact.To == 0 {
		delete(s.apart, r.Node)
		return
	}
	s.apart[r.Node] = s.hot[r.Node].inst
	for site := range s.sites() {
		x := s.of(r.Node, site)
		x.affected = x.trouble == routing.TroubleFailed || x.trouble == routing.TroubleFlapping
	}
}

// sites returns how many datacenters there may be.
func (s *siteClasses) sites() (n int) {
	for i := range s.ctx.Nodes {
		n = max(n, s.ctx.Nodes[i].Site+1)
	}
	return n
}

// published judges what a gate tells of a datacenter.
func (s *siteClasses) published(r *trace.JobRecord) {
	site, class, why := int(r.Fact.Get("site")), routing.Class(r.Fact.To), routing.ClassReason(r.Fact.Code)
	s.judged(r.At, r.Node, site, class, why, 0)
	x := s.of(r.Node, site)
	if class == routing.Unhealthy && why == routing.ReasonNoManagers && !x.stuck && r.At > x.broken && x.acked != core.Never && r.At.Sub(x.acked) < time.Second &&
		s.reachOf(r.Node, int64(site)).state == core.ReachReachable && s.fails(D1) {
		s.detail(D1, r.At, []core.NodeID{r.Node}, "%s calls datacenter %d UNHEALTHY by %v, and %s answered it %v ago", s.name(r.Node), site, why, s.name(x.of), r.At.Sub(x.acked))
	}
}

// decided judges the classes that a decision goes by.
func (s *siteClasses) decided(now core.Instant, gate core.NodeID, d *routing.Record, k *routing.Keys) {
	for i := range d.Candidates {
		c := &d.Candidates[i]
		s.judged(now, gate, int(c.Site), c.Class, c.Why, 2*k.Tick)
		if c.Available == 0 && c.Class < routing.Busy && s.fails(D2) {
			s.detail(D2, now, []core.NodeID{gate}, "%s, decision %d about %s: site %d has no free core, and is %v by %v", s.name(gate), d.ID, d.Job, c.Site, c.Class, c.Why)
		}
	}
}

// judged holds a class against what the gate was told. Patience is how long a datacenter may flap before it counts as affected.
func (s *siteClasses) judged(now core.Instant, gate core.NodeID, site int, class routing.Class, why routing.ClassReason, patience core.Duration) {
	x := s.of(gate, site)
	age := core.Duration(-1) // of the last answer that counts
	if x.acked != core.Never {
		age = now.Sub(x.acked)
	}
	if class == routing.Unhealthy && !s.keys.ByUse {
		if wrong := s.unfounded(gate, site, x, why); wrong != "" && s.fails(D1) {
			s.detail(D1, now, []core.NodeID{gate}, "%s calls datacenter %d UNHEALTHY by %v: %s", s.name(gate), site, why, wrong)
		}
	}
	if fresh := age >= 0 && age < s.keys.Fresh*4/5; fresh && !s.ctx.Unsteady && class < x.low && why != routing.ReasonHold && s.fails(D3) {
		s.detail(D3, now, []core.NodeID{gate, x.of}, "%s calls datacenter %d %v by %v, which called itself %v %v ago", s.name(gate), site, class, why, x.low, age)
	}
	flaps := x.trouble == routing.TroubleFlapping && s.apart[gate] == x.inst && now.Sub(x.since) > patience
	if (x.affected || flaps) && class < routing.Degraded && s.fails(D4) {
		s.detail(D4, now, []core.NodeID{gate}, "%s calls datacenter %d %v by %v while it is %v together with others", s.name(gate), site, class, why, x.trouble)
	}
}

// jumped reports whether the clock of a process may have.
func (s *siteClasses) jumped(n core.NodeID) bool {
	k := &s.cold[n]
	return s.ctx.Unsteady && k.strained != never && k.strained >= k.startAt
}

// unfounded says what speaks against the reason of an UNHEALTHY, or "".
func (s *siteClasses) unfounded(gate core.NodeID, site int, x *siteSeen, why routing.ClassReason) string {
	switch why {
	case routing.ReasonUnreachable:
		if reach := s.reachOf(gate, int64(site)).state; reach != core.ReachUnreachable {
			return "the way there is " + reach.String()
		}
	case routing.ReasonNoWorkers:
		if x.peopled && !s.jumped(gate) { // who jumped back takes what it hears for older than what it knows
			return "it said that it has workers, and nobody has said otherwise since"
		}
	case routing.ReasonSelf:
		if x.high < routing.Unhealthy {
			return "the worst that it said of itself is " + x.high.String()
		}
	case routing.ReasonNoManagers: // a matter of time
	default:
		return "nothing is missing"
	}
	return ""
}
