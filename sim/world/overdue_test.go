package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
)

// A deadline that falls into a service goes before the messages that wait (ADR 0007), in each service of a busy
// period, however long that is and whether the deadline fell due before or after the messages came.
func TestOverdueTimersGoBeforeWaitingMessages(t *testing.T) {
	const messages, service = 300, core.Instant(100_000)
	arrive := seconds(1) + 250_000 // and the bytes
	due := []core.Instant{
		seconds(0.5),              // long before
		arrive + service/2,        // in the first service, as the queue builds up
		arrive + 40*service + 10,  // in the middle of the busy period
		arrive + 40*service + 20,  // in the same service
		arrive + 299*service + 10, // in its last service
		arrive + 900*service,      // long after
	}
	s := newStage(t, "", [][]core.Instant{slices.Clone(due), nil}, "node.inbox=1000")
	s.Run(seconds(1))
	for i := range uint32(messages) {
		s.post(core.KindPing, i+1, 1, 0, 0)
	}
	s.end()
	told := s.puppets[0].told
	if want := messages + len(due); len(told) != want {
		t.Fatalf("told %d times, want %d", len(told), want)
	}
	for _, at := range due {
		i := slices.IndexFunc(told, func(w string) bool { return strings.HasSuffix(w, fmt.Sprintf("timer %v", at)) })
		have := instantOf(t, told[i])
		if have < at || have > at+service {
			t.Errorf("the deadline at %v is acted upon at %v, behind more than the service in hand", at, have)
		}
		for _, w := range told[:i] { // nothing that was begun after it fell due goes first
			if got := instantOf(t, w); got > at && !strings.Contains(w, "timer") {
				t.Errorf("the deadline at %v lets %q go first", at, w)
				break
			}
		}
	}
}

// A deadline that is overdue when its host is paused in that service waits for the end of the pause.
func TestOverdueTimersAndPauses(t *testing.T) {
	pause := aFault("gc", "pause", "at = \"1.0003s\"\nfor = \"1s\"\ntarget = { id = \"a/worker/0\" }")
	s := newStage(t, pause, [][]core.Instant{{seconds(1) + 290_000}, nil})
	s.Run(seconds(1))
	for i := range uint32(3) {
		s.post(core.KindPing, i+1, 1, 0, 0)
	}
	s.end()
	told := s.puppets[0].told
	if len(told) != 4 || told[1] != "2.0003s timer 1.00029s" {
		t.Errorf("told %q, want the timer at the end of the pause, behind one message", told)
	}
}

// A member that cannot keep up with its messages notices: it still probes, its probes go unanswered in time
// and its local health is at its worst within 15 s.
func TestOverloadedMemberKnows(t *testing.T) {
	for seed := range uint64(2) {
		slow := aFault("slow", "slow", "at = \"30s\"\nfor = \"60s\"\nfactor = 10000\ntarget = { id = \"a/worker/7\" }")
		sc := parse(t, lan+slow, seed+1, "cluster.size=60", "node.service=64us", "scenario.settle=0s", "scenario.duration=50s")
		w, v := watch(t, sc, nil)
		reached := core.Never
		for at := seconds(30); at <= w.End() && reached == core.Never; at += seconds(0.5) {
			w.Run(at)
			if w.Machine(7).LHM() == 8 {
				reached = at
			}
		}
		w.Run(w.End())
		w.Finish()
		v.check(t)
		if reached == core.Never || reached > seconds(30+15) {
			t.Errorf("seed %d: the overloaded member's score is 8 at %v, want that within 15 s of 30 s; it is %d at the end",
				seed+1, reached, w.Machine(7).LHM())
		}
	}
}
