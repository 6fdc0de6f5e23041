package federated

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

const sec = core.Instant(time.Second)

// rig is one gate of two datacenters: 0 with managers 10, 11, 12 and 1 with 20. Answers are the test's.
type rig struct {
	t     testing.TB
	cfg   Config
	g     *Gate
	local Local
	now   core.Instant
	fx    core.Effects
	facts []string
	sent  []core.Message
}

func newRig(t testing.TB) *rig {
	r := &rig{t: t, cfg: Default(), local: Local{Self: 1, Role: core.RoleGate, Instance: 1, Members: members{}}}
	r.g = NewGate(&r.cfg, &r.local, GateParams{Seed: 1, Sites: []Site{{0, []core.NodeID{10, 11, 12}}, {1, []core.NodeID{20}}}})
	return r
}

func (r *rig) drain() {
	for i := range r.fx.Facts {
		f := &r.fx.Facts[i]
		r.facts = append(r.facts, fmt.Sprintf("%.3f %d %v>%v %v", f64(r.now), f.A, core.Reach(f.N), core.Reach(f.B), f.Cause))
	}
	r.sent = append(r.sent, r.fx.Messages...)
	r.fx.Reset()
}

// deadline is when the end of a link wants to be woken, core.Never if at no time.
func deadline(m core.Machine) core.Instant {
	at, _ := m.Deadline()
	return at
}

func f64(t core.Instant) float64 { return t.Seconds() }

// until runs the gate's own timers; each XPROBE goes to answer.
func (r *rig) until(end core.Instant, answer func(probe *core.Message)) {
	for deadline(r.g) <= end {
		r.now = deadline(r.g)
		r.g.Wake(r.now, &r.fx)
		r.drain()
		if deadline(r.g) <= r.now {
			r.t.Fatalf("at %v the gate wants to be woken at %v", r.now, deadline(r.g))
		}
		for len(r.sent) > 0 {
			m := r.sent[0]
			r.sent = r.sent[1:]
			answer(&m)
		}
	}
	r.now = end
}

func (r *rig) hand(m *core.Message) {
	r.g.Receive(r.now, m, &r.fx)
	r.drain()
}

func (r *rig) ack(to *core.Message, site uint16, external uint32) {
	r.hand(&core.Message{
		Kind: core.KindXAck, From: to.To, To: 1, Role: core.RoleManager, Instance: 1, Seq: to.Seq,
		Body: &SiteBody{SiteReport: SiteReport{Site: site, Leader: true, External: external}},
	})
}

func (r *rig) nack(to *core.Message, leader core.NodeID) {
	r.hand(&core.Message{Kind: core.KindXNack, From: to.To, To: 1, Role: core.RoleManager, Instance: 1, Seq: to.Seq, Body: &Redirect{Leader: leader}})
}

func (r *rig) want(facts ...string) {
	r.t.Helper()
	if !slices.Equal(r.facts, facts) {
		r.t.Errorf("have\n%q, want\n%q", r.facts, facts)
	}
	r.facts = nil
}

func siteOf(m *core.Message) uint16 {
	if m.To == 20 {
		return 1
	}
	return 0
}

func nobody(*core.Message) {}

// Each datacenter is probed once in 2 s, and the two 1 s apart (spec 10 §9: evenly staggered).
func TestProbesAreStaggered(t *testing.T) {
	r := newRig(t)
	var at []core.Instant
	var sites []uint16
	r.until(10*sec, func(m *core.Message) {
		at, sites = append(at, r.now), append(sites, siteOf(m))
		r.ack(m, siteOf(m), 0)
	})
	if at[0] >= 2*sec || len(at) < 8 {
		t.Fatalf("probes at %v", at)
	}
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] != sec || sites[i] == sites[i-1] {
			t.Errorf("probes at %v of %v", at, sites)
		}
	}
}

// A gate that never hears anything holds a datacenter UNKNOWN for 40 s (spec 30 §3.2).
func TestUnknownUntilFortySeconds(t *testing.T) {
	r := newRig(t)
	r.until(100*sec, nobody)
	r.want("40.000 0 UNKNOWN>UNREACHABLE expired", "40.000 1 UNKNOWN>UNREACHABLE expired")
}

