package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/health"
	"hypersim/core/job"
)

// watched is a world whose workers send beats every second and whose membership never finds out anything by itself.
func watched(t *testing.T, p Params) *World {
	t.Helper()
	p.Beats = time.Second
	p.Timeout = patient()
	return world(t, p)
}

// evictions returns when workers were given up, in order.
func (w *World) evictions() (list []Fact) {
	for i := range w.Facts {
		if w.Facts[i].Kind == core.JobFactEvicted {
			list = append(list, w.Facts[i])
		}
	}
	return list
}

// placedAt returns when shards of a job were given to workers, in order.
func (w *World) placedAt(id job.ID) (list []core.Instant) {
	for i := range w.Facts {
		if f := &w.Facts[i]; f.Kind == core.JobFactPlaced && job.ID(f.Job) == id {
			list = append(list, f.At)
		}
	}
	return list
}

// The work of a silent worker is handed over 30 to 31 s after its last word, long before membership calls it dead (spec 01 no. 42), and
// with evict.enabled = false only then.
func TestSilenceIsEvicted(t *testing.T) {
	for _, x := range []struct {
		on   bool
		from float64
		to   float64
	}{{true, 38.9, 41.5}, {false, 60, 61.5}} {
		h := health.Default()
		h.Evict.Enabled = x.on
		w := watched(t, Params{Workers: 3, Cores: 4, Health: &h})
		id := w.Submit(0, one(w, 1, Script{Length: 20 * time.Second}))
		w.After(10*time.Second, func() { w.Crash(1) })
		w.After(60*time.Second, func() { w.Hold(1, core.StateDead) })
		w.Run(100 * sec)
		at := w.placedAt(id)
		if len(at) != 2 || at[1].Seconds() < x.from || at[1].Seconds() > x.to || w.state(id) != job.StateCompleted {
			t.Errorf("evict %v: placed at %v, %v", x.on, at, w.state(id))
		}
		if n := len(w.evictions()); x.on != (n == 1) {
			t.Errorf("evict %v: %d evictions", x.on, n)
		}
	}
}

// A worker that was evicted and lives gets work again with its next word, and what it still had is stopped (spec 01 no. 42).
func TestEvictedComesBack(t *testing.T) {
	w := watched(t, Params{Workers: 2, Cores: 4})
	id := w.Submit(0, one(w, 1, Script{Length: 200 * time.Second}))
	w.After(10*time.Second, func() { w.Pause(1, 45*time.Second) })
	w.Run(50 * sec)
	if n, _ := w.Running(2); n != 1 {
		t.Fatalf("the other worker runs %d shards", n)
	}
	w.Run(70 * sec)
	if n, _ := w.Running(1); n != 0 {
		t.Errorf("the old shard goes on beside the new one")
	}
	for range 2 { // both have room for one of these only
		w.Submit(0, one(w, 3, Script{Length: 10 * time.Second}))
	}
	w.Run(75 * sec)
	if n, _ := w.Running(1); n != 1 {
		t.Errorf("it gets %d shards", n)
	}
	w.Run(300 * sec)
	if w.state(id) != job.StateCompleted {
		t.Errorf("%v", w.state(id))
	}
}

// Three of four that fall silent together are held: until membership calls them dead (spec 02 no. 33, 34), and then go one after the
// other (no. 35).
func TestManySilentAreHeld(t *testing.T) {
	w := watched(t, Params{Workers: 4, Cores: 1})
	for range 4 {
		w.Submit(0, one(w, 1, Script{Length: 300 * time.Second}))
	}
	w.After(10*time.Second, func() {
		for id := core.NodeID(1); id <= 3; id++ {
			w.Crash(id)
		}
	})
	w.After(62*time.Second, func() {
		for id := core.NodeID(1); id <= 3; id++ {
			w.Hold(id, core.StateDead)
		}
	})
	w.Run(61 * sec)
	if n := len(w.evictions()); n != 0 {
		t.Fatalf("%d are evicted within the hold", n)
	}
	w.Run(80 * sec)
	at := w.evictions()
	if len(at) != 3 || at[0].At < 62*sec || at[2].At > 64*sec {
		t.Fatalf("evicted at %v", at)
	}
	for i := 1; i < 3; i++ {
		if d := at[i].At.Sub(at[i-1].At); d < 50*time.Millisecond || d > 500*time.Millisecond {
			t.Errorf("the next one follows after %v", d)
		}
	}
}

// Without a word of membership a hold ends after a minute, and with it the burst (spec 02 no. 33).
func TestHoldEnds(t *testing.T) {
	w := watched(t, Params{Workers: 4, Cores: 1})
	w.After(10*time.Second, func() {
		for id := core.NodeID(1); id <= 3; id++ {
			w.Crash(id)
		}
	})
	w.Run(120 * sec)
	at := w.evictions()
	if len(at) != 3 || at[0].At < 99*sec || at[2].At > 104*sec {
		t.Errorf("evicted at %v", at)
	}
}

// A worker whose only shard gets nowhere gets no new work after 10 to 20 s, and is evicted 70 to 81 s after it got on last (spec 01 M, J3
// e); one of whose shards gets on is not (I-H4).
func TestStuckIsEvicted(t *testing.T) {
	for _, busy := range []bool{false, true} {
		w := watched(t, Params{Workers: 2, Cores: 4})
		w.Submit(0, one(w, 1, Script{Stuck: true, Still: true}))
		w.Run(sec)
		if n, _ := w.Running(1); n != 1 {
			t.Fatal("it runs elsewhere")
		}
		if busy {
			w.After(3*time.Second, func() { // the first worker has 3 cores left, the second one none
				for _, cores := range []uint16{4, 3} {
					w.Submit(0, one(w, cores, Script{Length: 300 * time.Second}))
				}
			})
		}
		w.Run(100 * sec)
		var drained core.Instant
		for i := range w.Facts {
			if f := &w.Facts[i]; f.Kind == core.JobFactHealth && f.JobFact.Node == 1 && health.Decision(f.To) == health.Drain && drained == 0 {
				drained = f.At
			}
		}
		at := w.evictions()
		switch {
		case busy:
			if len(at) != 0 || drained != 0 {
				t.Errorf("busy: drained at %v, evicted %v", drained, at)
			}
		case len(at) == 0 || at[0].At < 70*sec || at[0].At > 82*sec || at[0].JobFact.Node != 1 || drained < 10*sec || drained > 22*sec:
			t.Errorf("drained at %v, evicted %v", drained, at)
		}
	}
}

// A manager that stood still itself takes nobody for silent.
func TestPausedManagerEvictsNobody(t *testing.T) {
	w := watched(t, Params{Workers: 1, Cores: 4})
	id := w.Submit(0, one(w, 1, Script{Length: 60 * time.Second}))
	w.After(10*time.Second, func() { w.Pause(0, 40*time.Second) })
	w.Run(100 * sec)
	if n := len(w.evictions()); n != 0 || w.state(id) != job.StateCompleted {
		t.Errorf("%d evictions, %v", n, w.state(id))
	}
}
