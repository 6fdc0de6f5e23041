package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/health"
	"hypersim/core/job"
)

// Workers that left are no part of the group, and their silence afterwards is no loss: one crash among the two that stay is not more than
// half of them (spec 30 §2.3: N counts tracked nodes).
func TestThoseThatLeftAreNotCounted(t *testing.T) {
	for _, late := range []bool{false, true} { // a word that was under way when they left does not bring them back
		w := watched(t, Params{Workers: 4, Cores: 1})
		end := 10 * time.Second
		if late {
			end += 1500 * time.Millisecond
		}
		w.After(10*time.Second, func() { w.Hold(1, core.StateLeft); w.Hold(2, core.StateLeft) })
		w.After(end, func() { w.Crash(1); w.Crash(2) })
		w.After(12500*time.Millisecond, func() { w.Crash(3) })
		w.Run(60 * sec)
		at := w.evictions()
		if len(at) != 1 || at[0].JobFact.Node != 3 || at[0].At > 43*sec+sec/2 {
			t.Errorf("late %v: evicted %v", late, at)
		}
	}
}

// Nor are those that were forgotten a while after their death: two of the other three are more than half.
func TestForgottenOnesAreNotCounted(t *testing.T) {
	c := job.Default()
	c.Retention.DeadWorker = time.Minute
	w := watched(t, Params{Config: &c, Workers: 7, Cores: 1, Detect: time.Second})
	w.After(10*time.Second, func() {
		for id := core.NodeID(1); id <= 4; id++ {
			w.Crash(id)
		}
	})
	w.After(300*time.Second, func() {
		w.Detect = 0
		w.Crash(5)
		w.Crash(6)
	})
	w.Run(360 * sec)
	if at := w.evictions(); len(at) != 0 {
		t.Errorf("evicted within the hold: %v", at)
	}
}

// While a manager stands still it hears of no progress either: that time does not count to how long a worker is stuck.
func TestPausedManagerTakesNobodyForStuck(t *testing.T) {
	w := watched(t, Params{Workers: 2, Cores: 4})
	w.Submit(0, one(w, 1, Script{Stuck: true, Still: true}))
	w.After(25*time.Second, func() { w.Pause(0, 50*time.Second) })
	w.Run(140 * sec)
	if at := w.evictions(); len(at) == 0 || at[0].At < 120*sec || at[0].At > 132*sec {
		t.Errorf("evicted %v", at)
	}
}

// Nor to how long evictions are held: those that are back when it goes on are not evicted, however long it stood.
func TestPausedManagerHoldsOn(t *testing.T) {
	cut := false
	w := watched(t, Params{Workers: 3, Cores: 4, Way: func(w *World, m *core.Message) (core.Duration, bool) {
		return time.Millisecond, cut && (w.IsWorker(m.From) || w.IsWorker(m.To))
	}})
	w.Submit(0, one(w, 1, Script{Length: 150 * time.Second}))
	w.After(10*time.Second, func() { cut = true })
	w.After(50*time.Second, func() { w.Pause(0, 60*time.Second) })
	w.After(60*time.Second, func() { cut = false })
	w.Run(180 * sec)
	if at := w.evictions(); len(at) != 0 {
		t.Errorf("evicted %v", at)
	}
}

// Nor if the first thing that is due when it goes on is an eviction that a hold has released.
func TestPauseAmongReleases(t *testing.T) {
	w := watched(t, Params{Workers: 4, Cores: 1})
	w.After(10*time.Second, func() {
		for id := core.NodeID(1); id <= 3; id++ {
			w.Crash(id)
		}
	})
	paused := false
	w.Watch = func(_ core.NodeID, fx *core.Effects) {
		for i := range fx.JobFacts {
			if fx.JobFacts[i].Kind == core.JobFactEvicted && !paused {
				paused = true
				w.After(time.Millisecond, func() { w.Pause(0, 40*time.Second) })
			}
		}
	}
	w.Run(160 * sec)
	at := w.evictions()
	for i := range at {
		if at[i].JobFact.Node == 4 {
			t.Errorf("the one that lives is evicted at %v", at[i].At)
		}
	}
	if len(at) != 3 {
		t.Errorf("evicted %v", at)
	}
}

