package swim

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/coretest"
	"hypersim/core/spread"
)

// What the two papers say that the protocol does: one sentence in our words, one section, one test.
//
// SWIM: Das, Gupta, Motivala, "SWIM: scalable weakly-consistent infection-style process group membership protocol"
// (DSN 2002). Lifeguard: Dadgar, Phillips, Currey, "Lifeguard: local health awareness for more accurate failure
// detection" (DSN 2018), whose three parts it names LHA-Probe, LHA-Suspicion and Buddy System.

// sent returns the messages of a kind that the last step sent.
func (c *crowd) sent(kind core.Kind) (to []core.NodeID) {
	for i := range c.fx.Messages {
		if c.fx.Messages[i].Kind == kind {
			to = append(to, c.fx.Messages[i].To)
		}
	}
	return to
}

// silence wakes the machine at its deadlines up to the given instant and answers nothing; it calls see after each step.
func (c *crowd) silence(until core.Instant, see func()) {
	for {
		at, ok := c.m.Deadline()
		if !ok || at > until {
			return
		}
		c.now = max(c.now, at)
		c.fx.Reset()
		c.m.Wake(c.now, &c.fx)
		see()
	}
}

// SWIM §3.1: a member sends one ping per period, and only where that stays unanswered k requests to others, whatever
// the size of the group.
func TestPaperLoadIsConstant(t *testing.T) {
	for _, n := range []int{10, 100, 1000} {
		c := newCrowd(n, false)
		pings := 0
		for c.now < core.Instant(20*time.Second) {
			c.tickOnly()
			pings += len(c.sent(core.KindPing))
			if asked := len(c.sent(core.KindPingReq)); asked > 0 {
				t.Fatalf("n = %d: asks %d others although all answer", n, asked)
			}
			c.answer()
		}
		if pings < 19 || pings > 21 {
			t.Errorf("n = %d: %d pings in 20 periods", n, pings)
		}
		c = newCrowd(n, false)
		for len(c.sent(core.KindPing)) == 0 {
			c.tickOnly()
		}
		asked := 0
		c.silence(c.now.Add(900*time.Millisecond), func() { asked += len(c.sent(core.KindPingReq)) })
		if asked != c.m.cfg.Probe.IndirectK {
			t.Errorf("n = %d: asks %d others after a ping without an answer, want %d", n, asked, c.m.cfg.Probe.IndirectK)
		}
	}
}

// SWIM §3.1: a member is not accused as long as one of those who were asked gets an answer from it: what is lost
// between two is no failure.
func TestPaperIndirectProbe(t *testing.T) {
	for _, k := range []int{3, 0} {
		cfg := groupConfig()
		cfg.Probe.IndirectK = k
		g := newGroup(cfg, 6, 0, 1)
		g.bench.Drop(coretest.Rule{Match: coretest.Match{From: 0, To: 1, Kind: core.KindPing}, Count: -1})
		g.bench.Advance(60 * time.Second)
		accused := g.m[0].count.SuspicionsStarted > 0
		if accused != (k == 0) {
			t.Errorf("k = %d: pings from 0 to 1 get lost, and 0 accuses 1: %v", k, accused)
		}
	}
}

// SWIM §4.1: news rides on pings and acks that are sent anyway, and reaches everybody without one message more.
func TestPaperInfection(t *testing.T) {
	run := func(news bool) (messages uint64, know int) {
		cfg := groupConfig()
		cfg.Gossip.Interval, cfg.Sync.Mode = 0, SyncOff
		g := newGroup(cfg, 16, 0, 1)
		g.bench.Advance(5 * time.Second)
		if news {
			g.bench.Do(0, g.m[0].Refresh)
		}
		g.bench.Advance(10 * time.Second)
		for _, m := range g.m {
			for _, c := range m.count.Sent {
				messages += c
			}
			if m.self != 0 && m.Incarnation(0) > 0 {
				know++
			}
		}
		return messages, know
	}
	quiet, none := run(false)
	spread, know := run(true)
	if none != 0 || know != 15 || spread != quiet {
		t.Errorf("%d of 15 know; %d messages with news, %d without", know, spread, quiet)
	}
}

