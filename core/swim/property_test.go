package swim

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

const propertyNodes = 7 // 0 is the machine, 5 and 6 are workers by default

// anyConfig draws a configuration whose small tables make the rare branches common.
func anyConfig(t *rapid.T) Config {
	c := Default()
	c.LHM.FailedProbeRule = rapid.SampledFrom([]FailedProbeRule{FailedProbeMemberlist, FailedProbePaper}).Draw(t, "rule")
	c.Membership.ConfirmationMode = rapid.SampledFrom([]ConfirmationMode{ConfirmObserver, ConfirmObserver, ConfirmHearsay}).Draw(t, "mode")
	c.Confirm.On = rapid.SampledFrom([]ConfirmOn{ConfirmOnBidirectional, ConfirmOnAnyMessage}).Draw(t, "confirm")
	c.Suspicion.Formula = rapid.SampledFrom([]Formula{FormulaLifeguard, FormulaLogN}).Draw(t, "formula")
	c.Suspicion.Scaling = rapid.SampledFrom([]Scaling{ScalingNone, ScalingLHM, ScalingAdaptive}).Draw(t, "scaling")
	c.Membership.MaxMembers = rapid.SampledFrom([]int{2, 4, 100}).Draw(t, "members")
	c.Membership.MaxSuspicions = rapid.SampledFrom([]int{1, 100}).Draw(t, "suspicions")
	c.Gossip.QueueMax = rapid.SampledFrom([]int{1, 3, 1000}).Draw(t, "queue")
	c.Gossip.MaxBytes = rapid.SampledFrom([]int{32, 60, 1150}).Draw(t, "bytes")
	c.Probe.MaxOutstanding = rapid.SampledFrom([]int{1, 2, 64}).Draw(t, "outstanding")
	c.Probe.MaxProxied = rapid.SampledFrom([]int{0, 1, 100}).Draw(t, "proxied")
	c.Sync.Mode = rapid.SampledFrom([]SyncMode{SyncByDigest, SyncByTable, SyncOff}).Draw(t, "sync")
	c.Wheel.Quantum = rapid.SampledFrom([]core.Duration{0, 0, 100 * time.Millisecond}).Draw(t, "quantum")
	c.Probe.PauseGuard = rapid.Bool().Draw(t, "pause guard")
	c.Suspicion.PauseGrace = rapid.Bool().Draw(t, "pause grace")
	if rapid.IntRange(0, 3).Draw(t, "inherits") == 0 {
		i := &c.Inherited
		for _, on := range []*bool{&i.Refute, &i.Unicast, &i.Credit, &i.Lockout} {
			*on = rapid.Bool().Draw(t, "inherited")
		}
	}
	c.Health.TableMax = rapid.SampledFrom([]int{1, 2, 500}).Draw(t, "health table")
	c.WorkerState.QueueMax = rapid.SampledFrom([]int{1, 2, 500}).Draw(t, "worker queue")
	c.Rate.Burst = rapid.SampledFrom([]int{0, 2, 200}).Draw(t, "burst")
	c.Membership.DeadRetention = 60 * time.Second
	c.Membership.LeftRetention = 40 * time.Second
	c.Membership.Tombstone = 90 * time.Second // above the age of queued updates
	return c
}

func anyRole(t *rapid.T, id int) core.Role {
	if rapid.IntRange(0, 9).Draw(t, "odd role") == 0 {
		return core.Role(rapid.IntRange(0, 4).Draw(t, "role")) // clients and nonsense too
	}
	if id >= 5 {
		return core.RoleWorker
	}
	return core.RoleManager
}

func anyIncarnation(t *rapid.T) uint32 {
	if rapid.IntRange(0, 30).Draw(t, "odd incarnation") == 0 {
		return rapid.SampledFrom([]uint32{999, 1002, 1<<31 - 2, 1<<31 - 1, 1 << 31, 1<<32 - 1}).Draw(t, "inc")
	}
	return rapid.Uint32Range(0, 6).Draw(t, "inc")
}

