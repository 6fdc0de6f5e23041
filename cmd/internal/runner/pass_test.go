package runner

import (
	"context"
	"strings"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/scenarios"
)

// standing is a world in which so much happens at one instant that it never comes to the next; it looks up now and then.
type standing struct{ looks int }

func (s *standing) Advance(core.Instant) bool { s.looks++; return false }
func (s *standing) Now() core.Instant         { return core.Instant(2 * time.Second) }

// A run heeds signals and its budget also while virtual time stands.
func TestStandingTimeIsStopped(t *testing.T) {
	over, cancel := context.WithCancel(context.Background())
	cancel()
	for _, v := range []struct {
		ctx         context.Context
		wall        time.Duration
		want        string
		interrupted bool
	}{
		{over, 0, "interrupted at virtual time 2s", true},
		{context.Background(), time.Nanosecond, "budget of 1ns wall time", false},
	} {
		sc := &scenarios.Scenario{}
		sc.Budget.Wall = v.wall
		r, w := &run{opt: &Options{Scenario: sc}}, &standing{}
		if r.pass(v.ctx, time.Now().Add(-time.Second), w, core.Instant(3*time.Second)) || w.looks != 1 {
			t.Errorf("it went on after %d looks", w.looks)
		}
		if !strings.Contains(r.res.Stopped, v.want) || r.res.Interrupted != v.interrupted {
			t.Errorf("%q, interrupted %v; want %q", r.res.Stopped, r.res.Interrupted, v.want)
		}
	}
}
