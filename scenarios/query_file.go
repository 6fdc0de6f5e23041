package scenarios

import (
	"hypersim/core"
	"hypersim/scenarios/form"
)

// Query is a workload of requests that are about no job: nobody repeats them, so they come as often as the file says,
// whatever becomes of them.
type Query struct {
	Clients []core.NodeID // who asks, drawn evenly
	Targets []core.NodeID // who is asked, likewise
	Arrival Arrival
	Message core.Kind
}

// query resolves a workload of queries.
func (l *loader) query(t *workloadT, n *form.Node, key string) *Query {
	q := &Query{Arrival: l.arrival(t.Arrival, n.Kid("arrival"), key+".arrival"), Message: kindNamed(given(t.Message, core.KindPingRequest.String()))}
	if t.Clients != nil {
		q.Clients = l.clients(t.Clients)
	} else {
		q.Clients = l.ofRole(core.RoleClient)
	}
	switch {
	case t.Target != nil:
		q.Targets = l.queried(t.Target, q.Message)
	case l.hasGates():
		q.Targets = l.ofRole(core.RoleGate)
	default:
		q.Targets = l.ofRole(core.RoleManager)
	}
	return q
}

// ofRole returns the nodes of a role.
func (l *loader) ofRole(r core.Role) (out []core.NodeID) {
	for i := range l.sc.Nodes {
		if n := &l.sc.Nodes[i]; n.Role == r && !n.Ghost {
			out = append(out, core.NodeID(i))
		}
	}
	return out
}

// queried resolves a selector of servers that are asked.
func (l *loader) queried(s *Selector, m core.Kind) (out []core.NodeID) {
	s.resolve(l.b, l.sc, false)
	if s.bad || !l.settled(s, "each query draws one of all that match") {
		return nil
	}
	for _, id := range s.Fixed {
		switch n := &l.sc.Nodes[id]; {
		case n.Ghost:
		case n.Role == core.RoleGate, n.Role == core.RoleManager && m != core.KindDatacenterListRequest:
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		l.b.Wrong(s.src, s.key, "matches nobody who answers a %s: gates do, and managers all but datacenter_list", m)
	}
	return out
}

// queries checks that there is somebody to ask: the roles that answer exist in runs with jobs only.
func (l *loader) queries() {
	for i := range l.sc.Workloads {
		w := &l.sc.Workloads[i]
		if w.Query == nil || l.sc.HasJobs() {
			continue
		}
		key := form.Element("workload", i)
		l.b.Wrong(l.root.Kid("workload").Items[i].Kid("kind"), key+".kind", `nobody answers: clients and servers exist in runs with jobs (a [[workload]] of kind = "jobs")`)
	}
}
