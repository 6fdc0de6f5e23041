package hier

import (
	"testing"
	"unsafe"

	"hypersim/core"
)

const sec = core.Instant(1e9)

// world is a global layer that a test sets by hand.
type world struct {
	states map[core.NodeID]core.MemberState
	incs   map[core.NodeID]uint32
	lhm    int
}

func (w *world) State(id core.NodeID) core.MemberState { return w.states[id] }
func (w *world) Incarnation(id core.NodeID) uint32     { return w.incs[id] }
func (w *world) LHM() int                              { return w.lhm }
func (w *world) Speaks(*core.Message) bool             { return true }

// newWorld holds nodes 0 … n−1 OK at incarnation 0.
func newWorld(n int) *world {
	w := &world{states: map[core.NodeID]core.MemberState{}, incs: map[core.NodeID]uint32{}}
	for i := range n {
		w.states[core.NodeID(i)] = core.StateOK
	}
	return w
}

// bench is a manager's job layer over a world.
type bench struct {
	*Machine
	t   *testing.T
	w   *world
	fx  core.Effects
	now core.Instant
}

func newBench(t *testing.T, cfg Config, role core.Role, n int) *bench {
	w := newWorld(n)
	return &bench{Machine: New(&cfg, Params{Role: role, Global: w}), t: t, w: w}
}

// until wakes the layer at every deadline up to at.
func (b *bench) until(at core.Instant) *bench {
	for {
		d, ok := b.Deadline()
		if !ok || d > at {
			break
		}
		b.now = max(b.now, d)
		b.Wake(b.now, &b.fx)
		b.valid()
	}
	b.now = at
	return b
}

func (b *bench) valid() {
	b.t.Helper()
	for _, what := range b.Validate() {
		b.t.Errorf("at %v: %s", b.now, what)
	}
}

// becomes changes the global layer and says so.
func (b *bench) becomes(id core.NodeID, s core.MemberState, inc uint32) {
	b.w.states[id], b.w.incs[id] = s, inc
	b.GlobalChanged(b.now, id, s, inc, &b.fx)
	b.valid()
}

// facts returns and forgets what was reported.
func (b *bench) facts() []core.Fact {
	out := append([]core.Fact(nil), b.fx.Facts...)
	b.fx.Reset()
	return out
}

func TestSizesAreTrue(t *testing.T) {
	for _, c := range []struct {
		what string
		have uintptr
		want int
	}{
		{"machine", unsafe.Sizeof(Machine{}), machineBytes},
		{"scope", unsafe.Sizeof(scope{}), scopeBytes},
		{"entry", unsafe.Sizeof(entry{}), entryBytes},
		{"suspicion", unsafe.Sizeof(suspicion{}), suspicionBytes},
	} {
		if int(c.have) != c.want {
			t.Errorf("%s is %d bytes, the constant says %d", c.what, c.have, c.want)
		}
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	b := newBench(t, Default(), core.RoleManager, 50)
	round := func() {
		for scope := range uint64(20) {
			for n := range core.NodeID(50) {
				b.Work(b.now, scope, n, true)
				if n != 7 {
					b.Progress(b.now, scope, n, &b.fx)
				}
				_ = b.AliveFor(scope, n)
			}
			b.Evidence(b.now, scope, 3, 0, SourceQuery, &b.fx)
			b.Evidence(b.now, scope, 3, 0, SourceDispatch, &b.fx)
		}
		b.now = b.now.Add(16e9)
		for at, ok := b.Deadline(); ok && at <= b.now; at, ok = b.Deadline() {
			b.Wake(at, &b.fx)
		}
		b.ClearScope(b.now, 11, &b.fx)
		b.fx.Reset()
	}
	for range 20 {
		round()
	}
	if n := testing.AllocsPerRun(50, round); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkProgress is what each progress message costs among 50 jobs of 200 workers.
func BenchmarkProgress(b *testing.B) {
	cfg := Default()
	m := New(&cfg, Params{Role: core.RoleManager, Global: newWorld(200)})
	var fx core.Effects
	for s := range uint64(50) {
		for n := range core.NodeID(200) {
			m.Work(0, s, n, true)
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Progress(core.Instant(i), uint64(i%50), core.NodeID(i%200), &fx)
	}
}
