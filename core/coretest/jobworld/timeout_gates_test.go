package jobworld

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// sites makes a world of three datacenters with three managers each, and three gates, in mode exact.
func sites(t *testing.T, way func(w *World, m *core.Message) (core.Duration, bool)) *World {
	c := job.Default()
	return New(Params{
		Config: &c, Sites: 3, Managers: 3, Workers: 2, Cores: 4, Clients: 1, Gates: 3, Gate: aGate, Seed: 1, Timeout: exact(), Detect: 6 * time.Second,
		Way: way,
	})
}

// cutOff cuts a datacenter off from everything outside for a while.
func cutOff(site uint16, from, to core.Instant) func(w *World, m *core.Message) (core.Duration, bool) {
	return func(w *World, m *core.Message) (core.Duration, bool) {
		in := func(id core.NodeID) bool { return int(id) < w.firstGate() && w.SiteOf(id) == site }
		return time.Millisecond, w.Now >= from && w.Now < to && in(m.From) != in(m.To)
	}
}

// told returns when nodes, or any, told of an event.
func told(w *World, e jobtimeout.Event, nodes ...core.NodeID) (at []core.Instant) {
	for i := range w.Facts {
		if f := &w.Facts[i]; f.Kind == core.JobFactTimeout && jobtimeout.Event(f.To) == e && (len(nodes) == 0 || slices.Contains(nodes, f.Node)) {
			at = append(at, f.At)
		}
	}
	return at
}

// shardsAt returns how many shards run in a datacenter.
func shardsAt(w *World, site uint16) (n int) {
	for _, x := range w.WorkersOf(site) {
		k, _ := w.Running(x)
		n += k
	}
	return n
}

// A job that takes too long in three datacenters ends once, for all of them, at the time that it had.
func TestJobTakesTooLongEverywhere(t *testing.T) {
	w := sites(t, nil)
	s := everywhere(w, 1, 3, 500*time.Second)
	s.Timeout = time.Minute
	id := w.Submit(0, s)
	w.Run(70 * sec)
	at, _, late, n := declared(w)
	if n != 1 || late != 1 || at < 60*sec || at > 61*sec {
		t.Errorf("%d declared, at %v, %v late", n, at, late)
	}
	if list := w.outcomes(id); len(list) != 1 || job.State(list[0].To) != job.StateTimeout || list[0].At > at+sec/10 {
		t.Errorf("told %+v", list)
	}
	if n := len(told(w, jobtimeout.EventSettled)); n != 3 {
		t.Errorf("%d datacenters settled", n)
	}
	for site := range uint16(3) {
		if n := shardsAt(w, site); n != 0 {
			t.Errorf("%d shards run on in %d", n, site)
		}
	}
	w.Run(7500 * sec)
	for _, g := range w.GateIDs() {
		if n := w.gateAt(g).Entries(); n != 0 {
			t.Errorf("gate %d keeps %d entries", g, n)
		}
	}
	for site := range uint16(3) {
		for _, m := range w.ManagersOf(site) {
			if n := w.ManagerAt(m).Entries(); n != 0 {
				t.Errorf("manager %d keeps %d entries", m, n)
			}
		}
	}
}

// A datacenter that was cut off while the job ended learns it when it is back, by the answer to what it reports then, and
// stops. The job has ended on time meanwhile.
func TestCutOffDatacenterLearnsOfTheEnd(t *testing.T) {
	w := sites(t, cutOff(2, 20*sec, 150*sec))
	s := everywhere(w, 1, 3, 500*time.Second)
	s.Timeout = time.Minute
	id := w.Submit(0, s)
	w.Run(149 * sec)
	if list := w.outcomes(id); len(list) != 1 || job.State(list[0].To) != job.StateTimeout || list[0].At > 61*sec {
		t.Errorf("told %+v", list)
	}
	if n := shardsAt(w, 2); n != 1 {
		t.Errorf("%d shards run where nobody knows", n)
	}
	if n := len(told(w, jobtimeout.EventLocal, w.ManagersOf(2)...)); n != 1 {
		t.Errorf("found out %d times there", n)
	}
	w.Run(165 * sec)
	if n := shardsAt(w, 2); n != 0 {
		t.Errorf("%d shards run on", n)
	}
	if n := len(told(w, jobtimeout.EventSettled)); n != 3 {
		t.Errorf("%d datacenters settled", n)
	}
	if n := len(w.outcomes(id)); n != 1 {
		t.Errorf("told %d times", n)
	}
}