// Three probes 2 s apart, the last one given up after 3 s: 7 s after the first lost one (02-16); 30 s later UNREACHABLE; the
// next ack brings it back.
func TestCutAndRepair(t *testing.T) {
	r := newRig(t)
	first := deadline(r.g)
	lost := core.Never
	r.until(first+100*sec, func(m *core.Message) {
		if siteOf(m) == 0 && r.now >= 20*sec && r.now < 80*sec {
			lost = min(lost, r.now)
			return
		}
		if m.To == 11 || m.To == 12 {
			r.nack(m, 10)
			return
		}
		r.ack(m, siteOf(m), 0)
	})
	back := core.Instant(0)
	for k := first; k < first+100*sec; k += 2 * sec { // the first probe after the repair that meets the leader
		if k >= 80*sec && back == 0 {
			back = k
		}
	}
	want := []string{
		fmt.Sprintf("%.3f 0 UNKNOWN>REACHABLE ack", f64(first)), fmt.Sprintf("%.3f 1 UNKNOWN>REACHABLE ack", f64(first+sec)),
		fmt.Sprintf("%.3f 0 REACHABLE>SUSPECTED probe_failed", f64(lost+7*sec)),
		fmt.Sprintf("%.3f 0 SUSPECTED>UNREACHABLE expired", f64(lost+37*sec)),
	}
	if len(r.facts) != 5 || !slices.Equal(r.facts[:4], want) {
		t.Fatalf("have %q, want %q and the return", r.facts, want)
	}
	// The first manager asked may not lead; it names the leader, who is asked 2 s later.
	last := r.facts[4]
	if last != fmt.Sprintf("%.3f 0 UNREACHABLE>REACHABLE ack", f64(back)) && last != fmt.Sprintf("%.3f 0 UNREACHABLE>REACHABLE ack", f64(back+2*sec)) {
		t.Errorf("%q, the first probe after the repair is at %v", last, back)
	}
}

// Where every probe is answered, but by managers that know no leader, no probe fails; the silence of acks is
// what suspects the datacenter, after 25 s.
func TestSilenceWithoutFailures(t *testing.T) {
	r := newRig(t)
	first := deadline(r.g)
	r.until(60*sec, func(m *core.Message) {
		if siteOf(m) == 1 || r.now == first {
			r.ack(m, siteOf(m), 0)
		} else {
			r.nack(m, core.NoNode)
		}
	})
	if r.g.Counters.Failed != 0 {
		t.Errorf("%d probes failed", r.g.Counters.Failed)
	}
	want := fmt.Sprintf("%.3f 0 REACHABLE>SUSPECTED silent", f64(first+25*sec))
	if len(r.facts) < 3 || r.facts[2] != want {
		t.Errorf("have %q, want %q third", r.facts, want)
	}
}

// A probe that was sent before an answer came belongs to the row that the answer ended, also where it runs out later.
func TestAnAnswerEndsTheRow(t *testing.T) {
	r := newRig(t)
	first := core.Never
	r.until(60*sec, func(m *core.Message) {
		switch {
		case siteOf(m) == 0:
		case first == core.Never && r.now > 10*sec: // this one is lost, the next is answered, and then none
			first = r.now
		case r.now <= first || r.now < first+3*sec:
			r.ack(m, 1, 0)
		}
	})
	want := fmt.Sprintf("%.3f 1 REACHABLE>SUSPECTED probe_failed", f64(first+11*sec)) // sent at 4, 6 and 8 s, and 3 s more
	if !slices.Contains(r.facts, want) {
		t.Errorf("have %q, want %q", r.facts, want)
	}
}

