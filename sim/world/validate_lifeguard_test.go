package world

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

// guard is one arrangement of Lifeguard's components. What each key switches off:
//
//	lhm.max = 0            LHA-Probe: no local health score, so neither interval nor timeouts stretch
//	lag.enabled = false    our own addition to it, timer lag and graceful degradation (§4.5)
//	suspicion.k = 0        LHA-Suspicion: the timeout is Min from the start, SWIM's fixed α·log10 n
//	suspicion.scaling      none: LHM does not stretch suspicions (§5.1, D11; not part of the paper)
//	suspicion.buddy        buddy system: a suspect hears of it with the next gossip only
//
// Not switchable, so part of our "SWIM" too: the pause guard of §4.2, nacks (without LHM they mean
// nothing), the gossip tick, original accusers in suspect claims, sync. α is the paper's 5 throughout.
type guard struct {
	name string
	sets []string
}

var guards = func() []guard {
	off := map[string]string{"probe": "protocol.lhm.max=0", "suspicion": "protocol.suspicion.k=0", "buddy": "protocol.suspicion.buddy=false"}
	without := func(on ...string) []string {
		sets := []string{"protocol.lag.enabled=false", "protocol.suspicion.scaling=none"}
		for _, c := range []string{"probe", "suspicion", "buddy"} {
			if !slices.Contains(on, c) {
				sets = append(sets, off[c])
			}
		}
		return sets
	}
	return []guard{
		{"SWIM", without()}, {"probe", without("probe")}, {"suspicion", without("suspicion")}, {"buddy", without("buddy")},
		{"Lifeguard", without("probe", "suspicion", "buddy")}, {"defaults", nil},
	}
}()

// stuck is a member whose messages wait on both sides of it until an instant, while its timers go on: the
// paper's anomaly ("block immediately before sending or after receiving any protocol message"), as a
// process short of CPU or with a full socket shows it. A pause freezes the timers too.
type stuck struct {
	core.Machine
	until    core.Instant // local
	in, held []core.Message
}

func keep(m *core.Message) core.Message {
	c := *m
	c.Updates, c.Records = slices.Clone(m.Updates), slices.Clone(m.Records)
	return c
}

func (s *stuck) Receive(now core.Instant, m *core.Message, fx *core.Effects) {
	if now < s.until {
		s.in = append(s.in, keep(m))
		return
	}
	s.release(now, fx)
	s.Machine.Receive(now, m, fx)
}

func (s *stuck) Wake(now core.Instant, fx *core.Effects) {
	if now >= s.until {
		s.release(now, fx)
		s.Machine.Wake(now, fx)
		return
	}
	s.Machine.Wake(now, fx)
	for i := range fx.Messages {
		s.held = append(s.held, keep(&fx.Messages[i]))
	}
	fx.Messages = fx.Messages[:0]
}

// release lets out what waits: first what the member has said, then what it was told.
func (s *stuck) release(now core.Instant, fx *core.Effects) {
	for i := range s.held {
		*fx.Send() = s.held[i]
	}
	s.held = s.held[:0]
	for i := range s.in {
		s.Machine.Receive(now, &s.in[i], fx)
	}
	s.in = s.in[:0]
}

func (s *stuck) Deadline() (core.Instant, bool) {
	at, ok := s.Machine.Deadline()
	if len(s.held)+len(s.in) > 0 && (!ok || s.until < at) {
		return s.until, true
	}
	return at, ok
}

// burst blocks some of 128 members together, on for D, off for I, again and again for two minutes
// (Lifeguard's interval experiment).
type burst struct {
	some    int
	on, off float64
	pause   bool // by pauses of the process, in place of its messages
}

// falseDeaths are deaths of members that are never blocked.
type falseDeaths struct{ all, healthy, declared int } // in all views; in views of the never blocked; by own timer

func (f *falseDeaths) add(g falseDeaths) {
	f.all, f.healthy, f.declared = f.all+g.all, f.healthy+g.healthy, f.declared+g.declared
}

func (b burst) run(tb testing.TB, seed uint64, sets []string) (out falseDeaths) {
	const n, begin, length = 128, 10, 120
	sick := make([]bool, n)
	w := flatLAN(tb, n, seed, begin+length+60, func(r *trace.Record) {
		f := &r.Fact
		if r.Kind != trace.KindFact || f.Kind != core.FactTransition || f.To != core.StateDead || f.From == core.StateDead || sick[f.Subject] {
			return
		}
		out.all++
		if !sick[r.Node] {
			out.healthy++
		}
		if f.Cause == core.CauseExpired {
			out.declared++
		}
	}, append([]string{"protocol.vivaldi.enabled=false", "protocol.suspicion.alpha=5"}, sets...)...)
	draw := rng.New(seed, "validate.blocked", uint64(b.some))
	w.Run(at(begin + draw.Float64()))
	var ids []core.NodeID
	machines := make([]*stuck, n)
	for len(ids) < b.some {
		if id := core.NodeID(draw.Intn(n)); !sick[id] {
			sick[id] = true
			ids = append(ids, id)
			machines[id] = &stuck{Machine: w.nodes[id].machine}
			w.nodes[id].machine = machines[id]
		}
	}
	for w.Now() < at(begin+length) {
		end := w.Now() + at(b.on)
		for _, id := range ids {
			if b.pause {
				w.pause(w.Now(), id)
			} else {
				machines[id].until = w.nodes[id].host.Clock().Local(end)
			}
		}
		w.Run(end)
		for _, id := range ids {
			if b.pause {
				w.resume(end, id)
			}
		}
		w.Run(end + at(b.off))
	}
	w.Run(w.End())
	return out
}

