package metrics

import (
	"fmt"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"

	"pgregory.net/rapid"
)

// naive recomputes every view counter from the rows and the truth.
type naive struct {
	wrong                              int64
	pairs, disagree                    map[string]int64
	known, suspecting, ok, unconfirmed map[core.NodeID]int32
	byState                            map[string][core.NumStates]int64
}

func recompute(r *Recorder) naive {
	n := naive{
		pairs: map[string]int64{}, disagree: map[string]int64{}, known: map[core.NodeID]int32{}, suspecting: map[core.NodeID]int32{},
		ok: map[core.NodeID]int32{}, unconfirmed: map[core.NodeID]int32{}, byState: map[string][core.NumStates]int64{},
	}
	for o := range r.peers {
		if !r.peers[o].up {
			continue
		}
		for s := range r.peers {
			if o == s || r.peers[o].group != r.peers[s].group {
				continue
			}
			state := r.row(core.NodeID(o))[r.peers[s].local]
			key := fmt.Sprint(r.peers[o].group, r.roles[o])
			if state != none {
				b := n.byState[key]
				b[state]++
				n.byState[key] = b
			}
			if !r.ctx.Flat && r.roles[o] == core.RoleWorker && r.roles[s] == core.RoleWorker {
				continue
			}
			if up, held := r.peers[s].up, state == ok; up || held {
				n.pairs[key]++
				if up != held {
					n.disagree[key]++
					n.wrong++
				}
			}
			id := core.NodeID(s)
			switch state {
			case ok:
				n.ok[id]++
				n.known[id]++
			case suspect:
				n.suspecting[id]++
				n.known[id]++
			case unconfirmed:
				n.unconfirmed[core.NodeID(o)]++
			}
		}
	}
	return n
}

// The incremental counters equal a recomputation after any sequence of events.
func TestViewErrorAgainstNaive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		nodes := make([]Node, rapid.IntRange(2, 9).Draw(rt, "nodes"))
		for i := range nodes {
			nodes[i] = Node{
				ID: core.NodeID(i), Name: name(i), Group: core.GroupID(rapid.IntRange(0, 2).Draw(rt, "group")),
				Role: core.Role(rapid.IntRange(0, 2).Draw(rt, "role")), Late: rapid.Bool().Draw(rt, "late"), Ghost: rapid.IntRange(0, 9).Draw(rt, "ghost") == 0,
			}
		}
		s := custom(t, nodes, func(c *Context) {
			c.Flat, c.Formed = rapid.Bool().Draw(rt, "flat"), rapid.Bool().Draw(rt, "formed")
		})
		for step := range rapid.IntRange(1, 60).Draw(rt, "steps") {
			sec := float64(step)
			n := core.NodeID(rapid.IntRange(0, len(nodes)-1).Draw(rt, "node"))
			switch rapid.IntRange(0, 9).Draw(rt, "event") {
			case 0:
				s.truth(sec, trace.KindStart, n)
			case 1:
				s.truth(sec, trace.KindCrash, n)
			case 2:
				s.truth(sec, trace.KindLeave, n)
			case 3:
				s.truth(sec, trace.KindStop, n)
			default:
				subject := core.NodeID(rapid.IntRange(0, len(nodes)-1).Draw(rt, "subject"))
				if !s.rec.same(n, subject) || !s.rec.peers[n].alive || s.rec.peers[n].group < 0 {
					continue
				}
				from := s.rec.row(n)[s.rec.peers[subject].local]
				to := core.MemberState(rapid.IntRange(0, core.NumStates-1).Draw(rt, "to"))
				s.becomes(sec, n, subject, from, to, core.CauseAlive, uint32(rapid.IntRange(0, 3).Draw(rt, "inc")))
			}
			compare(rt, s.rec, recompute(s.rec))
		}
	})
}

func compare(t *rapid.T, r *Recorder, want naive) {
	if r.wrong != want.wrong {
		t.Fatalf("wrong %d, want %d", r.wrong, want.wrong)
	}
	for g := range r.groups {
		x := &r.groups[g]
		for role := range x.up {
			key := fmt.Sprint(g, core.Role(role))
			expected := x.expectedBy(&r.ctx, core.Role(role))
			if have := expected + x.okDown[role]; have != want.pairs[key] {
				t.Fatalf("%s: %d pairs, want %d", key, have, want.pairs[key])
			}
			if have := expected - x.okUp[role] + x.okDown[role]; have != want.disagree[key] {
				t.Fatalf("%s: %d disagree, want %d", key, have, want.disagree[key])
			}
			if x.byState[role] != want.byState[key] {
				t.Fatalf("%s: %v, want %v", key, x.byState[role], want.byState[key])
			}
		}
	}
	for i := range r.peers {
		p, id := &r.peers[i], core.NodeID(i)
		held, waits := int32(0), int32(0)
		for role := range p.okBy {
			held += p.okBy[role]
			waits += p.unconfirmed[role]
		}
		if !p.up {
			waits = 0
		}
		if held != want.ok[id] || p.known != want.known[id] || p.suspecting != want.suspecting[id] || waits != want.unconfirmed[id] {
			t.Fatalf("node %d: ok %d known %d suspecting %d waits %d, want %d %d %d %d", i, held, p.known, p.suspecting, waits,
				want.ok[id], want.known[id], want.suspecting[id], want.unconfirmed[id])
		}
		for _, u := range p.news {
			checkAudience(t, r, id, u)
		}
	}
}

// checkAudience: whoever is counted as having heard an update is a live observer that should know.
func checkAudience(t *rapid.T, r *Recorder, s core.NodeID, u *update) {
	if u == nil {
		return
	}
	n := int32(0)
	for i, o := range r.groups[r.peers[s].group].members {
		if u.heard.has(int32(i)) && !u.ears.has(int32(i)) {
			t.Fatalf("node %d has heard of %d and is not in the audience", o, s)
		}
		if u.ears.has(int32(i)) {
			n++
			if o == s || !r.peers[o].up || !r.knows(o, s) {
				t.Fatalf("node %d is counted as having heard of %d", o, s)
			}
		}
	}
	if n != u.ears.n {
		t.Fatalf("%d bits, count %d", n, u.ears.n)
	}
}

type mirror struct{ r *Recorder }

func (m mirror) State(o, s core.NodeID) core.MemberState { return m.r.row(o)[m.r.peers[s].local] }

type liar struct{ mirror }

func (l liar) State(o, s core.NodeID) core.MemberState { return dead }

func TestAudit(t *testing.T) {
	s := flat(t, 3)
	if err := s.rec.Audit(mirror{s.rec}); err != nil {
		t.Error(err)
	}
	if s.rec.Audit(liar{mirror{s.rec}}) == nil {
		t.Error("a view that differs was not noticed")
	}
}