// A link that is down for half of ten seconds, all the time, leaves two probes or three of five: the datacenter stays reachable,
// for the leader is among those that are asked while the link is up (spec 40 D4).
func TestAFlappingLinkIsNoOutage(t *testing.T) {
	for phase := range 20 {
		r := newRig(t)
		r.until(400*sec, func(m *core.Message) {
			switch {
			case siteOf(m) == 1 || (r.now+core.Instant(phase)*sec/2)%(10*sec) < 5*sec && m.To == 10:
				r.ack(m, siteOf(m), 0)
			case (r.now+core.Instant(phase)*sec/2)%(10*sec) < 5*sec:
				r.nack(m, 10)
			}
		})
		for _, f := range r.facts {
			if strings.Contains(f, " 0 REACHABLE>") {
				t.Errorf("phase %d: %s", phase, f)
			}
		}
	}
}

// A leader that crashed never makes its datacenter suspected: the next probe after one without an answer goes to the next
// manager, whose answer breaks the row, also where nobody leads yet (02-16, 01-30).
func TestALeaderThatCrashedIsNoOutage(t *testing.T) {
	r := newRig(t)
	var asked []core.NodeID
	r.until(60*sec, func(m *core.Message) {
		switch {
		case siteOf(m) == 1, r.now < 10*sec && m.To == 10:
			r.ack(m, siteOf(m), 0)
		case m.To == 10 && r.now >= 28*sec: // it leads again
			r.ack(m, 0, 0)
		case m.To != 10 && r.now >= 28*sec:
			r.nack(m, 10)
		case m.To != 10: // no election yet: they name whom they knew, or nobody
			r.nack(m, core.NoNode)
			asked = append(asked, m.To)
		}
	})
	if len(r.facts) != 2 || r.g.State(0) != core.ReachReachable {
		t.Errorf("state %v, facts %q", r.g.State(0), r.facts)
	}
	if !slices.Contains(asked, 11) || !slices.Contains(asked, 12) {
		t.Errorf("asked %v", asked)
	}
}

// A leader that is named while its datacenter is suspected gives it a fresh start (spec 30 D9), and is the
// next to be probed.
func TestLeaderChangeWhileSuspected(t *testing.T) {
	r := newRig(t)
	var asked []core.NodeID
	r.until(40*sec, func(m *core.Message) {
		switch {
		case siteOf(m) == 1, r.now < 2*sec:
			r.ack(m, siteOf(m), 0)
		case r.g.State(0) == core.ReachSuspected && m.To == 11:
			r.nack(m, 12)
			asked = nil
		default:
			asked = append(asked, m.To)
		}
	})
	if len(r.facts) != 4 || !strings.HasSuffix(r.facts[2], "REACHABLE>SUSPECTED probe_failed") ||
		!strings.HasSuffix(r.facts[3], "SUSPECTED>UNKNOWN superseded") {
		t.Fatalf("have %q", r.facts)
	}
	if r.g.State(0) != core.ReachUnknown || len(asked) == 0 || asked[0] != 12 {
		t.Errorf("state %v, then asked %v; facts %q", r.g.State(0), asked, r.facts)
	}
}

// An ack with a lower external incarnation of the same process is ignored; one of a new process counts.
func TestStaleAck(t *testing.T) {
	r := newRig(t)
	var probe core.Message
	r.until(3*sec, func(m *core.Message) {
		if siteOf(m) == 1 {
			r.ack(m, 1, 7)
			probe = *m
		}
	})
	r.facts = nil
	r.until(20*sec, nobody)
	if r.g.State(1) != core.ReachSuspected {
		t.Fatalf("datacenter 1 is %v", r.g.State(1))
	}
	r.ack(&probe, 1, 6)
	if r.g.State(1) != core.ReachSuspected || r.g.Counters.Stale != 1 {
		t.Errorf("a stale ack made it %v", r.g.State(1))
	}
	r.ack(&probe, 1, 7)
	if r.g.State(1) != core.ReachReachable {
		t.Errorf("an ack at the same incarnation left it %v", r.g.State(1))
	}
	r.hand(&core.Message{
		Kind: core.KindXAck, From: 20, To: 1, Instance: 2, Seq: probe.Seq,
		Body: &SiteBody{SiteReport: SiteReport{Site: 1, Leader: true, External: 0}},
	})
	if r.g.Counters.Stale != 1 {
		t.Error("a new process starts at 0 and was ignored")
	}
}

