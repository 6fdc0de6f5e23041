package wire

import (
	"encoding/binary"

	"hypersim/core"
)

const bitLeader = 1 // of the byte after the external incarnation of an XACK

// extraBug says what is wrong with m.Extra, or "".
func extraBug(m *core.Message) string {
	switch x := m.Extra; {
	case x == nil && m.Kind == core.KindXAck:
		return "XACK without a report"
	case x == nil:
	case m.Kind != core.KindXAck && x.Site != core.SiteReport{}:
		return "Extra.Site is for XACK"
	}
	return ""
}

func appendSite(dst []byte, s *core.SiteReport) []byte {
	dst = binary.BigEndian.AppendUint16(dst, s.Site)
	dst = binary.BigEndian.AppendUint64(dst, s.Term)
	dst = binary.BigEndian.AppendUint32(dst, s.External)
	dst = append(dst, bit(s.Leader, bitLeader), s.Health)
	dst = binary.BigEndian.AppendUint16(dst, s.Managers)
	dst = binary.BigEndian.AppendUint16(dst, s.ManagersHealthy)
	for _, v := range [...]uint32{s.Workers, s.WorkersHealthy, s.Cores, s.CoresAvailable, s.Jobs, s.Workflows} {
		dst = binary.BigEndian.AppendUint32(dst, v)
	}
	return dst
}

func bit(set bool, b uint8) uint8 {
	if set {
		return b
	}
	return 0
}

// extra gives m its Extra, empty at the first call.
func (r *reader) extra(m *core.Message) *core.Extra {
	if m.Extra == nil {
		if r.spare == nil {
			r.spare = new(core.Extra)
		}
		r.spare.Clear()
		m.Extra = r.spare
	}
	return m.Extra
}

func (r *reader) site(s *core.SiteReport) {
	s.Site, s.Term, s.External = r.u16(), r.u64(), r.u32()
	flags := r.u8()
	if flags&^bitLeader != 0 {
		r.fail(ErrReserved)
	}
	s.Leader, s.Health = flags&bitLeader != 0, r.u8()
	s.Managers, s.ManagersHealthy = r.u16(), r.u16()
	s.Workers, s.WorkersHealthy = r.u32(), r.u32()
	s.Cores, s.CoresAvailable = r.u32(), r.u32()
	s.Jobs, s.Workflows = r.u32(), r.u32()
}

// leader reads the body of an XNACK.
func (r *reader) leader(b Book) core.NodeID {
	switch known := r.u8(); {
	case known > 1:
		r.fail(ErrValue)
	case known == 1:
		return r.node(b)
	}
	return core.NoNode
}
