package words

// RTTs are the words of the label rtt: the true round trip.
var (
	RTTs = []string{"same-site", "0-10ms", "10-50ms", "50-100ms", "100ms-"}
	_    = label("rtt", Fixed, RTTs...)
	_    = label("nominal_s", FromRun)
)

// How well probes, timers and incarnations do.
const health family = 90

// The metrics.
var (
	IncarnationMax = health.metric(Def{
		Name: "incarnation_max", Unit: "count", Labels: ofNode,
		Doc: "highest incarnation of each node that ever started, at the end",
	})

	LHMScore = health.metric(Def{
		Name: "lhm_score", Unit: "0-8", Fold: FoldLevel, Better: Lower, Labels: ofRole, Event: "sample",
		Doc: "local health score of live nodes, sampled",
	})

	SuspicionTimerRatio = health.metric(Def{
		Name: "suspicion_timer_ratio", Unit: "ratio", Labels: with(ofPair, "nominal_s"), Param: "nominal_s",
		RoleIsPeer: true,
		Doc:        "actual over nominal lifetime of suspicions that expired, by nominal lifetime in s",
	})

	LatencyMultiplier = health.metric(Def{
		Name: "latency_multiplier", Unit: "ratio", Fold: FoldLevel, Labels: []string{"rtt"}, Type: "rtt", Event: "sample",
		Doc: "latency factor of adaptive timeouts, to 0.05, by true RTT; gathered per sample",
	})

	ProbeFailures = health.metric(Def{
		Name: "probe_failures", Unit: "fraction", Fold: FoldShare, Better: Lower, Labels: with(ofRole, "link"),
		Event: "sample",
		Doc:   "failed probes of members that ran unpaused throughout and are reachable, per ended probe of such members; gathered per sample",
	})

	StreamOnly = health.metric(Def{
		Name: "stream_only", Unit: "count", Fold: FoldEvents, Labels: ofPair, RoleIsPeer: true, PerNodeHour: true,
		Doc: "probes that the subject answered over a stream only (probe.stream_fallback): datagrams between the two are blocked, lost or late",
	})

	MemoryPerPair = health.metric(Def{
		Name: "memory_per_pair", Unit: "B", Fold: FoldLevel, Better: Lower, Event: "sample",
		Doc: "bytes of all membership tables per record held, sampled",
	})
)
