package world

import (
	"hypersim/core"
	"hypersim/core/job"
	corenode "hypersim/core/node"
	"hypersim/core/node/client"
	"hypersim/core/rng"
	"hypersim/sim/trace"
	"hypersim/sim/workload"
)

// labour is what a run with jobs has beside: jobs on their way to clients, and shards that run. It is empty in a run
// without.
type labour struct {
	has      bool
	specs    []workload.Spec     // by workload; of other kinds empty
	arrivals []workload.Arrivals // by workload
	cancels  [][]canceller       // by workload whose jobs are taken back
	told     []corenode.Work     // by site, and one at the end for clients of sites without a manager
	meters   []meter             // by node
	probes   []probing           // jobs that gates are only asked about
	hands    []hand              // what clients are to be told
	storms   []*storm            // statistics that belong to no job
	idle     []int               // of hands, those free
	held     []int               // of hands, those whose client is paused
	shifts   shifts
	ids      [][]job.ID // by workload, what was handed in of it
}

// hand is something that a client is to be told: a job to hand in, or one to take back.
type hand struct {
	client   core.NodeID
	workload int
	nth      uint32
	job      job.ID // to take back; 0: hand one in
	life     uint32 // of the client that handed it in
	other    bool   // taken back by way of a gate that does not lead it
	repeated bool   // it was before
	again    int    // and is so many times more,
	every    core.Duration

	spec  *job.Spec // to hand in again; nil: not
	how   client.Again
	flow  job.WorkflowID // only this workflow of it; 0: all of it
	alone bool           // and not those that need it
}

// planJobs draws the first job of every workload.
func (w *World) planJobs() error {
	if !w.sc.HasJobs() {
		return nil
	}
	w.has, w.ids = true, make([][]job.ID, len(w.sc.Workloads))
	w.meters = make([]meter, len(w.nodes))
	for i := range w.meters {
		w.meters[i] = meter{w, core.NodeID(i)}
	}
	w.shifts.first = make([]int32, len(w.nodes))
	if err := w.buildSpecs(); err != nil {
		return err
	}
	for _, i := range w.sc.WorkloadsByName() {
		if l := &w.sc.Workloads[i]; l.Jobs != nil || l.Query != nil {
			w.nextJob(i)
		}
		w.planProbes(i)
	}
	w.planStorms()
	return nil
}

// nextJob schedules the next job of workload i.
func (w *World) nextJob(i int) {
	if at, nth, ok := w.arrivals[i].Next(); ok {
		w.pushHand(at, hand{client: w.specs[i].Client(w.sc.Seed, nth), workload: i, nth: nth})
	}
}

func (w *World) pushHand(at core.Instant, h hand) {
	n := len(w.idle)
	if n == 0 {
		w.hands = append(w.hands, hand{})
		w.idle, n = append(w.idle, len(w.hands)-1), 1
	}
	k := w.idle[n-1]
	w.idle = w.idle[:n-1]
	w.hands[k] = h
	w.pushTimerOf(at, h.client, wakeHand, k)
}

// hand lets a client hand in a job, or take one back. One that is paused does so when it goes on; one that is down
// does not, and nobody else does it instead.
func (w *World) hand(now core.Instant, k int) {
	h := w.hands[k]
	if h.job == 0 {
		w.nextJob(h.workload)
	}
	n := &w.nodes[h.client]
	if n.host.Up() && n.host.Paused() {
		w.held = append(w.held, k)
		return
	}
	w.idle = append(w.idle, k)
	switch {
	case !n.host.Up():
	case h.job == 0:
		w.submit(now, &h)
	case h.life == n.life:
		w.withdraw(now, &h)
	}
}

// handHeld gives a client that goes on what waited for it.
func (w *World) handHeld(now core.Instant, id core.NodeID) {
	held := w.held
	w.held = w.held[:0]
	for _, k := range held {
		if h := w.hands[k]; h.client != id {
			w.held = append(w.held, k)
		} else {
			w.idle = append(w.idle, k)
			if h.job == 0 {
				w.submit(now, &h)
			} else if h.life == w.nodes[id].life {
				w.withdraw(now, &h)
			}
		}
	}
}

// Job returns the nth job of a workload of jobs, without the ids that its client gives it.
func (w *World) Job(workload int, nth uint32) job.Spec { return w.specs[workload].Draw(w.sc.Seed, nth) }

