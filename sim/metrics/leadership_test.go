package metrics

import (
	"testing"

	"hypersim/core"
	"hypersim/core/election"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// A gap is from the end of what a leader may do to the first lease of the next; overlapping leases are counted once.
func TestLeaderships(t *testing.T) {
	s := flat(t, 3)
	says := func(sec float64, n core.NodeID, f core.JobFact) {
		s.now = at(sec)
		s.rec.RecordJob(&trace.JobRecord{At: at(sec), Local: at(sec + 1000), Kind: trace.JobFact, Node: n, Fact: f})
	}
	lease := func(sec float64, n core.NodeID, until float64) {
		says(sec, n, core.JobFact{Kind: core.JobFactLease, A: 1, B: int64(at(until + 1000))})
	}
	round := func(sec float64, n core.NodeID, won uint8) {
		says(sec, n, core.JobFact{Kind: core.JobFactRound, From: uint8(election.Candidate), To: won, A: 2, B: 2})
	}
	lease(0, 0, 4.5)
	lease(2, 0, 6.5)
	lease(4, 0, 8.5)
	s.truth(5, trace.KindCrash, 0) // while it might act
	says(9, 1, core.JobFact{Kind: core.JobFactRound, From: uint8(election.PreCandidate), To: 1, A: 2, B: 2})
	round(15, 1, 0)
	round(17, 2, 1)
	lease(18, 2, 22)
	says(20, 2, core.JobFact{Kind: core.JobFactVoter, From: uint8(election.Leader), To: uint8(election.Follower)})
	lease(21, 1, 25)
	lease(24, 2, 28) // too early
	lease(24.5, 2, 28.5)
	lease(40, 1, 44)
	s.end(50)
	s.want(words.LeaderGap, []float64{13, 1, 11.5, 6})
	s.want(words.LeaderGap, []float64{13}, "observer", "a/manager/2", "group", "flat")
	s.want(words.DualLeader, []float64{1})
	s.want(words.LeaderChanges, []float64{1, 1, 1, 1})
	s.want(words.ElectionRounds, []float64{2}, "observer", "a/manager/2")
}
