package worker

import (
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// A manager of 1.3 finds no heartbeat on pings: it gets one as a message of its own every five seconds. One of 1.4 finds it there
// (spec 30 §10, health_piggyback).
func TestOldManagersGetHeartbeatsApart(t *testing.T) {
	now, old := registry.Version{Major: 1, Minor: 5}, registry.Version{Major: 1, Minor: 3}
	words := registry.Words{Formed: true, Spoken: []registry.Version{{Major: 1, Minor: 4}, old, now, now, now, now, now, now, now, now, now, now}}
	words.Hello.Versions = now.Says()
	b := &bench{t: t, cfg: job.Default(), dead: map[core.NodeID]bool{}, work: map[job.WorkflowID]effort{}}
	b.w = New(Params{Config: &b.cfg, Self: self, Instance: 1, Seed: 1, Key: 7, Cores: 8, Members: b, Meter: b, Managers: []core.NodeID{0, 1}, Formed: true, Words: &words})
	b.step(func() { b.w.Begin(b.now, &b.fx) })
	var x, y core.Extra
	b.w.Beat(b.now, 0, &x)
	b.w.Beat(b.now, 1, &y)
	if x.Beat.Version == 0 || y.Beat.Version != 0 {
		t.Errorf("on pings: version %d for one of 1.4, %d for one of 1.3", x.Beat.Version, y.Beat.Version)
	}
	b.until(b.now.Add(21e9))
	apart := b.of(core.KindWorkerHeartbeat)
	for _, m := range apart {
		if m.To != 1 {
			t.Errorf("one goes to %d", m.To)
		}
	}
	if len(apart) != 4 {
		t.Errorf("%d in 21 s, want 4", len(apart))
	}
}
