package metrics

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/routing"
	"hypersim/core/workflow"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// What lacks, over all cores, times what a shard takes.
func TestDelayOfTheOracle(t *testing.T) {
	const s = time.Second
	for _, x := range []struct {
		what string
		load Load
		need int
		want core.Duration
	}{
		{"six cores are free", Load{Cores: 16, Held: 10, Mean: 8 * s}, 2, 0},
		{"just enough", Load{Cores: 16, Held: 14, Mean: 8 * s}, 2, 0},
		{"one of two lacks: 8 s · 1/16", Load{Cores: 16, Held: 15, Mean: 8 * s}, 2, s / 2},
		{"full: 8 s · 2/16", Load{Cores: 16, Held: 16, Mean: 8 * s}, 2, s},
		{"six wait before: 8 s · 8/16", Load{Cores: 16, Held: 16, Waits: 6, Mean: 8 * s}, 2, 4 * s},
		{"room for those who wait, and for this one", Load{Cores: 16, Held: 8, Waits: 6, Mean: 8 * s}, 2, 0},
		{"workers that crashed took their cores along: 8 s · 1/10", Load{Cores: 10, Held: 20, Mean: 8 * s}, 1, 800 * time.Millisecond},
		{"nothing has ended: nobody knows how long", Load{Cores: 10, Held: 10}, 1, 0},
	} {
		if have := x.load.Delay(x.need); have != x.want {
			t.Errorf("%s: %v, want %v", x.what, have, x.want)
		}
	}
}

// a is 20 ms away, b 60 ms; each has 10 cores, a job wants 4, and shards take 2 s.
func TestOracle(t *testing.T) {
	y := twoSites(t)
	y.rec.ctx.TrueRTT = func(_, to core.NodeID, _ core.Instant) core.Duration {
		if to == 3 {
			return 60e6
		}
		return 20e6
	}
	runs := func(sec float64, k trace.JobKind, n core.NodeID, id uint64, cores uint16) {
		y.job(sec, trace.JobRecord{Kind: k, Node: n, Work: core.Work{Job: id, Workflow: id, Token: id, Attempt: 1, Cores: cores}})
	}
	ends := func(sec float64, n core.NodeID, id uint64) {
		y.job(sec, trace.JobRecord{Kind: trace.JobEnded, Ended: uint8(job.EndedCompleted), Node: n, Work: core.Work{Job: id, Token: id}})
	}
	y.submit(1, 9, 0)
	y.submit(1, 2, 1)
	y.decides(1, 0, -1) // all is free: a, 20 ms
	runs(1, trace.JobWork, 4, 20, 10)
	ends(3, 4, 20) // a shard takes 2 s
	runs(4, trace.JobWork, 4, 21, 10)
	y.decides(6, 0, -1) // a is full: 20 ms + 2 s · 4/10 = 820 ms; b: 60 ms
	y.decides(7, 1, 0)  // the oracle's own choice, which is three times as far as the nearest
	y.says(8, 1, core.JobFact{Kind: core.JobFactWorkflow, Job: 2, Workflow: 2, To: uint8(workflow.Pending)})
	y.decides(9, 0, 1) // 4 more wait: 20 ms + 2 s · 8/10 = 1,620 ms
	runs(10, trace.JobWork, 5, 22, 8)
	y.decides(11, 0, 0)             // b has 2 of 4: 60 ms + 2 s · 2/10 = 460 ms
	y.truth(12, trace.KindCrash, 3) // b takes no job: the oracle has a alone
	y.decides(13, 1, 0)             // late without an end, and not counted
	y.decides(14, 0, 1)
	y.truth(15, trace.KindCrash, 4) // and now a cannot run one
	y.decides(16, 0, 0)
	y.end(20)
	y.want(words.RoutingLate, []float64{1, 820.0 / 60, 1, 1620.0 / 60, 1620.0 / 460, 1})
	y.want(words.RoutingFloor, []float64{1, 3, 3, 3, 3, 1, 1})
	rows := y.rec.Result().Tables().Routes
	if r := rows[1]; r.Oracle != "b" || r.ChosenBegin != 820 || r.OracleBegin != 60 || r.Floor != 3 {
		t.Errorf("%+v", r)
	}
	if r := rows[5]; r.Oracle != "a" || r.ChosenBegin != 0 || r.Late != 0 {
		t.Errorf("%+v", r)
	}
}

// The oracle takes no datacenter that was excluded, and none that is ill while one is well; a full one is for it to judge.
func TestCandidatesOfTheOracle(t *testing.T) {
	all := func(uint16) (Load, bool) { return Load{Cores: 1}, true }
	d := Decision{Chosen: 3, Best: routing.Healthy, Need: 1, Candidates: []Option{
		{Candidate: routing.Candidate{Site: 3, Class: routing.Healthy}, Place: 1, RTT: 50},
		{Candidate: routing.Candidate{Site: 2, Class: routing.Busy}, Place: 2, RTT: 40},
		{Candidate: routing.Candidate{Site: 1, Class: routing.Degraded}, Place: 3, RTT: 30},
		{Candidate: routing.Candidate{Site: 0, Class: routing.Healthy}, RTT: 20},
	}}
	d.BestRTT = 50
	if d.soonest(all); d.Oracle != 2 || d.Floor() != 0.8 || d.Late() != 1.25 { // the gate took it for full, and it is not
		t.Errorf("%d, floor %v, late %v", d.Oracle, d.Floor(), d.Late())
	}
	d.Candidates, d.Best, d.Chosen = d.Candidates[2:], routing.Degraded, 1
	if d.soonest(all); d.Oracle != 1 {
		t.Errorf("%d", d.Oracle)
	}
	if d.soonest(func(uint16) (Load, bool) { return Load{}, false }); d.Oracle != -1 || d.Late() != 0 || d.Floor() != 0 {
		t.Errorf("%+v", d)
	}
}
