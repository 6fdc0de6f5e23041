package swim

import "hypersim/core"

// AuditEntry is one transition of a record, as its node saw it (§12).
type AuditEntry struct {
	At          core.Instant // local
	Subject     core.NodeID
	Accuser     core.NodeID // of SUSPECT and DEAD, else NoNode
	Incarnation uint32      // after it
	From, To    core.MemberState
	Cause       core.Cause
}

// auditLog keeps the last audit.max transitions. It grows as they come, up to that, and is a ring from then
// on: a node whose group is quiet pays nothing for it.
type auditLog struct {
	ring []AuditEntry
	next int // oldest, once the ring is full
}

func (l *auditLog) add(limit int, e AuditEntry) {
	if len(l.ring) < limit {
		l.ring = append(l.ring, e)
		return
	}
	l.ring[l.next] = e
	l.next++
	if l.next == limit {
		l.next = 0
	}
}

// AuditLog appends the remembered transitions to dst, oldest first, at most audit.max.
func (m *Machine) AuditLog(dst []AuditEntry) []AuditEntry {
	l := &m.audit
	dst = append(dst, l.ring[l.next:]...)
	return append(dst, l.ring[:l.next]...)
}