func anyUpdate(t *rapid.T) core.Update {
	id := rapid.IntRange(0, propertyNodes).Draw(t, "subject")
	u := core.Update{
		Subject: core.NodeID(id), Incarnation: anyIncarnation(t), From: core.NoNode,
		Type: core.UpdateType(rapid.IntRange(0, core.NumUpdateTypes).Draw(t, "type")), Role: anyRole(t, id),
	}
	if u.Type == core.UpdateSuspect || u.Type == core.UpdateDead {
		u.From = core.NodeID(rapid.IntRange(0, propertyNodes-1).Draw(t, "accuser"))
	}
	return u
}

func anyMessage(t *rapid.T, m *Machine) core.Message {
	from := rapid.IntRange(1, propertyNodes-1).Draw(t, "from")
	msg := core.Message{
		Kind: core.Kind(rapid.IntRange(0, core.NumKinds).Draw(t, "kind")), Group: 1, From: core.NodeID(from), To: m.self,
		Role: anyRole(t, from), Instance: rapid.SampledFrom([]uint32{1, 1, 1, 1, 2, 3}).Draw(t, "instance"),
		Incarnation: anyIncarnation(t), Seq: rapid.Uint32Range(0, 20).Draw(t, "seq"),
		Target: core.NodeID(rapid.IntRange(0, propertyNodes-1).Draw(t, "target")), BudgetMS: rapid.Uint32Range(0, 2000).Draw(t, "budget"),
		Required: anyIncarnation(t), Flags: core.Flags(rapid.SampledFrom([]int{0, 0, 1, 2, 4, 8, 24}).Draw(t, "flags")),
		Failed: core.Kind(rapid.IntRange(0, core.NumKinds-1).Draw(t, "failed")), Digest: rapid.Uint32().Draw(t, "digest"),
	}
	if len(m.out) > 0 && rapid.Bool().Draw(t, "answers") { // hit the rare seq: answer one of its pings
		p := &m.out[rapid.IntRange(0, len(m.out)-1).Draw(t, "ping")]
		msg.Seq = p.seq
		if msg.Kind == core.KindAck {
			msg.From = m.id(int(p.target))
			msg.Role = anyRole(t, int(msg.From))
		}
		if rapid.Bool().Draw(t, "same target") {
			msg.Target = m.id(int(p.target))
		}
	}
	if msg.Kind == core.KindPing && rapid.IntRange(0, 3).Draw(t, "for me") > 0 {
		msg.Target = m.self
	}
	if msg.Kind == core.KindJoinAck && rapid.Bool().Draw(t, "waited for") {
		msg.Seq = m.join.seq
	}
	if msg.From == m.self {
		msg.From = 1
	}
	if m.viv != nil && rapid.Bool().Draw(t, "coord") {
		msg.Coord.Dims, msg.Coord.Error, msg.Coord.Height = 8, 1, 0.001
		msg.Coord.Vec[0] = rapid.Float32Range(-1, 1).Draw(t, "x")
	}
	for range rapid.IntRange(0, 4).Draw(t, "updates") {
		msg.Updates = append(msg.Updates, anyUpdate(t))
	}
	if !msg.Kind.IsStream() {
		msg.Extra = anyExtra(t)
	}
	msg.Body = anyBody(t, msg.Kind)
	return msg
}

// anyBody draws the body of a kind that has one.
func anyBody(t *rapid.T, k core.Kind) core.Body {
	var table []core.Entry
	if k == core.KindSyncFull || k == core.KindJoinAck {
		for range rapid.IntRange(0, 4).Draw(t, "records") {
			u := anyUpdate(t)
			table = append(table, core.Entry{
				Subject: u.Subject, Incarnation: u.Incarnation, Role: u.Role, Accuser: u.From,
				State: core.MemberState(rapid.IntRange(0, core.NumStates).Draw(t, "state")),
			})
		}
	}
	switch k {
	case core.KindJoin:
		return &JoinRequest{Major: VersionMajor}
	case core.KindJoinAck:
		return &JoinAck{Required: anyIncarnation(t), Records: table}
	case core.KindSyncDigest:
		return new(SyncDigest)
	case core.KindSyncFull:
		return &SyncFull{Records: table}
	case core.KindProgress:
		return new(foreign)
	default:
		return nil
	}
}

