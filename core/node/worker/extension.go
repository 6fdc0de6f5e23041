package worker

import (
	"cmp"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/node"
	"hypersim/core/registry"
)

// extensions are what a worker asks its leaders for: more time than the jobs have whose shards it runs (AD-26). One
// number counts its requests; a leader that did not answer is asked the same again, and answers what it answered.
type extensions struct {
	cfg    *jobtimeout.Extension // nil: it never asks
	works  node.Estimator        // nil: its work cannot tell
	seq    uint32
	asking int       // shards that have asked and still run
	said   core.Ask  // the last request: heartbeats say it as long as somebody asks
	done   uint64    // items of ended shards that could tell
	list   []request // by leader
}

// request is what one leader was asked last.
type request struct {
	leader core.NodeID
	seq    uint32
	out    bool // under way
	open   bool // not answered yet
}

func (e *extensions) of(leader core.NodeID) *request {
	for i := range e.list {
		if e.list[i].leader == leader {
			return &e.list[i]
		}
	}
	e.list = append(e.list, request{leader: leader})
	return &e.list[len(e.list)-1]
}

// forget lets go of leaders that lead nothing here and owe no answer. Their numbers mean nothing: the next one is above all.
func (e *extensions) forget(leads func(core.NodeID) bool) {
	n := 0
	for _, r := range e.list {
		if r.out || leads(r.leader) {
			e.list[n] = r
			n++
		}
	}
	e.list = e.list[:n]
}

// plan says when a shard of a job that has so much time left is first asked whether that will do: never where work
// cannot tell.
func (w *Worker) plan(now core.Instant, x *shard, left core.Duration) {
	x.deadline, x.ask = now.Add(left), core.Never
	if w.ext.cfg != nil && w.ext.works != nil {
		x.ask = max(now, x.deadline.Add(-w.ext.cfg.Ahead))
	}
}

// needMore looks whether a shard will be done in time, and asks for more where it will not (01-48). It looks again after a
// while: a request may be denied, and what will do now may not do then.
func (w *Worker) needMore(now core.Instant, x *shard, fx *core.Effects) {
	left, _, tells := w.ext.works.Estimate(now, x.Shard, x.token)
	tells = tells && x.state == job.ShardRunning
	if x.ask = core.Never; tells {
		x.ask = now.Add(w.ext.cfg.Again)
	}
	w.shards.due.moved(x)
	if !tells || now.Add(left) <= x.deadline {
		return
	}
	if !x.asked {
		x.asked = true
		w.ext.asking++
	}
	w.askLeaders(now, fx)
}

// askLeaders asks every manager that leads something here, but for those that have not answered yet.
func (w *Worker) askLeaders(now core.Instant, fx *core.Effects) {
	w.ext.forget(w.leads)
	next := w.ext.seq + 1
	for _, x := range w.shards.order {
		r := w.ext.of(x.leader)
		if x.state != job.ShardRunning || r.out || !w.peers.Has(x.leader, registry.FeatureExtensions) {
			continue
		}
		if !r.open {
			r.seq, w.ext.seq = next, next
		}
		r.out, r.open = true, true
		b := call.Make[jobtimeout.ExtensionRequest](fx, core.KindHealthcheckExtensionRequest)
		w.compose(now, r.seq, &b.Ask)
		w.ext.said = b.Ask
		w.calls.Go(now, r.leader, core.KindHealthcheckExtensionRequest, b, &w.how.extend, call.Ticket{Op: opExtend, N: uint32(r.leader)}, fx)
	}
}

// leads reports whether a manager leads something that runs here.
func (w *Worker) leads(id core.NodeID) bool {
	for _, x := range w.shards.order {
		if x.leader == id {
			return true
		}
	}
	return false
}

// compose says how far the work of this worker is that can tell. Items only grow, whatever begins and ends meanwhile.
func (w *Worker) compose(now core.Instant, seq uint32, a *core.Ask) {
	*a = core.Ask{Seq: seq, Reason: core.AskLongWorkflow, Done: w.ext.done, Total: w.ext.done}
	for _, x := range w.shards.order {
		left, items, tells := w.ext.works.Estimate(now, x.Shard, x.token)
		if !tells || x.state != job.ShardRunning {
			continue
		}
		done, bad, _ := w.p.Meter.Done(now, x.Shard, x.token)
		a.Workflows++
		a.Done += done + bad
		a.Total += max(items, done+bad)
		a.Remaining = max(a.Remaining, left)
	}
	if a.Total > 0 {
		a.Progress = float64(a.Done) / float64(a.Total)
	}
}

// extended hears what a leader said. What it granted is for all that it leads here (J41).
func (w *Worker) extended(now core.Instant, o *call.Outcome, fx *core.Effects) {
	r := w.ext.of(core.NodeID(o.N))
	r.out = false
	a, ok := o.Reply.(*jobtimeout.ExtensionResponse)
	if !ok || !o.Done() || a.Seq != r.seq || !r.open {
		return // asked again, the same
	}
	r.open = false
	w.grantFact(r.leader, a, fx)
	if !a.Granted {
		return
	}
	for _, x := range w.shards.order {
		if x.leader != r.leader {
			continue
		}
		x.deadline, x.limit = x.deadline.Add(a.Extension), x.limit.Add(a.Extension)
		if x.ask != core.Never {
			x.ask = max(now, x.deadline.Add(-w.ext.cfg.Ahead))
		}
		w.shards.due.moved(x)
	}
}

// inherit asks the new leader of a job what the old one has not answered: it may know what that one granted (04-38).
func (w *Worker) inherit(old, leader core.NodeID) {
	if old == leader || w.ext.cfg == nil {
		return
	}
	if from := w.ext.of(old); from.open {
		if seq, to := from.seq, w.ext.of(leader); seq > to.seq && !to.out {
			to.seq, to.open = seq, true
		}
	}
}

// leaves takes a shard that ends out of what is asked for.
func (w *Worker) leaves(now core.Instant, x *shard, items uint64) {
	if w.ext.works == nil {
		return
	}
	if _, _, tells := w.ext.works.Estimate(now, x.Shard, x.token); tells {
		w.ext.done += items
	}
	if x.asked {
		w.ext.asking--
	}
}

// ask is what heartbeats say of it, the same as the last request, until nobody asks any more.
func (w *Worker) ask() core.Ask {
	if w.ext.asking == 0 {
		return core.Ask{}
	}
	return w.ext.said
}

func (w *Worker) grantFact(leader core.NodeID, a *jobtimeout.ExtensionResponse, fx *core.Effects) {
	f := fx.JobFact(core.JobFactAsked)
	f.Node, f.Code = leader, uint8(a.Denial)
	f.Put("granted", int64(a.Extension)).Put("left", int64(a.Remaining))
}

// extendRetries says how a request is repeated.
func extendRetries(c *jobtimeout.Extension) call.Strategy {
	if c == nil {
		return call.Strategy{}
	}
	return call.FJ{Timeout: c.Timeout, Base: c.RetryBase, Cap: cmp.Or(c.Again, c.RetryBase), Retries: c.Retries}.Strategy()
}
