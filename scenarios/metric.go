package scenarios

import "slices"

// Metric is a quantity that a run measures and an expectation may judge.
type Metric struct {
	Name, Unit string
	Labels     []string // that its observations carry: what a filter may name
	Doc        string

	PerNodeHour bool // the statistic rate counts per node-hour, otherwise per second
	RoleIsPeer  bool // role and site are the subject's, otherwise the observer's
	Drawn       bool // a time series of states: drawn, never judged
}

// measured is what sim/metrics measures, by the same names, units and labels: this room may not import that
// one, so a test compares them.
var measured = []Metric{
	{Name: "detection_first", Unit: "s", Labels: ofMark, RoleIsPeer: true, Doc: "crash of the subject to the first live observer that marks it `to` (SUSPECT or DEAD) afterwards"},
	{Name: "detection_each", Unit: "s", Labels: ofMark, RoleIsPeer: true, Doc: "crash of the subject to each marking `to` by a live observer"},
	{Name: "detection_full", Unit: "s", Labels: ofEither, RoleIsPeer: true, Doc: "crash until every live member that knew the subject has it DEAD or removed, if one is left"},
	{Name: "detected", Unit: "fraction", Labels: with(ofEither, "to"), RoleIsPeer: true, Doc: "1 if a live observer marked the crashed subject `to` (SUSPECT or DEAD) before its next start and the end of the run, else 0; at the crash; not said where nobody who knew it was left to do so"},
	{Name: "dissemination", Unit: "s", Labels: with(ofEither, "share", "type"), RoleIsPeer: true, Doc: "birth of an update to `share` per cent having heard it of the members that should, live since its birth: who starts later, or never knew of one that ended, has nothing to hear"},
	{Name: "false_suspicions", Unit: "count", Labels: ofMark, PerNodeHour: true, RoleIsPeer: true, Doc: "a live, reachable, unpaused subject marked SUSPECT at a new incarnation, per observer; class of the observer"},
	{Name: "false_positives", Unit: "count", Labels: ofMark, PerNodeHour: true, RoleIsPeer: true, Doc: "a live, reachable, unpaused subject marked DEAD, per observer; class of the observer"},
	{Name: "excused_positives", Unit: "count", Labels: ofMark, PerNodeHour: true, RoleIsPeer: true, Doc: "a live subject marked DEAD that the previous line excuses; truth: paused, unreachable, leaving, restarted"},
	{Name: "accusations", Unit: "count", Labels: ofMark, PerNodeHour: true, RoleIsPeer: true, Doc: "a live, reachable, unpaused subject marked `to` (SUSPECT or DEAD) by the first observer that does so at its incarnation; however many follow"},
	{Name: "refutation", Unit: "s", Labels: ofPair, RoleIsPeer: true, Doc: "first SUSPECT about this process of a live subject anywhere until this observer holds it OK again"},
	{Name: "refutation_full", Unit: "s", Labels: ofEither, RoleIsPeer: true, Doc: "first SUSPECT about this process of a live subject anywhere until no live observer holds it SUSPECT, if none called it DEAD"},
	{Name: "rejoin", Unit: "s", Labels: []string{"fault"}, Doc: "end of a partition, flap or site outage until no live member's view disagrees with the truth"},
	{Name: "view_error", Unit: "fraction", Labels: with(ofRole, "group"), Doc: "pairs whose view disagrees with the truth, of the pairs where either says up; sampled"},
	{Name: "convergence", Unit: "s", Labels: []string{"fault", "edge"}, Doc: "start of the run, or start or end of a fault, to the moment from which the view error stays 0 until the next of them"},
	{Name: "messages", Unit: "1/s per node", Labels: with(ofRole, "direction", "transport", "type"), Doc: "messages per live node and second, by direction and type"},
	{Name: "bytes", Unit: "B/s per node", Labels: with(ofRole, "direction", "transport", "type"), Doc: "bytes per live node and second, by direction and type"},
	{Name: "coordinate_error", Unit: "relative", Labels: ofClasses, Doc: "|predicted − true RTT| / true RTT over sampled pairs, at most 100 equally weighted quantiles per sample and class of pairs; the true RTT is there and back, one number for both directions, with drift and faults, without the mean of the jitter"},
	{Name: "coordinate_error_ms", Unit: "ms", Labels: ofClasses, Doc: "|predicted − true RTT|, kept like coordinate_error"},
	{Name: "coordinate_settle", Unit: "s", Labels: []string{"threshold"}, Doc: "start until the median of coordinate_error over all pairs stays below the threshold to the end"},
	{Name: "coordinate_rank", Unit: "count", Doc: "principal axes holding more than 1 % of the variance of all coordinate vectors; sampled"},
	{Name: "coordinate_quality", Unit: "0-1", Doc: "min(1, samples/10) · min(1, 20/error_ms) of each node's own coordinate (age 0); sampled, to 0.01"},
	{Name: "rtt_ucb_coverage", Unit: "fraction", Labels: ofClasses, Doc: "share of sampled pairs whose true RTT is at most the upper bound of the estimate"},
	{Name: "rtt_ucb_ratio", Unit: "ratio", Labels: ofClasses, Doc: "upper bound over true RTT of sampled pairs, kept like coordinate_error"},
	{Name: "newcomer_error", Unit: "relative", Labels: with(ofNode, "samples"), Doc: "median coordinate_error of the sampled pairs of a node that started after 0, at the first sample with ≥ 5, 10, 20 own samples"},
	{Name: "confirmation_attempts", Unit: "count", Labels: with(ofPair, "cause", "path"), RoleIsPeer: true, Doc: "active pings to UNCONFIRMED peers"},
	{Name: "confirmation_attempt_age", Unit: "s", Labels: with(ofPair, "cause", "path"), RoleIsPeer: true, Doc: "age of the UNCONFIRMED record at each proactive attempt"},
	{Name: "confirmation_attempts_per_peer", Unit: "count", Labels: with(ofPair, "cause", "path"), RoleIsPeer: true, Doc: "proactive attempts that an UNCONFIRMED peer had got when it was removed"},
	{Name: "death_callbacks", Unit: "count", Labels: ofPair, RoleIsPeer: true, Doc: "death notifications per (observer, subject, dead incarnation), 0 if a declared death had none"},
	{Name: "gossip_evicted", Unit: "count", Labels: with(ofNode, "subject", "subject_site", "subject_ghost", "cause", "path", "type"), Doc: "updates dropped from the queue by overflow or age before their repeats were used up"},
	{Name: "incarnation_max", Unit: "count", Labels: ofNode, Doc: "highest incarnation of each node that ever started, at the end"},
	{Name: "join_confirm", Unit: "s", Labels: ofEither, RoleIsPeer: true, Doc: "start of a node to all live members that should know it holding this process OK"},
	{Name: "join_confirm_role", Unit: "s", Labels: with(ofEither, "observer_role", "roles"), RoleIsPeer: true, Doc: "start of a node to all live members of one role, observer_role, that should know it holding this process OK"},
	{Name: "join_first", Unit: "s", Labels: ofEither, RoleIsPeer: true, Doc: "start of a node to the first live member that heard of the new process and holds it OK"},
	{Name: "lhm_score", Unit: "0-8", Labels: ofRole, Doc: "local health score of live nodes, sampled"},
	{Name: "unconfirmed_peers", Unit: "count", Labels: []string{"observer_role", "subject_role", "role", "roles"}, RoleIsPeer: true, Doc: "UNCONFIRMED records per live observer, by role of the peer, sampled"},
	{Name: "unconfirmed_removed", Unit: "s", Labels: with(ofPair, "cause", "path"), RoleIsPeer: true, Doc: "age of an UNCONFIRMED record at its removal"},
	{Name: "unconfirmed_illegal_transitions", Unit: "count", Labels: with(ofPair, "from", "to", "cause", "path"), RoleIsPeer: true, Doc: "UNCONFIRMED → SUSPECT or DEAD"},
	{Name: "suspicion_timer_ratio", Unit: "ratio", Labels: with(ofPair, "nominal_s"), RoleIsPeer: true, Doc: "actual over nominal lifetime of suspicions that expired, by nominal lifetime in s"},
	{Name: "latency_multiplier", Unit: "ratio", Labels: []string{"rtt"}, Doc: "latency factor of adaptive timeouts, to 0.05, by true RTT; gathered per sample"},
	{Name: "probe_failures", Unit: "fraction", Labels: with(ofRole, "link"), Doc: "failed probes of members that ran unpaused throughout and are reachable, per ended probe of such members; gathered per sample"},
	{Name: "queue_depth", Unit: "count", Labels: ofRole, Doc: "gossip queue length of live nodes, sampled"},
	{Name: "memory_per_pair", Unit: "B", Doc: "bytes of all membership tables per record held, sampled"},
	{Name: "dc_reachability_delay", Unit: "s", Labels: with(ofPair, "dc", "from", "to", "cause", "path", "fault"), Doc: "last start or end of a partition, flap or site outage (else of the run) to a gate's change in how it judges the datacenter `dc`"},
	{Name: "dc_reachability", Unit: "0-3", Labels: []string{"observer", "dc"}, Drawn: true, Doc: "state in which a gate holds a datacenter: UNKNOWN, REACHABLE, SUSPECTED, UNREACHABLE; a time series of changes"},
	{Name: "false_unreachable", Unit: "s", Labels: with(ofNode, "dc"), Doc: "time that a gate holds a datacenter UNREACHABLE although it can talk to a live manager there, one observation per sample"},
	{Name: "link_error", Unit: "relative", Labels: with(ofPair, "dc"), Doc: "|predicted − true RTT| / true RTT of each gate to the leader that it knows of each datacenter; sampled every 5 s at most"},
	{Name: "wrong_order", Unit: "fraction", Labels: ofNode, Doc: "pairs of datacenters that the coordinates order wrongly at a gate, by the RTT to their leaders; sampled with link_error"},
	{Name: "job_suspicion", Unit: "s", Labels: with(ofPair, "scope", "state", "cause", "path"), RoleIsPeer: true, Doc: "last progress that the observer handled to its `state` (SUSPECTED or DEAD_JOB) of the subject for the scope"},
	{Name: "job_suspicion_end", Unit: "s", Labels: with(ofPair, "scope", "state", "cause", "path"), RoleIsPeer: true, Doc: "age of a job suspicion (state SUSPECTED) or DEAD_JOB mark that was taken back; cause: refuted, removed (the scope ended) or gossip (the subject is gone)"},
	{Name: "stream_only", Unit: "count", Labels: ofPair, PerNodeHour: true, RoleIsPeer: true, Doc: "probes that the subject answered over a stream only (probe.stream_fallback): datagrams between the two are blocked, lost or late"},
}

