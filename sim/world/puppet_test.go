package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// puppet is a machine that does nothing but note what it is told, so that tests see what the world does.
type puppet struct {
	due  []core.Instant // ascending
	told []string
}

func (p *puppet) Wake(now core.Instant, _ *core.Effects) {
	for len(p.due) > 0 && p.due[0] <= now {
		p.told = append(p.told, fmt.Sprintf("%v timer %v", now, p.due[0]))
		p.due = p.due[1:]
	}
}

func (p *puppet) Receive(now core.Instant, m *core.Message, _ *core.Effects) {
	what := m.Kind.String()
	if m.Kind == core.KindStreamFailed {
		what += " " + m.Failed.String()
	}
	p.told = append(p.told, fmt.Sprintf("%v %s %d", now, what, m.Seq))
}

func (p *puppet) Deadline() (core.Instant, bool) {
	if len(p.due) == 0 {
		return core.Never, false
	}
	return p.due[0], true
}

// stage is a LAN of puppets: 0.25 ms one way, without jitter, 100 µs of service.
type stage struct {
	*World
	t       *testing.T
	v       *watcher
	puppets []*puppet
}

func newStage(t *testing.T, faults string, due [][]core.Instant, sets ...string) *stage {
	t.Helper()
	sets = append([]string{"network.jitter=0s", "node.service=100us", "scenario.settle=0s"}, sets...)
	w, v := watch(t, small(t, len(due), faults, sets...), func(r *trace.Record) bool { return r.Msg != nil })
	s := &stage{World: w, t: t, v: v}
	for i := range due {
		p := &puppet{due: due[i]}
		s.puppets = append(s.puppets, p)
		s.revive(core.NodeID(i))
		if at, ok := p.Deadline(); ok {
			w.armAt(core.NodeID(i), at)
		}
	}
	return s
}

// revive puts a puppet on a host, in place of a machine.
func (s *stage) revive(id core.NodeID) {
	n := &s.nodes[id]
	if !n.host.Up() {
		n.host.Start(s.Now())
		s.rec = trace.Record{At: s.Now(), Kind: trace.KindStart, Node: id, Peer: core.NoNode}
		s.emit()
	}
	n.machine = s.puppets[id]
}

func (s *stage) post(kind core.Kind, seq uint32, from, to core.NodeID, timeout core.Duration) {
	s.send(s.Now(), from, &core.Message{Kind: kind, From: from, To: to, Seq: seq, Group: 1, Timeout: timeout})
}

func (s *stage) expect(id core.NodeID, want ...string) {
	s.t.Helper()
	if have := s.puppets[id].told; !slices.Equal(have, want) {
		s.t.Errorf("node %d was told\n%q, want\n%q", id, have, want)
	}
}

// drops lists kind, number and reason of what was dropped.
func (s *stage) drops() (out []string) {
	for i := range s.v.kept {
		if r := &s.v.kept[i]; r.Kind == trace.KindDropped {
			out = append(out, fmt.Sprintf("%v %v %d %v", r.At, s.v.msgs[i].Kind, s.v.msgs[i].Seq, r.Reason))
		}
	}
	return out
}

func (s *stage) end() {
	s.t.Helper()
	s.Run(s.End())
	s.Finish()
	s.v.check(s.t)
	if n := s.slab.live(); n != 0 {
		s.t.Errorf("%d messages are still alive", n)
	}
}

// Due timers fire on resume, in order; then what waited is served, one service after the other (spec 50 §3).
func TestPauseKeepsTimersAndMessages(t *testing.T) {
	pause := aFault("gc", "pause", "at = \"1s\"\nfor = \"2s\"\ntarget = { id = \"a/worker/0\" }")
	s := newStage(t, pause, [][]core.Instant{{seconds(0.5), seconds(1.5), seconds(2.5), seconds(3.5)}, nil})
	s.Run(seconds(2))
	s.post(core.KindPing, 1, 1, 0, 0)
	s.post(core.KindPing, 2, 1, 0, 0)
	s.Run(seconds(2.9))
	s.expect(0, "500ms timer 500ms")
	s.end()
	s.expect(0, "500ms timer 500ms", "3s timer 1.5s", "3s timer 2.5s", "3s ping 1", "3.0001s ping 2", "3.5s timer 3.5s")
}

// Pauses that overlap end with the last of them.
func TestPausesOverlap(t *testing.T) {
	faults := aFault("a", "pause", "at = \"1s\"\nfor = \"2s\"\ntarget = { id = \"a/worker/0\" }") +
		aFault("b", "pause", "at = \"2s\"\nfor = \"3s\"\ntarget = { id = \"a/worker/0\" }")
	s := newStage(t, faults, [][]core.Instant{{seconds(1.5)}, nil})
	s.end()
	s.expect(0, "5s timer 1.5s")
}

