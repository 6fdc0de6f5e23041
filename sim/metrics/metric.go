package metrics

import "hypersim/core"

// Metric names one measurement.
type Metric uint8

// The metrics, in the order of the tables that define them (spec 50 §6, then spec 40 §4, spec 10 §12).
const (
	MetricNone Metric = iota
	DetectionFirst
	DetectionEach
	DetectionFull
	Detected
	Dissemination
	FalseSuspicions
	FalsePositives
	ExcusedPositives
	Accusations
	Refutation
	RefutationFull
	Rejoin
	ViewError
	Convergence
	Messages
	Bytes
	CoordinateError
	CoordinateErrorMS
	CoordinateSettle
	CoordinateRank
	CoordinateQuality
	RTTUCBCoverage
	RTTUCBRatio
	NewcomerError
	ConfirmationAttempts
	ConfirmationAttemptAge
	ConfirmationPerPeer
	DeathCallbacks
	GossipEvicted
	IncarnationMax
	JoinConfirm
	JoinConfirmRole
	JoinFirst
	LHMScore
	UnconfirmedPeers
	UnconfirmedRemoved
	UnconfirmedIllegal
	SuspicionTimerRatio
	LatencyMultiplier
	ProbeFailures
	QueueDepth
	MemoryPerPair
	DCReachabilityDelay
	DCReachability
	FalseUnreachable
	LinkError
	WrongOrder
	JobSuspicion
	JobSuspicionEnd
	StreamOnly
	NumMetrics = 51
)

// Def defines a metric. Param and Type name the labels that Observation.Param and Type carry.
// RoleIsPeer: the label "role" means the subject's role, otherwise the observer's. PerNodeHour: the
// statistic "rate" is per node-hour, otherwise per second.
type Def struct {
	Name, Unit, Doc string
	Fold            Fold
	Param, Type     string
	RoleIsPeer      bool
	PerNodeHour     bool
	States          []string // names of the values 0, 1, …: each holds until the next observation
}

// EventKind says what Observation.Event counts for m; "" = nothing. Only observations of metrics with
// the same kind can be matched with each other.
func (m Metric) EventKind() string {
	switch m {
	case DetectionFirst, DetectionEach, DetectionFull, Detected:
		return "crash"
	case Dissemination:
		return "update"
	case Messages, Bytes:
		return "traffic sample"
	case CoordinateError, CoordinateErrorMS, RTTUCBCoverage, RTTUCBRatio:
		return "coordinate sample"
	case ViewError, LHMScore, UnconfirmedPeers, LatencyMultiplier, ProbeFailures, QueueDepth, MemoryPerPair,
		CoordinateRank, CoordinateQuality, LinkError, WrongOrder:
		return "sample"
	default:
		return ""
	}
}

// Definition returns what m means.
func (m Metric) Definition() Def { return defs[m] }

func (m Metric) String() string { return defs[m].Name }

func reaches() []string {
	var words []string
	for r := range core.Reach(core.NumReaches) {
		words = append(words, r.String())
	}
	return words
}

// Lookup returns the metric of that name. O(number of metrics).
func Lookup(name string) (Metric, bool) {
	for m := MetricNone + 1; m < NumMetrics; m++ {
		if defs[m].Name == name {
			return m, true
		}
	}
	return MetricNone, false
}

