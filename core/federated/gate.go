package federated

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// What a gate finds out about a datacenter, and what it may mistake (spec 10 §9, spec 30 §3; times with the defaults):
//
//  1. Its slots walk over the datacenters, each probed once an interval. It asks the manager that was last said to lead, or,
//     if nobody was, the next in turn.
//  2. The leader answers with its report: REACHABLE, and one more round trip for the coordinates.
//  3. Another manager answers that it does not lead, and who does, as far as it knows. The way there is open, so this is no
//     failure; the next slot asks whoever was named.
//  4. Nobody answers. After some failures in a row the datacenter is SUSPECTED, and after more silence UNREACHABLE. Each change
//     is for this gate alone: another may have a way.
//  5. The leader dies, and the datacenter elects another. Probes to the old one run out, so it is doubted and others are
//     asked meanwhile; an answer that names a new leader takes a suspicion back to UNKNOWN, since an election is no outage.
//  6. An ACK of the old leader comes late, from before the election: its term is lower, and it is stale.
//  7. All managers restart without memory, and begin again at term 1. Their terms would be stale for ever; so once most of the
//     processes are others than those that knew the term, it is forgotten (heard).

// Site is a datacenter as a gate has it configured.
type Site struct {
	ID       uint16
	Managers []core.NodeID // at least one; shared, read only
}

// GateParams say what a gate probes.
type GateParams struct {
	Seed  uint64 // of the run
	Key   uint64 // of the gate's name (rng.Key)
	Start core.Instant
	Sites []Site
}

// Gate probes the leader of each datacenter. It implements core.Machine.
type Gate struct {
	due    core.Instant // the least deadline of all that follows
	cfg    *Config
	local  *Local
	nextAt core.Instant // of the next probe
	first  core.Instant // of slot 0
	slot   int64        // slots follow each other at interval / sites; slot k belongs to site k mod sites
	seq    uint32
	out    []probe // outstanding, oldest first
	sites  []site

	listener Listener // nil: nobody listens

	Counters GateCounters
}

// GateCounters only grow.
type GateCounters struct {
	Probes, Acks, Nacks uint64
	Failed              uint64 // probes that ran out
	Void                uint64 // probes that ran out while we were away
	Stale               uint64 // acks with a lower term, or in one with a lower external incarnation
	Malformed           uint64
}

// probe is one outstanding XPROBE.
type probe struct {
	sent, due core.Instant
	seq       uint32
	site      uint16 // index into Gate.sites
	to        core.NodeID
}

// site is what a gate knows of one datacenter.
type site struct {
	Site
	state    core.Reach
	doubted  bool        // the leader did not answer the last probe
	reported bool        // report is set
	leader   core.NodeID // who last said, or was last said, to lead; NoNode: unknown
	turn     int         // the manager asked next while no leader is known
	failures int         // probes that ran out since the last answer
	since    core.Instant
	acked    core.Instant // of the last accepted ack
	answered core.Instant // of the last answer that broke a row
	term     uint64       // the highest of a leader there, 0: not known or forgotten
	external uint32       // the highest external incarnation seen of the process below
	of       core.NodeID
	instance uint32
	report   SiteReport
	peers    []peer // parallel to Managers
	lives    []life // likewise
}

// life is which process of a manager a gate heard last, and which was the last one when the term of its site last rose.
type life struct{ now, then uint32 }

// NewGate returns a gate that starts to probe within one interval.
func NewGate(cfg *Config, local *Local, p GateParams) *Gate {
	g := &Gate{cfg: cfg, local: local, due: core.Never, nextAt: core.Never, sites: make([]site, len(p.Sites))}
	for i := range p.Sites {
		s := &g.sites[i]
		s.Site, s.leader, s.of, s.since, s.acked = p.Sites[i], core.NoNode, core.NoNode, p.Start, p.Start
		s.peers, s.lives = make([]peer, len(s.Managers)), make([]life, len(s.Managers))
		for k, id := range s.Managers {
			s.peers[k].id = id
		}
	}
	if cfg.Probe.Interval > 0 && len(g.sites) > 0 {
		// Gates that start together do not probe together.
		draw := rng.New(p.Seed, "federated.phase", p.Key, uint64(local.Instance))
		g.first = p.Start.Add(core.Duration(draw.Float64() * float64(cfg.Probe.Interval)))
		g.nextAt = g.first
		g.arm()
	}
	return g
}

// Deadline reports when Wake is next needed.
func (g *Gate) Deadline() (core.Instant, bool) { return g.due, g.due != core.Never }

// State returns how the datacenter at index i of the configured ones is judged.
func (g *Gate) State(i int) core.Reach { return g.sites[i].state }

