package gate

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// flowParts is a workflow of which not all datacenters have told the result yet (spec 20 §8.1 step 4). It is not
// replicated: the result of the job says all once more.
type flowParts struct {
	id    job.WorkflowID
	name  uint32
	test  bool
	parts []job.SiteResult // by datacenter
}

// onFlowResult hears how a workflow ended in a datacenter. When all have said so, or it has been waited for long enough,
// the client is told.
func (g *Gate) onFlowResult(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.WorkflowResultPush)
	x, s := g.spoken(now, m, b.Job, b.Site, b.Epoch, fx)
	if s == nil {
		return
	}
	if x.state.Terminal() {
		g.answer(m, x, call.Answer{Code: call.CodeAlreadyTerminal}, fx)
		return
	}
	g.answer(m, x, call.Answer{}, fx)
	if slices.Contains(x.told, b.Workflow) { // a repeat, or one that is late: the result of the job says all once more
		return
	}
	i := slices.IndexFunc(x.parts, func(p flowParts) bool { return p.id == b.Workflow })
	if i < 0 {
		i = len(x.parts)
		x.parts = append(x.parts, flowParts{id: b.Workflow, name: b.Name, test: b.Test})
		g.timers.Arm(timer{at: now.Add(g.cfg.Result.FlowWait), kind: timerFlow, job: x.id, workflow: b.Workflow})
	}
	p := &x.parts[i]
	k, told := slices.BinarySearchFunc(p.parts, b.Site, func(r job.SiteResult, id uint16) int { return cmp.Compare(r.Site, id) })
	if !told {
		r := job.SiteResult{Site: b.Site, Status: b.Status, Error: b.Error, Elapsed: b.Elapsed}
		for _, blob := range b.Results {
			r.Results = job.Join(r.Results, blob)
		}
		p.parts = slices.Insert(p.parts, k, r)
	}
	if x.missing(p) == nil {
		g.pushFlow(now, x, i, fx)
	}
}

// missing returns the datacenters that have not told the result of a workflow and have not ended either.
func (x *record) missing(p *flowParts) (ids []uint16) {
	for i := range x.sites {
		s := &x.sites[i]
		if isOpen(s) && !slices.ContainsFunc(p.parts, func(r job.SiteResult) bool { return r.Site == s.id }) {
			ids = append(ids, s.id)
		}
	}
	return ids
}

// flowsOver tells the client of the workflows that nobody has still to speak of: a datacenter has ended.
func (g *Gate) flowsOver(now core.Instant, x *record, fx *core.Effects) {
	for i := 0; i < len(x.parts); {
		if x.missing(&x.parts[i]) == nil {
			g.pushFlow(now, x, i, fx)
			continue
		}
		i++
	}
}

// flowDue tells the client what there is.
func (g *Gate) flowDue(now core.Instant, x *record, t timer, fx *core.Effects) {
	if i := slices.IndexFunc(x.parts, func(p flowParts) bool { return p.id == t.workflow }); i >= 0 {
		g.pushFlow(now, x, i, fx)
	}
}

// pushFlow tells the client how a workflow ended, all datacenters in one.
func (g *Gate) pushFlow(now core.Instant, x *record, i int, fx *core.Effects) {
	p := x.parts[i]
	missing := x.missing(&p)
	x.parts = slices.Delete(x.parts, i, i+1)
	x.told = append(x.told, p.id)
	if x.client == core.NoNode {
		return
	}
	b := call.Make[job.WorkflowResultPush](fx, core.KindWorkflowResultPush)
	b.Job, b.Workflow, b.Name, b.Site, b.Epoch, b.Test = x.id, p.id, p.name, job.NoSite, x.ge, p.test
	b.Status = p.parts[0].Status
	for k := range p.parts {
		r := &p.parts[k]
		b.Status = worse(b.Status, r.Status)
		b.Elapsed = max(b.Elapsed, r.Elapsed)
		if b.Error == job.ErrorNone {
			b.Error = r.Error
		}
		if r.Results != (core.Blob{}) {
			b.Results = append(b.Results, r.Results)
		}
	}
	b.PerSite, b.Missing = append(b.PerSite, p.parts...), append(b.Missing, missing...)
	g.push(now, x, core.KindWorkflowResultPush, b, opPush, fx)
}

// worse returns the status that stands for two datacenters: a failure before a cancel before a success.
func worse(a, b job.WorkflowStatus) job.WorkflowStatus {
	for _, s := range [...]job.WorkflowStatus{job.StatusFailed, job.StatusCancelled} {
		if a == s || b == s {
			return s
		}
	}
	return max(a, b)
}
