// Package jobworld runs clients, managers and workers of one or more datacenters, and gates if a test brings them, against
// each other in a small world of its own: messages with delays, shards with scripts, crashes, pauses, clocks that run at
// their own rates. It is there for tests of the roles; what people run is sim/world.
package jobworld

import (
	"container/heap"
	"fmt"
	"maps"

	"hypersim/core"
	"hypersim/core/election"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/core/wire"
)

// Role is what the world drives.
type Role interface {
	Receive(now core.Instant, m *core.Message, fx *core.Effects)
	Wake(now core.Instant, fx *core.Effects)
	Deadline() (core.Instant, bool)
}

// Script is what a payload does: it runs for Length and ends like that, or is stuck and never ends. Beside it goes on
// by Cores items every 100 ms.
type Script struct {
	Length core.Duration
	Ended  job.Ended
	Error  job.ErrorKind
	Stuck  bool
	Still  bool // nothing of it gets done
	Deaf   bool // does not stop when told to: it has to be killed
	Early  bool // gives all cores but one back after half of its length
}

// Fact is a fact with who reported it, and when.
type Fact struct {
	At   core.Instant
	Node core.NodeID
	core.JobFact
}

// Params size a world.
type Params struct {
	Config   *job.Config
	Replica  *replica.Config    // nil: the defaults
	Timeout  *jobtimeout.Config // nil: the defaults
	Election *election.Config   // nil: the defaults
	Health   *health.Config     // nil: the defaults; without beats nobody is judged by it

	Sites    int // datacenters, 0 = 1
	Managers int // of each, 0 = 1
	Workers  int // of each
	Cores    int // of each worker
	Clients  int
	Gates    int
	Seed     uint64

	// Gate makes the process of a gate; nil: there are none. It sets the rest of node.Work from w.Sites and w.Layout.
	Gate func(w *World, id core.NodeID, life uint32, formed bool) Role

	// Detect is how long after a crash the others hold a node DEAD, and after a start OK again; 0: the test says so itself.
	Detect core.Duration

	// Way says what becomes of a message: how long it takes, and whether it is lost, which its sender hears of as a
	// failed stream. nil: 1 ms.
	Way func(w *World, m *core.Message) (d core.Duration, lost bool)

	// Beats is how often a worker's heartbeat rides on its pings; 0: never.
	Beats core.Duration
}

// World is one run. Its nodes are, site by site, the managers and then the workers of each; then the gates, then the
// clients. So with one datacenter and one manager, that is node 0 and the first worker is node 1.
type World struct {
	Params
	Now     core.Instant
	Facts   []Fact
	Scripts map[uint64]Script // by payload
	Dead    map[core.NodeID]core.MemberState
	Quiet   bool // keep no facts

	// Watch sees every step of a node after it was made: facts, orders and messages are in fx until it returns.
	Watch func(id core.NodeID, fx *core.Effects)

	nodes  []Role
	lives  []uint32
	clocks []clock
	seen   map[[2]core.NodeID]core.MemberState // by viewer and node: where a view of its own differs
	queue  events
	turn   uint64
	fx     core.Effects
	runs   map[run]started
	Delays int // messages under way
}

type run struct {
	node  core.NodeID
	shard job.Shard
	token job.Token
}

type started struct {
	at      core.Instant
	cores   uint16
	life    uint32
	payload uint64
}

type event struct {
	at   core.Instant
	turn uint64
	do   func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, k int) bool {
	return e[i].at < e[k].at || e[i].at == e[k].at && e[i].turn < e[k].turn
}
func (e events) Swap(i, k int) { e[i], e[k] = e[k], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	old := *e
	x := old[len(old)-1]
	*e = old[:len(old)-1]
	return x
}

// New returns a formed world at time 0.
func New(p Params) *World {
	p.Sites, p.Managers = max(p.Sites, 1), max(p.Managers, 1)
	if p.Gate == nil {
		p.Gates = 0
	}
	if p.Replica == nil {
		c := replica.Default()
		p.Replica = &c
	}
	if p.Election == nil {
		c := election.Default()
		p.Election = &c
	}
	if p.Health == nil {
		c := health.Default()
		p.Health = &c
	}
	w := &World{
		Params: p, Scripts: map[uint64]Script{}, Dead: map[core.NodeID]core.MemberState{}, runs: map[run]started{},
		seen: map[[2]core.NodeID]core.MemberState{},
	}
	n := w.firstClient() + p.Clients
	w.nodes, w.lives, w.clocks = make([]Role, n), make([]uint32, n), make([]clock, n)
	for i := range n {
		w.Boot(core.NodeID(i), true)
	}
	if p.Beats > 0 {
		w.After(p.Beats, w.beat)
	}
	return w
}

// Book is the address book of all nodes.
func (w *World) Book() core.Book {
	return &wire.Codec{Book: wire.LinearBook{Port: 7000, Names: func(id core.NodeID) string { return fmt.Sprintf("node-%d", id) }}}
}

// Crash ends the process at id: what it knew and ran is lost.
func (w *World) Crash(id core.NodeID) {
	w.nodes[id] = nil
	w.lives[id]++
	life := w.lives[id]
	maps.DeleteFunc(w.runs, func(r run, _ started) bool { return r.node == id })
	if w.Detect > 0 {
		w.After(w.Detect, func() {
			if w.lives[id] == life {
				w.Hold(id, core.StateDead)
			}
		})
	}
}

// Submit lets client i hand a job in.
func (w *World) Submit(i int, s job.Spec) (id job.ID) {
	c, at := w.Client(i)
	w.step(at, func() { id = c.Submit(w.Local(at), s, &w.fx) })
	return id
}

