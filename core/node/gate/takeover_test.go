package gate

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
)

// dead lets all gates hold one dead, or alive again.
func (b *bench) dead(id core.NodeID, dead bool) {
	b.gone[id] = dead
	f := core.Fact{Kind: core.FactTransition, Subject: id, From: core.StateOK, To: core.StateDead}
	if !dead {
		f.From, f.To = core.StateDead, core.StateOK
	}
	for i, g := range b.gates {
		if g != nil && core.NodeID(i) != id {
			b.step(core.NodeID(i), func(fx *core.Effects) { g.Observe(b.now, &f, fx) })
		}
	}
}

// leaders are the gates that lead a job, and the epoch of the last of them.
func (b *bench) leaders(id job.ID) (list []core.NodeID, ge uint32) {
	for i, g := range b.gates {
		if g != nil {
			if e, _ := g.Holds(id); e > 0 {
				list, ge = append(list, core.NodeID(i)), e
			}
		}
	}
	return list, ge
}

// started lets a job run in n datacenters from 1 s on, led by gate 0.
func started(t *testing.T, gates, n int, length core.Duration) (*bench, job.ID) {
	b := newBench(t, gates)
	for _, m := range b.managed {
		m.length = length
	}
	b.run(second)
	id := b.jobOf(0)
	b.submit(0, spec(id, n), 0)
	b.run(3 * second)
	if _, s := b.gates[0].Holds(id); s != job.StateRunning {
		t.Fatalf("it is %v", s)
	}
	return b, id
}

// U1 to U5 and spec 20 §13.12: the leader dies; 10 s after it is held dead, at a look of its own, the first gate in the ring
// waits 0.5 to 2 s and takes the job over. Datacenters and client are told; the job ends once. TestTakeoverScripts holds each instant.
func TestTakeover(t *testing.T) {
	b, id := started(t, 3, 2, 60*time.Second)
	b.crash(0)
	b.run(6 * second)
	b.dead(0, true)
	b.run(16*second - 1)
	if l, _ := b.leaders(id); len(l) != 0 {
		t.Fatalf("%v leads before the grace is over", l)
	}
	b.run(26 * second)
	first := b.gates[1].ring.Ranks(nil, id)[1]
	l, ge := b.leaders(id)
	if len(l) != 1 || l[0] != first || ge != 2 {
		t.Fatalf("%v lead under %d, not %v", l, ge, first)
	}
	var at core.Instant
	sites := map[core.NodeID]bool{}
	for _, m := range b.log {
		if m.Kind == core.KindJobLeaderGateTransfer {
			x := m.Body.(*replica.GateTransfer)
			at, sites[m.To] = m.at, true
			if x.GE != 2 || x.Gate != first || x.Old != 0 {
				t.Errorf("%+v", x)
			}
		}
	}
	if at < 16500*core.Instant(ms) || at > 20100*core.Instant(ms) {
		t.Errorf("taken over at %v", at)
	}
	if len(sites) != 2 {
		t.Errorf("told %v", sites)
	}
	if m := b.told(client, core.KindGateJobLeaderTransfer); len(m) == 0 || m[0].From != first {
		t.Errorf("the client was told %d times", len(m))
	}
	b.run(120 * second)
	if r := b.results(id); len(r) != 1 || r[0].State != job.StateCompleted || r[0].GE != 2 {
		t.Errorf("%d results: %+v", len(r), r)
	}
}

// A leader that is cut off and not held dead loses its jobs when its lease has ended, and decides nothing from before that
// on. Back again it forgets them without a word.
func TestTakeoverByLease(t *testing.T) {
	b, id := started(t, 3, 1, 300*time.Second)
	cut := b.now
	b.cut = func(m *core.Message) bool { return m.From == 0 || m.To == 0 }
	b.run(cut + 27*second)
	if l, _ := b.leaders(id); len(l) != 1 || l[0] != 0 {
		t.Fatalf("%v lead", l)
	}
	if b.gates[0].rep.Valid(b.now, id) {
		t.Error("it may still decide")
	}
	b.run(cut + 45*second)
	if l, ge := b.leaders(id); len(l) != 2 || ge != 2 {
		t.Fatalf("%v lead under %d", l, ge)
	}
	b.cut = nil
	from := len(b.log)
	b.run(cut + 70*second)
	if l, ge := b.leaders(id); len(l) != 1 || l[0] == 0 || ge != 2 {
		t.Errorf("%v lead under %d", l, ge)
	}
	for _, m := range b.log[from:] {
		if m.From == 0 && int(m.To) >= len(b.gates) && m.Kind != core.KindGateHeartbeat {
			t.Errorf("at %v it said %v to %v", m.at, m.Kind, m.To)
		}
	}
}

