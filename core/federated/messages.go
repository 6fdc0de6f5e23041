package federated

import "hypersim/core"

// AddBodies tells which kinds of the link have bodies.
func AddBodies(b *core.Bodies) {
	b[core.KindXAck] = func() core.Body { return new(SiteBody) }
	b[core.KindXNack] = func() core.Body { return new(Redirect) }
}

// SiteReport is what the leader of a datacenter answers to a federated probe (spec 10 §9).
type SiteReport struct {
	Term                      uint64
	External                  uint32 // incarnation of the datacenter as seen from outside: never falls
	Workers, WorkersHealthy   uint32
	Cores, CoresAvailable     uint32
	Jobs, Workflows           uint32
	Pending                   uint32 // workflows that wait
	Counter                   uint64 // numbers what the sender says of its load (spec 02 no. 10), 0: it says nothing
	Managers, ManagersHealthy uint16
	Site                      uint16 // datacenter
	Leader                    bool   // the sender leads it
	Health                    uint8  // datacenter class by its own judgement, 0 = not judged (spec 30 §3.1)
}

// SiteBody is the body of an XACK.
type SiteBody struct {
	core.Shared
	SiteReport
}

// Walk implements core.Body.
func (b *SiteBody) Walk(w *core.Walker) {
	w.Uint16("site", &b.Site)
	w.Uint64("term", &b.Term)
	w.Uint32("external_incarnation", &b.External)
	w.Bool("leader", &b.Leader)
	w.Uint8("class", &b.Health)
	w.Uint16("managers", &b.Managers)
	w.Uint16("managers_healthy", &b.ManagersHealthy)
	w.Uint32("workers", &b.Workers)
	w.Uint32("workers_healthy", &b.WorkersHealthy)
	w.Uint32("cores", &b.Cores)
	w.Uint32("cores_available", &b.CoresAvailable)
	w.Uint32("jobs", &b.Jobs)
	w.Uint32("workflows", &b.Workflows)
	w.Uint32("pending_workflows", &b.Pending)
	w.Uint64("report", &b.Counter)
}

// Redirect is the answer of a manager that does not lead: who does, NoNode if it does not know.
type Redirect struct {
	core.Shared
	Leader core.NodeID
}

// Walk implements core.Body.
func (b *Redirect) Walk(w *core.Walker) { w.MaybeNode("leader", &b.Leader) }
