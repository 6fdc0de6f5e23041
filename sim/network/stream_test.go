package network

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

const second = core.Instant(1e9)

// arrives checks that a stream message sent at now has the given fate.
func arrives(t *testing.T, what string, f StreamFate, want core.Duration) {
	t.Helper()
	if f.Outcome != StreamArrives || f.At != core.Instant(want) {
		t.Errorf("%s: %+v, want arrival at %v", what, f, want)
	}
}

func fails(t *testing.T, what string, f StreamFate, want core.Duration, why trace.Reason) {
	t.Helper()
	if f.Outcome != StreamFails || f.At != core.Instant(want) || f.Reason != why {
		t.Errorf("%s: %+v, want failure at %v by %v", what, f, want, why)
	}
}

// pair is two nodes 50 ms apart, and a cut between them that is off.
func pair(t *testing.T, refuse bool) (n *Network, cut int) {
	t.Helper()
	n = must(New(uniformSites(2, 2, 250e3, 50e6), 1))
	return n, must(n.AddCut(Cut{A: nodeSet(2, 0), B: nodeSet(2, 1), Refuse: refuse}))
}

func TestStreamOpensInOneRoundTrip(t *testing.T) {
	n, _ := pair(t, false)
	arrives(t, "first", finish(n, 0, 0, 1, 10, core.Never), 150*ms)
	arrives(t, "second", finish(n, 200e6, 0, 1, 10, core.Never), 250*ms)
	arrives(t, "answer on the same stream", finish(n, 300e6, 1, 0, 10, core.Never), 350*ms)
	idle := 60 * time.Second
	arrives(t, "after 60 s: still open", finish(n, core.Instant(350*ms+idle), 0, 1, 10, core.Never), 400*ms+idle)
	arrives(t, "after more: opens again", finish(n, core.Instant(400*ms+2*idle+1), 0, 1, 10, core.Never), 550*ms+2*idle+1)
}

func TestAnswerDoesNotUseAStreamNotYetOpen(t *testing.T) {
	n, _ := pair(t, false)
	arrives(t, "first", finish(n, 0, 0, 1, 10, core.Never), 150*ms)
	// The peer knows nothing of the stream before the first arrival at 150 ms.
	arrives(t, "crossing", finish(n, 120e6, 1, 0, 10, core.Never), 270*ms)
}

func TestStreamRetransmission(t *testing.T) {
	n, cut := pair(t, false)
	finish(n, 0, 0, 1, 10, core.Never)
	var st StreamTry
	var f StreamFate
	start := second
	now := start
	n.SetCut(cut, true)
	// 200 ms doubling to 60 s: 0.2 0.4 0.8 1.6 3.2 6.4 12.8 25.6 51.2 60 60 …
	wait := 200 * ms
	for range 12 {
		n.StreamSend(now, 0, 1, 10, core.KindJoin, core.Never, &st, &f)
		if f.Outcome != StreamRetries || f.At.Sub(now) != wait {
			t.Fatalf("at %v: %+v, want a retry after %v", now, f, wait)
		}
		now = f.At
		wait = min(2*wait, 60*time.Second)
	}
	n.SetCut(cut, false)
	n.StreamSend(now, 0, 1, 10, core.KindJoin, core.Never, &st, &f)
	arrives(t, "after healing, on the open stream", f, core.Duration(now)+50*ms)
	if want := start.Add(102200*ms + 3*60*time.Second); now != want {
		t.Errorf("tried last at %v, want %v", now, want)
	}
}

func TestStreamTimeoutClosesIt(t *testing.T) {
	n, cut := pair(t, false)
	finish(n, 0, 0, 1, 10, core.Never)
	n.SetCut(cut, true)
	fails(t, "cut", finish(n, second, 0, 1, 10, 6*second), 6*time.Second, trace.ReasonTimeout)
	n.SetCut(cut, false)
	arrives(t, "next opens a new one without the old backoff", finish(n, 6*second, 0, 1, 10, core.Never), 6150*ms)

	fails(t, "handshake too long", finish(n, 200*second, 0, 1, 10, 200*second+120e6), 200120*ms, trace.ReasonTimeout)
	fails(t, "1 ns too late", finish(n, 300*second, 0, 1, 10, 300*second+150e6-1), 300150*ms-1, trace.ReasonTimeout)
	arrives(t, "just in time", finish(n, 400*second, 0, 1, 10, 400*second+150e6), 400150*ms)
}