// Leader returns who leads the datacenter at index i, core.NoNode if that is not known.
func (g *Gate) Leader(i int) core.NodeID { return g.sites[i].leader }

// Report returns what the leader of datacenter i last said and when; ok is false before the first time.
func (g *Gate) Report(i int) (r SiteReport, at core.Instant, ok bool) {
	s := &g.sites[i]
	return s.report, s.acked, s.reported
}

// Sites returns how many datacenters are configured.
func (g *Gate) Sites() int { return len(g.sites) }

// SiteID returns the datacenter at index i.
func (g *Gate) SiteID(i int) uint16 { return g.sites[i].ID }

// Wake applies every deadline at or before now: probes that ran out, then states, then the next probe.
func (g *Gate) Wake(now core.Instant, fx *core.Effects) {
	if now < g.due {
		return
	}
	for len(g.out) > 0 && g.out[0].due <= now {
		p := g.out[0]
		g.drop(0)
		g.ranOut(now, &p, fx)
	}
	for i := range g.sites {
		if s := &g.sites[i]; g.deadline(s) <= now {
			g.expire(now, s, fx)
		}
	}
	if g.nextAt <= now {
		g.probe(now, fx)
	}
	g.arm()
}

// arm sets the deadline to the least of all waits. Datacenters are few, so that they are looked at one by one.
func (g *Gate) arm() {
	g.due = g.nextAt
	if len(g.out) > 0 {
		g.due = min(g.due, g.out[0].due)
	}
	for i := range g.sites {
		g.due = min(g.due, g.deadline(&g.sites[i]))
	}
}

// probe sends the XPROBE of the slot that is due. Slots that a pause swallowed are not made up for.
func (g *Gate) probe(now core.Instant, fx *core.Effects) {
	n, interval := int64(len(g.sites)), int64(g.cfg.Probe.Interval)
	g.slot = int64(now.Sub(g.first)) * n / interval
	for g.at(g.slot) > now {
		g.slot-- // the division above rounds the other way than the grid does
	}
	for g.at(g.slot+1) <= now {
		g.slot++
	}
	i := int(g.slot % n)
	g.nextAt = g.at(g.slot + 1)
	s := &g.sites[i]
	// A leader that did not answer waits for its turn like the others, until somebody answers: with one question an interval, two
	// to a dead one are two intervals in which nobody else is asked.
	to := s.leader
	if to == core.NoNode || s.doubted {
		to = s.Managers[s.turn]
		s.turn = (s.turn + 1) % len(s.Managers)
	}
	g.seq++
	g.Counters.Probes++
	g.out = append(g.out, probe{sent: now, due: now.Add(g.cfg.Probe.Timeout), seq: g.seq, site: uint16(i), to: to})
	g.local.header(core.KindXProbe, to, g.seq, core.TurnOf(g.local.Instance, int64(g.seq)), fx)
}

// at returns when slot k is due.
func (g *Gate) at(k int64) core.Instant {
	return g.first.Add(core.Duration(k * int64(g.cfg.Probe.Interval) / int64(len(g.sites))))
}

// ranOut takes a probe without an answer.
func (g *Gate) ranOut(now core.Instant, p *probe, fx *core.Effects) {
	s := &g.sites[p.site]
	if p.to == s.leader && p.sent >= s.answered { // an older one says nothing about a leader that answered, or was named, since
		s.doubted = true
	}
	if now.Sub(p.due) > g.cfg.Probe.Timeout/2 { // we were away, the answer may be waiting in our own inbox (as §4.2)
		g.Counters.Void++
		return
	}
	g.Counters.Failed++
	if g.listener != nil {
		g.listener.Unanswered(now, p.to)
	}
	if p.sent < s.answered { // of the row before
		return
	}
	s.failures++
	if s.state == core.ReachReachable && s.failures >= g.cfg.Probe.MaxFailures {
		g.become(now, s, core.ReachSuspected, core.CauseProbeFailed, fx)
	}
}

// Receive applies a datagram of the link.
func (g *Gate) Receive(now core.Instant, m *core.Message, fx *core.Effects) {
	s, k := g.find(m.From)
	if s == nil || m.To != g.local.Self {
		g.Counters.Malformed++
		return
	}
	p := &s.peers[k]
	g.local.hear(now, p, m)
	s.heard(k, m.Instance)
	switch m.Kind {
	case core.KindXAck:
		g.onAck(now, s, p, m, fx)
	case core.KindXNack:
		g.answered(now, m.From)
		g.onNack(now, s, m, fx)
	case core.KindSamplePing: // the leader measures its way to us
		g.answered(now, m.From)
		g.local.header(core.KindSampleAck, m.From, m.Seq, m.Turn, fx).RTTms = g.local.rttMS(now, p)
	default:
		g.Counters.Malformed++
	}
	g.arm()
}

