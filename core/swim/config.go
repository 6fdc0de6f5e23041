package swim

import "hypersim/core"

// Config holds the configuration keys of spec 10 §§1–7 and §10, grouped by room. The `key` tag is the
// name in scenario files under [protocol.<room>]; `range` is an interval that a loader enforces
// ("(0,inf)" excludes 0), for durations in seconds; `enum` lists the words allowed; `ref` names the
// constant of the chapter when it differs from the key; `doc` is one line for the schema. A Config from
// Default is valid; one that passed Validate is complete.
type Config struct {
	Membership  Membership  `key:"membership"`
	Probe       Probe       `key:"probe"`
	LHM         LHM         `key:"lhm"`
	Lag         Lag         `key:"lag"`
	Timeout     Timeout     `key:"timeout"`
	Suspicion   Suspicion   `key:"suspicion"`
	Gossip      Gossip      `key:"gossip"`
	Refute      Refute      `key:"refute"`
	Join        Join        `key:"join"`
	Leave       Leave       `key:"leave"`
	Sync        Sync        `key:"sync"`
	Reconnect   Reconnect   `key:"reconnect"`
	Confirm     Confirm     `key:"confirm"`
	Worker      Worker      `key:"worker"`
	WorkerState WorkerState `key:"worker_state"`
	Health      Health      `key:"health"`
	Rate        Rate        `key:"rate"`
	Cleanup     Cleanup     `key:"cleanup"`
	Audit       Audit       `key:"audit"`
	Wheel       Wheel       `key:"wheel"`
	Inherited   Inherited   `key:"inherited"`
}

// Membership shapes the groups (§1) and bounds the tables (§2.6).
type Membership struct {
	Topology         Topology         `key:"topology" enum:"roles,flat" doc:"roles: gates, and managers with workers per datacenter; flat: one group of equals"`
	ConfirmationMode ConfirmationMode `key:"confirmation_mode" enum:"observer,hearsay" doc:"observer: each node confirms for itself (AD-29); hearsay: gossiped alive means OK"`
	Initial          Initial          `key:"initial" enum:"cold,formed" doc:"cold: only seeds are known; formed: all records OK at start (set by cluster.start)"`
	MaxMembers       int              `key:"max_members" range:"[1,65535]" doc:"records per node"`
	DeadRetention    core.Duration    `key:"dead_retention" range:"(0,2147483]" doc:"how long a DEAD record is kept"`
	LeftRetention    core.Duration    `key:"left_retention" range:"(0,2147483]" doc:"how long a LEFT record is kept"`
	Tombstone        core.Duration    `key:"tombstone" range:"(0,2147483]" doc:"how long the incarnation of a removed record is remembered"`
	MaxSuspicions    int              `key:"max_suspicions" range:"[1,65535]" doc:"suspicions per node"`
	ZombieWindow     core.Duration    `key:"zombie_window" range:"[0,2147483]" ref:"zombie.window" doc:"a restart this soon after a death needs the larger bump"`
	ZombieBump       uint32           `key:"zombie_bump" range:"[1,1000]" ref:"zombie.bump" doc:"incarnation bump demanded inside the zombie window"`
	RestartBump      uint32           `key:"restart_bump" range:"[1,1000]" doc:"added to the persisted incarnation on a restart with kept state"`
}

