package jobtimeout

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Spec 20 §6.6, row by row: the first that holds.
func TestGlobalTimeoutRows(t *testing.T) {
	leads := Holding{Known: true, Leads: true, Leader: core.NoNode, GE: 2, DE: 3, State: job.StateRunning}
	with := func(change func(h *Holding)) Holding {
		h := leads
		change(&h)
		return h
	}
	for _, x := range []struct {
		row    string
		ge, de uint32
		h      Holding
		want   Order
	}{
		{"1 tombstone", 2, 3, Holding{Buried: job.StateFailed}, Order{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, State: job.StateFailed}},
		{"1 unknown", 2, 3, Holding{}, Order{Answer: call.Answer{Code: call.CodeUnknownJob}}},
		{"2", 1, 3, leads, Order{Answer: call.Stale(2)}},
		{"2 before 3", 1, 3, with(func(h *Holding) { h.Leads, h.Leader = false, 5 }), Order{Answer: call.Stale(2)}},
		{"3", 2, 3, with(func(h *Holding) { h.Leads, h.Leader = false, 5 }), Order{Answer: call.NotLeader(5)}},
		{"3 above", 2, 4, leads, Order{Answer: call.NotLeader(core.NoNode), Drop: true}},
		{"4", 2, 2, leads, Order{Answer: call.Stale(3)}},
		{"5 pending", 2, 3, with(func(h *Holding) { h.Pending = true }), Order{Later: true}},
		{"5 terminal", 2, 3, with(func(h *Holding) { h.State = job.StateCompleted }), Order{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, State: job.StateCompleted, Again: true}},
		{"5 cancelling", 2, 3, with(func(h *Holding) { h.State = job.StateCancelling }), Order{Later: true}},
		{"6", 2, 3, leads, Order{Apply: true}},
		{"6 epoch not known", 3, 0, leads, Order{Apply: true}},
	} {
		if have := Judge(&GlobalTimeout{GE: x.ge, DE: x.de}, &x.h); have != x.want {
			t.Errorf("%s: %+v, want %+v", x.row, have, x.want)
		}
	}
}

// Spec 20 §6.7: the time of a job goes on at its next leader and at its next gate; sums stay, detection begins anew, stuck
// work gets one fresh period. A snapshot is as old as it is, and one that is missing is counted.
func TestResume(t *testing.T) {
	cfg := Default()
	var fx core.Effects
	a, b := &alone{active: 1}, &alone{active: 1}
	for _, x := range []*alone{a, b} {
		x.m.Init(x, ManagerParams{Config: &cfg.Job})
	}
	a.m.Start(2*sec, &Tracking{Job: theJob, Timeout: 60e9, Gate: theGate, GE: 1, DE: 1}, &fx)
	a.m.Extended(50*sec, &Granted{Job: theJob, Worker: 4, By: 15e9, Until: 95 * sec}, &fx)
	a.m.Wake(90*sec, &fx) // 88 > 75: found out
	var s Snapshot
	if !a.m.Snapshot(100*sec, theJob, &s) || s.TimedOut != KindOverall || s.Elapsed != 98e9 || s.Extensions != 15e9 || s.SinceExtension != 50e9 {
		t.Fatalf("%+v", s)
	}
	const now = 7000 * sec // another clock
	b.m.Resume(now, &Resumption{Tracking: Tracking{Job: theJob, Gate: theGate, GE: 1, DE: 2}, Snapshot: &s, Age: 7e9}, &fx)
	x := b.m.by[theJob]
	if b.m.Elapsed(now, theJob) != 105e9 || x.kind != KindNone || x.progress != now || x.contact != now || x.total != 15e9 || x.most != 15e9 || x.de != 2 || x.timeout != 60e9 || x.extended != now-57*sec {
		t.Errorf("%+v", x)
	}
	if b.m.Blind != 0 {
		t.Error("counted as blind")
	}
	b.m.Resume(now, &Resumption{Tracking: Tracking{Job: theJob, Timeout: 60e9, DE: 3}, Elapsed: 40e9}, &fx)
	if b.m.Elapsed(now, theJob) != 40e9 || b.m.Blind != 1 || b.m.Len() != 1 {
		t.Errorf("blind: %v elapsed, %d, %d jobs", b.m.Elapsed(now, theJob), b.m.Blind, b.m.Len())
	}

	g, h := &judging{}, &judging{}
	for _, x := range []*judging{g, h} {
		x.m.Init(x, GateParams{Config: &cfg.Job, Keep: 3600e9})
	}
	g.m.Start(2*sec, &GateTracking{Job: theJob, Timeout: 60e9, GE: 1, Sites: []Part{{Site: 1, Manager: 3, DE: 1}}}, &fx)
	g.m.OnProgress(20*sec, &ProgressReport{Job: theJob, Site: 1, Manager: 3, DE: 1, Seq: 1, Extensions: 15e9}, &fx)
	if !g.m.Snapshot(50*sec, theJob, &s) || s.Elapsed != 48e9 {
		t.Fatalf("%+v", s)
	}
	h.m.Resume(now, &GateTracking{Job: theJob, Timeout: 60e9, GE: 2, Elapsed: s.Elapsed + 5e9, Sites: []Part{{Site: 1, Manager: 3, DE: 1}}}, &fx)
	if h.m.by[theJob].submitted != now-53*sec || h.m.by[theJob].sites[0].progress != now || h.m.by[theJob].sites[0].heard != now {
		t.Errorf("%+v", h.m.by[theJob])
	}
}

