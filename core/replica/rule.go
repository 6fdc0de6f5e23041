package replica

import (
	"math"

	"hypersim/core"
	"hypersim/core/fence"
)

// bid is a claim as the rule sees it.
type bid struct {
	fence.Holder
	epoch  uint32 // anyEpoch: would one be accepted at all?
	reason Reason
	entry  bool // it carries a FULL entry
}

const anyEpoch = math.MaxUint32

// ruling is what the rule says.
type ruling uint8

const (
	refuse ruling = iota
	accept
	unknown // it would be accepted with an entry
)

// judge is the claim rule, the only way an epoch grows (spec 20 §5.3, as 03-3 to 03-6, 03-11, 04-4, 04-5 and 04-9 have it).
// A member that is not ready, and a tombstone, never come here.
func (m *Machine) judge(now core.Instant, r *record, b *bid) ruling {
	switch seen := r.seen(); {
	case b.epoch < seen:
		return refuse
	case b.epoch == seen && seen > 0:
		if r.promise.Holder == b.Holder { // a repetition: accepted whatever the lease (03-5)
			return accept
		}
		return refuse
	case now < r.window && r.promise.Holder != b.Holder && !m.gone(r.promise.Holder) && !r.named(b):
		return refuse // a promise keeps others out (03-4)
	}
	if r.known() {
		return m.mayChange(now, r, b)
	}
	if b.reason == ReasonAccept && r.cancel > now {
		return refuse // 04-47
	}
	if !b.entry {
		return unknown
	}
	return accept
}

// named reports whether whoever was promised the job has it, and names the claimant its successor: the promise is kept, and
// keeps nobody out any more.
func (r *record) named(b *bid) bool {
	return b.reason == ReasonHandover && r.known() && r.entry.Epoch == r.seen() && r.entry.HandoverTo == b.Node
}

// mayChange reports whether a known job may get another holder.
func (m *Machine) mayChange(now core.Instant, r *record, b *bid) ruling {
	h := r.holder()
	switch {
	case b.reason == ReasonHandover && r.entry.HandoverTo == b.Node:
		return accept
	case r.lead != nil && now < r.lead.until:
		if h == b.Holder { // the holder itself, anew
			return accept
		}
		return refuse // rule 3
	case b.reason == ReasonAccept, b.reason == ReasonAdopt:
		return refuse
	case h == b.Holder, r.lead != nil, r.lease <= now, m.gone(h):
		return accept
	}
	return refuse
}

// promised notes a claim that is accepted. What the member holds stays as it is (04-2).
func (m *Machine) promised(now core.Instant, r *record, epoch uint32, h fence.Holder) {
	r.promise = fence.Record{Token: uint64(epoch), Holder: h}
	r.window, r.idle = now.Add(m.cfg.Lease.Hold), 0
}

// acceptable reports whether a claim of h would be accepted here (03-3).
func (m *Machine) acceptable(now core.Instant, r *record, h fence.Holder, reason Reason) bool {
	return m.ready && m.judge(now, r, &bid{Holder: h, epoch: anyEpoch, reason: reason, entry: true}) == accept
}
