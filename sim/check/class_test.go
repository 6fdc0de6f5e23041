package check

import (
	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/routing"
	"hypersim/sim/trace"
)

// The gate is node 0, the datacenter is 1, whose only manager is node 2.

// ofGates makes node 0 a gate that runs for a while.
func (t *tape) ofGates() *tape {
	t.ctx.Nodes[0].Role = core.RoleGate
	return t.at(100 * sec)
}

// reports lets the datacenter answer a probe of the gate.
func (t *tape) reports(self routing.Class, workers uint32) { t.answers(7, 7, self, workers) }

// answers is the same, of a probe that may be another than the last one of this process.
func (t *tape) answers(asked, seq uint32, self routing.Class, workers uint32) {
	q := t.message(core.KindXProbe, 0, 2)
	q.Seq = asked
	t.sent(q)
	m := t.message(core.KindXAck, 2, 0)
	m.Seq = seq
	m.Body = &federated.SiteBody{SiteReport: federated.SiteReport{
		Term: 1, Leader: true, Site: 1, Workers: workers, WorkersHealthy: workers, Cores: 8, CoresAvailable: 8, Health: uint8(self) + 1,
	}}
	t.delivered(m)
}

// claims is an answer of a leader at an incarnation.
func (t *tape) claims(incarnation uint32, self routing.Class) {
	q := t.message(core.KindXProbe, 0, 2)
	q.Seq = 7
	t.sent(q)
	m := t.message(core.KindXAck, 2, 0)
	m.Seq = 7
	m.Body = &federated.SiteBody{SiteReport: federated.SiteReport{
		Term: 1, Leader: true, Site: 1, External: incarnation, Workers: 4, WorkersHealthy: 4, Cores: 8, CoresAvailable: 8, Health: uint8(self) + 1,
	}}
	t.delivered(m)
}

// calls publishes what the gate thinks of the datacenter.
func (t *tape) calls(from, to routing.Class, why routing.ClassReason) {
	t.says(0, core.JobFact{Kind: core.JobFactSiteClass, Node: core.NoNode, From: uint8(from), To: uint8(to), Code: uint8(why), A: 1})
}

// reached tells that an answer opened the way to the datacenter.
func (t *tape) reached() {
	f := core.Fact{Kind: core.FactReach, Subject: 2, Cause: core.CauseAck, Other: core.NoNode}
	f.Put("datacenter", 1).Put("old_reach", int64(core.ReachUnknown)).Put("reach", int64(core.ReachReachable))
	t.fact(0, f)
}

func (t *tape) ails(from, to routing.Trouble) {
	t.says(0, core.JobFact{Kind: core.JobFactTrouble, Node: core.NoNode, From: uint8(from), To: uint8(to), A: 1})
}

// cutOff tells that there is no way to the datacenter any more.
func (t *tape) cutOff() {
	step := func(from, to core.Reach, cause core.Cause) {
		f := core.Fact{Kind: core.FactReach, Subject: 2, Cause: cause, Other: core.NoNode}
		f.Put("datacenter", 1).Put("old_reach", int64(from)).Put("reach", int64(to))
		t.fact(0, f)
	}
	step(core.ReachUnknown, core.ReachUnreachable, core.CauseExpired)
}

// believes is a decision that holds the nearer datacenter for that.
func (t *tape) believes(class routing.Class, why routing.ClassReason, free uint32) {
	k := routing.Default().Routing
	t.decides(func(d *routing.Record) {
		c := &d.Candidates[0]
		c.Site, c.Class, c.Why, c.Available = 1, class, why, free
		d.Candidates[1].Site = 0
		d.Candidates[1].Class = class
		d.Best, d.Worst, d.Primary[0], d.Fallback[0] = class, class, 1, 0
		c.Weigh(&k)
		d.BestScore = c.Score
	})
}