func TestOneWayCutAndStreams(t *testing.T) {
	n := must(New(uniformSites(2, 2, 250e3, 50e6), 1))
	back := must(n.AddCut(Cut{A: nodeSet(2, 1), B: nodeSet(2, 0), OneWay: true}))
	finish(n, 0, 0, 1, 10, core.Never)
	n.SetCut(back, true)
	arrives(t, "data needs the way there only", finish(n, second, 0, 1, 10, 3*second), 1050*ms)
	n.ResetNode(1)
	fails(t, "opening needs both", finish(n, second, 0, 1, 10, 3*second), 3*time.Second, trace.ReasonTimeout)
}

func TestRefusedAfterOneRoundTrip(t *testing.T) {
	n, cut := pair(t, true)
	n.SetCut(cut, true)
	fails(t, "opening", finish(n, 0, 0, 1, 10, core.Never), 100*ms, trace.ReasonRefused)
	n.SetCut(cut, false)
	finish(n, second, 0, 1, 10, core.Never)
	n.SetCut(cut, true)
	fails(t, "open stream", finish(n, 2*second, 0, 1, 10, core.Never), 2100*ms, trace.ReasonRefused)
	fails(t, "time is up before", finish(n, 3*second, 0, 1, 10, 3*second+1), 3*time.Second+1, trace.ReasonTimeout)
	n.SetCut(cut, false)
	arrives(t, "opens again", finish(n, 4*second, 0, 1, 10, core.Never), 4150*ms)
}

func TestResetByCrash(t *testing.T) {
	for _, who := range []core.NodeID{0, 1} {
		n, cut := pair(t, false)
		finish(n, 0, 0, 1, 10, core.Never)
		n.SetCut(cut, true)
		var st StreamTry
		var f StreamFate
		n.StreamSend(second, 0, 1, 10, core.KindJoin, 100*second, &st, &f)
		n.ResetNode(who)
		n.SetCut(cut, false)
		n.StreamSend(f.At, 0, 1, 10, core.KindJoin, 100*second, &st, &f)
		want := 1200 * ms // the sender's own crash: at once
		if who == 1 {
			want += 100 * ms // the new process answers the retransmission
		}
		fails(t, "waiting when an end crashed", f, want, trace.ReasonReset)
		arrives(t, "next opens a new stream", finish(n, 2*second, 0, 1, 10, core.Never), 2150*ms)
	}
}

func TestHostDown(t *testing.T) {
	n, _ := pair(t, false)
	n.SetHost(1, HostSilent)
	fails(t, "silent", finish(n, 0, 0, 1, 10, second), time.Second, trace.ReasonTimeout)
	n.SetHost(1, HostRefuses)
	fails(t, "refusing", finish(n, second, 0, 1, 10, core.Never), 1100*ms, trace.ReasonRefused)
	n.SetHost(1, HostUp)
	arrives(t, "up", finish(n, 2*second, 0, 1, 10, core.Never), 2150*ms)
}

func TestThoseBehindTheFirstWait(t *testing.T) {
	n, cut := pair(t, false)
	finish(n, 0, 0, 1, 10, core.Never)
	st := [4]StreamTry{{Handle: 10}, {Handle: 11}, {Handle: 12}, {Handle: 13}}
	var f [4]StreamFate
	ask := func(i int, now, deadline core.Instant) {
		n.StreamSend(now, 0, 1, 10, core.KindJoin, deadline, &st[i], &f[i])
	}
	n.SetCut(cut, true)
	ask(0, second, core.Never)
	n.SetCut(cut, false)
	ask(1, second+50e6, second+180e6)
	ask(2, second+100e6, core.Never)
	for i, want := range []StreamFate{
		{Outcome: StreamRetries, At: second + 200e6}, {Outcome: StreamWaits, At: second + 180e6}, {Outcome: StreamWaits, At: core.Never},
	} {
		if f[i] != want {
			t.Fatalf("message %d: %+v, want %+v", i, f[i], want)
		}
	}
	ask(1, second+180e6, second+180e6)
	fails(t, "time is up while waiting", f[1], 1180*ms, trace.ReasonTimeout)
	if f[1].Turn {
		t.Errorf("it was not its turn, and yet: %+v", f[1])
	}
	ask(3, second+200e6, core.Never) // at the same instant, before the first is asked
	if f[3].Outcome != StreamWaits {
		t.Errorf("a newcomer overtakes one that waits: %+v", f[3])
	}
	ask(0, second+200e6, core.Never)
	arrives(t, "first", f[0], 1250*ms)
	turn(t, "behind it", f[0], 12, second+200e6)
	ask(2, second+200e6, core.Never)
	arrives(t, "behind it", f[2], 1250*ms)
	turn(t, "the newcomer, which leaves before it can be asked", f[2], 13, second+200e6+1)
	ask(3, f[2].NextAt, core.Never)
	arrives(t, "newcomer", f[3], 1250*ms+1)
	if f[3].Turn {
		t.Errorf("nobody is left, and yet: %+v", f[3])
	}
}

