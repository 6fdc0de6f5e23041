package trace

import "hypersim/core"

// Kind says what a record reports.
type Kind uint8

// Record kinds. Ground truth first, facts last.
const (
	KindNone Kind = iota

	// Messages. Msg and Size are set. Node is the sender for Sent and Dropped, the receiver for Delivered.
	KindSent      // Due = virtual arrival time at the receiver's host; Node → Peer
	KindDelivered // the receiver's machine was given it now; Peer = sender; Due = when it had been sent; Min = least transit of the link
	KindDropped   // Reason; Peer = receiver; Due = when it had been sent

	// Life of processes. Node.
	KindStart  // the process starts; Role, Instance, Inc: start incarnation
	KindCrash  // state lost
	KindLeave  // told to leave
	KindStop   // finished leaving, or fatal
	KindPause  // processes nothing from now on
	KindResume // goes on
	KindSlow   // service times × X from now on (1 = normal again)
	KindClock  // its clock was changed

	// Faults. Fault = index in the scenario. Node = NoNode.
	KindFaultStart
	KindFaultEnd

	// KindCheckpoint: the books are balanced now (spec 50 §8, I-W4).
	KindCheckpoint
	// KindFact: Node's machine reported Fact; its local time is Local.
	KindFact
	// KindEnd is the last record of a run.
	KindEnd
	NumKinds = 17
)

var kindNames = [NumKinds]string{
	"none", "sent", "delivered", "dropped", "start", "crash", "leave", "stop", "pause", "resume", "slow", "clock",
	"fault_start", "fault_end", "checkpoint", "fact", "end",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Reason is why a message was not delivered.
type Reason uint8

// Reasons.
const (
	ReasonNone      Reason = iota
	ReasonLoss             // random loss on the link
	ReasonPartition        // cut by a fault
	ReasonQueue            // egress queue full
	ReasonMTU              // larger than the link's MTU, refused at the sender
	ReasonCorrupt          // failed its checksum at the receiver
	ReasonInbox            // inbox overflow
	ReasonDown             // the receiver's process is down
	ReasonReset            // stream: an end crashed
	ReasonTimeout          // stream: not delivered within the request's timeout
	ReasonRefused          // stream: refused at once
	NumReasons      = 11
)

var reasonNames = [NumReasons]string{
	"none", "loss", "partition", "queue", "mtu", "corrupt", "inbox", "down", "reset", "timeout", "refused",
}

func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return "unknown"
}

// Record is one entry. It is passed by pointer and reused: a sink that keeps one copies it (and, for
// messages, what Msg points to).
type Record struct {
	At     core.Instant // virtual time
	Local  core.Instant // local time at Node, KindFact only
	Due    core.Instant
	Min    core.Duration
	Spent  core.Duration // Delivered: from its arrival at the host to the end of its own service; Refused: it was sent away. In no digest: it follows from the rest
	Kind   Kind
	Reason Reason
	Role   core.Role
	Copy   bool // Sent: an extra copy made by the network (duplication)
	Node   core.NodeID
	Peer   core.NodeID
	Step   uint64 // the event of the kernel that it is of; no part of the digest
	Inc    uint32
	Inst   uint32
	Size   uint32 // bytes on the wire
	Fault  int32
	X      float64
	Msg    *core.Message
	Fact   core.Fact
}

// Refused is Record.Spent of a message that its receiver did not take in.
const Refused = core.Duration(-1)

// Sink is given every record of a run, in order.
type Sink interface {
	Record(r *Record)
}
