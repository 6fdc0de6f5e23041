package check

import (
	"hypersim/core"
	"hypersim/core/election"
)

// leads makes n a leader of the term, with a lease of 4.5 s.
func (t *tape) leads(n core.NodeID, term int64) {
	t.says(n, core.JobFact{Kind: core.JobFactVoter, From: uint8(election.Candidate), To: uint8(election.Leader), A: term, B: term})
	t.leases(n, term)
}

func (t *tape) leases(n core.NodeID, term int64) {
	t.says(n, core.JobFact{Kind: core.JobFactLease, A: term, B: int64(t.now + 4500*ms)})
}

// These are about the managers 0 and 1 of one site.
func init() {
	doctored = append(doctored, []doctoredRun{
		{id: JL1, name: "two leaders of a term", build: func(t *tape, bad bool) {
			t.at(sec).leads(0, 4)
			term := int64(5)
			if bad {
				term = 4
			}
			t.at(20*sec).leads(1, term)
		}},
		{id: JL1, name: "leases that overlap", build: func(t *tape, bad bool) {
			t.at(sec).leads(0, 4)
			t.at(3*sec).leases(0, 4)
			now := 7500 * ms
			if bad {
				now--
			}
			t.at(now).leads(1, 5)
		}},
		{id: JL1, name: "a leader that stepped down", build: func(t *tape, bad bool) {
			t.at(sec).leads(0, 4)
			if !bad {
				t.at(2*sec).says(0, core.JobFact{Kind: core.JobFactVoter, From: uint8(election.Leader), To: uint8(election.Follower), A: 4})
			}
			t.at(3*sec).leads(1, 5)
		}},
		{id: JF1, name: "a term goes back", build: func(t *tape, bad bool) {
			follows := func(term int64) {
				t.says(1, core.JobFact{Kind: core.JobFactLeader, Node: 0, To: uint8(election.Follower), A: term})
			}
			t.at(sec).leads(0, 5)
			follows(5)
			term := int64(5)
			if bad {
				term = 4
			}
			t.at(2 * sec)
			follows(term)
		}},
	}...)
}
