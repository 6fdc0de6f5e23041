// Package client is the role of a client: it hands jobs to the cluster, follows them, and takes them back
// (spec 20 §8.2, §8.5, §7.1 phase 1). A client is a member of no group.
//
// In: jobs from whoever uses it (Submit, Cancel), messages, time. Out: messages, and facts about jobs: handed in,
// accepted or given up, and exactly one outcome each.
//
// One file, one module:
//
//	client.go      the composition
//	target.go      whom to ask
//	submission.go  handing a job in
//	again.go       handing it in again
//	leader.go      who leads it, under which epoch
//	tracking.go    following it
//	watch.go       when nobody speaks of it
//	ending.go      how it ended
//	cancel.go      taking it back
//	single.go      taking one workflow of it back
package client
