package swim

import (
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

// Each part of ValidateState notices its defect, and says so in its own field only.
func TestValidateStateFires(t *testing.T) {
	vc := vivaldi.Default()
	for _, c := range []struct {
		name   string
		part   func(*StateReport) bool
		what   string
		doctor func(m *Machine)
	}{
		{"digest", func(r *StateReport) bool { return r.DigestTrue }, "digest", func(m *Machine) { m.sum.all++ }},
		{"participants", func(r *StateReport) bool { return r.CountsTrue }, "participants", func(m *Machine) { m.nPart++ }},
		{"role", func(r *StateReport) bool { return r.RoleSet }, "role client", func(m *Machine) { m.role = core.RoleClient }},
		{"entry of another", func(r *StateReport) bool { return r.ConfirmationConsistent }, "confirmation entry",
			func(m *Machine) { m.conf.at(m.rec[1].side).subject = 3 }},
		{"order of looks", func(r *StateReport) bool { return r.ConfirmationConsistent }, "out of order",
			func(m *Machine) { m.conf.at(m.conf.heap[0]).next = core.Never }},
		{"stale ones", func(r *StateReport) bool { return r.ConfirmationConsistent }, "stale", func(m *Machine) { m.conf.stale++ }},
		{"suspicion of another", func(r *StateReport) bool { return r.SuspicionConsistent }, "its suspicion",
			func(m *Machine) { m.susp.at(m.rec[4].side).subject = 3 }},
		{"order of deadlines", func(r *StateReport) bool { return r.SuspicionConsistent }, "out of order",
			func(m *Machine) { m.susp.at(m.susp.heap[0]).deadline = core.Never }},
		{"members", limits, "records are kept", func(m *Machine) { m.cfg.Membership.MaxMembers = 4 }},
		{"suspicions", limits, "suspicions run", func(m *Machine) { m.cfg.Membership.MaxSuspicions = 1 }},
		{"probes", limits, "probes are outstanding", func(m *Machine) { m.nProbes = 65 }},
		{"proxied", limits, "proxied", func(m *Machine) { m.nProxied = 101 }},
		{"queue", limits, "updates are queued", func(m *Machine) { m.cfg.Gossip.QueueMax = 1 }},
		{"queue age", limits, "is queued for", func(m *Machine) { m.queue.Push(100e9-90_001e6, &core.Update{Subject: 6}, 6, 0, 9) }},
		{"senders", limits, "token bucket", func(m *Machine) { m.rate.buckets = make([]bucket, rateSenders+1) }},
		{"audit", limits, "remembered", func(m *Machine) { m.cfg.Audit.Max = 3 }},
		{"attempts", limits, "attempts", func(m *Machine) { m.conf.recent = make([]core.Instant, 11) }},
		{"coordinates", limits, "coordinates are cached", func(m *Machine) { vc.Peers = 0 }},
		{"coordinate", func(r *StateReport) bool { return r.CoordinateValid }, "coordinate: error", func(m *Machine) { vc.ErrorMax = 1 }},
	} {
		cfg := Default()
		vc = vivaldi.Default()
		var viv vivaldi.Node
		viv.Init(&vc, rng.New(1, "vivaldi"))
		m := New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 8, Instance: 1, Seed: 1}, &viv)
		var fx core.Effects
		now := core.Instant(100e9)
		m.due[timerSweep] = now + 1
		for k := 1; k < 7; k++ {
			m.rec[k].setRole(core.RoleManager)
			m.becomeUnconfirmed(now-core.Instant(k), k, 0, core.CauseConfigured, &fx)
			if k > 2 {
				m.confirm(now, k, 0, &fx)
			}
		}
		m.accuse(now, 3, core.CauseProbeFailed, &fx)
		m.accuse(now+1, 4, core.CauseProbeFailed, &fx)
		slot, _ := m.viv.Slot(now, 0, 5)
		m.rec[5].setSlot(slot)
		m.viv.Heard(slot, now, &core.Coord{Dims: 8, Error: 1.5, Height: 1e-5})
		if r := m.ValidateState(now); !r.Valid || len(r.Errors) > 0 || r.CoordinateConverged {
			t.Fatalf("%s: not sound to begin with: %+v", c.name, r)
		}
		c.doctor(m)
		r := m.ValidateState(now)
		if r.Valid || c.part(&r) || !strings.Contains(strings.Join(r.Errors, "\n"), c.what) {
			t.Errorf("%s: %+v", c.name, r)
		}
		good := 0
		for _, ok := range []bool{
			r.CoordinateValid, r.RoleSet, r.ConfirmationConsistent, r.SuspicionConsistent, r.WithinLimits, r.DigestTrue, r.CountsTrue,
		} {
			if ok {
				good++
			}
		}
		if want := 6; good != want && c.name != "role" { // no role is a count that is wrong, too
			t.Errorf("%s: %d parts are sound, want %d: %+v", c.name, good, want, r)
		}
	}
}

func limits(r *StateReport) bool { return r.WithinLimits }

// The log keeps the last transitions in order and forgets the oldest.
func TestAuditLogIsARing(t *testing.T) {
	var l auditLog
	for i := range 10 {
		l.add(4, AuditEntry{Incarnation: uint32(i)})
	}
	m := Machine{audit: l}
	log := m.AuditLog(nil)
	if len(log) != 4 {
		t.Fatalf("%d entries", len(log))
	}
	for i, e := range log {
		if e.Incarnation != uint32(6+i) {
			t.Errorf("entry %d is number %d", i, e.Incarnation)
		}
	}
}
