package election

import (
	"container/heap"
	"testing"
	"time"

	"hypersim/core"
)

const sec = core.Instant(time.Second)

// voters is a small world of voters with clocks of their own.
type voters struct {
	cfg     Config
	now     core.Instant // virtual
	nodes   []*Machine
	rate    []float64 // of each clock
	lives   []uint32
	paused  []core.Instant // until
	ids     []core.NodeID
	queue   flights
	turn    int
	way     func(from, to core.NodeID) (core.Duration, bool)
	twice   func() int           // how many copies of a datagram there are beside it
	down    map[core.NodeID]bool // as membership sees it
	lhm     map[core.NodeID]int
	level   map[core.NodeID]int
	leaders map[uint64]core.NodeID // by term
	rounds  []core.JobFact
	gains   []core.Instant        // when somebody began to lead
	first   core.NodeID           // who leads a formed cluster
	heard   func(m *core.Message) // of every datagram that leaves, if it is set
	told    func(i int, f *core.JobFact)
	fx      core.Effects
}

type flight struct {
	at   core.Instant
	turn int
	m    core.Message
	life uint32
}

type flights []flight

func (f flights) Len() int { return len(f) }
func (f flights) Less(i, k int) bool {
	return f[i].at < f[k].at || f[i].at == f[k].at && f[i].turn < f[k].turn
}
func (f flights) Swap(i, k int) { f[i], f[k] = f[k], f[i] }
func (f *flights) Push(x any)   { *f = append(*f, x.(flight)) }
func (f *flights) Pop() any {
	old := *f
	x := old[len(old)-1]
	*f = old[:len(old)-1]
	return x
}

type view struct {
	w    *voters
	self core.NodeID
}

func (v view) State(id core.NodeID) core.MemberState {
	if v.w.down[id] {
		return core.StateDead
	}
	return core.StateOK
}
func (v view) LHM() int   { return v.w.lhm[v.self] }
func (v view) Level() int { return v.w.level[v.self] }

func newVoters(n int, cfg Config) *voters {
	w := &voters{
		cfg: cfg, nodes: make([]*Machine, n), rate: make([]float64, n), lives: make([]uint32, n), paused: make([]core.Instant, n),
		down: map[core.NodeID]bool{}, lhm: map[core.NodeID]int{}, level: map[core.NodeID]int{}, leaders: map[uint64]core.NodeID{},
		way:   func(_, _ core.NodeID) (core.Duration, bool) { return time.Millisecond, true },
		twice: func() int { return 0 },
	}
	for i := range n {
		w.rate[i] = 1
		w.ids = append(w.ids, core.NodeID(10+i))
	}
	w.first = w.ids[0]
	return w
}

func (w *voters) local(i int) core.Instant { return core.Instant(float64(w.now) * w.rate[i]) }

// due turns a time of a node's clock into virtual time, rounded up.
func (w *voters) due(i int, at core.Instant) core.Instant {
	if at == core.Never {
		return at
	}
	v := core.Instant(float64(at) / w.rate[i])
	for core.Instant(float64(v)*w.rate[i]) < at {
		v++
	}
	return max(v, w.paused[i])
}

func (w *voters) boot(i int, formed bool) {
	w.lives[i]++
	w.nodes[i] = New(Params{
		Config: &w.cfg, Self: w.ids[i], Role: core.RoleManager, Instance: w.lives[i], Seed: 5, Key: uint64(i), Voters: w.ids,
		Members: view{w, w.ids[i]}, Formed: formed, First: w.first,
	})
	w.step(i, func(m *Machine) { m.Begin(w.local(i), &w.fx) })
}

func (w *voters) form() {
	for i := range w.nodes {
		w.boot(i, true)
	}
}

func (w *voters) crash(i int) { w.nodes[i] = nil }

func (w *voters) step(i int, do func(m *Machine)) {
	w.fx.Reset()
	do(w.nodes[i])
	for k := range w.fx.JobFacts {
		f := w.fx.JobFacts[k]
		if w.told != nil {
			w.told(i, &f)
		}
		if f.Kind == core.JobFactRound {
			w.rounds = append(w.rounds, f)
		}
		if f.Kind == core.JobFactVoter && Role(f.To) == Leader {
			w.gains = append(w.gains, w.now)
		}
	}
	for _, m := range w.fx.Messages {
		if w.heard != nil {
			w.heard(&m)
		}
		core.Hold(m.Body)
		core.Hold(m.Body)
		for range 1 + w.twice() {
			if d, ok := w.way(m.From, m.To); ok {
				w.turn++
				heap.Push(&w.queue, flight{w.now.Add(d), w.turn, m, w.lives[m.To-10]})
			}
		}
	}
}

