package core

// Kind says what a message is (spec 10 §3.1). Everything that is known of a kind as such stands in its row of
// kinds below; nothing is ever concluded from the order of the numbers.
type Kind uint8

// Message kinds.
const (
	KindNone Kind = iota
	KindPing
	KindAck
	KindPingReq
	KindIndAck
	KindNack
	KindGossip
	KindLeave

	// Link gate ↔ datacenter (spec 10 §9).
	KindXProbe
	KindXAck
	KindXNack
	// KindSamplePing and KindSampleAck measure the way from a leader to a gate: a round trip and coordinates, nothing of
	// membership.
	KindSamplePing
	KindSampleAck

	KindJoin
	KindJoinAck
	KindSyncDigest
	KindSyncFull
	// KindProgress: a worker tells its owner that work of a scope goes on (spec 10 §8).
	KindProgress
	// KindStreamPing and KindStreamAck are the failure detector's second way to a member whose datagrams are not
	// answered (spec 10 §4.1, probe.stream_fallback).
	KindStreamPing
	KindStreamAck

	// KindStreamFailed never travels: the driver hands it to the sender of a stream message whose
	// Timeout passed before it could be delivered. Seq, To and Target are those of the lost message,
	// Failed is its kind.
	KindStreamFailed
	NumKinds = 146 // with those of the job layer (jobkind.go)
)

// Room is the part of a node that messages of a kind are for.
type Room uint8

// Rooms.
const (
	RoomNone       Room = iota // a kind that does not exist, or StreamFailed: the room of the failed kind
	RoomMembership             // core/swim
	RoomLink                   // core/federated
	RoomHier                   // core/hier
	RoomJobs                   // the role of the node: jobs and all that belongs to them (spec 20)
	RoomElection               // core/election
	NumRooms       = 6
)

// Class is the service class of a message (spec 30 §5.1), most important first.
type Class uint8

// The classes, in the order in which an inbox serves them.
const (
	ClassControl Class = iota
	ClassDispatch
	ClassData
	ClassTelemetry
	NumClasses = 4
)

var classNames = [NumClasses]string{"CONTROL", "DISPATCH", "DATA", "TELEMETRY"}

func (c Class) String() string { return classNames[c] }

// Transport is how messages of a kind travel.
type Transport uint8

// Transports.
const (
	TransportNone     Transport = iota // never travels
	TransportDatagram                  // may be lost, doubled, reordered
	TransportStream                    // in order and without loss, or failed back to the sender (spec 10 §7)
)

// kindRow is all that is known of a kind.
type kindRow struct {
	name      string
	room      Room
	class     Class // membership is CONTROL (spec 10 D30)
	transport Transport
	answers   Kind // the request that it is a reply to: their classes are the same
}

var kinds = withJobs([NumKinds]kindRow{
	KindNone:    {name: "none"},
	KindPing:    {"ping", RoomMembership, ClassControl, TransportDatagram, KindNone},
	KindAck:     {"ack", RoomMembership, ClassControl, TransportDatagram, KindPing},
	KindPingReq: {"ping_req", RoomMembership, ClassControl, TransportDatagram, KindNone},
	KindIndAck:  {"ind_ack", RoomMembership, ClassControl, TransportDatagram, KindPingReq},
	KindNack:    {"nack", RoomMembership, ClassControl, TransportDatagram, KindPingReq},
	KindGossip:  {"gossip", RoomMembership, ClassControl, TransportDatagram, KindNone},
	KindLeave:   {"leave", RoomMembership, ClassControl, TransportDatagram, KindNone},

	KindXProbe: {"xprobe", RoomLink, ClassControl, TransportDatagram, KindNone},
	KindXAck:   {"xack", RoomLink, ClassControl, TransportDatagram, KindXProbe},
	KindXNack:  {"xnack", RoomLink, ClassControl, TransportDatagram, KindXProbe},

	KindSamplePing: {"sample_ping", RoomLink, ClassControl, TransportDatagram, KindNone},
	KindSampleAck:  {"sample_ack", RoomLink, ClassControl, TransportDatagram, KindSamplePing},

	KindJoin:       {"join", RoomMembership, ClassControl, TransportStream, KindNone},
	KindJoinAck:    {"join_ack", RoomMembership, ClassControl, TransportStream, KindJoin},
	KindSyncDigest: {"sync_digest", RoomMembership, ClassControl, TransportStream, KindNone},
	KindSyncFull:   {"sync_full", RoomMembership, ClassControl, TransportStream, KindNone},
	KindProgress:   {"progress", RoomHier, ClassData, TransportStream, KindNone},

	KindStreamPing: {"stream_ping", RoomMembership, ClassControl, TransportStream, KindNone},
	KindStreamAck:  {"stream_ack", RoomMembership, ClassControl, TransportStream, KindStreamPing},

	KindStreamFailed: {name: "stream_failed"},
})

