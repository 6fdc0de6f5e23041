package health

// Progress is how a node gets on with what it has to do (spec 30 §2.1).
type Progress uint8

// States of progress.
const (
	Idle Progress = iota
	Normal
	Slow
	Degraded
	Stuck

	NumProgresses = 5
)

var progressNames = [NumProgresses]string{"IDLE", "NORMAL", "SLOW", "DEGRADED", "STUCK"}

func (p Progress) String() string {
	if int(p) < len(progressNames) {
		return progressNames[p]
	}
	return "unknown"
}

// Decision is what a node may get (spec 30 §2.2).
type Decision uint8

// Decisions, the best first.
const (
	Route       Decision = iota // eligible
	Investigate                 // new work only where nobody may be routed to
	Drain                       // no new work, what runs goes on
	Evict                       // is to be evicted

	NumDecisions = 4
)

var decisionNames = [NumDecisions]string{"ROUTE", "INVESTIGATE", "DRAIN", "EVICT"}

func (d Decision) String() string {
	if int(d) < len(decisionNames) {
		return decisionNames[d]
	}
	return "unknown"
}

// Label is why, in a word.
type Label uint8

// Labels.
const (
	LabelHealthy Label = iota
	LabelBusy
	LabelSlow
	LabelDegraded
	LabelStuck
	LabelSuspect

	NumLabels = 6
)

var labelNames = [NumLabels]string{"HEALTHY", "BUSY", "SLOW", "DEGRADED", "STUCK", "SUSPECT"}

func (l Label) String() string {
	if int(l) < len(labelNames) {
		return labelNames[l]
	}
	return "unknown"
}

// Verdict is what is done about a node that may have to be evicted (spec 30 §2.3).
type Verdict uint8

// Verdicts.
const (
	NotTracked   Verdict = iota
	NotEvictable         // its decision is another one
	Backoff              // it was evicted a moment ago
	Correlated           // held: too many fell silent with it
	EvictNow

	NumVerdicts = 5
)

var verdictNames = [NumVerdicts]string{"not_tracked", "not_evictable", "backoff", "correlated", "evict"}

func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "unknown"
}

// Phase is whether a breaker lets calls through (spec 30 §9.2).
type Phase uint8

// Phases of a breaker.
const (
	Closed Phase = iota
	Open
	HalfOpen

	NumPhases = 3
)

var phaseNames = [NumPhases]string{"CLOSED", "OPEN", "HALF_OPEN"}

func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return "unknown"
}
