package jobtimeout

// Kind is what a manager found out about a job by itself (spec 20 §6.4).
type Kind uint8

// Kinds of local timeouts.
const (
	KindNone    Kind = iota
	KindOverall      // rule O: ran longer than it may
	KindStuck        // rule S: nothing got on

	NumKinds = 3
)

var kindNames = [NumKinds]string{"NONE", "OVERALL", "STUCK"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Rule is what made somebody decide that a job timed out (spec 20 §6.4, §6.5).
type Rule uint8

// Rules.
const (
	RuleNone     Rule = iota
	RuleLocal         // a manager without gates, or the local detection
	RuleOverall       // R1
	RuleStuck         // R2: all datacenters
	RuleMajority      // R3: of datacenters timed out locally
	RuleFallback      // gate_unreachable

	NumRules = 6
)

var ruleNames = [NumRules]string{"none", "local", "overall", "all_stuck", "majority", "gate_unreachable"}

func (r Rule) String() string {
	if int(r) < len(ruleNames) {
		return ruleNames[r]
	}
	return "unknown"
}

// Denial is why an extension was denied (spec 20 §6.8).
type Denial uint8

// Reasons of denial.
const (
	DenialNone Denial = iota
	DenialExhausted
	DenialNoProgress
	DenialSuspect
	DenialUnknownWorker

	NumDenials = 5
)

var denialNames = [NumDenials]string{"none", "exhausted", "no_progress", "suspect", "unknown_worker"}

func (d Denial) String() string {
	if int(d) < len(denialNames) {
		return denialNames[d]
	}
	return "unknown"
}

// Event is what happened to the time of a job, for facts.
type Event uint8

// Events. The first three go with JobFactDeadline, the others with JobFactTimeout.
const (
	EventStart Event = iota
	EventResume
	EventExtension
	EventLocal     // detected at a manager
	EventWithdrawn // and taken back
	EventReport    // a gate is told of it
	EventDeclared  // a terminal decision, before its commit
	EventFallback  // the same, of a manager that hears of no gate
	EventCommanded // a manager is told by a gate
	EventApplied   // committed
	EventSilent    // a gate hears nothing of the job from a datacenter
	EventHeard     // and hears of it again
	EventLost      // a datacenter was silent for too long
	EventSettled   // a datacenter knows that the job is over

	NumEvents = 14
)

var eventNames = [NumEvents]string{
	"start", "resume", "extension", "local", "withdrawn", "report", "declared", "fallback", "commanded", "applied", "silent", "heard", "dc_lost", "settled",
}

func (e Event) String() string {
	if int(e) < len(eventNames) {
		return eventNames[e]
	}
	return "unknown"
}
