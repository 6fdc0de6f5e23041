package core

// Flags are the flag bits of the datagram header.
type Flags uint8

// Flag bits.
const (
	FlagDeclined Flags = 1 << iota // NACK: the proxy will not try (spec 10 §4.2)
	FlagRetry                      // JOIN_ACK: raise your incarnation and try again (§2.6); JOIN: a member that is in joins again
	FlagRejected                   // JOIN_ACK: refused, see Reject
	FlagReply                      // SYNC_DIGEST, SYNC_FULL: the answer, not the question
	FlagEqual                      // SYNC_DIGEST reply: the digests agree, nothing follows
	FlagProbe                      // PING: part of the failure detector (not on the wire; for checks and metrics)
)

// Message is everything that travels between two nodes: a header and what the datagrams of membership
// carry, copied by value, and a body for all other kinds. It is immutable once sent. Slices and Extra are
// borrowed: whoever keeps a message longer than the call that got it copies them, and holds the body.
// Fields that a kind does not name are zero.
type Message struct {
	Kind  Kind
	Flags Flags
	Role  Role        // of the sender
	State MemberState // ACK: how the responder holds the pinger
	Group GroupID

	From, To              NodeID
	Instance, Incarnation uint32 // of the sender
	Seq                   uint32

	Target   NodeID  // PING, STREAM_PING: whom it is meant for; PING_REQ, IND_ACK, NACK: the probed member
	Required uint32  // IND_ACK: target's incarnation
	BudgetMS uint32  // PING_REQ, STREAM_PING: how long the origin waits, ms
	RTTms    float32 // ACK, SAMPLE_ACK: responder's last filtered RTT to the pinger in ms, 0 = none; information only
	Digest   uint32  // ACK: low 32 bits of the responder's participant digest (§7.3)

	Failed Kind // KindStreamFailed

	// Turn tells this datagram from all others of its kind between the two, and is the same in another run in
	// which the sender says the same thing: the probe or tick that it belongs to (TurnOf). The driver draws its
	// chance by it; nothing else may read it, and it is not on the wire.
	Turn uint32

	Timeout Duration // streams: give up after this long; known to the driver only, not on the wire

	Coord   Coord    // Dims = 0: no coordinate block
	Updates []Update // membership update block
	Extra   *Extra   // blocks that few datagrams carry; nil for all others
	Body    Body     // of the kinds that have one (walk.go), else nil
}

// MaxDims is the largest number of dimensions that a coordinate may have.
const MaxDims = 12

// Coord is the coordinate block of a datagram: 13+4·(Dims+4)−8 bytes on the wire, 53 at 8 dimensions
// (spec 10 §3.1). Values are float32 on the wire and rounded to float32 here too, so that a run with
// and without a byte codec sees the same bits.
type Coord struct {
	Vec        [MaxDims]float32 // seconds
	Height     float32          // seconds
	Adjustment float32          // seconds
	Error      float32          // relative, dimensionless
	ErrorMS    float32          // absolute, ms
	Samples    uint16           // accepted samples, saturating
	Dims       uint8            // 0 = absent
}

// UpdateType is the type of a membership claim.
type UpdateType uint8

// Claim types, in wire order.
const (
	UpdateAlive UpdateType = iota
	UpdateJoin
	UpdateSuspect
	UpdateDead
	UpdateLeft
	NumUpdateTypes = 5
)

var updateNames = [NumUpdateTypes]string{"alive", "join", "suspect", "dead", "leave"}

func (t UpdateType) String() string {
	if int(t) < len(updateNames) {
		return updateNames[t]
	}
	return "unknown"
}

// Update is one claim about a subject, as it rides on datagrams (16 bytes in memory).
type Update struct {
	Subject     NodeID
	Incarnation uint32
	From        NodeID // accuser of a suspect or dead claim, else NoNode
	Type        UpdateType
	Role        Role
}

// Entry is one record of a full table exchange (JOIN_ACK, SYNC_FULL; spec 10 §7.3).
type Entry struct {
	Subject     NodeID
	Incarnation uint32
	Accuser     NodeID // first accuser of a SUSPECT, owner of a worker that is OK, else NoNode
	Instance    uint32 // of that owner: the process with which the worker is registered
	Role        Role
	State       MemberState
}

// MemberState is the state in which an observer holds a subject (spec 10 §2.1).
type MemberState uint8

// The states. StateNone is "no record"; UNCONFIRMED is local and never gossiped.
const (
	StateNone MemberState = iota
	StateUnconfirmed
	StateOK
	StateSuspect
	StateDead
	StateLeft
	NumStates = 6
)

var stateNames = [NumStates]string{"NONE", "UNCONFIRMED", "OK", "SUSPECT", "DEAD", "LEFT"}

func (s MemberState) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "unknown"
}

// TurnOf is the turn of datagrams of the k-th probe or tick of a process, which is the instance-th of its node:
// the answers, and what others do for it, carry it on. Lives lie 2^32/φ apart, so that the turns of a thousand
// of them do not meet before the four-millionth tick.
func TurnOf(instance uint32, k int64) uint32 { return (instance*0x9e3779b1 + uint32(k)) &^ turnLone }

// TurnLone is the turn of the k-th datagram of its kind that a process sends and that belongs to no probe or tick.
func TurnLone(instance uint32, k int64) uint32 { return (instance*0x9e3779b1 + uint32(k)) | turnLone }

// TurnFor is the turn of what a process does at the request of somebody, numbered who, in his turn. Two askers
// have different ones, and neither has one that the process itself uses, but for a chance of 2^−31.
func TurnFor(turn uint32, who int) uint32 {
	x := (turn ^ uint32(who+1)*0x85ebca6b) * 0xc2b2ae35
	return (x ^ x>>15) &^ turnLone
}

// TurnCopy is the turn of the second copy of a datagram, as its receiver sees it.
func TurnCopy(turn uint32) uint32 { return turn ^ 0x5bd1e995 }

const turnLone = 1 << 31
