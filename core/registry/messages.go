package registry

import (
	"hypersim/core"
	"hypersim/core/call"
)

// AddBodies tells which kinds of registration and liveness have bodies.
func AddBodies(b *core.Bodies) {
	b[core.KindWorkerRegistration] = func() core.Body { return new(WorkerRegistration) }
	b[core.KindRegistrationResponse] = func() core.Body { return new(RegistrationResponse) }
	b[core.KindWorkerDiscoveryBroadcast] = func() core.Body { return new(WorkerDiscovery) }
	b[core.KindWorkerDiscoveryAck] = call.NewAck
	b[core.KindManagerToWorkerRegistration] = func() core.Body { return new(ManagerToWorkerRegistration) }
	b[core.KindManagerToWorkerRegistrationAck] = func() core.Body { return new(ManagerToWorkerAck) }
	b[core.KindManagerPeerRegistration] = func() core.Body { return new(PeerRegistration) }
	b[core.KindManagerPeerRegistrationResponse] = func() core.Body { return new(PeerResponse) }
	b[core.KindManagerRegistration] = func() core.Body { return new(ManagerRegistration) }
	b[core.KindManagerRegistrationResponse] = func() core.Body { return new(ManagerRegistrationResponse) }
	b[core.KindManagerDiscoveryBroadcast] = func() core.Body { return new(ManagerDiscovery) }
	b[core.KindManagerDiscoveryAck] = call.NewAck
	b[core.KindGateRegistrationRequest] = func() core.Body { return new(GateRegistration) }
	b[core.KindGateRegistrationResponse] = func() core.Body { return new(GateRegistrationResponse) }
	b[core.KindWorkerHeartbeat] = func() core.Body { return new(WorkerHeartbeat) }
	b[core.KindManagerHeartbeat] = func() core.Body { return new(ManagerHeartbeat) }
	b[core.KindManagerHeartbeatAck] = call.NewAck
	b[core.KindGateHeartbeat] = func() core.Body { return new(GateHeartbeat) }
	b[core.KindGateHeartbeatAck] = call.NewAck
	b[core.KindHealthCheckResponse] = call.NewAck
	b[core.KindGatePingResponse] = func() core.Body { return new(GatePingResponse) }
	b[core.KindManagerPingResponse] = func() core.Body { return new(ManagerPingResponse) }
}

// NodeInfo is who registers.
type NodeInfo struct {
	Node        core.NodeID
	Role        core.Role
	Site        uint16
	Instance    uint32 // its process
	Incarnation uint32
}

func (n *NodeInfo) walk(w *core.Walker) {
	w.Node("node", &n.Node)
	core.Word(w, "role", &n.Role, core.NumRoles)
	w.Uint16("site", &n.Site)
	w.Uint32("instance", &n.Instance)
	w.Uint32("incarnation", &n.Incarnation)
}

// PeerInfo is one of the managers or gates that an answer lists.
type PeerInfo struct {
	Node  core.NodeID
	Site  uint16
	Leads bool // its cluster
}

const leastPeer = 7 + 2 + 1

func (p *PeerInfo) walk(w *core.Walker) {
	w.Node("node", &p.Node)
	w.Uint16("site", &p.Site)
	w.Bool("is_leader", &p.Leads)
}

// WorkerRegistration asks a manager to take a worker into its pool.
type WorkerRegistration struct {
	core.Shared
	call.Handshake
	NodeInfo
	Cores, CoresAvailable   uint16
	Memory, MemoryAvailable uint32 // MB
}

// Walk implements core.Body.
func (b *WorkerRegistration) Walk(w *core.Walker) {
	b.Handshake.Walk(w)
	b.NodeInfo.walk(w)
	w.Uint16("total_cores", &b.Cores)
	w.Uint16("available_cores", &b.CoresAvailable)
	w.Uint32("memory_mb", &b.Memory)
	w.Uint32("available_memory_mb", &b.MemoryAvailable)
}

// RegistrationResponse answers a WorkerRegistration.
type RegistrationResponse struct {
	core.Shared
	call.Answer
	call.Versions
	Accepted bool
	Manager  core.NodeID
	Managers []PeerInfo // healthy ones
}

// Walk implements core.Body.
func (b *RegistrationResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Versions.Walk(w)
	w.Bool("accepted", &b.Accepted)
	w.Node("manager", &b.Manager)
	core.List(w, "healthy_managers", &b.Managers, leastPeer, (*PeerInfo).walk)
}

// WorkerDiscovery (WorkerDiscoveryBroadcast) tells the other managers of a worker that registered.
type WorkerDiscovery struct {
	core.Shared
	NodeInfo
	Cores, CoresAvailable uint16
	Manager               core.NodeID // where it registered
}

// Walk implements core.Body.
func (b *WorkerDiscovery) Walk(w *core.Walker) {
	b.NodeInfo.walk(w)
	w.Uint16("total_cores", &b.Cores)
	w.Uint16("available_cores", &b.CoresAvailable)
	w.Node("source_manager", &b.Manager)
}

// ManagerToWorkerRegistration tells a worker of a manager that heard of it.
type ManagerToWorkerRegistration struct {
	core.Shared
	call.Handshake
	PeerInfo
	Term     uint64
	Managers []PeerInfo // known ones
}

// Walk implements core.Body.
func (b *ManagerToWorkerRegistration) Walk(w *core.Walker) {
	b.Handshake.Walk(w)
	b.PeerInfo.walk(w)
	w.Uint64("term", &b.Term)
	core.List(w, "known_managers", &b.Managers, leastPeer, (*PeerInfo).walk)
}

// ManagerToWorkerAck answers a ManagerToWorkerRegistration.
type ManagerToWorkerAck struct {
	core.Shared
	call.Answer
	call.Versions
	Accepted              bool
	Worker                core.NodeID
	Cores, CoresAvailable uint16
}

// Walk implements core.Body.
func (b *ManagerToWorkerAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Versions.Walk(w)
	w.Bool("accepted", &b.Accepted)
	w.Node("worker", &b.Worker)
	w.Uint16("total_cores", &b.Cores)
	w.Uint16("available_cores", &b.CoresAvailable)
}
