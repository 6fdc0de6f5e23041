package routing

// Class is how fit a datacenter is, worst last (spec 30 §0).
type Class uint8

// Classes. Candidates of a better class always come first.
const (
	Healthy Class = iota
	Busy
	Degraded
	Unhealthy

	NumClasses = 4
)

var classNames = [NumClasses]string{"HEALTHY", "BUSY", "DEGRADED", "UNHEALTHY"}

func (c Class) String() string { return word(classNames[:], uint8(c)) }

func word(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return "unknown"
}

// Trigger is why a route is computed (spec 30 §4.1).
type Trigger uint8

// Triggers.
const (
	TriggerSubmit Trigger = iota
	TriggerRedispatch
	TriggerReroute
	TriggerTick
	TriggerProbe

	NumTriggers = 5
)

var triggerNames = [NumTriggers]string{"submit", "redispatch", "reroute", "tick", "probe"}

func (t Trigger) String() string { return word(triggerNames[:], uint8(t)) }

// Unroutable is why a decision names no datacenter.
type Unroutable uint8

// Reasons of empty decisions.
const (
	Routable     Unroutable = iota
	Initializing            // some datacenter is not yet ready: ask again in two seconds
	NoUsable                // none can take the job

	NumUnroutables = 3
)

var unroutableNames = [NumUnroutables]string{"routable", "initializing", "no_usable_datacenter"}

func (u Unroutable) String() string { return word(unroutableNames[:], uint8(u)) }

// Mode is by which rules a decision orders datacenters of one class.
type Mode uint8

// Modes.
const (
	ModeScore     Mode = iota // spec 30 §4.6
	ModeBootstrap             // by free cores: distances are not known yet
	ModePolicy                // another policy than the learned one

	NumModes = 3
)

var modeNames = [NumModes]string{"score", "bootstrap", "policy"}

func (m Mode) String() string { return word(modeNames[:], uint8(m)) }

// Verdict is what a decision makes of a datacenter.
type Verdict uint8

// Verdicts.
const (
	SelectedPrimary Verdict = iota
	SelectedExtended
	Fallback
	Excluded

	NumVerdicts = 4
)

var verdictNames = [NumVerdicts]string{"selected_primary", "selected_extended", "fallback", "excluded"}

func (v Verdict) String() string { return word(verdictNames[:], uint8(v)) }

// Exclusion is why a datacenter is no candidate (spec 30 §4.3).
type Exclusion uint8

// Exclusions, in the order in which they are tried.
const (
	NotExcluded Exclusion = iota
	ExInitializing
	ExUnhealthy
	ExNoManagers
	ExVersion
	ExBreakers
	ExStale
	ExJob // the job's own: it runs there, or failed there in this round

	NumExclusions = 8
)

var exclusionNames = [NumExclusions]string{
	"none", "initializing", "unhealthy_status", "no_registered_managers", "version_incompatible", "all_managers_circuit_open", "heartbeat_stale", "excluded_by_job",
}

func (e Exclusion) String() string { return word(exclusionNames[:], uint8(e)) }

// ClassReason is why a datacenter has its class (spec 30 §3.3).
type ClassReason uint8

// Reasons of classes, in the order of the rules.
const (
	ReasonOK ClassReason = iota
	ReasonUnreachable
	ReasonStale
	ReasonNoManagers
	ReasonNoWorkers
	ReasonManagersLost
	ReasonWorkersLost
	ReasonSuspected
	ReasonNotReady
	ReasonStuck
	ReasonOverloaded
	ReasonNoCapacity
	ReasonPartly
	ReasonSelf      // it says so itself
	ReasonPartition // it is among those that fail together
	ReasonHold      // it would be UNHEALTHY, were it alone

	NumClassReasons = 16
)

var classReasonNames = [NumClassReasons]string{
	"ok", "unreachable", "stale_health", "no_alive_managers", "no_workers", "manager_majority_lost", "worker_majority_lost", "suspected",
	"managers_not_ready", "manager_stuck", "overloaded", "no_capacity", "partly_overloaded", "self_reported", "partition", "correlated_hold",
}

func (r ClassReason) String() string { return word(classReasonNames[:], uint8(r)) }

// Reason is why a decision kept or changed the first choice of a job (spec 30 §4.8).
type Reason uint8

// Reasons, in the order of the rules.
const (
	InitialSelection Reason = iota
	PartitionReset
	ExclusionForced
	BucketDropForced
	BucketUpgradeForced
	RetainedBest
	CooldownPenalty
	DegradationForced
	HoldDownRetained
	ImprovementMet
	ImprovementInsufficient
	VoluntaryOff // switches for the better are off: bootstrap, or another policy
	Empty        // no candidate

	NumReasons = 13
)

var reasonNames = [NumReasons]string{
	"initial_selection", "partition_reset", "exclusion_forced", "bucket_drop_forced", "bucket_upgrade_forced", "retained_best", "cooldown_penalty",
	"degradation_forced", "hold_down_retained", "improvement_threshold_met", "improvement_insufficient", "voluntary_off", "no_candidate",
}

func (r Reason) String() string { return word(reasonNames[:], uint8(r)) }

// Severity is how far failures of datacenters are taken for one event (spec 30 §3.4).
type Severity uint8

// Severities.
const (
	SeverityNone Severity = iota
	SeverityLow
	SeverityMedium
	SeverityHigh

	NumSeverities = 4
)

var severityNames = [NumSeverities]string{"NONE", "LOW", "MEDIUM", "HIGH"}

func (s Severity) String() string { return word(severityNames[:], uint8(s)) }

// Sign is a secondary signal that datacenters fail together (spec 30 §3.4).
type Sign uint8

// Signs: of at least half of the datacenters.
const (
	SignLatency   Sign = iota // round trips are longer than they should be
	SignExtension             // workers have deadline extensions
	SignLHM                   // the leader is in poor local health

	NumSigns = 3
)

var signNames = [NumSigns]string{"latency", "extension", "lhm"}

func (s Sign) String() string { return word(signNames[:], uint8(s)) }

// Trouble is where a datacenter stands with the correlation of failures (spec 30 §3.4).
type Trouble uint8

// States of trouble.
const (
	TroubleNone Trouble = iota
	TroubleFailing
	TroubleFailed
	TroubleRecovering
	TroubleFlapping

	NumTroubles = 5
)

var troubleNames = [NumTroubles]string{"HEALTHY", "FAILING", "FAILED", "RECOVERING", "FLAPPING"}

func (t Trouble) String() string { return word(troubleNames[:], uint8(t)) }
