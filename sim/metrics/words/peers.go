package words

// Words of the labels result, bar, phase, may and judged.
var (
	// Results are whether two processes can talk.
	Results = []string{"incompatible", "compatible"}

	// Bars are why somebody was not let in (core/registry.Bar).
	Bars = []string{"none", "cluster_mismatch", "environment_mismatch", "certificate_missing", "claims_mismatch", "role_denied"}

	// BreakerPhases are where a breaker stands (core/health.Phase).
	BreakerPhases = []string{"CLOSED", "OPEN", "HALF_OPEN"}

	// Decisions are what a node may get (core/health.Decision), and Judged why (core/health.Label).
	Decisions = []string{"ROUTE", "INVESTIGATE", "DRAIN", "EVICT"}
	Judged    = []string{"HEALTHY", "BUSY", "SLOW", "DEGRADED", "STUCK", "SUSPECT"}

	ofPeers = with(ofNode, "subject", "subject_role")
	_       = label("result", Fixed, Results...)
	_       = label("bar", Fixed, Bars...)
	_       = label("phase", Fixed, BreakerPhases...)
	_       = label("may", Fixed, Decisions...)
	_       = label("judged", Fixed, Judged...)
)

// What processes make of each other, in runs with jobs: of which version they are, whether they may come in, whether they answer.
const peers family = 160

// The metrics.
var (
	Negotiations = peers.metric(Def{
		Name: "negotiations", Unit: "count", Fold: FoldEvents, Labels: with(ofPeers, "result"), Type: "result", Counted: true, Tabled: true,
		Doc: "how often a process agreed with another one on a version and on features, or on none; of a formed start nothing is counted until one of two is another process",
	})

	Barred = peers.metric(Def{
		Name: "barred", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: with(ofPeers, "bar"), Type: "bar", Counted: true, Tabled: true,
		Doc: "messages that a process did not take for who sent them: of another cluster or environment, without a certificate, with one of somebody else, or of a role that may not ask it",
	})

	BreakerChanges = peers.metric(Def{
		Name: "breaker_changes", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: with(ofPeers, "phase"), Type: "phase", Counted: true,
		Doc: "how often a breaker opened, was half open (of a manager when its time is over, of others with the trial) or closed, by what it came to: of a manager towards a worker, of a worker towards a manager, and of a gate towards a majority of gates, which has no subject",
	})

	NodeJudged = peers.metric(Def{
		Name: "node_judged", Unit: "s", Labels: with(ofPeers, "may"), Type: "may", Apart: []string{"may"},
		Doc: "time at which a manager changed its mind about what a worker, the subject, may get, by what it may get since; with since: from then on",
	})

	Evicted = peers.metric(Def{
		Name: "evicted", Unit: "s", Labels: with(ofPeers, "judged"), Type: "judged", Apart: []string{"judged"},
		Doc: "time at which a manager gave up a worker, or a gate a manager, that membership may still hold alive, by why; with since: from then on",
	})

	Reaped = peers.metric(Def{
		Name: "reaped", Unit: "s", Labels: ofPeers,
		Doc: "a gate holds another one, the subject, gone, to its forgetting what it kept of it",
	})

	Placed = peers.metric(Def{
		Name: "placed", Unit: "count", Fold: FoldEvents, Labels: with(ofPeers, "workload"), Counted: true,
		Doc: "shards that managers gave to a worker, the subject, by the workload that their job is of",
	})

	RegistrationTime = peers.metric(Def{
		Name: "registration_time", Unit: "s", Better: Lower, Labels: ofPeers, Tabled: true,
		Doc: "start of a worker, the subject, to its hearing that a manager, the observer, has it registered for jobs",
	})

	RegistrationAttempts = peers.metric(Def{
		Name: "registration_attempts", Unit: "count", Better: Lower, Labels: ofPeers,
		Doc: "registrations of a worker, the subject, that reached a manager, the observer, until it heard that it has it registered",
	})
)