// SWIM §4.1: a member passes a piece of news on λ·log n times, and what it has told less often goes first.
func TestPaperTellsLogNTimes(t *testing.T) {
	c := newCrowd(100, false)
	c.m.cfg.Gossip.Interval = 0
	us := []core.Update{
		{Type: core.UpdateJoin, Subject: 2, Incarnation: 1, From: core.NoNode, Role: core.RoleManager},
		{Type: core.UpdateAlive, Subject: 3, Incarnation: 1, From: core.NoNode, Role: core.RoleManager},
	}
	told := map[core.NodeID]int{}
	hear := func(u core.Update) {
		c.msg = core.Message{Kind: core.KindGossip, Role: core.RoleManager, Group: 1, From: 1, Instance: 1, Updates: []core.Update{u}}
		c.fx.Reset()
		c.m.Receive(c.now, &c.msg, &c.fx)
	}
	hear(us[0])
	for i := range 40 {
		if i == 3 {
			hear(us[1])
		}
		c.pinged(9)
		ack := &c.fx.Messages[0]
		if i == 3 && (len(ack.Updates) != 2 || ack.Updates[0].Subject != 3) {
			t.Errorf("tells %v, want the news that was not told yet first, less urgent as it is", ack.Updates)
		}
		for _, u := range ack.Updates {
			told[u.Subject]++
		}
	}
	if want := 13; told[2] != want || told[3] != want { // 3·ln 101 = 13.8
		t.Errorf("told %v times, want %d each", told, want)
	}
}

// SWIM §4.2: who does not answer is suspected first; only itself can clear that, with a higher incarnation; and a
// death overrides both.
func TestPaperSuspicionIsOverriddenByItsSubjectAlone(t *testing.T) {
	for _, c := range []struct {
		claim core.UpdateType
		inc   uint32
		want  core.MemberState
	}{
		{core.UpdateAlive, 5, core.StateSuspect}, {core.UpdateAlive, 6, core.StateOK},
		{core.UpdateSuspect, 4, core.StateSuspect}, {core.UpdateDead, 5, core.StateDead}, {core.UpdateDead, 4, core.StateSuspect},
	} {
		x := newTabled(t)
		x.prepare("SUSPECT")
		if x.hear(core.Update{Type: c.claim, Incarnation: c.inc, From: tableOther}); x.m.State(tableSubject) != c.want {
			t.Errorf("SUSPECT(5), then %v(%d): %v, want %v", c.claim, c.inc, x.m.State(tableSubject), c.want)
		}
	}
	x := newTabled(t)
	before := x.m.inc
	x.receive(core.Message{Kind: core.KindGossip, From: tableOther, Updates: []core.Update{
		{Type: core.UpdateSuspect, Subject: 0, Incarnation: before, From: tableOther, Role: core.RoleManager},
	}})
	if x.m.inc <= before {
		t.Error("the accused does not raise its incarnation")
	}
}