// A crash ends a pause with the process; the end of the pause, and that of another one which began while
// the process was down, do not touch the next process (nor the pause it is in).
func TestPauseDiesWithTheProcess(t *testing.T) {
	faults := aFault("a", "pause", "at = \"1s\"\nfor = \"4s\"\ntarget = { id = \"a/worker/0\" }") +
		aFault("gone", "crash", "at = \"2s\"\ntarget = { id = \"a/worker/0\" }") +
		aFault("b", "pause", "at = \"2500ms\"\nfor = \"3500ms\"\ntarget = { id = \"a/worker/0\" }") +
		aFault("c", "pause", "at = \"4s\"\nfor = \"4s\"\ntarget = { id = \"a/worker/0\" }")
	s := newStage(t, faults, [][]core.Instant{{seconds(1.5)}, nil})
	s.Run(seconds(3))
	if s.Up(0) {
		t.Fatal("it did not crash")
	}
	s.puppets[0] = &puppet{due: []core.Instant{seconds(3.5), seconds(7)}}
	s.revive(0)
	s.armAt(0, seconds(3.5))
	s.end()
	s.expect(0, "3.5s timer 3.5s", "8s timer 7s")
}

// A slow host takes that many times longer; two such faults multiply, and the end of one leaves the other.
func TestSlowFaults(t *testing.T) {
	faults := aFault("a", "slow", "at = \"1s\"\nfor = \"4s\"\nfactor = 10\ntarget = { id = \"a/worker/0\" }") +
		aFault("b", "slow", "at = \"2s\"\nfor = \"1s\"\nfactor = 5\ntarget = { id = \"a/worker/0\" }")
	s := newStage(t, faults, [][]core.Instant{nil, nil})
	var want []core.Instant
	for i, at := range []float64{0.5, 1.5, 2.5, 3.5, 5.5} {
		s.Run(seconds(at))
		s.post(core.KindPing, uint32(2*i), 1, 0, 0)
		s.post(core.KindPing, uint32(2*i+1), 1, 0, 0)
		arrives := seconds(at) + 250_000 // and the bytes at 1 Gbit/s, see below
		service := []core.Instant{100_000, 1_000_000, 5_000_000, 1_000_000, 100_000}[i]
		want = append(want, arrives, arrives+service)
	}
	s.end()
	for i, have := range s.puppets[0].told {
		if d := instantOf(t, have) - want[i]; d < 0 || d > 5_000 {
			t.Errorf("message %d is handled at %q, want %v", i, have, want[i])
		}
	}
}

// A message to a process that is down, or that crashes while it is under way or waits, is dropped; the
// sender of a stream message learns at the request's deadline, a datagram's never.
func TestCrashLosesWhatComes(t *testing.T) {
	crash := aFault("crash", "crash", "at = \"1s\"\ntarget = { id = \"a/worker/0\" }")
	s := newStage(t, crash, [][]core.Instant{nil, nil}, "node.service=10ms")
	s.post(core.KindJoin, 1, 1, 0, 5e9) // opens the stream
	s.Run(seconds(0.9999))
	s.post(core.KindPing, 2, 1, 0, 0) // under way at 1 s
	s.post(core.KindJoin, 3, 1, 0, 3e9)
	s.Run(seconds(2))
	s.post(core.KindPing, 4, 1, 0, 0) // to nobody
	s.post(core.KindJoin, 5, 1, 0, 25e8)
	s.end()
	if have := s.puppets[0].told; len(have) != 1 {
		t.Errorf("the crashed process was told %q", have)
	}
	s.expect(1, "3.9999s stream_failed join 3", "4.5s stream_failed join 5")
	if have := s.drops(); len(have) != 4 {
		t.Errorf("dropped %q", have)
	}
}

// What waits in the inbox of a process that crashes is lost in the same way.
func TestCrashLosesTheInbox(t *testing.T) {
	crash := aFault("crash", "crash", "at = \"1s\"\ntarget = { id = \"a/worker/0\" }")
	s := newStage(t, crash, [][]core.Instant{nil, nil}, "node.service=10ms")
	s.post(core.KindJoin, 1, 1, 0, 5e9)
	s.Run(seconds(0.995))
	s.post(core.KindPing, 2, 1, 0, 0)
	s.post(core.KindPing, 3, 1, 0, 0)
	s.post(core.KindJoin, 4, 1, 0, 2e9)
	s.end()
	if have := s.puppets[0].told; len(have) != 2 {
		t.Errorf("the crashed process was told %q", have)
	}
	s.expect(1, "2.995s stream_failed join 4")
	for i, want := range []string{"1s ping 3 down", "1s join 4 down"} {
		if have := s.drops(); len(have) != 2 || have[i] != want {
			t.Errorf("dropped %q", have)
		}
	}
}

