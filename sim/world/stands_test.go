package world

import (
	"errors"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/sim/kernel"
)

// restless is a machine whose deadline stays where it is, whatever it is woken for: a timer that is not armed anew, or a leader that
// does not step down.
type restless struct{ due core.Instant }

func (r *restless) Wake(core.Instant, *core.Effects)                 {}
func (r *restless) Deadline() (core.Instant, bool)                   { return r.due, true }
func (*restless) Receive(core.Instant, *core.Message, *core.Effects) {}

func TestStandingTimeEndsTheRun(t *testing.T) {
	s := newStage(t, "", [][]core.Instant{nil, nil})
	r := &restless{due: seconds(2)}
	s.nodes[1].machine = r
	s.armAt(1, r.due)
	looks := 0
	for !s.Advance(seconds(3)) { // whoever drives it may stop it here
		looks++
	}
	if err := s.Err(); err == nil || s.Now() != seconds(2) || looks != mostHolds-1 {
		t.Fatalf("%v at %v, looked %d times", err, s.Now(), looks)
	}
	for _, word := range []string{"stands at 2s", s.sc.Nodes[1].Name, "timer"} {
		if !strings.Contains(s.Err().Error(), word) {
			t.Errorf("%q does not say %q", s.Err(), word)
		}
	}
	var e *StandsError
	if !errors.As(s.Err(), &e) || e.At != seconds(2) || e.Owner != wakes[wakeMachine] {
		t.Errorf("%+v", e)
	}
	if e != nil && e.Events != mostHolds*kernel.AtOnce {
		t.Errorf("after %d events", e.Events)
	}
	if s.Run(seconds(5)); s.Now() != seconds(2) {
		t.Errorf("a failed run went on to %v", s.Now())
	}
}

// Small worlds are not waited for as long.
func TestStandingTimeEndsASmallRunSooner(t *testing.T) {
	s := newStage(t, "", [][]core.Instant{nil, nil})
	s.opt.Small = true
	r := &restless{due: seconds(2)}
	s.nodes[1].machine = r
	s.armAt(1, r.due)
	var e *StandsError
	if !s.Advance(seconds(3)) || !errors.As(s.Err(), &e) || e.Events != kernel.AtOnce {
		t.Errorf("%+v", e)
	}
}

// creeping is a machine that wants to be woken again and again, each time a little later.
type creeping struct {
	restless
	step core.Duration
	left int
}

func (c *creeping) Wake(now core.Instant, _ *core.Effects) {
	if c.left--; c.left > 0 {
		c.due = now.Add(c.step)
	} else {
		c.due = seconds(4)
	}
}

// Time that goes on by a nanosecond an event stands, too; by a microsecond it goes on, and so it does where it ends.
func TestCreepingTimeEndsTheRun(t *testing.T) {
	for _, c := range []struct {
		step core.Duration
		left int
		want bool
	}{{1, 1 << 30, true}, {3, 1 << 30, true}, {1000, 1 << 21, false}, {1, kernel.AtOnce / 2, false}} {
		s := newStage(t, "", [][]core.Instant{nil, nil})
		s.opt.Small = true
		m := &creeping{restless{due: seconds(2)}, c.step, c.left}
		s.nodes[1].machine = m
		s.armAt(1, m.due)
		s.Run(seconds(3))
		var e *StandsError
		if have := errors.As(s.Err(), &e); have != c.want || have && (e.Within > kernel.AtOnce*c.step || e.Within < (kernel.AtOnce-8)*c.step || e.Owner != wakes[wakeMachine] || !strings.Contains(e.Error(), "creeps at 2.0")) {
			t.Errorf("%d ns apart: %v", c.step, s.Err())
		}
		if !c.want && s.Now() != seconds(3) && c.step == 1 {
			t.Errorf("%d ns apart: it ended at %v", c.step, s.Now())
		}
	}
}

// What happens at one instant and ends is no failure, however often it is looked at.
func TestMuchAtOnceIsNoFailure(t *testing.T) {
	s := newStage(t, "", [][]core.Instant{nil, nil})
	s.holds = mostHolds - 1 // as if there had been much at an earlier instant
	r := &restless{due: seconds(2)}
	s.nodes[1].machine = r
	s.armAt(1, r.due)
	if s.Advance(seconds(3)) || s.Err() != nil {
		t.Fatalf("%v at %v", s.Err(), s.Now())
	}
	r.due = seconds(4)
	if !s.Advance(seconds(3)) || s.Err() != nil || s.Now() != seconds(3) {
		t.Errorf("%v at %v", s.Err(), s.Now())
	}
}

// Each kind of event has words of its own.
func TestWakesHaveWords(t *testing.T) {
	for i, s := range wakes {
		if s == "" {
			t.Errorf("wake %d has none", i)
		}
	}
	if len(wakes) != int(wakeShift)+1 {
		t.Errorf("%d of %d", len(wakes), wakeShift+1)
	}
}