var defs = [NumMetrics]Def{
	DetectionFirst: {Name: "detection_first", Unit: "s", RoleIsPeer: true,
		Doc: "crash of the subject to the first live observer that marks it `to` (SUSPECT or DEAD) afterwards"},
	DetectionEach: {Name: "detection_each", Unit: "s", RoleIsPeer: true,
		Doc: "crash of the subject to each marking `to` by a live observer"},
	DetectionFull: {Name: "detection_full", Unit: "s", RoleIsPeer: true,
		Doc: "crash until every live member that knew the subject has it DEAD or removed, if one is left"},
	Detected: {Name: "detected", Unit: "fraction", RoleIsPeer: true,
		Doc: "1 if a live observer marked the crashed subject `to` (SUSPECT or DEAD) before its next start and the end of the run, else 0; at the crash; not said where nobody who knew it was left to do so"},
	Dissemination: {Name: "dissemination", Unit: "s", Param: "share", Type: "type", RoleIsPeer: true,
		Doc: "birth of an update to `share` per cent having heard it of the members that should, live since its birth: who starts later, or never knew of one that ended, has nothing to hear"},
	FalseSuspicions: {Name: "false_suspicions", Unit: "count", Fold: FoldEvents, RoleIsPeer: true, PerNodeHour: true,
		Doc: "a live, reachable, unpaused subject marked SUSPECT at a new incarnation, per observer; class of the observer"},
	FalsePositives: {Name: "false_positives", Unit: "count", Fold: FoldEvents, RoleIsPeer: true, PerNodeHour: true,
		Doc: "a live, reachable, unpaused subject marked DEAD, per observer; class of the observer"},
	ExcusedPositives: {Name: "excused_positives", Unit: "count", Fold: FoldEvents, RoleIsPeer: true, PerNodeHour: true,
		Doc: "a live subject marked DEAD that the previous line excuses; truth: paused, unreachable, leaving, restarted"},
	Accusations: {Name: "accusations", Unit: "count", Fold: FoldEvents, RoleIsPeer: true, PerNodeHour: true,
		Doc: "a live, reachable, unpaused subject marked `to` (SUSPECT or DEAD) by the first observer that does so at its incarnation; however many follow"},
	Refutation: {Name: "refutation", Unit: "s", RoleIsPeer: true,
		Doc: "first SUSPECT about this process of a live subject anywhere until this observer holds it OK again"},
	RefutationFull: {Name: "refutation_full", Unit: "s", RoleIsPeer: true,
		Doc: "first SUSPECT about this process of a live subject anywhere until no live observer holds it SUSPECT, if none called it DEAD"},
	Rejoin: {Name: "rejoin", Unit: "s",
		Doc: "end of a partition, flap or site outage until no live member's view disagrees with the truth"},
	ViewError: {Name: "view_error", Unit: "fraction", Fold: FoldShare,
		Doc: "pairs whose view disagrees with the truth, of the pairs where either says up; sampled"},
	Convergence: {Name: "convergence", Unit: "s", Type: "edge",
		Doc: "start of the run, or start or end of a fault, to the moment from which the view error stays 0 until the next of them"},
	Messages: {Name: "messages", Unit: "1/s per node", Fold: FoldRate, Doc: "messages per live node and second, by direction and type"},
	Bytes:    {Name: "bytes", Unit: "B/s per node", Fold: FoldRate, Doc: "bytes per live node and second, by direction and type"},
	CoordinateError: {Name: "coordinate_error", Unit: "relative",
		Doc: "|predicted − true RTT| / true RTT over sampled pairs, at most 100 equally weighted quantiles per sample and class of pairs; the true RTT is there and back, one number for both directions, with drift and faults, without the mean of the jitter"},
	CoordinateErrorMS: {Name: "coordinate_error_ms", Unit: "ms", Doc: "|predicted − true RTT|, kept like coordinate_error"},
	CoordinateSettle: {Name: "coordinate_settle", Unit: "s", Param: "threshold",
		Doc: "start until the median of coordinate_error over all pairs stays below the threshold to the end"},
	CoordinateRank:    {Name: "coordinate_rank", Unit: "count", Fold: FoldLevel, Doc: "principal axes holding more than 1 % of the variance of all coordinate vectors; sampled"},
	CoordinateQuality: {Name: "coordinate_quality", Unit: "0-1", Fold: FoldLevel, Doc: "min(1, samples/10) · min(1, 20/error_ms) of each node's own coordinate (age 0); sampled, to 0.01"},
	RTTUCBCoverage:    {Name: "rtt_ucb_coverage", Unit: "fraction", Fold: FoldShare, Doc: "share of sampled pairs whose true RTT is at most the upper bound of the estimate"},
	RTTUCBRatio:       {Name: "rtt_ucb_ratio", Unit: "ratio", Doc: "upper bound over true RTT of sampled pairs, kept like coordinate_error"},
	NewcomerError: {Name: "newcomer_error", Unit: "relative", Param: "samples",
		Doc: "median coordinate_error of the sampled pairs of a node that started after 0, at the first sample with ≥ 5, 10, 20 own samples"},
	ConfirmationAttempts:   {Name: "confirmation_attempts", Unit: "count", Fold: FoldEvents, RoleIsPeer: true, Doc: "active pings to UNCONFIRMED peers"},
	ConfirmationAttemptAge: {Name: "confirmation_attempt_age", Unit: "s", RoleIsPeer: true, Doc: "age of the UNCONFIRMED record at each proactive attempt"},
	ConfirmationPerPeer:    {Name: "confirmation_attempts_per_peer", Unit: "count", RoleIsPeer: true, Doc: "proactive attempts that an UNCONFIRMED peer had got when it was removed"},
	DeathCallbacks: {Name: "death_callbacks", Unit: "count", RoleIsPeer: true,
		Doc: "death notifications per (observer, subject, dead incarnation), 0 if a declared death had none"},
	GossipEvicted:       {Name: "gossip_evicted", Unit: "count", Fold: FoldEvents, Type: "type", RoleIsPeer: false, Doc: "updates dropped from the queue by overflow or age before their repeats were used up"},
	IncarnationMax:      {Name: "incarnation_max", Unit: "count", Doc: "highest incarnation of each node that ever started, at the end"},
	JoinConfirm:         {Name: "join_confirm", Unit: "s", RoleIsPeer: true, Doc: "start of a node to all live members that should know it holding this process OK"},
	JoinConfirmRole:     {Name: "join_confirm_role", Unit: "s", RoleIsPeer: true, Doc: "start of a node to all live members of one role, observer_role, that should know it holding this process OK"},
	JoinFirst:           {Name: "join_first", Unit: "s", RoleIsPeer: true, Doc: "start of a node to the first live member that heard of the new process and holds it OK"},
	LHMScore:            {Name: "lhm_score", Unit: "0-8", Fold: FoldLevel, Doc: "local health score of live nodes, sampled"},
	UnconfirmedPeers:    {Name: "unconfirmed_peers", Unit: "count", Fold: FoldLevel, RoleIsPeer: true, Doc: "UNCONFIRMED records per live observer, by role of the peer, sampled"},
	UnconfirmedRemoved:  {Name: "unconfirmed_removed", Unit: "s", RoleIsPeer: true, Doc: "age of an UNCONFIRMED record at its removal"},
	UnconfirmedIllegal:  {Name: "unconfirmed_illegal_transitions", Unit: "count", Fold: FoldEvents, RoleIsPeer: true, Doc: "UNCONFIRMED → SUSPECT or DEAD"},
	SuspicionTimerRatio: {Name: "suspicion_timer_ratio", Unit: "ratio", Param: "nominal_s", RoleIsPeer: true, Doc: "actual over nominal lifetime of suspicions that expired, by nominal lifetime in s"},
	LatencyMultiplier:   {Name: "latency_multiplier", Unit: "ratio", Fold: FoldLevel, Type: "rtt", Doc: "latency factor of adaptive timeouts, to 0.05, by true RTT; gathered per sample"},
	ProbeFailures:       {Name: "probe_failures", Unit: "fraction", Fold: FoldShare, Doc: "failed probes of members that ran unpaused throughout and are reachable, per ended probe of such members; gathered per sample"},
	QueueDepth:          {Name: "queue_depth", Unit: "count", Fold: FoldLevel, Doc: "gossip queue length of live nodes, sampled"},
	MemoryPerPair:       {Name: "memory_per_pair", Unit: "B", Fold: FoldLevel, Doc: "bytes of all membership tables per record held, sampled"},
	DCReachabilityDelay: {Name: "dc_reachability_delay", Unit: "s",
		Doc: "last start or end of a partition, flap or site outage (else of the run) to a gate's change in how it judges the datacenter `dc`"},
	DCReachability:   {Name: "dc_reachability", Unit: "0-3", Fold: FoldState, States: reaches(), Doc: "state in which a gate holds a datacenter: UNKNOWN, REACHABLE, SUSPECTED, UNREACHABLE; a time series of changes"},
	FalseUnreachable: {Name: "false_unreachable", Unit: "s", Fold: FoldEvents, Doc: "time that a gate holds a datacenter UNREACHABLE although it can talk to a live manager there, one observation per sample"},
	LinkError:        {Name: "link_error", Unit: "relative", Doc: "|predicted − true RTT| / true RTT of each gate to the leader that it knows of each datacenter; sampled every 5 s at most"},
	WrongOrder:       {Name: "wrong_order", Unit: "fraction", Fold: FoldShare, Doc: "pairs of datacenters that the coordinates order wrongly at a gate, by the RTT to their leaders; sampled with link_error"},
	JobSuspicion: {Name: "job_suspicion", Unit: "s", Param: "scope", Type: "state", RoleIsPeer: true,
		Doc: "last progress that the observer handled to its `state` (SUSPECTED or DEAD_JOB) of the subject for the scope"},
	StreamOnly: {Name: "stream_only", Unit: "count", Fold: FoldEvents, RoleIsPeer: true, PerNodeHour: true,
		Doc: "probes that the subject answered over a stream only (probe.stream_fallback): datagrams between the two are blocked, lost or late"},
	JobSuspicionEnd: {Name: "job_suspicion_end", Unit: "s", Param: "scope", Type: "state", RoleIsPeer: true,
		Doc: "age of a job suspicion (state SUSPECTED) or DEAD_JOB mark that was taken back; cause: refuted, removed (the scope ended) or gossip (the subject is gone)"},
}