func (w *World) submit(now core.Instant, h *hand) {
	if q := w.sc.Workloads[h.workload].Query; q != nil {
		w.query(now, h, q)
		return
	}
	n := &w.nodes[h.client]
	c := corenode.Of[*client.Client](&n.m)
	s := &w.specs[h.workload]
	how := client.Order{Owners: s.Owners, First: s.First(w.sc.Seed, h.nth)}
	spec := s.Draw(w.sc.Seed, h.nth)
	id := c.SubmitTo(n.local(now), spec, &how, &w.fx)
	w.ids[h.workload] = append(w.ids[h.workload], id)
	w.tellOf(now, trace.JobSubmitted, h, id)
	if how, after, ok := s.Repeats(w.sc.Seed, h.nth); ok {
		spec.Job = id
		w.pushHand(now.Add(after), hand{
			client: h.client, workload: h.workload, nth: h.nth, job: id, life: n.life, spec: &spec, how: client.Again{Altered: how.Altered, Other: how.Other},
			again: int(min(how.After, 1)), every: how.After,
		})
	}
	for i := range w.cancels[h.workload] {
		c := &w.cancels[h.workload][i]
		draw := rng.New(w.sc.Seed, "workload.cancel", c.key, uint64(h.nth))
		if now < c.from || now >= c.to || draw.Float64() >= c.share {
			continue
		}
		back := hand{client: h.client, workload: c.workload, nth: h.nth, job: id, life: n.life, other: c.other, again: c.again, every: c.every, alone: c.alone}
		if c.flows == 0 {
			w.pushHand(now.Add(core.Seconds(c.delay.Sample(&draw))), back)
			continue
		}
		for _, k := range picked(&draw, len(spec.Workflows), c.flows) {
			back.flow = spec.Workflows[k].Workflow
			w.pushHand(now.Add(core.Seconds(c.delay.Sample(&draw))), back)
		}
	}
	w.drain(now, max(now, n.host.Busy()), h.client)
}

func (w *World) withdraw(now core.Instant, h *hand) {
	n := &w.nodes[h.client]
	c := corenode.Of[*client.Client](&n.m)
	asks := false
	switch {
	case h.spec != nil:
		c.Resubmit(n.local(now), *h.spec, h.how, &w.fx)
	case h.flow != 0:
		c.CancelOne(n.local(now), h.job, h.flow, client.One{Dependents: !h.alone, Other: h.other}, &w.fx)
	case h.other || h.repeated:
		asks = c.CancelAt(n.local(now), h.job, h.other, &w.fx)
	default:
		asks = c.Cancel(n.local(now), h.job, &w.fx)
	}
	if asks {
		w.tellOf(now, trace.JobWithdrawn, h, h.job)
	}
	if h.again > 0 {
		next := *h
		next.again, next.repeated = h.again-1, true
		w.pushHand(now.Add(h.every), next)
	}
	w.drain(now, max(now, n.host.Busy()), h.client)
}

// tellOf records what the world gave a client to do.
func (w *World) tellOf(now core.Instant, kind trace.JobKind, h *hand, id job.ID) {
	w.jobRecord(now, kind, h.client)
	w.jobRec.Workload, w.jobRec.Nth, w.jobRec.Fact.Job = int32(h.workload), h.nth, uint64(id)
	w.emitJob()
}

// jobRecord begins a record.
func (w *World) jobRecord(now core.Instant, kind trace.JobKind, id core.NodeID) {
	n := &w.nodes[id]
	w.jobRec = trace.JobRecord{
		At: now, Local: n.local(now), Kind: kind, Node: id, Inst: n.instance, Workload: -1, Fact: core.JobFact{Node: core.NoNode},
	}
}

func (w *World) emitJob() {
	w.jobRec.Step = w.step
	w.digest.RecordJob(&w.jobRec)
	for _, s := range w.jobSinks {
		s.RecordJob(&w.jobRec)
	}
}

// jobFacts records what id's roles reported, and carries out its orders, unless its process ends.
func (w *World) jobFacts(now core.Instant, id core.NodeID, ends bool) {
	for i := range w.fx.JobFacts {
		w.jobRecord(now, trace.JobFact, id)
		w.jobRec.Fact = w.fx.JobFacts[i]
		w.emitJob()
		if w.on != nil {
			w.onJobFact(now, id, &w.fx.JobFacts[i])
		}
		if w.jobRec.Fact.Kind == core.JobFactRoute {
			w.routed(now, id, uint64(w.jobRec.Fact.Get("decision")))
		}
	}
	w.mayFind(now)
	if ends || !w.nodes[id].host.Up() {
		return // it stopped in this step, and its shards with it
	}
	for i := range w.fx.Work {
		w.order(now, id, &w.fx.Work[i])
	}
}

// picked draws k of n, all of them if there are no more.
func picked(draw *rng.Stream, n, k int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	draw.Shuffle(n, func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(k, n)]
}
