package manager

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/workflow"
)

// served is what a manager says of its own work (spec 30 §2.1): what it dispatched in the last whole interval, and what it could
// have dispatched all that while. It looks once a second; a manager that nothing keeps from dispatching never has anything
// left then.
type served struct {
	end        core.Instant // of the interval
	dispatched int          // in it
	start      int          // could be dispatched when it began,
	least      int          // and at the least since then
	said       struct{ done, expected, waiting int }
}

// look counts what could be dispatched now.
func (m *Manager) look(now core.Instant) {
	s := &m.served
	n := m.dispatchable(now)
	if s.least = min(s.least, n); now < s.end {
		return
	}
	s.said.done, s.said.expected, s.said.waiting = s.dispatched, s.start, s.least
	s.dispatched, s.start, s.least, s.end = 0, n, n, now.Add(m.p.Interval)
}

// dispatchable returns how many workflows could begin now: nothing is missing but that this manager does it. What is in line
// and could begin has begun at the end of each event, unless this manager may not let it.
func (m *Manager) dispatchable(now core.Instant) (n int) {
	if m.workers.pool.Total() == 0 {
		return 0
	}
	for _, x := range m.records.order {
		if x.state < job.StateCompleting && !x.alone {
			n += m.waiting(now, x)
		}
	}
	return n
}

// waiting counts those of one job.
func (m *Manager) waiting(now core.Instant, x *record) (n int) {
	held := m.provisions.shut > now || x.taking != nil && !x.taking.free || !m.may(now, x)
	for i := range x.flows {
		if f := &x.flows[i]; f.planned() || held && f.queued || f.refused && m.flows.State(f.id) == workflow.Pending {
			n++
		}
	}
	return n
}

// planned reports whether its cores are being asked for.
func (f *flow) planned() bool { return f.plan != nil && !f.plan.sent }

// sayServed writes it into a heartbeat, with how healthy this manager and its workers are.
func (m *Manager) sayServed(now core.Instant, b *registry.ManagerBeat) {
	if every := float32(m.p.Interval.Seconds()); every > 0 {
		s := &m.served.said
		b.Throughput, b.Expected, b.Waiting = float32(s.done)/every, float32(s.expected)/every, uint32(s.waiting)
	}
	if l, ok := m.p.Members.(interface{ LHM() int }); ok {
		b.LHM = float64(l.LHM())
	}
	for i := range m.workers.list {
		w := &m.workers.list[i]
		if until, granted := w.time.Deadline(); granted && !w.gone() && len(w.runs) > 0 && now <= until {
			b.WorkersExtended++
		}
	}
}
