package replica

import (
	"hypersim/core"
	"hypersim/core/job"
)

// What a role looks at, and keeps in order.

// Jobs appends the jobs that this member has an entry of to dst, in the order of records, which is the same in every run.
func (m *Machine) Jobs(dst []job.ID) []job.ID {
	for _, r := range m.all {
		if r != nil && r.known() {
			dst = append(dst, r.id)
		}
	}
	return dst
}

// Stored returns when this member stored what it has of a job: its Elapsed was true then.
func (m *Machine) Stored(id job.ID) core.Instant {
	if r := m.find(id); r != nil {
		return r.at
	}
	return 0
}

// Until returns how long the holder of a job is respected here, if it is not gone.
func (m *Machine) Until(id job.ID) core.Instant {
	if r := m.find(id); r != nil {
		return r.lease
	}
	return 0
}

// Orphaned reports whether nobody may hold a job that this member knows: its holder is gone, or another process, or was not heard of for as
// long as its lease lasts. By then membership may have forgotten who is gone.
func (m *Machine) Orphaned(now core.Instant, id job.ID) bool {
	r := m.find(id)
	return r != nil && r.known() && r.lead == nil && (r.lease <= now || m.gone(r.holder()))
}

// Led returns how many jobs a member holds, as far as this one knows.
func (m *Machine) Led(n core.NodeID) (count int) {
	for _, r := range m.all {
		if r != nil && r.known() && r.entry.Holder == n && !r.entry.State.Terminal() {
			count++
		}
	}
	return count
}

// Len returns how many jobs this member has a record or a tombstone of: 0 when all has been over for long (I-JM2).
func (m *Machine) Len() int { return m.hash.Len() + m.tombs.Len() }

// Sweep forgets the tombstones whose time is over.
func (m *Machine) Sweep(now core.Instant) { m.tombs.Sweep(now) }
