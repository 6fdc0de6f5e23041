package registry

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Manager is what a gate keeps of one manager.
type Manager struct {
	Pulse
	Node       core.NodeID
	Site       uint16
	Registered bool
	Fresh      bool
	Beat       ManagerBeat // newest heartbeat, without its lists
}

// usable reports whether a manager counts for its datacenter.
func (m *Manager) usable() bool { return m.Registered && m.Fresh }

// site is what a gate keeps of one datacenter.
type site struct {
	managers []Manager // by id
	state    SiteState
	fresh    int          // registered and fresh ones
	silent   core.Instant // since when there is none
	cut      bool         // it is UNREACHABLE
	ready    bool         // was READY once
}

// Sites is what a gate knows of the managers of each datacenter. The zero value is ready for Init.
type Sites struct {
	cfg  *job.Register
	list []site
	by   map[core.NodeID]place
	next core.Instant // when a manager may be fresh no longer, at the soonest
}

type place struct{ site, manager int }

// Init makes s ready: bySite names the configured managers of each datacenter.
func (s *Sites) Init(cfg *job.Register, bySite [][]core.NodeID) {
	*s = Sites{cfg: cfg, list: make([]site, len(bySite)), by: map[core.NodeID]place{}, next: core.Never}
	for i, ids := range bySite {
		for k, id := range ids {
			s.by[id] = place{i, k}
			s.list[i].managers = append(s.list[i].managers, Manager{Node: id, Site: uint16(i)})
		}
	}
}

// Form lets all managers be registered and just heard, as their first processes: a formed start (spec 01 no. 11). Version 0
// is below that of any heartbeat.
func (s *Sites) Form(now core.Instant, fx *core.Effects) {
	for i := range s.list {
		for k := range s.list[i].managers {
			m := &s.list[i].managers[k]
			m.Pulse = Pulse{Instance: 1, At: now, every: s.cfg.Expected}
			m.Registered, m.Beat = true, ManagerBeat{Site: uint16(i), State: StateActive, Leads: k == 0, AcceptingJobs: true, Quorum: true}
			s.fresh(now, m)
		}
		s.judge(now, i, fx)
	}
}

// Register takes a manager in. It is idempotent by process; an older process is refused (spec 20 §1.3).
func (s *Sites) Register(now core.Instant, from core.NodeID, b *ManagerRegistration, fx *core.Effects) call.Answer {
	at, ok := s.by[from]
	if !ok || b.Role != core.RoleManager || b.Node != from || int(b.NodeInfo.Site) != at.site {
		return call.Answer{Code: call.CodeRoleDenied}
	}
	m := &s.list[at.site].managers[at.manager]
	if b.Instance < m.Instance {
		return call.Stale(uint64(m.Instance))
	}
	again := m.Registered && b.Instance == m.Instance
	m.Registered = true
	s.heard(now, at, b.Instance, &b.ManagerBeat, fx)
	s.judge(now, at.site, fx) // a heartbeat may have been faster than the registration
	if again {
		return call.Answer{Code: call.CodeDuplicate}
	}
	return call.Answer{}
}

// Hear takes in a heartbeat. It reports whether it said anything new. One of a process that has not registered is
// answered ROLE_DENIED: then it registers.
func (s *Sites) Hear(now core.Instant, from core.NodeID, instance uint32, b *ManagerBeat, fx *core.Effects) (call.Code, bool) {
	at, ok := s.by[from]
	if !ok {
		return call.CodeRoleDenied, false
	}
	m := &s.list[at.site].managers[at.manager]
	if instance > m.Instance {
		m.Registered = false
	}
	news := s.heard(now, at, instance, b, fx)
	switch {
	case instance < m.Instance:
		return call.CodeStaleFence, false
	case !m.Registered:
		return call.CodeRoleDenied, news
	}
	return call.CodeOK, news
}

func (s *Sites) heard(now core.Instant, at place, instance uint32, b *ManagerBeat, fx *core.Effects) bool {
	m := &s.list[at.site].managers[at.manager]
	news, _ := m.hear(now, s.cfg, instance, b.Version)
	if news {
		m.Beat = *b
		m.Beat.Gates, m.Beat.Leaderships = nil, nil // they are the message's
		s.fresh(now, m)
		s.judge(now, at.site, fx)
	}
	return news
}

func (s *Sites) fresh(now core.Instant, m *Manager) {
	m.Fresh = true
	s.next = min(s.next, m.until(s.cfg)+1)
}

// Reach notes whether the link holds a datacenter UNREACHABLE.
func (s *Sites) Reach(now core.Instant, i uint16, r core.Reach, fx *core.Effects) {
	if int(i) < len(s.list) {
		s.list[i].cut = r == core.ReachUnreachable
		s.judge(now, int(i), fx)
	}
}

