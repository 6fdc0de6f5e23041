package gate

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/pressure"
	"hypersim/core/registry"
)

// shaping makes a world of two gates that shape what they pass on, and a job of datacenter 0 that gate 1 leads.
func shaping(t *testing.T) (*bench, job.ID) {
	b := newBench(t, 2)
	p := pressure.Default()
	for _, g := range b.gates {
		g.p.Pressure = &p.Pressure
		g.initShaper()
	}
	id := b.jobOf(1)
	for _, m := range b.managed {
		m.length = 1000 * time.Second
	}
	b.submit(1, spec(id, 1), 0)
	b.run(2 * second)
	return b, id
}

// beat lets a manager say at which level it is.
func (b *bench) beat(from core.NodeID, level job.Pressure, seq uint32) {
	p := pressure.Default()
	h := &registry.ManagerHeartbeat{}
	h.Version, h.Site, h.State = uint64(b.now), uint16(from/100-1), registry.StateActive
	h.Pressure = p.Pressure.Signal(level)
	h.Pressure.Epoch, h.Pressure.Seq = 1, seq
	for to := range b.gates {
		b.ask(from, core.NodeID(to), core.KindManagerHeartbeat, h)
	}
	b.run(b.now.Add(2 * ms))
}

// advance lets the manager of a job tell a gate of it every 100 ms for so long.
func (b *bench) advance(to core.NodeID, id job.ID, site uint16, seq *uint64, lasts core.Duration, s job.State) {
	for end := b.now.Add(lasts); b.now < end; b.run(b.now.Add(100 * ms)) {
		*seq++
		b.ask(core.NodeID(100*(int(site)+1)), to, core.KindJobProgress, &job.Progress{Job: id, Site: site, State: s, DE: 1, Seq: *seq, Completed: *seq})
	}
}

func (b *bench) site(id job.ID) uint16 {
	for i := range b.gates[1].records.by[id].sites {
		if s := &b.gates[1].records.by[id].sites[i]; s.target {
			return s.id
		}
	}
	b.Fatal("it runs nowhere")
	return 0
}

// relayed are the times at which gate 0 passed progress on, since an instant.
func (b *bench) relayed(since core.Instant) (list []core.Instant) {
	for _, m := range b.told(1, core.KindJobProgress) {
		if m.From == 0 && m.at >= since {
			list = append(list, m.at)
		}
	}
	return list
}

// Spec 30 §5.5, the table, towards the gate that leads the job: at once, or every so often the newest, or states alone.
func TestForwardingByLevel(t *testing.T) {
	for _, v := range []struct {
		level       job.Pressure
		least, most int // of 50 reports in 5 s
		gap         core.Duration
	}{
		{job.PressureNone, 50, 50, 0}, {job.PressureThrottle, 14, 15, 350 * ms}, {job.PressureBatch, 6, 7, 750 * ms}, {job.PressureReject, 0, 1, 0},
	} {
		b, id := shaping(t)
		site, seq := b.site(id), uint64(0)
		b.beat(100*core.NodeID(site+1)+1, v.level, 1) // of any of its managers
		from := b.now
		b.advance(0, id, site, &seq, 5*time.Second, job.StateRunning)
		list := b.relayed(from)
		if len(list) < v.least || len(list) > v.most {
			t.Errorf("%v: %d passed on, want %d to %d", v.level, len(list), v.least, v.most)
		}
		for i := 1; i < len(list); i++ {
			if list[i].Sub(list[i-1]) < v.gap {
				t.Errorf("%v: passed on after %v, want %v", v.level, list[i].Sub(list[i-1]), v.gap)
			}
		}
		if b.gates[0].Pressure(site) != v.level || b.gates[0].Pressure((site+1)%3) != job.PressureNone {
			t.Errorf("%v: levels of datacenters %v, %v", v.level, b.gates[0].Pressure(site), b.gates[0].Pressure((site+1)%3))
		}
		if v.level == job.PressureReject {
			at := b.now
			b.advance(0, id, site, &seq, 100*ms, job.StateCancelling)
			b.run(b.now.Add(time.Second))
			if len(b.relayed(at)) != 1 || b.gates[0].shaper.dropped == 0 {
				t.Errorf("a change of state: %d passed on; %d dropped", len(b.relayed(at)), b.gates[0].shaper.dropped)
			}
		}
	}
}

// What is held goes on when the pressure is over, at once; and a signal that nobody repeats is over after 30 s.
func TestHeldNewsGoesOn(t *testing.T) {
	b, id := shaping(t)
	site, seq := b.site(id), uint64(0)
	at := 100 * core.NodeID(site+1)
	b.beat(at, job.PressureBatch, 1)
	b.advance(0, id, site, &seq, 900*ms, job.StateRunning)
	from := b.now
	b.beat(at, job.PressureNone, 2)
	b.run(from.Add(10 * ms))
	if len(b.relayed(from)) != 1 {
		t.Errorf("%d passed on when it was over", len(b.relayed(from)))
	}
	b.beat(at, job.PressureReject, 3)
	heard := b.now
	b.run(heard.Add(29 * time.Second))
	if b.gates[0].Pressure(site) != job.PressureReject {
		t.Errorf("%v after 29 s", b.gates[0].Pressure(site))
	}
	b.run(heard.Add(30*time.Second + ms))
	if b.gates[0].Pressure(site) != job.PressureNone {
		t.Errorf("%v after 30 s", b.gates[0].Pressure(site))
	}
}

