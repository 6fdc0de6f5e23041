package replica

import (
	"os"
	"strings"
	"testing"

	"hypersim/core/coretest/mutants"
)

// tables notice what a few hundred worlds do not.
const tables = "^(TestRules.*|TestAcceptance.*|TestNoAcceptance.*|TestResync|TestFormer.*)$"

var sentences = []mutants.Mutant{
	{Sentence: "03-1, 04-1: the claimant merges what acceptances carry", File: "claimed.go", Text: "if len(a.Entry) > 0 {", Instead: "if len(a.Entry) > 99 {"},
	{Sentence: "04-1: it counts its own replica as it is when it claims", File: "claim.go", Text: "(c.best.Epoch == 0 || !greater(&c.best, &r.entry))", Instead: "c.best.Epoch == 0"},
	{Sentence: "04-1: a holder that claims anew begins with what it knows when it has won", File: "claim.go", Text: "if r.lead != nil && !greater(&c.best, &r.entry) {", Instead: "if r.lead != nil && c.best.Epoch == 0 {", Tests: tables},
	{Sentence: "04-7: a tombstone answers the question for another", File: "tombs.go", Text: "if e.Reason == ReasonAccept {\n\t\t\treturn StandTerminal", Instead: "if e.Reason == ReasonHandover {\n\t\t\treturn StandTerminal", Tests: tables},
	{Sentence: "03-3, 04-5: a claim only when a majority would accept", File: "claim.go", Text: "bits(c.yes)+1 < m.majority()", Instead: "bits(c.answered)+1 < m.majority()", Tests: tables},
	{Sentence: "03-4: an acceptance keeps others out", File: "rule.go", Text: "case now < r.window &&", Instead: "case now < 0 &&", Tests: tables},
	{Sentence: "03-9: a DELTA has a base", File: "store.go", Text: "case e.Kind == EntryDelta && e.Base == r.entry.Seq:", Instead: "case e.Kind == EntryDelta:"},
	{Sentence: "03-10: an ACCEPT that is not above is rejected", File: "store.go", Text: "e.Seq <= r.entry.Seq && r.holder() == h && r.promise.Holder == h {", Instead: "e.Seq <= r.entry.Seq {", Tests: tables},
	{Sentence: "03-11: the holder is a process", File: "machine.go", Text: "m.lives[i] > h.Instance || ", Instead: "", Tests: tables},
	{Sentence: "10 §2.6: membership may hear a new process first", File: "machine.go", Text: "m.alive(i, m.owner.Process(p))", Instead: "m.owner.Process(p)", Tests: tables},
	{Sentence: "10 §2.6: a tombstone is lost with the process that stored it", File: "machine.go", Text: "r.grave.acks &^= 1 << i", Instead: "r.grave.acks &^= 0", Tests: tables},
	{Sentence: "03-12: a higher held epoch ends leadership", File: "store.go", Text: "if r.lead != nil && (r.holder() != m.me || r.entry.Epoch < epoch) {", Instead: "if r.lead != nil && r.holder() == m.me && epoch == 0 {"},
	{Sentence: "04-5: a holder that a promise cuts off claims anew", File: "round.go", Text: "case l.reclaim == core.Never && r.claim == nil && b.Ready:", Instead: "case l.reclaim != core.Never && r.claim == nil && b.Ready:"},
	{Sentence: "04-5: entries below a promise are refused", File: "store.go", Text: "case e.Epoch < r.seen():", Instead: "case e.Epoch < r.entry.Epoch:"},
	{Sentence: "04-8: an ack that is not ready is none", File: "round.go", Text: "case b.Ready && v.Epoch == r.entry.Epoch", Instead: "case v.Epoch == r.entry.Epoch", Tests: tables},
	{Sentence: "04-9: who does not know the job accepts a claim with its entry", File: "rule.go", Text: "if !b.entry {", Instead: "if !b.entry || b.reason != ReasonAccept {", Tests: tables},
	{Sentence: "03-14, 04-10: resync from more than one", File: "resync.go", Text: ">= others+1-m.majority()+1", Instead: ">= 1"},
	{Sentence: "03-14: resync reads promises", File: "resync.go", Text: "m.learnt(now, f.Job, f.Promised, f.Entry, fx)", Instead: "m.learnt(now, f.Job, 0, f.Entry, fx)", Tests: tables},
	{Sentence: "resync waits until no ack of the earlier life counts", File: "resync.go", Text: "m.reading.next = now.Add(m.cfg.Lease.Holdoff)", Instead: "m.reading.next = now", Tests: tables},
	{Sentence: "04-45: an ack counts for 6 s", File: "lead.go", Text: "l.agreed(need, now.Add(-m.cfg.Lease.commitWindow()))", Instead: "l.agreed(need, nobody)", Tests: tables},
	{Sentence: "5.2: a lease is renewed by acks", File: "round.go", Text: "\t\tif !r.lead.accepting {\n\t\t\tb.Entries", Instead: "\t\tif r.lead.until = now.Add(m.cfg.Lease.Duration); !r.lead.accepting {\n\t\t\tb.Entries"},
	{Sentence: "5.2: it counts from the sending", File: "round.go", Text: "max(a.seq, v.Seq), max(a.at, at)", Instead: "max(a.seq, v.Seq), max(a.at, at, now)", Tests: tables},
	{Sentence: "04-7: a tombstone answers entries", File: "store.go", Text: "m.tombs.Find(now, e.Job); ok {\n\t\treturn StandTerminal", Instead: "m.tombs.Find(now, e.Job); ok && e.Epoch == 0 {\n\t\treturn StandTerminal"},
	{Sentence: "04-13: the promise outlives the failed acceptance", File: "lead.go", Text: "\t\t\tr.entry = Entry{}\n", Instead: "\t\t\tr.entry, r.promise.Token = Entry{}, 0\n"},
	{Sentence: "04-15: a cancel tombstone is a commit", File: "tombs.go", Text: "bits(g.acks)+1 >= m.majority()", Instead: "bits(g.acks)+1 >= 1"},
	{Sentence: "04-15: a member with a record refuses it", File: "tombs.go", Text: "case r.known() || r.claim != nil ||", Instead: "case r.claim != nil ||"},
	{Sentence: "04-47: a remembered cancel stores no ACCEPT", File: "rule.go", Text: "b.reason == ReasonAccept && r.cancel > now", Instead: "b.reason == ReasonAccept && r.cancel < 0", Tests: tables},
	{Sentence: "the withdrawal of a handover is committed before the holder decides again", File: "lead.go", Text: " && l.committed >= l.withdrawn", Instead: "", Tests: tables},
	{Sentence: "a holder that has promised its job is no member of its majority", File: "lead.go", Text: "if r.seen() == r.entry.Epoch { // a holder", Instead: "if r.seen() > 0 { // a holder", Tests: tables},
	{Sentence: "a member that is not ready accepts no acceptance", File: "store.go", Text: "if !m.ready {\n\t\treturn StandMissing", Instead: "if m.p.Self == core.NoNode {\n\t\treturn StandMissing", Tests: tables},
	{Sentence: "5.3 no. 2: a lease keeps others out", File: "rule.go", Text: "r.lead != nil, r.lease <= now, m.gone(h)", Instead: "r.lead != nil, r.lease <= core.Never, m.gone(h)"},
	{Sentence: "01-20: an acceptance is never greater than what is held", File: "record.go", Text: "\treturn b.claims()\n", Instead: "\treturn above(&a.Head, &b.Head)\n", Tests: tables},
	{Sentence: "5.3 no. 2: a job that others have is not new", File: "lead.go", Text: "if len(m.p.Peers) > 0 && r.heard(m.me) {", Instead: "if len(m.p.Peers) > 9 && r.heard(m.me) {", Tests: tables},
	{Sentence: "04-5: a head that may be of an acceptance ends nobody's leadership", File: "resync.go", Text: "r != nil && h.Seq > acceptSeq {", Instead: "r != nil {", Tests: tables},
	{Sentence: "03-12: a head that can be of none ends it at once", File: "resync.go", Text: "r != nil && h.Seq > acceptSeq {", Instead: "r != nil && h.Seq > 99 {", Tests: tables},
	{Sentence: "04-8: committed is what a majority has", File: "lead.go", Text: "\tneed := m.majority()\n", Instead: "\tneed := m.majority() - 1\n"},
}

// With HYPERSIM_REPLICA_MUTANTS=1 (and 600 for HYPERSIM_REPLICA_WORLDS) the worlds must notice each, or the tables where it takes more
// worlds than one has time for.
func TestMutants(t *testing.T) {
	mutants.Run(t, sentences, &mutants.Trial{
		On: os.Getenv("HYPERSIM_REPLICA_MUTANTS") != "", Limit: "120s", Tests: "^TestManyRandomWorlds$",
		Says: func(line string) bool {
			return strings.Contains(line, ": world ") || strings.Contains(line, "panic") || strings.Contains(line, ".go:")
		},
	})
}