// With the first in the ring down too, the second takes the job 5 s later; a split vote does not happen.
func TestRanks(t *testing.T) {
	b, id := started(t, 5, 1, 300*time.Second)
	order := b.gates[0].ring.Ranks(nil, id)
	b.crash(0)
	b.dead(0, true)
	dead := b.now
	b.dead(order[1], true)
	b.crash(order[1])
	b.run(dead + 26*second)
	if l, ge := b.leaders(id); len(l) != 1 || l[0] != order[2] || ge != 2 {
		t.Errorf("%v lead under %d, want %v", l, ge, order[2])
	}
}

// Without a majority nobody takes anything over, and nothing new begins (spec 20 §5.9).
func TestNoMajority(t *testing.T) {
	b, id := started(t, 3, 1, 20*time.Second)
	b.crash(0)
	b.crash(1)
	b.dead(0, true)
	b.dead(1, true)
	b.run(200 * second)
	if l, _ := b.leaders(id); len(l) != 0 || len(b.results(id)) != 0 {
		t.Errorf("%v lead, %d results", l, len(b.results(id)))
	}
	n := b.submit(2, spec(b.jobOf(2), 1), 0)
	b.run(220 * second)
	if c := b.code(n); c != call.CodeNoQuorum {
		t.Errorf("a submission: %v", c)
	}
}

// What the dead leader owed is paid, and a cancel that it had begun goes on (U6).
func TestTakeoverOfACancel(t *testing.T) {
	b, id := started(t, 3, 3, 300*time.Second)
	b.managed[300].deaf, b.managed[301].deaf = true, true
	b.cancel(0, id)
	b.run(5 * second)
	b.crash(0)
	b.dead(0, true)
	b.run(40 * second)
	l, _ := b.leaders(id)
	if len(l) != 1 {
		t.Fatalf("%v lead", l)
	}
	if _, s := b.gates[l[0]].Holds(id); s != job.StateCancelling {
		t.Errorf("it is %v", s)
	}
	b.managed[300].deaf, b.managed[301].deaf = false, false
	b.run(150 * second)
	if r := b.results(id); len(r) != 1 || r[0].State != job.StateCancelled {
		t.Errorf("%d results", len(r))
	}
	for i, m := range b.managed {
		if j := m.jobs[id]; j != nil && j.state != job.StateCancelled {
			t.Errorf("manager %v has it %v", i, j.state)
		}
	}
}

// The dead leader owed a cancel to a datacenter that was silent, and the client takes the job back at the gates that do not lead it: the
// next one begins with that cancel, and pays what is owed all the same (U6, 04-47).
func TestTakeoverPaysWhenTheClientCancels(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.managed[100].judge = func(m *core.Message) core.Body {
		return &job.Ack{Answer: call.Answer{Code: call.CodeNoCapacity}, Job: m.Body.(*job.Submission).Job}
	}
	b.managed[200].deaf, b.managed[201].deaf = true, true
	for _, m := range b.managed {
		m.length = 300 * time.Second
	}
	b.submit(0, spec(id, 1), 0)
	b.run(20 * second)
	if x := b.gates[0].records.by[id]; x == nil || !x.site(1).owed || x.state != job.StateRunning {
		t.Fatalf("nothing is owed: %+v", x)
	}
	b.crash(0)
	b.dead(0, true)
	b.cancel(1, id)
	b.cancel(2, id)
	b.run(60 * second)
	l, _ := b.leaders(id)
	if len(l) != 1 {
		t.Fatalf("%v lead", l)
	}
	b.managed[200].deaf = false
	b.run(160 * second)
	if x := b.gates[l[0]].records.by[id]; x == nil || x.state != job.StateCancelled || x.site(1).owed || !b.managed[200].stones[id] {
		t.Errorf("the silent one never heard of it: %+v", x)
	}
}