// Probe is the probe cycle (§4).
type Probe struct {
	Interval       core.Duration `key:"interval" range:"[0.001,3600]" doc:"probe period P; shorter: crashes are noticed sooner, for proportionally more messages and for slow members that fall behind"`
	Timeout        core.Duration `key:"timeout" range:"(0,86400]" doc:"base T of the direct wait"`
	TimeoutMin     core.Duration `key:"timeout_min" range:"(0,86400]" doc:"least adaptive timeout"`
	TimeoutMax     core.Duration `key:"timeout_max" range:"(0,86400]" doc:"largest adaptive timeout"`
	IndirectK      int           `key:"indirect_k" range:"[0,10]" doc:"proxies asked after a failed direct probe; more: fewer false suspicions where messages are lost, for more messages at each failed probe"`
	NackFraction   float64       `key:"nack_fraction" range:"(0,1]" doc:"share of the budget after which a proxy says nack"`
	MaxOutstanding int           `key:"max_outstanding" range:"[1,1024]" doc:"outstanding probes per node"`
	StreamFallback bool          `key:"stream_fallback" doc:"a probe that gets no answer in time also asks over a stream, as memberlist does: a member whose datagrams are blocked stays alive and is reported. Costs a stream message there and back per unanswered probe"`
	PauseGuard     bool          `key:"pause_guard" doc:"a probe timer that fires far too late voids its probe (§4.2); false: late probes fail"`
	MaxProxied     int           `key:"max_proxied" range:"[0,10000]" doc:"pending indirect probes as proxy"`
}

// LHM is Lifeguard's local health multiplier (§4.4).
type LHM struct {
	Max             int             `key:"max" range:"[0,64]" doc:"largest score S; 0 switches local health off"`
	FailedProbeRule FailedProbeRule `key:"failed_probe_rule" enum:"memberlist,paper" doc:"how a failed probe counts"`
}

// Lag is the timer that measures its own lateness, and graceful degradation (§4.5).
type Lag struct {
	Enabled   bool          `key:"enabled" doc:"measure timer lag and degrade"`
	Interval  core.Duration `key:"interval" range:"[0.001,86400]" doc:"period of the lag timer"`
	Reference core.Duration `key:"reference" range:"(0,inf)" doc:"lateness that counts as ratio 1"`
	Hold      core.Duration `key:"hold" range:"[0,inf)" ref:"§4.5: a level lasts at least 5 s" doc:"a degradation level lasts at least this long"`
}

// Timeout shapes the adaptive timeout (§4.3).
type Timeout struct {
	LatencyMode      LatencyMode   `key:"latency_mode" enum:"multiplier,additive,off" doc:"how a peer's distance enters a timeout; off: not at all"`
	LatencyReference core.Duration `key:"latency_reference" range:"(0,86400]" ref:"§4.3: rtt_ucb_ms / 10" doc:"multiplier: a peer that is n times farther than this gets n times the timeout, up to 10"`
	RTTSource        RTTSource     `key:"rtt_source" enum:"measured,coordinate" doc:"where a peer's distance comes from"`
}

// Suspicion is §5.
type Suspicion struct {
	Min        core.Duration `key:"min" range:"[0,inf)" doc:"least suspicion timeout; shorter: crashes are called DEAD sooner, and the accused have less time to object. It is reached only when k others have confirmed (or k = 0), and alpha·log10(n)·P overrides it where that is longer and scale_with_n is on"`
	Max        core.Duration `key:"max" range:"[0,inf)" doc:"largest suspicion timeout, for an accusation that nobody confirms; longer: a lonely and possibly sick accuser kills later, and so is a crash called DEAD later that few notice. beta times the least timeout overrides it where that is longer and scale_with_n is on"`
	K          int           `key:"k" range:"[0,7]" doc:"independent confirmations that bring the timeout to its least; more: one accuser alone needs longer, so fewer false deaths and later true ones; 0: the timeout is the least from the start"`
	Alpha      float64       `key:"alpha" range:"[0,1000]" doc:"Min grows with alpha·log10(n)·P; larger: more time to object in large groups, and later detection there"`
	Beta       float64       `key:"beta" range:"[1,1000]" doc:"Max is at least beta·Min; larger: an accusation that nobody confirms waits longer"`
	ScaleWithN bool          `key:"scale_with_n" doc:"grow with the group, as news takes longer to reach all of a large one; false: detection is as soon in large groups as in small ones, with no more time to object"`
	Scaling    Scaling       `key:"scaling" enum:"none,lhm,adaptive" doc:"what stretches a suspicion"`
	Formula    Formula       `key:"formula" enum:"lifeguard,log-n" doc:"how confirmations shorten it"`
	PauseGrace bool          `key:"pause_grace" doc:"a suspicion timer that fires far too late waits once more (§4.2)"`
	GraceAfter core.Duration `key:"grace_after" range:"[0,inf)" ref:"§4.2: later than max(1 s, 10 % of its timeout)" doc:"far too late: later than this and than a tenth of the timeout"`

	AdaptiveBase core.Duration `key:"adaptive_base" range:"(0,86400]" ref:"§5.2: adaptive(1 s, subject) / 1 s" doc:"scaling = adaptive: the wait whose stretching tells by how much a suspicion is stretched; probe.timeout_min and _max cut it"`
	Buddy        bool          `key:"buddy" doc:"tell a suspect on every datagram (§5.4); who is held DEAD or LEFT is told always"`
}

