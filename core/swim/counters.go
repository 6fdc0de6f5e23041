package swim

import "hypersim/core"

// ownKinds is how many kinds of message are membership's.
const ownKinds = 13

// Counters are the monotone counters of one node (spec 10 §12).
type Counters struct {
	Sent, Received [1 + ownKinds]uint64 // by core.Kind.Place; 0: kinds of other rooms

	Probes, ProbesAcked, ProbesFailed, ProbesVoid, ProbesFailedUnconfirmed uint64
	IndirectStarted, IndirectSaved, AcksUnmatched, Declined, TicksSkipped  uint64
	StreamPings, StreamSaved                                               uint64 // probes asked over a stream, answered only there

	SuspicionsStarted, SuspicionsConfirmed, SuspicionsRefuted, SuspicionsExpired uint64
	SuspicionsRefused, SkippedUnconfirmed, GossipDeaths                          uint64
	Refutations, RefutationsDeferred                                             uint64

	Enqueued, Transmitted, Superseded, Overflowed, Aged uint64
	Fresh, Duplicate, Stale, Invalid, Suspicious        uint64

	HealthFresh, HealthSent                      uint64 // health entries (§4.6)
	WorkersFresh, WorkersSent, WorkersOverflowed uint64 // worker-state entries (§6)

	JoinsAccepted, JoinsRetried, JoinsFailed uint64
	JoinsRejected                            [NumRejects]uint64
	ZombieRejections                         uint64
	ReconnectsTried, ReconnectsSucceeded     uint64 // pings to who is DEAD (§7.4), or silenced here and said to live
	SyncsEqual, SyncsFull, SyncsFailed       uint64
	RateLimited, Malformed                   uint64
	Evicted, MembersRefused, Leaves          uint64

	ConfirmAttempts    [core.NumRoles]uint64 // active pings to UNCONFIRMED peers, by role of the peer
	ConfirmProactive   [core.NumRoles]uint64 // of these the proactive ones
	ConfirmSuccess     [core.NumRoles]uint64 // of these answered while the peer was still UNCONFIRMED
	Confirmed          [core.NumRoles]uint64 // peers that became OK from UNCONFIRMED or from nothing
	UnconfirmedRemoved [core.NumRoles][NumRemovals]uint32
	StaleUnconfirmed   uint64 // peers that were unconfirmed for longer than confirm.stale

	Transitions [core.NumStates][core.NumStates]uint32
}