// stopped is the last word of a datacenter about a cancel.
func (b *bench) stopped(site uint16, id job.ID, cancelled, total uint32, errors ...job.Failure) uint32 {
	return b.ask(b.sites[site].Managers[0], 0, core.KindJobCancellationComplete, &cancel.JobComplete{
		Job: id, Site: site, Success: len(errors) == 0, Cancelled: cancelled, Total: total, Errors: errors, Epoch: 1,
	})
}

// What datacenters said of a cancel is part of the job's entry (J44, I-JC2): the leader dies when its decision is committed, told,
// and not known to be applied, and the next one tells the client the same. A datacenter may forget what it said when a
// majority has it, and not before.
func TestTakeoverTellsTheSameOfACancel(t *testing.T) {
	b, id := started(t, 3, 2, 300*time.Second)
	b.cut = func(m *core.Message) bool {
		s, sync := m.Body.(*replica.Sync)
		return sync && s.Entries[0].State == job.StateCancelled
	}
	b.cancel(0, id)
	b.run(3*second + core.Instant(50*ms))
	asked := b.now
	n := b.stopped(0, id, 1, 3, job.Failure{Site: 0, Node: 7, Kind: job.ErrorUser})
	b.stopped(1, id, 2, 3)
	b.run(b.now + 2*second)
	for i := range b.log {
		if m := &b.log[i]; m.Seq == n && m.Kind == core.KindJobCancellationCompleteAck && m.at < asked+3*core.Instant(ms) {
			t.Errorf("acknowledged at %v, before anybody else knew it", m.at)
		}
	}
	if _, s := b.gates[0].Holds(id); s != job.StateCancelled || len(b.told(client, core.KindJobCancellationComplete)) != 1 {
		t.Fatalf("it is %v, and the client was told %d times", s, len(b.told(client, core.KindJobCancellationComplete)))
	}
	b.crash(0)
	b.dead(0, true)
	b.run(60 * second)
	told := b.told(client, core.KindJobCancellationComplete)
	if len(told) != 2 {
		t.Fatalf("the client was told %d times", len(told))
	}
	for i := range told {
		if c := told[i].Body.(*cancel.JobComplete); c.Cancelled != 3 || c.Total != 6 || len(c.Errors) != 1 || !c.Success {
			t.Errorf("gate %v tells %+v", told[i].From, c)
		}
	}
}

// T9: an end that is committed and was not delivered is told by the next leader, and nothing else is decided.
func TestTakeoverOfAnEnd(t *testing.T) {
	b, id := started(t, 3, 1, 10*time.Second)
	b.cut = func(m *core.Message) bool { return m.To == client }
	b.run(14 * second)
	if _, s := b.gates[0].Holds(id); s != job.StateCompleted {
		t.Fatalf("it is %v", s)
	}
	b.crash(0)
	b.dead(0, true)
	b.cut = nil
	b.run(50 * second)
	if r := b.results(id); len(r) == 0 || r[len(r)-1].State != job.StateCompleted || r[len(r)-1].GE != 2 {
		t.Errorf("%+v", r)
	}
	// Delivered, it is taken over no more, and forgotten in its time.
	l, _ := b.leaders(id)
	b.crash(l[0])
	b.boot(0, false)
	b.dead(0, false)
	b.dead(l[0], true)
	b.run(100 * second)
	if l, _ := b.leaders(id); len(l) != 0 {
		t.Errorf("%v lead", l)
	}
	b.run(1000 * second)
	for i, g := range b.gates {
		if g != nil && g.rep.View(id) != nil {
			t.Errorf("gate %d keeps it", i)
		}
	}
}

// forgotten lets all gates lose their memory at once.
func (b *bench) forgotten() {
	for i := range b.gates {
		b.crash(core.NodeID(i))
	}
	for i := range b.gates {
		b.boot(core.NodeID(i), false)
	}
	b.run(b.now + 60*second)
}