// Gossip is dissemination (§6).
type Gossip struct {
	Lambda     float64       `key:"lambda" range:"(0,20]" doc:"retransmit limit is λ·ln(n+1); larger: news reaches more members under loss, for more bytes"`
	Interval   core.Duration `key:"interval" range:"[0,86400]" doc:"dedicated gossip tick; 0 = piggyback only; shorter: news spreads sooner, for more messages while there is some"`
	Fanout     int           `key:"fanout" range:"[0,64]" doc:"targets per tick; more: news spreads sooner, for as many times the messages"`
	ToDead     core.Duration `key:"to_dead" range:"[0,2147483]" doc:"recently DEAD members are still gossip targets"`
	MaxUpdates int           `key:"max_updates" range:"[1,100]" doc:"updates per datagram; fewer: smaller datagrams, and news waits longer when there is much"`
	MaxBytes   int           `key:"max_bytes" range:"[32,1200]" doc:"bytes of the membership block"`
	QueueMax   int           `key:"queue_max" range:"[1,65535]" doc:"queued updates"`
	QueueAge   core.Duration `key:"queue_age" range:"(0,2147483]" doc:"age at which a queued update is dropped"`
}

// Refute limits refutations (§2.4).
type Refute struct {
	Tokens int           `key:"tokens" range:"[1,1000]" doc:"incarnation bumps per window"`
	Window core.Duration `key:"window" range:"(0,inf)" doc:"length of the window"`
}

// Join is §7.1.
type Join struct {
	RetryMin core.Duration `key:"retry_min" range:"[0.001,86400]" doc:"first retry delay"`
	RetryMax core.Duration `key:"retry_max" range:"[0.001,86400]" doc:"largest retry delay"`
	Jitter   float64       `key:"jitter" range:"[0,1)" doc:"relative jitter of retry delays"`
	Timeout  core.Duration `key:"timeout" range:"[0.001,86400]" doc:"a join without an answer has failed"`
	Reseed   core.Duration `key:"reseed" range:"[0,86400]" ref:"no constant: what operators do after a cut that outlasts every memory" doc:"a member asks one of its seeds that is no member to it, this often: two sides that forgot each other meet again. It costs nothing while all seeds are there, and a message per period for each seed that is gone for good. 0 switches it off"`
}

// Leave is §7.2.
type Leave struct {
	Drain core.Duration `key:"drain" range:"[0,inf)" doc:"how long a leaver keeps answering and gossiping"`
}

// Sync is anti-entropy (§7.3).
type Sync struct {
	Mode          SyncMode      `key:"mode" enum:"digest,full,off" doc:"exchange digests first, tables at once, or nothing"`
	Interval      core.Duration `key:"interval" range:"[0.001,86400]" doc:"period in a datacenter group"`
	IntervalGates core.Duration `key:"interval_gates" range:"[0.001,86400]" doc:"period among gates"`
	Timeout       core.Duration `key:"timeout" range:"[0.001,86400]" doc:"a sync without an answer has failed"`
	GoneAge       core.Duration `key:"gone_age" range:"[0,2147483]" ref:"§7.3: DEAD/LEFT younger than 300 s" doc:"a DEAD or LEFT record of this age or more is not passed on"`
	AckGap        core.Duration `key:"ack_gap" range:"[0,inf)" ref:"§7.3: twice, ≥ 1 s apart" doc:"a worker syncs with a manager whose acks carried another digest than its own twice, at least this far apart"`
	AckEvery      core.Duration `key:"ack_every" range:"[0,inf)" ref:"§7.3: at most once per 5 s" doc:"and no more often than once in this time"`
}

