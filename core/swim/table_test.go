package swim

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
)

// outcome is what one event does to a record: where it ends, which callbacks it fires and what it
// enqueues, separated by blanks.
type outcome struct{ to, callbacks, queued string }

// transitionRows is §2.3, written out for a record at incarnation 5 and events at 4, 5 and 6. What is not
// here must change nothing ("Everything not listed is ignored"). Events that name an accuser come from 3,
// the accuser of the SUSPECT record is 2; sync-* are entries of a table that 2 sends.
var transitionRows = map[string]outcome{
	"none seen 4": {"UNCONFIRMED(4)", "", ""},
	"none seen 5": {"UNCONFIRMED(5)", "", ""},
	"none seen 6": {"UNCONFIRMED(6)", "", ""},

	"none confirm 4": {"OK(4)", "peer_confirmed joined", ""},
	"none confirm 5": {"OK(5)", "peer_confirmed joined", ""},
	"none confirm 6": {"OK(6)", "peer_confirmed joined", ""},

	"none alive 4": {"UNCONFIRMED(4)", "", "alive:4"},
	"none alive 5": {"UNCONFIRMED(5)", "", "alive:5"},
	"none alive 6": {"UNCONFIRMED(6)", "", "alive:6"},
	"none join 4":  {"UNCONFIRMED(4)", "", "join:4"},
	"none join 5":  {"UNCONFIRMED(5)", "", "join:5"},
	"none join 6":  {"UNCONFIRMED(6)", "", "join:6"},

	"none sync-ok 4": {"UNCONFIRMED(4)", "", ""},
	"none sync-ok 5": {"UNCONFIRMED(5)", "", ""},
	"none sync-ok 6": {"UNCONFIRMED(6)", "", ""},

	"none dead 4": {"tombstone(4)", "", ""},
	"none dead 5": {"tombstone(5)", "", ""},
	"none dead 6": {"tombstone(6)", "", ""},
	"none left 4": {"tombstone(4)", "", ""},
	"none left 5": {"tombstone(5)", "", ""},
	"none left 6": {"tombstone(6)", "", ""},

	"none sync-left 4": {"tombstone(4)", "", ""},
	"none sync-left 5": {"tombstone(5)", "", ""},
	"none sync-left 6": {"tombstone(6)", "", ""},

	// I-M3: never below a living tombstone.
	"tombstone seen 5":      {"UNCONFIRMED(5)", "", ""},
	"tombstone seen 6":      {"UNCONFIRMED(6)", "", ""},
	"tombstone confirm 5":   {"OK(5)", "peer_confirmed joined", ""},
	"tombstone confirm 6":   {"OK(6)", "peer_confirmed joined", ""},
	"tombstone alive 6":     {"UNCONFIRMED(6)", "", "alive:6"},
	"tombstone join 6":      {"UNCONFIRMED(6)", "", "join:6"},
	"tombstone sync-ok 6":   {"UNCONFIRMED(6)", "", ""},
	"tombstone dead 6":      {"tombstone(6)", "", ""},
	"tombstone left 6":      {"tombstone(6)", "", ""},
	"tombstone sync-left 6": {"tombstone(6)", "", ""},

	// What changes no state still shows what its subject has reached (settled 87).
	"tombstone suspect 6":      {"tombstone(6)", "", ""},
	"tombstone sync-suspect 6": {"tombstone(6)", "", ""},
	"tombstone sync-dead 6":    {"tombstone(6)", "", ""},
	"DEAD suspect 6":           {"DEAD(6)", "", ""},
	"DEAD sync-suspect 6":      {"DEAD(6)", "", ""},
	"DEAD sync-dead 6":         {"DEAD(6)", "", ""},
	"LEFT suspect 6":           {"LEFT(6)", "", ""},
	"LEFT sync-suspect 6":      {"LEFT(6)", "", ""},
	"LEFT sync-dead 6":         {"LEFT(6)", "", ""},

	// A leaver that was held higher than it knew leaves once more (settled 88).
	"LEFT left 6":      {"LEFT(6)", "", "leave:6"},
	"LEFT sync-left 6": {"LEFT(6)", "", "leave:6"},

	"UNCONFIRMED confirm 4":      {"OK(5)", "peer_confirmed joined", ""},
	"UNCONFIRMED confirm 5":      {"OK(5)", "peer_confirmed joined", ""},
	"UNCONFIRMED confirm 6":      {"OK(6)", "peer_confirmed joined", ""},
	"UNCONFIRMED alive 6":        {"UNCONFIRMED(6)", "", "alive:6"},
	"UNCONFIRMED join 6":         {"UNCONFIRMED(6)", "", "join:6"},
	"UNCONFIRMED sync-ok 6":      {"UNCONFIRMED(6)", "", "alive:6"},
	"UNCONFIRMED suspect 5":      {"UNCONFIRMED(5)", "", "suspect:5"},
	"UNCONFIRMED suspect 6":      {"UNCONFIRMED(6)", "", "suspect:6"},
	"UNCONFIRMED sync-suspect 5": {"UNCONFIRMED(5)", "", "suspect:5"},
	"UNCONFIRMED sync-suspect 6": {"UNCONFIRMED(6)", "", "suspect:6"},
	"UNCONFIRMED sync-dead 5":    {"UNCONFIRMED(5)", "", "suspect:5"},
	"UNCONFIRMED sync-dead 6":    {"UNCONFIRMED(6)", "", "suspect:6"},
	"UNCONFIRMED dead 5":         {"tombstone(5)", "peer_removed", "dead:5"},
	"UNCONFIRMED dead 6":         {"tombstone(6)", "peer_removed", "dead:6"},
	"UNCONFIRMED left 5":         {"tombstone(5)", "peer_removed", "leave:5"},
	"UNCONFIRMED left 6":         {"tombstone(6)", "peer_removed", "leave:6"},
	"UNCONFIRMED sync-left 5":    {"tombstone(5)", "peer_removed", "leave:5"},
	"UNCONFIRMED sync-left 6":    {"tombstone(6)", "peer_removed", "leave:6"},

	"OK seen 6":           {"OK(6)", "", "alive:6"},
	"OK confirm 6":        {"OK(6)", "", "alive:6"},
	"OK alive 6":          {"OK(6)", "", "alive:6"},
	"OK join 6":           {"OK(6)", "peer_restarted", "join:6"},
	"OK sync-ok 6":        {"OK(6)", "", "alive:6"},
	"OK suspect 5":        {"SUSPECT(5)", "suspected", "suspect:5"},
	"OK suspect 6":        {"SUSPECT(6)", "suspected", "suspect:6"},
	"OK sync-suspect 5":   {"SUSPECT(5)", "suspected", "suspect:5"},
	"OK sync-suspect 6":   {"SUSPECT(6)", "suspected", "suspect:6"},
	"OK sync-dead 5":      {"SUSPECT(5)", "suspected", "suspect:5"},
	"OK sync-dead 6":      {"SUSPECT(6)", "suspected", "suspect:6"},
	"OK dead 5":           {"DEAD(5)", "died", "dead:5"},
	"OK dead 6":           {"DEAD(6)", "died", "dead:6"},
	"OK left 5":           {"LEFT(5)", "left", "leave:5"},
	"OK left 6":           {"LEFT(6)", "left", "leave:6"},
	"OK sync-left 5":      {"LEFT(5)", "left", "leave:5"},
	"OK sync-left 6":      {"LEFT(6)", "left", "leave:6"},
	"OK probe_failed 5":   {"SUSPECT(5)", "suspected", "suspect:5"},
	"SUSPECT expires 5":   {"DEAD(5)", "died", "dead:5"},
	"SUSPECT again 5":     {"SUSPECT(5)", "", ""}, // the first accuser once more
	"SUSPECT suspect 5":   {"SUSPECT(5)", "", "suspect:5"},
	"SUSPECT suspect 6":   {"SUSPECT(6)", "", "suspect:6"},
	"SUSPECT seen 6":      {"OK(6)", "refuted", "alive:6"},
	"SUSPECT confirm 6":   {"OK(6)", "refuted", "alive:6"},
	"SUSPECT alive 6":     {"OK(6)", "refuted", "alive:6"},
	"SUSPECT join 6":      {"OK(6)", "refuted", "alive:6"},
	"SUSPECT sync-ok 6":   {"OK(6)", "refuted", "alive:6"},
	"SUSPECT dead 5":      {"DEAD(5)", "died", "dead:5"},
	"SUSPECT dead 6":      {"DEAD(6)", "died", "dead:6"},
	"SUSPECT left 5":      {"LEFT(5)", "left", "leave:5"},
	"SUSPECT left 6":      {"LEFT(6)", "left", "leave:6"},
	"SUSPECT sync-left 5": {"LEFT(5)", "left", "leave:5"},
	"SUSPECT sync-left 6": {"LEFT(6)", "left", "leave:6"},

	"SUSPECT probe_failed 5": {"SUSPECT(5)", "", "suspect:5"},
	"SUSPECT sync-suspect 6": {"SUSPECT(6)", "", "suspect:6"},
	"SUSPECT sync-dead 6":    {"SUSPECT(6)", "", "suspect:6"},

	"DEAD seen 6":      {"OK(6)", "recovered", "alive:6"},
	"DEAD confirm 6":   {"OK(6)", "recovered", "alive:6"},
	"DEAD alive 6":     {"OK(6)", "recovered", "alive:6"},
	"DEAD join 6":      {"OK(6)", "recovered", "join:6"},
	"DEAD sync-ok 6":   {"OK(6)", "recovered", "alive:6"},
	"DEAD dead 6":      {"DEAD(6)", "", "dead:6"},
	"DEAD left 5":      {"LEFT(5)", "", "leave:5"},
	"DEAD left 6":      {"LEFT(6)", "", "leave:6"},
	"DEAD sync-left 5": {"LEFT(5)", "", "leave:5"},
	"DEAD sync-left 6": {"LEFT(6)", "", "leave:6"},
	"DEAD ages 5":      {"tombstone(5)", "peer_removed", ""},

	"LEFT seen 6":    {"UNCONFIRMED(6)", "", "alive:6"},
	"LEFT confirm 6": {"OK(6)", "peer_confirmed joined", "alive:6"}, // seen, then confirm of the UNCONFIRMED
	"LEFT alive 6":   {"UNCONFIRMED(6)", "", "alive:6"},
	"LEFT join 6":    {"UNCONFIRMED(6)", "", "join:6"},
	"LEFT sync-ok 6": {"UNCONFIRMED(6)", "", "alive:6"},
	"LEFT dead 6":    {"LEFT(6)", "", ""},
	"LEFT ages 5":    {"tombstone(5)", "peer_removed", ""},
}

