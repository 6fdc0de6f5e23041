package federated

import (
	"hypersim/core"
	"hypersim/core/vivaldi"
)

// Local is the process that a Gate or a Manager runs in.
type Local struct {
	Self     core.NodeID
	Role     core.Role
	Instance uint32
	Members  Members       // the membership of the same process
	Viv      *vivaldi.Node // nil: no coordinates
}

// header appends a link datagram: group 0, no updates. turn is that of the request, core.TurnOf seq in one.
func (l *Local) header(kind core.Kind, to core.NodeID, seq, turn uint32, fx *core.Effects) *core.Message {
	m := fx.Send()
	m.Kind, m.Role, m.From, m.To, m.Seq, m.Turn = kind, l.Role, l.Self, to, seq, turn
	m.Instance, m.Incarnation = l.Instance, l.Members.Incarnation(l.Self)
	if l.Viv != nil {
		l.Viv.Coord(&m.Coord)
	}
	return m
}

// peer is what is kept of the other end of a link: where its coordinate is. Slots are shared with
// membership, which may take one away without asking, so each use asks whether it is still ours.
type peer struct {
	id   core.NodeID
	slot uint16
}

// hear stores the coordinate that came with m.
func (l *Local) hear(now core.Instant, p *peer, m *core.Message) {
	if l.Viv == nil || m.Coord.Dims == 0 {
		return
	}
	slot := p.slot
	if !l.Viv.Holds(slot, p.id) {
		slot = 0
	}
	slot, evicted := l.Viv.Slot(now, slot, p.id)
	if evicted != core.NoNode {
		l.Members.CoordEvicted(evicted)
	}
	p.slot = slot
	l.Viv.Heard(slot, now, &m.Coord)
}

// sample feeds one measured round trip to p.
func (l *Local) sample(now core.Instant, p *peer, rtt core.Duration) {
	if l.Viv != nil && l.Viv.Holds(p.slot, p.id) {
		l.Viv.Sample(p.slot, now, rtt)
	}
}

// rttMS is the filtered round trip to p in ms, 0 if there is none.
func (l *Local) rttMS(now core.Instant, p *peer) float32 {
	if l.Viv == nil || !l.Viv.Holds(p.slot, p.id) {
		return 0
	}
	rtt, ok := l.Viv.FilteredRTT(p.slot, now)
	if !ok {
		return 0
	}
	return float32(float64(rtt) / 1e6)
}

// Sizes in bytes of what this room keeps, held to the truth by a test.
const (
	gateBytes      = 176
	probeBytes     = 32
	siteBytes      = 208
	peerBytes      = 8
	managerBytes   = 192
	gateEntryBytes = 32
	lifeBytes      = 8
)

// Leadership says who leads a datacenter, as one of its managers sees it.
type Leadership interface {
	Leader() core.NodeID         // core.NoNode: not known
	Leads(now core.Instant) bool // the manager itself, and it may act as leader now
	Term() uint64
}

// Members is what this room reads of membership.
type Members interface {
	State(id core.NodeID) core.MemberState
	// Census counts the records that are not gone, and among them those that are OK, the node itself included.
	Census() (managers, managersOK, workers, workersOK int)
	Incarnation(id core.NodeID) uint32
	// CoordEvicted tells that the coordinate slot of peer went to a peer of the link: its handle is membership's to clear.
	CoordEvicted(peer core.NodeID)
}
