package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// goGate calls the gate of a job.
func (m *Manager) goGate(now core.Instant, x *record, kind core.Kind, b core.Body, s *call.Strategy, op uint8, fx *core.Effects) {
	m.calls.Go(now, x.home(), kind, b, s, call.Ticket{Op: op, Job: uint64(x.id)}, fx)
}

// gateProgress tells the gate how far a job is: at once when it changes state, else every second while something runs
// (01-17). The next one says more, so none is repeated, and none is sent while one is on its way.
func (m *Manager) gateProgress(now core.Instant, x *record, atOnce bool, fx *core.Effects) {
	s := x.side()
	if x.state.Terminal() || s.asking && !atOnce {
		return
	}
	s.asking = true
	b := call.Make[job.Progress](fx, core.KindJobProgress)
	m.progressOf(now, x, b)
	m.goGate(now, x, core.KindJobProgress, b, &m.gates.how.progress, opProgress, fx)
}

func (m *Manager) progressOf(now core.Instant, x *record, b *job.Progress) {
	s := x.side()
	s.progress++
	b.Job, b.Site, b.State, b.DE, b.Seq = x.id, m.p.Site, x.state, x.de, s.progress
	b.Completed, b.Failed, b.Elapsed = x.completed, x.failed, now.Sub(x.accepted)
	for i := range x.flows {
		f := &x.flows[i]
		w := job.WorkflowSummary{Workflow: f.id, Status: m.statusOf(f), Completed: f.done, Failed: f.bad}
		for k := range f.shards {
			h := &f.shards[k]
			w.Completed += h.done
			w.Failed += h.bad
			w.Cores += h.cores
			b.Completed += h.done
			b.Failed += h.bad
		}
		b.Workflows = append(b.Workflows, w)
	}
	if sec := b.Elapsed.Seconds(); sec > 0 {
		b.Rate = float64(b.Completed+b.Failed) / sec
	}
	x.news = false
}

// progressAnswered hears what a gate says to it. A gate that passed it on names the one that leads the job (01-69). One
// that is silent is passed over by the next one.
func (m *Manager) progressAnswered(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	s := x.side()
	s.asking = false
	if !o.Answered {
		s.via = m.nextGate(now, o.From)
		return
	}
	if m.gateSaid(now, x, o, fx) {
		if a, ok := o.Reply.(*job.ProgressAck); ok && !a.Leads && m.gates.isGate(a.JobLeader) >= 0 {
			s.via = a.JobLeader
		}
	}
}

// gateFlow tells the gate how a workflow ended here: raw results, which it merges with those of other datacenters.
func (m *Manager) gateFlow(now core.Instant, x *record, b *job.WorkflowResultPush, fx *core.Effects) {
	m.goGate(now, x, core.KindWorkflowResultPush, b, &m.gates.how.push, opGatePush, fx)
}

// gateComplete tells the gate, until it has heard, that nothing of a cancelled job runs here any more.
func (m *Manager) gateComplete(now core.Instant, x *record, b *cancel.JobComplete, fx *core.Effects) {
	m.goGate(now, x, core.KindJobCancellationComplete, b, &m.gates.how.transfer, opComplete, fx)
}
