package world

import (
	"hypersim/core"
	"hypersim/core/job"
	corenode "hypersim/core/node"
	"hypersim/core/node/worker"
	"hypersim/sim/trace"
	"hypersim/sim/workload"
)

// shift is a shard that runs on a worker's host.
type shift struct {
	work   core.Work
	script workload.Script
	node   core.NodeID
	next   int32         // of the same node, or of those free: 1 + index, 0: none
	events int32         // on their way; the slot is not used again before they came
	runs   bool          // it is there
	frozen bool          // it stands still
	told   bool          // to stop
	pace   float64       // time that a second of its length takes
	done   core.Duration // of its length, up to since
	goal   core.Duration // of its length, when it ends; core.Never's duration if it does not
	still  core.Duration // its progress counts up to here
	since  core.Instant
	due    core.Instant // of the event that ends it, core.Never if there is none
}

const endless = core.Duration(core.Never)

// shifts are all that run, and for each node the first of its own.
type shifts struct {
	list  []shift
	free  int32
	first []int32
	n     int
}

// order carries out what a worker wants of its host.
func (w *World) order(now core.Instant, id core.NodeID, x *core.Work) {
	w.jobRecord(now, trace.JobWork, id)
	w.jobRec.Work = *x
	w.emitJob()
	if x.Kind == core.WorkStart {
		w.startShift(now, id, x)
		return
	}
	k := w.shifts.find(id, job.ID(x.Job), job.WorkflowID(x.Workflow), job.Token(x.Token))
	switch {
	case k == 0:
	case x.Kind == core.WorkKill:
		w.shifts.remove(k)
	default:
		w.stopShift(now, k)
	}
}

func (w *World) startShift(now core.Instant, id core.NodeID, x *core.Work) {
	kind, _, _ := workload.Named(x.Payload.ID)
	k := w.shifts.add(id)
	s := &w.shifts.list[k-1]
	s.work, s.script, s.since = *x, w.specs[kind].Script(w.sc.Seed, x.Payload.ID, w.sc.Nodes[id].Site), now
	s.pace, s.frozen, s.told = float64(s.script.Factor*w.executionPace(id)), w.frozen(id, s), false
	s.done, s.goal, s.still, s.due = 0, s.script.Length, s.script.Length, core.Never
	if s.script.Stuck && s.script.After < s.script.Length {
		s.goal, s.still = endless, s.script.After
	}
	w.planShift(now, k)
}

// stopShift lets a shard end soon. One that is stuck does not hear it.
func (w *World) stopShift(now core.Instant, k int32) {
	s := &w.shifts.list[k-1]
	s.settle(now)
	if s.told || s.goal == endless && s.done >= s.still {
		return
	}
	s.told, s.still = true, min(s.still, s.done)
	s.goal = s.done + s.script.Stop
	w.planShift(now, k)
}

// settle counts what was done since it was last counted.
func (s *shift) settle(now core.Instant) {
	s.done, s.since = s.at(now), now
}

// at returns how much of its length is done.
func (s *shift) at(now core.Instant) core.Duration {
	switch gone := now.Sub(s.since); {
	case s.frozen:
		return s.done
	case s.pace == 1:
		return s.done + gone
	default:
		return s.done + core.Seconds(gone.Seconds()/s.pace)
	}
}

// planShift schedules the end of a shard, as things stand. An event that was scheduled before finds that it is not the
// one that is due.
func (w *World) planShift(now core.Instant, k int32) {
	s := &w.shifts.list[k-1]
	s.due = core.Never
	if s.goal == endless || s.frozen {
		return
	}
	s.due = now.Add(s.takes(s.done, s.goal))
	if s.due > w.end {
		return
	}
	s.events++
	w.pushTimerOf(s.due, s.node, wakeShift, int(k))
}

// shiftDue ends a shard whose time has come.
func (w *World) shiftDue(now core.Instant, k int32) {
	s := &w.shifts.list[k-1]
	s.events--
	if !s.runs {
		w.shifts.release(k)
		return
	}
	if s.due != now || s.frozen {
		return
	}
	s.due = core.Never
	how, why := job.EndedCompleted, job.ErrorNone
	switch {
	case s.told:
		how, why = job.EndedCancelled, job.ErrorCancelled
	case s.script.Fails:
		how, why = job.EndedFailed, job.ErrorUser
	}
	x, n := s.work, &w.nodes[s.node]
	w.jobRecord(now, trace.JobEnded, s.node)
	w.jobRec.Work, w.jobRec.Ended, w.jobRec.Code = x, uint8(how), uint8(why)
	w.emitJob()
	shard := job.Shard{Job: job.ID(x.Job), Workflow: job.WorkflowID(x.Workflow), Attempt: x.Attempt, Index: x.Shard}
	id := s.node
	corenode.Of[*worker.Worker](&n.m).Ended(n.local(now), shard, job.Token(x.Token), how, why, &w.fx) // reads the meter
	w.shifts.remove(k)
	w.drain(now, max(now, n.host.Busy()), id)
}