// What a leader of a lower term says is ignored: it may act no more, and does not know. The memory of a term ends when the
// site is UNREACHABLE, or when most of its managers are others than those that knew it (spec 01 no. 28, spec 03 no. 29).
func TestTermsOfASite(t *testing.T) {
	r := newRig(t)
	say := func(from core.NodeID, instance uint32, term uint64) {
		r.hand(&core.Message{
			Kind: core.KindXAck, From: from, To: 1, Instance: instance, Seq: 1,
			Body: &SiteBody{SiteReport: SiteReport{Leader: true, Term: term}},
		})
	}
	leads := func(want core.NodeID, why string) {
		t.Helper()
		if have := r.g.Leader(0); have != want {
			t.Errorf("%s: %d leads, want %d", why, have, want)
		}
	}
	r.until(3*sec, nobody)
	say(10, 1, 4)
	say(11, 1, 5)
	say(10, 1, 4)
	leads(11, "a lower term")
	say(12, 2, 1)
	leads(11, "a lower term of one that restarted")
	say(10, 2, 1)
	leads(10, "two of three restarted")
	say(12, 2, 3)
	leads(12, "and a higher term")
	if r.g.Counters.Stale != 2 {
		t.Errorf("%d acks were stale", r.g.Counters.Stale)
	}
	r.until(200*sec, nobody)
	if r.g.State(0) != core.ReachUnreachable {
		t.Fatalf("it is %v", r.g.State(0))
	}
	say(11, 1, 1)
	leads(11, "after it was unreachable")
}

// A gate that was paused finds all its probes run out, and the answers in its own inbox: no failure of theirs.
func TestPauseVoidsProbes(t *testing.T) {
	r := newRig(t)
	r.until(10*sec, func(m *core.Message) { r.ack(m, siteOf(m), 0) })
	r.until(13*sec, nobody)
	r.facts = nil
	r.now = 30 * sec
	r.g.Wake(r.now, &r.fx)
	r.drain()
	if r.g.Counters.Failed != 0 || r.g.Counters.Void == 0 {
		t.Errorf("%d failed, %d void", r.g.Counters.Failed, r.g.Counters.Void)
	}
	r.want()
}

// Whatever comes, changes are rows of the table, deadlines move on and tables stay small.
func TestRandomAnswers(t *testing.T) {
	rows := map[[2]core.Reach]bool{
		{core.ReachUnknown, core.ReachReachable}: true, {core.ReachUnknown, core.ReachUnreachable}: true,
		{core.ReachReachable, core.ReachSuspected}: true, {core.ReachSuspected, core.ReachReachable}: true,
		{core.ReachSuspected, core.ReachUnreachable}: true, {core.ReachSuspected, core.ReachUnknown}: true,
		{core.ReachUnreachable, core.ReachReachable}: true,
	}
	rapid.Check(t, func(t *rapid.T) {
		r := newRig(nil)
		var open []core.Message
		state := [2]core.Reach{}
		end := core.Instant(0)
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			end += core.Instant(rapid.Int64Range(0, int64(30*time.Second)).Draw(t, "wait"))
			for deadline(r.g) <= end {
				r.now = deadline(r.g)
				r.g.Wake(r.now, &r.fx)
				if deadline(r.g) <= r.now {
					t.Fatalf("woken at %v, wants to be woken at %v", r.now, deadline(r.g))
				}
				open = take(t, r, open, &state, rows)
			}
			r.now = end
			if len(open) == 0 {
				continue
			}
			m := open[rapid.IntRange(0, len(open)-1).Draw(t, "which")]
			x := core.Message{Kind: core.KindXAck, From: m.To, To: 1, Instance: 1, Seq: m.Seq, Body: &SiteBody{
				SiteReport: SiteReport{Site: siteOf(&m), Leader: true, External: rapid.Uint32Range(0, 3).Draw(t, "inc")}}}
			if rapid.Bool().Draw(t, "nack") {
				x.Kind = core.KindXNack
				x.Body = &Redirect{Leader: rapid.SampledFrom([]core.NodeID{10, 11, 12, 20, 99, core.NoNode}).Draw(t, "leader")}
			}
			r.g.Receive(r.now, &x, &r.fx)
			open = take(t, r, open, &state, rows)
			if len(r.g.out) > 8 {
				t.Fatalf("%d probes are outstanding", len(r.g.out))
			}
		}
	})
}

