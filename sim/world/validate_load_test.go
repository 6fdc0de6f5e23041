package world

import (
	"fmt"
	"testing"

	"hypersim/core"
	"hypersim/core/xmath"
	"hypersim/sim/trace"
)

// lossy sets independent loss per datagram.
func lossy(p float64) []string {
	return []string{"network.intra.loss.model=bernoulli", fmt.Sprintf("network.intra.loss.p=%g", p)}
}

// probeEnds counts how probes ended.
type probeEnds struct{ all, failed, void int }

// failures runs n members under independent loss from the start and counts probes of live members, after
// two periods, that nobody answered. A probe that found its target's incarnation risen is void by §4.2
// step 5 in place of failed; it got no answer either, and is counted with the failed ones.
func failures(tb testing.TB, n int, seed uint64, seconds int, loss float64, sets ...string) (e probeEnds) {
	sets = append(sets, "protocol.vivaldi.enabled=false")
	sets = append(sets, lossy(loss)...)
	w := flatLAN(tb, n, seed, seconds, func(r *trace.Record) {
		if r.Kind != trace.KindFact || r.Fact.Kind != core.FactProbeEnded || r.At < at(2) {
			return
		}
		switch r.Fact.Cause {
		case core.CauseAck, core.CauseIndirectAck:
		case core.CauseProbeFailed:
			e.failed++
		case core.CauseVoid:
			e.void++
		default:
			return
		}
		e.all++
	}, sets...)
	w.Run(w.End())
	return e
}

// Spec 10 §15.1: a probe of a live member fails under independent loss ℓ with (1 − q²)(1 − q⁴)^k, q = 1 − ℓ,
// as a direct probe needs two datagrams and each proxy four. Suspicions last as long as the run and LHM is
// off, so that no false death and no slowed prober disturbs the count; the defaults follow, with the
// tolerance of entry A3 (20 % or 3σ).
func TestValidateProbeFailure(t *testing.T) {
	tb := newTable(t)
	pure := []string{"protocol.lhm.max=0", "protocol.suspicion.min=1h", "protocol.suspicion.max=1h", "protocol.suspicion.scale_with_n=false"}
	for _, c := range []struct {
		loss, ref   float64
		runs, quick int // of 100 members and 300 s
	}{{0.01, 1.22e-6, 40, 1}, {0.05, 6.22e-4, 40, 2}, {0.10, 7.73e-3, 5, 1}, {0.20, 7.41e-2, 3, 1}, {0.30, 0.224, 3, 1}} {
		q := 1 - c.loss
		tb.equal(fmt.Sprintf("(1−q²)(1−q⁴)³ in units of the chapter's, ℓ %g", c.loss), "B", 1,
			(1-q*q)*xmath.Pow(1-q*q*q*q, 3)/c.ref, 3e-3)
		sum := probeEnds{}
		for seed := range uint64(pick(c.runs, c.quick)) {
			e := failures(t, 100, seed+1, pick(300, 60), c.loss, pure...)
			sum.all, sum.failed, sum.void = sum.all+e.all, sum.failed+e.failed, sum.void+e.void
		}
		tb.rate(fmt.Sprintf("probe of a live member fails, ℓ %g", c.loss), "B", (1-q*q)*xmath.Pow(1-q*q*q*q, 3), sum.failed+sum.void, sum.all)
	}
	if !validateFull {
		return
	}
	for _, loss := range []float64{0.05, 0.10, 0.20} {
		q := 1 - loss
		var rates []float64
		void, all := 0, 0
		for seed := range uint64(5) {
			e := failures(t, 100, seed+1, 300, loss)
			void, all = void+e.void, all+e.all
			rates = append(rates, float64(e.failed+e.void)/float64(e.all))
		}
		tb.near(fmt.Sprintf("the same, all defaults, ℓ %g (%.1g void)", loss, float64(void)/float64(all)), "B, A3",
			(1-q*q)*xmath.Pow(1-q*q*q*q, 3), 0.20, rates)
	}
}

// Spec 10 §15.1, entry A2: without faults a participant sends two datagrams per period and receives two,
// whatever n; sync adds at most 0.05 streams per second; PING is 89 bytes and ACK 91.
func TestValidateLoad(t *testing.T) {
	tb := newTable(t)
	for _, c := range []struct{ n, runs, quick int }{{10, 10, 3}, {100, 10, 3}, {1000, 3, 0}} {
		var sent, got, syncs, ping, ack []float64
		const from, seconds = 60, 180
		for seed := range uint64(pick(c.runs, c.quick)) {
			var out, in, exchanges int
			var bytes, count [core.NumKinds]int
			w := flatLAN(t, c.n, seed+1, seconds, func(r *trace.Record) {
				if r.At < at(from) || r.Msg == nil {
					return
				}
				stream := r.Msg.Kind.IsStream()
				switch {
				case r.Kind == trace.KindSent && !stream:
					out++
					count[r.Msg.Kind]++
					bytes[r.Msg.Kind] += int(r.Size)
				case r.Kind == trace.KindDelivered && !stream:
					in++
				case r.Kind == trace.KindSent && r.Msg.Flags&core.FlagReply == 0:
					exchanges++
				}
			})
			w.Run(w.End())
			per := 1 / float64(c.n*(seconds-from))
			sent, got = append(sent, float64(out)*per), append(got, float64(in)*per)
			syncs = append(syncs, float64(exchanges)*per)
			ping = append(ping, float64(bytes[core.KindPing])/float64(count[core.KindPing]))
			ack = append(ack, float64(bytes[core.KindAck])/float64(count[core.KindAck]))
		}
		if len(sent) == 0 {
			continue
		}
		tb.near(fmt.Sprintf("datagrams sent per participant and period, n %d", c.n), "B", 2, 0.001, sent)
		tb.near(fmt.Sprintf("datagrams received, n %d", c.n), "B", 2, 0.001, got)
		tb.atMost(fmt.Sprintf("sync streams per participant and s, n %d", c.n), "A2", 0.05, syncs)
		tb.near(fmt.Sprintf("PING, bytes, n %d", c.n), "B", 89, 1e-9, ping)
		tb.near(fmt.Sprintf("ACK, bytes, n %d", c.n), "B", 91, 1e-9, ack)
	}
}