const (
	tableSubject = 1
	tableFirst   = 2 // accuser of the SUSPECT record
	tableOther   = 3
)

// tabled is one machine with one record in question.
type tabled struct {
	t   *testing.T
	m   *Machine
	now core.Instant
	fx  core.Effects
}

func newTabled(t *testing.T) *tabled {
	cfg := Default()
	cfg.Lag.Enabled = false
	var formed []core.Entry
	for _, id := range []core.NodeID{0, 2, 3, 4, 5} {
		formed = append(formed, core.Entry{Subject: id, Role: core.RoleManager, State: core.StateOK})
	}
	x := &tabled{t: t, now: 1e9}
	x.m = New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 7, Instance: 1, Seed: 1, Formed: formed}, nil)
	for i := range x.m.due {
		x.m.due[i] = core.Never
	}
	return x
}

func (x *tabled) receive(m core.Message) {
	m.Group, m.Role, m.Instance = 1, core.RoleManager, 1
	x.m.Receive(x.now, &m, &x.fx)
}

func (x *tabled) hear(u core.Update) {
	u.Subject, u.Role = tableSubject, core.RoleManager
	x.receive(core.Message{Kind: core.KindGossip, From: tableOther, Updates: []core.Update{u}})
}

// prepare brings the record to the state at incarnation 5.
func (x *tabled) prepare(state string) {
	claim := func(typ core.UpdateType) { x.hear(core.Update{Type: typ, Incarnation: 5, From: tableFirst}) }
	switch state {
	case "none":
		return
	case "tombstone":
		claim(core.UpdateDead)
		return
	}
	claim(core.UpdateAlive)
	if state == "UNCONFIRMED" {
		return
	}
	x.m.confirm(x.now, tableSubject, 5, &x.fx)
	switch state {
	case "SUSPECT":
		claim(core.UpdateSuspect)
	case "DEAD":
		claim(core.UpdateDead)
	case "LEFT":
		claim(core.UpdateLeft)
	}
}

