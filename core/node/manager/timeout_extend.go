package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// More time for workers that ask (AD-26, spec 20 §6.8). A grant counts for every job whose shards the worker runs here, and
// is committed in all of them before it is answered: the successor of this manager must not take it back (04-38).
//
//  1. A worker that needs more time asks its leaders, by a message and in its heartbeats: both are one request, by number.
//  2. What is granted moves the deadline of the worker, and of its jobs; membership waits longer for it, too.
//  3. A worker that does not get on is denied. One that is denied too often, that has used up what there is, or that is
//     late in spite of it all is evicted: its work goes elsewhere.
//  4. When it runs nothing any more, or gets on and needs no more, it begins anew.

// onExtension answers a worker that asks for more time.
func (m *Manager) onExtension(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*jobtimeout.ExtensionRequest)
	out := call.Make[jobtimeout.ExtensionResponse](fx, core.KindHealthcheckExtensionResponse)
	out.Seq = b.Seq
	var jobs []*record
	if known := m.workers.knows(msg.From); known && m.workers.at(msg.From).instance == msg.Instance {
		jobs = m.ledAt(msg.From)
	}
	if len(jobs) > 0 {
		out.Grant = m.askMore(now, msg.From, &b.Ask, jobs, fx)
	} else {
		out.Grant = jobtimeout.Grant{Denial: jobtimeout.DenialUnknownWorker}
	}
	m.answerAll(now, jobs, msg, core.KindHealthcheckExtensionResponse, out, fx)
}

// answerAll answers when the changes of all those jobs are committed.
func (m *Manager) answerAll(now core.Instant, jobs []*record, msg *core.Message, kind core.Kind, b call.Reply, fx *core.Effects) {
	left := len(jobs)
	if left == 0 {
		m.calls.Respond(fx, msg, kind).Body = b
		return
	}
	for _, x := range jobs {
		m.then(now, x, after{kind: afterGrant, to: askerOf(msg), code: kind, body: b, left: &left}, fx)
	}
}

// granted is what waits for one of several jobs: the last one answers.
func (m *Manager) granted(a *after, fx *core.Effects) {
	if *a.left--; *a.left == 0 {
		msg := a.to.message()
		m.calls.Respond(fx, &msg, a.code).Body = a.body
	}
}

// ledAt returns the led jobs of which something is DISPATCHED or RUNNING at a worker, by id (J41).
func (m *Manager) ledAt(id core.NodeID) (jobs []*record) {
	runs := m.workers.at(id).runs
	for _, x := range m.records.order {
		if slices.ContainsFunc(runs, func(r run) bool { return r.rec == x && m.flows.State(x.flows[r.place].id).Live() }) {
			jobs = append(jobs, x)
		}
	}
	return jobs
}

// askMore judges a request of a worker, and lets it count for those jobs.
func (m *Manager) askMore(now core.Instant, id core.NodeID, a *core.Ask, jobs []*record, fx *core.Effects) jobtimeout.Grant {
	w, before := m.workers.at(id), m.workers.at(id).time.Total
	who := jobtimeout.StandingGood
	switch {
	case w.gone() || len(jobs) == 0:
		who = jobtimeout.StandingUnknown
	case m.p.Members.State(id) == core.StateSuspect:
		who = jobtimeout.StandingSuspect
	}
	g, evict := w.time.Ask(now, a, who, &m.time.cfg.Extension)
	if by := w.time.Total - before; by > 0 {
		m.moreTime(now, id, by, jobs, fx)
	}
	if evict {
		m.lose(now, id, fx)
	}
	return g
}

// moreTime is a grant: in one event for the worker, its jobs and membership (01-48).
func (m *Manager) moreTime(now core.Instant, id core.NodeID, by core.Duration, jobs []*record, fx *core.Effects) {
	w := m.workers.at(id)
	w.grew = false
	until, _ := w.time.Deadline()
	for _, x := range jobs {
		m.time.jobs.Extended(now, &jobtimeout.Granted{Job: x.id, Worker: id, By: by, Until: until}, fx)
		m.touch(x, true)
	}
	if m.time.extend != nil {
		m.time.extend.ExtendDeadline(now, id, by)
	}
	m.settled(id)
	m.lookLater(now)
}

// settled notes that a worker is not late any more.
func (m *Manager) settled(id core.NodeID) {
	if w := m.workers.at(id); w.late {
		w.late = false
		m.relist(id)
	}
}

// beatAsks takes in what a heartbeat says about that. It is answered by the next message, if the worker sends one.
func (m *Manager) beatAsks(now core.Instant, id core.NodeID, a *core.Ask, fx *core.Effects) {
	w := m.workers.at(id)
	switch {
	case a.Seq != 0 && len(w.runs) > 0:
		m.askMore(now, id, a, m.ledAt(id), fx)
	case a.Seq == 0 && w.grew && w.time.N > 0: // it got on, and needs no more
		m.beginAnew(id)
	}
}

// forgetGrants forgets the extensions of a worker that does nothing here any more, for other ones lead what it does: what
// they know counts, and what was granted here was perhaps never committed (04-38).
func (m *Manager) forgetGrants(id core.NodeID) {
	m.workers.at(id).time = jobtimeout.Tracker{}
	m.settled(id)
}

// beginAnew lets the extensions of a worker begin anew.
func (m *Manager) beginAnew(id core.NodeID) {
	m.workers.at(id).time.Reset()
	m.settled(id)
}

// leaves notes that a worker has one shard of a job less.
func (m *Manager) leaves(now core.Instant, id core.NodeID, j job.ID) {
	w := m.workers.at(id)
	if len(w.runs) == 0 {
		m.beginAnew(id)
	}
	for i := range w.runs {
		if w.runs[i].rec.id == j {
			return
		}
	}
	m.time.jobs.Cleanup(j, id)
	m.idle(now, j, id)
}

// lookLater arms the next look at the deadlines of workers, if none is.
func (m *Manager) lookLater(now core.Instant) {
	t := &m.time
	if t.looks {
		return
	}
	t.looks = true
	if every := t.cfg.Extension.Check; t.late <= now {
		t.late = t.late.Add((now.Sub(t.late)/every + 1) * every)
	}
	m.timers.Arm(timer{at: t.late, kind: timerLate})
}

// lookLate looks at the deadlines of workers: who is past his gets nothing new, and is evicted when that lasts.
func (m *Manager) lookLate(now core.Instant, fx *core.Effects) {
	m.time.looks = false
	again := false
	for i := range m.workers.list {
		w, id := &m.workers.list[i], m.workers.id(i)
		switch w.time.Check(now, &m.time.cfg.Extension) {
		case jobtimeout.OnTime:
		case jobtimeout.Overdue:
			if !w.late {
				w.late = true
				m.relist(id)
			}
		case jobtimeout.Lost:
			m.lose(now, id, fx)
		}
		_, limited := w.time.Deadline()
		again = again || limited
	}
	if again {
		m.lookLater(now)
	}
}