// How long a shard took is known to who handed it out, not to who took its job over while it ran: four workflows of a minute each are no
// reason to expect more than four a minute (spec 30 §2.1), and nobody is slow.
func TestTakeoversMakeNobodySlow(t *testing.T) {
	w := watched(t, Params{Managers: 3, Workers: 1, Cores: 8, Detect: 2 * time.Second})
	var first job.ID
	for range 4 {
		first = w.Submit(0, one(w, 1, Script{Length: 60 * time.Second}))
	}
	w.After(30*time.Second, func() { w.Crash(w.holder(first)) })
	var heir core.NodeID
	w.After(59*time.Second, func() { heir = w.holder(first) })
	w.After(70*time.Second, func() {
		for i := range 4 {
			w.submitTo(heir, job.ID(1000+i), one(w, 1, Script{Length: 60 * time.Second}))
		}
	})
	w.Run(125 * sec)
	if w.state(first) != job.StateCompleted {
		t.Fatalf("%v", w.state(first))
	}
	for i := range w.Facts {
		if f := &w.Facts[i]; f.Kind == core.JobFactHealth && health.Decision(f.To) == health.Investigate {
			t.Errorf("%v: manager %d calls worker %d %v", f.At, f.Node, f.JobFact.Node, health.Label(f.Code))
		}
	}
}

// A result that overtakes the answer to its dispatch says nothing of when its shard began, least of all that it was at time 0: four workflows
// of a minute, where the last took a few hundredths of a second, are slow.
func TestResultsBeforeTheirAckDoNotCountAsLong(t *testing.T) {
	w := watched(t, Params{Workers: 1, Cores: 8, Way: func(w *World, m *core.Message) (core.Duration, bool) {
		if m.Kind == core.KindWorkflowDispatchAck && w.Now > 199*sec && w.Now < 201*sec {
			return 300 * time.Millisecond, false
		}
		return time.Millisecond, false
	}})
	w.After(190*time.Second, func() { w.Submit(0, one(w, 1, Script{Length: 50 * time.Millisecond})) })
	w.After(200*time.Second, func() { w.Submit(0, one(w, 1, Script{Length: 50 * time.Millisecond})) })
	w.After(202*time.Second, func() {
		for range 4 {
			w.Submit(0, one(w, 1, Script{Length: 60 * time.Second}))
		}
	})
	w.Run(225 * sec)
	if w.count(core.JobFactHealth, func(f *Fact) bool { return health.Decision(f.To) == health.Investigate }) == 0 {
		t.Error("it passes for normal")
	}
}

// Who was evicted for getting nothing done, and speaks, gets work with its next heartbeat (01-42), not when the next interval has judged it.
func TestStuckOnesReturnWithTheirNextBeat(t *testing.T) {
	w := watched(t, Params{Workers: 1, Cores: 4})
	w.Submit(0, one(w, 1, Script{Stuck: true, Still: true}))
	var next job.ID
	w.Watch = func(_ core.NodeID, fx *core.Effects) {
		for i := range fx.JobFacts {
			if fx.JobFacts[i].Kind == core.JobFactEvicted && next == 0 {
				next = 1
				w.After(1100*time.Millisecond, func() { // a beat a second
					next = w.Submit(0, one(w, 1, Script{Length: time.Second}))
				})
			}
		}
	}
	w.Run(100 * sec)
	at, placed := w.evictions(), w.placedAt(next)
	if len(at) == 0 || at[0].JobFact.Node != 1 || len(placed) == 0 || placed[0] > at[0].At+sec+sec/2 {
		t.Errorf("evicted %v, placed at %v", at, placed)
	}
}
