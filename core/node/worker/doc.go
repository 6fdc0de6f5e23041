// Package worker is the role of a worker: it registers with the managers of its datacenter, runs the shards that they
// give it, tells how far they are and how they ended (spec 20 §4.6, §7.4, §8.1).
//
// In: messages of the job layer, what membership found out about managers, time, and the ends of shards from whoever
// runs them (Ended). Out: messages, facts about jobs, and orders to run and stop shards (core.Work). How far a shard is
// it reads from a Meter.
//
// One file, one module:
//
//	worker.go     the composition: who gets which message, when who is woken
//	registry.go   managers: registration, heartbeats to them
//	execution.go  shards: dispatch, fences, cores
//	deadline.go   when to look at them
//	progress.go   how far they are, and what leaders say to that
//	result.go     how they ended, until somebody has committed it
//	cancel.go     stopping them, and asking whether to
//	transfer.go   who leads jobs from now on
//	extension.go  more time than a job has (AD-26)
//	orphan.go     shards that nobody leads
//	drain.go      leaving
//	query.go      what else a manager asks
//	stats_flush.go when that is sent, and what of it, under pressure
//	stats_signal.go what managers say of their pressure; what belongs to no shard
//	stats_window.go statistics of shards, window by window
//
// # A dispatch that is too late, told as a story
//
//  1. A manager sends a shard under token 7 and hears nothing. It sends the same again, then gives it up: a cancel of
//     token 7 goes out, and the workflow starts elsewhere under token 8.
//  2. The cancel arrives first. There is no shard, but token 7 is used up from now on (04-23).
//  3. The dispatch arrives. Token 7 is used up: STALE_FENCE, nothing runs. Had it arrived before the cancel, the shard
//     would run until the cancel stops it, and its result would be refused: the leader has moved on to token 8.
package worker
