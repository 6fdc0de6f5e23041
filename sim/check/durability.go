package check

import (
	"math/bits"
	"slices"

	"hypersim/core"
	"hypersim/core/replica"
	"hypersim/sim/trace"
)

// Nothing is on disk: what a majority of a cluster holds is lost when as many members forget it (spec 20 §1.5). Then a job may be lost,
// end in another way, or be held twice under one epoch, and no protocol could prevent that.
//
// A member forgets when its process ends, and knows again what was committed when it has read enough of the others. One that acts as a member
// by the limit of 35 s has perhaps not read all, and those that it could not read may have had what it lacks: they count with it (03-15). So
// each member has an instant before which it may know nothing, and the cluster one before which a majority may know nothing: what was
// said before that is not held against it (ADR 0050).

// memory is what a member may have forgotten.
type memory struct {
	since           core.Instant // what was committed before; never: nothing
	born            core.Instant // its process
	inst            uint32
	answered, heard uint64 // members that told its process all that they have, and those that were ready; by place among the others
}

// voters is a cluster whose members hold jobs: the gates, or the managers of a datacenter.
type voters struct {
	ids   []core.NodeID
	of    []memory // in their order
	past  core.Instant
	times int
	first core.Instant
}

// durability is what clusters may have forgotten in a run.
type durability struct {
	lease    replica.Lease
	clusters map[int]*voters
	order    []*voters
	spared   []uint64 // by ID: breaches that follow from it
}

var _ = judge(func(c *Checker, on *hooks) {
	on.started = append(on.started, c.memberBegins)
	on.gone = append(on.gone, c.memberGone)
	on.jobFact(c.memberReady, core.JobFactResync)
	on.delivered[core.KindStateSyncResponse] = append(on.delivered[core.KindStateSyncResponse], c.memberTold)
})

func (d *durability) init(c *Checker) {
	d.clusters, d.spared = map[int]*voters{}, make([]uint64, len(rules))
	if d.lease = replica.Default().Lease; c.ctx.Lease != nil {
		d.lease = *c.ctx.Lease
	}
	for i := range c.ctx.Nodes {
		n := &c.ctx.Nodes[i]
		if n.Ghost || n.Role != core.RoleGate && n.Role != core.RoleManager {
			continue
		}
		key := c.clusterOf(n.ID)
		v := d.clusters[key]
		if v == nil {
			v = &voters{past: never, first: never}
			d.clusters[key], d.order = v, append(d.order, v)
		}
		v.ids, v.of = append(v.ids, n.ID), append(v.of, memory{since: never, born: never})
	}
}

// clusterOf names the cluster of a gate or manager.
func (c *Checker) clusterOf(n core.NodeID) int {
	if x := &c.ctx.Nodes[n]; x.Role != core.RoleGate {
		return x.Site
	}
	return ofGates
}

// holds reports whether a node is one that holds jobs.
func (c *Checker) holds(n core.NodeID) bool {
	r := c.ctx.Nodes[n].Role
	return r == core.RoleManager || r == core.RoleGate
}

// majority reports whether most members of a cluster live: the managers of a datacenter, or the gates.
func (c *Checker) majority(cluster int) bool {
	all, up := 0, 0
	for i := range c.ctx.Nodes {
		if n := &c.ctx.Nodes[i]; c.holds(n.ID) && c.clusterOf(n.ID) == cluster && !n.Ghost {
			all++
			if c.live(n.ID) {
				up++
			}
		}
	}
	return 2*up > all
}

// member returns the cluster of a node, and its place there, −1 if it is of none.
func (c *Checker) member(n core.NodeID) (*voters, int) {
	if x := &c.ctx.Nodes[n]; x.Ghost || x.Role != core.RoleGate && x.Role != core.RoleManager {
		return nil, -1
	}
	v := c.dur.clusters[c.clusterOf(n)]
	return v, slices.Index(v.ids, n)
}

// memberBegins takes the start of a process.
func (c *Checker) memberBegins(r *trace.Record) {
	v, i := c.member(r.Node)
	if i < 0 {
		return
	}
	m := &v.of[i]
	m.born, m.inst, m.answered, m.heard = r.At, r.Inst, 0, 0
}

