package swim

import (
	"fmt"

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

	Seeds  []core.NodeID                 // whom to JOIN; empty: the node waits to be joined
	Known  []core.Entry                  // configured peers, UNCONFIRMED from the start (Begin); shared, read only
	Owner  core.NodeID                   // of a worker: the manager that watches it, NoNode = the seed that accepts it
	Formed []core.Entry                  // records that are OK from the start (membership.initial = formed); shared, read only
	Owners func(core.NodeID) core.NodeID // formed groups: who owns a worker; nil = nobody, then all managers watch it
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

// New returns a machine that starts at p.Start. cfg is shared and not written to; viv may be nil.
func New(cfg *Config, p Params, viv *vivaldi.Node) *Machine {
	m := new(Machine)
	m.Init(cfg, p, viv)
	return m
}

// Init makes m a fresh machine, as New does, in place.
func (m *Machine) Init(cfg *Config, p Params, viv *vivaldi.Node) {
	if p.Capacity > MaxGroup {
		panic(fmt.Sprintf("swim: node %d: a group of %d; at most %d have a place in 16 bits", p.Self, p.Capacity, MaxGroup))
	}
	*m = Machine{
		cfg: cfg, self: p.Self, base: p.Base, inc: p.Incarnation, instance: p.Instance, group: p.Group, role: p.Role,
		flat: cfg.AllParticipants(), hearsay: cfg.Membership.ConfirmationMode == ConfirmHearsay, viv: viv,
		rec: make([]record, p.Capacity),
	}
	for t := range m.due {
		m.due[t] = core.Never
	}
	key := p.Key
	if key == 0 {
		key = uint64(p.Self)
	}
	stream := func(purpose string) rng.Stream { return rng.New(p.Seed, purpose, key, uint64(p.Instance)) }
	m.list.stream = stream("swim.order")
	m.proxyStream = stream("swim.proxy")
	m.gossStream = stream("swim.gossip")
	m.jitter = stream("swim.jitter")
	first := stream("swim.seq")
	m.seq = uint32(first.Uint64())
	m.conf.stream = stream("swim.confirm")
	m.sum.add(m.self, m.inc, m.participates())
	m.watch.owner, m.watch.process = p.Owner, 1
	m.known = p.Known
	m.adopt(p)
	m.arm(p)
}

// Begin takes up the configured peers. A driver calls it once, when the process starts.
func (m *Machine) Begin(now core.Instant, fx *core.Effects) {
	if m.inc > maxIncarnation { // a bump over what the last process kept
		m.fatal(fx)
		return
	}
	for i := range m.known {
		e := &m.known[i]
		k, ok := m.index(e.Subject)
		if !ok || e.Subject == m.self || !m.keeps(e.Role) || m.rec[k].present() {
			continue
		}
		m.rec[k].setRole(e.Role)
		m.becomeUnconfirmed(now, k, e.Incarnation, core.CauseConfigured, fx)
	}
	m.known = nil
}

// adopt fills the table that the node starts with.
func (m *Machine) adopt(p Params) {
	if n := len(p.Formed); n > 0 {
		m.list.grow(n)
	}
	for i := range p.Formed {
		e := &p.Formed[i]
		if e.Subject == m.self || !m.keeps(e.Role) {
			continue
		}
		k, ok := m.index(e.Subject)
		if !ok {
			continue
		}
		if m.nRec >= m.cfg.Membership.MaxMembers { // as admit does with the table full of OK records
			m.count.MembersRefused++
			continue
		}
		r := &m.rec[k]
		r.setRole(e.Role)
		r.setState(core.StateOK)
		r.setIncarnation(e.Incarnation)
		r.instance = 1
		r.changed = millis(p.Start)
		m.nRec++
		m.sum.add(e.Subject, e.Incarnation, m.isParticipant(e.Role))
		if m.isParticipant(e.Role) {
			m.nPart++
			m.list.insert(k)
		} else {
			m.watch.start(m, k, p.Start)
			if p.Owners != nil {
				m.watch.register(k, p.Owners(e.Subject), 1)
			}
		}
	}
}

// arm sets the timers that run from the start.
func (m *Machine) arm(p Params) {
	c := m.cfg
	within := func(d core.Duration) core.Duration {
		if d <= 0 {
			return 0
		}
		return core.Duration(m.jitter.Float64() * float64(d))
	}
	first := within(c.Probe.Interval)
	m.due[timerTick] = p.Start.Add(first)
	m.phase = p.Start.Add(within(c.Gossip.Interval))
	if c.Lag.Enabled {
		// The lag timer shares the probe's phase: two timers, one wake-up.
		m.due[timerLag] = m.due[timerTick]
	}
	m.due[timerSweep] = p.Start.Add(within(c.Cleanup.Interval))
	if m.participates() {
		if c.Sync.Mode != SyncOff {
			m.due[timerSync] = p.Start.Add(within(m.syncInterval()))
		}
	}
	if c.Reconnect.Interval > 0 {
		m.due[timerReconnect] = p.Start.Add(within(c.Reconnect.Interval))
	}
	m.armReseed(p.Start)
	if m.watches() {
		m.due[timerWatch] = p.Start.Add(within(c.Worker.Check))
	}
	m.join.begin(m, p)
}

// Receive applies one message (spec 10 §3.2; steps 1 and its CRC are the codec's). A stream of the group that is for
// another room may be shown to it too: it is a sign of life, and no more.
func (m *Machine) Receive(now core.Instant, msg *core.Message, fx *core.Effects) {
	if m.stopped {
		return
	}
	if msg.Kind == core.KindStreamFailed {
		m.onStreamFailed(now, msg, fx)
		return
	}
	if msg.Kind >= core.NumKinds {
		m.count.Malformed++
		return
	}
	m.count.Received[msg.Kind.Place(core.RoomMembership)]++
	if msg.Group != m.group && m.otherGroup(msg, fx) {
		return
	}
	k, ok := m.index(msg.From)
	if !ok || msg.Kind == core.KindNone || msg.Incarnation > maxIncarnation || msg.Group != m.group || msg.From == m.self || msg.To != m.self {
		m.count.Malformed++
		return
	}
	if m.cfg.Rate.Burst > 0 && !msg.Kind.IsStream() && !m.rate.allow(m.cfg, now, msg.From) {
		m.count.RateLimited++
		return
	}
	if msg.Kind == core.KindJoinAck { // of somebody who is no member here?
		if ack, ok := msg.Body.(*JoinAck); ok && ack.Reject == RejectGroup {
			m.onJoinAck(now, k, msg, ack, fx)
			return
		}
	}
	if msg.Kind == core.KindJoin { // the sender's claims are weighed by the JOIN rules alone (§2.6)
		if ask, ok := msg.Body.(*JoinRequest); ok {
			m.onJoin(now, k, msg, ask, fx)
		} else {
			m.count.Malformed++
		}
		return
	}
	if m.lockedOut(now, k, msg) {
		m.count.ZombieRejections++
		return
	}
	if !m.checkInstance(now, k, msg, fx) {
		return
	}
	first := len(fx.Messages)
	m.seen(now, k, msg, fx)
	if m.viv != nil && msg.Coord.Dims != 0 {
		m.hearCoord(now, k, msg)
	}
	for i := range msg.Updates {
		if i == maxUpdatesParsed {
			break
		}
		m.claim(now, &msg.Updates[i], source{from: msg.From, answered: answered(msg)}, fx)
	}
	if m.stopped { // §2.4, last row
		return
	}
	if msg.Extra != nil {
		m.hearExtra(now, msg, fx)
	}
	m.act(now, k, msg, fx)
	switch m.rec[k].state() {
	case core.StateUnconfirmed:
		m.reactive(now, k, fx)
	case core.StateDead, core.StateLeft, stateTomb:
		m.tellSilenced(now, k, msg, first, fx)
	default:
	}
	if len(m.doubts) > 0 {
		m.askDoubted(now, fx)
	}
}

// act is step 8 of §3.2: the message's own meaning.
func (m *Machine) act(now core.Instant, k int, msg *core.Message, fx *core.Effects) {
	switch msg.Kind {
	case core.KindPing:
		m.onPing(now, k, msg, fx)
	case core.KindAck:
		m.onAck(now, k, msg, fx)
	case core.KindPingReq:
		m.onPingReq(now, msg, fx)
	case core.KindIndAck:
		m.onIndAck(now, msg, fx)
	case core.KindNack:
		m.onNack(msg)
	case core.KindStreamPing:
		m.onStreamPing(now, k, msg, fx)
	case core.KindStreamAck:
		m.onStreamAck(now, k, msg, fx)
	case core.KindGossip, core.KindLeave: // their updates are all they say
	default:
		m.actBody(now, k, msg, fx)
	}
	if m.cfg.Confirm.On == ConfirmOnAnyMessage && !m.hearsay && m.rec[k].state() == core.StateUnconfirmed {
		m.confirm(now, k, msg.Incarnation, fx)
	}
}

// actBody is act for the kinds that have a body.
func (m *Machine) actBody(now core.Instant, k int, msg *core.Message, fx *core.Effects) {
	switch b := msg.Body.(type) {
	case *JoinAck:
		m.onJoinAck(now, k, msg, b, fx)
	case *SyncDigest:
		m.onSyncDigest(now, k, msg, b, fx)
	case *SyncFull:
		m.onSyncFull(now, k, msg, b, fx)
	default:
		if msg.Kind.Room() == core.RoomMembership || !msg.Kind.IsStream() {
			m.count.Malformed++
		} // else it is for another room, and all it says here is that its sender lives
	}
}

// Wake fires every timer that is due, earliest first, ties in the order of the timer constants.
func (m *Machine) Wake(now core.Instant, fx *core.Effects) {
	for !m.stopped {
		t, at := m.earliest()
		if at > now {
			return
		}
		m.due[t] = core.Never
		if now.Sub(at) > m.cfg.Suspicion.GraceAfter {
			m.back = now
		}
		m.fire(t, at, now, fx)
	}
}

func (m *Machine) fire(t timer, due, now core.Instant, fx *core.Effects) {
	switch t {
	case timerOutstanding:
		m.onPingTimers(now, fx)
	case timerSuspicion:
		m.onSuspicionTimer(now, fx)
	case timerConfirm:
		m.onConfirmTimer(now, fx)
	case timerTick:
		m.onTick(now, fx)
	case timerLag:
		m.onLag(due, now, fx)
	case timerGossip:
		m.onGossipTick(now, fx)
	case timerRefute:
		m.onRefuteWindow(now, fx)
	case timerJoin:
		m.onJoinTimer(now, fx)
	case timerSync:
		m.onSyncTimer(now, fx)
	case timerSyncWait:
		m.onSyncWait(fx)
	case timerReconnect:
		m.onReconnect(now, fx)
	case timerReseed:
		m.onReseed(now, fx)
	case timerWatch:
		m.onWatch(now, fx)
	case timerSweep:
		m.onSweep(now, fx)
	case timerLeave:
		m.onLeaveTimer(now, fx)
	case numTimers:
	}
}

// Deadline reports the earliest timer.
func (m *Machine) Deadline() (core.Instant, bool) {
	if m.stopped {
		return core.Never, false
	}
	_, at := m.earliest()
	return at, at != core.Never
}

func (m *Machine) earliest() (timer, core.Instant) {
	best, at := timer(0), m.due[0]
	for t := timer(1); t < numTimers; t++ {
		if m.due[t] < at {
			best, at = t, m.due[t]
		}
	}
	return best, at
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
	msg.Turn = core.TurnLone(m.instance, uint32(*sent))
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
