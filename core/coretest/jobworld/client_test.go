package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
)

// holds returns which gate leads a job.
func holds(w *World, id job.ID) core.NodeID {
	for _, g := range w.GateIDs() {
		if x := w.gateAt(g); x != nil {
			if ge, s := x.Holds(id); ge > 0 && !s.Terminal() {
				return g
			}
		}
	}
	return core.NoNode
}

// alone cuts the clients off from everything for a while.
func alone(from, to core.Instant) func(w *World, m *core.Message) (core.Duration, bool) {
	return func(w *World, m *core.Message) (core.Duration, bool) {
		_, c := w.Client(0)
		return time.Millisecond, w.Now >= from && w.Now < to && (m.From == c || m.To == c)
	}
}

func (w *World) orphanWords(node core.NodeID, id job.ID) (to []uint8) {
	for _, f := range w.Facts {
		if f.Kind == core.JobFactOrphan && f.Node == node && f.JobFact.Job == uint64(id) {
			to = append(to, f.To)
		}
	}
	return to
}

// The gate that leads a job dies: its client learns of the next one by the transfer, follows it, and hears of one end.
func TestClientFollowsTheGates(t *testing.T) {
	w := sites(t, nil)
	id := w.Submit(0, everywhere(w, 1, 2, 90*time.Second))
	w.Run(10 * sec)
	c, _ := w.Client(0)
	first := holds(w, id)
	if l, ge := c.Leader(id); l != first || ge != 1 {
		t.Fatalf("led by %d under %d, want %d", l, ge, first)
	}
	w.Crash(first)
	w.Run(60 * sec)
	next := holds(w, id)
	if l, ge := c.Leader(id); next == core.NoNode || l != next || ge != 2 || c.Counts().Moved != 1 {
		t.Errorf("led by %d under %d, want %d under 2; %+v", l, ge, next, c.Counts())
	}
	w.Crash(next) // and the next: there is no majority any more
	w.Run(100 * sec)
	w.Boot(first, false)
	w.Boot(next, false)
	w.Run(400 * sec)
	if list := w.outcomes(id); len(list) != 1 || job.State(list[0].To) != job.StateCompleted {
		t.Errorf("told %+v", list)
	}
}

// A cancel whose gate dies with it, at any moment of its way: the next leader hears of it, and the job ends CANCELLED once.
func TestCancelOutlivesTheGate(t *testing.T) {
	for _, wait := range []core.Duration{0, time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 500 * time.Millisecond} {
		w := sites(t, nil)
		id := w.Submit(0, everywhere(w, 1, 2, 280*time.Second))
		w.Run(10 * sec)
		g := holds(w, id)
		w.Cancel(0, id)
		w.After(wait, func() { w.Crash(g) })
		w.Run(65 * sec) // 55 s (K2)
		n := 0
		for site := range uint16(3) {
			n += shardsAt(w, site)
		}
		if list := w.outcomes(id); len(list) != 1 || job.State(list[0].To) != job.StateCancelled || n != 0 {
			t.Errorf("dead %v after the cancel: told %+v, %d shards run", wait, list, n)
		}
	}
}

// A client that is merely cut off loses no job, however long: it learns how the job ended when it is back (04-42).
func TestClientCutOff(t *testing.T) {
	for _, back := range []core.Instant{60 * sec, 200 * sec, 280 * sec} {
		w := sites(t, alone(10*sec, back))
		id := w.Submit(0, everywhere(w, 1, 2, 30*time.Second))
		w.Run(back)
		_, at := w.Client(0)
		if len(w.outcomes(id)) != 0 {
			t.Errorf("cut off until %v: told %+v", back, w.outcomes(id))
		}
		w.Run(back + 40*sec)
		if list := w.outcomes(id); len(list) != 1 || job.State(list[0].To) != job.StateCompleted || list[0].At > back+20*sec {
			t.Errorf("cut off until %v: told %+v", back, list)
		}
		words := w.orphanWords(at, id)
		if len(words) != 2 || words[0] != 1 || words[1] != 0 {
			t.Errorf("cut off until %v: %v", back, words)
		}
	}
}

// All gates and managers forget a job: nobody knows it any more, and its client says so 120 s after the last word.
func TestJobIsLost(t *testing.T) {
	w := sites(t, nil)
	id := w.Submit(0, everywhere(w, 1, 2, 280*time.Second))
	w.Run(10 * sec)
	for site := range uint16(3) {
		for _, m := range w.ManagersOf(site) {
			w.Crash(m)
			w.Boot(m, false)
		}
	}
	for _, g := range w.GateIDs() {
		w.Crash(g)
		w.Boot(g, false)
	}
	w.Run(300 * sec)
	if list := w.outcomes(id); len(list) != 1 || job.State(list[0].To) != job.LocalLost || list[0].At < 129*sec || list[0].At > 145*sec {
		t.Errorf("told %+v", list)
	}
	n := 0
	for site := range uint16(3) {
		n += shardsAt(w, site)
	}
	if n != 0 {
		t.Errorf("%d orphans run on", n)
	}
}
