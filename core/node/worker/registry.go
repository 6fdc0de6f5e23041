package worker

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/registry"
)

// manager is one manager of the pool.
type manager struct {
	node     core.NodeID
	accepted bool // it has this worker registered
	asked    bool // a registration is under way

	since uint32 // process from which on an answer to that counts: others say that those before it are no more
	anew  bool   // others say that it is another process: until that is answered, nothing else makes it one that has accepted
}

// pool are the managers of a worker.
type pool struct{ list []manager }

func (p *pool) init(managers []core.NodeID, formed bool) {
	for _, id := range managers {
		p.list = append(p.list, manager{node: id, accepted: formed})
	}
}

func (p *pool) find(id core.NodeID) *manager {
	for i := range p.list {
		if p.list[i].node == id {
			return &p.list[i]
		}
	}
	return nil
}

// has reports whether this worker is registered with a manager.
func (p *pool) has(id core.NodeID) bool {
	m := p.find(id)
	return m != nil && m.accepted
}

// any reports whether this worker is registered with any manager.
func (p *pool) any() bool {
	for i := range p.list {
		if p.list[i].accepted {
			return true
		}
	}
	return false
}

// registerAll asks every manager that has not accepted this worker to do so.
func (w *Worker) registerAll(now core.Instant, fx *core.Effects) {
	for i := range w.pool.list {
		w.register(now, &w.pool.list[i], fx)
	}
}

func (w *Worker) register(now core.Instant, m *manager, fx *core.Effects) {
	if m.accepted || m.asked {
		return
	}
	m.asked = true
	b := call.Make[registry.WorkerRegistration](fx, core.KindWorkerRegistration)
	b.Node, b.Role, b.Site, b.Instance = w.p.Self, core.RoleWorker, w.p.Site, w.p.Instance
	b.Handshake = w.peers.Hello()
	b.Cores, b.CoresAvailable = uint16(w.cores.Total()), uint16(w.cores.Free())
	w.calls.Go(now, m.node, core.KindWorkerRegistration, b, &w.how.register, call.Ticket{Op: opRegister, N: uint32(m.node)}, fx)
}

// registered hears what a manager said. Managers that it names are asked too; if nobody accepted, all are asked again
// after a pause.
func (w *Worker) registered(now core.Instant, o *call.Outcome, fx *core.Effects) {
	m := w.pool.find(core.NodeID(o.N))
	since := m.since
	m.asked, m.since, m.anew = false, 0, false
	if a, ok := o.Reply.(*registry.RegistrationResponse); ok && o.Instance >= since && !w.isOld(o.From, o.Instance) && w.agrees(o, a, fx) {
		m.accepted = true
		w.armApart(now)
		for i := range a.Managers {
			w.meet(now, a.Managers[i].Node, fx)
		}
	}
	w.registerLater(now)
}

// isOld reports whether a process of a manager is not the newest one that was heard of: whom it has taken in the newest one does not know.
func (w *Worker) isOld(id core.NodeID, instance uint32) bool {
	return instance < w.p.Members.Instance(id)
}

// registerLater asks those again, after a pause, that have not accepted this worker once all have answered: a manager that
// was cut off from it for a while would never give it anything.
func (w *Worker) registerLater(now core.Instant) {
	open := false
	for i := range w.pool.list {
		if w.pool.list[i].asked {
			return
		}
		open = open || !w.pool.list[i].accepted
	}
	if !open {
		return
	}
	pause := w.cfg.Register.Again + core.Duration(float64(w.draw.Float64()*float64(w.cfg.Register.AgainMax)))
	w.timers.Arm(timer{at: now.Add(pause), kind: timerRegister})
}

// meet adds a manager to the pool and registers with it.
func (w *Worker) meet(now core.Instant, id core.NodeID, fx *core.Effects) {
	if w.pool.find(id) == nil {
		w.pool.list = append(w.pool.list, manager{node: id})
	}
	w.register(now, w.pool.find(id), fx)
}

// managerRestarted registers anew with a manager that has forgotten everything. Where others told of that, the newest process that was
// heard of is the one that is no more.
func (w *Worker) managerRestarted(now core.Instant, id core.NodeID, told bool, fx *core.Effects) {
	w.peers.Forget(id)
	w.shuts.Reset(id)
	if m := w.pool.find(id); m != nil {
		m.accepted, m.anew = false, told
		if m.asked && told {
			m.since = w.p.Members.Instance(id) + 1
		}
		w.register(now, m, fx)
	}
}