// So is what a full inbox has no room for.
func TestFullInboxFailsStreams(t *testing.T) {
	s := newStage(t, "", [][]core.Instant{nil, nil}, "node.service=1s", "node.inbox=1")
	s.post(core.KindJoin, 1, 1, 0, 30e9)
	s.Run(seconds(0.1)) // in service
	s.post(core.KindPing, 2, 1, 0, 0)
	s.Run(seconds(0.2)) // waits
	s.post(core.KindPing, 3, 1, 0, 0)
	s.post(core.KindJoin, 4, 1, 0, 2e9)
	s.end()
	if have := s.puppets[0].told; len(have) != 2 {
		t.Errorf("the full host was told %q", have)
	}
	s.expect(1, "2.2s stream_failed join 4")
	if have := s.drops(); len(have) != 2 {
		t.Errorf("dropped %q", have)
	}
}

// The notice of a failed stream is for the process that sent it, not for the next one on its host, whose own
// requests may have the same numbers.
func TestNoticeDiesWithItsSender(t *testing.T) {
	faults := aFault("crash", "crash", "at = \"1s\"\ntarget = { any = true }")
	s := newStage(t, faults, [][]core.Instant{nil, nil})
	s.post(core.KindJoin, 1, 1, 0, 0)
	s.Run(seconds(0.9999))
	s.post(core.KindJoin, 2, 1, 0, 3e9)
	s.Run(seconds(2))
	s.puppets[1] = new(puppet)
	s.revive(1)
	s.end()
	s.expect(1)
}

// A refused stream ends before it would have left at the end of its sender's service: the books say so in
// the right order.
func TestNoDropBeforeItsSending(t *testing.T) {
	deaf := aFault("dns", "discovery", "at = \"0s\"\ntarget = { any = true }")
	s := newStage(t, deaf, [][]core.Instant{nil, nil})
	s.Run(seconds(1))
	s.send(seconds(1.5), 1, &core.Message{Kind: core.KindJoin, From: 1, To: 0, Seq: 1, Group: 1, Timeout: 3e9})
	s.end()
	s.expect(1, "1.5s stream_failed join 1")
	if have := s.drops(); len(have) != 1 || have[0] != "1.5s join 1 refused" {
		t.Errorf("dropped %q", have)
	}
}

// CONTROL is all there is of classes in membership, so order under load is that of arrival, and service is
// one message after the other.
func TestOneServer(t *testing.T) {
	s := newStage(t, "", [][]core.Instant{nil, nil, nil}, "node.service=1ms")
	for i := range uint32(5) {
		s.post(core.KindPing, i, 1+core.NodeID(i%2), 0, 0)
	}
	s.end()
	last := core.Instant(0)
	for i, have := range s.puppets[0].told {
		at := instantOf(t, have)
		if i > 0 && at-last != 1e6 {
			t.Errorf("message %d is handled %v after the one before it, want 1 ms", i, at-last)
		}
		last = at
	}
	if len(s.puppets[0].told) != 5 {
		t.Errorf("told %q", s.puppets[0].told)
	}
}

// A stream is opened once, by a round trip, and a restart of either end closes it (spec 50 §2).
func TestRestartClosesStreams(t *testing.T) {
	for _, restarted := range []core.NodeID{0, 1} {
		gone := aFault("a", "crash", fmt.Sprintf("at = \"2s\"\ntarget = { id = \"a/worker/%d\" }", restarted))
		s := newStage(t, gone, [][]core.Instant{nil, nil})
		for at, want := range []core.Duration{750_000, 250_000, 0, 750_000} { // with and without the round trip
			s.Run(seconds(float64(at)))
			if at == 2 { // the crash; a new process at once
				s.puppets[restarted] = new(puppet)
				s.revive(restarted)
				s.net.SetHost(restarted, network.HostUp)
				continue
			}
			s.puppets[0].told = nil
			s.post(core.KindJoin, uint32(at), 1, 0, 5e9)
			s.Run(seconds(float64(at) + 0.5))
			if len(s.puppets[0].told) != 1 {
				t.Fatalf("at %d s: told %q", at, s.puppets[0].told)
			}
			if have := instantOf(t, s.puppets[0].told[0]) - seconds(float64(at)); have < core.Instant(want) || have > core.Instant(want)+5000 {
				t.Errorf("restarted %d, request at %d s: it takes %v, want %v and the bytes", restarted, at, have, want)
			}
		}
		s.end()
	}
}

// instantOf is the instant at the start of what a puppet was told.
func instantOf(t *testing.T, text string) core.Instant {
	t.Helper()
	at, _, _ := strings.Cut(text, " ")
	d, err := time.ParseDuration(at)
	if err != nil {
		t.Fatal(err)
	}
	return core.Instant(d)
}
