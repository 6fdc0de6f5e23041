package manager

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/federated"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/routing"
)

// Everything that a manager says of its load is numbered, whoever it is said to: a gate tells by it what a report knows of
// (02-10). What the answer to a probe says are the manager's own counts.
func TestReportsOfLoadAreNumbered(t *testing.T) {
	b := newBench(t)
	var r federated.SiteReport
	r.ManagersHealthy = 1
	b.m.Fill(b.now, &r)
	if r.Counter == 0 || r.Cores != 8 || r.CoresAvailable != 8 || r.Workers != 1 || r.WorkersHealthy != 1 || r.Health != uint8(routing.Healthy)+1 {
		t.Errorf("at the start: %+v", r)
	}
	a := b.submit(gate2, 1)
	if a.Code != call.CodeOK || a.Load.Report <= r.Counter {
		t.Fatalf("accepted with report %d after %d", a.Load.Report, r.Counter)
	}
	b.run(b.now.Add(6 * time.Second)) // heartbeats go every 5 s
	last := uint64(0)
	for _, h := range b.heard {
		if x, ok := h.body.(*registry.ManagerHeartbeat); ok && h.to == gate1 {
			if x.Load.Report <= last {
				t.Errorf("a heartbeat with report %d after %d", x.Load.Report, last)
			}
			last = x.Load.Report
		}
	}
	if last <= a.Load.Report {
		t.Errorf("the last heartbeat has report %d, the acceptance %d", last, a.Load.Report)
	}
	b.m.Fill(b.now, &r)
	if r.Counter <= last || r.Jobs != 1 || r.CoresAvailable == 8 {
		t.Errorf("while a job runs: %+v", r)
	}
}

// How a datacenter judges itself: rules 3–6 and 8–13 of spec 30 §3.3.
func TestClassFromInside(t *testing.T) {
	b := newBench(t)
	b.m.p.Cluster = []core.NodeID{self, self + 1, self + 2}
	for _, v := range []struct {
		name string
		r    federated.SiteReport
		want routing.Class
	}{
		{"whole", federated.SiteReport{ManagersHealthy: 3, Workers: 10, WorkersHealthy: 10, CoresAvailable: 5}, routing.Healthy},
		{"no workers", federated.SiteReport{ManagersHealthy: 3}, routing.Unhealthy},
		{"most managers lost", federated.SiteReport{ManagersHealthy: 1, Workers: 10, WorkersHealthy: 10, CoresAvailable: 5}, routing.Degraded},
		{"most workers lost", federated.SiteReport{ManagersHealthy: 2, Workers: 10, WorkersHealthy: 5, CoresAvailable: 5}, routing.Degraded},
		{"full", federated.SiteReport{ManagersHealthy: 3, Workers: 10, WorkersHealthy: 6}, routing.Busy},
	} {
		if have := b.m.class(b.now, &v.r); have != v.want {
			t.Errorf("%s: %v, want %v", v.name, have, v.want)
		}
	}
	b.m.draining = true
	r := federated.SiteReport{ManagersHealthy: 1, Workers: 1, WorkersHealthy: 1, CoresAvailable: 5}
	if b.m.p.Cluster = nil; b.m.class(b.now, &r) != routing.Degraded {
		t.Error("the only manager takes no jobs")
	}
}

// ADR 0043: a gate takes a datacenter that calls itself HEALTHY or BUSY for one that has begun. A leader that still reads the jobs of
// its cluster says neither, though two others of it may be ready: it knows that of none.
func TestSyncingLeaderIsNotHealthy(t *testing.T) {
	b := newCluster(t)
	r := federated.SiteReport{ManagersHealthy: 3, Workers: 2, WorkersHealthy: 2, CoresAvailable: 4}
	if have := b.m.class(b.now, &r); have != routing.Healthy {
		t.Errorf("ready: %v", have)
	}
	b.cutOff(true)
	b.m.rep.Init(b.now, b.m, replica.Params{Self: self, Role: core.RoleManager, Instance: 2, Seed: 1, Key: 1, Peers: []core.NodeID{other, third}, Config: &b.rep, Graves: 100, GravesKeep: time.Hour})
	if state, _, _ := b.m.standing(b.now); state != registry.StateSyncing {
		t.Fatal(state)
	}
	if have := b.m.class(b.now, &r); have <= routing.Busy {
		t.Errorf("while it is SYNCING: %v", have)
	}
}
