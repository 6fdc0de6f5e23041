package gate

import (
	"math/bits"
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// singleAsk is a request to cancel one workflow that is not answered yet.
type singleAsk struct {
	n       uint32 // its number
	cut     int    // which of the job's cancels it asks for
	sent    bool
	open    int // datacenters that have not answered
	request core.Message
	said    uint8 // what they answered, a bit for each status
	also    []job.WorkflowID
	errors  []job.Failure
}

// onSingleCancel stops one workflow of a job in all its datacenters (spec 20 §7.2). It is written down first, so that every
// datacenter hears of it, whoever asks it later (04-53, 04-54).
func (g *Gate) onSingleCancel(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*cancel.SingleRequest)
	if g.singles.Repeat(now, &g.calls, m, b.Request, fx) {
		return
	}
	x := g.records.by[b.Job]
	switch {
	case x == nil:
		g.redirect(now, b.Job, m, fx)
	case x.accepting || x.pending != job.StateNone || x.state == job.StateCompleting: // all has ended, and how the job does is not known yet
		g.hold(x, m)
	case x.state.Terminal():
		g.answer(m, x, call.Answer{Code: call.CodeAlreadyTerminal}, fx)
	case !x.hasFlow(b.Workflow):
		g.answer(m, x, call.Answer{Code: call.CodeUnknownWorkflow}, fx)
	case !g.rep.Valid(now, x.id):
		g.answer(m, x, call.Answer{Code: call.CodeLeaseLost}, fx)
	default:
		g.singleCancel(now, x, m, b, fx)
	}
}

func (x *record) hasFlow(id job.WorkflowID) bool {
	return len(x.spec) > 0 && slices.ContainsFunc(x.spec[0].Workflows, func(w job.WorkflowSpec) bool { return w.Workflow == id })
}

func (g *Gate) singleCancel(now core.Instant, x *record, m *core.Message, b *cancel.SingleRequest, fx *core.Effects) {
	core.Hold(m.Body)
	for i := range x.singles { // a repeat: whoever asked last is answered
		if a := &x.singles[i]; sameRequest(&a.request, m) {
			a.request = *m
			return
		}
	}
	c := job.SingleCancel{Workflow: b.Workflow, Dependents: b.Dependents}
	k := slices.Index(x.cancelled, c)
	if k < 0 {
		k = len(x.cancelled)
		x.cancelled, x.cuts = append(slices.Clip(x.cancelled), c), append(x.cuts, noSeq)
		f := fx.JobFact(core.JobFactCancel)
		f.Job, f.Workflow, f.Epoch = uint64(x.id), uint64(b.Workflow), x.ge
		f.Put("workflows", 1)
		seq := g.save(now, x, true, fx)
		x.cuts[k] = seq
	}
	x.asks++
	x.singles = append(x.singles, singleAsk{n: x.asks, cut: k, request: *m})
	g.singlesCommitted(now, x, fx)
}

// committedSingles are the cancels of single workflows that a majority knows of, in the order in which they came.
func (x *record) committedSingles() []job.SingleCancel {
	n := len(x.cancelled)
	for n > 0 && x.cuts[n-1] > x.done {
		n--
	}
	return x.cancelled[:n]
}

// singlesCommitted tells the datacenters of the job what is committed, and they were not told: by the submission that they
// accepted, by this gate later, or by one that led the job before (04-54). It may be called at any time.
func (g *Gate) singlesCommitted(now core.Instant, x *record, fx *core.Effects) {
	n := len(x.committedSingles())
	for i := range x.singles {
		if a := &x.singles[i]; !a.sent && a.cut < n {
			a.sent = true
			for k := range x.sites {
				g.askSite(now, x, &x.sites[k], a, fx)
			}
		}
	}
	for k := range x.sites {
		if s := &x.sites[k]; isOpen(s) && x.state < job.StateCompleting {
			g.tellSingles(now, x, s, n, fx)
		}
	}
	g.singlesDone(now, x, fx)
}

// askSite asks a datacenter for the end of a workflow, if it can say something about it.
func (g *Gate) askSite(now core.Instant, x *record, s *site, a *singleAsk, fx *core.Effects) {
	switch {
	case s.target && s.over():
		a.said |= 1 << s.endOf(x.cancelled[a.cut].Workflow)
	case s.asking || inDoubt(s): // it was asked without that, and may begin before it hears of it
		a.said |= 1 << cancel.SingleCancelling
	case isOpen(s):
		a.open++
		g.tellSingles(now, x, s, a.cut, fx)
		s.singles = max(s.singles, a.cut+1)
		b := a.request.Body.(*cancel.SingleRequest)
		g.sendSingle(now, x, s, a.cut, b.Request, b.Client, a.n, fx)
	}
}

// endOf is what a datacenter in which the job has ended would say to the cancel of a workflow.
func (s *site) endOf(id job.WorkflowID) cancel.SingleStatus {
	cancelled := s.state == job.StateCancelled
	if len(s.result) > 0 {
		for _, o := range s.result[0].Results {
			if o.Workflow == id {
				cancelled = o.Status == job.StatusCancelled
			}
		}
	}
	if cancelled {
		return cancel.SingleAlreadyCancelled
	}
	return cancel.SingleAlreadyCompleted
}