func take(t *rapid.T, r *rig, open []core.Message, state *[2]core.Reach, rows map[[2]core.Reach]bool) []core.Message {
	for i := range r.fx.Facts {
		f := &r.fx.Facts[i]
		from, to := core.Reach(f.N), core.Reach(f.B)
		if from != state[f.A] || !rows[[2]core.Reach{from, to}] {
			t.Fatalf("%v to %v, it was %v", from, to, state[f.A])
		}
		state[f.A] = to
	}
	open = append(open, r.fx.Messages...)
	r.fx.Reset()
	return open[max(0, len(open)-6):]
}

// members is a membership of three managers and two workers.
type members map[core.NodeID]core.MemberState

func (m members) State(id core.NodeID) core.MemberState { return m[id] }
func (m members) Census() (a, b, c, d int)              { return 3, 2, 2, 1 }
func (m members) Incarnation(core.NodeID) uint32        { return 4 }
func (m members) CoordEvicted(core.NodeID)              {}

func viv() *vivaldi.Node {
	cfg := vivaldi.Default()
	var n vivaldi.Node
	n.Init(&cfg, rng.New(1, "test"))
	return &n
}

// lead is what an election says: who leads in which term, and until when that one, if it is this manager, may act.
type lead struct {
	self, leader core.NodeID
	term         uint64
	until        core.Instant
}

func (l *lead) Leader() core.NodeID         { return l.leader }
func (l *lead) Term() uint64                { return l.term }
func (l *lead) Leads(now core.Instant) bool { return l.leader == l.self && now < l.until }

func newManager(self core.NodeID, m members, v *vivaldi.Node) (*Manager, *lead) {
	cfg := Default()
	l := &lead{self: self, leader: 10, term: 1, until: core.Never}
	return NewManager(&cfg, &Local{Self: self, Role: core.RoleManager, Instance: 1, Members: m, Viv: v}, 0, l), l
}

func xprobe(from, to core.NodeID, seq uint32) *core.Message {
	return &core.Message{Kind: core.KindXProbe, Role: core.RoleGate, From: from, To: to, Instance: 1, Seq: seq, Coord: core.Coord{Dims: 8, Height: 1e-5, Error: 1, ErrorMS: 10}}
}

func TestLeaderAnswersAndOthersNameIt(t *testing.T) {
	table := members{10: core.StateOK, 11: core.StateOK, 12: core.StateOK}
	m, l := newManager(11, table, nil)
	var fx core.Effects
	m.Receive(sec, xprobe(1, 11, 5), &fx)
	if x := fx.Messages[0]; x.Kind != core.KindXNack || x.Body.(*Redirect).Leader != 10 || x.Seq != 5 || x.To != 1 || x.Group != 0 {
		t.Errorf("a follower answers %+v", x)
	}
	fx.Reset()
	l.leader, l.term, l.until = 11, 2, 3*sec
	m.Receive(2*sec, xprobe(1, 11, 6), &fx)
	want := SiteReport{Term: 2, External: 4, Managers: 3, ManagersHealthy: 2, Workers: 2, WorkersHealthy: 1, Leader: true}
	if x := fx.Messages[0]; x.Kind != core.KindXAck || x.Seq != 6 || x.Body.(*SiteBody).SiteReport != want {
		t.Errorf("the leader answers %+v with %+v, want %+v", x, x.Body, want)
	}
	fx.Reset()
	m.Receive(3*sec, xprobe(1, 11, 7), &fx) // its lease has ended, and it has not noticed
	if x := fx.Messages[0]; x.Kind != core.KindXNack {
		t.Errorf("a leader without a lease answers %+v", x)
	}
}