func (x *tabled) apply(event string, inc uint32) {
	types := map[string]core.UpdateType{
		"alive": core.UpdateAlive, "join": core.UpdateJoin, "suspect": core.UpdateSuspect, "dead": core.UpdateDead, "left": core.UpdateLeft,
	}
	states := map[string]core.MemberState{
		"sync-ok": core.StateOK, "sync-suspect": core.StateSuspect, "sync-dead": core.StateDead, "sync-left": core.StateLeft,
	}
	switch event {
	case "seen":
		x.receive(core.Message{Kind: core.KindGossip, From: tableSubject, Incarnation: inc})
	case "confirm":
		seq := x.m.ping(x.now, tableSubject, ping{kind: pingReactive, wait: 5e8}, &x.fx)
		x.receive(core.Message{Kind: core.KindAck, From: tableSubject, Incarnation: inc, Seq: seq})
	case "probe_failed":
		x.m.probe(x.now, tableSubject, &x.fx)
		for range 3 {
			x.now = x.now.Add(5e8)
			x.m.Wake(x.now, &x.fx)
		}
	case "again":
		x.hear(core.Update{Type: core.UpdateSuspect, Incarnation: inc, From: tableFirst})
	case "expires":
		x.now = x.now.Add(30e9)
		x.m.Wake(x.now, &x.fx)
	case "ages":
		x.now = x.now.Add(3601e9)
		x.m.onSweep(x.now, &x.fx)
	default:
		if typ, ok := types[event]; ok {
			x.hear(core.Update{Type: typ, Incarnation: inc, From: tableOther})
			return
		}
		accuser := core.NoNode
		if event == "sync-suspect" {
			accuser = tableOther
		}
		x.receive(core.Message{Kind: core.KindSyncFull, Flags: core.FlagReply, From: tableFirst, Body: &SyncFull{Records: []core.Entry{{
			Subject: tableSubject, Incarnation: inc, Accuser: accuser, Role: core.RoleManager, State: states[event],
		}}}})
	}
}

