package swim

import (
	"slices"

	"hypersim/core"
)

// restarts keeps that the restart of a member is told once per instance (§2.6), in whichever way it comes first: as a
// gossiped join, which does not say which process it is about, or as a message of the new process itself.
type restarts struct {
	heralded []uint16 // told by a join; the new process itself has not been heard yet
	sighted  []uint16 // told by its own message, at an incarnation below which its join is still to come
}

// take removes k from list and reports whether it was there.
func take(list *[]uint16, k int) bool {
	i := slices.Index(*list, uint16(k))
	if i >= 0 {
		*list = slices.Delete(*list, i, i+1)
	}
	return i >= 0
}

// joined follows a join claim about k that is news: its last process is no more. It reports whether the new one has
// been heard and told of already.
func (m *Machine) joined(now core.Instant, k int, fx *core.Effects) bool {
	take(&m.restarts.heralded, k) // that one came and went unheard
	if take(&m.restarts.sighted, k) {
		return true // and who has registered with it since is no orphan
	}
	m.watch.restarted(m, k, m.rec[k].instance+1, now, fx)
	return false
}

// sightRestart follows a message of a process of k that is newer than the one in the record.
func (m *Machine) sightRestart(now core.Instant, k int, msg *core.Message, fx *core.Effects) {
	r := &m.rec[k]
	m.dropPings(now, k, fx)
	m.forgetHealth(k)
	if take(&m.restarts.heralded, k) {
		return
	}
	if msg.Incarnation <= r.incarnation() && !slices.Contains(m.restarts.sighted, uint16(k)) {
		m.restarts.sighted = append(m.restarts.sighted, uint16(k))
	}
	m.callback(core.CallbackPeerRestarted, k, core.CauseSeen, core.NoNode, fx)
}

// settleRestart forgets what is kept of k once that can only mislead: its join would be no news any more, or it is
// gone, and who comes next is another process.
func (m *Machine) settleRestart(k int, to core.MemberState) {
	if len(m.restarts.sighted) > 0 {
		take(&m.restarts.sighted, k)
	}
	if len(m.restarts.heralded) > 0 && !counted(to) {
		take(&m.restarts.heralded, k)
	}
}

// learnInstance notes which process of k speaks. Workers that registered with one before it are orphans now.
func (m *Machine) learnInstance(now core.Instant, k int, instance uint32, fx *core.Effects) {
	m.rec[k].instance = instance
	m.watch.restarted(m, k, instance, now, fx)
}
