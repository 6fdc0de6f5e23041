package metrics

import (
	"slices"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// residueAfter is how long a shard of a job that is being stopped may run: what a datacenter waits for a worker, and what a
// worker that does not stop by itself takes (spec 40 §4). One whose dispatch was on its way begins, and is stopped in killedAfter
// by what its manager answers. Where the process of that manager is gone nobody answers, and nobody takes a job over that has ended:
// the worker stops it orphanedAfter it began (spec 20 §5.8: silence, grace, the check of both, and the stop).
const (
	residueAfter  = 65 * time.Second
	killedAfter   = 6 * time.Second
	orphanedAfter = (30 + 30 + 2*1 + 5) * time.Second
)

var _ = record(func(r *Recorder, on *hooks) {
	e := &endings{Recorder: r, of: map[uint64]*ending{}, sent: map[command]fences{}}
	for _, role := range r.roles {
		e.gated = e.gated || role == core.RoleGate
	}
	on.job(e.withdrawn, trace.JobWithdrawn)
	on.jobFact(e.moved, core.JobFactState)
	on.jobFact(e.stops, core.JobFactCancel)
	on.jobFact(e.agreed, core.JobFactCommit)
	on.jobFact(e.taken, core.JobFactHolder)
	on.jobFact(e.single, core.JobFactSingle)
	on.jobFact(e.again, core.JobFactAgain)
	hear := func(k core.Kind, f func(rec *trace.Record)) { on.delivered[k] = append(on.delivered[k], f) }
	hear(core.KindJobCancelResponse, e.acknowledged)
	hear(core.KindJobCancellationComplete, e.completed)
	hear(core.KindJobGlobalTimeout, e.commanded)
	hear(core.KindJobGlobalTimeoutAck, e.answered)
	on.sampled = append(on.sampled, func(_ core.Instant, p Probe) { e.probe = p })
	on.ended = append(on.ended, e.processEnded)
	on.finished = append(on.finished, e.finish, e.entriesLeft)
}, words.JobEntriesLeft, words.CancelAck, words.SingleCancel, words.HandedInAgain, words.CancelNamed, words.CancelComplete, words.CancelResidue, words.PostTerminalRun, words.PostTerminalCoreSeconds, words.TimeoutRejectedValid)

// endings follows how the ends of jobs reach those who have to act on them.
type endings struct {
	*Recorder
	of    map[uint64]*ending
	sent  map[command]fences // commands that were heard, until they are answered
	over  []processEnd
	gated bool
	probe Probe // at the last sample; nil: there was none
}

// ending is what is known of the end of one job; Never: not yet.
type ending struct {
	asked   core.Instant // its client took it back
	acked   core.Instant // and heard that it is being stopped
	decided core.Instant // whoever leads it as a whole called it over
	stopped []siteStop   // datacenters that began to stop it
	cancels bool         // somebody called it CANCELLED
	named   bool         // its client was told that nothing of it runs, and where something may
}

type siteStop struct {
	site  int16
	at    core.Instant
	epoch uint32 // of who holds the job there
	by    core.NodeID
	local core.Instant // at, on its clock
	sure  bool         // a majority knows of it: who takes the job over goes on with it
}

// processEnd is when a process of a manager ended.
type processEnd struct {
	node core.NodeID
	at   core.Instant
}

// residue reports whether a shard ran for too long: one that began after the stop, or that runs at the end.
func (e *endings) residue(s *siteStop, r *ShardRun, end core.Instant) bool {
	if r.Start <= s.at {
		return r.Stop == core.Never && end.Sub(s.at) > residueAfter
	}
	may := killedAfter
	if slices.ContainsFunc(e.over, func(p processEnd) bool { return p.node == s.by && p.at >= s.at && p.at < r.Start.Add(killedAfter) }) {
		may = orphanedAfter
	}
	return min(r.Stop, end).Sub(r.Start) > may
}

// command names a request of a gate to a manager, and fences are the epochs of the job in it.
type (
	command struct {
		gate, manager core.NodeID
		seq           uint32
	}
	fences struct {
		job    job.ID
		ge, de uint32
	}
)

func (e *endings) about(id uint64) *ending {
	x := e.of[id]
	if x == nil {
		x = &ending{asked: core.Never, acked: core.Never, decided: core.Never}
		e.of[id] = x
	}
	return x
}

func (e *endings) withdrawn(rec *trace.JobRecord) {
	x := e.about(rec.Fact.Job)
	x.asked = min(x.asked, rec.At)
}

// acknowledged takes what a client hears of its request.
func (e *endings) acknowledged(rec *trace.Record) {
	b, ok := rec.Msg.Body.(*cancel.JobResponse)
	if !ok || e.roles[rec.Node] != core.RoleClient || !(b.Code.Done() || b.Code == call.CodeAlreadyTerminal) {
		return
	}
	if x := e.about(uint64(b.Job)); x.asked != core.Never {
		x.acked = min(x.acked, rec.At)
	}
}

// completed takes the last word about a cancel, at its client; the first one counts.
func (e *endings) completed(rec *trace.Record) {
	b, ok := rec.Msg.Body.(*cancel.JobComplete)
	if !ok || e.roles[rec.Node] != core.RoleClient {
		return
	}
	x, i := e.about(uint64(b.Job)), e.place(uint64(b.Job))
	if x.named || i < 0 {
		return
	}
	x.named = true
	for k, f := range b.Errors {
		again := slices.ContainsFunc(b.Errors[:k], func(g job.Failure) bool { return namesWhom(g) && g.Site == f.Site && g.Node == f.Node })
		if !namesWhom(f) || again {
			continue
		}
		o := e.flow(words.CancelNamed, i, int16(f.Site), 1)
		o.At, o.Observer = rec.At, f.Node
		e.keep(&o)
	}
}

// namesWhom reports whether a failure is one of a worker or datacenter that could not be reached.
func namesWhom(f job.Failure) bool { return f.Kind == job.ErrorCancelled || f.Kind == job.ErrorWorker }

// single takes what a client hears of its cancel of one workflow.
func (e *endings) single(rec *trace.JobRecord) {
	i := e.place(rec.Fact.Job)
	if i < 0 {
		return
	}
	o := blank(words.SingleCancel, rec.At, seconds(core.Duration(rec.Fact.Get("took"))))
	o.Job, o.Event, o.Type = i, i, rec.Fact.To
	e.keep(&o)
}

// again takes what a client hears of a job that it handed in again.
func (e *endings) again(rec *trace.JobRecord) {
	i := e.place(rec.Fact.Job)
	if i < 0 {
		return
	}
	o := blank(words.HandedInAgain, rec.At, seconds(core.Duration(rec.Fact.Get("took"))))
	o.Job, o.Event, o.Type = i, i, rec.Fact.Code
	if rec.Fact.To == 1 {
		o.Type = call.NumCodes
	}
	e.keep(&o)
}

// moved takes how a job stands at a gate or manager.
func (e *endings) moved(rec *trace.JobRecord) {
	s := job.State(rec.Fact.To)
	if !s.Terminal() {
		return
	}
	x := e.about(rec.Fact.Job)
	x.cancels = x.cancels || s == job.StateCancelled
	if role := e.roles[rec.Node]; role == core.RoleGate || role == core.RoleManager && !e.gated {
		x.decided = min(x.decided, rec.At)
	}
}

// stops takes that a manager begins to stop a job. The last of a datacenter counts: one may die before the others have heard.
func (e *endings) stops(rec *trace.JobRecord) {
	if rec.Fact.Workflow != 0 || e.roles[rec.Node] != core.RoleManager {
		return
	}
	x, site := e.about(rec.Fact.Job), int16(e.ctx.Nodes[rec.Node].SiteIndex)
	s := siteStop{site: site, at: rec.At, epoch: rec.Fact.Epoch, by: rec.Node, local: rec.Local}
	if old := x.stop(site); old != nil {
		*old = s
		return
	}
	x.stopped = append(x.stopped, s)
}

// agreed takes that a majority has what a manager had changed when the oldest change of this commit was made.
func (e *endings) agreed(rec *trace.JobRecord) {
	x := e.of[rec.Fact.Job]
	if x == nil || e.roles[rec.Node] != core.RoleManager {
		return
	}
	s := x.stop(int16(e.ctx.Nodes[rec.Node].SiteIndex))
	if s != nil && s.by == rec.Node && s.epoch == rec.Fact.Epoch && s.local <= rec.Local.Add(-core.Duration(rec.Fact.Get("elapsed"))) {
		s.sure = true
	}
}

// processEnded takes that a manager forgets what it stopped.
func (e *endings) processEnded(now core.Instant, n core.NodeID) {
	if e.roles[n] == core.RoleManager {
		e.over = append(e.over, processEnd{n, now})
	}
}

// taken takes that a manager wins a job. What the holder before it had begun to stop, and had no majority for, nobody stops: it is for
// who took the job back to ask again. What a majority knows of is the new holder's, as if it had begun then (04-41).
func (e *endings) taken(rec *trace.JobRecord) {
	if rec.Fact.A != holdWon || e.roles[rec.Node] != core.RoleManager {
		return
	}
	x, site := e.of[rec.Fact.Job], int16(e.ctx.Nodes[rec.Node].SiteIndex)
	if x == nil {
		return
	}
	if s := x.stop(site); s != nil && s.sure && s.epoch < rec.Fact.Epoch {
		s.at, s.epoch, s.by, s.local = rec.At, rec.Fact.Epoch, rec.Node, rec.Local
	}
	x.stopped = slices.DeleteFunc(x.stopped, func(s siteStop) bool { return s.site == site && s.epoch < rec.Fact.Epoch })
}

// stop returns the last stop of a job in a datacenter, nil if there was none.
func (x *ending) stop(site int16) *siteStop {
	for i := range x.stopped {
		if x.stopped[i].site == site {
			return &x.stopped[i]
		}
	}
	return nil
}

// commanded takes that a manager hears of a gate's decision.
func (e *endings) commanded(rec *trace.Record) {
	if b, ok := rec.Msg.Body.(*jobtimeout.GlobalTimeout); ok {
		e.sent[command{rec.Peer, rec.Node, rec.Msg.Seq}] = fences{b.Job, b.GE, b.DE}
	}
}

// answered takes what the gate hears. A refusal is wrong where the epochs of the command are those that the refuser has.
func (e *endings) answered(rec *trace.Record) {
	key := command{rec.Node, rec.Peer, rec.Msg.Seq}
	f, ok := e.sent[key]
	if !ok {
		return
	}
	delete(e.sent, key)
	b, ok := rec.Msg.Body.(*jobtimeout.Ack)
	if !ok || b.Code != call.CodeStaleFence || f.ge < b.GE || f.de != b.DE {
		return
	}
	i := e.place(uint64(f.job))
	if i < 0 {
		return
	}
	o := e.flow(words.TimeoutRejectedValid, i, int16(e.ctx.Nodes[rec.Peer].SiteIndex), 1)
	o.Observer = rec.Peer
	e.keep(&o)
}

// place returns the place of a job in the result, −1 if nobody handed it in. O(jobs).
func (e *endings) place(id uint64) int32 {
	for i := range e.res.Jobs {
		if uint64(e.res.Jobs[i].ID) == id {
			return int32(i)
		}
	}
	return -1
}

// flow returns an observation about a job in a datacenter; −1: about all of it. Its time is the submission.
func (e *endings) flow(m words.Metric, i int32, site int16, v float64) Observation {
	o := blank(m, e.res.Jobs[i].Submitted, v)
	o.Job, o.Event, o.SiteA = i, i, site
	return o
}

// after is what ran of a job in a datacenter after an instant.
type after struct {
	last  core.Instant
	coreS float64
}

func (e *endings) finish(end core.Instant) {
	var cancelled, decided map[int32][]after // by place of the job, and site
	for k := range e.res.Runs {
		r := &e.res.Runs[k]
		if r.Job < 0 {
			continue
		}
		x := e.of[uint64(e.res.Jobs[r.Job].ID)]
		if x == nil {
			continue
		}
		if x.cancels {
			cancelled = e.add(cancelled, r, x.asked, end)
		}
		decided = e.add(decided, r, x.decided, end)
		if s := x.stop(int16(e.ctx.Nodes[r.Worker].SiteIndex)); s != nil && e.residue(s, r, end) {
			o := e.flow(words.CancelResidue, r.Job, int16(e.ctx.Nodes[r.Worker].SiteIndex), 1)
			e.keep(&o)
		}
	}
	for i := range e.res.Jobs {
		place := int32(i)
		x := e.of[uint64(e.res.Jobs[i].ID)]
		if x == nil {
			continue
		}
		if x.acked != core.Never {
			o := e.flow(words.CancelAck, place, whole, seconds(x.acked.Sub(x.asked)))
			e.keep(&o)
		}
		e.tell(words.CancelComplete, words.None, place, cancelled[place], x.asked)
		e.tell(words.PostTerminalRun, words.PostTerminalCoreSeconds, place, decided[place], x.decided)
	}
}

// add notes a shard that ran at or after an instant.
func (e *endings) add(to map[int32][]after, r *ShardRun, from, end core.Instant) map[int32][]after {
	stop := min(r.Stop, end)
	if from == core.Never || stop <= from {
		return to
	}
	if to == nil {
		to = map[int32][]after{}
	}
	if to[r.Job] == nil {
		to[r.Job] = make([]after, len(e.sites))
	}
	a := &to[r.Job][e.ctx.Nodes[r.Worker].SiteIndex]
	a.last = max(a.last, stop)
	a.coreS += float64(float64(r.Cores) * seconds(stop.Sub(max(r.Start, from))))
	return to
}

// tell observes, for each datacenter in which something ran after an instant, how long and how much.
func (e *endings) tell(long, much words.Metric, place int32, sites []after, from core.Instant) {
	for site, a := range sites {
		if a.last == 0 {
			continue
		}
		o := e.flow(long, place, int16(site), seconds(a.last.Sub(from)))
		e.keep(&o)
		if much != words.None {
			o := e.flow(much, place, int16(site), a.coreS)
			e.keep(&o)
		}
	}
}

// entriesLeft tells what nodes still keep of jobs.
func (e *endings) entriesLeft(end core.Instant) {
	if e.probe == nil {
		return
	}
	for i := range e.ctx.Nodes {
		e.probe.JobTables(core.NodeID(i), func(table string, n int) {
			if n == 0 {
				return
			}
			o := blank(words.JobEntriesLeft, end, float64(n))
			o.Observer, o.Role, o.Type = core.NodeID(i), e.roles[i], uint8(slices.Index(words.JobTables, table))
			e.keep(&o)
		})
	}
}