// detected is blocked for good → first DEAD at a member that is not, of each of some members that are
// blocked at once (the paper's threshold experiment), in s.
func detected(tb testing.TB, seed uint64, some int, sets []string) []float64 {
	const n = 128
	first := make([]core.Instant, n)
	sick := make([]bool, n)
	w := flatLAN(tb, n, seed, 120, func(r *trace.Record) {
		f := &r.Fact
		if r.Kind == trace.KindFact && f.Kind == core.FactTransition && f.To == core.StateDead && sick[f.Subject] && !sick[r.Node] && first[f.Subject] == 0 {
			first[f.Subject] = r.At
		}
	}, append([]string{"protocol.vivaldi.enabled=false", "protocol.suspicion.alpha=5"}, sets...)...)
	draw := rng.New(seed, "validate.detected", uint64(some))
	w.Run(at(10 + draw.Float64()))
	start := w.Now()
	for k := 0; k < some; {
		if id := core.NodeID(draw.Intn(n)); !sick[id] {
			sick[id] = true
			w.pause(start, id)
			k++
		}
	}
	w.Run(w.End())
	var out []float64
	for id, is := range sick {
		if !is {
			continue
		}
		if first[id] == 0 {
			out = append(out, math.Inf(1))
			continue
		}
		out = append(out, first[id].Sub(start).Seconds())
	}
	return out
}

// Spec 10 §15.2, last row, first version: false positives with 1 … 16 of 128 members blocked in bursts, each
// arrangement on the same seeds and pauses, and detection of members blocked for good.
func TestValidateLifeguard(t *testing.T) {
	if !validateFull {
		t.Skip("takes minutes; make validate")
	}
	tb := newTable(t)
	counts := []int{1, 4, 16}
	total := make([]falseDeaths, len(guards))
	delays := make([][]float64, len(guards))
	for g := range guards {
		per := ""
		for _, some := range counts {
			sum := falseDeaths{}
			for _, on := range []float64{2, 8, 16, 30} {
				for k, off := range []float64{0.001, 0.25, 4, 60} {
					sum.add(burst{some: some, on: on, off: off}.run(t, uint64(k+1), guards[g].sets))
				}
			}
			per += fmt.Sprintf("  %d blocked: %d/%d/%d", some, sum.all, sum.healthy, sum.declared)
			total[g].add(sum)
			for seed := range uint64(10) {
				delays[g] = append(delays[g], detected(t, seed+1, some, guards[g].sets)...)
			}
		}
		t.Logf("%s: false deaths in all views/in healthy views/by own timer:%s", guards[g].name, per)
	}
	var paused falseDeaths
	for _, on := range []float64{2, 8, 16, 30} {
		for k, off := range []float64{0.001, 0.25, 4, 60} {
			paused.add(burst{some: 16, on: on, off: off, pause: true}.run(t, uint64(k+1), guards[0].sets))
		}
	}
	tb.rows = append(tb.rows, [5]string{"SWIM, 16 of 128 paused as processes: false deaths", "", num(float64(paused.all)), "",
		"the pause guard (§4.2) voids late probes in all arrangements"})
	swim := total[0]
	if swim.healthy == 0 {
		t.Error("plain SWIM has no false deaths: the experiment compares nothing")
	}
	median, tail := percentile(delays[0], 0.5), percentile(delays[0], 0.999)
	for g := range guards {
		bar := 1.0
		if g >= 4 {
			bar = 0.1
		}
		for _, c := range []struct {
			what       string
			have, swim int
		}{{"all views", total[g].all, swim.all}, {"healthy views", total[g].healthy, swim.healthy}} {
			share := float64(c.have) / math.Max(1, float64(c.swim))
			verdict := "ok"
			if share > bar {
				verdict = "BELOW THE BAR"
				t.Errorf("%s, %s: %.3g of SWIM's false deaths, bar %g", guards[g].name, c.what, share, bar)
			}
			tb.rows = append(tb.rows, [5]string{fmt.Sprintf("%s: false deaths of healthy members, %s: ≤ %g of SWIM's", guards[g].name, c.what, bar), "B",
				fmt.Sprintf("%d, %.3g of %d", c.have, share, c.swim), "", verdict})
		}
		m, p := percentile(delays[g], 0.5), percentile(delays[g], 0.999)
		verdict := "ok"
		if math.Abs(m/median-1) > 0.1 || p > 1.3*tail {
			verdict = "BELOW THE BAR"
			t.Errorf("%s: detection %.2f s, %.2f s, SWIM %.2f s, %.2f s", guards[g].name, m, p, median, tail)
		}
		tb.rows = append(tb.rows, [5]string{guards[g].name + ": detection, median ±10 %, p99.9 ≤ +30 % of SWIM's", "B",
			fmt.Sprintf("%.2f s, %.2f s", m, p), fmt.Sprintf("%+.1f %%, %+.1f %%", 100*(m/median-1), 100*(p/tail-1)), verdict})
	}
}
