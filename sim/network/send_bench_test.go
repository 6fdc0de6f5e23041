package network

import (
	"strconv"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
)

// BenchmarkSend sends from and to nodes all over, so that caches are as cold as in a run.
func BenchmarkSend(b *testing.B) {
	five := must(rng.HalfNormal(0.05))
	jitter := Link{Jitter: five, JitterRelative: true, MTU: 1400}
	for _, c := range []struct {
		name  string
		nodes int
		link  Link
		mod   func(*Config)
		fault func(*Network)
	}{
		{"bare/1k", 1000, Link{}, nil, nil},
		{"jitter/1k", 1000, jitter, nil, nil},
		{"jitter/100k", 100_000, jitter, nil, nil},
		{"jitter+1Gbit/1k", 1000, jitter, gigabit, nil},
		{"jitter+bernoulli/1k", 1000, with(jitter, Link{Loss: Loss{Model: LossBernoulli, P: 0.01}}), gigabit, nil},
		{"jitter+gilbert/1k", 1000, with(jitter, Link{Loss: Loss{Model: LossGilbertElliott, PGB: 0.01, PBG: 0.3, LossBad: 0.5}}), gigabit, nil},
		{"jitter+cut/1k", 1000, jitter, gigabit, func(n *Network) {
			n.SetCut(must(n.AddCut(Cut{A: pick(1000, 0, 100), B: pick(1000, 100, 1000)})), true)
		}},
		{"jitter+overlay/1k", 1000, jitter, gigabit, func(n *Network) {
			n.SetOverlay(must(n.AddOverlay(Overlay{Loss: 0.02, Factor: 2})), true, 0)
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			cfg := uniformSites(c.nodes, 10, 250e3, 50e6)
			cfg.Intra, cfg.Inter = c.link, c.link
			if c.mod != nil {
				c.mod(&cfg)
			}
			n := must(New(cfg, 1))
			if c.fault != nil {
				c.fault(n)
			}
			b.ReportAllocs()
			var f Fate
			from, to := core.NodeID(0), core.NodeID(1)
			count := core.NodeID(c.nodes)
			i := core.Instant(0)
			for b.Loop() {
				i += 1000
				n.Send(i, from, to, 120, core.KindPing, uint32(i), &f)
				from = (from + 7919) % count
				to = (to + 104729) % count
			}
		})
	}
}

// BenchmarkStreamSend is a message on an open stream.
func BenchmarkStreamSend(b *testing.B) {
	cfg := uniformSites(1000, 10, 250e3, 50e6)
	n := must(New(cfg, 1))
	b.ReportAllocs()
	var st StreamTry
	var f StreamFate
	now := core.Instant(0)
	for b.Loop() {
		now += 1000
		st = StreamTry{}
		for n.StreamSend(now, 1, 2, 500, core.KindJoin, core.Never, &st, &f); f.Outcome == StreamRetries; {
			now = f.At
			n.StreamSend(now, 1, 2, 500, core.KindJoin, core.Never, &st, &f)
		}
	}
}

// BenchmarkLine is a line of requests of which none gets anywhere before its time is up; per request, whatever the line's length.
func BenchmarkLine(b *testing.B) {
	for _, count := range []int{1, 10, 100, 1000, 10_000} {
		b.Run(strconv.Itoa(count), func(b *testing.B) {
			l := newLine(b, count)
			b.ReportAllocs()
			for b.Loop() {
				l.cutOff()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/request")
		})
	}
}

func gigabit(c *Config) {
	c.Egress = make([]Egress, len(c.Site))
	for i := range c.Egress {
		c.Egress[i] = Egress{BitsPerSec: 1e9, QueueBytes: 1 << 20}
	}
}
