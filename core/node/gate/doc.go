// Package gate is the role of a gate: it takes jobs of clients, gives them to datacenters, merges what becomes of them
// there and tells the client once how the job ended (spec 20).
//
// In: messages of the job layer, what membership found out about other gates, time. Out: messages, facts about jobs. A
// gate never speaks to a worker, never looks at a clock and has no thread of its own.
//
// One file, one module; each table has one owner:
//
//	gate.go        the composition: who gets which message, when who is woken
//	record.go      what is kept of a job that this gate leads, and of its datacenters
//	registry.go    which managers are registered, and this gate with them
//	submission.go  what makes a submission a job here (G1–G7)
//	leading.go     what the cluster of gates says: accepted, committed, lost, won
//	entry.go       a record as it is replicated, and back
//	dispatch.go    how many datacenters are asked, and which next (G8, G9)
//	attempt.go     one datacenter being asked
//	result.go      how the job ended in a datacenter
//	decision.go    how a job ends: once, committed first, told then
//	merge.go       the outcome of all datacenters in one
//	cancel.go      stopping a job
//	owed.go        cancels that a datacenter has to get, sooner or later
//	single.go      stopping one workflow
//	transfer.go    managers that took a job over
//	progress.go    how far jobs are
//	push.go        telling clients
//	flows.go       results of single workflows, merged over datacenters
//	query.go       answering clients
//	flow_query.go  answering them about workflows, which managers know
//	held.go        requests that wait for an answer that is not known yet
//	retention.go   forgetting
//	stats_forward.go what is passed on under pressure
//
// # A job with three datacenters, told as a story
//
//  1. A client asks any gate. One that is not the owner of the job by the ring (core/job) names the owner. The owner
//     checks the job, and commits the record of it: a majority of gates has it. Before that nobody is told anything; a
//     repeat of the submission waits.
//  2. The job goes to as many datacenters as it wants. Each has 8 s. One that refuses is replaced by the next. One of
//     which nobody knows whether it accepted is replaced too, and owed a cancel from then on; while there is nobody in
//     its place it is asked again, for a submission counts once.
//  3. When all places are taken, or nobody is left to ask, the job is RUNNING. From now on a datacenter that is no target
//     hears that the job is CANCELLED, whatever it says.
//  4. Each datacenter says how the job ended there, and then brings the data. Both are answered after their commit. When
//     all have ended the job is COMPLETING, and waits for the data, though not for ever.
//  5. The outcome is a decision: written into the entry, committed, and only then told to anybody, the client first of
//     all. Who asks meanwhile what became of the job waits for the commit.
//  6. The client acknowledges, or was told four times: delivered. What is left after a while is a tombstone.
//
// # The gate dies at any of these steps
//
// Another gate has the entry (core/replica), claims the job and goes on where the entry is: datacenters that may have
// been asked count as unknown and are asked first, a decision that was not committed is committed as it stands, a
// cancel is sent again. The old gate, if it was only cut off, finds that nothing of it is committed any more, and forgets
// the job without a word.
package gate