func (x *tabled) outcome() outcome {
	var o outcome
	r := &x.m.rec[tableSubject]
	switch s := r.state(); {
	case s == stateTomb:
		o.to = fmt.Sprintf("tombstone(%d)", r.incarnation())
	case r.present():
		o.to = fmt.Sprintf("%s(%d)", s, r.incarnation())
	default:
		o.to = "none"
	}
	var calls, queued []string
	for _, f := range x.fx.Facts {
		switch f.Kind {
		case core.FactCallback:
			calls = append(calls, f.Callback.String())
		case core.FactQueued:
			queued = append(queued, fmt.Sprintf("%s:%d", core.UpdateType(f.A), f.Inc))
		default:
		}
	}
	o.callbacks, o.queued = strings.Join(calls, " "), strings.Join(queued, " ")
	return o
}

// Spec 10 §2.3: every state × event × relation of the incarnations.
func TestTransitionTable(t *testing.T) {
	used := 0
	for _, state := range []string{"none", "tombstone", "UNCONFIRMED", "OK", "SUSPECT", "DEAD", "LEFT"} {
		for _, event := range []string{
			"seen", "confirm", "alive", "join", "suspect", "again", "dead", "left",
			"sync-ok", "sync-suspect", "sync-dead", "sync-left", "probe_failed", "expires", "ages",
		} {
			for _, inc := range []uint32{4, 5, 6} {
				if !possible(state, event, inc) {
					continue
				}
				key := fmt.Sprintf("%s %s %d", state, event, inc)
				want, listed := transitionRows[key]
				if listed {
					used++
				} else if want.to = state; state != "none" {
					want.to += "(5)"
				}
				x := newTabled(t)
				x.prepare(state)
				x.fx.Reset()
				before := x.m.lhm
				x.apply(event, inc)
				if have := x.outcome(); have != want {
					t.Errorf("%s: have %+v, want %+v", key, have, want)
				}
				if event != "probe_failed" && x.m.lhm != before {
					t.Errorf("%s: LHM moved", key)
				}
				if state == "UNCONFIRMED" && x.m.lhm != before {
					t.Errorf("%s: a failed probe of an UNCONFIRMED target touched the LHM", key)
				}
				for _, bad := range x.m.Validate() {
					t.Errorf("%s: %s", key, bad)
				}
				checkSuspicionFacts(t, key, state, x.fx.Facts)
			}
		}
	}
	if used != len(transitionRows) {
		t.Errorf("%d of %d rows were exercised", used, len(transitionRows))
	}
}

