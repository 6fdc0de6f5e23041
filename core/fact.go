package core

// FactKind says what a fact reports. Comments name the fields that a kind uses; the rest are zero.
type FactKind uint8

// Facts. Subject is whom the fact is about (the observer itself where it says self).
const (
	FactNone FactKind = iota

	// FactTransition: a record changed state or incarnation. From, To, Inc (new), A (old incarnation,
	// −1 if there was no record or tombstone), Cause, Other (accuser for SUSPECT and DEAD), Role.
	FactTransition
	// FactCallback: what role logic is told (spec 10 §2.7). Callback, Cause (source of a death, reason of a
	// removal), Other (accuser), Inc, Role.
	FactCallback

	// FactProbeStarted: Subject, A = seq, B = tick number of this node (all its ticks), N = list length.
	FactProbeStarted
	// FactProbeEnded: Subject, A = seq, Cause = CauseAck, CauseIndirectAck, CauseStreamAck (only a stream got
	// through: its datagrams are blocked), CauseProbeFailed, CauseVoid or CauseNone (unconfirmed target: nothing
	// happens), B = elapsed ns.
	FactProbeEnded
	// FactTick: the probe tick number A passed without probing anybody; Cause = CauseDegraded or CauseIdle.
	FactTick

	// FactSuspicionStarted: Subject, Inc, Other = first accuser, A = Min ns, B = Max ns, N = K, At = deadline.
	FactSuspicionStarted
	// FactSuspicionConfirmed: Subject, Inc, Other = accuser, N = C, At = new deadline.
	FactSuspicionConfirmed
	// FactSuspicionGrace: the one re-arming after a pause (§4.2). Subject, At = new deadline.
	FactSuspicionGrace
	// FactSuspicionEnded: Subject, Cause = CauseRefuted, CauseExpired, CauseLeft, CauseGossip, CauseRemoved;
	// A = lateness of the timer ns (CauseExpired), B = age ns.
	FactSuspicionEnded

	// FactLHM: self. A = new score, B = old score, Cause.
	FactLHM
	// FactDegradation: self. A = new level, B = old level.
	FactDegradation
	// FactIncarnation: self raised its incarnation. Inc = new, A = old, Cause = CauseRefute, CauseOlderProcess,
	// CauseJoinRequired.
	FactIncarnation
	// FactAccused: self is accused at Inc ≥ own. Other = accuser.
	FactAccused

	// FactQueued: an update was put into the gossip queue. Subject, Inc, A = update type, Other = accuser,
	// Cause = CauseFresh, CauseConfirmation, CauseSelf; N = limit.
	FactQueued
	// FactRetired: an update left the queue. Subject, Inc, A = update type, Other, B = transmissions, N = limit,
	// Cause = CauseLimit, CauseSuperseded, CauseOverflow, CauseAge.
	FactRetired

	// FactConfirmAttempt: one proactive or reactive ping to an UNCONFIRMED peer. Subject, Role, Cause.
	FactConfirmAttempt
	// FactTimeout: an adaptive timeout was computed. Subject, A = result ns, B = base ns; X holds the factors
	// lhm, degradation, latency_mult, confidence_adj, peer_health.
	FactTimeout
	// FactJoin: self. Subject = seed, Cause = CauseJoinSent, CauseJoinAccepted, CauseJoinRetry, CauseJoinRejected,
	// CauseJoinFailed; A = attempts so far.
	FactJoin
	// FactSync: Subject = partner, Cause = CauseSyncEqual, CauseSyncFull, CauseSyncFailed.
	FactSync
	// FactFatal: self must stop; its state cannot go on (§2.4 last row).
	FactFatal
	// FactStopped: self has finished leaving; the driver may stop the process.
	FactStopped
	// FactReach: the reachability of a datacenter changed (§9). Subject = the leader probed, A = datacenter,
	// B = new state, N = old state, Cause.
	FactReach
	// FactScopeSuspected: the job layer began to suspect Subject for scope A (§8). Inc, B = evidence source,
	// N = C, At = deadline.
	FactScopeSuspected
	// FactScopeConfirmed: another source did. As FactScopeSuspected, with the new deadline.
	FactScopeConfirmed
	// FactScopeEnded: Subject, A = scope, Inc, Cause = CauseRefuted, CauseExpired (DEAD_JOB from now on),
	// CauseRemoved (scope cleared) or CauseGossip (cleared by the global layer); B = age ns, N = 1 if it was
	// DEAD_JOB.
	FactScopeEnded
	// FactScopeExtended: a granted extension moved the deadline later. As FactScopeSuspected, with B = what was
	// granted, ns.
	FactScopeExtended
	// FactSuspicionExtended: the same in the global layer (§5.3). Subject, Inc, A = what was granted, ns, At = new
	// deadline.
	FactSuspicionExtended

	NumFactKinds = 28
)