func (c *Checker) memberGone(r *trace.Record) {
	if v, i := c.member(r.Node); i >= 0 {
		v.of[i].since = r.At
		v.forget()
	}
}

// memberTold counts who told a process all that it has.
func (c *Checker) memberTold(r *trace.Record) {
	b, ok := r.Msg.Body.(*replica.StateResponse)
	v, i := c.member(r.Node)
	if !ok || !b.Code.Done() || i < 0 {
		return
	}
	k := slices.Index(v.ids, r.Msg.From)
	if k < 0 || k == i {
		return
	}
	v.of[i].answered |= 1 << k
	if b.Ready {
		v.of[i].heard |= 1 << k
	}
}

// read reports whether a member has read enough to know all that was committed (03-14).
func (v *voters) read(m *memory) bool {
	others := len(v.ids) - 1
	return bits.OnesCount64(m.heard) >= others+1-v.majority()+1 || bits.OnesCount64(m.answered) >= others
}

func (v *voters) majority() int { return len(v.ids)/2 + 1 }

// memberReady takes that a process acts as a member from now on. Whoever says so too early is not excused by what it has not read (I-JL9).
func (c *Checker) memberReady(r *trace.JobRecord) {
	v, i := c.member(r.Node)
	if i < 0 || v.of[i].inst != r.Inst {
		return
	}
	m := &v.of[i]
	limit := c.dur.lease.Holdoff + c.dur.lease.ReadLimit
	switch late := r.At.Sub(m.born) >= limit-limit/10; { // on its own clock
	case v.read(m):
		m.since = never
	case r.Fact.To == 1 && late:
		m.since = r.At
		for k := range v.of {
			if k != i && m.answered&(1<<k) == 0 {
				v.of[k].since = r.At
			}
		}
		v.forget()
	default:
		m.since = never
	}
}

// forget finds the instant before which so many may know nothing that a majority may: the largest one that many have in common.
func (v *voters) forget() {
	var since []core.Instant
	for i := range v.of {
		if at := v.of[i].since; at != never {
			since = append(since, at)
		}
	}
	if len(since) < v.majority() {
		return
	}
	slices.Sort(since)
	if at := since[len(since)-v.majority()]; at > v.past {
		if v.past = at; v.first == never {
			v.first = at
		}
		v.times++
	}
}

// committing is how long before somebody says of something that a majority has it the members may have stored it (04-45).
const committing = core.Duration(6e9)

// forgiven reports whether a cluster may have forgotten what was said at an instant, which is then no breach of a rule: it is counted apart.
func (c *Checker) forgiven(id ID, cluster int, said core.Instant) bool {
	if !c.forgot(cluster, said) {
		return false
	}
	c.dur.spared[id]++
	return true
}

// forgot reports whether a cluster may have forgotten what was said at an instant.
func (c *Checker) forgot(cluster int, said core.Instant) bool {
	v := c.dur.clusters[cluster]
	return v != nil && v.past != never && said.Add(-committing) <= v.past
}

// restsOn returns since when what a process says of a job has been so, for all that it may know: since now, or since a higher epoch than its
// own was won. Who has not heard of that decides with those that have forgotten it.
func (c *Checker) restsOn(r *trace.JobRecord) core.Instant {
	x := c.held[holdKey{c.clusterOf(r.Node), r.Fact.Job}]
	if x == nil || !c.holds(r.Node) || r.Fact.Epoch == 0 || r.Fact.Epoch >= x.epoch {
		return r.At
	}
	return min(r.At, x.epochs[x.epoch].at)
}

// Exceeded is that a cluster forgot more than it survives (spec 20 §1.5: durability_exceeded).
type Exceeded struct {
	Members []core.NodeID
	Times   int
	First   core.Instant
}

// Exceeded returns the clusters that did.
func (c *Checker) Exceeded() (list []Exceeded) {
	for _, v := range c.dur.order {
		if v.times > 0 {
			list = append(list, Exceeded{v.ids, v.times, v.first})
		}
	}
	return list
}

// Spared returns how often a rule would have been broken, had a cluster not forgotten more than it survives.
func (c *Checker) Spared(id ID) uint64 { return c.dur.spared[id] }
