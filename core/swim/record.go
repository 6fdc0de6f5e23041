package swim

import (
	"hypersim/core"
	"hypersim/core/vivaldi"
)

// record is what an observer keeps about one subject, always: 16 bytes, the only state that grows with
// observers × members. Everything else about a subject lives in side tables while it is needed.
//
// bits: 10 bit slot in the coordinate cache (0 = none), 3 bit state, 2 bit role, 1 bit "probe
// outstanding". The top bit of inc says that the gossip queue holds something about the subject.
type record struct {
	inc      uint32
	instance uint32 // 0 = not known
	changed  uint32 // local ms of the last state change
	side     uint16 // 1 + index in the table that belongs to the state: suspicions or confirmations
	bits     uint16
}

// stateTomb is a record that was removed and whose incarnation is remembered for a while (§2.6). It
// counts as StateNone everywhere else.
const stateTomb core.MemberState = 6

const (
	slotMask        = 1<<10 - 1
	stateShift      = 10
	stateMask       = 7 << stateShift
	roleShift       = 13
	roleMask        = 3 << roleShift
	flagOutstanding = 1 << 15
	flagQueued      = 1 << 31

	_ = uint(slotMask - vivaldi.MaxPeers) // does not compile where a slot would write over the state
)

func (r *record) state() core.MemberState { return core.MemberState(r.bits & stateMask >> stateShift) }
func (r *record) role() core.Role         { return core.Role(r.bits & roleMask >> roleShift) }
func (r *record) slot() uint16            { return r.bits & slotMask }
func (r *record) incarnation() uint32     { return r.inc &^ flagQueued }
func (r *record) outstanding() bool       { return r.bits&flagOutstanding != 0 }
func (r *record) queued() bool            { return r.inc&flagQueued != 0 }

func (r *record) setState(s core.MemberState) {
	r.bits = r.bits&^stateMask | uint16(s)<<stateShift
}

// setRole takes what is no member's role for a worker (§1).
func (r *record) setRole(role core.Role) {
	if role > core.RoleGate {
		role = core.RoleWorker
	}
	r.bits = r.bits&^roleMask | uint16(role)<<roleShift
}
func (r *record) setSlot(s uint16) { r.bits = r.bits&^slotMask | s }
func (r *record) setIncarnation(i uint32) {
	r.inc = r.inc&flagQueued | i
}
func (r *record) setOutstanding(on bool) {
	r.bits &^= flagOutstanding
	if on {
		r.bits |= flagOutstanding
	}
}
func (r *record) setQueued(on bool) {
	r.inc &^= flagQueued
	if on {
		r.inc |= flagQueued
	}
}

// present reports whether there is a record in the sense of §2: neither nothing nor a tombstone.
func (r *record) present() bool {
	s := r.state()
	return s != core.StateNone && s != stateTomb
}

// counted reports whether a subject in state s counts in n and stands in the probe list (§2.1).
func counted(s core.MemberState) bool {
	return s == core.StateUnconfirmed || s == core.StateOK || s == core.StateSuspect
}

// digested reports whether a subject in state s is part of the table digest (§7.3).
func digested(s core.MemberState) bool { return s == core.StateOK || s == core.StateSuspect }

// keyHash is the share of (key, incarnation) in the table digest: a fixed 64-bit mixer, so that sums
// can be kept up to date by adding and subtracting.
func keyHash(id core.NodeID, inc uint32) uint64 {
	x := uint64(id)<<32 | uint64(inc)
	x += 0x9e3779b97f4a7c15 // SplitMix64, Steele, Lea, Flood 2014
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func millis(t core.Instant) uint32 { return uint32(t / 1e6) }

// A local clock may be set back. What was noted then lies in the future; nobody may be made to wait for it, and nothing
// may seem to be as old as the clock can count.

// passed reports whether d has passed since then. If the clock was set back meanwhile it has: what is limited to once
// per d is allowed once too often rather than not at all.
func passed(now, since core.Instant, d core.Duration) bool { return now < since || now.Sub(since) >= d }

// age is how many ms ago local ms since was, and 0 if the clock was set back behind it.
func age(now core.Instant, since uint32) uint32 { return uint32(max(0, int32(millis(now)-since))) }