// turn checks whose turn it is after a fate.
func turn(t *testing.T, what string, f StreamFate, handle uint32, at core.Instant) {
	t.Helper()
	if !f.Turn || f.Next != handle || f.NextAt != at {
		t.Errorf("%s: %+v, want the turn of %d at %v", what, f, handle, at)
	}
}

func TestStreamOrderUnderJitter(t *testing.T) {
	c := oneLink(Link{Jitter: must(rng.Lognormal(rng.MedianSigma{Median: 0.02, Sigma: 1})), Loss: Loss{Model: LossBernoulli, P: 0.1}}, Egress{})
	n := must(New(c, 1))
	d := driver{n: n}
	for i := range core.Instant(5000) {
		d.send(i*2e6, 0, 1, core.Never)
	}
	d.run()
	held, last := 0, core.Instant(0)
	for i, r := range d.requests {
		if r.fate.Outcome != StreamArrives || r.fate.At < last {
			t.Fatalf("message %d: %+v after an arrival at %v", i, r.fate, last)
		}
		if r.fate.At == last {
			held++
		}
		last = r.fate.At
	}
	if held < 100 {
		t.Errorf("only %d of 5000 waited for the one before", held)
	}
}

func TestStreamBandwidthButNoMTU(t *testing.T) {
	n := must(New(oneLink(Link{MTU: 1400}, Egress{BitsPerSec: 1e6, QueueBytes: 2000}), 1))
	arrives(t, "12.5 kB at 1 Mbit/s", finish(n, 0, 0, 1, 12_500, core.Never), 250*ms)
	arrives(t, "behind it", finish(n, 100e6, 0, 1, 12_500, core.Never), 350*ms)
	if f := send(n, 100e6, 0, 1, 125); f.Reason != trace.ReasonQueue {
		t.Errorf("a datagram behind 25 kB: %+v, want the queue full", f)
	}
}

// TestLossOnlyDelays: a lost attempt costs exactly its timeout.
func TestLossOnlyDelays(t *testing.T) {
	const count, p = 50_000, 0.2
	n := must(New(oneLink(Link{Loss: Loss{Model: LossBernoulli, P: p}}, Egress{}), 1))
	finish(n, 0, 0, 1, 10, core.Never)
	var losses [4]int
	for i := range core.Instant(count) {
		now := (i + 1) * 50 * second // retries are done by then, and the stream is still open
		f := finish(n, now, 0, 1, 10, core.Never)
		for k := range losses {
			if f.At.Sub(now) == 50*ms+200*ms*(1<<k-1) {
				losses[k]++
			}
		}
	}
	for k, c := range losses {
		want := (1 - p)
		for range k {
			want *= p
		}
		within(t, "attempts lost", c, count, want, 1)
	}
}

