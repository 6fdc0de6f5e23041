package network

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

// driver is the least that a simulation does for streams: it asks again when told to, at one instant in the order in which
// requests were first sent.
type driver struct {
	n        *Network
	requests []request
	queue    []pending
	joined   int
	asked    int
	between  func(now core.Instant) // called before each event

	// polls makes it the naive one: it is told of nobody's turn, and whenever a request is asked it asks all behind it.
	polls bool
}

type request struct {
	from, to       core.NodeID
	sent, deadline core.Instant
	st             StreamTry
	fate           StreamFate
	order          int          // of those that were first sent, from 1 on
	due            core.Instant // when it is asked next; what else stands in the queue is stale
	crash          bool         // an end was reset between sending and the end
}

type pending struct {
	at      core.Instant
	order   int
	request int
}

func (d *driver) send(at core.Instant, from, to core.NodeID, deadline core.Instant) {
	d.requests = append(d.requests, request{from: from, to: to, sent: at, deadline: deadline})
	d.push(at, len(d.requests)-1)
}

func (d *driver) push(at core.Instant, request int) {
	r := &d.requests[request]
	if at == core.Never || r.due == at && r.order > 0 {
		r.due = at
		return
	}
	r.due = at
	p := pending{at, r.order, request}
	i, _ := slices.BinarySearchFunc(d.queue, p, func(a, b pending) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order), cmp.Compare(a.request, b.request))
	})
	d.queue = slices.Insert(d.queue, i, p)
}

func (d *driver) run() {
	for len(d.queue) > 0 {
		p := d.queue[0]
		d.queue = d.queue[1:]
		r := &d.requests[p.request]
		if r.due != p.at || r.order != p.order {
			continue
		}
		if d.between != nil {
			d.between(p.at)
		}
		if r.order == 0 {
			d.joined++
			r.order, r.st.Handle = d.joined, uint32(p.request)
		}
		r.due = core.Never
		d.asked++
		d.n.StreamSend(p.at, r.from, r.to, 100, core.KindJoin, r.deadline, &r.st, &r.fate)
		if f := &r.fate; f.Outcome == StreamRetries || f.Outcome == StreamWaits {
			if f.At <= p.at || f.At > r.deadline {
				panic("asked to come back in the past or after the deadline")
			}
			d.push(f.At, p.request)
		}
		switch {
		case d.polls:
			d.poll(p.at, r)
		case r.fate.Turn:
			next := &d.requests[r.fate.Next]
			if next.from != r.from || next.to != r.to || next.order <= r.order || next.fate.Outcome != StreamWaits {
				panic("somebody else's turn")
			}
			d.push(min(r.fate.NextAt, next.deadline), int(r.fate.Next))
		}
	}
}

// poll asks those that wait behind r, if r was the first.
func (d *driver) poll(now core.Instant, r *request) {
	behind := []int{}
	for i := range d.requests {
		q := &d.requests[i]
		if q.order == 0 || q.from != r.from || q.to != r.to || q.st.epochFrom != r.st.epochFrom || q.st.epoch != r.st.epoch {
			continue
		}
		ended := q.fate.Outcome == StreamArrives || q.fate.Outcome == StreamFails
		switch {
		case q.order < r.order && !ended && !q.st.out:
			return
		case q.order > r.order && q.fate.Outcome == StreamWaits:
			behind = append(behind, i)
		}
	}
	for _, i := range behind {
		q := &d.requests[i]
		d.push(min(max(now, q.sent+1), q.deadline), i)
	}
}

// weather is what requests meet.
type weather struct {
	seed          uint64
	span          float64 // s in which they are sent
	crowd         int     // of the nodes so many send and are sent to
	loss          float64
	cuts, crashes bool
	sweep         int  // of the table of pairs; 0: at every new pair
	polls         bool // by the naive driver
}

// change is something that happens to a network at an instant.
type change struct {
	at core.Instant
	do func()
}

// run runs random requests; it depends on the weather alone.
func (v weather) run() *driver {
	const nodes, count = 5, 300
	c := uniformSites(nodes, 3, 250e3, 50e6)
	c.Inter = Link{Jitter: must(rng.HalfNormal(0.3)), JitterRelative: true, Loss: Loss{Model: LossBernoulli, P: v.loss}}
	c.Intra = c.Inter
	n := must(New(c, v.seed))
	n.streams.sweep = v.sweep
	s := rng.New(v.seed, "test.weather")
	ids := []int{
		must(n.AddCut(Cut{A: nodeSet(nodes, 0), B: nodeSet(nodes, 1, 2)})),
		must(n.AddCut(Cut{A: nodeSet(nodes, 3), OneWay: true})),
		must(n.AddCut(Cut{A: nodeSet(nodes, 4), B: nodeSet(nodes, 0), Refuse: true})),
	}
	d := &driver{n: n, polls: v.polls}
	when := func() core.Instant { return core.Instant(s.Float64() * v.span * 1e9) }
	for range count {
		at := when()
		d.send(at, core.NodeID(s.Intn(v.crowd)), core.NodeID(s.Intn(v.crowd)), at+core.Instant(s.Float64()*10e9))
	}
	var changes []change
	for range 40 {
		id, on := ids[s.Intn(len(ids))], s.Bool(0.5)
		changes = append(changes, change{when(), func() { n.SetCut(id, on && v.cuts) }})
	}
	for range 15 {
		id := core.NodeID(s.Intn(nodes))
		changes = append(changes, change{when(), func() {
			if v.crashes {
				d.crash(id)
			}
		}})
	}
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	d.between = func(now core.Instant) {
		for len(changes) > 0 && changes[0].at <= now {
			changes[0].do()
			changes = changes[1:]
		}
		if v.sweep == 0 {
			n.streams.sweep = 0
		}
	}
	d.run()
	return d
}