// The client of a job hears less often of it under pressure, and all the same of every change of state.
func TestClientUnderPressure(t *testing.T) {
	told := map[job.Pressure]int{}
	for _, level := range []job.Pressure{job.PressureNone, job.PressureBatch, job.PressureReject} {
		b, id := shaping(t)
		site, seq := b.site(id), uint64(0)
		b.beat(100*core.NodeID(site+1), level, 1)
		b.advance(1, id, site, &seq, 200*ms, job.StateRunning) // the first is news
		from, n := b.now.Add(300*ms), 0
		b.advance(1, id, site, &seq, 6*time.Second, job.StateRunning)
		for _, m := range b.told(client, core.KindJobBatchPush) {
			if m.at >= from {
				n++
			}
		}
		told[level] = n
		if got := b.gates[1].records.by[id].site(site).done; got != seq {
			t.Errorf("%v: the gate itself knows of %d of %d", level, got, seq)
		}
	}
	if told[job.PressureNone] < 22 || told[job.PressureBatch] < 5 || told[job.PressureBatch] > 9 || told[job.PressureReject] != 0 {
		t.Errorf("pushes in 6 s: %v; want about 24, 6 to 8, 0", told)
	}
}

// I-JM2: of a job that another gate leads nothing is left once nobody tells of it.
func TestForwardedJobsAreForgotten(t *testing.T) {
	b, id := shaping(t)
	site, seq := b.site(id), uint64(0)
	b.advance(0, id, site, &seq, time.Second, job.StateRunning)
	if n := len(b.gates[0].shaper.states); n != 1 {
		t.Fatalf("%d states", n)
	}
	b.run(b.now.Add(b.gates[0].shaper.keys.GateTTL + b.cfg.Retention.Sweep + time.Second))
	if n := len(b.gates[0].shaper.states) + len(b.gates[0].shaper.held); n != 0 {
		t.Errorf("%d are left", n)
	}
}

// Spec 30 §5.5: what a manager said is removed with the manager. One that is dead takes nothing back, and holds nobody up for the
// rest of the time that its word would have lasted.
func TestTheDeadHoldNobodyUp(t *testing.T) {
	b, id := shaping(t)
	site, seq := b.site(id), uint64(0)
	at := 100 * core.NodeID(site+1)
	b.beat(at, job.PressureThrottle, 1)
	b.beat(at+1, job.PressureReject, 1)
	b.dead(at+1, true)
	if l := b.gates[0].Pressure(site); l != job.PressureThrottle {
		t.Errorf("%v: the one that is left is at THROTTLE", l)
	}
	b.advance(0, id, site, &seq, 100*ms, job.StateRunning)
	b.dead(at, true)
	if l := b.gates[0].Pressure(site); l != job.PressureNone {
		t.Errorf("%v, and nobody is left", l)
	}
	from := b.now
	b.run(from.Add(10 * ms))
	if n := len(b.relayed(0)); n != 1 {
		t.Errorf("%d passed on: what was held goes on with the last", n)
	}
}

// Where a job's leader in a datacenter changes, word of the old one may come last. What is held stays the newest, and no state that
// was left counts as a change.
func TestHeldIsTheNewest(t *testing.T) {
	b, id := shaping(t)
	site := b.site(id)
	say := func(de uint32, seq uint64, s job.State) {
		b.ask(100*core.NodeID(site+1), 0, core.KindJobProgress, &job.Progress{Job: id, Site: site, State: s, DE: de, Seq: seq, Completed: 10*uint64(de) + seq})
		b.run(b.now.Add(2 * ms))
	}
	b.beat(100*core.NodeID(site+1), job.PressureBatch, 1)
	say(1, 1, job.StateRunning) // goes on at once: nothing has for long
	from := b.now.Add(2 * ms)
	say(2, 1, job.StateCancelling)
	say(1, 5, job.StateRunning)
	b.run(b.now.Add(time.Second))
	var got []uint64
	for _, m := range b.told(1, core.KindJobProgress) {
		if m.From == 0 && m.at >= from {
			got = append(got, m.Body.(*job.Progress).Completed)
		}
	}
	if len(got) != 1 || got[0] != 21 {
		t.Errorf("passed on %v; want what the later leader said, 21", got)
	}
	b.beat(100*core.NodeID(site+1), job.PressureReject, 2)
	from = b.now
	say(1, 6, job.StateRunning)
	say(2, 2, job.StateCancelling)
	b.run(b.now.Add(time.Second))
	if n := len(b.relayed(from)); n != 0 {
		t.Errorf("%d passed on at REJECT: the job's state did not change", n)
	}
}
