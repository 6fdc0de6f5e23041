package workflow

import (
	"hypersim/core"
	"hypersim/core/job"
)

// Counter is which of the two counts of a workflow a failure raises.
type Counter uint8

// Counters.
const (
	CountNone     Counter = iota
	CountRetry            // retries ≤ max_retries
	CountDispatch         // dispatch attempts ≤ max_attempts
)

// Exclusion is what a failure means for the worker that it happened at.
type Exclusion uint8

// Exclusions.
const (
	ExcludeNone Exclusion = iota
	ExcludeWorker
	ExcludeForAWhile
)

// Cause is why an attempt failed (spec 20 §3.4; spec 04 no. 26).
type Cause uint8

// Causes of failed attempts.
const (
	CauseGone       Cause = iota // its worker is DEAD, LEFT, evicted, or restarted without the shard
	CauseReturned                // a draining worker gave it back, or the shard was lost
	CauseRefused                 // no room, and no other worker
	CauseUnanswered              // the dispatch got no answer
	CauseStopped                 // ended as orphan or cancelled without the leader's wish
	CauseUser                    // the workflow's own error
	CauseLimit                   // the worker's own limit
	CauseDependency              // a dependency failed for good

	NumCauses = 8
)

// causeRow says what follows from a cause.
type causeRow struct {
	name    string
	kind    job.ErrorKind
	reason  Reason
	counter Counter
	exclude Exclusion
}

var causes = [NumCauses]causeRow{
	CauseGone:       {"gone", job.ErrorWorker, ReasonWorker, CountRetry, ExcludeWorker},
	CauseReturned:   {"returned", job.ErrorWorker, ReasonWorker, CountRetry, ExcludeWorker},
	CauseRefused:    {"refused", job.ErrorWorker, ReasonRefused, CountDispatch, ExcludeNone},
	CauseUnanswered: {"unanswered", job.ErrorWorker, ReasonUnanswered, CountDispatch, ExcludeForAWhile},
	CauseStopped:    {"stopped", job.ErrorWorker, ReasonWorker, CountRetry, ExcludeNone},
	CauseUser:       {"user", job.ErrorUser, ReasonUser, CountNone, ExcludeNone},
	CauseLimit:      {"limit", job.ErrorTimeout, ReasonLimit, CountNone, ExcludeNone},
	CauseDependency: {"dependency", job.ErrorDependency, ReasonDependency, CountNone, ExcludeNone},
}

func (c Cause) String() string { return causes[c].name }

// Kind returns the kind of error that the cause is reported as.
func (c Cause) Kind() job.ErrorKind { return causes[c].kind }

// Reason returns what history says of it.
func (c Cause) Reason() Reason { return causes[c].reason }

// Excludes returns what the cause means for the worker.
func (c Cause) Excludes() Exclusion { return causes[c].exclude }

// Infrastructure reports whether the failure was none of the workflow's own. Only these are retried (J15).
func (c Cause) Infrastructure() bool { return causes[c].counter != CountNone }

// Limits bound the attempts of a workflow.
type Limits struct {
	Retries  int           // after losses
	Attempts int           // dispatches that came to nothing
	Base     core.Duration // before the first re-dispatch
	Cap      core.Duration
}

// Budget counts what a workflow has used of its limits.
type Budget struct{ Retries, Attempts uint8 }

// Spend notes a failure and reports whether the workflow may be tried again. The failure that finds a count used up is
// not counted: counts never exceed their limits (I-JW2).
func (b *Budget) Spend(c Cause, l *Limits) bool {
	switch causes[c].counter {
	case CountRetry:
		if int(b.Retries) >= l.Retries {
			return false
		}
		b.Retries++
		return true
	case CountDispatch:
		if int(b.Attempts) >= l.Attempts {
			return false
		}
		b.Attempts++
		return true
	default:
		return false
	}
}

// Backoff returns how long the workflow waits before it is dispatched again: min(Cap, Base × 2^(k−1)) before re-dispatch k.
// There is no jitter, since one leader decides.
func (b Budget) Backoff(l *Limits) core.Duration {
	k := int(b.Retries) + int(b.Attempts)
	if k == 0 {
		return 0
	}
	d := l.Base
	for ; k > 1 && d < l.Cap; k-- {
		d *= 2
	}
	return min(d, l.Cap)
}