func (d *driver) crash(id core.NodeID) {
	d.n.ResetNode(id)
	for i := range d.requests {
		r := &d.requests[i]
		if r.st.started && (r.from == id || r.to == id) {
			r.crash = true
		}
	}
}

// draw draws a weather with a table that is cleaned up now and then.
func draw(t *rapid.T) weather {
	return weather{
		seed: rapid.Uint64().Draw(t, "seed"), span: rapid.SampledFrom([]float64{2, 20, 300}).Draw(t, "span"),
		crowd: rapid.SampledFrom([]int{2, 5}).Draw(t, "crowd"),
		loss:  rapid.SampledFrom([]float64{0, 0.1, 0.9}).Draw(t, "loss"),
		cuts:  rapid.Bool().Draw(t, "cuts"), crashes: rapid.Bool().Draw(t, "crashes"), sweep: sweepLeast,
	}
}

// TestStreamsUnderAnyWeather: every request ends once and in time, in order, for a reason that exists.
func TestStreamsUnderAnyWeather(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := draw(t)
		all := v.run().requests
		order := slices.Clone(all)
		slices.SortStableFunc(order, func(a, b request) int { return cmp.Compare(a.sent, b.sent) })
		var last [5][5]core.Instant
		for _, r := range order {
			f := r.fate
			switch {
			case f.Outcome == StreamRetries || f.Outcome == StreamWaits || f.At < r.sent || f.At > r.deadline:
				t.Fatalf("%+v does not end in time", r)
			case f.Outcome == StreamArrives:
				if !v.crashes && f.At < last[r.from][r.to] {
					t.Fatalf("%+v overtakes an arrival at %v", r, last[r.from][r.to])
				}
				if f.At < r.sent.Add(f.Min) || f.Min < 1 {
					t.Fatalf("%+v beats its least delay", r)
				}
				last[r.from][r.to] = f.At
			case f.Reason == trace.ReasonTimeout:
				if f.At != r.deadline {
					t.Fatalf("%+v times out early", r)
				}
			case f.Reason == trace.ReasonRefused && !v.cuts, f.Reason == trace.ReasonReset && !r.crash:
				t.Fatalf("%+v: nobody refused or crashed", r)
			}
		}
	})
}

// TestCleanUpChangesNoFate compares a table that forgets as much as it may with one that never does.
func TestCleanUpChangesNoFate(t *testing.T) {
	for seed := range uint64(20) {
		v := weather{seed: seed, span: 300, crowd: 5, loss: 0.2, cuts: true, crashes: true, sweep: 1 << 30}
		never := v.run()
		v.sweep = 0
		sameFates(t, never, v.run())
	}
}

// fatal is a test of any kind.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

func sameFates(t fatal, a, b *driver) {
	t.Helper()
	for i := range a.requests {
		have, want := a.requests[i].fate, b.requests[i].fate
		have.Turn, have.Next, have.NextAt = want.Turn, want.Next, want.NextAt // whoever follows may have given up before
		if have != want {
			t.Fatalf("seed %d: request %d: %+v, and %+v", a.n.seed, i, have, want)
		}
	}
}

// Who waits for its turn fares as if it had asked whenever the first of its line did.
func TestWaitingIsAsGoodAsAsking(t *testing.T) {
	asked, polled, former := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		v := draw(t)
		v.sweep = rapid.SampledFrom([]int{0, sweepLeast}).Draw(t, "sweep")
		wakes := v.run()
		v.polls = true
		polls := v.run()
		sameFates(t, wakes, polls)
		asked, polled, former = asked+wakes.asked, polled+polls.asked, former+len(wakes.n.streams.slab)-len(wakes.n.streams.index)
		for _, h := range wakes.n.streams.slab {
			if h.waiting != 0 || len(h.line) != 0 || h.former {
				t.Fatalf("all have ended, and a line still holds %d of %d", h.waiting, len(h.line))
			}
		}
	})
	t.Logf("asked %d times, polled %d times; %d lines outlived their pair", asked, polled, former)
	if polled < asked*5/4 {
		t.Errorf("asked %d times, polled %d times: the lines are too short to tell", asked, polled)
	}
}

func TestStreamTableIsBounded(t *testing.T) {
	const nodes = 2000
	n := must(New(uniformSites(nodes, 10, 250e3, 50e6), 1))
	for i := range core.Instant(20_000) { // one new pair per second, idle after a minute
		now := i * second
		finish(n, now, core.NodeID(i%nodes), core.NodeID((i/nodes+1+i)%nodes), 10, core.Never)
	}
	if have := len(n.streams.slab); have > 2*sweepLeast {
		t.Errorf("room for %d pairs, about 60 are in use at a time", have)
	}
}