// Cancel lets client i take a job back.
func (w *World) Cancel(i int, id job.ID) {
	c, at := w.Client(i)
	w.step(at, func() { c.Cancel(w.Local(at), id, &w.fx) })
}

// After does something at a time from now.
func (w *World) After(d core.Duration, do func()) { w.at(w.Now.Add(d), do) }

func (w *World) at(at core.Instant, do func()) {
	w.turn++
	heap.Push(&w.queue, event{at, w.turn, do})
}

// step lets one node act, and carries out what it asks for.
func (w *World) step(id core.NodeID, do func()) {
	w.fx.Reset()
	do()
	life := w.lives[id]
	for _, f := range w.fx.JobFacts {
		if !w.Quiet {
			w.Facts = append(w.Facts, Fact{w.Now, id, f})
		}
	}
	for _, x := range w.fx.Work {
		w.work(id, life, x)
	}
	for i := range w.fx.Messages {
		if m := w.fx.Messages[i]; m.Body != nil {
			core.Hold(m.Body)
			core.Hold(m.Body) // never on the shelf again: this world is not in a hurry
		}
	}
	if w.Watch != nil {
		w.Watch(id, &w.fx)
	}
	for i := range w.fx.Messages {
		w.send(w.fx.Messages[i], life)
	}
}

func (w *World) send(m core.Message, life uint32) {
	d, lost := core.Duration(1e6), false
	if w.Way != nil {
		d, lost = w.Way(w, &m)
	}
	to := w.lives[m.To]
	w.After(d, func() { w.deliver(&m, life, to, lost) })
}

// deliver hands a message over: to a process that is paused when it goes on. Of one that does not arrive its sender hears
// when its time is over; of a datagram it never does.
func (w *World) deliver(m *core.Message, life, to uint32, lost bool) {
	switch {
	case !lost && w.nodes[m.To] != nil && w.lives[m.To] == to:
		if until := w.clocks[m.To].paused; until > w.Now {
			w.at(until, func() { w.deliver(m, life, to, lost) })
			return
		}
		w.step(m.To, func() { w.nodes[m.To].Receive(w.Local(m.To), m, &w.fx) })
	case m.Kind.IsStream() && w.nodes[m.From] != nil && w.lives[m.From] == life:
		w.After(m.Timeout, func() { w.failed(m, life) })
	}
}

func (w *World) failed(m *core.Message, life uint32) {
	if w.nodes[m.From] == nil || w.lives[m.From] != life {
		return
	}
	if until := w.clocks[m.From].paused; until > w.Now {
		w.at(until, func() { w.failed(m, life) })
		return
	}
	f := core.Message{Kind: core.KindStreamFailed, Failed: m.Kind, From: m.To, To: m.From, Target: m.To, Seq: m.Seq}
	w.step(m.From, func() { w.nodes[m.From].Receive(w.Local(m.From), &f, &w.fx) })
}

// work carries out an order about a shard.
func (w *World) work(id core.NodeID, life uint32, x core.Work) {
	r := run{id, job.Shard{Job: job.ID(x.Job), Workflow: job.WorkflowID(x.Workflow), Attempt: x.Attempt, Index: x.Shard}, job.Token(x.Token)}
	end := func(d core.Duration, how job.Ended, why job.ErrorKind) {
		w.After(d, func() {
			if _, runs := w.runs[r]; runs && w.lives[id] == life {
				w.step(id, func() { w.Worker(id).Ended(w.Local(id), r.shard, r.token, how, why, &w.fx) })
				delete(w.runs, r)
			}
		})
	}
	switch x.Kind {
	case core.WorkStart:
		w.runs[r] = started{w.Now, x.Cores, life, x.Payload.ID}
		if s := w.Scripts[x.Payload.ID]; !s.Stuck {
			end(s.Length, s.Ended, s.Error)
		}
	case core.WorkStop:
		if w.Scripts[w.runs[r].payload].Deaf {
			return
		}
		end(1e8, job.EndedCancelled, job.ErrorCancelled)
	case core.WorkKill:
		delete(w.runs, r)
	}
}

// Running returns how many shards run, and on how many cores, at a worker.
func (w *World) Running(id core.NodeID) (shards, cores int) {
	for _, r := range w.running() {
		if r.node == id {
			shards++
			cores += int(w.runs[r].cores)
		}
	}
	return shards, cores
}

type meter struct {
	w    *World
	node core.NodeID
}

// Done implements worker.Meter.
func (m meter) Done(_ core.Instant, s job.Shard, t job.Token) (done, bad uint64, cores uint16) {
	x, ok := m.w.runs[run{m.node, s, t}]
	if !ok {
		return 0, 0, 0
	}
	now := m.w.Now
	if c := m.w.Scripts[x.payload]; c.Early && now.Sub(x.at) >= c.Length/2 {
		cores = x.cores - 1
	}
	if m.w.Scripts[x.payload].Still {
		return 0, 0, cores
	}
	return uint64(now.Sub(x.at)/1e8) * uint64(x.cores), 0, cores
}

// Run lets the world go on until the given time, or until nothing happens any more.
func (w *World) Run(until core.Instant) {
	for {
		next, who := core.Never, -1
		for i, n := range w.nodes {
			if n != nil {
				if at, ok := w.due(core.NodeID(i), n); ok && at < next {
					next, who = at, i
				}
			}
		}
		if len(w.queue) > 0 && w.queue[0].at < next {
			next, who = w.queue[0].at, -2
		}
		if who == -1 || next > until {
			w.Now = max(w.Now, until)
			return
		}
		w.Now = max(w.Now, next)
		if who == -2 {
			heap.Pop(&w.queue).(event).do()
			continue
		}
		w.step(core.NodeID(who), func() { w.nodes[who].Wake(w.Local(core.NodeID(who)), &w.fx) })
	}
}