// withJobs adds the rows of the job layer.
func withJobs(rows [NumKinds]kindRow) [NumKinds]kindRow {
	copy(rows[KindStreamFailed+1:], jobKinds[KindStreamFailed+1:])
	return rows
}

var unknownKind = kindRow{name: "unknown"}

func (k Kind) row() *kindRow {
	if int(k) < len(kinds) {
		return &kinds[k]
	}
	return &unknownKind
}

func (k Kind) String() string { return k.row().name }

// IsStream reports whether messages of this kind travel on a reliable stream.
func (k Kind) IsStream() bool { return k.row().transport == TransportStream }

// IsDatagram reports whether messages of this kind may be lost, doubled and reordered.
func (k Kind) IsDatagram() bool { return k.row().transport == TransportDatagram }

// Travels reports whether messages of this kind exist outside of a node.
func (k Kind) Travels() bool { return k.row().transport != TransportNone }

// Class returns the service class of messages of this kind.
func (k Kind) Class() Class { return k.row().class }

// once are the kinds that stood in another class in the table that the chapter corrects (30/D24): links between sites and
// liveness were the first to be shed, decisions about time were data, final results and submissions were not told apart.
var once = map[Kind]Class{
	KindXProbe: ClassTelemetry, KindXAck: ClassTelemetry, KindXNack: ClassTelemetry,
	KindHealthcheckExtensionRequest: ClassTelemetry, KindHealthcheckExtensionResponse: ClassTelemetry,
	KindJobTimeoutReport: ClassData, KindJobTimeoutReportAck: ClassData, KindJobGlobalTimeout: ClassData, KindJobGlobalTimeoutAck: ClassData,
	KindWorkflowFinalResult: ClassDispatch, KindWorkflowFinalResultAck: ClassDispatch, KindJobFinalResult: ClassDispatch, KindJobFinalResultAck: ClassDispatch,
	KindGlobalJobResult: ClassDispatch, KindGlobalJobResultAck: ClassDispatch,
	KindJobSubmission: ClassData, KindJobAck: ClassData,
}

// ClassOnce returns the class that messages of this kind had before (30/D24).
func (k Kind) ClassOnce() Class {
	if c, ok := once[k]; ok {
		return c
	}
	return k.Class()
}

// Room returns the part of a node that messages of this kind are for.
func (k Kind) Room() Room { return k.row().room }

// places are the numbers that Place returns.
var places = func() (at [NumKinds]uint8) {
	var n [NumRooms]uint8
	for k := range kinds {
		if r := kinds[k].room; r != RoomNone {
			n[r]++
			at[k] = n[r]
		}
	}
	return at
}()

// Place returns which of its room's kinds k is, from 1; 0 for a kind of another room. A part counts its own kinds by
// it, and does not grow when other rooms get more.
func (k Kind) Place(r Room) int {
	if k.Room() != r {
		return 0
	}
	return int(places[k])
}

// Answers returns the request that messages of this kind reply to, KindNone if they are no reply.
func (k Kind) Answers() Kind { return k.row().answers }
