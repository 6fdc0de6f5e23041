package swim

import (
	"fmt"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

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
	// Every purpose has a stream of its own, named by node and process: a draw more for gossip moves no probe, and a run in
	// which one node restarts leaves the draws of all others as they were.
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
	// Each timer starts at a random phase of its period. Members that were started together would else probe, gossip and sync in
	// the same millisecond for as long as they live.
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
