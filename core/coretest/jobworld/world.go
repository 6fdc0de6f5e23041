// Package jobworld runs clients, a manager and workers against each other in a small world of its own: messages with
// delays, shards with scripts, crashes. It is there for tests of the roles; what people run is sim/world.
package jobworld

import (
	"container/heap"
	"fmt"
	"maps"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/node/client"
	"hypersim/core/node/manager"
	"hypersim/core/node/worker"
	"hypersim/core/replica"
	"hypersim/core/wire"
)

// role is what the world drives.
type role interface {
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
	Config  *job.Config
	Workers int
	Cores   int
	Clients int
	Seed    uint64

	// Way says what becomes of a message: how long it takes, and whether it is lost, which its sender hears of as a
	// failed stream. nil: 1 ms.
	Way func(w *World, m *core.Message) (d core.Duration, lost bool)

	// Beats is how often a worker's heartbeat rides on its pings; 0: never.
	Beats core.Duration
}

// World is one run. Node 0 is the manager, then come workers, then clients.
type World struct {
	Params
	Now     core.Instant
	Facts   []Fact
	Scripts map[uint64]Script // by payload
	Dead    map[core.NodeID]core.MemberState
	Quiet   bool // keep no facts

	// Watch sees every step of a node after it was made: facts, orders and messages are in fx until it returns.
	Watch func(id core.NodeID, fx *core.Effects)

	replica replica.Config
	nodes   []role
	lives   []uint32
	queue   events
	turn    uint64
	fx      core.Effects
	runs    map[run]started
	Delays  int // messages under way
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
	w := &World{Params: p, Scripts: map[uint64]Script{}, Dead: map[core.NodeID]core.MemberState{}, runs: map[run]started{}, replica: replica.Default()}
	n := 1 + p.Workers + p.Clients
	w.nodes, w.lives = make([]role, n), make([]uint32, n)
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

// State implements the view that roles have of membership.
func (w *World) State(id core.NodeID) core.MemberState {
	if s, ok := w.Dead[id]; ok {
		return s
	}
	return core.StateOK
}

// IsWorker reports whether id is a worker's.
func (w *World) IsWorker(id core.NodeID) bool { return id > 0 && int(id) <= w.Workers }

// Client returns the i-th client, and its id.
func (w *World) Client(i int) (*client.Client, core.NodeID) {
	id := core.NodeID(1 + w.Workers + i)
	return w.nodes[id].(*client.Client), id
}

// Manager returns the manager, Worker the worker of that id; nil while it is down.
func (w *World) Manager() *manager.Manager { m, _ := w.nodes[0].(*manager.Manager); return m }

// Worker returns the worker of that id, nil while it is down.
func (w *World) Worker(id core.NodeID) *worker.Worker { x, _ := w.nodes[id].(*worker.Worker); return x }

// Boot starts a process at id.
func (w *World) Boot(id core.NodeID, formed bool) {
	w.lives[id]++
	life := w.lives[id]
	switch {
	case id == 0:
		p := manager.Params{
			Config: w.Config, Self: 0, Instance: life, Seed: w.Seed, Key: 1, Members: w, Book: w.Book(), First: 1, Count: w.Workers,
			Replica: &w.replica, Intact: formed,
		}
		for i := range w.Workers {
			if formed {
				p.Formed = append(p.Formed, manager.FormedWorker{Node: core.NodeID(1 + i), Instance: 1, Cores: w.Cores})
			}
		}
		m := manager.New(p)
		w.nodes[0] = m
		w.step(0, func() { m.Begin(w.Now, &w.fx) })
	case w.IsWorker(id):
		x := worker.New(worker.Params{
			Config: w.Config, Self: id, Instance: life, Seed: w.Seed, Key: uint64(id) + 1, Cores: w.Cores, Members: w,
			Meter: meter{w, id}, Managers: []core.NodeID{0}, Formed: formed,
		})
		w.nodes[id] = x
		w.step(id, func() { x.Begin(w.Now, &w.fx) })
	default:
		w.nodes[id] = client.New(client.Params{
			Config: w.Config, Self: id, Instance: life, Seed: w.Seed, Key: uint64(id) + 1, Book: w.Book(), Targets: []core.NodeID{0},
		})
	}
}

// Crash ends the process at id: what it knew and ran is lost.
func (w *World) Crash(id core.NodeID) {
	w.nodes[id] = nil
	w.lives[id]++
	maps.DeleteFunc(w.runs, func(r run, _ started) bool { return r.node == id })
}

// Hold lets all others see a member in the given state from now on.
func (w *World) Hold(id core.NodeID, s core.MemberState) {
	from := w.State(id)
	w.Dead[id] = s
	if s == core.StateOK {
		delete(w.Dead, id)
	}
	w.observe(core.Fact{Kind: core.FactTransition, Subject: id, From: from, To: s})
}

// Restarted lets all others see that a member is another process.
func (w *World) Restarted(id core.NodeID) {
	w.observe(core.Fact{Kind: core.FactCallback, Callback: core.CallbackPeerRestarted, Subject: id})
}

func (w *World) observe(f core.Fact) {
	for i, n := range w.nodes {
		if o, ok := n.(interface {
			Observe(now core.Instant, f *core.Fact, fx *core.Effects)
		}); ok {
			w.step(core.NodeID(i), func() { o.Observe(w.Now, &f, &w.fx) })
		}
	}
}

// Submit lets client i hand a job in.
func (w *World) Submit(i int, s job.Spec) (id job.ID) {
	c, at := w.Client(i)
	w.step(at, func() { id = c.Submit(w.Now, s, &w.fx) })
	return id
}

// Cancel lets client i take a job back.
func (w *World) Cancel(i int, id job.ID) {
	c, at := w.Client(i)
	w.step(at, func() { c.Cancel(w.Now, id, &w.fx) })
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
	w.After(d, func() {
		switch {
		case !lost && w.nodes[m.To] != nil && w.lives[m.To] == to:
			w.step(m.To, func() { w.nodes[m.To].Receive(w.Now, &m, &w.fx) })
		case w.nodes[m.From] != nil && w.lives[m.From] == life:
			w.After(m.Timeout, func() {
				if w.nodes[m.From] != nil && w.lives[m.From] == life {
					f := core.Message{Kind: core.KindStreamFailed, Failed: m.Kind, From: m.To, To: m.From, Target: m.To, Seq: m.Seq}
					w.step(m.From, func() { w.nodes[m.From].Receive(w.Now, &f, &w.fx) })
				}
			})
		}
	})
}

// work carries out an order about a shard.
func (w *World) work(id core.NodeID, life uint32, x core.Work) {
	r := run{id, job.Shard{Job: job.ID(x.Job), Workflow: job.WorkflowID(x.Workflow), Attempt: x.Attempt, Index: x.Shard}, job.Token(x.Token)}
	end := func(d core.Duration, how job.Ended, why job.ErrorKind) {
		w.After(d, func() {
			if _, runs := w.runs[r]; runs && w.lives[id] == life {
				w.step(id, func() { w.Worker(id).Ended(w.Now, r.shard, r.token, how, why, &w.fx) })
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
func (m meter) Done(now core.Instant, s job.Shard, t job.Token) (done, bad uint64, cores uint16) {
	x, ok := m.w.runs[run{m.node, s, t}]
	if !ok {
		return 0, 0, 0
	}
	if c := m.w.Scripts[x.payload]; c.Early && now.Sub(x.at) >= c.Length/2 {
		cores = x.cores - 1
	}
	return uint64(now.Sub(x.at)/1e8) * uint64(x.cores), 0, cores
}

// Run lets the world go on until the given time, or until nothing happens any more.
func (w *World) Run(until core.Instant) {
	for {
		next, who := core.Never, -1
		for i, n := range w.nodes {
			if n != nil {
				if at, ok := n.Deadline(); ok && at < next {
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
		w.step(core.NodeID(who), func() { w.nodes[who].Wake(w.Now, &w.fx) })
	}
}
