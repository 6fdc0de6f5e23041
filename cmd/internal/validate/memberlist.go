package validate

import (
	"fmt"
	"math"
	"slices"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/xmath"
	"hypersim/sim/trace"
)

// The core set up as memberlist 0.7.0 is with its LAN defaults (probe 1 s and 500 ms, 3 proxies, gossip every 200 ms to 3
// members, tables every 30 s, awareness 8, ping over TCP beside the proxies), on links of 0.5 to 1 ms one way. The
// figures of memberlist were measured with the library itself in virtual time, a crash being silence.
//
// What stays different by design: awareness stretches our direct wait too, not only the period; every datagram to a
// suspect tells it, not only its prober's; a refutation rides on the next answer as well as on gossip; streams lose
// and retransmit segments here; the dead do not count in the size of the group. Under loss that makes other news and
// other traffic, which is reported and not judged.
const memberlistText = `
schema = 1
[scenario]
name = "validate"
title = "set up as memberlist"
duration = "60s"
[topology]
unit = "ms"
kind = "rtt"
rows = [[1]]
[[topology.sites]]
name = "a"
[network]
jitter = { dist = "uniform", min = "0s", max = "0.5ms" }
[cluster]
size = 100
[protocol.membership]
topology = "flat"
[protocol.probe]
stream_fallback = true
[protocol.lhm]
max = 7
[protocol.suspicion]
min = "0s"
max = "0s"
beta = 6
scaling = "none"
[protocol.gossip]
max_updates = 100
[protocol.sync]
mode = "full"
[protocol.reconnect]
interval = "0s"
[protocol.vivaldi]
enabled = false
[protocol.health]
enabled = false
[protocol.lag]
enabled = false
[protocol.rate]
burst = 0
[protocol.audit]
max = 0
`

// likeMemberlist is one setting of the comparison, and what memberlist does there.
type likeMemberlist struct {
	n, alpha    int
	loss        float64
	low, high   float64 // first DEAD, s: 95 % interval of the median,
	assumed     bool    // or what is taken for it, ± 0.2 s as those of the others, where it was not kept
	packets     float64 // datagrams per node and s
	runs, quick int
}

var memberlistSettings = []likeMemberlist{
	{32, 4, 0, 7.59, 7.85, false, 2.00, 300, 40},
	{64, 4, 0, 8.80, 9.14, false, 2.00, 300, 40},
	{128, 4, 0, 9.86, 10.20, false, 2.00, 300, 40},
	{256, 4, 0, 11.01, 11.41, true, 2.00, 150, 16},
	{128, 2, 0, 5.65, 6.00, false, 2.00, 300, 40},
	{128, 5, 0, 11.97, 12.39, false, 2.00, 300, 40},
	{128, 4, 0.05, 10.06, 10.46, true, 3.04, 300, 24},
	{128, 4, 0.25, 9.72, 10.12, true, 5.78, 80, 12},
}

func (s *likeMemberlist) id() string {
	id := fmt.Sprintf("n%d-a%d", s.n, s.alpha)
	if s.loss > 0 {
		id += fmt.Sprintf("-loss%.0f", 100*s.loss)
	}
	return id
}

func (s *likeMemberlist) sets(seconds int) []string {
	limit := float64(4 * int(math.Ceil(xmath.Log10(float64(s.n+1))))) // RetransmitMult × ⌈log10(n + 1)⌉
	sets := []string{
		fmt.Sprintf("cluster.size=%d", s.n), fmt.Sprintf("scenario.duration=%ds", seconds),
		fmt.Sprintf("protocol.suspicion.alpha=%d", s.alpha), fmt.Sprintf("protocol.suspicion.k=%d", s.alpha-2),
		fmt.Sprintf("protocol.gossip.lambda=%.4f", (limit+0.01)/xmath.Log(float64(s.n+1))),
	}
	if s.loss > 0 {
		sets = append(sets, lossy(s.loss)...)
	}
	return sets
}

// gone is how one member's silence is noticed.
type gone struct{ first, every, packets float64 }