// laterMetrics belong to jobs, routing and flow.
var laterMetrics = []string{
	"accept_time", "backpressure_level", "batched", "bootstrap_exit", "cancel_ack", "cancel_complete", "cancel_residue",
	"control_latency", "dual_leader", "duplicate_work_core_s", "extension_granted",
	"extension_inflation", "failover", "first_accept_after", "goodput", "job_end", "job_latency",
	"job_outcome", "leader_changes", "leader_gap", "level_cleared", "level_period", "level_reached", "load_cv",
	"orphan_time", "peer_load_ratio", "post_terminal_core_seconds", "post_terminal_run", "recovery_time",
	"routing_regret", "routing_share", "routing_switches", "shed", "stats_staleness", "terminal_conflicts",
	"timeout_fallbacks", "timeout_lateness", "timeout_rejected_valid", "timeout_spread", "workflow_double_run",
	"workflow_restarts",
}

// Metrics returns the metrics that a run measures, in the order of the documentation.
func Metrics() []Metric { return slices.Clone(measured) }

func findMetric(name string) *Metric {
	for i := range measured {
		if measured[i].Name == name {
			return &measured[i]
		}
	}
	return nil
}

func metricNames() []string {
	names := make([]string, len(measured))
	for i := range measured {
		names[i] = measured[i].Name
	}
	return names
}
