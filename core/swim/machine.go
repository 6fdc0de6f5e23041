package swim

import (
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/spread"
	"hypersim/core/vivaldi"
)

// The protocol version that a JOIN carries; a different major version is refused (spec 00, answer 7).
const (
	VersionMajor = 1
	VersionMinor = 5
)

// Params say who one node is. Ids of a group are dense: Base … Base+Capacity−1 are the subjects that
// this node may ever keep a record of, at most MaxGroup.
type Params struct {
	Self     core.NodeID
	Role     core.Role
	Group    core.GroupID
	Base     core.NodeID
	Capacity int

	Instance    uint32 // start count of the process, from 1
	Incarnation uint32 // 0, or what the last process left behind + restart_bump
	Seed        uint64 // of the run; streams are keyed by (Seed, purpose, Key, Instance)
	Key         uint64 // of Self's name (rng.Key), so that its chance survives another numbering; 0: Self stands for it
	Start       core.Instant

	Seeds  []core.NodeID                    // whom to JOIN; empty: the node waits to be joined
	Order  func(core.NodeID, []core.NodeID) // whom a worker asks first of those it may JOIN (01-44): sorts them for it; nil: by lot
	Known  []core.Entry                     // configured peers, UNCONFIRMED from the start (Begin); shared, read only
	Owner  core.NodeID                      // of a worker: the manager that watches it, NoNode = the seed that accepts it
	Formed []core.Entry                     // records that are OK from the start (membership.initial = formed); shared, read only
	Owners func(core.NodeID) core.NodeID    // formed groups: who owns a worker; nil = nobody, then all managers watch it
}

// timer names one deadline of a machine. Timers that are due together fire in this order.
type timer uint8

const (
	timerOutstanding timer = iota // the next ping that runs out, or the next nack owed
	timerSuspicion
	timerConfirm
	timerTick
	timerLag
	timerGossip
	timerRefute
	timerJoin
	timerSync
	timerSyncWait
	timerReconnect
	timerReseed
	timerWatch
	timerSweep
	timerLeave
	numTimers
)

// Machine is the membership of one node. It implements core.Machine.
type Machine struct {
	due [numTimers]core.Instant

	self, base core.NodeID
	inc        uint32 // own incarnation
	instance   uint32
	group      core.GroupID
	role       core.Role
	flat       bool // every member is a participant
	hearsay    bool
	leaving    bool
	stopped    bool
	carries    bool // its pings bring a heartbeat along
	hasGone    bool // some record may be DEAD, LEFT or a tombstone: there is something to sweep
	lhm        uint8
	level      uint8 // degradation, 0 … 4

	seq      uint32
	nPart    int // participants counted in n, without self
	nRec     int // records of any state
	rec      []record
	out      []ping
	nProbes  int // of out: outstanding probes
	nProxied int // of out: pings on behalf of others

	list probeList
	cfg  *Config
	viv  *vivaldi.Node // nil: coordinates off

	queue   spread.Queue[core.Update]
	health  *healthTable
	work    *workTable
	sum     digest
	rate    rateLimiter
	tick    int64
	rateAcc uint8 // error accumulator of the degraded probe rate, in twentieths

	lhmForced bool  // see ForceLHM
	lhmOwn    uint8 // while forced: the score without that

	lag   lagMeter
	count Counters

	// Above is what an idle second reads, in as few cache lines as it goes; below is the rest.
	susp   suspicions
	conf   confirmations
	deads  []uint16      // DEAD participants, oldest death first
	owed   []core.NodeID // peers whose stale accusation is answered on the next datagram
	audit  auditLog
	behind []core.NodeID // peers that live at a lower incarnation than is known of them
	refute refuter
	join   joiner
	known  []core.Entry // until Begin
	sync   syncer
	watch  watcher

	carrier BeatCarrier // nil: carries is false
	hearer  BeatHearer  // nil: heartbeats are nobody's here

	restarts restarts
	doubts   []uint16 // of the message in hand: silenced here and said to live

	back        core.Instant // when this node last found that it had been away: a timer fired far too late
	phase       core.Instant // of the node's own grid
	leaveUntil  core.Instant
	proxyStream rng.Stream
	gossStream  rng.Stream
	jitter      rng.Stream
}

// participates reports whether this node is a witness: anybody but a worker, or anybody at all in a
// flat group (§1).
func (m *Machine) participates() bool { return m.isParticipant(m.role) }

func (m *Machine) isParticipant(r core.Role) bool {
	return m.flat || r == core.RoleManager || r == core.RoleGate
}

// keeps reports whether this node keeps records of members with the role: a worker's table holds
// managers only (§1).
func (m *Machine) keeps(r core.Role) bool { return m.participates() || m.isParticipant(r) }

// watches reports whether this node watches workers by their silence (§10.4).
func (m *Machine) watches() bool { return !m.flat && m.role == core.RoleManager }

// n is the group size that all formulas use (§0).
func (m *Machine) n() int {
	if m.participates() {
		return m.nPart + 1
	}
	return m.nPart
}

// index returns where the record of id is kept.
func (m *Machine) index(id core.NodeID) (int, bool) {
	k := int(id) - int(m.base)
	return k, k >= 0 && k < len(m.rec)
}

func (m *Machine) id(k int) core.NodeID { return m.base + core.NodeID(k) }

// header appends a message of the given kind to k with everything that each datagram carries but its
// updates, which attach adds last.
func (m *Machine) header(kind core.Kind, k int, fx *core.Effects) *core.Message {
	msg := fx.Send()
	msg.Kind, msg.Role, msg.Group = kind, m.role, m.group
	msg.From, msg.To = m.self, m.id(k)
	msg.Instance, msg.Incarnation = m.instance, m.inc
	if m.viv != nil && !kind.IsStream() {
		m.viv.Coord(&msg.Coord)
	}
	sent := &m.count.Sent[kind.Place(core.RoomMembership)]
	*sent++
	msg.Turn = core.TurnLone(m.instance, int64(*sent))
	return msg
}

// nextSeq numbers the messages of one process that are answered. It begins at a draw, so that an answer to the last
// process of this node matches nothing (settled 2); 0 stands for none.
func (m *Machine) nextSeq() uint32 {
	m.seq++
	if m.seq == 0 {
		m.seq = 1
	}
	return m.seq
}
