package check

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/sim/trace"
)

// agrees lets n tell on what it agreed with another node.
func (t *tape) agrees(n, with core.NodeID, of uint32, minor uint8, s registry.Features) {
	t.job(trace.JobRecord{Kind: trace.JobFact, Node: n, Inst: 1, Fact: core.JobFact{
		Kind: core.JobFactNegotiated, Node: with, Epoch: of, To: 1, A: 1<<8 | int64(minor), B: int64(s),
	}})
}

// breaks lets manager 0 tell of its breaker towards the worker.
func (t *tape) breaks(from, to health.Phase) { t.breaksOf(0, 3, from, to) }

func (t *tape) breaksOf(n, of core.NodeID, from, to health.Phase) {
	t.job(trace.JobRecord{Kind: trace.JobFact, Node: n, Inst: 1, Local: t.now, Fact: core.JobFact{Kind: core.JobFactBreaker, Node: of, From: uint8(from), To: uint8(to)}})
}

func minor(m uint8) registry.Features {
	return registry.FeaturesOf(registry.Version{Major: 1, Minor: m})
}

var doctoredPeers = []doctoredRun{
	{id: N1, name: "more than the other has", build: func(t *tape, bad bool) {
		s := minor(4)
		if bad {
			s = minor(5)
		}
		t.at(sec).agrees(0, 3, 1, 4, s)
	}},
	{id: N1, name: "two sides of one agreement", build: func(t *tape, bad bool) {
		t.at(sec).agrees(0, 3, 1, 4, minor(4))
		s := minor(4)
		if bad {
			s = minor(3)
		}
		t.agrees(3, 0, 1, 5, s)
	}},
	{id: N1, name: "a batch to a manager that takes none", build: func(t *tape, bad bool) {
		t.ctx.Negotiates = true
		v := uint8(5)
		if bad {
			v = 4
		}
		t.at(sec).agrees(3, 0, 1, v, minor(v))
		m := t.message(core.KindJobProgressBatch, 3, 0)
		m.Body = &job.ProgressBatch{}
		t.sent(m)
	}},
	{id: N1, name: "a numbered signal to a gate that knows none", build: func(t *tape, bad bool) {
		t.ctx.Negotiates = true
		t.at(sec).agrees(0, 3, 1, 4, minor(4))
		m := t.message(core.KindWorkflowProgressAck, 0, 3)
		b := &job.WorkflowProgressAck{}
		if bad {
			b.Backpressure.Seq = 7
		}
		m.Body = b
		t.sent(m)
	}},
	{id: N1, name: "work for a worker that nothing is agreed on with", build: func(t *tape, bad bool) {
		t.ctx.Negotiates = true
		for i := range t.ctx.Nodes {
			t.ctx.Nodes[i].Speaks, t.ctx.Nodes[i].Stands = registry.Current, !bad
		}
		t.at(sec).sent(t.message(core.KindWorkflowDispatch, 0, 3))
	}},
	{id: N1, name: "when to come again, for who cannot read that", build: forWhoReads(3, 0, 3, func(t *tape) {
		m := t.message(core.KindRegistrationResponse, 0, 3)
		m.Body = &registry.RegistrationResponse{Answer: call.Busy(core.Duration(2*sec), call.ReasonUntold)}
		t.sent(m)
	})},
	{id: N1, name: "a heartbeat on a ping, for who does not look there", build: forWhoReads(4, 3, 0, func(t *tape) {
		m := t.message(core.KindPing, 3, 0)
		m.Extra = &core.Extra{Beat: core.Beat{Version: 1}}
		t.sent(m)
	})},
	{id: N1, name: "where pushes go, for who pushes nothing anew", build: forWhoReads(2, 2, 0, func(t *tape) {
		t.sent(t.message(core.KindRegisterCallback, 2, 0))
	})},
	{id: N1, name: "why it is BUSY, for who cannot read that", build: forWhoReads(5, 0, 3, func(t *tape) {
		m := t.message(core.KindRegistrationResponse, 0, 3)
		m.Body = &registry.RegistrationResponse{Answer: call.Busy(core.Duration(2*sec), call.ReasonRate)}
		t.sent(m)
	})},
	{id: A1, name: "a registration from elsewhere", build: func(t *tape, bad bool) {
		if bad {
			t.ctx.Nodes[3].Cluster = 7
		}
		t.at(sec).travels(core.KindWorkerRegistration, 3, 0)
	}},
	{id: A1, name: "an answer from elsewhere that sends nobody away", build: func(t *tape, bad bool) {
		t.ctx.Nodes[0].Cluster = 7
		a := call.CodeIsolation
		if bad {
			a = call.CodeOK
		}
		m := t.at(sec).message(core.KindRegistrationResponse, 0, 3)
		m.Body = &registry.RegistrationResponse{Answer: call.Answer{Code: a}}
		t.sent(m)
		t.view.flying[m.Kind]++
		t.at(t.now + 10*ms).delivered(m)
	}},
	{id: A2, name: "a worker asks a worker", build: func(t *tape, bad bool) {
		if bad {
			t.ctx.Nodes[0].Role = core.RoleWorker
		}
		t.at(sec).travels(core.KindWorkflowProgress, 3, 0)
	}},
	{id: C1, name: "tried too soon", build: func(t *tape, bad bool) {
		t.at(sec).breaks(health.Closed, health.Open)
		if t.at(11 * sec); bad {
			t.at(11*sec - 1)
		}
		t.breaks(health.Open, health.HalfOpen)
		t.breaks(health.HalfOpen, health.Closed)
	}},
	{id: C1, name: "closed without a trial", build: func(t *tape, bad bool) {
		t.at(sec).breaks(health.Closed, health.Open)
		if t.at(20 * sec); !bad {
			t.breaks(health.Open, health.HalfOpen)
			t.breaks(health.HalfOpen, health.Closed)
			return
		}
		t.breaks(health.Open, health.Closed)
	}},
	{id: C1, name: "closed without a trial, once for each time that membership tells", build: func(t *tape, bad bool) {
		t.at(sec).breaksOf(3, 0, health.Closed, health.Open)
		t.at(2*sec).life(trace.KindCrash, 0).Inst = 1
		t.life(trace.KindStart, 0).Inst = 2
		t.at(3*sec).tells(3, 0, core.CallbackPeerRestarted, core.CauseSeen)
		t.at(3*sec+ms).breaksOf(3, 0, health.Open, health.Closed) // its worker says so with what it does next
		t.at(4*sec).breaksOf(3, 0, health.Closed, health.Open)
		if t.at(5 * sec); !bad {
			t.tells(3, 0, core.CallbackPeerRestarted, core.CauseJoined) // it had to join again, and gossip says so
		}
		t.breaksOf(3, 0, health.Open, health.Closed)
	}},
	{id: C1, name: "closed without a trial, for processes told of while it was closed", build: func(t *tape, bad bool) {
		t.at(sec).tells(3, 0, core.CallbackPeerRestarted, core.CauseSeen)
		t.tells(3, 0, core.CallbackPeerRestarted, core.CauseJoined)
		t.at(2*sec).breaksOf(3, 0, health.Closed, health.Open)
		if t.at(3 * sec); !bad {
			t.at(12*sec).breaksOf(3, 0, health.Open, health.HalfOpen)
			t.breaksOf(3, 0, health.HalfOpen, health.Closed)
			return
		}
		t.breaksOf(3, 0, health.Open, health.Closed)
	}},
	{id: C1, name: "closed without a trial, by a manager that was told", build: func(t *tape, bad bool) {
		t.at(sec).breaks(health.Closed, health.Open)
		t.at(2*sec).tells(0, 3, core.CallbackPeerRestarted, core.CauseSeen) // it begins anew with the worker that registers
		t.at(3 * sec)
		if !bad {
			t.enrols(3, 3)
		}
		t.breaks(health.Open, health.Closed)
	}},
	{id: C1, name: "closed without a trial, when another one registers", build: func(t *tape, bad bool) {
		t.at(sec).breaks(health.Closed, health.Open)
		of := core.NodeID(3)
		if bad {
			of = 2
		}
		t.at(2*sec).enrols(of, of)
		t.breaks(health.Open, health.Closed)
	}},
	{id: C1, name: "closed without a trial, when one registers that was there", build: func(t *tape, bad bool) {
		t.at(sec).breaks(health.Closed, health.Open)
		of := core.NodeID(3)
		if bad {
			of = core.NoNode
		}
		t.at(2*sec).enrols(3, of)
		t.breaks(health.Open, health.Closed)
	}},
	{id: C1, name: "work for a worker that answers nothing", build: func(t *tape, bad bool) {
		t.at(sec).breaks(health.Closed, health.Open)
		at := 11 * sec // it may be tried
		if bad {
			at = sec + 500*ms // though a majority had agreed before
		}
		t.at(at).keepsOf(9, 0, 9, 0)
		t.places(1)
	}},
	{id: C1, name: "two trials", build: func(t *tape, bad bool) {
		t.at(sec).breaks(health.Closed, health.Open)
		t.at(9*sec).keepsOf(9, 0, 9, 0)
		t.at(11*sec).breaks(health.Open, health.HalfOpen)
		t.places(1)
		if t.at(12 * sec); !bad {
			t.breaks(health.HalfOpen, health.Open)
			t.at(22*sec).breaks(health.Open, health.HalfOpen)
		}
		t.places(2)
		t.breaks(health.HalfOpen, health.Closed)
		t.places(3)
		t.places(4)
	}},
}

// forWhoReads is a run in which a node sends another what version 1.v has first; where it is bad they agreed on the one before.
func forWhoReads(v uint8, from, to core.NodeID, send func(t *tape)) func(t *tape, bad bool) {
	return func(t *tape, bad bool) {
		t.ctx.Negotiates = true
		agreed := v
		if bad {
			agreed--
		}
		t.at(sec).agrees(from, to, 1, agreed, minor(agreed))
		send(t)
	}
}

// enrols lets manager 0 read a registration, and take a worker in, if any.
func (t *tape) enrols(from, of core.NodeID) {
	t.travels(core.KindWorkerRegistration, from, 0)
	if of != core.NoNode {
		t.says(0, core.JobFact{Kind: core.JobFactWorker, Node: of, To: uint8(registry.WorkerHealthy), A: 8, B: 8})
	}
}

// places lets node 0 send node 3 a shard.
func (t *tape) places(token uint64) {
	t.job(trace.JobRecord{Kind: trace.JobFact, Node: 0, Inst: 1, Local: t.now, Fact: core.JobFact{Kind: core.JobFactPlaced, Node: 3, Job: 9, Workflow: 9, Token: 1<<32 + token, Epoch: 1}})
}