// One sample PING per gate and 5 s, as long as the gate was heard within 10 s; its answer is a round trip.
func TestLeaderSamplesGates(t *testing.T) {
	v := viv()
	m, _ := newManager(10, members{10: core.StateOK, 11: core.StateOK, 12: core.StateOK}, v)
	var fx core.Effects
	var pings []core.Instant
	heard := func(at core.Instant) {
		for deadline(m) <= at {
			now := deadline(m)
			m.Wake(now, &fx)
			for i := range fx.Messages {
				x := fx.Messages[i]
				if x.Kind != core.KindSamplePing || x.To != 1 || x.Group != 0 || x.Flags != 0 || x.Coord.Dims != 8 {
					t.Fatalf("sent %+v", x)
				}
				pings = append(pings, now)
				m.Receive(now+sec/10, &core.Message{
					Kind: core.KindSampleAck, Role: core.RoleGate, From: 1, To: 10, Seq: x.Seq, Coord: xprobe(1, 10, 0).Coord}, &fx)
			}
			fx.Reset()
		}
	}
	for at := sec; at <= 21*sec; at += 2 * sec {
		heard(at)
		m.Receive(at, xprobe(1, 10, uint32(at/sec)), &fx)
		fx.Reset()
	}
	heard(60 * sec)
	// The last probe came at 21 s, so a sample at 31 s is the last that still finds the gate heard.
	want := []core.Instant{sec, 6 * sec, 11 * sec, 16 * sec, 21 * sec, 26 * sec, 31 * sec}
	if !slices.Equal(pings, want) {
		t.Errorf("samples at %v, want %v", pings, want)
	}
	if v.Samples() != uint32(len(want)) || m.Counters.Sampled != uint64(len(want)) {
		t.Errorf("%d samples, %d answers", v.Samples(), m.Counters.Sampled)
	}
	m.Receive(61*sec, &core.Message{Kind: core.KindSampleAck, Role: core.RoleGate, From: 1, To: 10, Seq: 7}, &fx)
	if v.Samples() != uint32(len(want)) {
		t.Error("the same answer counted twice")
	}
}

// Beyond the bound, the gate not heard for longest is forgotten.
func TestGatesAreBounded(t *testing.T) {
	m, _ := newManager(10, members{10: core.StateOK}, viv())
	var fx core.Effects
	for i := range 2 * maxGates {
		m.Receive(core.Instant(i)*sec, xprobe(core.NodeID(1000+i), 10, 1), &fx)
		fx.Reset()
	}
	if len(m.gates) != maxGates || m.find(1000) >= 0 || m.find(core.NodeID(1000+2*maxGates-1)) < 0 {
		t.Errorf("%d gates are kept", len(m.gates))
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	r := newRig(t)
	r.local.Viv = viv()
	report := &SiteBody{SiteReport: SiteReport{Leader: true}}
	step := func() {
		r.now = deadline(r.g)
		r.g.Wake(r.now, &r.fx)
		for i := range r.fx.Messages {
			m := r.fx.Messages[i]
			report.Site = siteOf(&m)
			m = core.Message{Kind: core.KindXAck, From: m.To, To: 1, Seq: m.Seq, Body: report, Coord: m.Coord}
			r.g.Receive(r.now, &m, &r.fx)
		}
		r.fx.Reset()
	}
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("a gate allocates %v times per probe", n)
	}
	mgr, _ := newManager(10, members{10: core.StateOK}, viv())
	var fx core.Effects
	at, probe := sec, xprobe(1, 10, 1)
	serve := func() {
		at += 2 * sec
		mgr.Wake(at, &fx)
		mgr.Receive(at, probe, &fx)
		for i := range fx.Messages {
			if b := fx.Messages[i].Body; b != nil { // as a driver does
				core.Hold(b)
				fx.Bodies.Drop(fx.Messages[i].Kind, b)
			}
		}
		fx.Reset()
	}
	serve()
	if n := testing.AllocsPerRun(1000, serve); n != 0 {
		t.Errorf("a manager allocates %v times per probe", n)
	}
}
