package manager

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// timerKind is what happens when a timer is due.
type timerKind uint8

const (
	timerRetry    timerKind = iota // the pause of a workflow is over
	timerLimit                     // a cancel has waited long enough
	timerStop                      // ask again for the end of a shard
	timerPush                      // tell clients how far their jobs are
	timerSweep                     // forget what is too old
	timerScan                      // compare the table with the workers
	timerDirect                    // tell the client itself how its job ended
	timerAsk                       // ask the gates that have not answered about a job
	timerRetell                    // tell the gates again
	timerUnbar                     // a worker may get shards of a workflow again
	timerWatch                     // look for jobs without a holder
	timerRebuilt                   // what workers have of a job that was taken over is known
	timerLate                      // look at the deadlines of workers
	timerPlan                      // the time to agree on cores is over
	timerHolds                     // cores that were kept for another manager are free again
	timerStats                     // let go of what is too old in statistics
	timerWindow                    // tell gates and clients of windows
	timerHealth                    // look at all workers
	timerRelease                   // the next eviction that was held back may go
	timerHandOver                  // offer the job to a member again
	timerTrial                     // a worker that answered nothing may be tried
)

// timer is one deadline.
type timer struct {
	at       core.Instant
	kind     timerKind
	de       uint32 // of the job when it was armed
	job      job.ID
	workflow job.WorkflowID
	token    job.Token
}

// timerBytes is the size of a timer, held to the truth by a test.
const timerBytes = 40

// Due implements job.Deadline.
func (a timer) Due() core.Instant { return a.at }

// Before implements job.Deadline.
func (a timer) Before(b timer) bool {
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.kind != b.kind:
		return a.kind < b.kind
	case a.job != b.job:
		return a.job < b.job
	case a.workflow != b.workflow:
		return a.workflow < b.workflow
	}
	return a.token < b.token
}

// ofJobs returns how many deadlines are about jobs.
func ofJobs(list []timer) (n int) {
	for i := range list {
		if list[i].job != 0 {
			n++
		}
	}
	return n
}

// beginTimers arms what repeats, each with a phase of its own (01-12).
func (m *Manager) beginTimers(now core.Instant) {
	draw := rng.New(m.p.Seed, "manager.phase", m.p.Key, uint64(m.p.Instance))
	for _, x := range [...]struct {
		kind   timerKind
		period core.Duration
	}{{timerPush, m.cfg.Progress.Push}, {timerSweep, m.cfg.Retention.Sweep}, {timerScan, m.cfg.Orphan.ScanInterval}} {
		m.timers.Arm(timer{at: now.Add(core.Duration(float64(draw.Float64() * float64(x.period)))), kind: x.kind})
	}
	if m.p.Election != nil && !m.alone {
		m.timers.Arm(timer{at: now.Add(core.Duration(float64(draw.Float64() * float64(m.p.Replica.Lease.Watch)))), kind: timerWatch})
	}
}

// fire does what is due.
func (m *Manager) fire(now core.Instant, t timer, fx *core.Effects) {
	switch t.kind {
	case timerRetry:
		m.retryDue(now, t)
	case timerLimit:
		m.cancelLimit(now, t, fx)
	case timerStop:
		m.stopAgain(now, t, fx)
	case timerPush:
		m.pushProgress(now, fx)
		m.look(now)
		m.timers.Arm(timer{at: now.Add(m.cfg.Progress.Push), kind: timerPush})
	case timerSweep:
		m.sweep(now, fx)
		m.timers.Arm(timer{at: now.Add(m.cfg.Retention.Sweep), kind: timerSweep})
	case timerScan:
		m.scan(now, fx)
		m.timers.Arm(timer{at: now.Add(m.cfg.Orphan.ScanInterval), kind: timerScan})
	case timerDirect, timerAsk, timerRetell:
		m.fireGates(now, t, fx)
	case timerUnbar, timerLate, timerHealth, timerRelease, timerTrial:
		m.fireWorkers(now, t, fx)
	case timerWatch, timerRebuilt, timerPlan, timerHolds, timerHandOver:
		m.fireLead(now, t, fx)
	default:
		m.fireStats(now, t, fx)
	}
}

// fireWorkers does what is due about workers.
func (m *Manager) fireWorkers(now core.Instant, t timer, fx *core.Effects) {
	switch t.kind {
	case timerLate:
		m.lookLate(now, fx)
	case timerHealth:
		m.inspect(now, fx)
	case timerRelease:
		m.weed(now, fx)
	case timerTrial:
		m.trial(now, core.NodeID(t.token))
		m.due = true
	default: // a worker may get more than before
		m.due = true
	}
}
