package validate

import (
	"fmt"
	"math"
	"slices"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// rumours lets, in groups of n, one member die silently and tells one other, by a datagram, that it is dead: a piece of
// news whose subject adds nothing to it. (A member that raises its own incarnation is another matter: see raise.) It then
// watches who learns that by gossip. Own suspicions would come after 1 s at the earliest and are made to last, so that
// nobody finds out alone. No scenario can say it: the file format knows no news that is told by hand.
//
// Loss begins with the news: with a history of it the many false suspicions would be news too, and what their probes carry
// would help. Times are in units of so many s.
func (e *Experiment) rumours(cell string, n int, unit, loss float64, seeds [2]int, sets ...string) {
	sets = append([]string{"protocol.suspicion.min=1h", "protocol.suspicion.max=1h", "protocol.vivaldi.enabled=false"}, sets...)
	c := lanCell(cell, n, 60, sets...)
	c.Seeds, c.Heavy = seeds, n > 5000
	e.File, e.Cells, e.Counts = "lan", append(e.Cells, c), []string{"queued", "sent", "ended", "one"}
	e.Watch = overhear
	e.Drive = func(t *Trial) { tell(t, loss) }
	e.After = func(t *Trial) { t.learned(len(t.Sc.Nodes)-1, unit) }
}

// overhear notes who learns the rumour by gossip, and what queues make of it: ended are those who know when the last one is
// done with it, sent the most transmissions of one member.
func overhear(t *Trial, r *trace.Record) {
	f := &r.Fact
	if t.Start < 0 || r.Kind != trace.KindFact || f.Subject != t.Hit[0] {
		return
	}
	switch {
	case f.Kind == core.FactTransition && f.To == core.StateDead && f.Cause == core.CauseDead:
		t.Note("since", t.Since(r.At))
	case f.Kind == core.FactQueued && core.UpdateType(f.Get("update")) == core.UpdateDead:
		t.Add("queued", 1)
	case f.Kind == core.FactRetired && core.UpdateType(f.Get("update")) == core.UpdateDead:
		t.Put("sent", max(t.Of("sent"), float64(f.Get("transmissions"))))
		if t.Add("queued", -1); t.Of("queued") == 0 {
			t.First("ended", float64(len(t.lists["since"])))
		}
	}
}

// tell starts the rumour, and lets the world run until the last queue is done with it.
func tell(t *Trial, loss float64) {
	w, n := t.World, len(t.Sc.Nodes)
	draw := rng.New(t.Seed, "validate.rumour", uint64(n))
	w.Run(at(5 + draw.Float64()))
	t.Hit = drawn(&draw, n, 3)
	t.Start = w.Now()
	victim, hears, says := t.Hit[0], t.Hit[1], t.Hit[2]
	if loss > 0 {
		id, err := w.Network().AddOverlay(network.Overlay{ID: 1, Loss: loss})
		check(err)
		w.Network().SetOverlay(id, true, w.Now())
	}
	w.Crash(victim)
	w.Tell(hears, &core.Message{
		Kind: core.KindGossip, From: says, To: hears, Instance: 1, Group: 1, Role: lanRole,
		Incarnation: w.Incarnation(says, says), // loss may have made anybody refute already
		Updates: []core.Update{{
			Type: core.UpdateDead, Subject: victim, From: says, Role: lanRole, Incarnation: w.Incarnation(victim, victim),
		}},
	})
	if len(t.lists["since"]) != 1 {
		check(fmt.Errorf("%d members, seed %d: the news was not taken", n, t.Seed))
	}
	for t.over = true; w.Now() < w.End() && (t.Of("queued") > 0 || len(t.lists["since"]) == 1); {
		if n > 1000 && len(t.lists["since"]) == n-1 {
			break // the rest of the repeats costs more than all before it
		}
		w.Run(w.Now() + at(0.2))
	}
}

// lanRole is what the members of the lan world are; in a flat group it says nothing.
const lanRole = core.RoleWorker

// learned is when half, 99 % and all of n knew, of which runs that did not get there say nothing, whether it missed
// somebody, whether queues ended before all knew, and the curve by periods.
func (t *Trial) learned(n int, unit float64) {
	since, curve := t.lists["since"], make([]float64, int(20/curveStep))
	for _, s := range shares {
		t.Note(s.id)
		if k := int(math.Ceil(s.share * float64(n))); k <= len(since) {
			t.Note(s.id, since[k-1]/unit)
		}
	}
	flag := func(name string, is bool) {
		if t.value[name] = 0; is {
			t.value[name] = 1
		}
	}
	flag("one", true)
	flag("lost", len(since) < n)
	flag("ended", t.Of("ended") > 0 && t.Of("ended") < float64(n))
	addCurve(curve, since, n, 1)
	t.lists["curve"] = curve
}

var shares = [3]struct {
	id, words string
	share     float64
}{{"half", "50 %", 0.5}, {"most", "99 %", 0.99}, {"all", "all", 1}}

// modelled adds a cell of so many runs of a model.
func (e *Experiment) modelled(cell string, s spread, unit float64, full, quick int) {
	e.Cells = append(e.Cells, Cell{ID: cell, Seeds: [2]int{1, 1}, Do: func(l *Lab, t *Trial) {
		m := s.mean(l.Pick(full, quick))
		for i, x := range []float64{m.half, m.most, m.all} {
			if math.IsInf(x, 1) {
				x = m.all // some run left somebody out
			}
			t.Put(shares[i].id, x/unit)
		}
		t.Put("lost", m.lost)
		t.lists["curve"] = m.curve
	}})
}

// modelSays is what a model says of a row.
func modelSays(cell, name string) func(l *Lab) float64 {
	return func(l *Lab) float64 { return l.cells[cell][0].Of(name) }
}

// raised notes who learned of a member's new incarnation: by a datagram of the member itself, or of those that relayed it.
func raised(t *Trial, r *trace.Record) {
	f := &r.Fact
	if t.Start < 0 || r.At < t.Start || r.Kind != trace.KindFact || !t.Hits(f.Subject) || t.Hits(r.Node) {
		return
	}
	switch {
	case f.Kind == core.FactTransition && !slices.Contains(t.lists["who"], float64(r.Node)):
		t.Note("who", float64(r.Node))
		t.Note("since", t.Since(r.At))
		if f.Cause == core.CauseSeen {
			t.Add("direct", 1/float64(len(t.Sc.Nodes)-1))
		}
	case f.Kind == core.FactQueued:
		t.Add("relays", 1)
	}
}
