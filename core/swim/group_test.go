package swim

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/coretest"
)

// group is a few audited machines on a bench, all timers running.
type group struct {
	bench  *coretest.Bench
	cfg    Config
	m      []*audited // by id; nil while down
	inst   []uint32
	gone   []bool // left for good
	roles  []core.Role
	paused []bool
	facts  []coretest.Event
}

func newGroup(cfg Config, managers, workers int, seed uint64) *group {
	g := &group{bench: coretest.New(10 * time.Millisecond), cfg: cfg}
	for i := range managers + workers {
		role := core.RoleManager
		if i >= managers {
			role = core.RoleWorker
		}
		g.roles = append(g.roles, role)
	}
	g.m, g.inst = make([]*audited, len(g.roles)), make([]uint32, len(g.roles))
	g.gone, g.paused = make([]bool, len(g.roles)), make([]bool, len(g.roles))
	var table []core.Entry
	for i, r := range g.roles {
		table = append(table, core.Entry{Subject: core.NodeID(i), Role: r, State: core.StateOK, Accuser: core.NoNode})
	}
	for i := range g.roles {
		g.start(i, seed, Params{Formed: table, Owner: 0, Owners: func(core.NodeID) core.NodeID { return 0 }})
	}
	return g
}

func (g *group) start(i int, seed uint64, p Params) {
	g.inst[i]++
	p.Self, p.Role, p.Group, p.Capacity = core.NodeID(i), g.roles[i], 1, len(g.roles)
	if p.Role == core.RoleWorker {
		p.Capacity = g.managers()
	}
	p.Instance, p.Seed, p.Start = g.inst[i], seed, g.bench.Now()
	g.m[i] = underAudit(New(&g.cfg, p, nil))
	g.bench.Place(p.Self, string(rune('a'+i)), g.m[i])
	g.bench.Do(p.Self, g.m[i].Begin)
}

func (g *group) managers() int {
	n := 0
	for _, r := range g.roles {
		if r == core.RoleManager {
			n++
		}
	}
	return n
}

func (g *group) restart(i int, seed uint64) {
	p := Params{Owner: core.NoNode}
	for j := range g.managers() {
		if j != i {
			p.Seeds = append(p.Seeds, core.NodeID(j))
			// Configured peers are pinged until they answer. Without them a group that is restarted as a
			// whole falls apart for good: two joiners that let each other in never look for the rest.
			p.Known = append(p.Known, core.Entry{Subject: core.NodeID(j), Role: core.RoleManager, Accuser: core.NoNode})
		}
	}
	g.paused[i] = false
	g.start(i, seed, p)
}

func (g *group) crash(i int) {
	g.bench.Crash(core.NodeID(i))
	g.m[i] = nil
}

func (g *group) leave(i int) {
	m := g.m[i]
	g.bench.Do(core.NodeID(i), func(now core.Instant, fx *core.Effects) {
		m.step(now, nil, fx, func() { m.Leave(now, fx) })
	})
	g.gone[i] = true
}

// problems collects what the auditors found, and incarnations that their owner never had (I-M4).
func (g *group) problems(own []uint32) []string {
	var bad []string
	for i, m := range g.m {
		if m == nil {
			continue
		}
		own[i] = max(own[i], m.inc)
		bad = append(bad, m.audit.bad...)
	}
	for _, m := range g.m {
		for j := range g.roles {
			if m == nil || core.NodeID(j) == m.self {
				continue
			}
			if inc := m.Incarnation(core.NodeID(j)); inc > own[j] {
				bad = append(bad, "I-M4: somebody invented an incarnation")
			}
		}
	}
	g.facts = append(g.facts, g.bench.Take()...)
	if len(g.facts) > 20000 {
		g.facts = g.facts[10000:]
	}
	return bad
}

