package registry

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/coretest/wiretest"
	"hypersim/core/job"
)

func bodies() *core.Bodies {
	b := new(core.Bodies)
	AddBodies(b)
	return b
}

func TestBodiesRoundTrip(t *testing.T) { wiretest.RoundTrip(t, bodies()) }

func TestBodiesTruncated(t *testing.T) { wiretest.Truncation(t, bodies()) }

func FuzzBodies(f *testing.F) { wiretest.Fuzz(f, bodies()) }

// The bytes of each body, written down by hand.
func TestBodyBytes(t *testing.T) {
	hands := call.Handshake{Cluster: 1, Environment: 2, Versions: call.Versions{Major: 1, Minor: 5, Features: 3}}
	node := NodeInfo{Node: 4, Role: core.RoleGate, Site: 5, Instance: 6, Incarnation: 7}
	peers := []PeerInfo{{Node: 8, Site: 9, Leads: true}}
	const (
		handBytes    = "8:1 8:2 1:1 1:5 8:3 "
		versionBytes = "1:1 1:5 8:3 "
		nodeBytes    = "n4 1:2 2:5 4:6 4:7 "
		peerBytes    = "n8 2:9 1:1 "
		unit         = "3f800000 40000000 "
	)
	beat := core.Beat{
		Version: 1, Cores: 2, CoresAvailable: 3, Queue: 4, CPU: 1, Memory: 2, Throughput: 1, Expected: 2, State: uint8(WorkerDegraded),
		Load: core.LoadBusy, Accepting: true, Ask: core.Ask{Seq: 5},
	}
	manager := ManagerBeat{
		Version: 1, Site: 2, State: StateActive, Leads: true, Term: 3, Workers: 4, WorkersHealthy: 5,
		Load: job.Load{Report: 6, Cores: 7, CoresAvailable: 8, Pending: 9}, Jobs: 10, Workflows: 11, AcceptingJobs: true, Throughput: 1, Expected: 2,
		Waiting: 12, Overload: core.LoadStressed, WorkersOverloaded: 13, WorkersStressed: 14, WorkersBusy: 15, WorkersExtended: 16, LHM: 1,
		Pressure: job.Backpressure{Level: job.PressureThrottle, Delay: 17, Epoch: 18, Seq: 19}, Gates: []core.NodeID{20}, GateLeader: 21,
		Leaderships: []Leadership{{Job: 0xa1, Epoch: 22, Layer: 23, Leader: 24}},
	}
	const managerBytes = "8:1 2:2 1:1 1:1 8:3 4:4 4:5 8:6 4:7 4:8 4:9 4:a 4:b 1:1 1:0 " + unit + "4:c 1:2 4:d 4:e 4:f 4:10 3ff0000000000000 " +
		"1:1 8:11 1:0 4:12 4:13 4:1 n20 ?21 4:1 8:a1 4:16 4:17 n24 "
	wiretest.Bytes(t, bodies(), []wiretest.Known{
		{
			Kind: core.KindWorkerRegistration,
			Body: &WorkerRegistration{Handshake: hands, NodeInfo: node, Cores: 1, CoresAvailable: 2, Memory: 3, MemoryAvailable: 4},
			Want: handBytes + nodeBytes + "2:1 2:2 4:3 4:4",
		},
		{
			Kind: core.KindRegistrationResponse,
			Body: &RegistrationResponse{Versions: hands.Versions, Accepted: true, Manager: 1, Managers: peers},
			Want: "1:0 " + versionBytes + "1:1 n1 4:1 " + peerBytes,
		},
		{
			Kind: core.KindWorkerDiscoveryBroadcast,
			Body: &WorkerDiscovery{NodeInfo: node, Cores: 1, CoresAvailable: 2, Manager: 3},
			Want: nodeBytes + "2:1 2:2 n3",
		},
		{Kind: core.KindWorkerDiscoveryAck, Body: &call.Ack{Answer: call.Answer{Code: call.CodeRoleDenied}}, Want: "1:12"},
		{
			Kind: core.KindManagerToWorkerRegistration,
			Body: &ManagerToWorkerRegistration{Handshake: hands, PeerInfo: peers[0], Term: 1, Managers: peers},
			Want: handBytes + peerBytes + "8:1 4:1 " + peerBytes,
		},
		{
			Kind: core.KindManagerToWorkerRegistrationAck,
			Body: &ManagerToWorkerAck{Versions: hands.Versions, Accepted: true, Worker: 1, Cores: 2, CoresAvailable: 3},
			Want: "1:0 " + versionBytes + "1:1 n1 2:2 2:3",
		},
		{
			Kind: core.KindManagerPeerRegistration,
			Body: &PeerRegistration{Handshake: hands, NodeInfo: node, Term: 1, Leads: true},
			Want: handBytes + nodeBytes + "8:1 1:1",
		},
		{
			Kind: core.KindManagerPeerRegistrationResponse,
			Body: &PeerResponse{Versions: hands.Versions, Accepted: true, Manager: 1, Leads: true, Term: 2, Peers: peers},
			Want: "1:0 " + versionBytes + "1:1 n1 1:1 8:2 4:1 " + peerBytes,
		},
		{
			Kind: core.KindManagerRegistration,
			Body: &ManagerRegistration{Handshake: hands, NodeInfo: node, ManagerBeat: manager},
			Want: handBytes + nodeBytes + managerBytes,
		},
		{
			Kind: core.KindManagerRegistrationResponse,
			Body: &ManagerRegistrationResponse{Versions: hands.Versions, Accepted: true, Gate: 1, Gates: peers},
			Want: "1:0 " + versionBytes + "1:1 n1 4:1 " + peerBytes,
		},
		{
			Kind: core.KindManagerDiscoveryBroadcast,
			Body: &ManagerDiscovery{Site: 1, Manager: 2, Gate: 3, Workers: 4, WorkersHealthy: 5, Cores: 6, CoresAvailable: 7},
			Want: "2:1 n2 n3 4:4 4:5 4:6 4:7",
		},
		{
			Kind: core.KindGateRegistrationRequest,
			Body: &GateRegistration{Handshake: hands, NodeInfo: node, Leads: true, Term: 1, State: StateDraining, Jobs: 2, Managers: 3},
			Want: handBytes + nodeBytes + "1:1 8:1 1:2 4:2 4:3",
		},
		{
			Kind: core.KindGateRegistrationResponse,
			Body: &GateRegistrationResponse{Versions: hands.Versions, Accepted: true, Node: 1, Site: 2, Managers: peers},
			Want: "1:0 " + versionBytes + "1:1 n1 2:2 4:1 " + peerBytes,
		},
		{
			Kind: core.KindWorkerHeartbeat,
			Body: &WorkerHeartbeat{Beat: beat, Shards: []core.ShardBeat{{Job: 0xa1, Workflow: 0xb1, Attempt: 1, Index: 2, State: 3, Done: 4}}},
			Want: "8:1 2:2 2:3 2:4 " + unit + unit + "1:2 1:1 1:1 4:5 1:0 2:0 8:0 8:0 8:0 8:0 4:1 8:a1 8:b1 2:1 2:2 1:3 8:4",
		},
		{Kind: core.KindManagerHeartbeat, Body: &ManagerHeartbeat{ManagerBeat: manager}, Want: managerBytes},
		{
			Kind: core.KindGateHeartbeat,
			Body: &GateHeartbeat{
				Version: 1, Site: 2, State: StateOffline, Leads: true, Term: 3, Jobs: 4, Sites: 5, Managers: 6, Connected: true, SitesConnected: 7,
				Throughput: 1, Expected: 2, Waiting: 8, Overload: core.LoadOverloaded,
				Leaderships: []Leadership{{Job: 0xa1, Epoch: 9, Layer: 10, Leader: 11}}, JobManagers: []JobManager{{Job: 0xa1, Site: 12, Manager: 13}},
			},
			Want: "8:1 2:2 1:3 1:1 8:3 4:4 2:5 4:6 1:1 2:7 " + unit + "4:8 1:3 4:1 8:a1 4:9 4:a n11 4:1 8:a1 2:c n13",
		},
		{
			Kind: core.KindGatePingResponse,
			Body: &GatePingResponse{
				Gate: 1, Leads: true, State: StateActive, Term: 2, Sites: []job.SiteView{{Site: 3, Leader: core.NoNode}}, Jobs: 4, Peers: []core.NodeID{5},
			},
			Want: "1:0 n1 1:1 1:1 8:2 4:1 2:3 1:0 - 4:0 4:0 4:0 4:4 4:1 n5",
		},
		{
			Kind: core.KindManagerPingResponse,
			Body: &ManagerPingResponse{Manager: 1, Leads: true, State: StateSyncing, Term: 2, Workers: 3, Cores: 4, Jobs: 5, Peers: []core.NodeID{6}},
			Want: "1:0 n1 1:1 1:0 8:2 4:3 4:4 4:5 4:1 n6",
		},
	})
}