// I-JT6: what is said twice changes nothing.
func TestRepeatsChangeNothing(t *testing.T) {
	cfg := Default()
	var fx core.Effects
	a := &alone{active: 1}
	a.m.Init(a, ManagerParams{Config: &cfg.Job})
	s := Tracking{Job: theJob, Timeout: 60e9, Gate: theGate, GE: 1, DE: 1}
	a.m.Start(2*sec, &s, &fx)
	before := *a.m.by[theJob]
	a.m.Start(3*sec, &s, &fx)
	if after := *a.m.by[theJob]; after.started != before.started || a.m.Len() != 1 {
		t.Error("started twice")
	}
	a.m.Command(9*sec, theJob, RuleOverall, 1, &fx)
	for range 2 {
		a.m.Applied(10*sec, theJob, &fx)
		a.m.Stop(theJob)
	}
	n := len(fx.JobFacts)
	a.m.Progress(11*sec, theJob, &fx)
	a.m.Extended(11*sec, &Granted{Job: theJob, Worker: 1, By: 1e9}, &fx)
	a.m.Applied(12*sec, theJob, &fx)
	a.m.Wake(400*sec, &fx)
	if len(fx.JobFacts) != n || a.decided != 0 || a.m.Deadline() < 400*sec {
		t.Errorf("something happened after the end: %+v", fx.JobFacts[n:])
	}
	a.m.Drop(theJob)
	a.m.Drop(theJob)
	if a.m.Len() != 0 || a.m.Deadline() != core.Never {
		t.Error("something is left")
	}
}

// A look, progress, a report and what a gate makes of it allocate nothing.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	cfg := Default()
	var fx core.Effects
	a, g := &alone{active: 1}, &judging{}
	a.m.Init(a, ManagerParams{Config: &cfg.Job})
	g.m.Init(g, GateParams{Config: &cfg.Job, Keep: 3600e9})
	a.m.Start(0, &Tracking{Job: theJob, Timeout: 1e15, Gate: core.NoNode}, &fx)
	g.m.Start(0, &GateTracking{Job: theJob, Timeout: 1e15, GE: 1, Sites: []Part{{Site: 0, Manager: 1, DE: 1}, {Site: 1, Manager: 2, DE: 1}}}, &fx)
	b := ProgressReport{Job: theJob, Manager: 1, DE: 1, Recent: true}
	now := sec
	if n := testing.AllocsPerRun(200, func() {
		now = now.Add(10e9)
		a.m.Progress(now, theJob, &fx)
		a.m.Wake(now, &fx)
		b.Seq++
		b.Site, b.Manager = 0, 1
		g.m.OnProgress(now, &b, &fx)
		b.Site, b.Manager = 1, 2
		g.m.OnProgress(now, &b, &fx)
		g.m.Wake(now, &fx)
		fx.Reset()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if a.decided+g.n != 0 {
		t.Error("something was decided")
	}
}