func (g *Gate) answered(now core.Instant, from core.NodeID) {
	if g.listener != nil {
		g.listener.Answered(now, from)
	}
}

// find returns the datacenter that id manages and its place there.
func (g *Gate) find(id core.NodeID) (*site, int) {
	for i := range g.sites {
		for k, m := range g.sites[i].Managers {
			if m == id {
				return &g.sites[i], k
			}
		}
	}
	return nil, 0
}

// onAck: any ack that is not older than what was seen makes a datacenter reachable, also one that comes
// after its probe ran out; only an ack in time is a sample.
func (g *Gate) onAck(now core.Instant, s *site, p *peer, m *core.Message, fx *core.Effects) {
	r, ok := m.Body.(*SiteBody)
	if !ok || !r.Leader || r.Site != s.ID || m.Seq == 0 || m.Seq > g.seq {
		g.Counters.Malformed++
		return
	}
	rtt := core.Duration(-1)
	if i := g.outstanding(m); i >= 0 {
		rtt = now.Sub(g.out[i].sent)
		g.local.sample(now, p, rtt)
		g.drop(i)
	}
	// Within a process its external incarnation only grows, so a lower one is an older answer. Between processes the term
	// decides; two of one term cannot both lead.
	same := s.of == m.From && s.instance == m.Instance && r.Term == s.term
	if r.Term < s.term || same && r.External < s.external {
		g.Counters.Stale++
		return
	}
	g.Counters.Acks++
	s.raise(r.Term)
	s.of, s.instance, s.external = m.From, m.Instance, r.External
	s.leader, s.doubted, s.failures, s.acked = m.From, false, 0, now
	s.answered = now
	s.report, s.reported = r.SiteReport, true
	if g.listener != nil {
		g.listener.Acked(now, m.From, &s.report, rtt)
	}
	if s.state != core.ReachReachable {
		g.become(now, s, core.ReachReachable, core.CauseAck, fx)
	}
}

// raise notes the term of a leader, and who lived when it was first seen.
func (s *site) raise(term uint64) {
	if term == s.term {
		return
	}
	s.term = term
	for i := range s.lives {
		s.lives[i].then = s.lives[i].now
	}
}

// heard notes which process of a manager speaks. When most managers are others than those that knew the term, nobody may
// know it any more: a site that restarted begins again at term 1, and would be ignored for ever (spec 03 no. 29).
func (s *site) heard(k int, instance uint32) {
	l := &s.lives[k]
	if instance <= l.now {
		return
	}
	l.now = instance
	fresh := 0
	for i := range s.lives {
		if s.lives[i].now > max(s.lives[i].then, 1) { // of one never heard before, its first process was there
			fresh++
		}
	}
	if fresh > len(s.lives)/2 {
		s.raise(0)
	}
}

// onNack: the way to the datacenter is open, but another one leads it. An answer breaks a row of failures;
// that nobody leads is found by the silence of acks.
func (g *Gate) onNack(now core.Instant, s *site, m *core.Message, fx *core.Effects) {
	r, ok := m.Body.(*Redirect)
	if !ok {
		g.Counters.Malformed++
		return
	}
	i := g.outstanding(m)
	if i < 0 {
		return
	}
	g.drop(i)
	g.Counters.Nacks++
	s.failures, s.answered = 0, now
	named := r.Leader
	if named == core.NoNode || named == m.From || !manages(s, named) {
		if s.leader == m.From {
			s.leader = core.NoNode // it no longer leads and knows nobody who does
		}
		return
	}
	changed := s.leader != named && s.leader != core.NoNode
	s.leader, s.doubted = named, false
	if changed && s.state == core.ReachSuspected { // an election must not make a datacenter unreachable (spec 30 D9)
		g.become(now, s, core.ReachUnknown, core.CauseSuperseded, fx)
	}
}

func manages(s *site, id core.NodeID) bool {
	for _, m := range s.Managers {
		if m == id {
			return true
		}
	}
	return false
}

// outstanding returns the probe that m answers, −1 if none.
func (g *Gate) outstanding(m *core.Message) int {
	for i := range g.out {
		if g.out[i].seq == m.Seq && g.out[i].to == m.From {
			return i
		}
	}
	return -1
}

func (g *Gate) drop(i int) { g.out = append(g.out[:i], g.out[i+1:]...) }

// MemoryBytes returns the heap bytes that the gate holds.
func (g *Gate) MemoryBytes() int {
	n := gateBytes + cap(g.out)*probeBytes + cap(g.sites)*siteBytes
	for i := range g.sites {
		n += cap(g.sites[i].peers)*peerBytes + cap(g.sites[i].lives)*lifeBytes
	}
	return n
}