// anyExtra draws entries about everybody, the machine itself included, and nonsense.
func anyExtra(t *rapid.T) *core.Extra {
	if rapid.IntRange(0, 3).Draw(t, "extra") > 0 {
		return nil
	}
	x := new(core.Extra)
	node := func() core.NodeID { return core.NodeID(rapid.IntRange(0, propertyNodes).Draw(t, "node")) }
	for range rapid.IntRange(0, 7).Draw(t, "health") {
		x.Health = append(x.Health, core.HealthEntry{
			Subject: node(), Version: rapid.Uint32Range(0, 4).Draw(t, "version"),
			Load: core.Load(rapid.IntRange(0, core.NumLoads).Draw(t, "load")), Accepting: rapid.Bool().Draw(t, "accepting"),
		})
	}
	for range rapid.IntRange(0, 4).Draw(t, "workers") {
		x.Workers = append(x.Workers, core.WorkerEntry{
			Worker: node(), Owner: node(), Incarnation: anyIncarnation(t),
			State: core.WorkerState(rapid.IntRange(0, core.NumWorkerStates).Draw(t, "state")),
		})
	}
	return x
}

func anyMachine(t *rapid.T, cfg *Config) *Machine {
	p := Params{
		Role:  rapid.SampledFrom([]core.Role{core.RoleManager, core.RoleManager, core.RoleGate, core.RoleWorker}).Draw(t, "own role"),
		Group: 1, Capacity: propertyNodes, Instance: 2, Seed: rapid.Uint64().Draw(t, "seed"), Owner: core.NoNode,
	}
	if p.Role == core.RoleWorker {
		p.Capacity = 5
		p.Self = propertyNodes - 1
	}
	table := []core.Entry{}
	for id := range propertyNodes {
		role := core.RoleManager
		if id >= 5 {
			role = core.RoleWorker
		}
		if core.NodeID(id) != p.Self {
			table = append(table, core.Entry{Subject: core.NodeID(id), Role: role, State: core.StateOK, Accuser: core.NoNode})
		}
	}
	table = table[:min(len(table), cfg.Membership.MaxMembers)]
	switch rapid.IntRange(0, 2).Draw(t, "start") {
	case 0:
		p.Formed, p.Owner = table, 1
		p.Owners = func(id core.NodeID) core.NodeID { return id % 2 } // half of them its own
	case 1:
		p.Known = table
	case 2:
		p.Seeds = []core.NodeID{1, 2}
	}
	var viv *vivaldi.Node
	if rapid.Bool().Draw(t, "coordinates") {
		vc := vivaldi.Default()
		vc.Peers = 2
		var n vivaldi.Node
		n.Init(&vc, rng.New(p.Seed, "test"))
		viv = &n
	}
	return New(cfg, p, viv)
}

// Whatever arrives and however late its timers fire, a machine keeps its invariants and does not panic.
func TestAnySequenceKeepsInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		m := anyMachine(t, &cfg)
		a := underAudit(m)
		var fx core.Effects
		now := core.Instant(0)
		a.step(now, nil, &fx, func() { m.Begin(now, &fx) })
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			fx.Reset()
			switch rapid.IntRange(0, 12).Draw(t, "op") {
			case 0, 1, 2: // on time
				if at, ok := m.Deadline(); ok && at < now.Add(100e9) {
					now = max(now, at)
				}
				a.Wake(now, &fx)
			case 3: // late
				now = now.Add(core.Duration(rapid.Int64Range(0, 40e9).Draw(t, "late")))
				a.Wake(now, &fx)
			case 4:
				now = now.Add(core.Duration(rapid.Int64Range(0, 2e9).Draw(t, "pass")))
			case 5:
				if rapid.Bool().Draw(t, "load changes") {
					h := core.HealthEntry{Load: core.Load(rapid.IntRange(0, core.NumLoads).Draw(t, "own load"))}
					a.step(now, nil, &fx, func() { m.SetHealth(now, &h) })
				}
				if rapid.IntRange(0, 20).Draw(t, "leave") == 0 {
					a.step(now, nil, &fx, func() { m.Leave(now, &fx) })
				}
			default:
				msg := anyMessage(t, m)
				a.Receive(now, &msg, &fx)
			}
			for _, bad := range a.audit.bad {
				t.Fatalf("%v: %s", now, bad)
			}
		}
	})
}
