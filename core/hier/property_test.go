package hier

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

// naive is the job layer as a reader of §8 would write it: a list of pairs, everything recomputed, time
// walked from event to event.
type naive struct {
	cfg   *Config
	w     *world
	pairs []*pair
	log   []string // what facts say
}

type pair struct {
	scope           uint64
	node            core.NodeID
	active          bool
	progress, start core.Instant
	state           string // "", "suspected" or "dead"
	inc             uint32
	sources         []Source
	f               core.Duration
	granted         core.Duration
	floor           core.Instant // the deadline is never before the event that moved it
}

func (p *pair) deadline(j *Job) core.Instant {
	at := p.start.Add(timeout(p.f*j.ManagerMin, p.f*j.ManagerMax, len(p.sources)-1, j.K) + p.granted)
	return max(at, p.floor)
}

func (n *naive) get(scope uint64, node core.NodeID, create bool, now core.Instant) *pair {
	for _, p := range n.pairs {
		if p.scope == scope && p.node == node {
			return p
		}
	}
	if !create {
		return nil
	}
	n.pairs = append(n.pairs, &pair{scope: scope, node: node, progress: now})
	slices.SortFunc(n.pairs, func(a, b *pair) int {
		if a.scope != b.scope {
			return int(a.scope) - int(b.scope)
		}
		return int(a.node) - int(b.node)
	})
	return n.get(scope, node, false, now)
}

func (n *naive) say(p *pair, what string) {
	n.log = append(n.log, fmt.Sprintf("%d/%d@%d %s", p.scope, p.node, p.inc, what))
}

func (n *naive) room(scope uint64) bool {
	here, all := 0, 0
	for _, p := range n.pairs {
		if p.state != "" {
			all++
			if p.scope == scope {
				here++
			}
		}
	}
	return here < n.cfg.Job.MaxPerScope && all < n.cfg.Job.MaxTotal
}

func (n *naive) suspect(now core.Instant, p *pair, inc uint32, from Source) {
	if !n.room(p.scope) {
		return
	}
	p.state, p.start, p.inc, p.sources = "suspected", now, inc, []Source{from}
	p.f, p.granted, p.floor = core.Duration(1+min(n.w.lhm, 2)), 0, 0
	n.say(p, fmt.Sprintf("suspected until %v", p.deadline(&n.cfg.Job)))
}

func (n *naive) end(p *pair, cause core.Cause) {
	n.say(p, cause.String()+map[string]string{"dead": " of a mark"}[p.state])
	p.state = ""
}

func (n *naive) evidence(now core.Instant, scope uint64, node core.NodeID, inc uint32, from Source) {
	if n.w.states[node] != core.StateOK || from == SourcePeer(node) || inc < n.w.incs[node] {
		return
	}
	p := n.get(scope, node, true, now)
	switch {
	case p.state == "dead":
		return
	case p.state == "suspected" && inc < p.inc:
		return
	case p.state == "suspected" && inc == p.inc:
		if len(p.sources) <= n.cfg.Job.K && !slices.Contains(p.sources, from) {
			p.sources = append(p.sources, from)
			p.floor = now
			n.say(p, fmt.Sprintf("confirmed until %v", p.deadline(&n.cfg.Job)))
		}
		return
	case p.state == "suspected":
		n.end(p, core.CauseRefuted)
	}
	n.suspect(now, p, inc, from)
}

func (n *naive) global(node core.NodeID) {
	for _, p := range slices.Backward(n.pairs) {
		if p.node != node {
			continue
		}
		if s := n.w.states[node]; s != core.StateOK && s != core.StateSuspect {
			if p.state != "" {
				n.end(p, core.CauseGossip)
			}
			p.active = false
		} else if p.state == "suspected" && p.inc < n.w.incs[node] {
			n.end(p, core.CauseRefuted)
		}
	}
}

// wake does what is due in (before, now]: expiries and checks in the order of time, expiries first.
func (n *naive) wake(before, now core.Instant) {
	for {
		next, what := core.Never, (*pair)(nil)
		for _, p := range n.pairs {
			if d := p.deadline(&n.cfg.Job); p.state == "suspected" && d < next {
				next, what = d, p
			}
		}
		check := before.Add(n.cfg.Job.CheckInterval - core.Duration(before)%n.cfg.Job.CheckInterval)
		if next <= check && next <= now {
			n.say(what, "expired")
			what.state = "dead"
			continue
		}
		if check > now {
			return
		}
		before = check
		for _, p := range n.pairs {
			if p.active && p.state == "" && check.Sub(p.progress) >= n.cfg.Job.ProgressGap && n.w.states[p.node] == core.StateOK {
				n.suspect(check, p, n.w.incs[p.node], SourceProgress)
			}
		}
	}
}

// told renders facts as naive logs them.
func told(fs []core.Fact) []string {
	var out []string
	for _, f := range fs {
		s := fmt.Sprintf("%d/%d@%d ", f.A, f.Subject, f.Inc)
		switch f.Kind {
		case core.FactScopeSuspected:
			s += fmt.Sprintf("suspected until %v", f.At)
		case core.FactScopeConfirmed:
			s += fmt.Sprintf("confirmed until %v", f.At)
		case core.FactScopeExtended:
			s += fmt.Sprintf("extended until %v", f.At)
		case core.FactScopeEnded:
			s += f.Cause.String() + map[int32]string{1: " of a mark"}[f.N]
		default:
			s += f.Kind.String()
		}
		out = append(out, s)
	}
	return out
}

