package jobworld

import (
	"maps"

	"hypersim/core"
	"hypersim/core/election"
	"hypersim/core/job"
	"hypersim/core/node/client"
	"hypersim/core/node/manager"
	"hypersim/core/node/worker"
)

// Layout: which ids belong to whom.

func (w *World) perSite() int     { return w.Managers + w.Workers }
func (w *World) firstGate() int   { return w.Sites * w.perSite() }
func (w *World) firstClient() int { return w.firstGate() + w.Gates }

// SiteOf returns the datacenter of a manager or worker.
func (w *World) SiteOf(id core.NodeID) uint16 { return uint16(int(id) / w.perSite()) }

// IsManager reports whether a node is a manager; IsWorker and IsGate say the same of theirs.
func (w *World) IsManager(id core.NodeID) bool {
	return int(id) < w.firstGate() && int(id)%w.perSite() < w.Managers
}

// IsWorker reports whether id is a worker's.
func (w *World) IsWorker(id core.NodeID) bool { return int(id) < w.firstGate() && !w.IsManager(id) }

// IsGate reports whether id is a gate's.
func (w *World) IsGate(id core.NodeID) bool {
	return int(id) >= w.firstGate() && int(id) < w.firstClient()
}

// ManagersOf returns the managers of a datacenter, ascending.
func (w *World) ManagersOf(site uint16) (ids []core.NodeID) {
	for i := range w.Managers {
		ids = append(ids, core.NodeID(int(site)*w.perSite()+i))
	}
	return ids
}

// WorkersOf returns the workers of a datacenter, ascending.
func (w *World) WorkersOf(site uint16) (ids []core.NodeID) {
	for i := range w.Workers {
		ids = append(ids, core.NodeID(int(site)*w.perSite()+w.Managers+i))
	}
	return ids
}

// GateIDs returns all gates, ascending; BySite the managers of each datacenter.
func (w *World) GateIDs() (ids []core.NodeID) {
	for i := range w.Gates {
		ids = append(ids, core.NodeID(w.firstGate()+i))
	}
	return ids
}

// BySite returns the managers of each datacenter.
func (w *World) BySite() (all [][]core.NodeID) {
	for s := range w.Sites {
		all = append(all, w.ManagersOf(uint16(s)))
	}
	return all
}

// Client returns the i-th client, and its id.
func (w *World) Client(i int) (*client.Client, core.NodeID) {
	id := core.NodeID(w.firstClient() + i)
	return w.nodes[id].(*client.Client), id
}

// Manager returns the first manager, ManagerAt the one of that id; nil while it is down.
func (w *World) Manager() *manager.Manager { return w.ManagerAt(0) }

// ManagerAt returns the manager of that id, nil while it is down.
func (w *World) ManagerAt(id core.NodeID) *manager.Manager {
	switch n := w.nodes[id].(type) {
	case *manager.Manager:
		return n
	case *voting:
		return n.role.(*manager.Manager)
	}
	return nil
}

// Worker returns the worker of that id, nil while it is down.
func (w *World) Worker(id core.NodeID) *worker.Worker { x, _ := w.nodes[id].(*worker.Worker); return x }

// GateAt returns the process of a gate as the test made it, nil while it is down.
func (w *World) GateAt(id core.NodeID) Role {
	if n, ok := w.nodes[id].(*voting); ok {
		return n.role
	}
	return w.nodes[id]
}

// ElectionAt returns the voter at id, nil if it is none or is down.
func (w *World) ElectionAt(id core.NodeID) *election.Machine {
	if n, ok := w.nodes[id].(*voting); ok {
		return n.voter
	}
	return nil
}

// Leader returns who leads the cluster of a datacenter's managers, NoNode if nobody does.
func (w *World) Leader(site uint16) core.NodeID {
	for _, id := range w.ManagersOf(site) {
		if e := w.ElectionAt(id); w.nodes[id] != nil && (e == nil || e.Leads(w.Local(id))) {
			return id
		}
	}
	return core.NoNode
}

// Voter makes the voter of a process, for gates: the test gives it to its role, and the world drives it.
func (w *World) Voter(id core.NodeID, life uint32, role core.Role, formed bool, voters []core.NodeID) *election.Machine {
	return election.New(election.Params{
		Config: w.Election, Self: id, Role: role, Instance: life, Seed: w.Seed, Key: uint64(id) + 1, Voters: voters, Members: w.View(id),
		Formed: formed, First: voters[0],
	})
}

// Voting lets the world drive a voter beside a role.
func Voting(e *election.Machine, r Role) Role { return &voting{voter: e, role: r} }

