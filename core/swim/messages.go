package swim

import "hypersim/core"

// The bodies of membership's streams (spec 10 §7). Its datagrams have none: they are on the hot path, and core/wire
// writes their few fields by hand.

// AddBodies tells which kinds of membership have bodies.
func AddBodies(b *core.Bodies) {
	b[core.KindJoin] = func() core.Body { return new(JoinRequest) }
	b[core.KindJoinAck] = func() core.Body { return new(JoinAck) }
	b[core.KindSyncDigest] = func() core.Body { return new(SyncDigest) }
	b[core.KindSyncFull] = func() core.Body { return new(SyncFull) }
}

// Reject is why a JOIN was refused (spec 10 §7.1).
type Reject uint8

// Reasons of refusal.
const (
	RejectNone Reject = iota
	RejectVersion
	RejectGroup
	RejectZombie
	RejectFull

	NumRejects = 5
)

var rejectNames = [NumRejects]string{"none", "version", "group", "zombie", "full"}

func (r Reject) String() string {
	if int(r) < len(rejectNames) {
		return rejectNames[r]
	}
	return "unknown"
}

// JoinRequest asks a seed for admission, and says who asks.
type JoinRequest struct {
	core.Shared
	Major, Minor uint8 // protocol version
}

// Walk implements core.Body.
func (b *JoinRequest) Walk(w *core.Walker) {
	w.Uint8("major", &b.Major)
	w.Uint8("minor", &b.Minor)
	w.Name(w.Sender())
}

// JoinAck answers a JoinRequest: with a table, or with what the flags say, FlagRetry or FlagRejected.
type JoinAck struct {
	core.Shared
	Reject   Reject       // FlagRejected: why
	Required uint32       // FlagRetry: the incarnation demanded
	Records  []core.Entry // else: the responder's table
}

// Walk implements core.Body.
func (b *JoinAck) Walk(w *core.Walker) {
	core.Word(w, "reject", &b.Reject, NumRejects)
	w.Uint32("required", &b.Required)
	core.List(w, "records", &b.Records, leastEntryBytes, walkEntry)
}

// SyncDigest is the sum of a table, so that equal ones need not travel.
type SyncDigest struct {
	core.Shared
	Sum, PartSum     uint64 // over all records and over those of participants
	Count, PartCount uint32 // how many these are
}

// Walk implements core.Body.
func (b *SyncDigest) Walk(w *core.Walker) {
	w.Uint64("sum", &b.Sum)
	w.Uint64("participants_sum", &b.PartSum)
	w.Uint32("count", &b.Count)
	w.Uint32("participants", &b.PartCount)
}

// SyncFull is the sender's table.
type SyncFull struct {
	core.Shared
	Records []core.Entry
}

// Walk implements core.Body.
func (b *SyncFull) Walk(w *core.Walker) {
	core.List(w, "records", &b.Records, leastEntryBytes, walkEntry)
}

// On the wire, an entry's state, role and whether it has an accuser are one byte.
const (
	leastEntryBytes = 7 + 1 + 1 + 1 // key, empty id string, tag byte, short incarnation
	entryRoleShift  = 3
	entryAccused    = 1 << 5
	entryReserved   = 3 << 6
)

func walkEntry(e *core.Entry, w *core.Walker) {
	w.Node("subject", &e.Subject)
	w.Name(e.Subject)
	if !w.Wire() {
		core.Word(w, "state", &e.State, core.NumStates)
		core.Word(w, "role", &e.Role, core.NumRoles)
		w.Varint("incarnation", &e.Incarnation)
		w.MaybeNode("accuser", &e.Accuser)
		if namesOwner(e) {
			w.Uint32("instance", &e.Instance)
		}
		return
	}
	tag := uint8(e.State) | uint8(e.Role)<<entryRoleShift
	if e.Accuser != core.NoNode {
		tag |= entryAccused
	}
	w.Uint8("tag", &tag)
	if e.State, e.Role = core.MemberState(tag&7), core.Role(tag>>entryRoleShift&3); e.State >= core.NumStates || tag&entryReserved != 0 {
		w.Fail()
	}
	w.Varint("incarnation", &e.Incarnation)
	if tag&entryAccused != 0 {
		w.Node("accuser", &e.Accuser)
	} else {
		e.Accuser = core.NoNode
	}
	if namesOwner(e) {
		w.Uint32("instance", &e.Instance)
	} else {
		e.Instance = 0
	}
}

// namesOwner reports whether e says with which process of whom its worker is registered.
func namesOwner(e *core.Entry) bool { return e.State == core.StateOK && e.Accuser != core.NoNode }
