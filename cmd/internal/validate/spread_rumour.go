package validate

import (
	"fmt"
	"math"
	"slices"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

// told is when the members of a group learned one piece of news, in s after the first.
type told struct {
	since  []float64 // of all that learned it by gossip, sorted, with the first one's 0
	living int
	sent   int // the most transmissions of one member
	ended  int // how many knew when the last queue was done with it; 0 if that did not happen
}

func (n *told) when(share float64) float64 {
	k := int(math.Ceil(share * float64(n.living)))
	if k > len(n.since) {
		return math.Inf(1)
	}
	return n.since[k-1]
}

// rumour lets one member die silently and tells one other, by a datagram, that it is dead: a piece of
// news whose subject adds nothing to it. (A member that raises its own incarnation is another matter: see
// raise.) It then watches who learns that by gossip. Own suspicions would come after 1 s at the earliest
// and are made to last, so that nobody finds out alone.
//
// Loss begins with the news: with a history of it the many false suspicions would be news too, and what
// their probes carry would help.
func (l *Lab) rumour(n int, seed uint64, loss float64, sets ...string) *told {
	if n > 5000 {
		l.heavy.Lock()
		defer l.heavy.Unlock()
	}
	news := &told{living: n - 1}
	victim := core.NoNode
	var start core.Instant
	queued := 0
	sets = append([]string{"protocol.suspicion.min=1h", "protocol.suspicion.max=1h", "protocol.vivaldi.enabled=false"}, sets...)
	w := lan(n, seed, 60, func(r *trace.Record) {
		f := &r.Fact
		if victim == core.NoNode || r.Kind != trace.KindFact || f.Subject != victim {
			return
		}
		switch {
		case f.Kind == core.FactTransition && f.To == core.StateDead && f.Cause == core.CauseDead:
			news.since = append(news.since, r.At.Sub(start).Seconds())
		case f.Kind == core.FactQueued && core.UpdateType(f.Get("update")) == core.UpdateDead:
			queued++
		case f.Kind == core.FactRetired && core.UpdateType(f.Get("update")) == core.UpdateDead:
			news.sent = max(news.sent, int(f.Get("transmissions")))
			if queued--; queued == 0 && news.ended == 0 {
				news.ended = len(news.since)
			}
		}
	}, sets...)
	draw := rng.New(seed, "validate.rumour", uint64(n))
	w.Run(at(5 + draw.Float64()))
	start = w.Now()
	who := make([]core.NodeID, 3)
	for i := range who {
		for {
			who[i] = core.NodeID(draw.Intn(n))
			if !slices.Contains(who[:i], who[i]) {
				break
			}
		}
	}
	victim = who[0]
	loseFromNow(w, loss)
	w.Crash(victim)
	w.Tell(who[1], &core.Message{
		Kind: core.KindGossip, From: who[2], To: who[1], Instance: 1, Group: 1, Role: lanRole,
		Incarnation: w.Incarnation(who[2], who[2]), // loss may have made anybody refute already
		Updates: []core.Update{{
			Type: core.UpdateDead, Subject: victim, From: who[2], Role: lanRole, Incarnation: w.Incarnation(victim, victim),
		}},
	})
	if len(news.since) != 1 {
		check(fmt.Errorf("%d members, seed %d: the news was not taken", n, seed))
	}
	for w.Now() < w.End() && (queued > 0 || len(news.since) == 1) {
		if n > 1000 && len(news.since) == news.living {
			break // the rest of the repeats costs more than all before it
		}
		w.Run(w.Now() + at(0.2))
	}
	check(w.Err())
	return news
}

// spreads are the figures of several runs. Runs that did not reach everybody are missing from all.
type spreads struct {
	half, most, all, sent []float64
	lost, ended           int // runs that missed somebody; whose queues ended before everybody knew
	curve, low, high      []float64
}

// rumours runs seeds 1 … of n members; curves are in units of period s.
func (l *Lab) rumours(n, runs int, loss, period float64, sets ...string) (s spreads) {
	list := each(l, runs, func(i int) *told { return l.rumour(n, uint64(i+1), loss, sets...) })
	var curves [][]float64
	for _, r := range list {
		s.half, s.sent = append(s.half, r.when(0.5)), append(s.sent, float64(r.sent))
		if a := r.when(0.99); !math.IsInf(a, 1) {
			s.most = append(s.most, a)
		}
		if a := r.when(1); !math.IsInf(a, 1) {
			s.all = append(s.all, a)
		} else {
			s.lost++
		}
		if r.ended > 0 && r.ended < n-1 {
			s.ended++
		}
		c := make([]float64, int(20/curveStep))
		addCurve(c, scale(r.since, 1/period), r.living, 1)
		curves = append(curves, c)
	}
	s.curve, s.low, s.high = bandOf(curves)
	return s
}

// bandOf returns the mean of curves and the range of nine in ten of them, point by point.
func bandOf(curves [][]float64) (middle, low, high []float64) {
	column := make([]float64, len(curves))
	for i := range curves[0] {
		for k := range curves {
			column[k] = curves[k][i]
		}
		slices.Sort(column)
		middle = append(middle, mean(column))
		low, high = append(low, quantile(column, 0.05)), append(high, quantile(column, 0.95))
	}
	return middle, low, high
}

// quantile of a sorted list, by the nearest rank.
func quantile(sorted []float64, q float64) float64 {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func scale(v []float64, by float64) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = v[i] * by
	}
	return out
}