// One that stays cut off ends its part alone, five minutes after it found out.
func TestCutOffDatacenterFallsBack(t *testing.T) {
	w := sites(t, cutOff(2, 20*sec, 2000*sec))
	s := everywhere(w, 1, 3, 900*time.Second)
	s.Timeout = time.Minute
	w.Submit(0, s)
	w.Run(700 * sec)
	local, alone := told(w, jobtimeout.EventLocal, w.ManagersOf(2)...), told(w, jobtimeout.EventFallback)
	if len(local) != 1 || len(alone) != 1 || alone[0].Sub(local[0]) != 300*time.Second+1 {
		t.Errorf("found out at %v, ended at %v", local, alone)
	}
	if n := shardsAt(w, 2); n != 0 {
		t.Errorf("%d shards run on", n)
	}
}

// A datacenter that is silent for 30 s and 300 s more has lost its part; the others end theirs, and the job with them. What
// still runs there is stopped when it is back.
func TestSilentDatacenterIsLost(t *testing.T) {
	w := sites(t, cutOff(2, 20*sec, 600*sec))
	s := everywhere(w, 1, 3, 400*time.Second)
	s.Timeout = time.Hour
	w.Scripts[1] = Script{Length: 900 * time.Second}
	id := w.Submit(0, s)
	w.Run(599 * sec)
	if at := told(w, jobtimeout.EventLost); len(at) != 1 || at[0] < 340*sec || at[0] > 351*sec {
		t.Errorf("lost at %v", at)
	}
	if n := shardsAt(w, 2); n != 1 {
		t.Errorf("%d shards run there", n)
	}
	w.Run(625 * sec)
	if n := shardsAt(w, 2); n != 0 {
		t.Errorf("%d shards run on", n)
	}
	w.Run(1000 * sec)
	if list := w.outcomes(id); len(list) != 1 || job.State(list[0].To) != job.StateFailed || job.Completeness(list[0].Code) != job.CompletePartial {
		t.Errorf("told %+v", list)
	}
}

// The time of a job outlives the gate that leads it.
func TestTimeOutlivesTheGate(t *testing.T) {
	w := sites(t, nil)
	s := everywhere(w, 1, 3, 500*time.Second)
	s.Timeout = 100 * time.Second
	id := w.Submit(0, s)
	w.Run(20 * sec)
	for _, g := range w.GateIDs() {
		if ge, _ := w.gateAt(g).Holds(id); ge > 0 {
			w.Crash(g)
			break
		}
	}
	w.Run(200 * sec)
	if at, _, late, n := declared(w); n != 1 || late > time.Second || at < 99*sec || at > 102*sec {
		t.Errorf("%d declared, at %v, %v late", n, at, late)
	}
	if list := w.outcomes(id); len(list) != 1 || job.State(list[0].To) != job.StateTimeout {
		t.Errorf("told %+v", list)
	}
	for site := range uint16(3) {
		if n := shardsAt(w, site); n != 0 {
			t.Errorf("%d shards run on in %d", n, site)
		}
	}
}

// More time that a worker gets is more time for the job everywhere: the most that any datacenter knows of counts.
func TestJobIsExtendedEverywhere(t *testing.T) {
	w := sites(t, nil)
	s := everywhere(w, 1, 3, 500*time.Second)
	s.Timeout = time.Minute
	w.Submit(0, s)
	w.Run(40 * sec)
	for site := range uint16(2) { // in two of them: 15 s more, not 30
		for _, x := range w.WorkersOf(site) {
			if n, _ := w.Running(x); n > 0 {
				for _, m := range w.ManagersOf(site) {
					moreOf(w, m, x, 1, 0.1)
				}
			}
		}
	}
	w.Run(120 * sec)
	if at, _, late, n := declared(w); n != 1 || late != 1 || at < 75*sec || at > 76*sec {
		t.Errorf("%d declared, at %v, %v late", n, at, late)
	}
}

// 04-38: and it is more time at the gate that takes the job over, which ends nothing before it has heard all datacenters.
func TestMoreTimeOutlivesTheGate(t *testing.T) {
	w := sites(t, nil)
	s := everywhere(w, 1, 3, 500*time.Second)
	s.Timeout = time.Minute
	id := w.Submit(0, s)
	w.Run(40 * sec)
	for seq := uint32(1); seq <= 2; seq++ { // 15 s, and 7.5 s
		for site := range uint16(2) { // two of three: one is no majority
			for _, x := range w.WorkersOf(site) {
				if n, _ := w.Running(x); n > 0 {
					for _, m := range w.ManagersOf(site) {
						moreOf(w, m, x, seq, 0.1*float64(seq))
					}
				}
			}
		}
		w.Run(w.Now + 2*sec)
	}
	w.Run(58 * sec)
	for _, g := range w.GateIDs() {
		if ge, _ := w.gateAt(g).Holds(id); ge > 0 {
			w.Crash(g)
			break
		}
	}
	w.Run(120 * sec)
	if at, _, late, n := declared(w); n != 1 || late != 1 || at < 82*sec || at > 84*sec {
		t.Errorf("%d declared, at %v, %v late", n, at, late)
	}
}
