package swim

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"hypersim/core"
	"hypersim/core/coretest"
)

// Scripts in testdata stage one exchange each; every one opens with the sentence of the specification
// that it shows. What they print is the trace of the wire and the facts, without the noise that the
// script did not ask for. All periodic timers are off unless the script wants them, so that nothing
// happens that is not written there.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			s := newStage(t)
			datadriven.RunTest(t, f, func(_ *testing.T, d *datadriven.TestData) string {
				s.t = t
				return s.run(d)
			})
			s.validate()
		})
	}
}

// stage is a bench with membership machines on it.
type stage struct {
	t     testing.TB
	bench *coretest.Bench
	cfg   Config
	names []string
	roles []core.Role
	known []core.Entry
	m     map[string]*Machine
	inst  map[string]uint32
	show  map[string]bool
}

func newStage(t testing.TB) *stage {
	cfg := Default()
	cfg.Gossip.Interval = 0
	cfg.Lag.Enabled = false
	cfg.Suspicion.ScaleWithN = true
	return &stage{
		t: t, bench: coretest.New(10 * time.Millisecond), cfg: cfg,
		m: map[string]*Machine{}, inst: map[string]uint32{}, show: map[string]bool{},
	}
}

// name gives letters to participants and w1, w2 … to workers.
func (s *stage) people(d *datadriven.TestData) {
	managers, workers, gates := 0, 0, 0
	d.MaybeScanArgs(s.t, "managers", &managers)
	d.MaybeScanArgs(s.t, "workers", &workers)
	d.MaybeScanArgs(s.t, "gates", &gates)
	for i := range managers + gates {
		role := core.RoleManager
		if i >= managers {
			role = core.RoleGate
		}
		s.names, s.roles = append(s.names, string(rune('a'+i))), append(s.roles, role)
	}
	for i := range workers {
		s.names, s.roles = append(s.names, fmt.Sprintf("w%d", i+1)), append(s.roles, core.RoleWorker)
	}
	for i := range s.names {
		s.bench.Place(core.NodeID(i), s.names[i], idle{}) // a name to parse, not yet a process
		s.bench.Crash(core.NodeID(i))
	}
}

// idle is a place on the bench whose process has not started.
type idle struct{}

func (idle) Receive(core.Instant, *core.Message, *core.Effects) {}
func (idle) Wake(core.Instant, *core.Effects)                   {}
func (idle) Deadline() (core.Instant, bool)                     { return core.Never, false }

func (s *stage) id(name string) core.NodeID {
	id, ok := s.bench.Node(name)
	if !ok {
		s.t.Fatalf("no node is called %q", name)
	}
	return id
}

// start brings up name. Its periodic timers are off; but for a join nothing is armed.
func (s *stage) start(name string, p Params) {
	id := s.id(name)
	s.inst[name]++
	p.Self, p.Role, p.Group, p.Capacity = id, s.roles[id], 1, len(s.names)
	p.Instance, p.Seed, p.Start = s.inst[name], 1, s.bench.Now()
	m := New(&s.cfg, p, nil)
	m.seq = 0 // numbers in scripts begin at 1
	for _, t := range []timer{timerTick, timerLag, timerSync, timerReconnect, timerWatch, timerSweep} {
		m.due[t] = core.Never
	}
	s.m[name] = m
	s.bench.Place(id, name, m)
	s.bench.Do(id, m.Begin)
}

func (s *stage) formed(d *datadriven.TestData) {
	s.people(d)
	owner := "a"
	d.MaybeScanArgs(s.t, "owner", &owner)
	for i, r := range s.roles {
		s.known = append(s.known, core.Entry{Subject: core.NodeID(i), Accuser: core.NoNode, Role: r, State: core.StateOK})
	}
	for i, n := range s.names {
		p := Params{Formed: s.known, Owner: core.NoNode, Owners: func(core.NodeID) core.NodeID { return s.id(owner) }}
		if s.roles[i] == core.RoleWorker {
			p.Owner = s.id(owner)
		}
		s.start(n, p)
	}
}

func (s *stage) validate() {
	for _, n := range s.names {
		if m := s.m[n]; m != nil {
			for _, bad := range m.Validate() {
				s.t.Errorf("%v %s: %s", s.bench.Now(), n, bad)
			}
		}
	}
}

// shown reports whether a line belongs into the output: facts about bookkeeping only on request.
func (s *stage) shown(e *coretest.Event) bool {
	if e.Kind != coretest.EventFact {
		return !s.show["facts-only"]
	}
	switch e.Fact.Kind {
	case core.FactTimeout:
		return s.show["timeouts"]
	case core.FactQueued, core.FactRetired:
		return s.show["queue"]
	case core.FactProbeStarted, core.FactTick:
		return s.show["ticks"]
	default:
		return true
	}
}

func (s *stage) output() string {
	var b strings.Builder
	for _, e := range s.bench.Take() {
		if s.shown(&e) {
			b.WriteString(strings.TrimRight(s.bench.Line(&e), " ") + "\n")
		}
	}
	s.validate()
	return b.String()
}

func (s *stage) status(only string) string {
	var b strings.Builder
	for _, n := range s.names {
		m := s.m[n]
		if m == nil || only != "" && n != only {
			continue
		}
		fmt.Fprintf(&b, "%s(%d):", n, m.inc)
		for _, o := range s.names {
			if o == n {
				continue
			}
			st := m.State(s.id(o))
			if k, ok := m.index(s.id(o)); ok && m.rec[k].state() == stateTomb {
				fmt.Fprintf(&b, " %s=tombstone(%d)", o, m.rec[k].incarnation())
			} else if st != core.StateNone {
				fmt.Fprintf(&b, " %s=%s(%d)", o, st, m.Incarnation(s.id(o)))
			}
		}
		fmt.Fprintf(&b, "; n=%d lhm=%d level=%d", m.n(), m.lhm, m.level)
		if m.Stopped() {
			b.WriteString(" stopped")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (s *stage) queue(name string) string {
	var b strings.Builder
	q := &s.m[name].queue
	for i := range q.Len() {
		it := q.At(i)
		fmt.Fprintf(&b, "%s sent %d of %d\n", s.bench.Update(&it.News), it.Sent, it.Limit)
	}
	if b.Len() == 0 {
		return "empty\n"
	}
	return b.String()
}