// onManager hears of a manager that knows this worker from another one.
func (w *Worker) onManager(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*registry.ManagerToWorkerRegistration)
	reply := w.calls.Respond(fx, msg, core.KindManagerToWorkerRegistrationAck)
	out := core.Attach[registry.ManagerToWorkerAck](fx, reply)
	out.Versions = w.peers.Versions()
	if out.Code = w.peers.Meet(msg.From, msg.Instance, &b.Versions, fx); out.Code != call.CodeOK {
		return
	}
	if w.isOld(msg.From, msg.Instance) {
		out.Answer = call.Stale(uint64(w.p.Members.Instance(msg.From)))
		return
	}
	out.Accepted, out.Worker, out.Cores, out.CoresAvailable = true, w.p.Self, uint16(w.cores.Total()), uint16(w.cores.Free())
	if w.pool.find(b.Node) == nil {
		w.pool.list = append(w.pool.list, manager{node: b.Node})
	}
	m := w.pool.find(b.Node)
	m.accepted = m.accepted || !m.anew // else it is of the process before, perhaps: what is answered to the registration counts
	w.armApart(now)
	for i := range b.Managers {
		w.meet(now, b.Managers[i].Node, fx)
	}
}

// freed lets managers know of free cores: at once, but no more often than every so often (01-18).
func (w *Worker) freed(now core.Instant, fx *core.Effects) {
	switch next := w.said.Add(w.cfg.Register.Beat); {
	case w.telling:
	case w.said == 0 || next <= now:
		w.beatAll(now, fx)
	default:
		w.telling = true
		w.timers.Arm(timer{at: next, kind: timerBeat})
	}
}

// beatAll sends a heartbeat on a stream to every manager of the pool.
func (w *Worker) beatAll(now core.Instant, fx *core.Effects) {
	w.said = now
	for i := range w.pool.list {
		m := &w.pool.list[i]
		if !m.accepted {
			continue
		}
		w.beatTo(now, m.node, fx)
	}
}

func (w *Worker) beatTo(now core.Instant, manager core.NodeID, fx *core.Effects) {
	b := core.Attach[registry.WorkerHeartbeat](fx, w.calls.Tell(fx, core.KindWorkerHeartbeat, manager, w.cfg.Progress.Timeout))
	w.beat(manager, &b.Beat)
	b.Shards = w.beats(now, b.Shards)
}

// Beat implements swim.BeatCarrier: the heartbeat that rides on this worker's pings, to managers that look for one there.
func (w *Worker) Beat(now core.Instant, to core.NodeID, x *core.Extra) {
	if w.apart(to) {
		return
	}
	w.beat(to, &x.Beat)
	x.Shards = w.beats(now, x.Shards)
}

// apart reports whether a manager wants heartbeats as messages of their own (spec 30 §10, health_piggyback).
func (w *Worker) apart(id core.NodeID) bool {
	return w.peers.Lacks(id, registry.FeatureHealthPiggyback)
}

// armApart lets such managers be told every so often, if this worker is registered with any.
func (w *Worker) armApart(now core.Instant) {
	if !w.tellApart && slices.ContainsFunc(w.pool.list, func(m manager) bool { return m.accepted && w.apart(m.node) }) {
		w.tellApart = true
		w.timers.Arm(timer{at: now.Add(w.cfg.Register.ManagerBeat), kind: timerApart})
	}
}

// beatApart tells them.
func (w *Worker) beatApart(now core.Instant, fx *core.Effects) {
	w.tellApart = false
	for i := range w.pool.list {
		if m := &w.pool.list[i]; m.accepted && w.apart(m.node) {
			w.beatTo(now, m.node, fx)
		}
	}
	w.armApart(now)
}

// beats appends the shards that run here, by id.
func (w *Worker) beats(now core.Instant, dst []core.ShardBeat) []core.ShardBeat {
	from := len(dst)
	for _, x := range w.shards.order {
		done, bad, _ := w.p.Meter.Done(now, x.Shard, x.token)
		dst = append(dst, w.shardBeat(x, done+bad))
	}
	slices.SortFunc(dst[from:], func(a, b core.ShardBeat) int {
		return cmp.Or(cmp.Compare(a.Job, b.Job), cmp.Compare(a.Workflow, b.Workflow))
	})
	return dst
}

// state is where this worker stands.
func (w *Worker) state() registry.WorkerState {
	switch {
	case w.draining:
		return registry.WorkerDraining
	case !w.pool.any():
		return registry.WorkerStarting
	}
	return registry.WorkerHealthy
}

// beat fills in what a worker says of itself. A state that is new has a new version: managers hear nothing twice, and would hold a
// worker that has been taken in for one that starts until it has work, which it would not get.
func (w *Worker) beat(to core.NodeID, b *core.Beat) {
	if s := w.state(); s != w.told {
		w.told = s
		w.version++
	}
	b.Load = w.p.Flow.State()
	b.State, b.Version, b.Accepting = uint8(w.state()), w.version, !w.draining && b.Load < core.LoadOverloaded
	b.Cores, b.CoresAvailable = uint16(w.cores.Total()), uint16(w.cores.Free())
	if b.Ask = (core.Ask{}); !w.peers.Lacks(to, registry.FeatureExtensions) {
		b.Ask = w.ask()
	}
}

func (w *Worker) shardBeat(x *shard, done uint64) core.ShardBeat {
	return core.ShardBeat{Job: uint64(x.Job), Workflow: uint64(x.Workflow), Attempt: x.Attempt, Index: x.Index, State: uint8(x.state), Done: done}
}
