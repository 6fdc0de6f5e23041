package core

// FactKind says what a fact reports. All that is known of a kind stands in its row of facts below.
type FactKind uint8

// Facts. Subject is whom the fact is about (the observer itself where the row says self).
const (
	FactNone FactKind = iota
	FactTransition
	FactCallback
	FactProbeStarted
	FactProbeEnded
	FactTick
	FactSuspicionStarted
	FactSuspicionConfirmed
	FactSuspicionGrace
	FactSuspicionEnded
	FactLHM
	FactDegradation
	FactIncarnation
	FactAccused
	FactQueued
	FactRetired
	FactConfirmAttempt
	FactTimeout
	FactJoin
	FactSync
	FactFatal
	FactStopped
	FactReach
	FactScopeSuspected
	FactScopeConfirmed
	FactScopeEnded
	FactScopeExtended
	FactSuspicionExtended
	NumFactKinds = 28
)

// factRow is all that is known of a kind of fact. The general fields A, B, N, At and Other mean what it says, "" is unused;
// machines fill them (Put) and readers ask for them (Get) by these names.
type factRow struct {
	name string
	room Room
	doc  string

	other, a, b, n, at string
}

var facts = [NumFactKinds]factRow{
	FactNone: {name: "none"},
	// From, To, Cause, Role; old_incarnation: −1 if there was no record or tombstone; accuser: for SUSPECT and DEAD.
	FactTransition: {name: "transition", room: RoomMembership, doc: "a record changed state or incarnation; inc is the new one", other: "accuser", a: "old_incarnation"},
	// Callback, Cause (source of a death, reason of a removal), Inc, Role.
	FactCallback: {name: "callback", room: RoomMembership, doc: "what role logic is told (spec 10 §2.7)", other: "accuser"},
	// To, how the subject is held; tick: of this node, all its ticks; list: length of the probe list.
	FactProbeStarted: {name: "probe_started", room: RoomMembership, doc: "a probe of the subject began", a: "seq", b: "tick", n: "list"},
	// Cause = CauseAck, CauseIndirectAck, CauseStreamAck (only a stream got through: its datagrams are blocked), CauseProbeFailed, CauseVoid or CauseNone (unconfirmed target: nothing happens); elapsed: ns.
	FactProbeEnded: {name: "probe_ended", room: RoomMembership, doc: "it ended", a: "seq", b: "elapsed"},
	// Cause = CauseDegraded or CauseIdle.
	FactTick: {name: "tick", room: RoomMembership, doc: "a probe tick passed without probing anybody", a: "tick"},
	// Inc; accuser: the first; min, max: ns.
	FactSuspicionStarted: {name: "suspicion_started", room: RoomMembership, doc: "the subject is suspected", other: "accuser", a: "min", b: "max", n: "confirmations", at: "deadline"},
	// Inc.
	FactSuspicionConfirmed: {name: "suspicion_confirmed", room: RoomMembership, doc: "another member suspects it, too", other: "accuser", n: "confirmations", at: "deadline"},
	FactSuspicionGrace:     {name: "suspicion_grace", room: RoomMembership, doc: "the one re-arming after a pause (§4.2)", at: "deadline"},
	// Cause = CauseRefuted, CauseExpired, CauseLeft, CauseGossip, CauseRemoved; lateness: of the timer, ns (CauseExpired); age: ns.
	FactSuspicionEnded: {name: "suspicion_ended", room: RoomMembership, doc: "a suspicion ended", a: "lateness", b: "age", n: "confirmations"},
	// Cause.
	FactLHM:         {name: "lhm", room: RoomMembership, doc: "self: the local health score changed", a: "score", b: "old_score"},
	FactDegradation: {name: "degradation", room: RoomMembership, doc: "self: the degradation level changed", a: "level", b: "old_level"},
	// Cause = CauseRefute, CauseOlderProcess, CauseJoinRequired.
	FactIncarnation: {name: "incarnation", room: RoomMembership, doc: "self raised its incarnation; inc is the new one", a: "old_incarnation"},
	FactAccused:     {name: "accused", room: RoomMembership, doc: "self is accused at inc ≥ own", other: "accuser"},
	// Inc, Cause = CauseFresh, CauseConfirmation, CauseSelf; update: an UpdateType.
	FactQueued: {name: "queued", room: RoomMembership, doc: "an update was put into the gossip queue", other: "accuser", a: "update", n: "limit"},
	// Inc, Cause = CauseLimit, CauseSuperseded, CauseOverflow, CauseAge.
	FactRetired: {name: "retired", room: RoomMembership, doc: "an update left the queue", other: "accuser", a: "update", b: "transmissions", n: "limit"},
	// Role, Cause.
	FactConfirmAttempt: {name: "confirm_attempt", room: RoomMembership, doc: "one proactive or reactive ping to an UNCONFIRMED peer"},
	// In ns; X holds its factors.
	FactTimeout: {name: "timeout", room: RoomMembership, doc: "an adaptive timeout was computed", a: "result", b: "base"},
	// Cause = CauseJoinSent, CauseJoinAccepted, CauseJoinRetry, CauseJoinRejected, CauseJoinFailed.
	FactJoin: {name: "join", room: RoomMembership, doc: "self: a join went on; subject is the seed", a: "attempts"},
	// Cause = CauseSyncEqual, CauseSyncFull, CauseSyncFailed.
	FactSync:    {name: "sync", room: RoomMembership, doc: "tables were compared with the subject"},
	FactFatal:   {name: "fatal", room: RoomMembership, doc: "self must stop; its state cannot go on (§2.4 last row)"},
	FactStopped: {name: "stopped", room: RoomMembership, doc: "self has finished leaving; the driver may stop the process"},
	// Cause; reach: a Reach.
	FactReach: {name: "reach", room: RoomLink, doc: "the reachability of a datacenter changed (§9); subject is the leader probed", a: "datacenter", b: "reach", n: "old_reach"},
	// Inc; evidence: its source.
	FactScopeSuspected: {name: "scope_suspected", room: RoomHier, doc: "the job layer began to suspect the subject for a scope (§8)", a: "scope", b: "evidence", n: "confirmations", at: "deadline"},
	// Inc.
	FactScopeConfirmed: {name: "scope_confirmed", room: RoomHier, doc: "another source did", a: "scope", b: "evidence", n: "confirmations", at: "deadline"},
	// Inc, Cause = CauseRefuted, CauseExpired (DEAD_JOB from now on), CauseRemoved (scope cleared) or CauseGossip (cleared by the global layer); age: ns; dead: 1 if it was DEAD_JOB.
	FactScopeEnded: {name: "scope_ended", room: RoomHier, doc: "that suspicion, or the mark that it left, ended", a: "scope", b: "age", n: "dead"},
	// granted: ns.
	FactScopeExtended: {name: "scope_extended", room: RoomHier, doc: "a granted extension moved the deadline later", a: "scope", b: "granted", n: "confirmations", at: "deadline"},
	// Inc; granted: ns.
	FactSuspicionExtended: {name: "suspicion_extended", room: RoomMembership, doc: "the same in the global layer (§5.3)", a: "granted", at: "deadline"},
}