func (b *bench) offer(to core.NodeID, id job.ID, site uint16, result ...job.SiteFinal) uint32 {
	return b.offerOf(to, id, site, jobtimeout.Snapshot{Elapsed: 20 * time.Second}, result...)
}

// offerOf offers a job that has run, and may run, for a while.
func (b *bench) offerOf(to core.NodeID, id job.ID, site uint16, s jobtimeout.Snapshot, result ...job.SiteFinal) uint32 {
	m := core.NodeID(100 * (int(site) + 1))
	s.Gates = true
	return b.ask(m, to, core.KindJobAdoptOffer, &replica.AdoptOffer{Spec: spec(id, 2), Site: site, State: job.StateRunning, DE: 1, GE: 1, Timeout: s, Result: result})
}

func (b *bench) offerAck(n uint32) *replica.AdoptOfferAck {
	b.Helper()
	a, ok := b.answerTo(n).(*replica.AdoptOfferAck)
	if !ok {
		b.Fatal("the offer was not answered")
	}
	return a
}

// J60: gates that lost their memory adopt a job that a datacenter offers. The others are asked; the job is not over before
// each has answered (04-49), and a datacenter that has it becomes a target.
func TestAdoption(t *testing.T) {
	b, id := started(t, 3, 2, 400*time.Second)
	var has []uint16
	for i := range 3 {
		if b.managed[core.NodeID(100*(i+1))].jobs[id] != nil {
			has = append(has, uint16(i))
		}
	}
	if len(has) != 2 {
		t.Fatalf("it runs in %v", has)
	}
	b.forgotten()
	other := b.managed[core.NodeID(100*(int(has[1])+1))]
	other.deaf = true
	n := b.offer(1, id, has[0])
	b.run(b.now + 2*second)
	if a := b.offerAck(n); a.Code != call.CodeOK || a.GE != 2 || a.JobLeader != 1 {
		t.Fatalf("%+v", a)
	}
	// It ends where it was offered from: the other datacenter may have it.
	m := b.managed[core.NodeID(100*(int(has[0])+1))]
	m.jobs[id].gate = 1
	m.end(id, m.jobs[id], job.StateCompleted)
	b.run(b.now + 20*second)
	if _, s := b.gates[1].Holds(id); s != job.StateRunning {
		t.Errorf("it is %v although a datacenter has not answered", s)
	}
	other.deaf = false
	b.run(b.now + 20*second)
	if x := b.gates[1].led(id); x.count(isTarget) != 2 || x.adopting() {
		t.Errorf("%d targets, adopting %v", x.count(isTarget), x.adopting())
	}
	b.run(600 * second)
	if r := b.results(id); len(r) != 1 || r[0].State != job.StateCompleted || len(r[0].PerSite) != 2 {
		t.Errorf("%+v", r)
	}
}

// Spec 20 §5.7: submitted_at = now − max(elapsed), over all datacenters, also what one of them says while the job is being claimed, or in
// its answer to U4. So long may it run still.
func TestAdoptedJobIsAsOldAsItsOldestPart(t *testing.T) {
	for _, how := range []string{"offered", "offered while it is claimed", "asked"} {
		b, id := started(t, 3, 2, 4000*time.Second)
		var has []uint16
		for i := range 3 {
			if b.managed[core.NodeID(100*(i+1))].jobs[id] != nil {
				has = append(has, uint16(i))
			}
		}
		b.forgotten()
		old := b.managed[core.NodeID(100*(int(has[1])+1))]
		at := b.now
		b.offerOf(1, id, has[0], jobtimeout.Snapshot{Elapsed: 20 * time.Second})
		switch how {
		case "asked":
			old.ran = 100 * time.Second
		case "offered while it is claimed":
			b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobReplicaFetchResponse }
			b.offerOf(1, id, has[1], jobtimeout.Snapshot{Elapsed: 100 * time.Second})
			b.run(b.now + second)
			b.cut = nil
			b.run(b.now + 4*second)
		default:
			b.run(b.now + second)
			b.offerOf(1, id, has[1], jobtimeout.Snapshot{Elapsed: 101 * time.Second})
		}
		b.run(b.now + 10*second)
		x, want := b.gates[1].led(id), at-100*second
		var s jobtimeout.Snapshot
		if x == nil || !b.gates[1].time.Snapshot(b.now, id, &s) {
			t.Fatalf("%s: not adopted", how)
		}
		if began := b.now.Add(-s.Elapsed); x.begun > want.Add(20*ms) || began != x.begun {
			t.Errorf("%s: began %v, to the clock of its end %v; it began %v", how, x.begun, began, want)
		}
	}
}

