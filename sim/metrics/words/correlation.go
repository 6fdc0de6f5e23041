package words

// What gates make of datacenters beyond the way to them: classes, failures that come together.
const correlation family = 145

// Words of core/routing, which a test holds them to.
var (
	DCClasses    = []string{"HEALTHY", "BUSY", "DEGRADED", "UNHEALTHY"}
	DCTroubles   = []string{"HEALTHY", "FAILING", "FAILED", "RECOVERING", "FLAPPING"}
	Severities   = []string{"NONE", "LOW", "MEDIUM", "HIGH"}
	ClassReasons = []string{
		"ok", "unreachable", "stale_health", "no_alive_managers", "no_workers", "manager_majority_lost",
		"worker_majority_lost", "suspected", "managers_not_ready", "manager_stuck", "overloaded", "no_capacity",
		"partly_overloaded", "self_reported", "partition", "correlated_hold",
	}

	Signs = []string{"latency", "extension", "lhm"}

	_ = label("sign", Fixed, Signs...)
	_ = label("class_reason", Fixed, ClassReasons...)
)

// The metrics. The observer is the gate.
var (
	DCClass = correlation.metric(Def{
		Name: "dc_class", Unit: "s", Labels: with(ofNode, "dc", "from", "to", "class_reason"), Type: "class_reason", Moves: DCClasses,
		Apart: []string{"to"}, Counted: true,
		Doc: "time at which a gate changed the class of datacenter `dc` (spec 30 §3.3); with since: from then on",
	})

	DCTrouble = correlation.metric(Def{
		Name: "dc_trouble", Unit: "s", Labels: with(ofNode, "dc", "from", "to"), Moves: DCTroubles, Apart: []string{"to"}, Counted: true,
		Doc: "time at which the machine that correlates failures of datacenters moved at a gate (spec 30 §3.4): HEALTHY, FAILING, FAILED, RECOVERING, FLAPPING; with since: from then on",
	})

	CorrelationSeverity = correlation.metric(Def{
		Name: "correlation_severity", Unit: "s", Labels: with(ofNode, "from", "to"), Moves: Severities, Apart: []string{"to"}, Counted: true,
		Doc: "time at which a gate changed its mind about how far failures of datacenters are one event: NONE, LOW, MEDIUM, HIGH; with since: from then on",
	})

	CorrelationSign = correlation.metric(Def{
		Name: "correlation_sign", Unit: "s", Labels: with(ofNode, "from", "to", "sign"), Type: "sign", Moves: []string{"gone", "set"}, Apart: []string{"to", "sign"}, Counted: true,
		Doc: "time at which a gate began to see, or no longer saw, a secondary sign that datacenters fail together at half of them (spec 30 §3.4): latency, extension, lhm; with since: from then on",
	})

	PartitionHealed = correlation.metric(Def{
		Name: "partition_healed", Unit: "s", Better: Lower, Labels: ofNode, Counted: true,
		Doc: "time at which a gate held the last of the datacenters that failed together for well again; with since: from then on",
	})

	PartitionDetected = correlation.metric(Def{
		Name: "partition_detected", Unit: "s", Better: Lower, Labels: ofNode, Counted: true,
		Doc: "time at which a gate began to take datacenters for cut off together; with since: from then on",
	})
)
