package swim

import "hypersim/core"

// Inherited switches back on what the reference implementation does and this chapter corrects (§16, spec
// 40 §7.3), one key per decision, so that a scenario can show what a correction buys. All are off by
// default. The first group changes the rules of this machine. The second is shorthand: whoever reads a
// configuration file sets the keys that the doc names, and the machine knows only those.
type Inherited struct {
	Refute  bool `key:"10/D4" doc:"a PING makes its target refute: incarnation, LHM and a datagram to every member, refute.tokens per refute.window"`
	Unicast bool `key:"10/D5" doc:"own suspicions, refutations, joins and departures also go to every member in a datagram of their own"`
	Credit  bool `key:"10/D7" doc:"a gossiped confirmation is credited to who hears it; sets suspicion.formula = log-n"`
	Wheel   bool `key:"10/D8" doc:"suspicion timers run on the two-level wheel whose coarse hand moves every 1.6 s instead of 1 s"`
	Lockout bool `key:"10/D22" doc:"a new process of a key that is DEAD for less than membership.zombie_window is refused"`

	NoLatency   bool `key:"10/D12" doc:"the timeout function never learns which peer it is about: timeout.latency_mode = off"`
	Hyperscale  bool `key:"10/D15" doc:"absolute error with a floor of 50 ms as weight, one axis: vivaldi.engine = hyperscale"`
	LastTry     bool `key:"10/D19" doc:"an UNCONFIRMED peer is removed right after the last attempt: confirm.removal = attempts"`
	NoSync      bool `key:"10/D25" doc:"no anti-entropy, the dead are never contacted: sync.mode = off, reconnect.interval = 0, gossip.to_dead = 0"`
	FullWorkers bool `key:"10/D33" doc:"workers are members like all others and are probed: worker.probe = member"`
	Once        bool `key:"20/J7" doc:"a datacenter is told once that a job is over, and never again: job_timeout.commands = once"`
	NoGrowth    bool `key:"20/J13" doc:"a workflow that runs gets on only when its state changes: job_timeout.progress = transitions"`
	LastWords   bool `key:"20/J29" doc:"a manager whose lease on a job ends says that the job FAILED: lease.on_loss = failed"`
	ShortGrace  bool `key:"20/J30" doc:"a worker whose leader is gone stops after 5 s: orphan.worker_grace = 5 s"`
	StuckQueue  bool `key:"20/J35" doc:"a job that waits for cores counts as stuck: job_timeout.waiting = stuck"`
	Skipped     bool `key:"20/J43" doc:"a cancel passes over shards that are sent and not acknowledged: cancel.dispatched = false"`
	FullIsDown  bool `key:"30/D10" doc:"a datacenter with 95 % of its cores taken is UNHEALTHY: dc_health.by_utilisation"`
	NoMemory    bool `key:"30/D19" doc:"targets are those of the least score, whatever hysteresis says: routing.targets = ranked"`
	OldClasses  bool `key:"30/D24" doc:"probes between sites are TELEMETRY, decisions about time DATA, final results DISPATCH, submissions DATA: shed.classes = inherited"`
	FullStats   bool `key:"30/D25" doc:"statistics leave their tiers only when a record is taken, and at REJECT none is: stats.expiry = record"`
	Latch       bool `key:"30/D27" doc:"workers and gates ignore a level that falls, and keep the longest delay: backpressure.signals = raises"`
	NoSamples   bool `key:"10/D34" doc:"leaders never measure gates: link.sample_interval = 0"`
}

// The inherited suspicion wheel: 16 fine slots of wheel.fine, 64 coarse slots that stand for wheel.coarse each.
const (
	wheelFineSlots = 16
	wheelSlots     = 64
)

// fires returns when the inherited wheel fires a timer that is armed at now for the instant due (10/D8). Its first fine
// tick was at base + fine. Three things go wrong there. The coarse hand moves once per turn of the fine one, which is 16
// fine ticks and not what a coarse slot stands for. Both slot numbers are taken modulo the size of their wheel. And what
// the fine hand meets is fired without a look at its time.
func (w *Wheel) fires(base, now, due core.Instant) core.Instant {
	tick := floorDiv(now.Sub(base), w.Fine) + 1 // the next move of the fine hand
	left := due.Sub(now)
	if left > w.Near {
		turn := w.Fine * wheelFineSlots
		move := floorDiv(now.Sub(base), turn) + 1 + int64(left/w.Coarse)%wheelSlots
		at := base.Add(core.Duration(move) * turn)
		if due <= at {
			return at
		}
		tick, left = move*wheelFineSlots+1, due.Sub(at) // cascaded just after the fine hand moved
	}
	return base.Add(core.Duration(tick+int64(max(left, 0)/w.Fine)%wheelFineSlots) * w.Fine)
}

func floorDiv(a, b core.Duration) int64 {
	q := int64(a / b)
	if a < 0 && core.Duration(q)*b != a {
		q--
	}
	return q
}

// alarm returns when a suspicion timer that is armed at now for the instant due goes off: then, or where the
// granularity of timers puts it (§5.3: never early, late by less than one quantum).
func (m *Machine) alarm(now, due core.Instant) core.Instant {
	if m.cfg.Inherited.Wheel {
		return m.cfg.Wheel.fires(m.phase, now, due)
	}
	if q := m.cfg.Wheel.Quantum; q > 0 {
		return m.phase.Add(core.Duration(-floorDiv(-due.Sub(m.phase), q)) * q)
	}
	return due
}

// tellAll sends u to every member of the probe list in a datagram of its own (10/D4, D5).
func (m *Machine) tellAll(u *core.Update, fx *core.Effects) {
	for _, k := range m.list.order {
		msg := m.header(core.KindGossip, int(k), fx)
		msg.Updates = fx.KeepUpdates(append(fx.GrowUpdates(1), *u))
	}
}

// refuteProbe takes a PING for an accusation (10/D4). Above refute.tokens it is let pass, not deferred.
func (m *Machine) refuteProbe(now core.Instant, fx *core.Effects) {
	w, c := &m.refute, &m.cfg.Refute
	if m.leaving || w.used >= c.Tokens && !passed(now, w.since, c.Window) {
		return
	}
	if m.refuteNow(now, m.inc, true, fx) && !m.cfg.Inherited.Unicast { // else raise told all
		u := m.selfUpdate(core.UpdateAlive)
		m.tellAll(&u, fx)
	}
}

// lockedOut reports whether the process that sent msg replaces one that died less than zombie_window ago
// (10/D22).
func (m *Machine) lockedOut(now core.Instant, k int, msg *core.Message) bool {
	r := &m.rec[k]
	return m.cfg.Inherited.Lockout && r.state() == core.StateDead && msg.Instance > r.instance &&
		age(now, r.changed) < uint32(m.cfg.Membership.ZombieWindow.Milliseconds())
}
