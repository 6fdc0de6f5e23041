package client

import "hypersim/core"

// target is a gate or manager that the client knows.
type target struct {
	node   core.NodeID
	silent core.Instant // it did not answer then; Never: it did, or was not asked
}

// targets are asked in turn, those last that have just not answered (spec 00 answer 17).
type targets struct {
	list []target
	turn int
}

func (t *targets) init(nodes []core.NodeID) {
	for _, id := range nodes {
		t.list = append(t.list, target{node: id, silent: core.Never})
	}
}

// next returns whom to ask: the leader of the job if one is known and was not asked last, else the next in turn.
func (t *targets) next(now core.Instant, leader, last core.NodeID, memory core.Duration) core.NodeID {
	if leader != core.NoNode && leader != last && !t.quiet(now, leader, memory) {
		return leader
	}
	fallback := core.NoNode
	for range t.list {
		x := &t.list[t.turn]
		t.turn = (t.turn + 1) % len(t.list)
		if !t.quiet(now, x.node, memory) {
			return x.node
		}
		if fallback == core.NoNode {
			fallback = x.node
		}
	}
	return fallback
}

func (t *targets) quiet(now core.Instant, id core.NodeID, memory core.Duration) bool {
	for i := range t.list {
		if x := &t.list[i]; x.node == id {
			return x.silent != core.Never && now.Sub(x.silent) < memory
		}
	}
	return false
}

func (t *targets) fared(now core.Instant, id core.NodeID, answered bool) {
	for i := range t.list {
		if x := &t.list[i]; x.node == id {
			if x.silent = core.Never; !answered {
				x.silent = now
			}
		}
	}
}
