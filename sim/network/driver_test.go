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

// driver is the least that a simulation does for streams: it asks again when told to, in the order of
// (time, order of scheduling).
type driver struct {
	n        *Network
	requests []request
	queue    []pending
	seq      int
	between  func(now core.Instant) // called before each event
}

type request struct {
	from, to       core.NodeID
	sent, deadline core.Instant
	st             StreamTry
	fate           StreamFate
	crash          bool // an end was reset between sending and the end
}

type pending struct {
	at      core.Instant
	seq     int
	request int
}

func (d *driver) send(at core.Instant, from, to core.NodeID, deadline core.Instant) {
	d.requests = append(d.requests, request{from: from, to: to, sent: at, deadline: deadline})
	d.push(at, len(d.requests)-1)
}

func (d *driver) push(at core.Instant, r int) {
	d.seq++
	p := pending{at, d.seq, r}
	i, _ := slices.BinarySearchFunc(d.queue, p, func(a, b pending) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq))
	})
	d.queue = slices.Insert(d.queue, i, p)
}

func (d *driver) run() {
	for len(d.queue) > 0 {
		p := d.queue[0]
		d.queue = d.queue[1:]
		if d.between != nil {
			d.between(p.at)
		}
		r := &d.requests[p.request]
		d.n.StreamSend(p.at, r.from, r.to, 100, core.KindJoin, r.deadline, &r.st, &r.fate)
		if r.fate.Outcome == StreamRetries {
			if r.fate.At <= p.at || r.fate.At > r.deadline {
				panic("asked to come back in the past or after the deadline")
			}
			d.push(r.fate.At, p.request)
		}
	}
}

// weather runs random requests under loss, cuts and crashes; it depends on the arguments alone.
func weather(seed uint64, loss float64, cuts, crashes bool, sweep int) []request {
	const nodes, count = 5, 300
	c := uniformSites(nodes, 3, 250e3, 50e6)
	c.Inter = Link{Jitter: must(rng.HalfNormal(0.3)), JitterRelative: true, Loss: Loss{Model: LossBernoulli, P: loss}}
	c.Intra = c.Inter
	n := must(New(c, seed))
	n.streams.sweep = sweep
	s := rng.New(seed, "test.weather")
	ids := []int{
		must(n.AddCut(Cut{A: nodeSet(nodes, 0), B: nodeSet(nodes, 1, 2)})),
		must(n.AddCut(Cut{A: nodeSet(nodes, 3), OneWay: true})),
		must(n.AddCut(Cut{A: nodeSet(nodes, 4), B: nodeSet(nodes, 0), Refuse: true})),
	}
	d := driver{n: n}
	for range count {
		at := core.Instant(s.Float64() * 300e9)
		d.send(at, core.NodeID(s.Intn(nodes)), core.NodeID(s.Intn(nodes)), at+core.Instant(s.Float64()*10e9))
	}
	d.between = func(core.Instant) {
		if cuts && s.Bool(0.05) {
			n.SetCut(ids[s.Intn(len(ids))], s.Bool(0.5))
		}
		if crashes && s.Bool(0.02) {
			id := core.NodeID(s.Intn(nodes))
			n.ResetNode(id)
			for i := range d.requests {
				r := &d.requests[i]
				if r.st.started && (r.from == id || r.to == id) {
					r.crash = true
				}
			}
		}
		if sweep == 0 {
			n.streams.sweep = 0 // clean up at every new pair
		}
	}
	d.run()
	return d.requests
}

// TestStreamsUnderAnyWeather: every request ends once and in time, in order, for a reason that exists.
func TestStreamsUnderAnyWeather(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loss := rapid.SampledFrom([]float64{0, 0.1, 0.9}).Draw(t, "loss")
		cuts := rapid.Bool().Draw(t, "cuts")
		crashes := rapid.Bool().Draw(t, "crashes")
		all := weather(rapid.Uint64().Draw(t, "seed"), loss, cuts, crashes, sweepLeast)
		order := slices.Clone(all)
		slices.SortStableFunc(order, func(a, b request) int { return cmp.Compare(a.sent, b.sent) })
		var last [5][5]core.Instant
		for _, r := range order {
			f := r.fate
			switch {
			case f.Outcome == StreamRetries || f.At < r.sent || f.At > r.deadline:
				t.Fatalf("%+v does not end in time", r)
			case f.Outcome == StreamArrives:
				if !crashes && f.At < last[r.from][r.to] {
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
			case f.Reason == trace.ReasonRefused && !cuts, f.Reason == trace.ReasonReset && !r.crash:
				t.Fatalf("%+v: nobody refused or crashed", r)
			}
		}
	})
}

// TestCleanUpChangesNoFate compares a table that forgets as much as it may with one that never does.
func TestCleanUpChangesNoFate(t *testing.T) {
	for seed := range uint64(20) {
		never, always := weather(seed, 0.2, true, true, 1<<30), weather(seed, 0.2, true, true, 0)
		for i := range never {
			if never[i].fate != always[i].fate {
				t.Fatalf("seed %d: %+v, with clean-up %+v", seed, never[i], always[i])
			}
		}
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
