package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// onStatusRequest tells where a job stands.
func (g *Gate) onStatusRequest(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.StatusRequest)
	r := core.Attach[job.GlobalStatus](fx, g.calls.Respond(fx, m, core.KindGlobalJobStatus))
	r.Job, r.Site, r.JobLeader = b.Job, job.NoSite, core.NoNode
	x := g.led(b.Job)
	if x == nil {
		a, k := g.elsewhere(now, b.Job)
		r.Answer, r.State, r.Epoch, r.JobLeader, r.Final = a, k.state, k.ge, k.leader, k.state.Terminal()
		if e := g.rep.View(b.Job); e != nil && e.State.Terminal() { // a replica answers as well as its holder
			r.Result = append(r.Result, g.global(now, g.restore(now, e)))
		}
		return
	}
	g.status(now, x, &r.Status)
	r.JobLeader = g.p.Self
	r.Errors = append(r.Errors, x.errors...)
	for i := range x.sites {
		switch s := &x.sites[i]; {
		case !s.target || !s.over():
		case s.state == job.StateCompleted:
			r.SitesCompleted++
		default:
			r.SitesLost++
		}
	}
	if n := x.count(isTarget); n > 0 {
		r.Percent = float32(r.SitesCompleted+r.SitesLost) / float32(n) * 100
	}
	if x.state.Terminal() {
		r.Code = call.CodeAlreadyTerminal
		r.Result = append(r.Result, g.global(now, x))
	}
}

// onRegisterCallback tells a client from now on, and where the job stands at once.
func (g *Gate) onRegisterCallback(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.RegisterCallback)
	r := core.Attach[job.RegisterCallbackResponse](fx, g.calls.Respond(fx, m, core.KindRegisterCallbackResponse))
	r.JobLeader = core.NoNode
	x := g.led(b.Job)
	if x == nil {
		a, k := g.elsewhere(now, b.Job)
		r.Answer, r.State, r.JobLeader = a, k.state, k.leader
		return
	}
	if x.client != b.Callback {
		x.client = b.Callback
		g.save(now, x, false, fx)
	}
	r.JobLeader, r.State, r.Elapsed = g.p.Self, x.state, now.Sub(x.begun)
	var s job.Status
	last := x.pushed
	g.status(now, x, &s)
	r.Completed, r.Failed = s.Completed, s.Failed
	if b.Since < last { // the last word makes up for those before it
		r.Updates = append(r.Updates, s)
	}
	if x.state.Terminal() {
		r.Result = append(r.Result, g.global(now, x))
	}
}

// onDatacenterList tells which datacenters there are.
func (g *Gate) onDatacenterList(_ core.Instant, m *core.Message, fx *core.Effects) {
	r := core.Attach[job.DatacenterListResponse](fx, g.calls.Respond(fx, m, core.KindDatacenterListResponse))
	for i := range g.list {
		r.Sites = append(r.Sites, g.view(i))
	}
}

// onPing tells a client who it talks to.
func (g *Gate) onPing(_ core.Instant, m *core.Message, fx *core.Effects) {
	r := core.Attach[registry.GatePingResponse](fx, g.calls.Respond(fx, m, core.KindGatePingResponse))
	r.Gate, r.State, r.Jobs = g.p.Self, g.standing(), uint32(g.records.live)
	r.Leads, r.Term = g.leads()
	for i := range g.list {
		r.Sites = append(r.Sites, g.view(i))
	}
	for _, id := range g.p.Gates {
		if id != g.p.Self {
			r.Peers = append(r.Peers, id)
		}
	}
}

// view is what this gate says of a datacenter.
func (g *Gate) view(i int) job.SiteView {
	v := job.SiteView{Site: g.list[i].ID, Leader: g.sites.Leader(g.list[i].ID)}
	if m := g.sites.Manager(v.Leader); m != nil {
		v.Cores, v.CoresAvailable, v.Workers = m.Beat.Load.Cores, m.Beat.Load.CoresAvailable, m.Beat.Workers
	}
	return v
}
