package metrics

import (
	"bytes"
	"testing"

	"hypersim/core"
	"hypersim/core/election"
	"hypersim/core/job"
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

// Each part of a voter has its row, from when to when, and those of leaders say when they might act; where nobody ever led
// there are none.
func TestElectionRows(t *testing.T) {
	s := flat(t, 3)
	says := func(sec float64, n core.NodeID, f core.JobFact) {
		s.now = at(sec)
		s.rec.RecordJob(&trace.JobRecord{At: at(sec), Local: at(sec + 1000), Kind: trace.JobFact, Node: n, Fact: f})
	}
	part := func(sec float64, n core.NodeID, from, to election.Role, term int64) {
		says(sec, n, core.JobFact{Kind: core.JobFactVoter, From: uint8(from), To: uint8(to), A: term, B: term})
	}
	lease := func(sec float64, n core.NodeID, until float64) {
		says(sec, n, core.JobFact{Kind: core.JobFactLease, A: 1, B: int64(at(until + 1000))})
	}
	part(0, 0, election.Follower, election.Leader, 1) // at its start: it never was a follower
	lease(0.5, 0, 5)
	lease(2, 0, 6.5)
	s.truth(5, trace.KindCrash, 0) // while it might act
	part(9, 1, election.Follower, election.PreCandidate, 1)
	part(11, 1, election.PreCandidate, election.Candidate, 2)
	part(17, 1, election.Candidate, election.Leader, 2)
	lease(17.5, 1, 22)
	part(25, 1, election.Leader, election.Follower, 2) // after its lease
	s.truth(30, trace.KindStart, 0)
	part(40, 2, election.Follower, election.Leader, 3)
	lease(41, 2, 60)
	r := s.end(50)
	var b bytes.Buffer
	if err := WriteCSV(&b, "elections.csv", r.Tables()); err != nil {
		t.Fatal(err)
	}
	const want = `cluster,node,part,term,start_s,end_s,acts_from_s,acts_to_s
site:a,a/manager/1,FOLLOWER,0,0,9,,
site:a,a/manager/2,FOLLOWER,0,0,40,,
site:a,a/manager/0,LEADER,1,0,5,0.5,5
site:a,a/manager/1,PRE_CANDIDATE,1,9,11,,
site:a,a/manager/1,CANDIDATE,2,11,17,,
site:a,a/manager/1,LEADER,2,17,25,17.5,22
site:a,a/manager/1,FOLLOWER,2,25,,,
site:a,a/manager/0,FOLLOWER,0,30,,,
site:a,a/manager/2,LEADER,3,40,,41,
`
	if b.String() != want {
		t.Errorf("have\n%s\nwant\n%s", b.String(), want)
	}
	if nobody := flat(t, 3).end(50); len(nobody.Voters) > 0 {
		t.Errorf("where nobody leads: %v", nobody.Voters)
	}
}

// Nobody decides from the end of a holder, or of its lease, to the lease of the next.
func TestHoldings(t *testing.T) {
	s := flat(t, 3)
	part := func(sec float64, n core.NodeID, what int64) {
		s.now = at(sec)
		s.rec.RecordJob(&trace.JobRecord{At: at(sec), Kind: trace.JobFact, Node: n, Fact: core.JobFact{Kind: core.JobFactHolder, Job: 7, A: what, B: 1, Epoch: 1}})
	}
	part(1, 0, holdAccepted)
	s.truth(5, trace.KindCrash, 0)
	part(25, 1, holdWon)
	part(25.5, 1, holdResumes)
	part(30, 1, holdSuspends)
	part(32, 1, holdResumes)
	part(40, 1, holdSuspends)
	part(50, 2, holdWon)
	part(50.5, 2, holdResumes)
	part(60, 1, holdLost) // it hears of it
	part(70, 2, holdSuspends)
	part(71, 1, holdWon)
	part(71.5, 1, holdResumes)
	part(80, 1, holdSuspends)
	s.rec.RecordJob(&trace.JobRecord{At: at(81), Kind: trace.JobFact, Node: 1, Fact: core.JobFact{Kind: core.JobFactState, Job: 7, From: uint8(job.StateRunning), To: uint8(job.StateCompleted)}})
	s.end(90)
	s.want(words.HolderGap, []float64{20.5, 2, 10.5, 1.5})
	s.want(words.ClaimWon, []float64{1, 1, 1})
	s.want(words.HolderLost, []float64{1}, "observer", "a/manager/1")
}
