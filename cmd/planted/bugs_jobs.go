package main

var leadership = []bug{
	{"a-third-is-enough", "20 §5.1: a leader has a majority of the voters", "core/election/machine.go",
		"return len(m.p.Voters)/2 + 1", "return (len(m.p.Voters) + 1) / 3"},
	{"one-ack-renews", "20 §5.1: a lease is renewed by acknowledgements of a majority", "core/election/leader.go",
		"r.acks == m.majority() {", "r.acks == 1 {"},
	{"lease-from-the-answer", "20 §5.1: a lease counts from when the round was sent", "core/election/leader.go",
		"m.extend(r.sent.Add(m.c.Lease-m.c.Margin), fx)", "m.extend(r.sent.Add(m.c.Lease-m.c.Margin+m.c.Heartbeat), fx)"},
}

var jobs = []bug{
	{"committed-by-one", "20 §5.2, 04-8: committed is what a majority holds", "core/replica/lead.go",
		"\tneed := m.majority()\n", "\tneed := m.majority() - 1\n"},
	{"below-a-promise", "04-5: entries below a promise are refused", "core/replica/store.go",
		"case e.Epoch < r.seen():", "case e.Epoch < r.entry.Epoch:"},
	{"leads-on", "03-12: who learns of a higher epoch leads no more", "core/replica/store.go",
		"if r.lead != nil && (r.holder() != m.me || r.entry.Epoch < epoch) {", "if r.lead != nil && r.holder() == m.me && epoch == 0 {"},
	{"says-it-too-early", "03-13: a decision is told when it is committed", "core/node/manager/result.go",
		"m.then(now, x, after{kind: afterDecision}, fx)", "m.do(now, x, &after{kind: afterDecision}, fx)"},
	{"does-not-wait", "20 §4.4: a workflow starts when those before it have completed", "core/node/manager/lifecycle.go",
		"f.waits > 0 || ", ""},
	{"keeps-a-debt", "04-17, 04-19: a datacenter whose answer is unknown and that is no target is owed a cancel", "core/node/gate/dispatch.go",
		"\tg.oweDoubts(now, x, fx)\n\tg.oweOthers(now, x, fx)\n\tg.setState(", "\tg.oweOthers(now, x, fx)\n\tg.setState("},
	{"tells-nobody", "20 §8.2: the gate brings the result to the client", "core/node/gate/decision.go",
		"\t\tg.deliver(now, x, fx)\n", ""},
}

var timeouts = []bug{
	{"overall-too-early", "20 §6.4: O fires when the job has run longer than it may", "core/jobtimeout/manager_rules.go",
		"case now > o:", "case now > o.Add(-10e9):"},
	{"global-too-early", "20 §6.5: R1 fires when the job has run longer than it may", "core/jobtimeout/gate_rules.go",
		"case now > r1:", "case now > r1.Add(-10e9):"},
	{"time-starts-anew", "20 §6.7: the time of a job is not reset when another manager takes it over", "core/jobtimeout/manager_resume.go",
		"t.started = now.Add(-(s.Elapsed + age))", "t.started = now"},
	{"time-starts-anew-at-a-gate", "20 §6.7: nor when another gate does", "core/jobtimeout/gate_track.go",
		"submitted: now.Add(-s.Elapsed)", "submitted: now"},
	{"falls-back-at-once", "20 §6.4: a manager decides without gates only after 300 s", "core/jobtimeout/manager_rules.go",
		"now > t.fallbackAt(m.cfg):", "now > t.localAt:"},
}