// disagreement returns why the group does not hold together (I-M30), or "".
func (g *group) disagreement() string {
	for i, m := range g.m {
		if m == nil || g.gone[i] {
			continue
		}
		for j := range g.roles {
			id := core.NodeID(j)
			if j == i || !m.keeps(g.roles[j]) {
				continue
			}
			s := m.State(id)
			// Workers tell nobody what they remember and no table lists them, so that a process which came
			// back without memory may stay below the incarnation that one side of such a pair knows.
			both := g.roles[i] == core.RoleManager && g.roles[j] == core.RoleManager
			switch alive := g.m[j] != nil && !g.gone[j]; {
			case alive && (s != core.StateOK || both && m.Incarnation(id) != g.m[j].inc):
				return g.bench.Name(m.self) + " holds " + g.bench.Name(id) + " " + s.String()
			case !alive && (s == core.StateOK || s == core.StateSuspect):
				return g.bench.Name(m.self) + " holds the departed " + g.bench.Name(id) + " " + s.String()
			}
		}
		for j, o := range g.m {
			if o == nil || g.gone[j] || g.roles[i] != core.RoleManager || g.roles[j] != core.RoleManager {
				continue
			}
			if m.sum != o.sum {
				return "digests of " + g.bench.Name(m.self) + " and " + g.bench.Name(o.self) + " differ"
			}
		}
	}
	return ""
}

// unwatched names a live worker that no manager would miss (§10.4), or returns "".
func (g *group) unwatched() string {
	for w := g.managers(); w < len(g.roles); w++ {
		if g.m[w] == nil || g.gone[w] {
			continue
		}
		watched, managers := false, 0
		for i, m := range g.m[:g.managers()] {
			if m != nil && !g.gone[i] {
				managers++
				watched = watched || m.watch.judges(m.Machine, w)
			}
		}
		if managers > 0 && !watched {
			return "nobody watches " + g.bench.Name(core.NodeID(w))
		}
	}
	return ""
}

func groupConfig() Config {
	c := Default()
	c.Reconnect.Interval = 5 * time.Second
	c.Sync.Interval = 10 * time.Second
	return c
}

// Small groups under crashes, restarts, pauses, cuts, loss and departures keep every invariant, and after
// the last fault they agree (I-M30).
func TestGroupsSurviveFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		managers, workers := rapid.IntRange(2, 5).Draw(t, "managers"), rapid.IntRange(0, 2).Draw(t, "workers")
		seed := rapid.Uint64().Draw(t, "seed")
		g := newGroup(groupConfig(), managers, workers, seed)
		own := make([]uint32, len(g.roles))
		node := func() int { return rapid.IntRange(0, len(g.roles)-1).Draw(t, "node") }
		for range rapid.IntRange(1, 15).Draw(t, "faults") {
			i := node()
			switch rapid.IntRange(0, 8).Draw(t, "fault") {
			case 0:
				g.crash(i)
			case 1:
				if !g.gone[i] {
					g.restart(i, seed)
				}
			case 2:
				if g.m[i] != nil {
					g.bench.Pause(core.NodeID(i))
					g.paused[i] = true
				}
			case 3:
				if g.paused[i] {
					g.bench.Resume(core.NodeID(i))
					g.paused[i] = false
				}
			case 4, 5:
				g.bench.Drop(coretest.Rule{Match: coretest.Match{From: core.NodeID(i), To: core.NodeID(node())}, Count: -1})
			case 6:
				g.bench.Drop(coretest.Rule{Match: coretest.Match{
					From: core.NoNode, To: core.NodeID(i), Kind: core.Kind(rapid.IntRange(1, 7).Draw(t, "kind")),
				}, Count: rapid.IntRange(1, 50).Draw(t, "lost")})
			case 7:
				g.bench.Heal()
			case 8:
				if g.m[i] != nil && rapid.IntRange(0, 3).Draw(t, "leave") == 0 {
					g.leave(i)
				}
			}
			g.bench.Advance(core.Duration(rapid.Int64Range(0, 45e9).Draw(t, "time")))
			for _, bad := range g.problems(own) {
				t.Fatalf("%v: %s", g.bench.Now(), bad)
			}
		}
		g.bench.Heal()
		for i := range g.roles {
			if g.paused[i] && g.m[i] != nil {
				g.bench.Resume(core.NodeID(i))
			}
			if g.m[i] == nil && !g.gone[i] {
				g.restart(i, seed)
			}
		}
		why := ""
		for range 20 { // up to 10 minutes
			g.bench.Advance(30 * time.Second)
			for _, bad := range g.problems(own) {
				t.Fatalf("%v: %s", g.bench.Now(), bad)
			}
			if why = g.disagreement(); why == "" {
				why = g.unwatched()
			}
			if why == "" {
				return
			}
		}
		for i := range g.facts {
			t.Log(g.bench.Line(&g.facts[i]))
		}
		t.Fatalf("I-M30: after 10 minutes %s", why)
	})
}
