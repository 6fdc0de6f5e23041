package manager

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// What a new holder makes of what workers have (spec 20 §5.5 T5).

// stopOf is shard k of workflow i, to be stopped.
func (x *record) stopOf(i, k int) stop {
	s := &x.flows[i].shards[k]
	return stop{shard: x.shardAt(i, k), token: s.token, worker: s.worker, cores: s.cores}
}

// reasonOf is why shards of x are stopped.
func reasonOf(x *record) cancel.Reason {
	switch {
	case x.state == job.StateTimeout || x.pending == job.StateTimeout:
		return cancel.ReasonTimeout
	case x.state == job.StateCancelling:
		return cancel.ReasonClient
	}
	return cancel.ReasonAttempt
}

// foundShard takes in a shard that a worker has: one that the entry knows is confirmed, one that it does not know may be
// adopted, and whatever can be neither is stopped.
func (m *Manager) foundShard(now core.Instant, x *record, at core.NodeID, v *job.ShardView, fx *core.Effects) {
	i := x.place(v.Workflow)
	if i < 0 {
		m.stopFound(now, x, at, v, fx)
		return
	}
	f := &x.flows[i]
	state := m.flows.State(f.id)
	s := f.find(v.Token)
	switch {
	case s != nil && s.state != shardOver:
		s.confirmed = true
		if s.state.holds() { // the worker may be new here since
			m.hold(now, x, i, f.index(s))
		}
		if s.state == shardSent && state == workflow.Dispatched {
			m.accepted(now, x, i, s, fx)
		}
	case s == nil && x.adoptable(f, state, v.Attempt):
		m.dequeue(x, i)
		m.giveUp(now, x, i, fx)
		x.taking.found = append(x.taking.found, find{ShardView: *v, flow: int32(i), worker: at})
	default:
		m.stopFound(now, x, at, v, fx)
	}
}

// adoptable reports whether a shard that the entry does not know may be one of f's. A workflow that waits for another attempt
// is at the end of the one that it names: that has failed, and is counted.
func (x *record) adoptable(f *flow, state workflow.State, attempt uint16) bool {
	if x.taking == nil || x.taking.free {
		return false
	}
	return state == workflow.Pending && attempt > f.attempt || state == workflow.Dispatched && attempt >= f.attempt
}

// stopFound ends a shard that nobody wants.
func (m *Manager) stopFound(now core.Instant, x *record, at core.NodeID, v *job.ShardView, fx *core.Effects) {
	if v.State.Ended() || m.stopping(x, v.Token) {
		return
	}
	m.stop(now, x, stop{shard: v.Shard, token: v.Token, worker: at, cores: v.Cores}, cancel.ReasonFenced, fx)
}

// allHeard lets new shards start, once every worker has said what it has (T8).
func (m *Manager) allHeard(now core.Instant, x *record, fx *core.Effects) {
	m.goOn(now, x, fx)
	if x.unheard == 0 {
		m.confirmAll(now, x, fx)
	}
}

// goOn lets them start, whoever has answered.
func (m *Manager) goOn(now core.Instant, x *record, fx *core.Effects) {
	if x.taking == nil || x.taking.free {
		return
	}
	x.taking.free = true
	m.due = true
	for i := range x.flows {
		m.adopt(now, x, i, fx)
	}
}

// adopt goes on with the newest attempt, if its shards were all found. One of which some are missing is given up, and is not
// counted as a failure: the others are stopped, and the workflow begins again. What is older belongs to nobody.
func (m *Manager) adopt(now core.Instant, x *record, i int, fx *core.Effects) {
	finds, attempt := x.finds(i)
	if len(finds) == 0 {
		return
	}
	for k := range x.taking.found {
		if n := &x.taking.found[k]; int(n.flow) == i && n.Attempt < attempt {
			m.stopFound(now, x, n.worker, &n.ShardView, fx)
		}
	}
	f := &x.flows[i]
	if whole(f, finds, attempt) && m.take(now, x, i, finds, attempt, fx) {
		return
	}
	for k := range finds {
		m.stopFound(now, x, finds[k].worker, &finds[k].ShardView, fx)
	}
	f.attempt = max(f.attempt, attempt)
	m.anew(now, x, i, fx)
}

// dropFinds ends what was found of a workflow that ends before it could be adopted.
func (m *Manager) dropFinds(now core.Instant, x *record, i int, fx *core.Effects) {
	if x.taking == nil {
		return
	}
	for k := range x.taking.found {
		if n := &x.taking.found[k]; int(n.flow) == i {
			n.flow = -1
			m.stopFound(now, x, n.worker, &n.ShardView, fx)
		}
	}
}

// finds are the shards of the newest attempt of workflow i that were found and are not in its entry, by index; of two with
// one index the newer one.
func (x *record) finds(i int) (list []find, attempt uint16) {
	for k := range x.taking.found {
		if n := &x.taking.found[k]; int(n.flow) == i {
			attempt = max(attempt, n.Attempt)
		}
	}
	for k := range x.taking.found {
		if n := &x.taking.found[k]; int(n.flow) == i && n.Attempt == attempt {
			list = append(list, *n)
		}
	}
	slices.SortFunc(list, func(a, b find) int {
		return cmp.Or(cmp.Compare(a.Index, b.Index), cmp.Compare(b.Token, a.Token))
	})
	return list, attempt
}

