package swim

// Keys whose values are words have types of their own: a word that is misspelt in a comparison would compile, and
// switch its behaviour off for good. The `enum` tag of the key lists the same words; a test holds both together.

// Topology is membership.topology.
type Topology string

// Topologies.
const (
	TopologyRoles Topology = "roles"
	TopologyFlat  Topology = "flat"
)

// ConfirmationMode is membership.confirmation_mode.
type ConfirmationMode string

// Modes of confirmation.
const (
	ConfirmObserver ConfirmationMode = "observer"
	ConfirmHearsay  ConfirmationMode = "hearsay"
)

// Initial is membership.initial.
type Initial string

// What a group starts with.
const (
	InitialCold   Initial = "cold"
	InitialFormed Initial = "formed"
)

// FailedProbeRule is lhm.failed_probe_rule.
type FailedProbeRule string

// Rules of what a failed probe does to local health.
const (
	FailedProbeMemberlist FailedProbeRule = "memberlist"
	FailedProbePaper      FailedProbeRule = "paper"
)

// LatencyMode is timeout.latency_mode.
type LatencyMode string

// Ways in which distance enters a timeout.
const (
	LatencyMultiplier LatencyMode = "multiplier"
	LatencyAdditive   LatencyMode = "additive"
	LatencyOff        LatencyMode = "off"
)

// RTTSource is timeout.rtt_source.
type RTTSource string

// Sources of a peer's distance.
const (
	RTTMeasured   RTTSource = "measured"
	RTTCoordinate RTTSource = "coordinate"
)

// Limit is gossip.limit.
type Limit string

// How the number of transmissions grows with the group.
const (
	LimitNatural Limit = "natural"
	LimitDecades Limit = "decades"
)

// Scaling is suspicion.scaling.
type Scaling string

// What stretches a suspicion.
const (
	ScalingNone     Scaling = "none"
	ScalingLHM      Scaling = "lhm"
	ScalingAdaptive Scaling = "adaptive"
)

// Formula is suspicion.formula.
type Formula string

// How confirmations shorten a suspicion.
const (
	FormulaLifeguard Formula = "lifeguard"
	FormulaLogN      Formula = "log-n"
)

// SyncMode is sync.mode.
type SyncMode string

// Ways to exchange tables.
const (
	SyncByDigest SyncMode = "digest"
	SyncByTable  SyncMode = "full"
	SyncOff      SyncMode = "off"
)

// ConfirmOn is confirm.on.
type ConfirmOn string

// What confirms an UNCONFIRMED peer.
const (
	ConfirmOnBidirectional ConfirmOn = "bidirectional"
	ConfirmOnAnyMessage    ConfirmOn = "any-message"
)

// RemovalRule is confirm.removal.
type RemovalRule string

// When an UNCONFIRMED peer that does not answer is given up.
const (
	RemoveAfterBoth     RemovalRule = "both"
	RemoveAfterAttempts RemovalRule = "attempts"
)

// WorkerProbe is worker.probe.
type WorkerProbe string

// How workers are probed.
const (
	WorkerProbeNever  WorkerProbe = "never"
	WorkerProbeMember WorkerProbe = "member"
)