var factNames = [NumFactKinds]string{
	"none", "transition", "callback", "probe_started", "probe_ended", "tick", "suspicion_started",
	"suspicion_confirmed", "suspicion_grace", "suspicion_ended", "lhm", "degradation", "incarnation", "accused",
	"queued", "retired", "confirm_attempt", "timeout", "join", "sync", "fatal", "stopped",
	"reach", "scope_suspected", "scope_confirmed", "scope_ended", "scope_extended", "suspicion_extended",
}

func (k FactKind) String() string {
	if int(k) < len(factNames) {
		return factNames[k]
	}
	return "unknown"
}

// Callback is what role logic is told about a member (spec 10 §2.7, AD-31).
type Callback uint8

// Callbacks.
const (
	CallbackNone Callback = iota
	CallbackPeerConfirmed
	CallbackPeerRemoved
	CallbackJoined
	CallbackSuspected
	CallbackRefuted
	CallbackDied
	CallbackLeft
	CallbackRecovered
	CallbackPeerRestarted
	CallbackRoleLearned
	NumCallbacks = 11
)

var callbackNames = [NumCallbacks]string{
	"none", "peer_confirmed", "peer_removed", "joined", "suspected", "refuted", "died", "left", "recovered",
	"peer_restarted", "role_learned",
}

func (c Callback) String() string {
	if int(c) < len(callbackNames) {
		return callbackNames[c]
	}
	return "unknown"
}

// Cause says why. One list serves all facts, so that a reader learns one vocabulary.
type Cause uint8

// Causes. The first group are the events of spec 10 §2.3.
const (
	CauseNone        Cause = iota
	CauseConfigured        // configuration, join list, full sync
	CauseAlive             // hearsay: alive
	CauseJoined            // hearsay: join
	CauseSuspect           // hearsay: suspect
	CauseDead              // hearsay: dead
	CauseLeft              // hearsay: left
	CauseSeen              // valid message from the subject itself
	CauseConfirm           // confirming event (§2.5)
	CauseProbeFailed       // own probe failed
	CauseSilent            // worker silent past its deadline (§10.4)
	CauseExpired           // suspicion timer
	CauseRoleTimeout       // UNCONFIRMED: passive timeout expired
	CauseExhausted         // UNCONFIRMED: proactive attempts used up and timed out
	CauseRetention         // record aged out
	CauseEvicted           // table full (§2.6)

	CauseAck
	CauseIndirectAck
	CauseVoid
	CauseNackMissing // a probe failed with nacks missing
	CauseLag         // own timer late
	CauseRecovered   // own timer on time again
	CauseDegraded
	CauseIdle

	CauseRefute
	CauseRefuted
	CauseOlderProcess
	CauseJoinRequired
	CauseGossip
	CauseRemoved

	CauseFresh
	CauseConfirmation
	CauseSelf
	CauseLimit
	CauseSuperseded
	CauseOverflow
	CauseAge

	CauseProactive
	CauseReactive

	CauseJoinSent
	CauseJoinAccepted
	CauseJoinRetry
	CauseJoinRejected
	CauseJoinFailed
	CauseSyncEqual
	CauseSyncFull
	CauseSyncFailed

	CauseStreamAck // of a probe: the target answered over a stream and in no other way
	NumCauses      = 48
)

var causeNames = [NumCauses]string{
	"none", "configured", "alive", "join", "suspect", "dead", "left", "seen", "confirm", "probe_failed", "silent",
	"expired", "passive_timeout_expired", "exhausted_proactive_attempts", "retention", "evicted",
	"ack", "indirect_ack", "void", "nack_missing", "lag", "recovered", "degraded", "idle",
	"refute", "refuted", "older_process", "join_required", "gossip", "removed",
	"fresh", "confirmation", "self", "limit", "superseded", "overflow", "age",
	"proactive", "reactive",
	"join_sent", "join_accepted", "join_retry", "join_rejected", "join_failed", "sync_equal", "sync_full", "sync_failed",
	"stream_ack",
}

func (c Cause) String() string {
	if int(c) < len(causeNames) {
		return causeNames[c]
	}
	return "unknown"
}

// Fact is one thing that a machine reports about its own state: what checks, metrics and role logic
// read. It is a plain value without pointers.
type Fact struct {
	Kind     FactKind
	From, To MemberState
	Cause    Cause
	Callback Callback
	Role     Role
	Inc      uint32
	Subject  NodeID
	Other    NodeID
	N        int32
	A, B     int64
	At       Instant // local time
	X        [5]float32
}
