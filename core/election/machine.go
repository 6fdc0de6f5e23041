package election

import (
	"slices"

	"hypersim/core"
	"hypersim/core/rng"
)

// Role is what a voter is doing.
type Role uint8

// Roles.
const (
	Follower Role = iota
	PreCandidate
	Candidate
	Leader

	NumRoles = 4
)

var roleNames = [NumRoles]string{"FOLLOWER", "PRE_CANDIDATE", "CANDIDATE", "LEADER"}

func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return "unknown"
}

// Members is what an election reads of membership.
type Members interface {
	State(id core.NodeID) core.MemberState
	LHM() int   // the node's own local health, 0 is best
	Level() int // its degradation, 0 … 4
}

// Levels of degradation (spec 10 §4.4): from moderate on a node does not stand, from heavy on it does not lead.
const (
	levelModerate = 2
	levelHeavy    = 3
)

// Params say who votes.
type Params struct {
	Config   *Config // shared, read only
	Self     core.NodeID
	Role     core.Role
	Instance uint32
	Seed     uint64        // of the run
	Key      uint64        // of the node's name (rng.Key)
	Voters   []core.NodeID // the configured ones, ascending, self among them; shared, read only
	Members  Members

	// Formed: the cluster stands from the start, and First leads, NoNode if too few are there: the lowest of those that
	// are, with the lowest term that is its own.
	Formed bool
	First  core.NodeID
}

// round is one round of the leader's heartbeats.
type round struct {
	seq  uint64
	sent core.Instant
	acks int
	who  []bool // by index of the voter
}

// Machine is one voter. It implements core.Machine.
type Machine struct {
	p      Params
	c      *Election
	index  int
	jitter rng.Stream
	length rng.Stream

	role   Role
	term   uint64
	vote   core.NodeID
	leader core.NodeID
	lease  core.Instant // follower: faith until then; leader: acts until then

	holdoff core.Instant // gives no vote before
	voted   core.Instant // its last vote
	timer   core.Instant // stands then
	ends    core.Instant // of the pre-vote or round under way

	standing uint64 // term that it stands for
	grants   []bool
	yielded  []yield // pre-votes that were granted as a candidate for one

	poll     core.Instant // next look at the peers, before it is armed
	patience core.Instant // looks no longer than this
	all      bool         // has seen them, or waited long enough
	wait     rng.Stream
	said     uint32 // datagrams that are no answers

	beat   core.Instant // next heartbeat
	seq    uint64
	rounds []round
	won    core.Instant
	check  core.Instant // next look at the quorum
	low    int          // looks in a row that found too few

	changes  []core.Instant // of the leader, the last ones
	cooldown core.Duration
	cool     core.Instant // does not stand before
	armed    bool
	draining bool

	violations uint64 // two leaders of one term
	started    uint64
	elected    uint64
}

// yield is a candidate that was encouraged, and for which term.
type yield struct {
	who  core.NodeID
	term uint64
}

// New returns a voter. It does nothing before Begin.
func New(p Params) *Machine {
	m := &Machine{
		p: p, c: &p.Config.Election, index: slices.Index(p.Voters, p.Self), vote: core.NoNode, leader: core.NoNode,
		timer: core.Never, ends: core.Never, poll: core.Never, beat: core.Never, check: core.Never, grants: make([]bool, len(p.Voters)),
	}
	if m.index < 0 {
		panic("election: a node that is no voter")
	}
	m.jitter = rng.New(p.Seed, "election.jitter", p.Key, uint64(p.Instance))
	m.length = rng.New(p.Seed, "election.round", p.Key, uint64(p.Instance))
	m.wait = rng.New(p.Seed, "election.stand", p.Key, uint64(p.Instance))
	m.cooldown = m.c.FlapCooldown
	return m
}

// Drain lets the node never stand again, and step down if it leads.
func (m *Machine) Drain(now core.Instant, fx *core.Effects) {
	m.draining = true
	if m.role == Leader {
		m.stepDown(now, fx)
	}
}

// draw returns a part of d.
func (m *Machine) draw(s *rng.Stream, d core.Duration) core.Duration {
	return core.Duration(float64(s.Float64() * float64(d)))
}

// rearm lets the voter stand a draw after the given time.
func (m *Machine) rearm(from core.Instant) {
	if m.armed {
		m.timer = from.Add(m.draw(&m.jitter, m.c.StartJitter))
	}
}

// majority returns maj(C).
func (m *Machine) majority() int { return len(m.p.Voters)/2 + 1 }

// next returns the smallest term above the own one that belongs to this member.
func (m *Machine) next() uint64 {
	c, mine := uint64(len(m.p.Voters)), uint64(m.index+1)
	t := m.term + 1
	return t + (mine+c-t%c)%c
}

// believes reports whether the voter has a leader that its lease is for.
func (m *Machine) believes(now core.Instant) bool {
	return m.leader != core.NoNode && now < m.lease
}

// Leader implements federated.Leadership: who leads as far as this node knows, core.NoNode if it knows nobody.
func (m *Machine) Leader() core.NodeID { return m.leader }

// Term implements federated.Leadership.
func (m *Machine) Term() uint64 { return m.term }

// Role returns what the voter is doing.
func (m *Machine) Role() Role { return m.role }

// Lease returns until when the voter keeps faith, or may act if it leads.
func (m *Machine) Lease() core.Instant { return m.lease }

// Leads reports whether this node may act as leader at now.
func (m *Machine) Leads(now core.Instant) bool { return m.role == Leader && now < m.lease }

// Violations returns how often two leaders of one term were heard of; it must stay 0.
func (m *Machine) Violations() uint64 { return m.violations }

// Rounds returns how many rounds this node began, pre-votes not counted, and how many it won.
func (m *Machine) Rounds() (started, won uint64) { return m.started, m.elected }

// Deadline implements core.Machine.
func (m *Machine) Deadline() (core.Instant, bool) {
	at := min(m.ends, m.beat, m.check, m.poll)
	if m.role == Follower {
		at = min(at, m.timer)
		if m.leader != core.NoNode {
			at = min(at, m.lease)
		}
	}
	if m.role == Leader && m.lease != core.Never {
		at = min(at, max(m.lease, m.won))
	}
	return at, at != core.Never
}

// MemoryBytes returns the heap bytes that m holds.
func (m *Machine) MemoryBytes() int {
	n := machineBytes + cap(m.grants) + 16*cap(m.yielded) + 8*cap(m.changes)
	for i := range m.rounds {
		n += 56 + cap(m.rounds[i].who)
	}
	return n
}

// machineBytes is the size of a Machine, held to the truth by a test.
const machineBytes = 440
