package node

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/front"
)

// bodies make the answers of all nodes to what they refuse.
var bodies = Bodies()

// Patience is how long calls wait for servers that are asked too often.
func (c *Config) Patience() call.Patience {
	k := &c.Admission.Rate
	return call.Patience{Retries: k.Retries, Growth: k.Growth, Total: k.Total}
}

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

// Overhearer is a part that wants to know of requests that were refused: whoever asks lives, whatever it is told.
type Overhearer interface {
	Overhear(now core.Instant, m *core.Message)
}

// Overhear notes that the sender of a request that was refused lives. Of the request nothing else is read: a server that
// refuses the heartbeats of others would else call them dead for having too much to do itself.
func (n *Node) Overhear(now core.Instant, m *core.Message, fx *core.Effects) {
	mark := len(fx.Facts)
	if n.member && m.Kind.IsStream() && m.Group == n.Swim.Group() {
		n.Swim.Receive(now, m, fx)
		n.Settle(now, mark, fx)
	}
	for i := range n.parts {
		if o, ok := n.parts[i].it.(Overhearer); ok {
			o.Overhear(now, m)
		}
	}
}
