package replica

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Params say whose replicas they are.
type Params struct {
	Self     core.NodeID
	Role     core.Role
	Instance uint32        // start count of the process
	Peers    []core.NodeID // the other configured members of the cluster, by id: C is one more, whoever is alive
	Seed     uint64        // of the run; draws are keyed by (Seed, purpose, Key, Instance)
	Key      uint64        // of the node's name (rng.Key)

	// Formed: the process begins as a member that has lost nothing, for there is nothing yet. Any other one is ready
	// after it has read others.
	Formed bool

	Config     *Config // shared, read only
	Graves     int     // how many tombstones at most,
	GravesKeep core.Duration
}

// Owner is the role that has the machine. It is called within Receive, Wake and the methods of the machine; it may call
// the machine, but to give it messages or time.
type Owner interface {
	// Gone reports whether membership holds the node DEAD or LEFT here.
	Gone(n core.NodeID) bool

	// Process returns the newest process of the node that membership has heard here, 0 if it knows of none.
	Process(n core.NodeID) uint32

	// Accepted says how an Accept ended, once each: OK, NO_QUORUM with Tried, NOT_LEADER or ALREADY_TERMINAL. After OK the
	// job is led with a valid lease; after anything else there is no record of it.
	Accepted(now core.Instant, id job.ID, a call.Answer, fx *core.Effects)

	// Won: this process leads the job under a new epoch, and begins with the entry, which may be edited at once. It may
	// decide nothing before Resumed. A holder wins its own job anew when a failed claim of another has cut it off.
	Won(now core.Instant, id job.ID, e *Entry, fx *core.Effects)

	// Unclaimed: a Claim came to nothing. Who still wants the job claims again.
	Unclaimed(now core.Instant, id job.ID, fx *core.Effects)

	// Committed: everything up to seq is held by a majority, under the epoch of this process.
	Committed(now core.Instant, id job.ID, seq uint64, fx *core.Effects)

	// Suspended and Resumed: nothing may be started or decided in between; what runs goes on.
	Suspended(now core.Instant, id job.ID, fx *core.Effects)
	Resumed(now core.Instant, id job.ID, fx *core.Effects)

	// Lost: another one holds the job, or it is over. The role forgets it without a word to anybody (J29).
	Lost(now core.Instant, id job.ID, fx *core.Effects)

	// Buried: the tombstone of a job that nobody knew is committed, or not (04-15).
	Buried(now core.Instant, id job.ID, committed bool, fx *core.Effects)
}
