package world

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// lan is one site without faults; tests set what differs.
const lan = `
schema = 1
[scenario]
name = "lan"
title = "one site, nothing happens"
duration = "60s"
[topology]
use = "lan1"
[cluster]
size = 100
start = { mode = "formed" }
[protocol.membership]
topology = "flat"
`

// load returns the lan scenario with settings.
func load(tb testing.TB, sets ...string) *scenarios.Scenario {
	tb.Helper()
	sc, err := scenarios.Parse(lan, "lan.toml", sets, scenarios.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return sc
}

// pinger sends a ping to a random node whenever its last one was answered, and answers pings: the
// cheapest protocol there is, so that what is measured is everything around it.
type pinger struct {
	self, n core.NodeID
	due     core.Instant
	draw    rng.Stream
}

func (p *pinger) Wake(now core.Instant, fx *core.Effects) {
	if now >= p.due {
		p.due = core.Never
		p.ping(fx)
	}
}

func (p *pinger) ping(fx *core.Effects) {
	m := fx.Send()
	m.Kind, m.From = core.KindPing, p.self
	m.To = core.NodeID(p.draw.Uint32n(uint32(p.n)))
	if m.To == p.self {
		m.To = (m.To + 1) % p.n
	}
	m.Target = m.To
	m.Coord.Dims = 8
}

func (p *pinger) Receive(_ core.Instant, m *core.Message, fx *core.Effects) {
	if m.Kind == core.KindAck {
		p.ping(fx)
		return
	}
	a := fx.Send()
	a.Kind, a.From, a.To = core.KindAck, p.self, m.From
	a.Coord.Dims = 8
}

func (p *pinger) Deadline() (core.Instant, bool) { return p.due, p.due != core.Never }

// BenchmarkPing is one event of random pings and acks between many nodes on a LAN with 5 % jitter,
// through the whole driver: queue, host, network model, digest, books. One op is one event.
func BenchmarkPing(b *testing.B) {
	for _, n := range []int{10_000} {
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) {
			w := build(b, load(b, fmt.Sprintf("cluster.size=%d", n), "scenario.duration=1h"))
			for i := range w.nodes {
				id := core.NodeID(i)
				w.nodes[i].host.Start(0)
				w.nodes[i].machine = &pinger{
					self: id, n: core.NodeID(n), due: core.Instant(i * 100), draw: rng.New(1, "bench", uint64(i)),
				}
				w.armAt(id, core.Instant(i*100))
			}
			w.Run(core.Instant(100 * time.Millisecond)) // all are under way, memory is warm
			b.ReportAllocs()
			b.ResetTimer()
			from, cpu := w.Events(), cpuSeconds()
			step := core.Instant(time.Millisecond)
			for w.Events()-from < uint64(b.N) {
				w.Run(w.Now() + step)
			}
			b.StopTimer()
			done := w.Events() - from
			perSec := float64(done) / (cpuSeconds() - cpu)
			b.ReportMetric(perSec, "events/s")
			b.ReportMetric(1e9/perSec, "ns/event")
		})
	}
}

// BenchmarkSteady is one virtual second of a formed flat group with nothing happening.
func BenchmarkSteady(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("members=%d", n), func(b *testing.B) {
			before := heap()
			w := build(b, load(b, fmt.Sprintf("cluster.size=%d", n), "scenario.duration=24h"))
			w.Run(core.Instant(30 * time.Second))
			b.ReportAllocs()
			b.ResetTimer()
			from, cpu := w.Events(), cpuSeconds()
			for range b.N {
				w.Run(w.Now() + core.Instant(time.Second))
			}
			b.StopTimer()
			sec := cpuSeconds() - cpu
			b.ReportMetric(float64(n)*float64(b.N)/sec, "node-s/s")
			b.ReportMetric(float64(w.Events()-from)/sec, "events/s")
			b.ReportMetric(1e9*sec/float64(w.Events()-from), "ns/event")
			b.ReportMetric(float64(heap()-before)/float64(n)/float64(n), "B/pair")
			runtime.KeepAlive(w)
		})
	}
}

// BenchmarkFormation is a flat group that starts cold within one second, by JOIN and gossip, plus 60
// virtual seconds.
func BenchmarkFormation(b *testing.B) {
	for _, n := range []int{1000} {
		b.Run(fmt.Sprintf("members=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			cpu, events := cpuSeconds(), uint64(0)
			for range b.N {
				w := build(b, load(b, fmt.Sprintf("cluster.size=%d", n), "scenario.duration=61s",
					"cluster.start.mode=cold", "cluster.start.over=1s", "protocol.membership.confirmation_mode=hearsay"))
				w.Run(w.End())
				events += w.Events()
				b.ReportMetric(1-float64(disagreements(w))/float64(n)/float64(n), "views-ok")
			}
			cpu = cpuSeconds() - cpu
			b.ReportMetric(float64(events)/cpu, "events/s")
			b.ReportMetric(cpu/float64(b.N), "cpu-s/op")
		})
	}
}

func disagreements(w *World) (wrong int) {
	for i := range w.nodes {
		for j := range w.nodes {
			if w.nodes[i].m.Swim.State(core.NodeID(j)) != core.StateOK {
				wrong++
			}
		}
	}
	return wrong
}

func build(tb testing.TB, sc *scenarios.Scenario, sinks ...trace.Sink) *World {
	tb.Helper()
	w, err := Build(sc, Options{Sinks: sinks})
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// cpuSeconds is the processor time of this process. Rates are per CPU second: the machine is shared.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}