// Lifeguard, LHA-Probe: who has to refute is unwell itself, perhaps. So says an accuser that takes part; a worker, the worst of witnesses
// (spec 10 §1), is told that it errs, and no more. Above the limit the answer waits, and counts if one of those that it is to does.
func TestPaperRefutationsCount(t *testing.T) {
	const manager, worker = core.NodeID(2), core.NodeID(6)
	for _, c := range []struct {
		name     string
		used     int // refutations of this window
		accusers []core.NodeID
		want     int
	}{
		{"a manager", 0, []core.NodeID{manager}, 1},
		{"a worker", 0, []core.NodeID{worker}, 0},
		{"one after the other", 0, []core.NodeID{worker, manager, worker}, 1},
		{"a worker that waits", 5, []core.NodeID{worker}, 0},
		{"both, and wait", 5, []core.NodeID{worker, manager, worker}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newTabled(t)
			x.m.Receive(x.now, &core.Message{Kind: core.KindPing, From: worker, Group: 1, Role: core.RoleWorker, Instance: 1, Updates: []core.Update{
				{Type: core.UpdateAlive, Subject: worker, From: core.NoNode, Role: core.RoleWorker},
			}}, &x.fx)
			x.m.refute.since, x.m.refute.used = x.now, c.used
			before := x.m.inc
			for _, id := range c.accusers {
				x.receive(core.Message{Kind: core.KindGossip, From: manager, Updates: []core.Update{
					{Type: core.UpdateSuspect, Subject: 0, Incarnation: x.m.inc, From: id, Role: core.RoleManager},
				}})
			}
			if c.used > 0 {
				x.now = x.now.Add(x.m.cfg.Refute.Window)
				x.m.onRefuteWindow(x.now, &x.fx)
			}
			if x.m.inc <= before || x.m.LHM() != c.want {
				t.Errorf("incarnation %d -> %d, local health %d, want %d", before, x.m.inc, x.m.LHM(), c.want)
			}
		})
	}
}

// SWIM §4.3: members are pinged in rounds of an order of chance, so that between two pings to one lie fewer than 2n
// periods, and one that fails is found in that time.
func TestPaperRoundRobin(t *testing.T) {
	const n = 20
	c := newCrowd(n, false)
	last := map[core.NodeID]int{}
	for ping := 0; ping < 100*n; {
		c.tickOnly()
		for _, to := range c.sent(core.KindPing) {
			ping++
			if gap := ping - last[to]; last[to] > 0 && gap > 2*(n-1)-1 {
				t.Fatalf("%d pings between two to %d", gap, to)
			}
			last[to] = ping
		}
		c.answer()
	}
	if len(last) != n-1 {
		t.Errorf("%d of %d are pinged", len(last), n-1)
	}
}

// tickOnly wakes the machine at its next deadline; answer acknowledges what it pinged then.
func (c *crowd) tickOnly() {
	at, _ := c.m.Deadline()
	c.now = max(c.now, at)
	c.fx.Reset()
	c.m.Wake(c.now, &c.fx)
}

func (c *crowd) answer() {
	for i := range c.fx.Messages {
		if p := &c.fx.Messages[i]; p.Kind == core.KindPing {
			c.msg = core.Message{Kind: core.KindAck, Role: core.RoleManager, Group: 1, From: p.To, Instance: 1, Seq: p.Seq, State: core.StateOK}
			c.now = c.now.Add(1e6)
			c.fx.Reset()
			c.m.Receive(c.now, &c.msg, &c.fx)
			return
		}
	}
}

// Lifeguard, LHA-Probe: the worse a member's own health, the longer it waits for answers and the seldomer it probes,
// by the factor 1 + LHM; an answer in time makes it better.
func TestPaperLocalHealthStretchesProbes(t *testing.T) {
	for _, lhm := range []uint8{0, 3, 8} {
		c := newCrowd(10, false)
		c.m.lhm = lhm
		c.m.probe(c.now, 1, &c.fx)
		f := core.Duration(1 + int(lhm))
		if have, want := c.m.out[0].wait, 500*time.Millisecond*f; have != want {
			t.Errorf("LHM %d: waits %v, want %v", lhm, have, want)
		}
		if have, want := c.m.tickInterval(), time.Second*f; have != want {
			t.Errorf("LHM %d: probes every %v, want %v", lhm, have, want)
		}
		c.answer()
		if want := max(0, int(lhm)-1); c.m.LHM() != want {
			t.Errorf("LHM %d: an ack makes it %d, want %d", lhm, c.m.LHM(), want)
		}
	}
}

