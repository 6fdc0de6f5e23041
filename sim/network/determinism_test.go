package network

import (
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
)

// everything is a link with all models on.
func everything() Link {
	return Link{
		Jitter: must(rng.Gamma(rng.ShapeScale{Shape: 2, Scale: 0.001})), Duplicate: 0.1, Corrupt: 0.1,
		Loss:    Loss{Model: LossGilbertElliott, PGB: 0.1, PBG: 0.3, LossGood: 0.01, LossBad: 0.8},
		Reorder: Reorder{P: 0.1, Extra: must(rng.Exponential(0.01))},
		Drifts:  []Drift{{Kind: DriftWalk, Amount: 0.001, Length: 1e7}, {Kind: DriftSine, Amount: 0.1, Relative: true, Length: 1e9}},
	}
}

// busyWorld has 8 nodes at 4 sites, of which extra more nodes at a fifth are no part, and everything on.
func busyWorld(extra int, seed uint64) *Network {
	c := uniformSites(8, 4, 250e3, 50e6)
	if extra > 0 {
		wide := uniformSites(0, 5, 250e3, 50e6)
		c.Sites, c.Base = 5, wide.Base
		for range extra {
			c.Site = append(c.Site, 4)
		}
	}
	c.Intra, c.Inter = everything(), everything()
	gigabit(&c)
	n := must(New(c, seed))
	nodes := 8 + extra
	n.SetOverlay(must(n.AddOverlay(Overlay{ID: 1, From: pick(nodes, 0, 4), To: pick(nodes, 4, 8), Loss: 0.2, Duplicate: 0.1, Factor: 1.5})), true, 0)
	n.SetCut(must(n.AddCut(Cut{A: pick(nodes, 0, 1), B: pick(nodes, 5, 6), OneWay: true})), true)
	return n
}

// fates sends count datagrams and stream messages of node 0; noise is called between them.
func fates(n *Network, count int, withStreams bool, noise func(i int, now core.Instant)) (out []Fate, streams []StreamFate) {
	for i := range count {
		now := core.Instant(i) * 1e6
		to := core.NodeID(1 + i%7)
		out = append(out, send(n, now, 0, to, 100+i%200))
		if withStreams && i%10 == 0 {
			var st StreamTry
			var f StreamFate
			n.StreamSend(now, 0, to, 300, core.KindJoin, core.Never, &st, &f)
			streams = append(streams, f)
		}
		if noise != nil {
			noise(i, now)
		}
	}
	return out, streams
}

func compare(t *testing.T, what string, a, b []Fate, sa, sb []StreamFate) {
	t.Helper()
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("%s: datagram %d: %+v and %+v", what, i, a[i], b[i])
		}
	}
	for i := range sa {
		if sa[i] != sb[i] {
			t.Fatalf("%s: stream message %d: %+v and %+v", what, i, sa[i], sb[i])
		}
	}
}

func TestSameSeedSameFates(t *testing.T) {
	a, sa := fates(busyWorld(0, 7), 3000, true, nil)
	b, sb := fates(busyWorld(0, 7), 3000, true, nil)
	compare(t, "same seed", a, b, sa, sb)
	c, _ := fates(busyWorld(0, 8), 3000, true, nil)
	same := 0
	for i := range a {
		if a[i] == c[i] {
			same++
		}
	}
	if same > 1500 { // equal ones are drops
		t.Errorf("%d of 3000 fates are equal under another seed", same)
	}
}

func TestOtherNodesDisturbNothing(t *testing.T) {
	a, sa := fates(busyWorld(0, 7), 3000, true, nil)
	n := busyWorld(0, 7)
	b, sb := fates(n, 3000, true, func(i int, now core.Instant) {
		from := core.NodeID(1 + i%7)
		send(n, now, from, core.NodeID(i%8), 1000)
		var st StreamTry
		var f StreamFate
		n.StreamSend(now, from, core.NodeID(1+(i+3)%7), 300, core.KindJoin, core.Never, &st, &f)
		n.TrueRTT(from, 0, now)
	})
	compare(t, "other nodes talk", a, b, sa, sb)
}

func TestUnconnectedGroupChangesNothing(t *testing.T) {
	a, sa := fates(busyWorld(0, 7), 3000, true, nil)
	n := busyWorld(70, 7)
	b, sb := fates(n, 3000, true, func(i int, now core.Instant) {
		send(n, now, core.NodeID(8+i%70), core.NodeID(8+(i+1)%70), 500)
	})
	compare(t, "a group more", a, b, sa, sb)
}

// TestFaultsDoNotShiftTheWeather: datagrams sent after a cut and an overlay meet what they would have
// met without them.
func TestFaultsDoNotShiftTheWeather(t *testing.T) {
	plain, _ := fates(busyWorld(0, 7), 3000, false, nil)
	n := busyWorld(0, 7)
	cut := must(n.AddCut(Cut{}))
	over := must(n.AddOverlay(Overlay{ID: 2, Loss: 0.5, Duplicate: 0.5, Corrupt: 0.5, Add: 1e6}))
	faulty, _ := fates(n, 3000, false, func(i int, now core.Instant) {
		n.SetCut(cut, i > 500 && i < 700)
		n.SetOverlay(over, i > 600 && i < 1000, now)
	})
	differ := 0
	for i := range plain {
		if plain[i] != faulty[i] {
			differ++
			if i <= 501 || i > 1000 {
				t.Fatalf("datagram %d: %+v without the faults, %+v with", i, plain[i], faulty[i])
			}
		}
	}
	if differ < 300 {
		t.Errorf("the faults changed only %d fates", differ)
	}
}

func TestStreamsDoNotShiftDatagrams(t *testing.T) {
	c := uniformSites(2, 2, 250e3, 50e6)
	c.Inter = Link{Jitter: must(rng.HalfNormal(0.001)), Loss: Loss{Model: LossBernoulli, P: 0.1}}
	a, b := must(New(c, 1)), must(New(c, 1))
	for i := range core.Instant(1000) {
		finish(b, i*1e9, 0, 1, 100, core.Never)
		if fa, fb := send(a, i*1e9, 0, 1, 100), send(b, i*1e9, 0, 1, 100); fa != fb {
			t.Fatalf("datagram %d: %+v, with streams %+v", i, fa, fb)
		}
	}
}

func TestHotPathDoesNotAllocate(t *testing.T) {
	n := busyWorld(0, 7)
	now := core.Instant(0)
	var f Fate
	var sf StreamFate
	step := func() {
		now += 1e6
		for to := range core.NodeID(8) {
			n.Send(now, 0, to, 100, core.KindPing, uint32(now), &f)
			var st StreamTry
			n.StreamSend(now, 0, to, 100, core.KindJoin, now+2, &st, &sf)
			for sf.Outcome == StreamRetries {
				n.StreamSend(sf.At, 0, to, 100, core.KindJoin, now+2, &st, &sf)
			}
		}
	}
	step() // the first use of a pair makes its state
	if have := testing.AllocsPerRun(100, step); have != 0 {
		t.Errorf("%v allocations per round of 16 messages", have)
	}
}
