package jobtimeout

import (
	"strconv"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// site is a datacenter with two managers, the first of which leads the job.
type site struct {
	p        *play
	name     string
	managers []*mgr
	leader   *mgr
	active   uint32
	stalled  bool
	cut      bool
}

// mgr is a manager.
type mgr struct {
	s       *site
	name    string
	id      core.NodeID
	m       Manager
	de      uint32 // 0: it does not lead the job
	ge      uint32
	state   job.State
	pending bool
	paused  bool
	waiting []func() // for the commit
}

func newSite(p *play, name string, i int, phase core.Instant) *site {
	s := &site{p: p, name: name}
	for k, n := range []string{name, name + "2"} {
		m := &mgr{s: s, name: n, id: core.NodeID(10*i + k)}
		m.m.Init(m, ManagerParams{Self: m.id, Site: uint16(i), Config: &p.cfg.Job, First: phase})
		s.managers = append(s.managers, m)
	}
	s.leader = s.managers[0]
	return s
}

func (s *site) start() {
	m, gate := s.leader, core.NoNode
	if s.p.gate != nil {
		gate = theGate
	}
	s.active, m.de, m.ge, m.state = 1, 1, 1, job.StateRunning
	m.m.Start(s.p.now, &Tracking{Job: theJob, Timeout: s.p.timeout, Gate: gate, GE: 1, DE: 1}, &s.p.fx)
}

func (s *site) progress() {
	if m := s.leader; m.state == job.StateRunning && !m.paused && !s.stalled && s.active > 0 {
		m.m.Grew(s.p.now, theJob, &s.p.fx)
		s.p.told(m.name)
	}
}

func (m *mgr) Course(core.Instant, job.ID) Course {
	return Course{Workflows: 1, Active: m.s.active, Live: !m.state.Terminal(), Open: m.state == job.StateRunning && !m.pending}
}

// toGate carries something to the gate, unless the datacenter is cut off.
func (m *mgr) toGate(do func()) {
	if p := m.s.p; p.gate != nil && !m.s.cut {
		p.event("gate", way, do)
	}
}

func (m *mgr) Report(_ core.Instant, _ job.ID, _ core.NodeID, kind core.Kind, body core.Body, _ *core.Effects) {
	g := m.s.p.gate
	switch b := body.(type) {
	case *ProgressReport:
		c := *b
		m.toGate(func() { g.answer(m, kind, func() Reply { return g.m.OnProgress(g.p.now, &c, &g.p.fx) }) })
	case *TimeoutReport:
		c := *b
		m.toGate(func() { g.answer(m, kind, func() Reply { return g.m.OnTimeout(g.p.now, &c, &g.p.fx) }) })
	}
}

func (m *mgr) Decide(core.Instant, job.ID, Rule, *core.Effects) { m.end(job.StateTimeout) }

// end takes a terminal decision and commits it.
func (m *mgr) end(state job.State) {
	m.pending = true
	m.s.p.event(m.name, 2*ms, func() {
		m.pending, m.state = false, state
		if state == job.StateTimeout {
			m.m.Applied(m.s.p.now, theJob, &m.s.p.fx)
		} else {
			m.m.Stop(theJob)
		}
		m.final()
		for _, f := range m.waiting {
			f()
		}
		m.waiting = nil
	})
}

func (m *mgr) final() {
	de, state := m.de, m.state
	m.toGate(func() { m.s.p.gate.final(m, de, state) })
}

// answered gets what a gate said to a report.
func (m *mgr) answered(kind core.Kind, a *Ack) {
	switch m.m.Answered(m.s.p.now, theJob, kind, a) {
	case HeardEnd:
		if !m.pending && !m.state.Terminal() && a.State == job.StateTimeout {
			m.m.Command(m.s.p.now, theJob, RuleOverall, a.GE, &m.s.p.fx)
			m.end(a.State)
		}
	case HeardStale:
		m.m.Drop(theJob)
		m.de = 0
		m.s.p.say("%s: drops leadership", m.name)
	case HeardFine, HeardOther, HeardUnknown:
	}
}

// onCommand gets a JobGlobalTimeout.
func (m *mgr) onCommand(b GlobalTimeout, reply func(*Ack)) {
	if m.paused {
		return
	}
	h := Holding{Known: true, Leads: m.de > 0, Leader: core.NoNode, GE: m.ge, DE: m.de, State: m.state, Pending: m.pending}
	o := Judge(&b, &h)
	answer := func() {
		a := &Ack{Answer: o.Answer, State: o.State, GE: m.ge, DE: m.de}
		if o.Later {
			a.Code, a.State = call.CodeAlreadyTerminal, m.state
		}
		reply(a)
	}
	switch {
	case o.Apply:
		m.m.Command(m.s.p.now, theJob, b.Rule, b.GE, &m.s.p.fx)
		m.waiting = append(m.waiting, answer)
		m.end(job.StateTimeout)
	case o.Later:
		m.waiting = append(m.waiting, answer)
	default:
		m.s.p.say("%s: answers the command with %v", m.name, o.Answer.Code)
		if o.Again {
			m.final()
		}
		answer()
	}
}

// deeds are what a script can do to a datacenter.
var deeds = map[string]func(t testing.TB, s *site, w []string){
	"cut":  func(_ testing.TB, s *site, _ []string) { s.cut = true },
	"heal": func(_ testing.TB, s *site, _ []string) { s.cut = false },
	"stall": func(_ testing.TB, s *site, _ []string) { // the last progress is now
		s.progress()
		s.stalled = true
	},
	"resume": func(_ testing.TB, s *site, _ []string) {
		s.stalled = false
		s.progress()
	},
	"wait": func(_ testing.TB, s *site, _ []string) { s.active = 0 }, // for cores
	"runs": func(_ testing.TB, s *site, _ []string) {
		s.active = 1
		s.leader.m.Progress(s.p.now, theJob, &s.p.fx) // a transition
	},
	"ends": func(t testing.TB, s *site, w []string) { // the worker has nothing of the job any more
		n, err := strconv.Atoi(w[0])
		if err != nil {
			t.Fatal(err)
		}
		s.leader.m.Cleanup(theJob, core.NodeID(n))
	},
	"grant": func(t testing.TB, s *site, w []string) {
		worker, err := strconv.Atoi(w[1])
		if err != nil {
			t.Fatal(err)
		}
		by := core.Duration(seconds(t, w[0]))
		s.leader.m.Extended(s.p.now, &Granted{Job: theJob, Worker: core.NodeID(worker), By: by, Until: s.p.now.Add(30*time.Second + by)}, &s.p.fx)
	},
	"final": func(_ testing.TB, s *site, w []string) { // committed now, and told
		m := s.leader
		m.state = map[string]job.State{"COMPLETED": job.StateCompleted, "FAILED": job.StateFailed}[w[0]]
		m.m.Stop(theJob)
		m.final()
	},
	"cancel": func(_ testing.TB, s *site, _ []string) { // of the client at the gate
		s.p.gate.cancel()
	},
	"crash": func(_ testing.TB, s *site, _ []string) { s.leader.paused = true },
	"wake":  func(_ testing.TB, s *site, _ []string) { s.managers[0].paused = false },
	// takeover: elapsed and age of the snapshot; how long the word of it takes to the gate, and whether the gate knows the
	// address by other means.
	"takeover": func(t testing.TB, s *site, w []string) {
		p, m := s.p, s.managers[1]
		elapsed, age := core.Duration(seconds(t, w[0])), core.Duration(seconds(t, w[1]))
		old := s.leader
		s.leader, m.de, m.ge, m.state = m, old.de+1, 1, job.StateRunning
		snap := Snapshot{Gates: p.gate != nil, Gate: theGate, Timeout: p.timeout, StuckThreshold: p.cfg.Job.Stuck, Elapsed: elapsed, SinceExtension: Never}
		gate := core.NoNode
		if p.gate != nil {
			gate = theGate
		}
		m.m.Resume(p.now, &Resumption{Tracking: Tracking{Job: theJob, Gate: gate, GE: 1, DE: m.de}, Snapshot: &snap, Age: age}, &p.fx)
		delay := way
		if len(w) > 2 {
			delay = core.Duration(seconds(t, w[2]))
		}
		if p.gate == nil {
			return
		}
		b := LeaderTransfer{Job: theJob, Site: uint16(s.managers[0].id / 10), Leader: m.id, DE: m.de, Elapsed: m.m.Elapsed(p.now, theJob)}
		p.event("gate", delay, func() {
			p.gate.answer(m, core.KindJobLeaderTransfer, func() Reply { return p.gate.m.OnTransfer(p.now, &b, &p.fx) })
		})
	},
	"address": func(_ testing.TB, s *site, _ []string) { // the gate hears by a heartbeat where the leader is
		s.p.gate.address(s)
	},
}
