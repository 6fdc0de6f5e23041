package node

import "hypersim/core/front"

// bodies make the answers of all nodes to what they refuse.
var bodies = Bodies()

// Guard puts a front before n: what arrives is judged by it first (spec 01 no. 61). A role that serves requests calls it
// before it adds its own part. Processes of runs without jobs have none: they are asked nothing that could be refused, and
// their membership is CONTROL.
func (n *Node) Guard(id *Identity) *front.Server {
	n.flow = front.New(front.Params{
		Overload: &n.cfg.Overload, Admission: &n.cfg.Admission, Bodies: bodies, Self: id.Self, Role: id.Role, Instance: id.Instance,
		Start: id.Start, Reply: n.cfg.Job.Register.Timeout, Memory: float64(id.Memory),
	})
	n.Add(n.flow)
	return n.flow
}

// Flow returns the front of n, nil if it has none. A driver gives it what arrives, before it waits.
func (n *Node) Flow() *front.Server { return n.flow }