// loseShifts ends all shards of a node whose process is gone.
func (w *World) loseShifts(now core.Instant, id core.NodeID) {
	if !w.has {
		return
	}
	for k := w.shifts.first[id]; k != 0; k = w.shifts.first[id] {
		w.jobRecord(now, trace.JobLost, id)
		w.jobRec.Work = w.shifts.list[k-1].work
		w.emitJob()
		w.shifts.remove(k)
	}
}

// repaceShifts tells the shards of a node that its host is paused, goes on, or runs at another pace.
func (w *World) repaceShifts(now core.Instant, id core.NodeID) {
	if !w.has {
		return
	}
	for k := w.shifts.first[id]; k != 0; k = w.shifts.list[k-1].next {
		s := &w.shifts.list[k-1]
		s.settle(now)
		s.frozen, s.pace = w.frozen(id, s), float64(s.script.Factor*w.executionPace(id))
		w.planShift(now, k)
	}
}

// frozen reports whether a shard stands still: its host does, or a fault holds all of its workload there.
func (w *World) frozen(id core.NodeID, s *shift) bool {
	if w.nodes[id].host.Paused() {
		return true
	}
	workload, _, _ := workload.Named(s.work.Payload.ID)
	return w.jammed(id, workload)
}

// executionPace is how much longer shards take on a host than they would by themselves: all faults that hold there.
func (w *World) executionPace(id core.NodeID) float64 {
	pace := 1.0
	for i := range w.strains {
		if w.strains[i].node == id {
			pace = float64(pace * w.strains[i].is)
		}
	}
	return pace
}

func (s *shifts) add(id core.NodeID) int32 {
	k := s.free
	if k == 0 {
		s.list = append(s.list, shift{})
		k = int32(len(s.list))
	} else {
		s.free = s.list[k-1].next
	}
	x := &s.list[k-1]
	*x = shift{node: id, next: s.first[id], runs: true}
	s.first[id] = k
	s.n++
	return k
}

// remove takes a shard away. Its slot is free when the last of its events has come.
func (s *shifts) remove(k int32) {
	x := &s.list[k-1]
	for at := &s.first[x.node]; ; at = &s.list[*at-1].next {
		if *at == k {
			*at = x.next
			break
		}
	}
	x.runs = false
	s.n--
	s.release(k)
}

func (s *shifts) release(k int32) {
	if x := &s.list[k-1]; x.events == 0 {
		x.next, s.free = s.free, k
	}
}

// find returns the shard that runs on a node under a token, 0 if none does.
func (s *shifts) find(id core.NodeID, j job.ID, f job.WorkflowID, t job.Token) int32 {
	for k := s.first[id]; k != 0; k = s.list[k-1].next {
		if x := &s.list[k-1].work; x.Job == uint64(j) && x.Workflow == uint64(f) && x.Token == uint64(t) {
			return k
		}
	}
	return 0
}

// takes returns how long a shard takes from one point of its length to another.
func (s *shift) takes(from, to core.Duration) core.Duration {
	left := max(0, to-from)
	if s.pace != 1 {
		left = core.Seconds(float64(left.Seconds() * s.pace))
	}
	return left
}

// meter tells a worker how far its shards are.
type meter struct {
	w    *World
	node core.NodeID
}

// tick is how often a running shard finishes as many items as it has cores (spec 01 no. 39).
const tick = core.Duration(100e6)

// Done implements worker.Meter. No share of a shard is done before the others.
func (m *meter) Done(_ core.Instant, s job.Shard, t job.Token) (completed, failed uint64, cores uint16) {
	k := m.w.shifts.find(m.node, s.Job, s.Workflow, t)
	if k == 0 {
		return 0, 0, 0
	}
	x := &m.w.shifts.list[k-1]
	return uint64(min(x.at(m.w.Now()), x.still)/tick) * uint64(x.work.Cores), 0, 0
}

// ShardDue returns when the shard that runs on a worker under the token will end as things stand, Never if it does not, or
// does not run there.
func (w *World) ShardDue(id core.NodeID, of, workflow, token uint64) core.Instant {
	k := w.shifts.find(id, job.ID(of), job.WorkflowID(workflow), job.Token(token))
	if k == 0 {
		return core.Never
	}
	return w.shifts.list[k-1].due
}
