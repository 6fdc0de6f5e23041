package gate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/pressure"
	"hypersim/core/registry"
)

// What a gate passes on of what datacenters tell of their jobs, to the gate that leads a job or to its client, under the
// pressure of the datacenter that it comes from (AD-37; spec 30 §5.5, spec 01 no. 69). Routes know nothing of it. In a run
// that asks for no statistics everything is passed on at once.

// shaper is what a gate keeps for that.
type shaper struct {
	on     bool
	keys   *pressure.Keys
	table  pressure.Table
	sites  []shaped     // by datacenter
	held   []held       // in the order in which it came
	states []state      // of jobs that others lead, the latest at the end
	expiry core.Instant // a timer is armed then, Never: none is

	dropped uint64
}

// shaped is one datacenter.
type shaped struct {
	level job.Pressure
	delay core.Duration
	next  core.Instant // what is held goes on then, Never: nothing is
	last  core.Instant // and did so last
}

// held is the newest word of a datacenter about a job that has to wait.
type held struct {
	job  job.ID
	site uint16
	body *job.Progress // for the gate that leads the job; nil: for the client, whom this gate tells what it knows then
}

// state is where a job stood in a datacenter when this gate last passed word of it on.
type state struct {
	job   job.ID
	site  uint16
	state job.State
	de    uint32 // and how new that was
	seq   uint64
	at    core.Instant
}

// statesMax bounds the jobs of others of which a gate remembers the state; what it has forgotten counts as news.
const statesMax = 1024

func (g *Gate) initShaper() {
	if g.p.Pressure == nil {
		return
	}
	s := &g.shaper
	s.on, s.keys, s.expiry = true, g.p.Pressure, core.Never
	s.table.Latches = s.keys.Signals == pressure.Raises
	s.sites = make([]shaped, len(g.p.BySite))
	for i := range s.sites {
		s.sites[i].next = core.Never
	}
}

// heardPressure takes in what a manager says of its statistics.
func (g *Gate) heardPressure(now core.Instant, from core.NodeID, b *registry.ManagerBeat, fx *core.Effects) {
	s := &g.shaper
	if !s.on || b.Pressure.Seq == 0 && !g.pacts.Lacks(from, registry.FeaturePressureSeq) || int(b.Site) >= len(s.sites) {
		return
	}
	before, _ := s.table.Of(now, s.keys.GateTTL, from)
	if !s.table.Apply(now, from, &b.Pressure) {
		return
	}
	if after, delay := s.table.Of(now, s.keys.GateTTL, from); after != before {
		f := fx.JobFact(core.JobFactSignal)
		f.Node, f.From, f.To, f.Epoch = from, uint8(before), uint8(after), b.Pressure.Epoch
		f.Put("seq", int64(b.Pressure.Seq)).Put("delay", int64(delay))
	}
	g.refresh(now, b.Site, fx)
}

// forgetPressure lets go of what a manager said that is gone: nobody takes it back.
func (g *Gate) forgetPressure(now core.Instant, id core.NodeID, fx *core.Effects) {
	s := &g.shaper
	site := slices.IndexFunc(g.p.BySite, func(list []core.NodeID) bool { return slices.Contains(list, id) })
	if s.on && site >= 0 && s.table.Remove(id) {
		g.refresh(now, uint16(site), fx)
	}
}

// refresh finds the level of a datacenter anew: the worst of its managers. What is held goes on sooner if it fell.
func (g *Gate) refresh(now core.Instant, site uint16, fx *core.Effects) {
	s := &g.shaper
	x := &s.sites[site]
	level, delay := s.table.Worst(now, s.keys.GateTTL, func(id core.NodeID) bool { return slices.Contains(g.p.BySite[site], id) })
	if level != x.level {
		f := fx.JobFact(core.JobFactPressure)
		f.Node, f.From, f.To = core.NoNode, uint8(x.level), uint8(level)
		f.Put("site", int64(site)).Put("delay", int64(delay))
	}
	fell := level < x.level
	x.level, x.delay = level, delay
	if fell && x.next != core.Never {
		g.await(now, site)
	}
	if at := s.table.Next(s.keys.GateTTL); at < s.expiry {
		s.expiry = at
		g.timers.Arm(timer{at: at, kind: timerSignal})
	}
}

