package gate

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// flowQuery is a question about workflows that not all managers have answered yet (spec 20 §2.7).
type flowQuery struct {
	n       uint32
	open    int
	request core.Message
	found   []job.WorkflowView
}

// onWorkflowQuery tells about workflows by name, a row for each datacenter: of one job, or of all that this gate leads. Managers
// know how they stand; one that is silent is left out.
func (g *Gate) onWorkflowQuery(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.WorkflowQuery)
	whom := g.records.order
	if b.Job != 0 {
		x := g.led(b.Job)
		if x == nil {
			a, _ := g.elsewhere(now, b.Job)
			core.Attach[job.WorkflowQueryResponse](fx, g.calls.Respond(fx, m, core.KindWorkflowQueryResponse)).Answer = a
			return
		}
		whom = []*record{x}
	}
	core.Hold(m.Body)
	g.queryN++
	q := flowQuery{n: g.queryN, request: *m}
	for _, x := range whom {
		for i := range x.sites {
			if s := &x.sites[i]; s.target && s.manager != core.NoNode && !x.accepting {
				q.open++
				g.askFlows(now, x.id, s, b.Names, q.n, fx)
			}
		}
	}
	g.queries = append(g.queries, q)
	g.flowsFound(len(g.queries)-1, fx)
}

// askFlows asks who leads a job in a datacenter.
func (g *Gate) askFlows(now core.Instant, id job.ID, s *site, names []uint32, n uint32, fx *core.Effects) {
	b := call.Make[job.WorkflowQuery](fx, core.KindWorkflowQueryRequest)
	b.Job, b.Names = id, append(b.Names, names...)
	g.calls.Go(now, s.manager, core.KindWorkflowQueryRequest, b, &g.how.query, call.Ticket{Op: opQuery, N: n, Job: uint64(id), Sub: uint64(s.id)}, fx)
}

// queried hears what a manager says.
func (g *Gate) queried(o *call.Outcome, fx *core.Effects) {
	i := slices.IndexFunc(g.queries, func(q flowQuery) bool { return q.n == o.N })
	if i < 0 {
		return
	}
	q := &g.queries[i]
	q.open--
	if r, ok := o.Reply.(*job.WorkflowQueryResponse); ok {
		q.found = append(q.found, r.Workflows...)
	}
	g.flowsFound(i, fx)
}

// flowsFound answers when all have, in an order that does not depend on who was first.
func (g *Gate) flowsFound(i int, fx *core.Effects) {
	q := &g.queries[i]
	if q.open > 0 {
		return
	}
	slices.SortFunc(q.found, func(a, b job.WorkflowView) int {
		return cmp.Or(cmp.Compare(a.Job, b.Job), cmp.Compare(a.Workflow, b.Workflow), cmp.Compare(a.Site, b.Site))
	})
	r := core.Attach[job.WorkflowQueryResponse](fx, g.calls.Respond(fx, &q.request, core.KindWorkflowQueryResponse))
	r.Workflows = append(r.Workflows, q.found...)
	g.queries = slices.Delete(g.queries, i, i+1)
}
