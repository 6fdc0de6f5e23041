package registry

import (
	"hypersim/core"
	"hypersim/core/call"
)

// PeerRegistration (ManagerPeerRegistration) makes two managers of a datacenter known to each other.
type PeerRegistration struct {
	core.Shared
	call.Handshake
	NodeInfo
	Term  uint64
	Leads bool
}

// Walk implements core.Body.
func (b *PeerRegistration) Walk(w *core.Walker) {
	b.Handshake.Walk(w)
	b.NodeInfo.walk(w)
	w.Uint64("term", &b.Term)
	w.Bool("is_leader", &b.Leads)
}

// PeerResponse (ManagerPeerRegistrationResponse) answers a PeerRegistration.
type PeerResponse struct {
	core.Shared
	call.Answer
	call.Versions
	Accepted bool
	Manager  core.NodeID
	Leads    bool
	Term     uint64
	Peers    []PeerInfo
}

// Walk implements core.Body.
func (b *PeerResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Versions.Walk(w)
	w.Bool("accepted", &b.Accepted)
	w.Node("manager", &b.Manager)
	w.Bool("is_leader", &b.Leads)
	w.Uint64("term", &b.Term)
	core.List(w, "known_peers", &b.Peers, leastPeer, (*PeerInfo).walk)
}

// ManagerRegistration asks a gate to take a manager in: its heartbeat, and which process speaks.
type ManagerRegistration struct {
	core.Shared
	call.Handshake
	NodeInfo
	ManagerBeat
}

// Walk implements core.Body.
func (b *ManagerRegistration) Walk(w *core.Walker) {
	b.Handshake.Walk(w)
	b.NodeInfo.walk(w)
	b.ManagerBeat.walk(w)
}

// ManagerRegistrationResponse answers a ManagerRegistration.
type ManagerRegistrationResponse struct {
	core.Shared
	call.Answer
	call.Versions
	Accepted bool
	Gate     core.NodeID
	Gates    []PeerInfo // healthy ones
}

// Walk implements core.Body.
func (b *ManagerRegistrationResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Versions.Walk(w)
	w.Bool("accepted", &b.Accepted)
	w.Node("gate", &b.Gate)
	core.List(w, "healthy_gates", &b.Gates, leastPeer, (*PeerInfo).walk)
}

// ManagerDiscovery (ManagerDiscoveryBroadcast) tells the other gates of a manager that registered.
type ManagerDiscovery struct {
	core.Shared
	Site                    uint16
	Manager                 core.NodeID
	Gate                    core.NodeID // where it registered
	Workers, WorkersHealthy uint32
	Cores, CoresAvailable   uint32
}

// Walk implements core.Body.
func (b *ManagerDiscovery) Walk(w *core.Walker) {
	w.Uint16("site", &b.Site)
	w.Node("manager", &b.Manager)
	w.Node("source_gate", &b.Gate)
	w.Uint32("worker_count", &b.Workers)
	w.Uint32("healthy_worker_count", &b.WorkersHealthy)
	w.Uint32("total_cores", &b.Cores)
	w.Uint32("available_cores", &b.CoresAvailable)
}

// GateRegistration (GateRegistrationRequest) makes a gate known to a manager or to another gate.
type GateRegistration struct {
	core.Shared
	call.Handshake
	NodeInfo
	Leads          bool
	Term           uint64
	State          State
	Jobs, Managers uint32
}

// Walk implements core.Body.
func (b *GateRegistration) Walk(w *core.Walker) {
	b.Handshake.Walk(w)
	b.NodeInfo.walk(w)
	w.Bool("is_leader", &b.Leads)
	w.Uint64("term", &b.Term)
	core.Word(w, "state", &b.State, NumStates)
	w.Uint32("active_jobs", &b.Jobs)
	w.Uint32("manager_count", &b.Managers)
}

// GateRegistrationResponse answers a GateRegistration.
type GateRegistrationResponse struct {
	core.Shared
	call.Answer
	call.Versions
	Accepted bool
	Node     core.NodeID // who answers
	Site     uint16
	Managers []PeerInfo // healthy ones
}

// Walk implements core.Body.
func (b *GateRegistrationResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Versions.Walk(w)
	w.Bool("accepted", &b.Accepted)
	w.Node("node", &b.Node)
	w.Uint16("site", &b.Site)
	core.List(w, "healthy_managers", &b.Managers, leastPeer, (*PeerInfo).walk)
}