// await arms what is held of a datacenter, as long after the last time as its level asks for.
func (g *Gate) await(now core.Instant, site uint16) {
	x := &g.shaper.sites[site]
	if at := max(now, x.last.Add(g.shaper.keys.ForwardInterval(x.level, x.delay))); at < x.next {
		x.next = at
		g.timers.Arm(timer{at: at, kind: timerForward, site: site})
	}
}

// fireShaper does what is due of it.
func (g *Gate) fireShaper(now core.Instant, t timer, fx *core.Effects) {
	s := &g.shaper
	switch {
	case t.kind == timerForward && s.sites[t.site].next <= now:
		g.letGo(now, t.site, fx)
	case t.kind == timerSignal && s.expiry <= now:
		s.expiry = core.Never
		s.table.Expire(now, s.keys.GateTTL)
		for i := range s.sites {
			g.refresh(now, uint16(i), fx)
		}
	}
}

// letGo passes on what is held of a datacenter.
func (g *Gate) letGo(now core.Instant, site uint16, fx *core.Effects) {
	s := &g.shaper
	s.sites[site].next, s.sites[site].last = core.Never, now
	n := 0
	for _, h := range s.held {
		switch {
		case h.site != site:
			s.held[n] = h
			n++
		case h.body != nil:
			g.forward(now, h.body, fx)
		default:
			if x := g.led(h.job); x != nil {
				g.newsOf(now, x)
			}
		}
	}
	clear(s.held[n:])
	s.held = s.held[:n]
}

// shape says what is to become of word of a job from a datacenter.
func (g *Gate) shape(j job.ID, site uint16, status bool, fx *core.Effects) pressure.Pass {
	s := &g.shaper
	if !s.on || int(site) >= len(s.sites) || s.sites[site].level == job.PressureNone {
		return pressure.Now
	}
	return s.tell(j, site, pressure.Forward(s.sites[site].level, status), fx)
}

// tell notes what becomes of word of a job from a datacenter under pressure.
func (s *shaper) tell(j job.ID, site uint16, pass pressure.Pass, fx *core.Effects) pressure.Pass {
	if pass == pressure.Drop {
		s.dropped++
	}
	f := fx.JobFact(core.JobFactForward)
	f.Job, f.Node, f.From, f.To = uint64(j), core.NoNode, uint8(s.sites[site].level), uint8(pass)
	f.Put("site", int64(site))
	return pass
}

// dropsWindow reports whether statistics of a window are not passed on. A window is longer than what is held waits, so it goes on
// at once or, at REJECT, not at all.
func (s *shaper) dropsWindow(b *job.WindowedStatsPush, fx *core.Effects) bool {
	if !s.on || int(b.Site) >= len(s.sites) || s.sites[b.Site].level == job.PressureNone {
		return false
	}
	pass := pressure.Forward(s.sites[b.Site].level, false)
	if pass == pressure.Hold {
		pass = pressure.Now
	}
	return s.tell(b.Job, b.Site, pass, fx) == pressure.Drop
}

// keepNewest keeps the newest word of a datacenter about a job until what is held of it goes on.
func (g *Gate) keepNewest(now core.Instant, h held) {
	s := &g.shaper
	i := slices.IndexFunc(s.held, func(x held) bool { return x.job == h.job && x.site == h.site })
	switch {
	case i < 0:
		s.held = append(s.held, h)
	case h.body == nil || s.held[i].body == nil || !older(h.body.DE, h.body.Seq, s.held[i].body.DE, s.held[i].body.Seq):
		s.held[i] = h
	}
	g.await(now, h.site)
}