// Reconnect heals full partitions (§7.4).
type Reconnect struct {
	Interval core.Duration `key:"interval" range:"[0,86400]" doc:"period; 0 switches it off"`
}

// Confirm is the confirmation of UNCONFIRMED peers (§2.5, §10.2, §10.3).
type Confirm struct {
	On           ConfirmOn     `key:"on" enum:"bidirectional,any-message" doc:"what confirms"`
	Reactive     bool          `key:"reactive" doc:"ping an unconfirmed sender at once"`
	ReactiveGap  core.Duration `key:"reactive_gap" range:"[0,inf)" doc:"at most one reactive ping per peer in this time"`
	MaxPerSecond int           `key:"max_per_second" range:"[1,100000]" doc:"proactive attempts per node and confirm.window, which is a second"`
	Window       core.Duration `key:"window" range:"(0,inf)" ref:"§10.2: 10 attempts per node and second" doc:"the time in which confirm.max_per_second counts attempts"`

	GatePassive         core.Duration `key:"gate_passive" range:"(0,inf)" doc:"how long a gate may stay unconfirmed, before the factors"`
	GateAttempts        int           `key:"gate_attempts" range:"[0,100]" doc:"proactive pings to an unconfirmed gate"`
	GateInterval        core.Duration `key:"gate_interval" range:"[0.001,86400]" doc:"between them"`
	GateLatencyAware    bool          `key:"gate_latency_aware" doc:"distance stretches the timeout"`
	GateCoordinates     bool          `key:"gate_coordinates" doc:"doubt about the coordinate stretches the timeout"`
	GateLoadCap         float64       `key:"gate_load_cap" range:"[1,1000]" doc:"largest factor of the own load"`
	ManagerPassive      core.Duration `key:"manager_passive" range:"(0,inf)" doc:"how long a manager may stay unconfirmed, before the factors"`
	ManagerAttempts     int           `key:"manager_attempts" range:"[0,100]" doc:"proactive pings to an unconfirmed manager"`
	ManagerInterval     core.Duration `key:"manager_interval" range:"[0.001,86400]" doc:"between them"`
	ManagerLatencyAware bool          `key:"manager_latency_aware" doc:"distance stretches the timeout"`
	ManagerCoordinates  bool          `key:"manager_coordinates" doc:"doubt about the coordinate stretches the timeout"`
	ManagerLoadCap      float64       `key:"manager_load_cap" range:"[1,1000]" doc:"largest factor of the own load"`
	WorkerPassive       core.Duration `key:"worker_passive" range:"(0,inf)" doc:"how long a worker may stay unconfirmed, before the factor; it is never pinged"`
	WorkerLoadCap       float64       `key:"worker_load_cap" range:"[1,1000]" doc:"largest factor of the own load"`

	Backoff float64       `key:"backoff" range:"[1,10]" doc:"attempt i is i·interval·backoffⁱ after the first"`
	Jitter  float64       `key:"jitter" range:"[0,0.5)" doc:"each attempt is earlier or later by up to this share of the interval"`
	Sweep   core.Duration `key:"sweep" range:"[0.001,86400]" doc:"period of the walk over all unconfirmed peers"`
	Stale   core.Duration `key:"stale" range:"(0,inf)" doc:"unconfirmed for longer than this is counted as stale"`
	Removal RemovalRule   `key:"removal" enum:"both,attempts" doc:"both: when the timeout is over and all attempts failed; attempts: right after the last one (10/D19)"`
}