// After an outage a line that is always full of requests whose time is nearly up moves again within two round trips: each would
// otherwise end the opening that it began, a round trip before the next one could use it.
func TestAFullLineMovesAfterAnOutage(t *testing.T) {
	for _, lasting := range []core.Instant{500e6, 505e6, 2003e6} {
		n, cut := pair(t, false)
		n.SetCut(cut, true)
		healed := 10 * second
		d := driver{n: n, between: func(now core.Instant) { n.SetCut(cut, now < healed) }}
		for at := core.Instant(0); at < 20*second; at += 10e6 {
			d.send(at, 0, 1, at+lasting)
		}
		d.run()
		first, arrived := core.Never, 0
		for _, r := range d.requests {
			if r.fate.Outcome == StreamArrives {
				first, arrived = min(first, r.fate.At), arrived+1
			}
		}
		if first > healed+core.Instant(300*ms) {
			t.Errorf("requests of %v: the first arrives at %v, healed at %v", core.Duration(lasting), first, healed)
		}
		if arrived < 990 {
			t.Errorf("requests of %v: %d of 1,000 arrive after the outage", core.Duration(lasting), arrived)
		}
	}
}

// What a host sends while it serves leaves when the service ends: a request may be first in the line and not have left yet. It is
// tried when it has, and those behind it wait for that.
func TestNobodyIsTriedBeforeItHasLeft(t *testing.T) {
	const ms = core.Instant(1e6)
	n := must(New(uniformSites(2, 2, 0, 0), 1))
	a, b, c := StreamTry{Handle: 1}, StreamTry{Handle: 2}, StreamTry{Handle: 3}
	var out StreamFate
	send := func(now core.Instant, st *StreamTry) StreamFate {
		n.StreamSend(now, 0, 1, 100, core.KindSyncDigest, core.Never, st, &out)
		return out
	}
	ready := send(0, &a).At // the stream opens
	leaves := ready + 100*ms
	send(leaves, &b)
	if f := send(1, &c); f.Outcome != StreamWaits || f.At != core.Never {
		t.Fatalf("behind one that opens the stream: %+v, want it to wait", f)
	}
	first := send(ready, &a)
	arrives(t, "the first", first, core.Duration(ready)+1)
	turn(t, "the second", first, 2, leaves+1)
	second := send(leaves+1, &b)
	arrives(t, "the second", second, core.Duration(leaves)+2)
	turn(t, "the third", second, 3, leaves+1)
	arrives(t, "the third", send(leaves+1, &c), core.Duration(leaves)+2)
}

// Whoever an end's restart finds in a line finds it out when the first is tried again, one after the other; those who come
// meanwhile are a line of their own.
func TestAResetIsFoundOutInTurn(t *testing.T) {
	n, cut := pair(t, false)
	finish(n, 0, 0, 1, 10, core.Never)
	st := [4]StreamTry{{Handle: 10}, {Handle: 11}, {Handle: 12}, {Handle: 13}}
	var f [4]StreamFate
	ask := func(i int, now core.Instant) { n.StreamSend(now, 0, 1, 10, core.KindJoin, core.Never, &st[i], &f[i]) }
	n.SetCut(cut, true)
	for i := range 3 {
		ask(i, second)
	}
	n.SetCut(cut, false)
	n.ResetNode(1)
	ask(3, second+100e6)
	if f[3].Outcome != StreamRetries || f[3].At != second+200e6 {
		t.Fatalf("after the reset: %+v, want it to open a stream", f[3])
	}
	for i := range 3 {
		ask(i, second+200e6)
		fails(t, "before the reset", f[i], 1300*ms, trace.ReasonReset)
		if i < 2 {
			turn(t, "behind it", f[i], st[i+1].Handle, second+200e6)
		}
	}
	ask(3, second+200e6)
	arrives(t, "after the reset", f[3], 1250*ms)
	if f[2].Turn || f[3].Turn || n.streams.free == nil {
		t.Errorf("nobody is left, and yet: %+v %+v; free %v", f[2], f[3], n.streams.free)
	}
}

// Neither waiting nor giving way needs memory of its own once a line has been as long.
func TestWaitingAllocatesNothing(t *testing.T) {
	l := newLine(t, 1000)
	before := l.asked
	if have := testing.AllocsPerRun(20, l.cutOff); have != 0 {
		t.Errorf("%v allocations in an outage of a line of %d", have, len(l.st))
	}
	if asked := (l.asked - before) / 21; asked > 2*1000+10 { // each when it is sent and when its time is up; the first after 0.2, 0.6, 1.4 s
		t.Errorf("asked %d times", asked)
	}
}

