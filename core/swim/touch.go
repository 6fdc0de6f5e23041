package swim

import "hypersim/core"

// Touch loads the memory that every step of this machine reads first. It and its siblings are for a
// driver that knows what comes next and wants its cache misses to overlap; they change nothing, and their
// results mean nothing.
func (m *Machine) Touch() byte {
	return byte(m.due[0]) ^ byte(m.inc) ^ byte(len(m.rec)) ^ byte(len(m.out)) ^ byte(m.lag.n) ^ byte(m.count.Probes)
}

// TouchSender loads what Receive will need of the sender from.
func (m *Machine) TouchSender(from core.NodeID) byte {
	k, ok := m.index(from)
	if !ok {
		return 0
	}
	return m.touchPeer(k)
}

// TouchTick loads what Wake will need if it is the next probe tick: the member that will be probed.
func (m *Machine) TouchTick() byte {
	if m.list.len() == 0 || m.due[timerTick] > m.due[timerOutstanding] {
		return 0
	}
	return m.touchPeer(m.list.peek())
}

func (m *Machine) touchPeer(k int) byte {
	r := &m.rec[k]
	if m.viv == nil {
		return byte(r.inc)
	}
	return byte(r.inc) ^ m.viv.Touch(r.slot())
}
