package metrics

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Each commit is one observation, of who held the job.
func TestCommitLatency(t *testing.T) {
	s := flat(t, 2)
	for i, sec := range []float64{0.25, 1.5} {
		s.rec.RecordJob(&trace.JobRecord{At: at(float64(5 + i)), Kind: trace.JobFact, Node: core.NodeID(i), Workload: -1, Fact: core.JobFact{
			Kind: core.JobFactCommit, Job: 1, Epoch: 1, A: int64(at(sec)), B: 3,
		}})
	}
	s.end(180)
	s.want(words.CommitLatency, []float64{0.25, 1.5})
	s.want(words.CommitLatency, []float64{0.25, 1.5}, "role", "manager", "site", "a")
	s.want(words.CommitLatency, nil, "role", "gate")
}