// Spec 20 §2.6, I-JT4: an offer carries the sums of what was granted, and they do not fall. Without them R1 would end the job before the first report
// of its datacenter.
func TestAdoptedJobKeepsWhatWasGranted(t *testing.T) {
	for _, rule := range []jobtimeout.ExtensionRule{jobtimeout.ExtensionTotal, jobtimeout.ExtensionMaxWorker} {
		b, id := started(t, 3, 1, 4000*time.Second)
		b.time.Job.ExtensionRule = rule
		b.forgotten()
		for _, m := range b.managed {
			m.deaf = m.site != 0
		}
		b.offerOf(1, id, 0, jobtimeout.Snapshot{Elapsed: 3610 * time.Second, Extensions: 90 * time.Second, MaxExtension: 60 * time.Second})
		b.run(b.now + 40*second)
		if _, s := b.gates[1].Holds(id); s != job.StateRunning {
			t.Errorf("%v: it is %v, and has more time", rule, s)
		}
		b.run(b.now + 80*second)
		if _, s := b.gates[1].Holds(id); s != job.StateTimeout {
			t.Errorf("%v: it is %v, and that time is over", rule, s)
		}
	}
}

// And one that does not offer the job, but says in its answer to U4 that it has it, names them in its first report, which is waited for as long as it is not
// silent: R1 counts with all that was granted (I-JT4, 04-49).
func TestAdoptedJobWaitsForWhatWasGranted(t *testing.T) {
	for _, silent := range []bool{false, true} {
		b, id := started(t, 3, 2, 4000*time.Second)
		var has []uint16
		for i := range 3 {
			if b.managed[core.NodeID(100*(i+1))].jobs[id] != nil {
				has = append(has, uint16(i))
			}
		}
		b.forgotten()
		at := b.now
		b.offerOf(1, id, has[0], jobtimeout.Snapshot{Elapsed: 3610 * time.Second})
		b.run(at + 20*second)
		if _, s := b.gates[1].Holds(id); s != job.StateRunning {
			t.Fatalf("it is %v before all have named what was granted", s)
		}
		if !silent {
			m := core.NodeID(100 * (int(has[1]) + 1))
			b.ask(m, 1, core.KindJobProgressReport, &jobtimeout.ProgressReport{Job: id, Site: has[1], Manager: m, DE: 1, Seq: 1, Recent: true, Extensions: 90 * time.Second, MaxExtension: 90 * time.Second})
		}
		b.run(at + 70*second)
		if _, s := b.gates[1].Holds(id); (s == job.StateRunning) == silent {
			t.Errorf("silent: %v, it is %v", silent, s)
		}
		b.run(at + 110*second)
		if _, s := b.gates[1].Holds(id); s != job.StateTimeout {
			t.Errorf("silent: %v, it is %v although that time is over, too", silent, s)
		}
	}
}

// A datacenter that stays silent is given up after 300 s, and owed a cancel.
func TestAdoptionWithoutAnswer(t *testing.T) {
	b, id := started(t, 3, 1, 400*time.Second)
	b.forgotten()
	for _, m := range b.managed {
		m.deaf = m.site != 0
	}
	from := b.now
	n := b.offer(1, id, 0, job.SiteFinal{Site: 0, State: job.StateFailed, DE: 1})
	b.run(from + 295*second)
	if a := b.offerAck(n); a.Code != call.CodeOK {
		t.Fatalf("%+v", a)
	}
	if _, s := b.gates[1].Holds(id); s != job.StateRunning {
		t.Errorf("it is %v", s)
	}
	b.run(from + 310*second)
	if r := b.results(id); len(r) != 1 || r[0].State != job.StateFailed {
		t.Errorf("%+v", r)
	}
	if x := b.gates[1].led(id); x == nil || !x.owes() {
		t.Error("nobody owes them a cancel")
	}
}

