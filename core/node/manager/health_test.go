package manager

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/health"
	"hypersim/core/job"
)

type allAlive struct{}

func (allAlive) State(core.NodeID) core.MemberState { return core.StateOK }

// However many are dead at once and wait for their turn, there is one deadline for the next of them (02-35).
func TestOneDeadlineForReleases(t *testing.T) {
	c, h := job.Default(), health.Default()
	const n = 40
	p := Params{Config: &c, Health: &h, Members: allAlive{}, First: 1, Count: n}
	for i := range n {
		p.Formed = append(p.Formed, FormedWorker{Node: core.NodeID(1 + i), Cores: 1})
	}
	m := New(p)
	var fx core.Effects
	m.Begin(0, &fx)
	sec := core.Instant(time.Second)
	for now := sec; now <= 40*sec; now += sec / 2 {
		m.Wake(now, &fx)
	}
	for i := range n {
		m.membershipSays(40*sec, core.NodeID(1+i), core.StateDead, &fx)
	}
	due := 0
	for _, x := range m.timers.All() {
		if x.kind == timerRelease {
			due++
		}
	}
	if due != 1 || m.workers.fit != n-1 {
		t.Errorf("%d deadlines, %d workers wait", due, m.workers.fit)
	}
}
