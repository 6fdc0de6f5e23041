package replica

import (
	"hypersim/core"
	"hypersim/core/fence"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// Counters count what must be rare, and what must never be.
type Counters struct {
	Conflicts             uint64 // two entries of different holders under one epoch: never (I-JF4)
	Won, Unclaimed, Lost  uint64
	SyncFailed            uint64 // ready by the limit, and not because enough was read
	Accepted, NotAccepted uint64
}

// Machine is a member's part in knowing who holds which job. The zero value is ready for Init.
type Machine struct {
	Counters

	p     Params
	cfg   *Config
	owner Owner
	me    fence.Holder
	table
	tombs job.Tombstones
	lives []uint32       // newest instance seen, of each peer
	shuns []core.Instant // nothing is handed over to that peer before
	led   []*record

	seq, first uint32 // numbers of messages: the last one, and the first of this life
	draw       rng.Stream

	rounds    sentRounds
	nextRound core.Instant
	flushAt   core.Instant
	dirty     []*record

	waiting   []want // claims that wait for their turn
	nextClaim core.Instant
	batch     []*record // claims that ask in this step
	missing   []*record // jobs that the member in hand needs in full
	wonFrom   core.NodeID

	Leaving bool // claims nothing any more, and takes nothing that is handed to it

	ready, resynced bool
	reading         reading
}

// Init makes m ready.
func (m *Machine) Init(now core.Instant, owner Owner, p Params) {
	*m = Machine{p: p, cfg: p.Config, owner: owner, me: fence.Holder{Node: p.Self, Instance: p.Instance}}
	m.lives, m.shuns = make([]uint32, len(p.Peers)), make([]core.Instant, len(p.Peers))
	m.tombs.Init(p.Graves, p.GravesKeep)
	m.draw = rng.New(p.Seed, "claim.jitter", p.Key, uint64(p.Instance))
	first := rng.New(p.Seed, "replica.seq", p.Key, uint64(p.Instance))
	m.first = uint32(first.Uint64())
	m.seq = m.first
	m.rounds.last = uint64(p.Instance) << 32
	m.nextRound, m.flushAt, m.nextClaim = core.Never, core.Never, now
	m.begin(now, p.Formed)
}

// C is how many members the cluster has, whoever is alive; majority is more than half of them.
func (m *Machine) majority() int { return (len(m.p.Peers)+1)/2 + 1 }

// peer returns the place of a member, −1 if it is none.
func (m *Machine) peer(n core.NodeID) int {
	for i, p := range m.p.Peers {
		if p == n {
			return i
		}
	}
	return -1
}

// Peer returns the place of a member among the others, −1 if it is none.
func (m *Machine) Peer(n core.NodeID) int { return m.peer(n) }

// gone reports whether a process is no more: its node is dead or gone, or lives again as another process (03-11).
func (m *Machine) gone(h fence.Holder) bool {
	if h.Node == m.p.Self {
		return h != m.me
	}
	i := m.peer(h.Node)
	return i < 0 || m.lives[i] > h.Instance || m.owner.Gone(h.Node)
}

// Receive takes a message of this room, and reports whether it was one.
func (m *Machine) Receive(now core.Instant, x *core.Message, fx *core.Effects) bool {
	m.renew()
	i := m.peer(x.From)
	switch b := x.Body.(type) {
	case *Sync, *SyncAck, *Fetch, *FetchResponse, *Announcement, *AnnouncementAck, *LeaseTransfer, *StateRequest, *StateResponse:
		if i >= 0 && m.alive(i, x.Instance) {
			m.take(now, x, b, i, fx)
		}
	case *LeaseTransferAck:
		if i >= 0 && m.alive(i, x.Instance) {
			m.onTransferAck(now, b, x.Seq, i, fx)
		}
	default:
		return false
	}
	return true
}

// renew takes over what membership knows of new processes of the members, for they may say nothing here before messages of
// the former ones arrive (spec 10 §2.6).
func (m *Machine) renew() {
	for i, p := range m.p.Peers {
		m.alive(i, m.owner.Process(p))
	}
}

// alive reports whether a message is of the newest life of its sender. What an earlier one acknowledged is lost with
// its memory.
func (m *Machine) alive(i int, instance uint32) bool {
	if instance > m.lives[i] {
		m.lives[i] = instance
		for _, r := range m.led {
			r.lead.acks[i] = ack{}
		}
		for _, r := range m.all {
			if r != nil {
				r.unhear(i)
			}
		}
	}
	return instance == m.lives[i]
}

// unhear takes back what a member's earlier life has acknowledged and promised about a job.
func (r *record) unhear(i int) {
	if r.grave != nil {
		r.grave.acks &^= 1 << i
	}
	if c := r.claim; c != nil {
		c.answered &^= 1 << i
		c.yes &^= 1 << i
	}
}

func (m *Machine) take(now core.Instant, x *core.Message, body core.Body, i int, fx *core.Effects) {
	switch b := body.(type) {
	case *Sync:
		m.onSync(now, x, b, fx)
	case *SyncAck:
		m.onSyncAck(now, b, i, fx)
	case *Fetch:
		m.onFetch(now, x, b, fx)
	case *FetchResponse:
		m.onFetched(now, x, b, i, fx)
	case *Announcement:
		m.onClaims(now, x, b, fx)
	case *AnnouncementAck:
		m.onClaimed(now, x, b, i, fx)
	case *LeaseTransfer:
		m.onTransfer(now, x, b, fx)
	case *StateRequest:
		m.onRead(now, x, fx)
	case *StateResponse:
		m.onState(now, b, i, fx)
	}
}

// Wake does what is due.
func (m *Machine) Wake(now core.Instant, fx *core.Effects) {
	m.renew()
	m.read(now, fx)
	for len(m.heap) > 0 && m.at(m.heap[0]).due <= now {
		r := m.at(m.heap[0])
		m.arm(r, core.Never)
		m.look(now, r, fx)
	}
	m.ask(now, fx)
	m.startClaims(now, fx)
	if m.nextRound <= now {
		m.round(now, fx)
	}
	if m.flushAt <= now {
		m.flush(now, fx)
	}
}

// look does what is due of one job.
func (m *Machine) look(now core.Instant, r *record, fx *core.Effects) {
	if r.claim != nil {
		m.lookClaim(now, r, fx)
	}
	if r.grave != nil {
		m.lookGrave(now, r, fx)
	}
	if r.lead != nil {
		m.lookLead(now, r, fx)
	}
	m.settle(now, r)
}

// settle frees a record that says nothing any more. A promise by itself is kept for as long as a cancel.
func (m *Machine) settle(now core.Instant, r *record) {
	switch {
	case m.find(r.id) != r:
	case r.known() || r.lead != nil || r.claim != nil || r.grave != nil:
		r.idle = 0
	case r.promise.Token == 0 && r.cancel <= now:
		m.free(r)
	default:
		if r.idle == 0 {
			r.idle = now.Add(m.cfg.Lease.CancelKeep)
		}
		if until := max(r.idle, r.cancel); now < until {
			m.sooner(r, until)
		} else {
			m.free(r)
		}
	}
}

// Deadline reports when Wake is next needed.
func (m *Machine) Deadline() (core.Instant, bool) {
	at := min(m.nextRound, m.flushAt, m.reading.next)
	if len(m.waiting) > 0 {
		at = min(at, m.nextClaim)
	}
	if len(m.heap) > 0 {
		at = min(at, m.at(m.heap[0]).due)
	}
	return at, at != core.Never
}

// number returns that of a message. An answer repeats it; what an earlier life asked is out of range.
func (m *Machine) number() uint32 {
	m.seq++
	return m.seq
}

// mine reports whether seq is of a question that was asked since the given one.
func (m *Machine) mine(seq, since uint32) bool {
	return seq-since <= m.seq-since && since-m.first <= seq-m.first
}

func (m *Machine) header(fx *core.Effects, k core.Kind, to core.NodeID, seq uint32) *core.Message {
	x := fx.Send()
	x.Kind, x.From, x.To, x.Role, x.Instance, x.Seq = k, m.p.Self, to, m.p.Role, m.p.Instance, seq
	x.Timeout = m.cfg.Lease.Interval
	return x
}

// toAll sends copies of the message that was appended last to all other members but its own addressee: one body serves
// all.
func (m *Machine) toAll(fx *core.Effects) {
	x := fx.Messages[len(fx.Messages)-1]
	for _, p := range m.p.Peers {
		if p != x.To {
			y := fx.Send()
			*y = x
			y.To = p
		}
	}
}

// between draws a pause.
func (m *Machine) between(least, most core.Duration) core.Duration {
	return least + core.Duration(m.draw.Float64()*float64(most-least))
}

// Sizes of the tables, held to the truth by a test.
const (
	recordBytes = 416
	leadBytes   = 160
	ackBytes    = 16
)

// MemoryBytes returns the heap bytes that m holds, lists in entries left out.
func (m *Machine) MemoryBytes() int {
	n := 8*(cap(m.all)+cap(m.led)+cap(m.dirty)+cap(m.rounds.at)) + 4*(cap(m.idle)+cap(m.heap)+cap(m.lives)) + 8*cap(m.shuns)
	n += m.hash.MemoryBytes() + m.tombs.MemoryBytes() + recordBytes*m.hash.Len()
	for _, r := range m.led {
		n += leadBytes + ackBytes*cap(r.lead.acks)
	}
	return n
}
