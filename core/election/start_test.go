package election

import (
	"strings"
	"testing"
	"time"

	"hypersim/core"
)

// A voter that starts waits for all configured ones, at most ten seconds, and a draw of three; no vote before the holdoff.
func TestStart(t *testing.T) {
	for _, c := range []struct {
		missing    bool
		least, end core.Instant // when it may stand
	}{{false, sec / 2, 35 * sec / 10}, {true, 10 * sec, 13 * sec}} {
		w := newVoters(3, Default())
		w.down[12] = c.missing
		w.boot(0, false)
		m := w.nodes[0]
		for !m.armed {
			at, ok := m.Deadline()
			if !ok {
				t.Fatal("it waits for nothing")
			}
			w.run(t, at)
		}
		if w.now < c.least || w.now > c.end || m.timer < w.now || m.timer > w.now+2*sec {
			t.Errorf("missing %v: armed at %v, stands at %v", c.missing, w.now, m.timer)
		}
	}
}

// A cluster that starts cold, with one missing, has one leader, after the holdoff.
func TestColdStart(t *testing.T) {
	w := newVoters(3, Default())
	w.down[12] = true
	w.boot(0, false)
	w.boot(1, false)
	w.run(t, 8*sec)
	if len(w.rounds) != 0 {
		t.Errorf("rounds %v within the holdoff", w.rounds)
	}
	w.run(t, 60*sec)
	if w.leader() == core.NoNode {
		t.Error("nobody leads")
	}
	w.boot(2, false)
	leader, rounds := w.leader(), len(w.rounds)
	w.run(t, 120*sec)
	if w.leader() != leader || len(w.rounds) != rounds || w.nodes[2].Leader() != leader {
		t.Errorf("who comes late changes the leader from %d to %d", leader, w.leader())
	}
}

// Where the lowest is not there yet, the lowest that is leads, in a term of its own; where too few are, nobody does.
func TestFormedWithoutTheLowest(t *testing.T) {
	w := newVoters(3, Default())
	for _, i := range []int{1, 2} {
		w.first = 11
		w.boot(i, true)
	}
	w.run(t, 30*sec)
	if w.leader() != 11 || w.nodes[1].Term() != 2 || len(w.rounds) != 0 {
		t.Errorf("leader %d in term %d, rounds %v", w.leader(), w.nodes[1].Term(), w.rounds)
	}
	w = newVoters(3, Default())
	w.first = core.NoNode
	w.boot(2, true)
	w.run(t, 30*sec)
	if w.leader() != core.NoNode || w.nodes[2].Leader() != core.NoNode {
		t.Errorf("leader %d of one in three", w.leader())
	}
}

// Who departs, or is overwhelmed, leads no more, and the others need no lease to end for the next one.
func TestStepsDown(t *testing.T) {
	for _, c := range []struct {
		why string
		do  func(w *voters)
	}{
		{"it leaves", func(w *voters) { w.step(0, func(m *Machine) { m.Drain(w.now, &w.fx) }) }},
		{"it is overwhelmed", func(w *voters) { w.level[10] = levelHeavy }},
	} {
		w := newVoters(3, Default())
		w.form()
		w.run(t, 20*sec)
		c.do(w)
		w.run(t, 22*sec)
		if w.nodes[0].Role() != Follower || w.nodes[1].Leader() != core.NoNode || w.nodes[2].Lease() > w.now {
			t.Errorf("%s: %v, the others follow %d until %v", c.why, w.nodes[0].Role(), w.nodes[1].Leader(), w.nodes[2].Lease())
		}
		w.run(t, 60*sec)
		if l := w.leader(); l != 11 && l != 12 {
			t.Errorf("%s: then %d leads", c.why, l)
		}
	}
}

// Relations between keys are held.
func TestValidate(t *testing.T) {
	for _, c := range []struct {
		change func(e *Election)
		want   string
	}{
		{func(*Election) {}, ""},
		{func(e *Election) { e.Heartbeat = 3 * time.Second }, "twice that must be below"},
		{func(e *Election) { e.Heartbeat = 10 * time.Millisecond }, "must be at least 1/64"},
		{func(e *Election) { e.Lease = 6 * time.Second }, "must not be above election.timeout"},
		{func(e *Election) { e.Holdoff = 7 * time.Second }, "must be above"},
		{func(e *Election) { e.Margin = 5 * time.Second }, "must be below election.lease"},
	} {
		cfg := Default()
		c.change(&cfg.Election)
		err := cfg.Validate()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// A clock may stand anywhere, before its zero too: no promise is older than the process.
func TestClockBeforeItsZero(t *testing.T) {
	w := newVoters(3, Default())
	w.now = -100 * sec
	w.boot(1, false)
	w.now = -50 * sec
	o := &one{w: w, m: w.nodes[1]}
	if !o.preVote(10, 1, 0) || !o.claim(10, 1, 0).Granted {
		t.Error("it votes for nobody")
	}
	if w.now += sec; o.preVote(12, 3, 0) {
		t.Error("it encourages somebody just after an own vote")
	}
}
