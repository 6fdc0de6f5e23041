package bundled

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// checkMetrics holds measurements of one run against each other that are made in different ways.
func checkMetrics(t *testing.T, r *metrics.Result) {
	t.Helper()
	byEvent := func(m words.Metric, to core.MemberState) map[int32]metrics.Observation {
		out := map[int32]metrics.Observation{}
		for _, o := range r.Of(m) {
			if to != core.StateNone && o.To != to {
				continue
			}
			if _, twice := out[o.Event]; twice && m != words.DetectionEach {
				t.Errorf("%v of crash %d is there twice", m, o.Event)
			}
			if old, ok := out[o.Event]; !ok || o.Value < old.Value {
				out[o.Event] = o
			}
		}
		return out
	}
	for _, to := range []core.MemberState{core.StateSuspect, core.StateDead} {
		first, each, detected := byEvent(words.DetectionFirst, to), byEvent(words.DetectionEach, to), byEvent(words.Detected, to)
		for i := range r.Crashes {
			c, e := &r.Crashes[i], int32(i)
			f, ok := first[e]
			if ok && (f.Value != each[e].Value || !near(f.At.Sub(c.At).Seconds(), f.Value, 1e-12)) {
				t.Errorf("crash %d: first %v at %v, least of each %v", i, f.Value, f.At, each[e].Value)
			}
			marked := c.Suspect && to == core.StateSuspect || c.Dead
			if d, said := detected[e]; said && (d.Value == 1) != marked || to == core.StateDead && ok != c.Dead {
				t.Errorf("crash %d: %+v, first %v, detected %+v", i, c, ok, d)
			}
			if ok && f.At > c.Until {
				t.Errorf("crash %d was over at %v and noticed at %v", i, c.Until, f.At)
			}
		}
	}
	checkAccusations(t, r)
	checkNews(t, r)
	checkJoins(t, r)
	checkHours(t, r)
	checkRejoins(t, r)
}

// checkAccusations: each is a wrong mark, the first of its kind at this incarnation of this process.
func checkAccusations(t *testing.T, r *metrics.Result) {
	t.Helper()
	type key struct {
		subject core.NodeID
		inc     uint32
		to      core.MemberState
	}
	marks, accused := map[key]bool{}, map[key]int{}
	for i := range r.Detections {
		d := &r.Detections[i]
		if k := (key{d.Subject, d.Inc, d.To}); d.Truth == metrics.TruthLive {
			marks[k] = true
		}
	}
	for _, o := range r.Of(words.Accusations) {
		accused[key{o.Subject, o.Inc, o.To}]++
	}
	for k, n := range accused {
		if !marks[k] {
			t.Errorf("%+v is accused %d times without a mark", k, n)
		}
	}
	highest := map[key]uint32{}
	for k := range accused {
		all := key{k.subject, 0, k.to}
		highest[all] = max(highest[all], k.inc)
	}
	for k := range marks {
		if accused[k] == 0 && highest[key{k.subject, 0, k.to}] <= k.inc {
			t.Errorf("%+v is marked and nobody accused", k)
		}
	}
}

// checkNews: who was told at 99 per cent was told at 50 before.
func checkNews(t *testing.T, r *metrics.Result) {
	t.Helper()
	at := map[int32][3]float64{}
	for _, o := range r.Of(words.Dissemination) {
		v := at[o.Event]
		v[map[float64]int{50: 0, 99: 1, 100: 2}[o.Param]] = o.Value + 1
		at[o.Event] = v
	}
	for e, v := range at {
		if v[0] == 0 || v[1] > 0 && v[1] < v[0] || v[2] > 0 && (v[1] == 0 || v[2] < v[1]) {
			t.Errorf("update %d: 50, 99, 100 %% after %v (plus 1)", e, v)
		}
	}
}

// checkJoins: nobody is known to all before anybody knows it.
func checkJoins(t *testing.T, r *metrics.Result) {
	t.Helper()
	type key struct {
		subject core.NodeID
		start   core.Instant
	}
	start := func(o *metrics.Observation) key { return key{o.Subject, o.At.Add(-core.Seconds(o.Value))} }
	first := map[key]float64{}
	for _, o := range r.Of(words.JoinFirst) {
		first[start(&o)] = o.Value
	}
	for _, o := range r.Of(words.JoinConfirm) {
		if v, ok := first[start(&o)]; !ok || v > o.Value {
			t.Errorf("%s is known to all after %v, to one after %v (%v)", r.Nodes[o.Subject].Name, o.Value, v, ok)
		}
	}
}

// checkHours: the lives of all nodes are the exposure by role.
func checkHours(t *testing.T, r *metrics.Result) {
	t.Helper()
	want := 0.0
	for i := range r.Exposure {
		for _, s := range r.Exposure[i].Seconds {
			want += s
		}
	}
	have := r.NodeSeconds(metrics.Span{To: r.End}, func(core.NodeID, metrics.Class) bool { return true })
	if !near(have, want, 1e-6) {
		t.Errorf("%v node-seconds lived, %v by role", have, want)
	}
}

// checkRejoins: what the files say of a fault agrees with the metric.
func checkRejoins(t *testing.T, r *metrics.Result) {
	t.Helper()
	for _, o := range r.Of(words.Rejoin) {
		f := &r.Faults[o.Fault]
		if o.At.Add(-core.Seconds(o.Value)) == f.Last && f.Agreed != o.At {
			t.Errorf("%s: rejoined at %v, agreed at %v", f.ID, o.At, f.Agreed)
		}
	}
}