// Offers that are not adopted: there is a tombstone, another gate leads the job, this one has not read enough, or there is
// no majority.
func TestOffersRefused(t *testing.T) {
	b, id := started(t, 3, 1, 400*time.Second)
	n := b.offer(1, id, 0)
	b.run(b.now + second)
	if a := b.offerAck(n); a.Code != call.CodeNotLeader || a.Leader != 0 {
		t.Errorf("another leads it: %+v", a)
	}
	gone := b.jobOf(1)
	b.cancel(1, gone)
	b.run(b.now + second)
	n = b.offer(1, gone, 0)
	b.run(b.now + second)
	if a := b.offerAck(n); a.Code != call.CodeAlreadyTerminal || a.State != job.StateCancelled {
		t.Errorf("a tombstone: %+v", a)
	}
	b.crash(2)
	b.boot(2, false)
	n = b.offer(2, b.jobOf(2), 0)
	b.run(b.now + second)
	if a := b.offerAck(n); a.Code != call.CodeSyncing {
		t.Errorf("it has not read the others: %+v", a)
	}
	b.run(b.now + 60*second)
	b.cut = func(m *core.Message) bool { return m.From == 2 && m.To < 2 || m.To == 2 && m.From < 2 }
	n = b.offer(2, b.jobOf(2), 0)
	b.run(b.now + 10*second)
	if a := b.offerAck(n); a.Code != call.CodeNoQuorum {
		t.Errorf("no majority: %+v", a)
	}
}

// A gate that leaves hands its jobs to the next in the ring at once (03-2). One that does not come for it within 8 s is
// passed over (04-55).
func TestHandover(t *testing.T) {
	for _, lost := range []bool{false, true} {
		b, id := started(t, 3, 1, 100*time.Second)
		order := b.gates[0].ring.Ranks(nil, id)
		want := order[1]
		if lost {
			want = order[2]
			b.cut = func(m *core.Message) bool { return m.To == order[1] && m.Kind == core.KindLeaseTransfer }
		}
		from := b.now
		b.step(0, func(fx *core.Effects) { b.gates[0].Drain(b.now, fx) })
		b.run(from + 2*second)
		if n := b.submit(0, spec(b.jobOf(0)+1000, 1), 1); true {
			b.run(b.now + second)
			if c := b.code(n); c != call.CodeDraining {
				t.Errorf("a submission: %v", c)
			}
		}
		b.run(from + 15*second)
		if l, ge := b.leaders(id); len(l) != 1 || l[0] != want || ge != 2 || !b.gates[0].Drained(b.now) {
			t.Errorf("%v lead under %d, want %v", l, ge, want)
		}
		b.run(200 * second)
		if r := b.results(id); len(r) != 1 || r[0].State != job.StateCompleted {
			t.Errorf("%+v", r)
		}
	}
}

// Only an ACTIVE gate is a successor (03-3, 04-10): one that has lost its memory and reads the others, and one that leaves too, is
// passed over at once, and not when it has not come for the job for 8 s.
func TestHandoverPassesOver(t *testing.T) {
	for _, x := range []struct {
		what string
		do   func(b *bench, next core.NodeID)
	}{
		{"it has just begun", func(b *bench, next core.NodeID) {
			b.crash(next)
			b.run(b.now + second)
			b.boot(next, false)
		}},
		{"it reads the others", func(b *bench, next core.NodeID) {
			b.crash(next)
			b.boot(next, false)
			b.run(b.now + 6*second)
		}},
		{"it leaves too", func(b *bench, next core.NodeID) {
			b.step(next, func(fx *core.Effects) { b.gates[next].Drain(b.now, fx) })
		}},
	} {
		b, id := started(t, 3, 1, 100*time.Second)
		order := b.gates[0].ring.Ranks(nil, id)
		x.do(b, order[1])
		from := b.now
		b.step(0, func(fx *core.Effects) { b.gates[0].Drain(b.now, fx) })
		b.run(from + 2*second)
		if l, ge := b.leaders(id); len(l) != 1 || l[0] != order[2] || ge != 2 {
			t.Errorf("%s: %v lead under %d, want %v", x.what, l, ge, order[2])
		}
	}
}

