package election

import (
	"os"
	"strings"
	"testing"

	"hypersim/core/coretest/mutants"
)

// tables notice what 200 worlds do not, for another sentence forbids the same or it takes more of them.
const tables = "^Test(Votes|PreVotes|Acks|Leaders|Gap|TermsBelongToMembers|IsolatedLeaderStepsDownFirst|StepsDown)$"

var sentences = []mutants.Mutant{
	{
		Sentence: "5.1: one vote a term",
		File:     "voter.go", Text: " &&\n\t\t(m.vote == core.NoNode || m.vote == b.Candidate)", Instead: "",
		Tests: tables,
	},
	{
		Sentence: "5.1: one vote a term, where terms belong to nobody (03-22)",
		File:     "voter.go", Text: " &&\n\t\t(m.vote == core.NoNode || m.vote == b.Candidate)", Instead: "",
		Also: []mutants.Edit{{File: "machine.go", Text: "return t + (mine+c-t%c)%c", Instead: "return t + 0*(mine+c)"}},
	},
	{
		Sentence: "5.1: a lease is renewed by acknowledgements",
		File:     "leader.go", Text: "r.acks == m.majority() {", Instead: "r.acks == 1 {",
	},
	{
		Sentence: "1.2: a voter that starts gives no vote for a while, and its acknowledgements do not count",
		File:     "start.go", Text: "m.holdoff = now.Add(m.c.Holdoff)", Instead: "m.holdoff = now",
	},
	{
		Sentence: "1.2: no vote within the holdoff, of which acknowledgements speak all the same (03-25)",
		File:     "voter.go", Text: "grant := b.Term == m.term && now >= m.holdoff &&", Instead: "grant := b.Term == m.term &&",
		Also:  []mutants.Edit{{File: "voter.go", Text: "now < m.lease, now < m.holdoff, b.LHM", Instead: "now < m.lease, b.LHM"}},
		Tests: tables,
	},
	{
		Sentence: "03-25: an acknowledgement within the holdoff does not count",
		File:     "leader.go", Text: " || b.Holdoff {", Instead: " {",
		Tests: tables,
	},
	{
		Sentence: "5.1: no vote while the lease of another lasts",
		File:     "voter.go", Text: "now >= m.holdoff && now >= m.lease && b.LHM", Instead: "now >= m.holdoff && b.LHM",
		Also: []mutants.Edit{{File: "voter.go", Text: "b.Term <= m.term, m.believes(now), now < m.lease, now", Instead: "b.Term <= m.term, now"}},
	},
	{
		Sentence: "03-26: a higher term leaves the lease alone",
		File:     "voter.go", Text: "m.term, m.vote = term, core.NoNode\n", Instead: "m.term, m.vote = term, core.NoNode\n\tm.lease = min(m.lease, now)\n",
		Tests: tables,
	},
	{
		Sentence: "03-24: a leader acts for less than its voters keep faith",
		File:     "leader.go", Text: "m.extend(r.sent.Add(m.c.Lease-m.c.Margin), fx)", Instead: "m.extend(r.sent.Add(m.c.Lease+m.c.Margin), fx)",
		Tests: tables,
	},
	{
		Sentence: "5.1: a lease counts from the sending",
		File:     "leader.go", Text: "m.extend(r.sent.Add(m.c.Lease-m.c.Margin), fx)", Instead: "m.extend(r.sent.Add(m.c.Lease-m.c.Margin+m.c.Heartbeat), fx)",
	},
	{
		Sentence: "03-26: only the end of its own leader ends a lease early",
		File:     "voter.go", Text: "if b.Term == m.term && b.Leader == m.leader {", Instead: "if b.Term <= m.term {",
		Tests: tables,
	},
	{
		Sentence: "5.1: a majority",
		File:     "machine.go", Text: "return len(m.p.Voters)/2 + 1", Instead: "return (len(m.p.Voters) + 1) / 3",
	},
}

// With HYPERSIM_ELECTION_MUTANTS=1 200 worlds must notice each, or the tables of rules where it takes more than those.
func TestMutants(t *testing.T) {
	mutants.Run(t, sentences, &mutants.Trial{
		On: os.Getenv("HYPERSIM_ELECTION_MUTANTS") != "", Limit: "120s", Tests: "^TestManyRandomWorlds$",
		Says: func(line string) bool {
			return strings.Contains(line, ": world ") || strings.Contains(line, "panic") || strings.Contains(line, "_test.go:")
		},
	})
}