// older reports whether word of a job was overtaken by other word of it: of a later leader there, or of the same with a greater
// number. It happens where leaders change.
func older(de uint32, seq uint64, thanDE uint32, thanSeq uint64) bool {
	return de < thanDE || de == thanDE && seq < thanSeq
}

// newsFrom notes that a datacenter told of a job that this gate leads: its client hears of it, now or later. A change of
// state is never held up for long, and never dropped.
func (g *Gate) newsFrom(now core.Instant, x *record, s *site, state job.State, fx *core.Effects) {
	status := state != s.said
	s.said = state
	switch g.shape(x.id, s.id, status, fx) {
	case pressure.Now:
		g.newsOf(now, x)
	case pressure.Hold:
		g.keepNewest(now, held{job: x.id, site: s.id})
	case pressure.Drop:
	}
}

// passLater keeps progress of a job that another gate leads, or drops it, and reports whether it did either.
func (g *Gate) passLater(now core.Instant, b *job.Progress, fx *core.Effects) bool {
	if !g.shaper.on {
		return false
	}
	switch g.shape(b.Job, b.Site, g.shaper.changed(now, b), fx) {
	case pressure.Hold:
		core.Hold(b)
		g.keepNewest(now, held{job: b.Job, site: b.Site, body: b})
	case pressure.Drop:
	case pressure.Now:
		return false
	}
	return true
}

// changed notes where a job stands in a datacenter, and reports whether that is news. What a newer word overtook is none.
func (s *shaper) changed(at core.Instant, b *job.Progress) bool {
	now := state{b.Job, b.Site, b.State, b.DE, b.Seq, at}
	i := slices.IndexFunc(s.states, func(x state) bool { return x.job == b.Job && x.site == b.Site })
	if i >= 0 {
		old := s.states[i]
		if older(b.DE, b.Seq, old.de, old.seq) {
			return false
		}
		s.states[i] = now
		return old.state != b.State
	}
	if len(s.states) >= statesMax {
		s.states = slices.Delete(s.states, 0, 1)
	}
	s.states = append(s.states, now)
	return true
}

// forget lets go of jobs of others of which nobody told for a while.
func (s *shaper) forget(now core.Instant) {
	if s.on {
		s.states = slices.DeleteFunc(s.states, func(x state) bool { return now.Sub(x.at) > s.keys.GateTTL })
	}
}

// forward hands progress to the gate that leads the job, if that is still another one.
func (g *Gate) forward(now core.Instant, b *job.Progress, fx *core.Effects) {
	if _, k := g.elsewhere(now, b.Job); k.leader != core.NoNode && k.leader != g.p.Self {
		g.relay(core.KindJobProgress, k.leader, b, fx)
	}
}

// relay sends a body that came from elsewhere; nobody waits for an answer.
func (g *Gate) relay(kind core.Kind, to core.NodeID, b core.Body, fx *core.Effects) {
	g.calls.Tell(fx, kind, to, g.cfg.Progress.Timeout).Body = b
	core.Hold(b)
}

// onWindow passes the statistics of a window on: to the client of a job that this gate leads, else to the gate that does.
func (g *Gate) onWindow(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.WindowedStatsPush)
	if g.shaper.dropsWindow(b, fx) {
		return
	}
	if x := g.led(b.Job); x != nil {
		if x.client != core.NoNode && g.pacts.Has(x.client, registry.FeatureBatchedStats) {
			g.relay(core.KindWindowedStatsPush, x.client, b, fx)
		}
		return
	}
	if _, k := g.elsewhere(now, b.Job); k.leader != core.NoNode && m.Role != core.RoleGate && g.pacts.Has(k.leader, registry.FeatureBatchedStats) {
		g.relay(core.KindWindowedStatsPush, k.leader, b, fx)
	}
}

// Pressure returns the level of a datacenter as this gate sees it.
func (g *Gate) Pressure(site uint16) job.Pressure {
	if int(site) >= len(g.shaper.sites) {
		return job.PressureNone
	}
	return g.shaper.sites[site].level
}
