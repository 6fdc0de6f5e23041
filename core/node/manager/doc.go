// Package manager is the role of a manager: it takes jobs, leads them, gives their workflows to the workers of its
// datacenter and brings the results home (spec 20).
//
// In: messages of the job layer, what membership found out about workers, time. Out: messages, facts about jobs. A
// manager never looks at a clock and has no thread of its own; whoever drives its node drives it.
//
// One file, one module; each table has one owner:
//
//	manager.go     the composition: who gets which message, when who is woken
//	registry.go    workers: registration, heartbeats, loss
//	health.go      whether they get on, who is given up
//	accept.go      submissions, and what makes one a job here
//	record.go      what is kept of a job, its workflows and their shards
//	lifecycle.go   states of jobs and workflows, dependencies, attempts that failed
//	place.go       which workflows start where
//	dispatch.go    shards on their way to workers, and those taken back
//	progress.go    how far shards are
//	result.go      how shards ended, how workflows and jobs end
//	cancel.go      stopping jobs, workflows and shards
//	lead.go        which jobs this process holds in its cluster, and what waits for that
//	commit.go      what is told, done or started only once a majority has it
//	mirror.go      what the other members are told of a job
//	takeover.go    jobs whose holder is gone: claims, and workers told and asked
//	restore.go     a record made from an entry
//	rebuild.go     what a new holder makes of the shards that workers have
//	provision.go   cores that the members agree on before a workflow starts
//	drain.go       handing jobs over
//	push.go        telling clients
//	query.go       answering them
//	timeout*.go    how long jobs and workers may take
//	retention.go   forgetting
//	stats_buffer.go what is kept of statistics, and how full that is
//	stats_window.go statistics of workflows, window by window
//
// # A worker dies, told as a story
//
//  1. The worker crashes while it runs a shard. Nothing happens: it is silent.
//  2. After 30 s without a word it is evicted (health.go); membership holds it SUSPECT, too: nothing new goes there. Evicted, DEAD, LEFT
//     or back as another process: in that event, for each job in the order of ids, its shards are lost, their cores forgotten, their attempts failed.
//  3. An attempt that failed so is due again after a pause, at workers other than that one, under a token that no older
//     shard has. Whatever the old worker may still say about the old one is stale, and told so.
//  4. A result that was on its way when the worker died and arrives before step 2 counts. After it, it does not: the
//     token of its attempt is not the current one.
package manager
