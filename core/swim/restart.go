package swim

import (
	"slices"

	"hypersim/core"
)

// A process that restarts meets what was under way against the one before it. The story of a suspicion:
//
//  1. B(5) crashes. A suspects it, and the deadline runs.
//  2. B's next process joins through C. C, too, holds B at 5, so it demands 6 (requiredIncarnation); B adopts that and
//     asks again. C tells the others: "join, B at 6".
//  3. A hears of it in one of two ways: by that join, or by a message of the new process itself. 6 is above 5, so either
//     ends the suspicion. Pings that are out to the old process are forgotten, or void when they fail, since they were
//     sent at 5: their silence says nothing of the new one (dropPings, probeFailed).
//  4. The way that comes second is no second restart: what was told by a join is heralded, what was told by the process
//     itself is sighted, and either crosses the other out.
//  5. If A's deadline is over before 3, A declares B dead at 5. For all that know of 6 that is stale. A itself takes B
//     back at 6, and B, which hears of its death, owes the teller a word (claimSelf).

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