// voting is a process that votes and has a role.
type voting struct {
	voter *election.Machine
	role  Role
}

// Receive implements Role.
func (v *voting) Receive(now core.Instant, m *core.Message, fx *core.Effects) {
	k := m.Kind
	if k == core.KindStreamFailed {
		k = m.Failed
	}
	if k.Room() == core.RoomElection {
		v.voter.Receive(now, m, fx)
		return
	}
	v.role.Receive(now, m, fx)
}

// Wake implements Role.
func (v *voting) Wake(now core.Instant, fx *core.Effects) {
	v.voter.Wake(now, fx)
	v.role.Wake(now, fx)
}

// Deadline implements Role.
func (v *voting) Deadline() (core.Instant, bool) {
	at := core.Never
	if a, ok := v.voter.Deadline(); ok {
		at = a
	}
	if a, ok := v.role.Deadline(); ok {
		at = min(at, a)
	}
	return at, at != core.Never
}

// Observe shows the role what membership found out.
func (v *voting) Observe(now core.Instant, f *core.Fact, fx *core.Effects) {
	if o, ok := v.role.(observer); ok {
		o.Observe(now, f, fx)
	}
}

type observer interface {
	Observe(now core.Instant, f *core.Fact, fx *core.Effects)
}

type beginner interface {
	Begin(now core.Instant, fx *core.Effects)
}

// Boot starts a process at id. One that is formed stands from the start of the world; any other one has forgotten all.
func (w *World) Boot(id core.NodeID, formed bool) {
	w.lives[id]++
	life := w.lives[id]
	w.clocks[id].paused = 0
	maps.DeleteFunc(w.seen, func(k [2]core.NodeID, _ core.MemberState) bool { return k[0] == id })
	var n Role
	switch {
	case w.IsManager(id):
		n = w.bootManager(id, life, formed)
	case w.IsWorker(id):
		n = worker.New(worker.Params{
			Config: w.Config, Self: id, Instance: life, Seed: w.Seed, Key: uint64(id) + 1, Site: w.SiteOf(id), Cores: w.Cores, Members: w.View(id),
			Meter: meter{w, id}, Managers: w.ManagersOf(w.SiteOf(id)), Formed: formed,
		})
	case w.IsGate(id):
		n = w.Gate(w, id, life, formed)
	default:
		n = client.New(client.Params{
			Config: w.Config, Self: id, Instance: life, Seed: w.Seed, Key: uint64(id) + 1, Book: w.Book(), Targets: w.Targets(), Ring: job.RingOf(w.Book(), w.GateIDs()),
		})
	}
	w.nodes[id] = n
	if v, ok := n.(*voting); ok {
		w.step(id, func() { v.voter.Begin(w.Local(id), &w.fx) })
		n = v.role
	}
	if b, ok := n.(beginner); ok {
		w.step(id, func() { b.Begin(w.Local(id), &w.fx) })
	}
	if w.Detect > 0 && !formed {
		w.After(w.Detect/8, func() {
			if w.lives[id] == life {
				w.Hold(id, core.StateOK)
				w.Restarted(id)
			}
		})
	}
}

// Targets are whom clients ask: the gates, or where there are none all managers.
func (w *World) Targets() []core.NodeID {
	if w.Gates > 0 {
		return w.GateIDs()
	}
	var all []core.NodeID
	for _, site := range w.BySite() {
		all = append(all, site...)
	}
	return all
}

func (w *World) bootManager(id core.NodeID, life uint32, formed bool) Role {
	site := w.SiteOf(id)
	workers := w.WorkersOf(site)
	p := manager.Params{
		Config: w.Config, Self: id, Instance: life, Seed: w.Seed, Key: uint64(id) + 1, Site: site, Members: w.View(id), Book: w.Book(),
		Count: len(workers), Replica: w.Replica, Timeout: w.Timeout, Intact: formed,
	}
	if w.Beats > 0 {
		p.Health = w.Health
	}
	p.Gates, p.GatesFormed = w.GateIDs(), formed
	for _, x := range workers {
		if p.First == 0 {
			p.First = x
		}
		if formed {
			p.Formed = append(p.Formed, manager.FormedWorker{Node: x, Instance: 1, Cores: w.Cores})
		}
	}
	if w.Managers == 1 {
		return manager.New(p)
	}
	p.Cluster = w.ManagersOf(site)
	e := w.Voter(id, life, core.RoleManager, formed, p.Cluster)
	p.Election = e
	return &voting{voter: e, role: manager.New(p)}
}
