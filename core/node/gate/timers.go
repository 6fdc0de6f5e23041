package gate

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// timerKind is what happens when a timer is due.
type timerKind uint8

const (
	timerAttempt  timerKind = iota // ask a manager of the datacenter, after a pause
	timerBudget                    // the datacenter has had its time
	timerRound                     // ask all datacenters once more
	timerOwed                      // repeat the cancel that the datacenter is owed
	timerLimit                     // CANCELLING or COMPLETING has waited long enough
	timerFlow                      // results of a workflow have been waited for long enough
	timerPush                      // tell clients how far their jobs are
	timerSweep                     // forget what is too old
	timerLook                      // look for jobs that nobody leads
	timerTake                      // take one of them over
	timerAdopt                     // datacenters of an adopted job have had their time
	timerSingles                   // tell datacenters again which workflows are cancelled
	timerForward                   // what is held of a datacenter goes on
	timerSignal                    // a signal of a manager may be over
	timerHandOver                  // offer the job to a successor again
	timerReap                      // forget gates that have been gone for long
)

// timer is one deadline.
type timer struct {
	at       core.Instant
	kind     timerKind
	site     uint16
	n        uint32 // which of several: the attempt, the round
	job      job.ID
	workflow job.WorkflowID
}

// timerBytes is the size of a timer, held to the truth by a test.
const timerBytes = 32

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
	case a.site != b.site:
		return a.site < b.site
	}
	return a.n < b.n
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

// beginTimers arms what repeats, with a phase of this gate's own (spec 01 no. 12).
func (g *Gate) beginTimers(now core.Instant) {
	draw := rng.New(g.p.Seed, "gate.phase", g.p.Key, uint64(g.p.Instance))
	phase := func(period core.Duration) core.Instant {
		return now.Add(core.Duration(float64(draw.Float64() * float64(period))))
	}
	g.pushAt = phase(g.cfg.Progress.Batch)
	g.timers.Arm(timer{at: phase(g.cfg.Retention.Sweep), kind: timerSweep})
	g.beginTakeovers(phase(g.cfg.Orphan.GateCheck))
	g.timers.Arm(timer{at: phase(g.cfg.Register.PeerCheck), kind: timerReap})
}

// fire does what is due.
func (g *Gate) fire(now core.Instant, t timer, fx *core.Effects) {
	switch t.kind {
	case timerPush:
		g.pushing = false
		g.pushProgress(now, fx)
		return
	case timerSweep:
		g.sweep(now, fx)
		g.timers.Arm(timer{at: now.Add(g.cfg.Retention.Sweep), kind: timerSweep})
		return
	case timerLook:
		g.look(now, fx)
		return
	case timerReap:
		g.reap(now, fx)
		return
	case timerTake:
		g.take(now, t.job, fx)
		return
	case timerForward, timerSignal:
		g.fireShaper(now, t, fx)
		return
	default:
	}
	if x := g.led(t.job); x != nil {
		g.fireOf(now, x, t, fx)
	}
}

// fireOf does what is due of a job that this gate leads.
func (g *Gate) fireOf(now core.Instant, x *record, t timer, fx *core.Effects) {
	switch t.kind {
	case timerAttempt:
		g.askAgain(now, x, t, fx)
	case timerBudget:
		g.budgetOver(now, x, t, fx)
	case timerRound:
		g.roundDue(now, x, t, fx)
	case timerOwed:
		g.owedDue(now, x, t, fx)
	case timerLimit:
		g.review(now, x, fx)
	case timerFlow:
		g.flowDue(now, x, t, fx)
	case timerAdopt:
		g.adoptDue(now, x, fx)
	case timerSingles:
		g.singlesCommitted(now, x, fx)
	default:
		g.handOver(now, x, fx)
	}
}
