package check

import (
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/routing"
)

// decides adds a decision of node 0 about two datacenters, the second of which is further away.
func (t *tape) decides(doctor func(d *routing.Record)) {
	k := routing.Default().Routing
	d := &routing.Record{
		ID: 1, At: t.now, Job: 1, Requested: 1, Switched: true, Previous: -1, Worse: core.Never, BestScore: 50, Primary: []uint16{0}, Fallback: []uint16{1},
		Candidates: []routing.Candidate{{Site: 0, Available: 8, Total: 8, RTT: 50, Quality: 1}, {Site: 1, Verdict: routing.Fallback, Available: 8, Total: 8, RTT: 90, Quality: 1}},
	}
	for i := range d.Candidates {
		d.Candidates[i].Weigh(&k)
	}
	if doctor != nil {
		doctor(d)
	}
	t.routes[len(t.recs)] = routed{t.now, d, &k}
	t.fact(0, core.Fact{Kind: core.FactTick, Subject: 0, Cause: core.CauseIdle})
}

type routed struct {
	at core.Instant
	d  *routing.Record
	k  *routing.Keys
}

// Each of them is a decision with one thing wrong.
func init() {
	for rule, doctor := range map[string]func(d *routing.Record){
		"I-R1": func(d *routing.Record) {
			d.Candidates[0].Class, d.Candidates[1].Class, d.Best = routing.Busy, routing.Busy, routing.Healthy
		},
		"I-R2": func(d *routing.Record) { d.Fallback = append(d.Fallback, 0) },
		"I-R3": func(d *routing.Record) {
			d.Best, d.Primary, d.Extended, d.Requested = routing.Healthy, []uint16{0}, nil, 1
			d.Candidates = append(d.Candidates, d.Candidates[1], d.Candidates[1])
			d.Candidates[1].Class = routing.Busy
			d.Candidates[2].Site, d.Candidates[3].Site, d.Candidates[3].Class = 2, 3, routing.Busy
			d.Fallback = []uint16{1, 2, 3}
		},
		"I-R4": func(d *routing.Record) { d.Candidates[1].Exclusion = routing.ExStale },
		"I-R5": func(d *routing.Record) {
			d.Previous, d.Switched, d.Reason, d.Since, d.Incumbent = 1, true, routing.ImprovementMet, d.At-1, 90
		},
		"I-R6": func(d *routing.Record) {
			d.Previous, d.Switched, d.Reason, d.Since, d.Incumbent = 1, true, routing.ImprovementMet, d.At-60*sec, 55
		},
		"I-R7": func(d *routing.Record) {
			d.Previous, d.Switched, d.Reason, d.Since, d.Incumbent, d.Worse = 1, true, routing.DegradationForced, d.At-60*sec, 90, d.At-9*sec
		},
		"I-R9":  func(d *routing.Record) { d.Candidates[0].Score++ },
		"I-R12": func(d *routing.Record) { d.Previous, d.Switched, d.Reason = 1, false, routing.RetainedBest },
	} {
		doctored = append(doctored, doctoredRun{id: routeRules[rule], name: "a decision", build: func(t *tape, bad bool) {
			if t.at(100 * sec); bad {
				t.decides(doctor)
			} else {
				t.decides(nil)
			}
		}})
	}
}

// What a gate has to remember. Node 0 is the gate.
func init() {
	doctored = append(doctored,
		doctoredRun{id: R8, name: "a cooldown is forgotten", build: func(t *tape, bad bool) {
			t.ctx.Nodes[0].Role = core.RoleGate
			cools := func(left core.Duration) {
				t.decides(func(d *routing.Record) {
					k := routing.Default().Routing
					d.Candidates[1].CoolingLeft = left
					d.Candidates[1].Weigh(&k)
				})
			}
			t.at(100 * sec)
			cools(30 * time.Second)
			if t.at(110 * sec); bad {
				cools(0)
			} else {
				cools(20 * time.Second)
			}
			t.at(131 * sec)
			cools(0)
		}},
		doctoredRun{id: R11, name: "a job that ended is decided about", build: func(t *tape, bad bool) {
			t.ctx.Nodes[0].Role = core.RoleGate
			t.at(100 * sec).decides(nil)
			if bad {
				t.says(0, core.JobFact{Kind: core.JobFactState, Job: 1, From: uint8(job.StateRunning), To: uint8(job.StateCompleted)})
			}
			t.at(102 * sec).decides(nil)
		}})
}
