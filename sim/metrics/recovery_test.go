package metrics

import (
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/workflow"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Who dies has a part in a workflow, or has none; what goes on elsewhere is not interrupted.
func TestRecovery(t *testing.T) {
	asks := func(y yard, sec float64, worker core.NodeID) {
		y.says(sec, boss, core.JobFact{Kind: core.JobFactPlaced, Job: 1, Workflow: 10, Node: worker, Attempt: 1})
	}
	hears := func(y yard, sec float64, worker core.NodeID, to, code uint8) {
		y.says(sec, boss, core.JobFact{Kind: core.JobFactIntent, Job: 1, Workflow: 10, Node: worker, Attempt: 1, To: to, Code: code})
	}
	for _, c := range []struct {
		name string
		act  func(y yard)
		want []float64
	}{
		{"a worker that was asked", func(y yard) {
			y.accepted(1, 1)
			asks(y, 2, left1)
			y.truth(3, trace.KindCrash, left1)
			y.work(7, trace.JobWork, left2, 10, 8, 1, 0)
		}, []float64{4}},
		{"a worker that refused before", func(y yard) {
			y.accepted(1, 1)
			asks(y, 2, left1)
			hears(y, 2.5, left1, 0, 3)
			y.truth(3, trace.KindCrash, left1)
			y.work(7, trace.JobWork, left2, 10, 8, 1, 0)
		}, nil},
		{"another worker", func(y yard) {
			y.accepted(1, 1)
			asks(y, 2, left2)
			y.truth(3, trace.KindCrash, left1)
			y.work(7, trace.JobWork, left2, 10, 8, 1, 0)
		}, nil},
		{"a worker with a result that nobody heard of", func(y yard) {
			y.accepted(1, 1)
			y.work(2, trace.JobWork, left1, 10, 7, 1, 0)
			y.work(4, trace.JobEnded, left1, 10, 7, 1, job.EndedCompleted)
			y.truth(4, trace.KindCrash, left1)
			y.work(9, trace.JobWork, left2, 10, 8, 2, 0)
		}, []float64{5}},
		{"a worker whose result counts", func(y yard) {
			y.accepted(1, 1)
			y.work(2, trace.JobWork, left1, 10, 7, 1, 0)
			y.work(4, trace.JobEnded, left1, 10, 7, 1, job.EndedCompleted)
			y.result(4, left1, 10, 7, 1)
			y.truth(4, trace.KindCrash, left1)
			y.flow(5, 1, 10, workflow.Running, workflow.Completed, job.ErrorNone)
			y.work(6, trace.JobWork, left2, 11, 8, 1, 0)
		}, nil},
		{"the manager before anything runs", func(y yard) {
			y.accepted(1, 1)
			y.truth(3, trace.KindCrash, boss)
			y.work(20, trace.JobWork, left2, 10, 8, 1, 0) // 11 waits for 10
			y.work(20, trace.JobWork, left2, 11, 9, 1, 0)
		}, []float64{17}},
		{"the manager while it runs", func(y yard) {
			y.accepted(1, 1)
			y.work(2, trace.JobWork, left1, 10, 7, 1, 0)
			y.truth(3, trace.KindCrash, boss)
			y.work(20, trace.JobWork, left2, 10, 8, 2, 0)
		}, nil},
		{"a manager before it began", func(y yard) {
			y.truth(0.9, trace.KindCrash, boss)
			y.truth(5, trace.KindStart, boss)
			y.accepted(6, 1)
			y.work(7, trace.JobWork, left2, 10, 8, 1, 0)
			y.work(9, trace.JobWork, left2, 10, 9, 2, 0)
		}, []float64{6.1}},
		{"the first of two deaths counts", func(y yard) {
			y.accepted(1, 1)
			asks(y, 2, left1)
			y.truth(3, trace.KindCrash, left1)
			y.truth(4, trace.KindCrash, boss)
			y.work(7, trace.JobWork, left2, 10, 8, 1, 0)
		}, []float64{4}},
		{"a worker that took it and told nobody", func(y yard) {
			y.accepted(1, 1)
			asks(y, 2, left1)
			y.work(2, trace.JobWork, left1, 10, 7, 1, 0)
			y.truth(2, trace.KindCrash, left1)
			y.work(2, trace.JobLost, left1, 10, 7, 1, 0)
			y.work(17, trace.JobWork, left2, 10, 8, 1, 0)
		}, []float64{15}},
		{"never again", func(y yard) {
			y.accepted(1, 1)
			y.truth(4, trace.KindCrash, boss)
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			y := jobYard(t)
			y.submit(0.5, 1, 0)
			c.act(y)
			y.end(30)
			y.want(words.RecoveryTime, c.want)
		})
	}
}
