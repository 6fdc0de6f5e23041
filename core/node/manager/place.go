package manager

import (
	"hypersim/core"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// pass starts what can start: each job with ready workflows gets a turn, in the order of acceptance, as long as there
// are free cores (spec 20 §4.4). It does nothing in an event that changed nothing.
func (m *Manager) pass(now core.Instant, fx *core.Effects) {
	if !m.due || m.provisions.shut > now {
		return
	}
	for i := 0; i < len(m.records.queue) && m.workers.pool.Total() > 0; {
		x := m.records.queue[i]
		if m.may(now, x) && (x.taking == nil || x.taking.free) {
			m.turn(now, x, fx)
		}
		if i < len(m.records.queue) && m.records.queue[i] == x { // it still waits
			i++
		}
	}
	m.wait(now, fx)
	m.due = false // what was given away here is no reason to try again
}

// wait makes the jobs QUEUED that were accepted and found no cores.
func (m *Manager) wait(now core.Instant, fx *core.Effects) {
	for _, x := range m.records.queue {
		if x.state == job.StateSubmitted && m.may(now, x) {
			m.setState(now, x, job.StateQueued, fx)
		}
	}
}

// turn starts what one job can start now.
func (m *Manager) turn(now core.Instant, x *record, fx *core.Effects) {
	m.grants = x.ready.Shares(m.grants[:0], m.workers.pool.Total(), dispatch.Standing{Busy: x.live+x.planned > 0, Alone: x.alone || x.plannedAlone})
	for k := range m.grants {
		g := &m.grants[k]
		if m.place(now, x, int(g.Place), g.Got, g.Cores > 0, fx) && g.Priority == job.PriorityExclusive {
			return
		}
	}
}

// spot is a worker and how many of its cores a shard gets.
type spot struct {
	worker core.NodeID
	cores  int
	tried  core.Instant // when a round took the trial of its breaker, which is half open
}

// place sends workflow i of x to workers, with cores cores; exact says that fewer will not do. It reports whether
// anything was sent.
func (m *Manager) place(now core.Instant, x *record, i, cores int, exact bool, fx *core.Effects) bool {
	f := &x.flows[i]
	least := 1
	if exact {
		least = cores
	}
	m.choose(now, x, f, least)
	spots := m.spots(now, x, f, cores)
	got := 0
	for _, s := range spots {
		got += s.cores
	}
	if got == 0 || exact && got < cores {
		return false
	}
	m.dequeue(x, i)
	if m.alone {
		m.launch(now, x, i, spots, fx)
	} else {
		m.provision(now, x, i, spots, fx)
	}
	return true
}

// launch sends workflow i to the workers that were chosen for it.
func (m *Manager) launch(now core.Instant, x *record, i int, spots []spot, fx *core.Effects) {
	f := &x.flows[i]
	f.refused = false
	m.served.dispatched++
	got := 0
	for _, s := range spots {
		got += s.cores
	}
	m.reach(now, x, job.StateDispatching, fx)
	f.attempt++
	m.step(now, x, i, workflow.Dispatched, workflow.ReasonPlaced, fx)
	f.shards, f.turned = f.shards[:0], f.turned[:0]
	from := 0
	for _, s := range spots {
		vus := dispatch.ShardVUs(f.vus, dispatch.Part{From: from, To: from + s.cores, Of: got})
		f.shards = append(f.shards, shard{worker: s.worker, cores: uint16(s.cores), vus: vus, token: x.token()})
		from += s.cores
	}
	for k := range f.shards {
		m.send(now, x, i, k, fx)
	}
}

// spots chooses workers for so many cores, greedily, in the order of placement.
func (m *Manager) spots(now core.Instant, x *record, f *flow, cores int) []spot {
	out := m.spotBuf[:0]
	for c := m.workers.pool.Best(); cores > 0; {
		id, free, ok := c.Next()
		if !ok {
			break
		}
		if f.excludes(id, now) || m.shuns(x, f, id) || !m.mayGet(now, id) {
			continue
		}
		n := min(free, cores)
		out = append(out, spot{worker: id, cores: n})
		cores -= n
	}
	m.spotBuf = out
	return out
}

// tooFewLeft reports whether the workers that f may use, busy ones included, have fewer cores than the least that it
// needs.
func (m *Manager) tooFewLeft(now core.Instant, x *record, f *flow, least int) bool {
	for i := range m.workers.list {
		if w, id := &m.workers.list[i], m.workers.id(i); w.usable() && !f.excludes(id, now) && !m.shuns(x, f, id) {
			if least -= int(w.total); least <= 0 {
				return false
			}
		}
	}
	return true
}