// Lifeguard, LHA-Probe: a proxy without an answer says so in time, and who hears that from all is well itself: only
// what does not come at all speaks against the prober.
func TestPaperNacksSpeakForTheProber(t *testing.T) {
	for _, nacks := range []int{3, 1, 0} {
		c := newCrowd(10, false)
		c.m.cfg.LHM.FailedProbeRule = FailedProbeMemberlist
		for i := range c.m.due { // nothing but the probe in hand
			c.m.due[i] = core.Never
		}
		c.m.probe(c.now, 1, &c.fx)
		seq := c.m.out[0].seq
		c.silence(c.now.Add(600*time.Millisecond), func() {})
		asked := c.sent(core.KindPingReq)
		if len(asked) != 3 {
			t.Fatalf("asks %v", asked)
		}
		for _, proxy := range asked[:nacks] {
			c.msg = core.Message{Kind: core.KindNack, Role: core.RoleManager, Group: 1, From: proxy, Instance: 1, Seq: seq, Target: 1}
			c.m.Receive(c.now, &c.msg, &c.fx)
		}
		c.silence(c.now.Add(time.Second), func() {})
		if c.m.State(1) != core.StateSuspect || c.m.LHM() != 3-nacks {
			t.Errorf("%d of 3 nacks: holds it %v at LHM %d, want SUSPECT and %d", nacks, c.m.State(1), c.m.LHM(), 3-nacks)
		}
	}
}

// Lifeguard, LHA-Suspicion: a suspicion begins with its longest timeout, comes down with each further accuser by the
// logarithm of their number, and is at its least with K; who accuses twice counts once.
func TestPaperSuspicionTimeoutDecays(t *testing.T) {
	c := newCrowd(20, false)
	c.m.accuse(c.now, 1, core.CauseProbeFailed, &c.fx)
	s := c.m.susp.at(c.m.rec[1].side)
	last := s.deadline.Sub(s.start)
	if s.k != 3 || last != s.max {
		t.Fatalf("begins with %v of %v, K = %d", last, s.max, s.k)
	}
	var steps []core.Duration
	for _, accuser := range []core.NodeID{2, 3, 4, 5} {
		for range 2 { // the second time by the same one
			c.m.confirmSuspicion(c.now, 1, accuser, &c.fx)
		}
		left := s.deadline.Sub(s.start)
		steps = append(steps, last-left)
		last = left
	}
	if last != s.min || !(steps[0] > steps[1] && steps[1] > steps[2] && steps[2] > 0) || steps[3] != 0 {
		t.Errorf("comes down by %v to %v, want ever smaller steps to %v at the third", steps, last, s.min)
	}
}

// Lifeguard, LHA-Suspicion: the first K independent accusations are passed on, so that they reach all that count them;
// those after the K-th are not.
func TestPaperPassesOnKAccusations(t *testing.T) {
	x := newTabled(t)
	x.prepare("SUSPECT")
	x.m.queue = spread.New[core.Update](spread.LeastSent)
	for _, by := range []core.NodeID{3, 4, 5, 6} {
		x.hear(core.Update{Type: core.UpdateSuspect, Incarnation: 5, From: by})
	}
	var by []core.NodeID
	for i := range x.m.queue.Len() {
		by = append(by, x.m.queue.At(i).News.From)
	}
	slices.Sort(by)
	if k := int(x.m.susp.at(x.m.rec[tableSubject].side).k); len(by) != k || !slices.Equal(by, []core.NodeID{3, 4, 5}[:k]) {
		t.Errorf("passes on the accusations of %v, want the first %d", by, k)
	}
}

// Lifeguard, Buddy System: whoever pings a suspect tells it of the accusation with that ping, however often the news
// has gone out before, so that it can answer at the first chance.
func TestPaperBuddySystem(t *testing.T) {
	x := newTabled(t)
	x.prepare("SUSPECT")
	x.m.queue = spread.New[core.Update](spread.LeastSent) // told often enough
	x.fx.Reset()
	x.m.probe(x.now, tableSubject, &x.fx)
	us := x.fx.Messages[0].Updates
	if len(us) == 0 || us[0].Type != core.UpdateSuspect || us[0].Subject != tableSubject {
		t.Errorf("the ping to the suspect says %v", us)
	}
}
