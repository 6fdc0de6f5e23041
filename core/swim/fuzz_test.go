package swim

import (
	"testing"

	"hypersim/core"
)

// script turns bytes into field values; at the end of the input it yields zeros.
type script struct{ data []byte }

func (s *script) byte() byte {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return b
}

// id is mostly somebody, sometimes nobody or out of range.
func (s *script) id() core.NodeID {
	switch b := s.byte(); {
	case b >= 250:
		return core.NoNode - core.NodeID(b-250)
	default:
		return core.NodeID(b % 9)
	}
}

func (s *script) number() uint32 {
	switch b := s.byte(); {
	case b >= 252:
		return 1<<31 - 2 + uint32(b-252)
	case b >= 240:
		return uint32(b) * 100
	default:
		return uint32(b) % 16
	}
}

func (s *script) update() core.Update {
	return core.Update{
		Type: core.UpdateType(s.byte() % 8), Subject: s.id(), Incarnation: s.number(), From: s.id(), Role: core.Role(s.byte() % 8),
	}
}

func (s *script) message(m *Machine) core.Message {
	msg := core.Message{
		Kind: core.Kind(s.byte() % core.NumKinds), Flags: core.Flags(s.byte()), Role: core.Role(s.byte() % 8), State: core.MemberState(s.byte()),
		Group: core.GroupID(s.byte()%8) / 7, From: s.id(), To: m.self, Instance: s.number(), Incarnation: s.number(), Seq: s.number(),
		Target: s.id(), Required: s.number(), BudgetMS: s.number() * 100, Digest: s.number(),
		Failed: core.Kind(s.byte()),
	}
	msg.Group = 1 - msg.Group
	for range s.byte() % 8 {
		msg.Updates = append(msg.Updates, s.update())
	}
	msg.Body = s.body(s.byte())
	return msg
}

// body returns any body, not always that of the kind.
func (s *script) body(which byte) core.Body {
	var table []core.Entry
	switch which % 6 {
	case 0:
		return nil
	case 1:
		return &JoinRequest{Major: s.byte()%4 + 1}
	case 2:
		return &SyncDigest{Sum: uint64(s.number()), Count: s.number()}
	case 3:
		return new(foreign)
	}
	for range s.byte() % 8 {
		u := s.update()
		table = append(table, core.Entry{
			Subject: u.Subject, Incarnation: u.Incarnation, Accuser: u.From, Role: u.Role, State: core.MemberState(u.Type),
		})
	}
	if which%6 == 4 {
		return &JoinAck{Reject: Reject(s.byte()), Required: s.number(), Records: table}
	}
	return &SyncFull{Records: table}
}

// Any field values in any order: no panic, and every table stays true to the records.
func FuzzReceive(f *testing.F) {
	f.Add([]byte("a group of seven, formed, that hears this sentence instead of gossip"))
	f.Add([]byte{0, 2, 8, 0, 1, 0, 1, 3, 0, 0, 0, 9, 9, 9, 200, 6, 0, 1, 1, 5, 255, 255, 255, 253, 254, 252})
	f.Add([]byte{1, 12, 255, 240, 250, 251, 252, 253, 254, 255, 0, 0, 0, 7, 7, 7, 7, 7, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &script{data: data}
		cfg := Default()
		b := s.byte()
		cfg.Membership.MaxMembers = 3 + int(b&1)*100
		cfg.Gossip.QueueMax = 2 + int(b>>1&1)*100
		cfg.Membership.MaxSuspicions = 1 + int(b>>2&1)*100
		p := Params{Role: core.Role(b >> 3 & 3 % 3), Group: 1, Capacity: 7, Instance: 1, Seed: 1, Owner: 1}
		for i := range 3 * int(b>>5&1) {
			p.Formed = append(p.Formed, core.Entry{Subject: core.NodeID(i), Role: core.RoleManager, State: core.StateOK})
		}
		p.Seeds = []core.NodeID{1}
		m := New(&cfg, p, nil)
		var fx core.Effects
		now := core.Instant(0)
		m.Begin(now, &fx)
		for steps := 0; len(s.data) > 0 && steps < 200; steps++ {
			fx.Reset()
			now = now.Add(core.Duration(s.number()) * 50e6)
			switch op := s.byte(); {
			case op == 255:
				m.Leave(now, &fx)
			case op >= 192:
				m.Wake(now, &fx)
			default:
				msg := s.message(m)
				m.Receive(now, &msg, &fx)
			}
			for _, bad := range m.Validate() {
				t.Fatalf("%v: %s", now, bad)
			}
		}
	})
}