// line is a pair of nodes of which one keeps so many requests under way, each of 2 s.
type line struct {
	n     *Network
	cut   int
	now   core.Instant
	st    []StreamTry
	asked int
}

func newLine(t testing.TB, count int) *line {
	t.Helper()
	n := must(New(uniformSites(2, 2, 250e3, 50e6), 1))
	l := &line{n: n, cut: must(n.AddCut(Cut{A: nodeSet(2, 0), B: nodeSet(2, 1)})), st: make([]StreamTry, count)}
	l.cutOff()
	return l
}

// cutOff sends all requests at once while the pair is cut off: the first is tried and the others wait until their time is up.
func (l *line) cutOff() {
	l.n.SetCut(l.cut, true)
	until := l.now + 2*second
	first := l.ask(l.now, 0, until)
	for i := range l.st[1:] {
		l.ask(l.now, i+1, until)
	}
	for first.At < until {
		first = l.ask(first.At, 0, until)
	}
	for i := range l.st {
		l.ask(until, i, until)
		l.st[i] = StreamTry{Handle: uint32(i)}
	}
	l.now = until
	l.n.SetCut(l.cut, false)
}

func (l *line) ask(now core.Instant, i int, deadline core.Instant) (f StreamFate) {
	l.asked++
	l.n.StreamSend(now, 0, 1, 100, core.KindJoin, deadline, &l.st[i], &f)
	return f
}

// A cut of a class is one of the receiver, which does not take in what it is sent: what is behind it on the stream arrives. One of
// types of messages, or of all, stops the stream, and so does one that refuses.
func TestACutOfAClassHoldsNobodyUp(t *testing.T) {
	data, control := core.KindWorkflowProgress, core.KindJobStateSync
	if data.Class() != core.ClassData || control.Class() != core.ClassControl {
		t.Fatal("of other classes")
	}
	for _, c := range []struct {
		name string
		cut  Cut
		lost StreamFate // of the DATA
		then core.Instant
	}{
		{"class", Cut{Classes: []core.Class{core.ClassData}}, StreamFate{At: 3 * second, Outcome: StreamFails, Reason: trace.ReasonPartition}, second + 50e6 + 1},
		{"class and kind", Cut{Classes: []core.Class{core.ClassData}, Kinds: []core.Kind{data}}, StreamFate{At: second + 200e6, Outcome: StreamRetries}, 0},
		{"class, refused", Cut{Classes: []core.Class{core.ClassData}, Refuse: true}, StreamFate{At: second + 100e6, Outcome: StreamFails, Reason: trace.ReasonRefused}, second + 150e6 + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, _ := pair(t, false)
			c.cut.A, c.cut.B = nodeSet(2, 0), nodeSet(2, 1)
			id := must(n.AddCut(c.cut))
			finish(n, 0, 0, 1, 10, core.Never)
			n.SetCut(id, true)
			var a, b StreamTry
			var f StreamFate
			n.StreamSend(second, 0, 1, 10, data, 3*second, &a, &f)
			if f != c.lost {
				t.Errorf("DATA: %+v, want %+v", f, c.lost)
			}
			now := second + 1
			for n.StreamSend(now, 0, 1, 10, control, core.Never, &b, &f); f.Outcome == StreamRetries; n.StreamSend(now, 0, 1, 10, control, core.Never, &b, &f) {
				now = f.At
			}
			if c.then > 0 {
				if f.Outcome != StreamArrives || f.At != c.then {
					t.Errorf("CONTROL behind it: %+v, want arrival at %v", f, c.then)
				}
			} else if f.Outcome != StreamWaits {
				t.Errorf("CONTROL behind it: %+v, want it to wait", f)
			}
		})
	}
}

// A stream opens while a class is cut.
func TestAStreamOpensUnderACutOfItsClass(t *testing.T) {
	n, _ := pair(t, false)
	n.SetCut(must(n.AddCut(Cut{A: nodeSet(2, 0), OneWay: true, Classes: []core.Class{core.ClassControl}})), true)
	fails(t, "CONTROL", finish(n, 0, 0, 1, 10, 5*second), 5*time.Second, trace.ReasonPartition)
	arrives(t, "the answer on that stream", finish(n, second, 1, 0, 10, core.Never), 1050*ms)
}