func (k FactKind) String() string {
	if int(k) < len(facts) {
		return facts[k].name
	}
	return "unknown"
}

// Room returns the part of a node that reports facts of this kind.
func (k FactKind) Room() Room { return facts[k].room }

// Doc says in one line what a fact of this kind reports.
func (k FactKind) Doc() string { return facts[k].doc }

// Whom returns what Other is to a fact of this kind, "" where it is nobody.
func (k FactKind) Whom() string { return facts[k].other }

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

// Places of X in a FactTimeout: the factors of the timeout.
const (
	FactorLHM = iota
	FactorDegradation
	FactorLatency
	FactorConfidence
	FactorPeerHealth
)

// Get returns the general field that the row of f's kind calls so. It panics if there is none: a reader that asks for it
// means another kind.
func (f *Fact) Get(name string) int64 {
	switch r := &facts[f.Kind]; name {
	case r.a:
		return f.A
	case r.b:
		return f.B
	case r.n:
		return int64(f.N)
	case r.at:
		return int64(f.At)
	}
	panic("core: a fact " + f.Kind.String() + " has no field " + name)
}

// Put fills the general field that the row of f's kind calls so, and returns f for the next. It panics if there is none:
// what has no name cannot be reported. The kind comes first: fx.Fact(kind), then its fields.
func (f *Fact) Put(name string, v int64) *Fact {
	switch r := &facts[f.Kind]; name {
	case r.a:
		f.A = v
	case r.b:
		f.B = v
	case r.n:
		f.N = int32(v)
	case r.at:
		f.At = Instant(v)
	default:
		panic("core: a fact " + f.Kind.String() + " has no field " + name)
	}
	return f
}

// EachField calls visit with the name and value of every general number that f's kind uses.
func (f *Fact) EachField(visit func(name string, v int64)) {
	r := &facts[f.Kind]
	for _, x := range [...]struct {
		name string
		v    int64
	}{{r.n, int64(f.N)}, {r.a, f.A}, {r.b, f.B}, {r.at, int64(f.At)}} {
		if x.name != "" {
			visit(x.name, x.v)
		}
	}
}

// Unnamed returns the general field that f fills and its kind does not know, "" if there is none: what is reported without
// a name is reported to nobody.
func (f *Fact) Unnamed() string {
	r := &facts[f.Kind]
	switch {
	case r.a == "" && f.A != 0:
		return "A"
	case r.b == "" && f.B != 0:
		return "B"
	case r.n == "" && f.N != 0:
		return "N"
	case r.at == "" && f.At != 0:
		return "At"
	}
	return ""
}