func init() {
	doctored = append(doctored,
		doctoredRun{id: D1, name: "for its load", build: func(t *tape, bad bool) {
			t.ofGates()
			if bad {
				t.calls(routing.Healthy, routing.Unhealthy, routing.ReasonNoCapacity)
			} else {
				t.calls(routing.Healthy, routing.Busy, routing.ReasonNoCapacity)
			}
		}},
		doctoredRun{id: D1, name: "unreachable, and it is not", build: func(t *tape, bad bool) {
			if t.ofGates(); !bad {
				t.cutOff()
			}
			t.calls(routing.Healthy, routing.Unhealthy, routing.ReasonUnreachable)
		}},
		doctoredRun{id: D1, name: "no workers, and there are some", build: func(t *tape, bad bool) {
			workers := uint32(0)
			if bad {
				workers = 4
			}
			t.ofGates().reports(routing.Healthy, workers)
			t.at(102*sec).calls(routing.Healthy, routing.Unhealthy, routing.ReasonNoWorkers)
		}},
		doctoredRun{id: D1, name: "no workers, and there are some, at a gate whose clock jumped", build: func(t *tape, bad bool) {
			t.ctx.Unsteady = true
			of := core.NodeID(0)
			if bad {
				of = 1
			}
			t.at(99*sec).life(trace.KindClock, of)
			t.ofGates().reports(routing.Healthy, 4)
			t.at(102*sec).calls(routing.Healthy, routing.Unhealthy, routing.ReasonNoWorkers)
		}},
		doctoredRun{id: D1, name: "by its own word, which it did not give", build: func(t *tape, bad bool) {
			self := routing.Unhealthy
			if bad {
				self = routing.Degraded
			}
			t.ofGates().reports(self, 4)
			t.at(102*sec).calls(routing.Healthy, routing.Unhealthy, routing.ReasonSelf)
		}},
		doctoredRun{id: D1, name: "nobody lives, and somebody answers", build: func(t *tape, bad bool) {
			t.ofGates().reports(routing.Healthy, 4)
			t.reached()
			at := 131 * sec
			if bad {
				at = 100*sec + 900*ms
			}
			t.at(at).calls(routing.Healthy, routing.Unhealthy, routing.ReasonNoManagers)
		}},
		doctoredRun{id: D1, name: "no managers, of which one has answered, and it hears since that streams to it broke before", build: func(t *tape, bad bool) {
			t.ctx.Nodes[2].Role, t.ctx.Nodes[2].Site = core.RoleManager, 1
			t.ofGates().reports(routing.Healthy, 4)
			t.reached()
			m := t.message(core.KindJobSubmission, 0, 2)
			if m.Timeout = 5e9; bad {
				m.Timeout = 3e9 // of these it heard before the answer
			}
			t.at(101 * sec).sent(m)
			t.add(trace.Record{Kind: trace.KindDropped, Node: 0, Peer: 2, Msg: m, Reason: trace.ReasonPartition})
			t.at(105*sec).reports(routing.Healthy, 4)
			t.at(105*sec+500*ms).calls(routing.Healthy, routing.Unhealthy, routing.ReasonNoManagers)
		}},
		doctoredRun{id: D2, name: "full, and HEALTHY", build: func(t *tape, bad bool) {
			class := routing.Busy
			if bad {
				class = routing.Healthy
			}
			t.ofGates().believes(class, routing.ReasonNoCapacity, 0)
		}},
		doctoredRun{id: D3, name: "published", build: func(t *tape, bad bool) {
			t.ofGates().reports(routing.Degraded, 4)
			at := 140 * sec // that was long ago
			if bad {
				at = 110 * sec
			}
			t.at(at).calls(routing.Degraded, routing.Healthy, routing.ReasonOK)
		}},
		doctoredRun{id: D3, name: "published, after an answer to this process, and not to the one before", build: func(t *tape, bad bool) {
			seq := uint32(11)
			if bad {
				seq = 4
			}
			t.ofGates().answers(4, seq, routing.Degraded, 4)
			t.at(102*sec).calls(routing.Degraded, routing.Healthy, routing.ReasonOK)
		}},
		doctoredRun{id: D3, name: "published, after an old answer that comes when it is not certain what was heard before", build: func(t *tape, bad bool) {
			t.ofGates()
			t.life(trace.KindCrash, 0)
			t.life(trace.KindStart, 0).Inst = 2
			t.at(110*sec).claims(2, routing.Healthy) // it may answer the process before
			of := uint32(1)
			if bad {
				of = 2
			}
			t.at(120*sec).claims(of, routing.Degraded)
			t.at(121*sec).calls(routing.Degraded, routing.Healthy, routing.ReasonOK)
		}},
		doctoredRun{id: D3, name: "decided", build: func(t *tape, bad bool) {
			t.ofGates().reports(routing.Busy, 4)
			class := routing.Busy
			if bad {
				class = routing.Healthy
			}
			t.at(102*sec).believes(class, routing.ReasonSelf, 8)
		}},
		doctoredRun{id: D4, name: "published", build: func(t *tape, bad bool) {
			t.ofGates().ails(routing.TroubleFailing, routing.TroubleFailed)
			t.says(0, core.JobFact{Kind: core.JobFactPartition, Node: core.NoNode, To: 1})
			t.at(105*sec).ails(routing.TroubleFailed, routing.TroubleRecovering)
			if t.at(135 * sec); !bad {
				t.ails(routing.TroubleRecovering, routing.TroubleNone)
			}
			t.calls(routing.Degraded, routing.Healthy, routing.ReasonOK)
		}},
		doctoredRun{id: D4, name: "flaps, and is decided for", build: func(t *tape, bad bool) {
			t.ofGates().says(0, core.JobFact{Kind: core.JobFactPartition, Node: core.NoNode, To: 1})
			t.ails(routing.TroubleRecovering, routing.TroubleFlapping)
			at := 101 * sec // the tick that notes it may not have come
			if bad {
				at = 103 * sec
			}
			t.at(at).believes(routing.Healthy, routing.ReasonOK, 8)
		}})
}
