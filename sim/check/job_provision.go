package check

import (
	"cmp"
	"maps"
	"slices"

	"hypersim/core"
	"hypersim/core/dispatch"
	"hypersim/sim/trace"
)

// The rules.
var (
	JD5 = rule("I-JD5", "in a cluster of several managers nothing is dispatched that a majority has not kept cores for", "spec 20 §12, §4.5")
)

var _ = judge(func(c *Checker, on *hooks) {
	p := &provisions{Checker: c, asked: map[provisionAsked]provisionOf{}, agreed: map[provisionKey]*agreement{}}
	on.sent = append(on.sent, p.left)
	on.delivered[core.KindProvisionConfirm] = append(on.delivered[core.KindProvisionConfirm], p.confirmed)
	on.jobFact(p.placed, core.JobFactPlaced)
	on.gone = append(on.gone, p.gone)
})

// provisions are the rounds in which managers agree that cores are free.
type provisions struct {
	*Checker
	asked  map[provisionAsked]provisionOf // what a question is about
	agreed map[provisionKey]*agreement
}

type (
	// provisionAsked names a question of a process.
	provisionAsked struct {
		from, to core.NodeID
		inst     uint32
		seq      uint32
	}
	// provisionKey names a workflow of a job at the manager that leads it.
	provisionKey struct {
		node          core.NodeID
		job, workflow uint64
	}
	// provisionOf is the round that a question is of: the attempt that it is about, the epoch under which it is asked, and when. All of a round
	// are asked at once, and nobody twice.
	provisionOf struct {
		at      core.Instant
		epoch   uint32
		attempt uint16
	}
	// agreement is who has kept cores in the newest round about a workflow.
	agreement struct {
		provisionOf
		by []core.NodeID
	}
)

// left takes a question: its answer does not say which round it is about. A new round begins with nobody's cores.
func (p *provisions) left(r *trace.Record) {
	b, ok := r.Msg.Body.(*dispatch.ProvisionRequest)
	if !ok {
		return
	}
	of := provisionOf{r.At, b.DE, b.Attempt}
	p.asked[provisionAsked{r.Node, r.Msg.To, r.Msg.Instance, r.Msg.Seq}] = of
	key := provisionKey{r.Node, uint64(b.Job), uint64(b.Workflow)}
	if x := p.agreed[key]; x == nil || x.before(of) {
		p.agreed[key] = &agreement{provisionOf: of}
	}
}

// before reports whether a was asked before b. Who lost a job and has it back begins with what a majority knew: under its new epoch
// attempts may have lower numbers.
func (a provisionOf) before(b provisionOf) bool {
	return cmp.Or(cmp.Compare(a.epoch, b.epoch), cmp.Compare(a.attempt, b.attempt), cmp.Compare(a.at, b.at)) < 0
}

func (p *provisions) confirmed(r *trace.Record) {
	b, ok := r.Msg.Body.(*dispatch.ProvisionConfirm)
	if !ok {
		return
	}
	q := provisionAsked{r.Node, r.Msg.From, p.hot[r.Node].inst, r.Msg.Seq}
	of, known := p.asked[q]
	delete(p.asked, q)
	if !known || !b.Confirmed {
		return
	}
	x := p.agreed[provisionKey{r.Node, uint64(b.Job), uint64(b.Workflow)}]
	if x == nil || x.provisionOf != of { // a late answer about an earlier one
		return
	}
	if !slices.Contains(x.by, r.Msg.From) {
		x.by = append(x.by, r.Msg.From)
	}
}

// placed takes that a shard is sent. One that another worker did not take goes to the next under the agreement about its attempt.
func (p *provisions) placed(r *trace.JobRecord) {
	f, n := &r.Fact, 1
	if x := p.agreed[provisionKey{r.Node, f.Job, f.Workflow}]; x != nil && x.attempt == f.Attempt {
		n += len(x.by)
	}
	all := 0
	for i := range p.ctx.Nodes {
		if x := &p.ctx.Nodes[i]; x.Role == core.RoleManager && x.Site == p.ctx.Nodes[r.Node].Site {
			all++
		}
	}
	if 2*n <= all && p.fails(JD5) {
		p.detail(JD5, r.At, []core.NodeID{r.Node, f.Node}, "%s sends a shard to %s; %d of %d managers keep cores for that attempt", p.name(r.Node), p.name(f.Node), n, all)
	}
}

// gone forgets what a process knew.
func (p *provisions) gone(r *trace.Record) {
	maps.DeleteFunc(p.agreed, func(k provisionKey, _ *agreement) bool { return k.node == r.Node })
	maps.DeleteFunc(p.asked, func(q provisionAsked, _ provisionOf) bool { return q.from == r.Node })
}