// tellSingles tells a datacenter of the first n cancels, as far as it does not know them.
func (g *Gate) tellSingles(now core.Instant, x *record, s *site, n int, fx *core.Effects) {
	for s.singles < n {
		k := s.singles
		s.singles++
		g.sendSingle(now, x, s, k, core.Mix(uint64(x.id), uint64(x.cancelled[k].Workflow)), core.NoNode, 0, fx)
	}
}

// sendSingle sends the k-th cancel of the job. n is the number of the request that waits for the answer, 0 if nobody does.
func (g *Gate) sendSingle(now core.Instant, x *record, s *site, k int, request uint64, by core.NodeID, n uint32, fx *core.Effects) {
	what := x.cancelled[k]
	c := call.Make[cancel.SingleRequest](fx, core.KindSingleWorkflowCancelRequest)
	c.Job, c.Workflow, c.Request, c.Requester, c.Dependents, c.Gate, c.Client = x.id, what.Workflow, request, g.p.Self, what.Dependents, g.p.Self, by
	g.calls.Go(now, core.NoNode, core.KindSingleWorkflowCancelRequest, c, &g.how.single, call.Ticket{Op: opSingle, Job: uint64(x.id), Sub: uint64(k)<<16 | uint64(s.id), N: n}, fx)
}

// singleAnswered hears what a datacenter says. One that says nothing, or cannot do it now, is told again later: it must not
// miss what is committed (04-54).
func (g *Gate) singleAnswered(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	r, _ := o.Reply.(*cancel.SingleResponse)
	if r != nil && (r.Code.Transient() || r.Code == call.CodeNotLeader) {
		r = nil
	}
	if s := x.site(uint16(o.Sub)); s != nil && r == nil {
		s.singles = min(s.singles, int(o.Sub>>16))
		g.timers.Arm(timer{at: now.Add(g.cfg.Cancel.GateAgain), kind: timerSingles, job: x.id})
	}
	for i := range x.singles {
		if a := &x.singles[i]; a.n == o.N && a.open > 0 {
			a.hear(uint16(o.Sub), r)
		}
	}
	g.singlesDone(now, x, fx)
}

// hear takes in what a datacenter says; nil: nothing, or that it cannot do it now.
func (a *singleAsk) hear(at uint16, r *cancel.SingleResponse) {
	a.open--
	if r == nil {
		a.said |= 1 << cancel.SingleCancelling
		a.errors = append(a.errors, job.Failure{Site: at, Node: core.NoNode, Kind: job.ErrorCancelled})
		return
	}
	a.said |= 1 << r.Status
	for _, id := range r.Dependents {
		if !slices.Contains(a.also, id) {
			a.also = append(a.also, id)
		}
	}
	a.errors = append(a.errors, r.Errors...)
}

// singlesDoneWith are what a datacenter says in which the workflow does not run and never will.
const singlesDoneWith = 1<<cancel.SingleCancelled | 1<<cancel.SinglePending | 1<<cancel.SingleAlreadyCancelled | 1<<cancel.SingleAlreadyCompleted

// status is what the answers amount to (spec 20 §7.2 step 5): where some datacenter may still run the workflow, or does not
// know it, the weakest word of those; else what all say, or CANCELLED.
func (a *singleAsk) status() cancel.SingleStatus {
	weak := a.said &^ singlesDoneWith
	switch {
	case weak != 0:
		return cancel.SingleStatus(bits.TrailingZeros8(weak))
	case a.said == 0: // no datacenter has begun
		return cancel.SinglePending
	case a.said&(a.said-1) == 0:
		return cancel.SingleStatus(bits.TrailingZeros8(a.said))
	}
	return cancel.SingleCancelled
}

// refuseSingles answers those whose cancel is on its way to datacenters that another gate will ask: they may ask that one at
// once, and need not wait for an answer that does not come.
func (g *Gate) refuseSingles(x *record, fx *core.Effects) {
	for i := range x.singles {
		g.decline(&x.singles[i].request, call.Answer{Code: call.CodeLeaseLost}, fx)
	}
	x.singles = nil
}

// singlesDone answers the requests that all datacenters have answered.
func (g *Gate) singlesDone(now core.Instant, x *record, fx *core.Effects) {
	for i := 0; i < len(x.singles); {
		a := &x.singles[i]
		if !a.sent || a.open > 0 {
			i++
			continue
		}
		b := a.request.Body.(*cancel.SingleRequest)
		reply := g.calls.Respond(fx, &a.request, core.KindSingleWorkflowCancelResponse)
		r := core.Attach[cancel.SingleResponse](fx, reply)
		r.Job, r.Workflow, r.Request, r.Status, r.Site = x.id, b.Workflow, b.Request, a.status(), job.NoSite
		r.Dependents, r.Errors = append(r.Dependents, a.also...), append(r.Errors, a.errors...)
		g.singles.Keep(now, &a.request, b.Request, reply, fx)
		x.singles = slices.Delete(x.singles, i, i+1)
	}
}