// Wake lets those be stale whose time is over.
func (s *Sites) Wake(now core.Instant, fx *core.Effects) {
	if now < s.next {
		return
	}
	s.next = core.Never
	for i := range s.list {
		changed := false
		for k := range s.list[i].managers {
			m := &s.list[i].managers[k]
			if !m.Fresh {
				continue
			}
			if m.fresh(now, s.cfg) {
				s.next = min(s.next, m.until(s.cfg)+1)
			} else {
				m.Fresh, changed = false, true
			}
		}
		if changed {
			s.judge(now, i, fx)
		}
	}
}

// Deadline reports when Wake is next needed.
func (s *Sites) Deadline() (core.Instant, bool) { return s.next, s.next != core.Never }

// judge finds the state of a datacenter. Without a fresh manager it keeps the one that it has, unless it is cut off
// (01-25): its managers' silence may be the gate's own trouble.
func (s *Sites) judge(now core.Instant, i int, fx *core.Effects) {
	x := &s.list[i]
	was := x.fresh
	x.fresh = 0
	for k := range x.managers {
		if x.managers[k].usable() {
			x.fresh++
		}
	}
	if x.fresh == 0 && was > 0 {
		x.silent = now
	}
	to := x.state
	switch {
	case x.fresh > len(x.managers)/2:
		to, x.ready = SiteReady, true
	case x.fresh > 0 && x.ready:
		to = SitePartial
	case x.fresh > 0:
		to = SiteInitializing
	case x.state != SiteAwaiting && x.cut:
		to = SiteUnavailable
	}
	if to != x.state {
		f := fx.JobFact(core.JobFactSite)
		f.From, f.To = uint8(x.state), uint8(to)
		f.Put("site", int64(i)).Put("fresh", int64(x.fresh))
		x.state = to
	}
}

// Count returns how many datacenters there are.
func (s *Sites) Count() int { return len(s.list) }

// State returns where the registration of a datacenter stands.
func (s *Sites) State(i uint16) SiteState {
	if int(i) >= len(s.list) {
		return SiteAwaiting
	}
	return s.list[i].state
}

// Stale reports whether no manager of a datacenter has been fresh for long. It changes neither its state nor whether jobs
// may go there (01-25).
func (s *Sites) Stale(now core.Instant, i uint16) bool {
	x := &s.list[i]
	return x.state != SiteAwaiting && x.fresh == 0 && now.Sub(x.silent) >= s.cfg.SiteStale
}

// Managers returns those of a datacenter, by id; they are to be read only.
func (s *Sites) Managers(i uint16) []Manager {
	if int(i) >= len(s.list) {
		return nil
	}
	return s.list[i].managers
}

// Manager returns what is kept of a node, nil if it is no manager.
func (s *Sites) Manager(id core.NodeID) *Manager {
	at, ok := s.by[id]
	if !ok {
		return nil
	}
	return &s.list[at.site].managers[at.manager]
}

// Leader returns the manager that leads its datacenter, as far as is known: of those that say so, fresh ones first, the
// one with the greatest term. NoNode: nobody says so.
func (s *Sites) Leader(i uint16) core.NodeID {
	var best *Manager
	for k := range s.Managers(i) {
		m := &s.list[i].managers[k]
		if !m.Registered || !m.Beat.Leads {
			continue
		}
		if best == nil || m.Fresh && !best.Fresh || m.Fresh == best.Fresh && m.Beat.Term > best.Beat.Term {
			best = m
		}
	}
	if best == nil {
		return core.NoNode
	}
	return best.Node
}

// Healthy appends the managers of a datacenter that are fresh, the leader first: what an answer to a registration lists.
func (s *Sites) Healthy(dst []PeerInfo, i uint16) []PeerInfo {
	from, lead := len(dst), s.Leader(i)
	for k := range s.Managers(i) {
		if m := &s.list[i].managers[k]; m.usable() {
			dst = append(dst, PeerInfo{Node: m.Node, Site: i, Leads: m.Node == lead})
		}
	}
	slices.SortStableFunc(dst[from:], func(a, b PeerInfo) int {
		switch {
		case a.Leads && !b.Leads:
			return -1
		case b.Leads && !a.Leads:
			return 1
		}
		return 0
	})
	return dst
}

// Sweep forgets managers that have been silent for long: who comes back registers anew (spec 20 §11).
func (s *Sites) Sweep(now core.Instant, fx *core.Effects) {
	for i := range s.list {
		for k := range s.list[i].managers {
			m := &s.list[i].managers[k]
			if m.Registered && !m.Fresh && now.Sub(m.At) >= s.cfg.DeadManager {
				m.Registered, m.Beat = false, ManagerBeat{}
				s.judge(now, i, fx)
			}
		}
	}
}

// MemoryBytes returns the heap bytes that s holds.
func (s *Sites) MemoryBytes() int {
	n := siteBytes*cap(s.list) + placeBytes*len(s.by)
	for i := range s.list {
		n += managerBytes * cap(s.list[i].managers)
	}
	return n
}

// Sizes in bytes, held to the truth by a test.
const (
	siteBytes    = 56
	managerBytes = 240
	placeBytes   = 32 // of a manager in the map
)