func (s *likeMemberlist) crash(seed uint64) gone {
	const warm, after = 30, 60
	victim := core.NoNode
	var crashed core.Instant
	out := gone{first: math.Inf(1), every: math.Inf(1)}
	sent, holders := 0, 0
	w := build(memberlistText, seed, func(r *trace.Record) {
		switch {
		case r.Kind == trace.KindSent && !r.Msg.Kind.IsStream() && r.At >= at(10) && r.At < at(warm):
			sent++
		case !moved(r) || r.Fact.Subject != victim || r.Fact.To != core.StateDead || r.Node == victim:
		default:
			if holders == 0 {
				out.first = r.At.Sub(crashed).Seconds()
			}
			if holders++; holders == s.n-1 {
				out.every = r.At.Sub(crashed).Seconds()
			}
		}
	}, s.sets(warm+after)...)
	draw := rng.New(seed, "validate.memberlist", uint64(s.n), uint64(s.alpha), uint64(1000*s.loss))
	w.Run(at(warm + draw.Float64()))
	crashed, victim = w.Now(), core.NodeID(draw.Intn(s.n))
	w.Crash(victim)
	finish(w)
	out.packets = float64(sent) / float64((warm-10)*s.n)
	return out
}

func memberlist() *Experiment {
	e := &Experiment{
		ID: "memberlist", Topic: TopicLibrary, Quick: true, Full: 50, Short: 7,
		Title: "a crash in a group set up as memberlist 0.7.0: alpha is its suspicion multiplier",
	}
	for i := range memberlistSettings {
		s := &memberlistSettings[i]
		what := fmt.Sprintf("n %d, alpha %d", s.n, s.alpha)
		packets := Near(0.001)
		if s.loss > 0 {
			what += fmt.Sprintf(", loss %.0f %%", 100*s.loss)
			packets = Reported // every datagram to a suspect tells it, and every refutation is news
		}
		const source = "memberlist 0.7.0 in virtual time"
		first := source
		if s.assumed {
			first += ", ± 0.2 s assumed"
		}
		e.Rows = append(e.Rows,
			Row{s.id() + "-first", what + ": median crash → first DEAD", "s", s.low, s.high, first, Computed, Meets},
			Row{s.id() + "-packets", what + ": datagrams per member and s before it", "1/s", s.packets, 0, source, Computed, packets})
		if s.loss == 0 {
			e.Rows = append(e.Rows, Row{s.id() + "-news", what + ": median first DEAD → DEAD everywhere", "s", newsLow, newsHigh, source, Computed, Meets})
		}
	}
	e.Run = func(l *Lab) *plot.Overlay {
		var seeds []int // of the settings, one after the other
		for i := range memberlistSettings {
			for k := range l.Pick(memberlistSettings[i].runs, memberlistSettings[i].quick) {
				seeds = append(seeds, i<<16|k)
			}
		}
		runs := each(l, len(seeds), func(i int) gone { return memberlistSettings[seeds[i]>>16].crash(uint64(seeds[i]&0xffff + 1)) })
		theirs := plot.Curve{Label: "memberlist", Kind: plot.Reference}
		ours := plot.Curve{Label: "simulator", Kind: plot.Points, Colour: 1}
		for i := range memberlistSettings {
			s := &memberlistSettings[i]
			var first, news [][]float64 // one crash a run
			var packets []float64
			for k, r := range runs {
				if seeds[k]>>16 == i {
					first, news, packets = append(first, []float64{r.first}), append(news, []float64{r.every - r.first}), append(packets, r.packets)
				}
			}
			l.Median(s.id()+"-first", first)
			l.Mean(s.id()+"-packets", packets)
			if s.loss == 0 {
				l.Median(s.id()+"-news", news)
			}
			if s.loss == 0 && s.alpha == 4 {
				theirs.X, theirs.Y = append(theirs.X, float64(s.n)), append(theirs.Y, (s.low+s.high)/2)
				ours.X, ours.Y = append(ours.X, float64(s.n)), append(ours.Y, stats.Median(slices.Concat(first...)))
			}
		}
		return &plot.Overlay{
			Title: "First DEAD after a crash, set up as memberlist 0.7.0", Caption: "medians, alpha 4, beta 6; memberlist measured in virtual time on links of 0.5 to 1 ms",
			X: plot.Axis{Label: "members", Log: true}, Y: plot.Axis{Label: "time until first DEAD (s)"}, Curves: []plot.Curve{theirs, ours},
		}
	}
	return e
}

// The library's time from the first DEAD to DEAD everywhere is 0.25 to 0.45 s, printed with two decimals: the ends are
// what rounds to them.
const (
	newsLow  = 0.245
	newsHigh = 0.455
)