// possible leaves out combinations that are no event: probes of what is not probed, accusers that are
// none. "again" needs an accuser to repeat itself.
func possible(state, event string, inc uint32) bool {
	switch event {
	case "probe_failed":
		return inc == 5 && (state == "UNCONFIRMED" || state == "OK" || state == "SUSPECT")
	case "expires", "again":
		return inc == 5 && state == "SUSPECT"
	case "ages":
		return inc == 5 && (state == "DEAD" || state == "LEFT")
	}
	return true
}

// A suspicion starts with every way into SUSPECT and ends with every way out of it.
func checkSuspicionFacts(t *testing.T, key, state string, facts []core.Fact) {
	t.Helper()
	running := state == "SUSPECT"
	for _, f := range facts {
		switch f.Kind {
		case core.FactSuspicionStarted:
			if running {
				t.Errorf("%s: a second suspicion starts", key)
			}
			running = true
		case core.FactSuspicionEnded:
			if !running {
				t.Errorf("%s: a suspicion ends that never started", key)
			}
			running = false
		default:
		}
	}
	last := slices.IndexFunc(facts, func(f core.Fact) bool { return f.Kind == core.FactTransition && f.To == core.StateSuspect })
	if last >= 0 && !running {
		t.Errorf("%s: SUSPECT without a suspicion", key)
	}
}

// Spec 10 §2.2: verdicts FRESH (replaces), DUPLICATE (same i, rank not higher), STALE (i′ < i), INVALID
// (outside of 0 … 2³¹−1), SUSPICIOUS (known, hearsay, more than 1000 ahead).
func TestFreshnessVerdicts(t *testing.T) {
	types := map[string]core.UpdateType{
		"alive": core.UpdateAlive, "join": core.UpdateJoin, "suspect": core.UpdateSuspect, "dead": core.UpdateDead, "left": core.UpdateLeft,
	}
	ranks := map[string]int{"alive": 0, "join": 0, "suspect": 1, "dead": 2, "left": 3, "OK": 0, "SUSPECT": 1, "DEAD": 2, "LEFT": 3}
	for _, state := range []string{"OK", "SUSPECT", "DEAD", "LEFT"} {
		for name, typ := range types {
			for _, inc := range []uint32{0, 4, 5, 6, 1005, 1006, 1<<31 - 1, 1 << 31, 1<<32 - 1} {
				var want Counters
				switch higher := inc > 5; {
				case inc > 1<<31-1:
					want.Invalid = 1
				case inc > 1005:
					want.Suspicious = 1
				case higher && (state == "DEAD" && name == "suspect" || state == "LEFT" && (name == "suspect" || name == "left")):
					continue // §2.2 would call it FRESH, §2.3 has no row for it: ignored
				case higher, inc == 5 && ranks[name] > ranks[state]:
					want.Fresh = 1
				case inc == 5:
					want.Duplicate = 1
				default:
					want.Stale = 1
				}
				x := newTabled(t)
				x.prepare(state)
				c := &x.m.count
				c.Fresh, c.Duplicate, c.Stale, c.Invalid, c.Suspicious = 0, 0, 0, 0, 0
				x.hear(core.Update{Type: typ, Incarnation: inc, From: tableOther})
				if c.Fresh != want.Fresh || c.Duplicate != want.Duplicate || c.Stale != want.Stale ||
					c.Invalid != want.Invalid || c.Suspicious != want.Suspicious {
					t.Errorf("%s(5) hears %s(%d): fresh %d duplicate %d stale %d invalid %d suspicious %d", state, name, inc,
						c.Fresh, c.Duplicate, c.Stale, c.Invalid, c.Suspicious)
				}
			}
		}
	}
}