// Random walks: the layer does what the naive one does, is valid after every event, and an event of one
// scope says nothing about another (I-M20, I-M21).
func TestAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Default()
		cfg.Job.K = rapid.IntRange(0, 3).Draw(t, "k")
		cfg.Job.MaxPerScope = rapid.SampledFrom([]int{1, 2, 1000}).Draw(t, "per scope")
		cfg.Job.MaxTotal = rapid.SampledFrom([]int{2, 4, 50_000}).Draw(t, "total")
		w := newWorld(4)
		m := New(&cfg, Params{Role: core.RoleManager, Global: w})
		n := &naive{cfg: &cfg, w: w}
		var fx core.Effects
		now := core.Instant(0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			scope, node := rapid.Uint64Range(1, 3).Draw(t, "scope"), core.NodeID(rapid.IntRange(0, 3).Draw(t, "node"))
			fx.Reset()
			n.log = n.log[:0]
			only := scope // the one scope that may speak, 0 = all
			switch what := rapid.IntRange(0, 9).Draw(t, "what"); what {
			case 0, 1:
				active := rapid.IntRange(0, 3).Draw(t, "active") > 0
				m.Work(now, scope, node, active)
				if p := n.get(scope, node, active, now); p != nil {
					if active && !p.active {
						p.progress = now
					}
					p.active = active
				}
			case 2:
				m.Progress(now, scope, node, &fx)
				if p := n.get(scope, node, false, now); p != nil {
					p.progress = now
					if p.state != "" {
						n.end(p, core.CauseRefuted)
					}
				}
			case 3, 4, 5:
				inc := w.incs[node] + uint32(rapid.IntRange(-1, 1).Draw(t, "inc"))
				from := Source(rapid.IntRange(-3, 3).Draw(t, "from"))
				m.Evidence(now, scope, node, inc, from, &fx)
				n.evidence(now, scope, node, inc, from)
			case 6:
				d := time.Duration(rapid.IntRange(1, 15).Draw(t, "grant")) * time.Second
				m.Extend(now, scope, node, d, &fx)
				if p := n.get(scope, node, false, now); p != nil && p.state == "suspected" {
					// what was granted counts from the deadline in force
					was := p.deadline(&cfg.Job)
					p.granted += d
					p.floor = max(p.floor, was.Add(d))
					n.say(p, fmt.Sprintf("extended until %v", p.deadline(&cfg.Job)))
				}
			case 7:
				if rapid.IntRange(0, 3).Draw(t, "clear") == 0 {
					m.ClearScope(now, scope, &fx)
					for _, p := range n.pairs {
						if p.scope == scope && p.state != "" {
							n.end(p, core.CauseRemoved)
						}
					}
					n.pairs = slices.DeleteFunc(n.pairs, func(p *pair) bool { return p.scope == scope })
				}
			case 8:
				only = 0
				w.states[node] = rapid.SampledFrom([]core.MemberState{
					core.StateOK, core.StateOK, core.StateOK, core.StateSuspect, core.StateDead, core.StateLeft, core.StateNone,
				}).Draw(t, "state")
				w.incs[node] += uint32(rapid.IntRange(0, 1).Draw(t, "rise"))
				m.GlobalChanged(now, node, w.states[node], w.incs[node], &fx)
				n.global(node)
			case 9:
				w.lhm = rapid.IntRange(0, 4).Draw(t, "lhm")
			}
			check(t, m, n, &fx, now, only)

			// time goes on, in wakes that are never late
			was := now
			to := now.Add(time.Duration(rapid.IntRange(0, 40_000).Draw(t, "ms")) * time.Millisecond)
			fx.Reset()
			n.log = n.log[:0]
			for at, ok := m.Deadline(); ok && at <= to; at, ok = m.Deadline() {
				m.Wake(at, &fx)
			}
			n.wake(was, to)
			now = to
			check(t, m, n, &fx, now, 0)
		}
	})
}

func check(t *rapid.T, m *Machine, n *naive, fx *core.Effects, now core.Instant, only uint64) {
	have := told(fx.Facts)
	if !slices.Equal(have, n.log) {
		t.Fatalf("at %v:\n have %q\n want %q", now, have, n.log)
	}
	for _, f := range fx.Facts {
		if only != 0 && uint64(f.A) != only {
			t.Fatalf("at %v an event of scope %d says %v of scope %d", now, only, f.Kind, f.A)
		}
	}
	if bad := m.Validate(); bad != nil {
		t.Fatalf("at %v: %q", now, bad)
	}
	for scope := range uint64(4) {
		for node := range core.NodeID(4) {
			if m.AliveFor(scope, node) && !m.AliveGlobal(node) {
				t.Fatalf("at %v: %d is alive for %d and not at all", now, node, scope)
			}
			want := map[string]Status{"": Alive, "suspected": SuspectedJob, "dead": DeadJob}
			state := ""
			if p := n.get(scope, node, false, now); p != nil {
				state = p.state
			}
			if have := m.local(scope, node); have != want[state] {
				t.Fatalf("at %v: (%d, %d) is %v, want %q", now, scope, node, have, state)
			}
		}
	}
}