// Nobody takes a job while all others leave, and who leaves offers it to each of them every 8 s, and no oftener.
func TestHandoverToNobody(t *testing.T) {
	b, id := started(t, 3, 1, 100*time.Second)
	from := b.now
	for i := range core.NodeID(3) {
		b.step(i, func(fx *core.Effects) { b.gates[i].Drain(b.now, fx) })
	}
	b.run(from + 20*second)
	if l, ge := b.leaders(id); len(l) != 1 || l[0] != 0 || ge != 1 {
		t.Errorf("%v lead under %d", l, ge)
	}
	n := 0
	for i := range b.log {
		if b.log[i].Kind == core.KindLeaseTransfer {
			n++
		}
	}
	if n != 6 {
		t.Errorf("offered %d times", n)
	}
}

// A datacenter that speaks of an adopted job before it has answered who leads it becomes a target of it: by a final as well as
// by an offer (04-49; 04-18 does not apply).
func TestAdopteesSpeak(t *testing.T) {
	b, id := started(t, 3, 3, 400*time.Second)
	b.forgotten()
	b.managed[200].deaf, b.managed[201].deaf = true, true
	b.managed[300].deaf, b.managed[301].deaf = true, true
	b.offer(1, id, 0)
	b.run(b.now + 5*second)
	n := b.offer(1, id, 1)
	f := b.ask(300, 1, core.KindJobFinalStatus, &jobtimeout.FinalStatus{Job: id, Site: 2, Manager: 300, State: job.StateFailed, DE: 1})
	b.run(b.now + 2*second)
	if a := b.offerAck(n); a.Code != call.CodeOK || a.JobLeader != 1 {
		t.Errorf("the offer: %+v", a)
	}
	if c := b.code(f); c != call.CodeOK {
		t.Errorf("the final: %v", c)
	}
	if x := b.gates[1].led(id); x.count(isTarget) != 3 || x.adopting() || x.site(2).state != job.StateFailed {
		t.Errorf("%d targets", x.count(isTarget))
	}
}

// That one manager of a datacenter knows nothing of the job says nothing of the others: all are asked (04-49).
func TestAdoptionAsksAllManagers(t *testing.T) {
	b, id := started(t, 3, 2, 100*time.Second)
	b.forgotten()
	var at []uint16
	for i := range 3 {
		m, second := b.managed[core.NodeID(100*(i+1))], b.managed[core.NodeID(100*(i+1)+1)]
		if m.jobs[id] != nil {
			at = append(at, uint16(i))
			if second.leader = nil; len(at) == 2 { // the first has lost it
				second.jobs[id], m.jobs = m.jobs[id], map[job.ID]*managed{}
			}
		}
	}
	b.offer(1, id, at[0])
	b.run(b.now + 5*second)
	if x := b.gates[1].led(id); x.count(isTarget) != 2 || x.adopting() || x.site(at[1]).manager != core.NodeID(100*(int(at[1])+1)+1) {
		t.Errorf("%d targets, adopting %v", x.count(isTarget), x.adopting())
	}
}

// A job that is over and delivered still has somebody who pays what a datacenter is owed.
func TestTakeoverOfADebt(t *testing.T) {
	b, id := started(t, 3, 1, 10*time.Second)
	x := b.gates[0].led(id)
	s := x.site(2)
	if s.target {
		s = x.site(1)
	}
	m := b.managed[core.NodeID(100*(int(s.id)+1))]
	m.deaf, b.managed[m.id+1].deaf = true, true
	b.step(0, func(fx *core.Effects) { b.gates[0].owe(b.now, x, s, fx) })
	b.run(30 * second)
	if len(b.results(id)) != 1 || !x.delivered || !x.owes() {
		t.Fatalf("delivered %v, owes %v", x.delivered, x.owes())
	}
	b.crash(0)
	b.dead(0, true)
	b.run(50 * second)
	m.deaf, b.managed[m.id+1].deaf = false, false
	b.run(80 * second)
	if !m.stones[id] {
		t.Error("the cancel never came")
	}
}
