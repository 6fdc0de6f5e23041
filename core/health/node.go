package health

import "hypersim/core"

// Node is what is known of one node. Its zero value is of no use: see Track.
type Node struct {
	ok        core.Instant // last sign of life
	stuck     core.Instant // since when it is STUCK, core.Never: it is not
	evictable core.Instant // since when its decision is Evict, core.Never: it is not
	evicted   core.Instant // when it was evicted last, core.Never: not yet
	failures  uint16       // in a row
	progress  Progress
	dead      bool // by membership
	ready     bool
	extended  bool // it has a deadline extension that still runs
	out       bool // evicted, and not back yet
	held      bool // its eviction was held at the last look
	waiting   bool // for its turn after a hold
}

// Track returns the record of a node that was heard for the first time.
func Track(now core.Instant) Node {
	return Node{ok: now, stuck: core.Never, evictable: core.Never, evicted: core.Never, ready: true}
}

// Succeeded takes in a sign of life: an answer to a probe, an accepted heartbeat.
func (n *Node) Succeeded(now core.Instant) { n.ok, n.failures = max(n.ok, now), 0 }

// Failed takes in that a probe or a call came to nothing.
func (n *Node) Failed() {
	if n.failures < 1<<16-1 {
		n.failures++
	}
}

// Dead takes in whether membership holds the node dead.
func (n *Node) Dead(dead bool) { n.dead = dead }

// Ready takes in whether the node wants work.
func (n *Node) Ready(ready bool) { n.ready = ready }

// Extended takes in whether the node was given more time.
func (n *Node) Extended(extended bool) { n.extended = extended }

// Progressed takes in how the node got on in the interval that ends now.
func (n *Node) Progressed(now core.Instant, p Progress) {
	switch {
	case p != Stuck:
		n.stuck = core.Never
	case n.stuck == core.Never:
		n.stuck = now
	}
	n.progress = p
}

// Progress returns how the node gets on.
func (n *Node) Progress() Progress { return n.progress }

// Held reports whether its eviction is held back, for too many were lost with it.
func (n *Node) Held() bool { return n.held && !n.out }

// IsReady reports whether the node wants work.
func (n *Node) IsReady() bool { return n.ready }

// Live reports whether the node is there.
func (n *Node) Live(now core.Instant, c *NodeKeys) bool {
	return now.Sub(n.ok) < c.Timeout && int(n.failures) < c.Failures && !n.dead
}

// Decide says what the node may get, and why (spec 30 §2.2, the first row that matches).
func (n *Node) Decide(now core.Instant, c *NodeKeys) (Decision, Label) {
	switch {
	case !n.Live(now, c):
		return Evict, LabelSuspect
	case n.progress == Stuck && now.Sub(n.stuck) >= c.Stuck && !n.extended:
		return Evict, LabelStuck
	case n.progress == Stuck:
		return Drain, LabelStuck
	case !n.ready && (n.progress == Idle || n.progress == Normal):
		return Drain, LabelBusy
	case !n.ready:
		return Drain, LabelDegraded
	case n.progress == Slow:
		return Investigate, LabelSlow
	case n.progress == Degraded:
		return Investigate, LabelDegraded
	}
	return Route, LabelHealthy
}
