package world

import (
	"fmt"
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// watcher is a sink that holds the invariants of the simulated world (spec 50 §8) against every record, and
// keeps a digest per node.
type watcher struct {
	w      *World
	nodes  []watched
	sent   [core.NumKinds]int64
	gone   [core.NumKinds]int64 // delivered or dropped
	bad    []string
	checks int
	keep   func(r *trace.Record) bool // which records to keep; nil: none
	kept   []trace.Record
	msgs   []core.Message // of kept records, in step with kept
}

type watched struct {
	up, paused bool
	last       core.Instant
	digest     trace.Digest
}

func (v *watcher) fail(r *trace.Record, format string, args ...any) {
	if len(v.bad) < 10 {
		v.bad = append(v.bad, fmt.Sprintf("%v %v at node %d: ", r.At, r.Kind, r.Node)+fmt.Sprintf(format, args...))
	}
}

func (v *watcher) Record(r *trace.Record) {
	if v.keep != nil && v.keep(r) {
		v.kept = append(v.kept, *r)
		m := core.Message{}
		if r.Msg != nil {
			m = *r.Msg
		}
		v.msgs = append(v.msgs, m)
	}
	switch r.Kind {
	case trace.KindCheckpoint:
		v.checkpoint(r)
		return
	case trace.KindEnd, trace.KindFaultStart, trace.KindFaultEnd:
		return
	}
	n := &v.nodes[r.Node]
	own := *r
	own.Fault = 0 // its place in the file is nothing that a node does
	n.digest.Record(&own)
	switch r.Kind {
	case trace.KindSent:
		v.sent[r.Msg.Kind]++
		if r.Due != 0 && r.Due <= r.At {
			v.fail(r, "%v arrives at %v", r.Msg.Kind, r.Due)
		}
	case trace.KindDropped:
		v.gone[r.Msg.Kind]++
	case trace.KindDelivered:
		v.gone[r.Msg.Kind]++
		v.handles(r, n)
		if r.Min <= 0 || r.At < r.Due.Add(r.Min) { // I-W1
			v.fail(r, "%v sent at %v over at least %v", r.Msg.Kind, r.Due, r.Min)
		}
	case trace.KindFact:
		if r.Fact.Kind != core.FactNone {
			v.handles(r, n)
		}
	case trace.KindStart:
		if n.up {
			v.fail(r, "starts twice")
		}
		n.up, n.paused = true, false
	case trace.KindCrash, trace.KindStop:
		if !n.up {
			v.fail(r, "ends twice")
		}
		n.up, n.paused = false, false
	case trace.KindPause:
		n.paused = true
	case trace.KindResume:
		if !n.paused {
			v.fail(r, "was not paused")
		}
		n.paused = false
	default:
	}
}

// handles is what a process does: it must run (I-W2) and its time must not go back (I-W3).
func (v *watcher) handles(r *trace.Record, n *watched) {
	if !n.up || n.paused {
		v.fail(r, "up %v, paused %v", n.up, n.paused)
	}
	if r.At < n.last {
		v.fail(r, "after %v", n.last)
	}
	n.last = r.At
}

// checkpoint: sent = delivered + dropped + in flight, per kind (I-W4), by the watcher's own count; and the
// slab holds nothing else but notices to senders.
func (v *watcher) checkpoint(r *trace.Record) {
	v.checks++
	live := uint64(0)
	for k := range core.Kind(core.NumKinds) {
		flying := v.w.InFlight(k)
		live += flying
		if k != core.KindStreamFailed && v.sent[k] != v.gone[k]+int64(flying) {
			v.fail(r, "%v: %d sent, %d delivered or dropped, %d in flight", k, v.sent[k], v.gone[k], flying)
		}
		if s, d, x := v.w.Books(k); s != uint64(v.sent[k]) || d+x != uint64(v.gone[k]) {
			v.fail(r, "%v: the books say %d, %d, %d; the records %d, %d", k, s, d, x, v.sent[k], v.gone[k])
		}
	}
	if live != uint64(v.w.slab.live()) {
		v.fail(r, "%d messages are alive, the slab says %d", live, v.w.slab.live())
	}
}

// check reports what was wrong.
func (v *watcher) check(tb testing.TB) {
	tb.Helper()
	for _, s := range v.bad {
		tb.Error(s)
	}
	if err := v.w.Err(); err != nil {
		tb.Error(err)
	}
	for i := range v.w.nodes {
		if v.w.Up(core.NodeID(i)) && v.w.nodes[i].machine == core.Machine(&v.w.nodes[i].m) {
			for _, s := range v.w.Validate(core.NodeID(i)) {
				tb.Errorf("at %v machine %d: %s", v.w.Now(), i, s)
			}
		}
	}
}

// count returns how many kept records match.
func (v *watcher) count(match func(r *trace.Record) bool) (n int) {
	for i := range v.kept {
		if match(&v.kept[i]) {
			n++
		}
	}
	return n
}

// parse makes a scenario of a text.
func parse(tb testing.TB, text string, seed uint64, sets ...string) *scenarios.Scenario {
	tb.Helper()
	sc, err := scenarios.Parse(text, "", sets, scenarios.Options{Seed: &seed})
	if err != nil {
		tb.Fatal(err)
	}
	return sc
}

// watch builds the world of a scenario with a watcher.
func watch(tb testing.TB, sc *scenarios.Scenario, keep func(r *trace.Record) bool) (*World, *watcher) {
	tb.Helper()
	v := &watcher{nodes: make([]watched, len(sc.Nodes)), keep: keep}
	w, err := Build(sc, Options{Sinks: []trace.Sink{v}, Checkpoint: 1e9})
	if err != nil {
		tb.Fatal(err)
	}
	v.w = w
	return w, v
}

// small is the lan scenario with few members and some faults in it.
func small(tb testing.TB, n int, faults string, sets ...string) *scenarios.Scenario {
	tb.Helper()
	return parse(tb, lan+faults, 1, append([]string{fmt.Sprintf("cluster.size=%d", n)}, sets...)...)
}

// seconds is an instant so long after the start.
func seconds(s float64) core.Instant { return core.Instant(core.Seconds(s)) }