// Worker is how workers are watched (§10.4).
type Worker struct {
	Probe    WorkerProbe   `key:"probe" enum:"never,member" doc:"never: workers are watched by their silence; member: an experiment in which they are witnesses like all others and are probed"`
	Deadline core.Duration `key:"deadline" range:"(0,inf)" doc:"silence after which the owner suspects a worker"`
	Grace    core.Duration `key:"grace" range:"(0,inf)" doc:"suspicion timeout of a silent worker"`
	Check    core.Duration `key:"check" range:"[0.001,86400]" doc:"how often the owner looks"`
	OwnerGap core.Duration `key:"owner_gap" range:"(0,inf)" doc:"a worker pings its owner at least this often"`
}

// WorkerState is how owners tell of their workers (§6, AD-48).
type WorkerState struct {
	MaxBytes int           `key:"max_bytes" range:"[64,600]" doc:"bytes of the block of worker entries"`
	QueueMax int           `key:"queue_max" range:"[1,65535]" doc:"queued worker entries"`
	Age      core.Duration `key:"age" range:"(0,2147483]" doc:"age at which a queued worker entry is dropped"`
}

// Health is what participants tell of their own load (§4.6).
type Health struct {
	Enabled               bool          `key:"enabled" doc:"tell and use health entries"`
	MaxEntries            int           `key:"max_entries" range:"[1,5]" doc:"health entries per datagram"`
	MaxBytes              int           `key:"max_bytes" range:"[64,600]" doc:"bytes of the block of health entries"`
	Transmissions         int           `key:"transmissions" range:"[1,255]" doc:"transmissions per node of an entry that is healthy or busy"`
	TransmissionsStressed int           `key:"transmissions_stressed" range:"[1,255]" doc:"transmissions per node of an entry that is stressed or worse"`
	TableMax              int           `key:"table_max" range:"[1,65535]" doc:"health entries kept"`
	Stale                 core.Duration `key:"stale" range:"(0,inf)" doc:"age from which an entry counts for nothing"`
	Refresh               core.Duration `key:"refresh" range:"[0.001,86400]" doc:"a node that is not healthy repeats its entry this often"`
}

// Rate is the per-sender token bucket (§3.2).
type Rate struct {
	Burst  int `key:"burst" range:"[0,100000]" doc:"datagrams; 0 switches it off"`
	Refill int `key:"refill" range:"[1,100000]" doc:"datagrams per second"`
}

// Cleanup is the sweep over old records (§2.6).
type Cleanup struct {
	Interval core.Duration `key:"interval" range:"[0.001,86400]" doc:"period of the sweep"`
}

// Wheel is the granularity of suspicion timers (§5.3).
type Wheel struct {
	Quantum core.Duration `key:"quantum" range:"[0,10]" doc:"suspicion deadlines are rounded up to a multiple; 0: exact"`
	Fine    core.Duration `key:"fine" range:"[0.001,3600]" ref:"AD-30: fine wheel 100 ms" doc:"tick of the inherited wheel (inherited.10/D8), 16 to a turn"`
	Coarse  core.Duration `key:"coarse" range:"[0.001,3600]" ref:"AD-30: coarse wheel 1000 ms" doc:"what a coarse slot of the inherited wheel stands for"`
	Near    core.Duration `key:"near" range:"[0,86400]" ref:"§16 D8: a 2 s threshold" doc:"what has at most this long to go is put into the fine wheel"`
}

// AllParticipants reports whether every member is a witness and is probed, workers too: in a flat group, and
// as an experiment in the others.
func (c *Config) AllParticipants() bool {
	return c.Membership.Topology == TopologyFlat || c.Worker.Probe == WorkerProbeMember
}

// Audit is the log of a node's own transitions (§12).
type Audit struct {
	Max int `key:"max" range:"[0,100000]" doc:"transitions remembered per node; 0 switches it off"`
}
