package network

import (
	"hypersim/core"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// uniformSites spreads nodes evenly over sites: node i is at site i mod sites.
func uniformSites(nodes, sites int, intra, inter core.Duration) Config {
	c := Config{Site: make([]uint16, nodes), Sites: sites, Base: make([]core.Duration, sites*sites), Stream: DefaultStream()}
	for i := range c.Site {
		c.Site[i] = uint16(i % sites)
	}
	for i := range c.Base {
		c.Base[i] = inter
		if i/sites == i%sites {
			c.Base[i] = intra
		}
	}
	return c
}

// pick is the set of the nodes from lo up to hi.
func pick(nodes, lo, hi int) []bool {
	s := make([]bool, nodes)
	for i := lo; i < hi; i++ {
		s[i] = true
	}
	return s
}

// nodeSet is the set of the given nodes.
func nodeSet(nodes int, ids ...core.NodeID) []bool {
	s := make([]bool, nodes)
	for _, id := range ids {
		s[id] = true
	}
	return s
}

// with returns l with the loss of m.
func with(l, m Link) Link {
	l.Loss = m.Loss
	return l
}

// turns are what each sender of a network has sent through send.
var turns = map[*Network]map[core.NodeID]uint32{}

// send is Send with a value returned, each datagram of a sender with a turn of its own.
func send(n *Network, now core.Instant, from, to core.NodeID, size int) Fate {
	var f Fate
	if turns[n] == nil {
		turns[n] = map[core.NodeID]uint32{}
	}
	turns[n][from]++
	n.Send(now, from, to, size, core.KindPing, turns[n][from], &f)
	return f
}

// finish follows a stream message to its end, asking again when told to.
func finish(n *Network, now core.Instant, from, to core.NodeID, size int, deadline core.Instant) StreamFate {
	var st StreamTry
	var f StreamFate
	for {
		n.StreamSend(now, from, to, size, core.KindJoin, deadline, &st, &f)
		if f.Outcome != StreamRetries {
			return f
		}
		if f.At <= now {
			panic("asked to come back in the past")
		}
		now = f.At
	}
}
