package check

import (
	"fmt"

	"hypersim/core"
)

// Violation is the first one of an invariant, and how many there were.
type Violation struct {
	ID        ID
	Invariant string // ID as text, for example "I-M10"
	At        core.Instant
	Nodes     []core.NodeID // concerned, the observer first
	What      string
	Causes    []string // the records about these nodes that led there, oldest first
	Count     uint64
}

// Violations returns the first violation of each invariant, in the order in which they were found.
func (c *Checker) Violations() []Violation {
	out := make([]Violation, len(c.order))
	for i, id := range c.order {
		out[i] = *c.first[id]
		out[i].Count = c.count[id]
	}
	return out
}

// Count returns how often id was violated.
func (c *Checker) Count(id ID) uint64 { return c.count[id] }

// Failed reports whether anything was violated.
func (c *Checker) Failed() bool { return len(c.order) > 0 }

// fails counts a violation and reports whether it is the first one of id, whose details are wanted.
func (c *Checker) fails(id ID) bool {
	c.count[id]++
	return c.count[id] == 1
}

// detail keeps what fails asked for. The last of nodes may be core.NoNode.
func (c *Checker) detail(id ID, at core.Instant, nodes []core.NodeID, format string, args ...any) {
	v := &Violation{ID: id, Invariant: id.String(), At: at, What: fmt.Sprintf(format, args...), Count: 1}
	for _, n := range nodes {
		if int(n) < len(c.hot) {
			v.Nodes = append(v.Nodes, n)
		}
	}
	v.Causes = c.causes(v.Nodes)
	c.first[id] = v
	c.order = append(c.order, id)
	if c.OnFirst != nil {
		c.OnFirst(*v)
	}
}

// name is how a node is called in texts.
func (c *Checker) name(n core.NodeID) string {
	if int(n) < len(c.ctx.Nodes) && c.ctx.Nodes[n].Name != "" {
		return c.ctx.Nodes[n].Name
	}
	if n == core.NoNode {
		return "nobody"
	}
	return fmt.Sprintf("node %d", n)
}
