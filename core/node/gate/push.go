package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// What clients are told: each push carries no datacenter, so its epoch is a ge (spec 20 §1.1).

// status fills in where a job stands.
func (g *Gate) status(now core.Instant, x *record, s *job.Status) {
	x.pushed++
	s.Job, s.Site, s.Epoch, s.Seq, s.State = x.id, job.NoSite, x.ge, x.pushed, x.state
	s.Elapsed, s.Final = now.Sub(x.begun), x.state.Terminal()
	s.Completed, s.Failed, s.Rate = 0, 0, 0
	for i := range x.sites {
		d := &x.sites[i]
		if !d.target {
			continue
		}
		row := job.SiteStatus{Site: d.id, State: d.state, Completed: d.done, Failed: d.failed, Rate: d.rate}
		if len(d.result) > 0 {
			row.Completed, row.Failed = d.result[0].Completed, d.result[0].Failed
		}
		s.PerSite = append(s.PerSite, row)
		s.Completed += row.Completed
		s.Failed += row.Failed
		s.Rate += row.Rate
	}
	x.news = false
}

func (g *Gate) push(now core.Instant, x *record, kind core.Kind, b core.Body, op uint8, fx *core.Effects) {
	g.calls.Go(now, x.client, kind, b, &g.how.push, call.Ticket{Op: op, Job: uint64(x.id)}, fx)
}

// pushStatus tells a client that its job changed state.
func (g *Gate) pushStatus(now core.Instant, x *record, fx *core.Effects) {
	if x.client == core.NoNode {
		return
	}
	b := call.Make[job.StatusPush](fx, core.KindJobStatusPush)
	g.status(now, x, &b.Status)
	g.push(now, x, core.KindJobStatusPush, b, opPush, fx)
}

// newsOf notes that there is something to tell of a job, with the next batch.
func (g *Gate) newsOf(now core.Instant, x *record) {
	x.news = true
	if g.pushing {
		return
	}
	period := g.cfg.Progress.Batch
	if behind := now.Sub(g.pushAt); behind >= 0 {
		g.pushAt = g.pushAt.Add(period * (behind/period + 1))
	}
	g.pushing = true
	g.timers.Arm(timer{at: g.pushAt, kind: timerPush})
}

// pushProgress tells each client how far its running jobs are, in one message. Nobody answers it.
func (g *Gate) pushProgress(now core.Instant, fx *core.Effects) {
	g.batches.Begin()
	for _, x := range g.records.order {
		if x.client == core.NoNode || !x.news || x.state != job.StateRunning {
			x.news = false
			continue
		}
		g.status(now, x, g.batches.Entry(&g.calls, x.client, g.cfg.Progress.Timeout, fx))
	}
}

// deliver tells a client how its job ended, unless it knows. Acknowledged, or said often enough, it is delivered (04-36).
func (g *Gate) deliver(now core.Instant, x *record, fx *core.Effects) {
	switch {
	case x.delivered || x.pushing:
		return
	case x.client == core.NoNode:
		g.delivered(now, x, fx)
		return
	}
	x.pushing = true
	b := call.Make[job.GlobalResult](fx, core.KindGlobalJobResult)
	b.Outcome = g.global(now, x)
	g.push(now, x, core.KindGlobalJobResult, b, opFinal, fx)
}

// delivered notes that a client knows how its job ended, or was told often enough. Its payloads are not needed any more.
func (g *Gate) delivered(now core.Instant, x *record, fx *core.Effects) {
	x.pushing, x.delivered = false, true
	x.ended = max(x.ended, now)
	x.spec = nil
	g.save(now, x, false, fx)
}