// run goes on to the given time, and looks after each event.
func (w *voters) run(t interface{ Fatalf(string, ...any) }, until core.Instant) {
	for {
		next, who := core.Never, -1
		for i, m := range w.nodes {
			if m == nil {
				continue
			}
			if at, ok := m.Deadline(); ok {
				if at = w.due(i, at); at < next {
					next, who = at, i
				}
			}
		}
		if len(w.queue) > 0 && w.queue[0].at < next {
			next, who = w.queue[0].at, -2
		}
		if next > until {
			w.now = until
			return
		}
		w.now = max(w.now, next)
		if who == -2 {
			f := heap.Pop(&w.queue).(flight)
			i := int(f.m.To - 10)
			switch {
			case w.nodes[i] == nil || w.lives[i] != f.life:
			case w.paused[i] > w.now: // it waits
				f.at = w.paused[i]
				heap.Push(&w.queue, f)
			default:
				w.step(i, func(m *Machine) { m.Receive(w.local(i), &f.m, &w.fx) })
			}
		} else {
			w.step(who, func(m *Machine) { m.Wake(w.local(who), &w.fx) })
		}
		w.look(t)
	}
}

// look holds I-JL1: one leader a term, and no two that may act at once.
func (w *voters) look(t interface{ Fatalf(string, ...any) }) {
	acting := core.NoNode
	for i, m := range w.nodes {
		if m == nil {
			continue
		}
		if m.Role() == Leader {
			if other, ok := w.leaders[m.Term()]; ok && other != w.ids[i] {
				t.Fatalf("at %v: %d and %d lead term %d", w.now, other, w.ids[i], m.Term())
			}
			w.leaders[m.Term()] = w.ids[i]
		}
		if m.Leads(w.local(i)) {
			if acting != core.NoNode {
				t.Fatalf("at %v: %d and %d may act", w.now, acting, w.ids[i])
			}
			acting = w.ids[i]
		}
		if m.Violations() != 0 {
			t.Fatalf("at %v: %d heard of two leaders of a term", w.now, w.ids[i])
		}
	}
}

func (w *voters) leader() core.NodeID {
	for i, m := range w.nodes {
		if m != nil && m.Leads(w.local(i)) {
			return w.ids[i]
		}
	}
	return core.NoNode
}

// A formed cluster keeps its lowest member as leader, without a round.
func TestFormedLeads(t *testing.T) {
	w := newVoters(3, Default())
	w.form()
	w.run(t, 100*sec)
	if w.leader() != 10 || len(w.rounds) != 0 || w.nodes[2].Term() != 1 {
		t.Errorf("leader %d, rounds %v", w.leader(), w.rounds)
	}
}

func TestClusterOfOne(t *testing.T) {
	w := newVoters(1, Default())
	w.boot(0, false)
	if w.leader() != 10 {
		t.Error("it does not lead from its start")
	}
	w.run(t, 1000*sec)
	if w.leader() != 10 || w.nodes[0].Term() != 1 {
		t.Error("it does not go on leading")
	}
}

// The times of spec 20 §13.12: counted at the end of rounds a leader is there within 16.2 s of the crash, on arrival
// within 7.5 s; the isolated leader has stepped down before anybody can vote.
func TestGap(t *testing.T) {
	for _, c := range []struct {
		count Count
		most  core.Instant
	}{{CountAtTimeout, 162 * sec / 10}, {CountOnArrival, 75 * sec / 10}} {
		for seed := range 30 {
			cfg := Default()
			cfg.Election.Count = c.count
			w := newVoters(3, cfg)
			w.form()
			at := 20*sec + core.Instant(seed)*sec/10
			w.run(t, at)
			w.crash(0)
			w.run(t, at+c.most)
			if w.leader() == core.NoNode {
				t.Errorf("%s, crash at %v: no leader %v later", c.count, at, c.most)
			}
			won := 0
			for _, r := range w.rounds {
				won += int(r.To)
			}
			if len(w.rounds) != 2 || won != 2 {
				t.Errorf("%s, crash at %v: rounds %v", c.count, at, w.rounds)
			}
		}
	}
}

func TestIsolatedLeaderStepsDownFirst(t *testing.T) {
	w := newVoters(3, Default())
	w.form()
	w.run(t, 20*sec)
	w.way = func(from, to core.NodeID) (core.Duration, bool) { return time.Millisecond, from != 10 && to != 10 }
	w.run(t, 60*sec)
	if w.nodes[0].Role() == Leader || w.leader() == core.NoNode || w.leader() == 10 {
		t.Errorf("leader %d, the isolated one is %v", w.leader(), w.nodes[0].Role())
	}
	w.way = func(_, _ core.NodeID) (core.Duration, bool) { return time.Millisecond, true }
	term := w.nodes[1].Term()
	w.run(t, 90*sec)
	if w.nodes[0].Leader() != w.leader() || w.nodes[0].Term() != term {
		t.Errorf("after the cut it follows %d in term %d", w.nodes[0].Leader(), w.nodes[0].Term())
	}
}

// Who is in poor health neither stands nor is voted for.
func TestPoorHealth(t *testing.T) {
	w := newVoters(3, Default())
	w.form()
	w.lhm[11] = 5
	w.run(t, 20*sec)
	w.crash(0)
	w.run(t, 60*sec)
	if w.leader() != 12 {
		t.Errorf("leader %d", w.leader())
	}
}
