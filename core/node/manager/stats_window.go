package manager

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// window is what the workers of a workflow said of it in the last window.
type window struct {
	job   job.ID
	flow  job.WorkflowID
	body  job.WindowedStatsPush
	parts []part
}

// part is what one worker said of one shard.
type part struct {
	from            core.NodeID
	at              core.Duration // the end of its window, by its clock
	completed, bad  uint64
	rate            float64
	workers, detail uint32
}

// add takes in what a worker says. Counts are those since its shard began, so that what it said before is not added: a worker
// whose message took a little longer than the next one is heard twice in one window, and once in the one before.
func (w *window) add(from core.NodeID, b *job.WindowedStatsPush) {
	w.parts = slices.DeleteFunc(w.parts, func(p part) bool { return p.from == from && p.at < b.To })
	if slices.ContainsFunc(w.parts, func(p part) bool { return p.from == from && p.at > b.To }) {
		return
	}
	w.parts = append(w.parts, part{from, b.To, b.Completed, b.Failed, b.Rate, b.Workers, b.PerWorker.Size})
}

// spare is room for parts that an earlier window has left behind the last one that is open.
func (s *stats) spare() []part {
	n := len(s.windows)
	if n == cap(s.windows) {
		return nil
	}
	return s.windows[:n+1][n].parts[:0]
}

// sum fills in what all workers said.
func (w *window) sum() *job.WindowedStatsPush {
	b := &w.body
	b.Completed, b.Failed, b.Rate, b.Workers, b.PerWorker.Size = 0, 0, 0, 0, 0
	for i := range w.parts {
		p := &w.parts[i]
		b.Completed += p.completed
		b.Failed += p.bad
		b.Rate += p.rate
		b.Workers += p.workers
		b.PerWorker.Size += p.detail
	}
	return b
}

// onWindow takes in what a worker says of a shard in a window. It is a record like others; nobody answers it.
func (m *Manager) onWindow(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*job.WindowedStatsPush)
	x, i, _ := m.about(now, b.Job, b.Workflow)
	if !m.stats.on || x == nil || m.flows.Terminal(x.flows[i].id) {
		return
	}
	if !m.record(now, &entry{from: msg.From, job: b.Job, workflow: b.Workflow, value: b.Rate}, fx) {
		return
	}
	s := &m.stats
	k, known := slices.BinarySearchFunc(s.windows, b, func(a window, b *job.WindowedStatsPush) int {
		return cmp.Or(cmp.Compare(a.job, b.Job), cmp.Compare(a.flow, b.Workflow))
	})
	if !known {
		s.windows = slices.Insert(s.windows, k, window{job: b.Job, flow: b.Workflow, parts: s.spare()})
	}
	s.windows[k].add(msg.From, b)
	w := &s.windows[k].body
	w.Job, w.Workflow, w.Name, w.Site, w.Aggregated = b.Job, b.Workflow, b.Name, m.p.Site, true
	w.From, w.To = core.Duration(now)-s.window, core.Duration(now)
	w.Stats = b.Stats // as large as one, since they are merged
	if !s.pushing {
		s.pushing = true
		m.timers.Arm(timer{at: now.Add(s.window), kind: timerWindow})
	}
}

// pushWindows tells the gate of each job, or its client where no gate leads it, what its workflows did.
func (m *Manager) pushWindows(_ core.Instant, fx *core.Effects) {
	s := &m.stats
	s.pushing = false
	for i := range s.windows {
		w := s.windows[i].sum()
		x := m.records.by[w.Job]
		if x == nil || x.state.Terminal() {
			continue
		}
		to := x.client
		if x.gated() {
			to = x.home()
		}
		if to == core.NoNode || !m.pacts.Has(to, registry.FeatureBatchedStats) {
			continue
		}
		b := core.Attach[job.WindowedStatsPush](fx, m.calls.Tell(fx, core.KindWindowedStatsPush, to, m.cfg.Progress.Timeout))
		shared := b.Shared
		*b = *w
		b.Shared = shared
	}
	s.windows = s.windows[:0]
}