// whole reports whether what was found, with what the entry has of the same attempt, is all virtual users of the workflow
// (04-28).
func whole(f *flow, finds []find, attempt uint16) bool {
	vus, last := uint32(0), -1
	for k := range finds {
		if n := &finds[k]; int(n.Index) != last {
			vus, last = vus+n.VUs, int(n.Index)
		}
	}
	if attempt == f.attempt {
		for k := range f.shards {
			s := &f.shards[k]
			over := s.state == shardOver || slices.ContainsFunc(finds, func(n find) bool { return int(n.Index) == k })
			if !over {
				vus += s.vus
			}
		}
	}
	return vus == f.vus
}

// take makes the shards that were found those of workflow i.
func (m *Manager) take(now core.Instant, x *record, i int, finds []find, attempt uint16, fx *core.Effects) bool {
	f := &x.flows[i]
	if m.flows.State(f.id) == workflow.Pending && !m.step(now, x, i, workflow.Dispatched, workflow.ReasonPlaced, fx) {
		return false
	}
	if attempt != f.attempt {
		f.attempt, f.shards = attempt, nil
	}
	last := -1
	for k := range finds {
		n := &finds[k]
		if int(n.Index) == last {
			m.stopFound(now, x, n.worker, &n.ShardView, fx)
			continue
		}
		last = int(n.Index)
		for len(f.shards) <= last {
			f.shards = append(f.shards, shard{state: shardOver})
		}
		if old := &f.shards[last]; old.state.holds() {
			m.drop(now, old.worker, x.id, old.token)
		}
		f.shards[last] = shard{token: n.Token, worker: n.worker, cores: n.Cores, vus: n.VUs, state: shardAccepted, since: now, confirmed: true}
		m.hold(now, x, i, last)
	}
	m.touch(x, false)
	m.reach(now, x, job.StateDispatching, fx)
	m.running(now, x, i, workflow.ReasonAccepted, fx)
	return true
}

// hold notes that a worker has shard k of workflow i, if that is not noted yet.
func (m *Manager) hold(now core.Instant, x *record, i, k int) {
	s := &x.flows[i].shards[k]
	if m.workers.knows(s.worker) && !m.workers.at(s.worker).gone() {
		w := m.workers.at(s.worker)
		if slices.ContainsFunc(w.runs, func(r run) bool { return r.rec == x && r.token == s.token }) {
			return
		}
		w.runs = append(w.runs, run{rec: x, place: int32(i), token: s.token})
		w.moved = true
		m.busy(now, x, s.worker)
	}
}

// anew takes a workflow back to where it may be dispatched, without counting a failure.
func (m *Manager) anew(now core.Instant, x *record, i int, fx *core.Effects) {
	f := &x.flows[i]
	if m.flows.State(f.id) == workflow.Dispatched || m.flows.State(f.id) == workflow.Running {
		m.withdraw(now, x, i, fx)
		for _, to := range [...]workflow.State{
			workflow.Failed, workflow.FailedCancellingDependents, workflow.FailedReadyForRetry, workflow.Pending,
		} {
			m.step(now, x, i, to, workflow.ReasonWorker, fx)
		}
		f.shards = f.shards[:0]
	}
	m.enqueue(now, x, i)
	m.settle(now, x, fx)
}

// rebuilt ends the time that a new holder waits for workers: what nobody has said by now is lost (T5).
func (m *Manager) rebuilt(now core.Instant, t timer, fx *core.Effects) {
	x := m.records.by[t.job]
	if x == nil || x.de != t.de || x.taking == nil {
		return
	}
	m.goOn(now, x, fx)
	heard := x.taking.heard
	x.taking = nil
	for i := range x.flows {
		if !x.gone && !x.state.Terminal() {
			m.missing(now, x, i, heard, fx)
		}
	}
}

// missing fails workflow i if a shard of the old holder is where its worker is gone, or does not have it.
func (m *Manager) missing(now core.Instant, x *record, i int, heard []core.NodeID, fx *core.Effects) {
	f := &x.flows[i]
	for k := range f.shards {
		s := &f.shards[k]
		if !s.state.holds() || s.confirmed || s.token.Epoch() == x.de {
			continue
		}
		switch state := m.flows.State(f.id); {
		case state == workflow.Dispatched:
			m.anew(now, x, i, fx) // nobody knows whether it was sent
			return
		case state != workflow.Running:
			return
		case !m.workers.knows(s.worker) || m.workers.at(s.worker).gone():
			m.shardMissing(now, x, i, k, workflow.CauseGone, fx)
			return
		case slices.Contains(heard, s.worker):
			m.shardMissing(now, x, i, k, workflow.CauseReturned, fx)
			return
		}
	}
}

// shardMissing takes shard k of workflow i as lost.
func (m *Manager) shardMissing(now core.Instant, x *record, i, k int, cause workflow.Cause, fx *core.Effects) {
	s := &x.flows[i].shards[k]
	at := s.worker
	s.state = shardOver
	m.drop(now, at, x.id, s.token)
	m.fail(now, x, i, cause, at, fx)
}
