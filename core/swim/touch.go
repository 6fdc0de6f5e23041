package swim

import "hypersim/core"

// Touch loads the memory that every step of this machine reads first. It and its siblings are for a
// driver that knows what comes next and wants its cache misses to overlap; they change nothing, and their
// results mean nothing.
func (m *Machine) Touch() byte {
	x := byte(m.due[0]) ^ byte(m.due[8]) ^ byte(m.inc) ^ byte(len(m.out)) ^ byte(m.list.pos) ^ byte(m.queue.Len()) ^
		byte(m.sum.part) ^ byte(len(m.rate.buckets)) ^ byte(m.tick) ^
		byte(m.count.Sent[0]) ^ byte(m.count.Received[0]) ^ byte(m.count.Probes)
	if m.viv != nil {
		x ^= m.viv.TouchSelf()
	}
	return x
}

// TouchSender loads what Receive will need of the sender from.
func (m *Machine) TouchSender(from core.NodeID) byte {
	k, ok := m.index(from)
	if !ok {
		return 0
	}
	return m.touchPeer(k)
}

// TouchWake loads what Wake will need at local time now if the probe tick is due then: the member that
// will be probed.
func (m *Machine) TouchWake(now core.Instant) byte {
	if m.list.len() == 0 || m.due[timerTick] > now {
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
