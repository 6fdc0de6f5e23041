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
	Topology         Topology         `key:"topology" enum:"roles,flat" doc:"roles: gates, and managers with workers per datacenter, so that a worker costs a line in its managers' tables and no probes; flat: one group of equals, all of whom probe each other"`
	ConfirmationMode ConfirmationMode `key:"confirmation_mode" enum:"observer,hearsay" doc:"observer: each node confirms for itself (AD-29), so nobody counts whom it cannot reach itself, for one ping more about each newcomer; hearsay: gossiped alive means OK, which is sooner and counts whom only others can reach"`
	Initial          Initial          `key:"initial" enum:"cold,formed" doc:"cold: only seeds are known, and the run begins with a formation; formed: all records OK at start, which spares a run the time of one (set by cluster.start)"`
	MaxMembers       int              `key:"max_members" range:"[1,65535]" doc:"records per node; fewer: smaller tables travel, and in a larger group some members are not known to all"`
	DeadRetention    core.Duration    `key:"dead_retention" range:"(0,2147483]" doc:"how long a DEAD record is kept; longer: a member that comes back after a long cut is still pinged and meets its group again, for a place in the table and a ping now and then"`
	LeftRetention    core.Duration    `key:"left_retention" range:"(0,2147483]" doc:"how long a LEFT record is kept; longer: late news about who left is seen to be late; shorter: its place in the table is free sooner"`
	Tombstone        core.Duration    `key:"tombstone" range:"(0,2147483]" doc:"how long the incarnation of a removed record is remembered; shorter than news may wait somewhere: the gone come back as UNCONFIRMED; longer: a process that forgot its incarnation has to raise it first, one exchange more"`
	MaxSuspicions    int              `key:"max_suspicions" range:"[1,65535]" doc:"suspicions per node; fewer: less memory in a mass failure, and who is above the limit is found dead later"`
	ZombieWindow     core.Duration    `key:"zombie_window" range:"[0,2147483]" ref:"zombie.window" doc:"a restart this soon after a death needs the larger bump; longer: more restarts are safe from old news about the process before, at the price of faster growing incarnations"`
	ZombieBump       uint32           `key:"zombie_bump" range:"[1,1000]" ref:"zombie.bump" doc:"incarnation bump demanded inside the zombie window; larger: safe from more refutations of the process before that are still under way; smaller: incarnations last longer"`
	RestartBump      uint32           `key:"restart_bump" range:"[1,1000]" doc:"added to the persisted incarnation on a restart with kept state; larger: covers more bumps that were not written in time; smaller: incarnations last longer"`
}

// Probe is the probe cycle (§4).
type Probe struct {
	Interval       core.Duration `key:"interval" range:"[0.001,3600]" doc:"probe period P; shorter: crashes are noticed sooner, for proportionally more messages and for slow members that fall behind"`
	Timeout        core.Duration `key:"timeout" range:"(0,86400]" doc:"base T of the direct wait; shorter: a crash is noticed sooner and more probes of slow or far members go on to proxies; longer than a round trip at its worst costs detection time alone"`
	TimeoutMin     core.Duration `key:"timeout_min" range:"(0,86400]" doc:"least adaptive timeout; larger: fewer needless proxies for near members; smaller: near members are found sooner"`
	TimeoutMax     core.Duration `key:"timeout_max" range:"(0,86400]" doc:"largest adaptive timeout; larger: patience with far and loaded members, and a node that is ill itself waits longer before it judges; smaller: detection stays quick, also where it is wrong"`
	IndirectK      int           `key:"indirect_k" range:"[0,10]" doc:"proxies asked after a failed direct probe; more: fewer false suspicions where messages are lost, for more messages at each failed probe"`
	NackFraction   float64       `key:"nack_fraction" range:"(0,1]" doc:"share of the budget after which a proxy says nack; smaller: more nacks come in time, and tell the prober that its own side is well; larger: a slow target has more time to answer the proxy"`
	MaxOutstanding int           `key:"max_outstanding" range:"[1,1024]" doc:"outstanding probes per node; fewer: a node that falls behind stops adding to its load; more: it goes on probing while many members are silent"`
	StreamFallback bool          `key:"stream_fallback" doc:"a probe that gets no answer in time also asks over a stream, as memberlist does; true: a member whose datagrams are blocked stays alive and is reported, for a stream message there and back per unanswered probe; false: it is declared dead"`
	PauseGuard     bool          `key:"pause_guard" doc:"a probe timer that fires far too late voids its probe (§4.2), since its answer may wait unread: true: a node that was paused accuses nobody for it; false: late probes fail, and it does"`
	MaxProxied     int           `key:"max_proxied" range:"[0,10000]" doc:"pending indirect probes as proxy; more: helps in a mass failure, for as many pings more from this node; fewer: others are declined and must judge on what they have"`
}

// LHM is Lifeguard's local health multiplier (§4.4).
type LHM struct {
	Max             int             `key:"max" range:"[0,64]" doc:"largest score S; larger: a node that is ill becomes slower and slower to judge, so it accuses fewer wrongly and finds fewer that are dead; 0: local health is off"`
	FailedProbeRule FailedProbeRule `key:"failed_probe_rule" enum:"memberlist,paper" doc:"how a failed probe counts; memberlist: by nacks that did not come, so that a crash seen by all costs nobody health; paper: by one, and by one more if a nack is missing, so the score also rises at nodes that are well"`
}

// Lag is the timer that measures its own lateness, and graceful degradation (§4.5).
type Lag struct {
	Enabled   bool          `key:"enabled" doc:"measure timer lag and degrade; true: an overloaded node probes and tells less, and judges later; false: it does as much as ever, and its verdicts are as quick and worse"`
	Interval  core.Duration `key:"interval" range:"[0.001,86400]" doc:"period of the lag timer; shorter: overload is noticed sooner, for a wake-up each time; longer: a short one goes unnoticed"`
	Reference core.Duration `key:"reference" range:"(0,inf)" doc:"lateness that counts as ratio 1; smaller: small hiccups degrade a node; larger: it needs real trouble to"`
	Hold      core.Duration `key:"hold" range:"[0,inf)" ref:"§4.5: a level lasts at least 5 s" doc:"a degradation level lasts at least this long; longer: fewer changes to and fro; shorter: a node is back to full strength sooner"`
}

// Timeout shapes the adaptive timeout (§4.3).
type Timeout struct {
	LatencyMode      LatencyMode   `key:"latency_mode" enum:"multiplier,additive,off" doc:"how a peer's distance enters a timeout; multiplier: as a factor, which is generous far away; additive: as two round trips more, which is tight where the base is; off: not at all, so that far members need a base that is too long for near ones"`
	LatencyReference core.Duration `key:"latency_reference" range:"(0,86400]" ref:"§4.3: rtt_ucb_ms / 10" doc:"multiplier: a peer that is n times farther than this gets n times the timeout, up to 10; smaller: more patience with distance, and later detection there; larger: the reverse"`
	RTTSource        RTTSource     `key:"rtt_source" enum:"measured,coordinate" doc:"where a peer's distance comes from; measured: its own last round trips, which are true and known only of whom this node pings; coordinate: known of everybody, and only as good as the coordinates"`
}

// Suspicion is §5.
type Suspicion struct {
	Min        core.Duration `key:"min" range:"[0,inf)" doc:"least suspicion timeout; shorter: crashes are called DEAD sooner, and the accused have less time to object. It is reached only when k others have confirmed (or k = 0), and alpha·log10(n)·P overrides it where that is longer and scale_with_n is on"`
	Max        core.Duration `key:"max" range:"[0,inf)" doc:"largest suspicion timeout, for an accusation that nobody confirms; longer: a lonely and possibly sick accuser kills later, and so is a crash called DEAD later that few notice. beta times the least timeout overrides it where that is longer and scale_with_n is on"`
	K          int           `key:"k" range:"[0,7]" doc:"independent confirmations that bring the timeout to its least; more: one accuser alone needs longer, so fewer false deaths and later true ones; 0: the timeout is the least from the start"`
	Alpha      float64       `key:"alpha" range:"[0,1000]" doc:"Min grows with alpha·log10(n)·P; larger: more time to object in large groups, and later detection there"`
	Beta       float64       `key:"beta" range:"[1,1000]" doc:"Max is at least beta·Min; larger: an accusation that nobody confirms waits longer"`
	ScaleWithN bool          `key:"scale_with_n" doc:"grow with the group, as news takes longer to reach all of a large one; false: detection is as soon in large groups as in small ones, with no more time to object"`
	Scaling    Scaling       `key:"scaling" enum:"none,lhm,adaptive" doc:"what stretches a suspicion; none: nothing, so that verdicts come soonest, also those of ill nodes; lhm: the accuser's own health, as in Lifeguard; adaptive: all that stretches a probe timeout, distance and load of the suspect too, which gives far members the longest time to object"`
	Formula    Formula       `key:"formula" enum:"lifeguard,log-n" doc:"how confirmations shorten it; lifeguard: from Max to Min as K others confirm; log-n: by the logarithm of their number over that of the group, which in a large group hardly shortens it"`
	PauseGrace bool          `key:"pause_grace" doc:"a suspicion timer that fires far too late waits once more (§4.2): true: a node that was paused reads first who objected meanwhile, which delays its true verdicts by two periods; false: it declares dead at once, also who has refuted"`
	GraceAfter core.Duration `key:"grace_after" range:"[0,inf)" ref:"§4.2: later than max(1 s, 10 % of its timeout)" doc:"far too late: later than this and than a tenth of the timeout; shorter: more verdicts wait for the inbox; longer: pauses up to it pass for none"`

	AdaptiveBase core.Duration `key:"adaptive_base" range:"(0,86400]" ref:"§5.2: adaptive(1 s, subject) / 1 s" doc:"scaling = adaptive: the wait whose stretching tells by how much a suspicion is stretched; probe.timeout_min and _max cut it: larger: the upper cut comes at a smaller factor; smaller: the lower cut may lengthen all suspicions"`
	Buddy        bool          `key:"buddy" doc:"tell a suspect on every datagram (§5.4); who is held DEAD or LEFT is told always; true: it learns of the accusation, and can refute it, with the next probe, for a few bytes; false: it waits for gossip to come by"`
}

// Gossip is dissemination (§6).
type Gossip struct {
	Lambda     float64       `key:"lambda" range:"(0,20]" doc:"retransmit limit is λ·ln(n+1); larger: news reaches more members under loss, for more bytes"`
	Limit      Limit         `key:"limit" enum:"natural,decades" doc:"how the limit grows with the group; natural: λ·ln(n+1); decades: λ·⌈log10(n+1)⌉, as memberlist has it: less news in groups just below a power of ten, and as much as ever above"`
	Interval   core.Duration `key:"interval" range:"[0,86400]" doc:"dedicated gossip tick; 0 = piggyback only; shorter: news spreads sooner, for more messages while there is some"`
	Fanout     int           `key:"fanout" range:"[0,64]" doc:"targets per tick; more: news spreads sooner, for as many times the messages"`
	ToDead     core.Duration `key:"to_dead" range:"[0,2147483]" doc:"recently DEAD members are still gossip targets; longer: who was declared dead wrongly hears of it and comes back, for datagrams to addresses where mostly nobody is"`
	MaxUpdates int           `key:"max_updates" range:"[1,100]" doc:"updates per datagram; fewer: smaller datagrams, and news waits longer when there is much"`
	MaxBytes   int           `key:"max_bytes" range:"[32,1200]" doc:"bytes of the membership block; fewer: smaller datagrams, safe from fragments, and news waits longer when there is much"`
	QueueMax   int           `key:"queue_max" range:"[1,65535]" doc:"queued updates; fewer: less memory, and in a mass event what was told most is forgotten before its time"`
	QueueAge   core.Duration `key:"queue_age" range:"(0,2147483]" doc:"age at which a queued update is dropped; longer: old news still goes out after a jam; shorter: a jam ends with the news lost, and table exchanges have to make it good"`
}

// Refute limits refutations (§2.4).
type Refute struct {
	Tokens int           `key:"tokens" range:"[1,1000]" doc:"incarnation bumps per window; more: every false accusation is answered at once, and many accusers make a flood; fewer: the flood is bounded, and an accused waits for the window while its suspicion runs"`
	Window core.Duration `key:"window" range:"(0,inf)" doc:"length of the window; longer: fewer bumps, and a longer wait for who has used them up"`
}

// Join is §7.1.
type Join struct {
	RetryMin core.Duration `key:"retry_min" range:"[0.001,86400]" doc:"first retry delay; shorter: in sooner after a lost message, and more at once upon a seed that is overloaded"`
	RetryMax core.Duration `key:"retry_max" range:"[0.001,86400]" doc:"largest retry delay; longer: less load on seeds that are away, and later in when they come back"`
	Jitter   float64       `key:"jitter" range:"[0,1)" doc:"relative jitter of retry delays; larger: joiners that failed together come back apart; 0: they come back together"`
	Timeout  core.Duration `key:"timeout" range:"[0.001,86400]" doc:"a join without an answer has failed; shorter: sooner on to the next seed, and joins that were only slow are made twice"`
	Reseed   core.Duration `key:"reseed" range:"[0,86400]" ref:"no constant: what operators do after a cut that outlasts every memory" doc:"a member asks one of its seeds that is no member to it, this often; shorter: two sides that forgot each other meet again sooner, for a message per period and member while a seed is gone (nothing while all are there); 0: off, so that they never do"`
}

// Leave is §7.2.
type Leave struct {
	Drain core.Duration `key:"drain" range:"[0,inf)" doc:"how long a leaver keeps answering and gossiping; longer: more members hear that it left instead of finding it dead; shorter: it is gone sooner"`
}

// Sync is anti-entropy (§7.3).
type Sync struct {
	Mode          SyncMode      `key:"mode" enum:"digest,full,off" doc:"digest: digests first, and tables only where they differ, for one round trip more; full: tables at once, for bytes in proportion to the group at each exchange; off: nothing, so that what gossip has missed stays missed"`
	Interval      core.Duration `key:"interval" range:"[0.001,86400]" doc:"period in a datacenter group; shorter: tables that differ agree sooner, for a stream per member and period"`
	IntervalGates core.Duration `key:"interval_gates" range:"[0.001,86400]" doc:"period among gates; shorter: tables that differ agree sooner, for a stream per gate and period over long distances"`
	Timeout       core.Duration `key:"timeout" range:"[0.001,86400]" doc:"a sync without an answer has failed; longer: large tables get through on slow paths; shorter: a stream that leads nowhere is given up sooner"`
	GoneAge       core.Duration `key:"gone_age" range:"[0,2147483]" ref:"§7.3: DEAD/LEFT younger than 300 s" doc:"a DEAD or LEFT record of this age or more is not passed on; longer: who was away for long still learns who died; shorter: smaller tables, and no dead that come and go between those that have forgotten them and those that have not"`
	AckGap        core.Duration `key:"ack_gap" range:"[0,inf)" ref:"§7.3: twice, ≥ 1 s apart" doc:"a worker syncs with a manager whose acks carried another digest than its own twice, at least this far apart; longer: fewer exchanges about news that gossip was about to bring; shorter: a stale worker is right sooner"`
	AckEvery      core.Duration `key:"ack_every" range:"[0,inf)" ref:"§7.3: at most once per 5 s" doc:"and no more often than once in this time; longer: less load on managers of many workers while much changes; shorter: workers follow sooner"`
}

// Reconnect heals full partitions (§7.4).
type Reconnect struct {
	Interval core.Duration `key:"interval" range:"[0,86400]" doc:"period at which one of the DEAD is pinged; shorter: two sides of a healed cut find each other sooner, for pings to addresses where mostly nobody is; 0: never, so that they meet only through joins"`
}

// Confirm is the confirmation of UNCONFIRMED peers (§2.5, §10.2, §10.3).
type Confirm struct {
	On           ConfirmOn     `key:"on" enum:"bidirectional,any-message" doc:"what confirms; bidirectional: an answer to an own message, so that both ways are known to work; any-message: whatever comes, sooner by a round trip, and also from who cannot be reached"`
	Reactive     bool          `key:"reactive" doc:"ping an unconfirmed sender at once; true: a group forms within round trips, for a ping per newcomer and member; false: it waits for the round of probes"`
	ReactiveGap  core.Duration `key:"reactive_gap" range:"[0,inf)" doc:"at most one reactive ping per peer in this time; longer: fewer pings to who does not answer; shorter: a lost one is made good sooner"`
	MaxPerSecond int           `key:"max_per_second" range:"[1,100000]" doc:"proactive attempts per node and confirm.window, which is a second; more: many unconfirmed peers are settled sooner, in a burst; fewer: the burst is flat, and the last of them wait"`
	Window       core.Duration `key:"window" range:"(0,inf)" ref:"§10.2: 10 attempts per node and second" doc:"the time in which confirm.max_per_second counts attempts; longer: fewer attempts in all, and larger bursts of them"`

	GatePassive         core.Duration `key:"gate_passive" range:"(0,inf)" doc:"how long a gate may stay unconfirmed, before the factors; longer: one that is slow or far is not given up; shorter: an address where nobody is leaves the table sooner"`
	GateAttempts        int           `key:"gate_attempts" range:"[0,100]" doc:"proactive pings to an unconfirmed gate; more: one is not given up because messages were lost, for as many pings into nothing where there is none"`
	GateInterval        core.Duration `key:"gate_interval" range:"[0.001,86400]" doc:"between them; longer: attempts outlast a short fault; shorter: the peer is settled sooner"`
	GateLatencyAware    bool          `key:"gate_latency_aware" doc:"distance stretches the timeout; true: far ones get the time that their distance needs, and stay longer in the table where there is nobody; false: all get the same"`
	GateCoordinates     bool          `key:"gate_coordinates" doc:"doubt about the coordinate stretches the timeout; true: up to half as long again for one of whom little is known; false: its distance is taken as known"`
	GateLoadCap         float64       `key:"gate_load_cap" range:"[1,1000]" doc:"largest factor of the own load; larger: a node that is ill gives nobody up, and keeps more that are not there; 1: the own load counts for nothing"`
	ManagerPassive      core.Duration `key:"manager_passive" range:"(0,inf)" doc:"how long a manager may stay unconfirmed, before the factors; longer: one that is slow or far is not given up; shorter: an address where nobody is leaves the table sooner"`
	ManagerAttempts     int           `key:"manager_attempts" range:"[0,100]" doc:"proactive pings to an unconfirmed manager; more: one is not given up because messages were lost, for as many pings into nothing where there is none"`
	ManagerInterval     core.Duration `key:"manager_interval" range:"[0.001,86400]" doc:"between them; longer: attempts outlast a short fault; shorter: the peer is settled sooner"`
	ManagerLatencyAware bool          `key:"manager_latency_aware" doc:"distance stretches the timeout; true: far ones get the time that their distance needs, and stay longer in the table where there is nobody; false: all get the same"`
	ManagerCoordinates  bool          `key:"manager_coordinates" doc:"doubt about the coordinate stretches the timeout; true: up to half as long again for one of whom little is known; false: its distance is taken as known"`
	ManagerLoadCap      float64       `key:"manager_load_cap" range:"[1,1000]" doc:"largest factor of the own load; larger: a node that is ill gives nobody up, and keeps more that are not there; 1: the own load counts for nothing"`
	WorkerPassive       core.Duration `key:"worker_passive" range:"(0,inf)" doc:"how long a worker may stay unconfirmed, before the factor; it is never pinged; longer: a worker that seldom speaks is not given up; shorter: one that is not there leaves the table sooner"`
	WorkerLoadCap       float64       `key:"worker_load_cap" range:"[1,1000]" doc:"largest factor of the own load; larger: a manager that is overloaded gives no worker up, and keeps more that are not there; 1: the own load counts for nothing"`

	Backoff float64       `key:"backoff" range:"[1,10]" doc:"attempt i is i·interval·backoffⁱ after the first; larger: later attempts outlast longer faults; 1: evenly spaced, and settled soonest"`
	Jitter  float64       `key:"jitter" range:"[0,0.5)" doc:"each attempt is earlier or later by up to this share of the interval; larger: many nodes that met a newcomer together do not ping it together; 0: they do"`
	Sweep   core.Duration `key:"sweep" range:"[0.001,86400]" doc:"period of the walk over all unconfirmed peers; shorter: whose time has become shorter goes sooner, for a walk each time"`
	Stale   core.Duration `key:"stale" range:"(0,inf)" doc:"unconfirmed for longer than this is counted as stale; shorter: more is counted; nothing else depends on it"`
	Removal RemovalRule   `key:"removal" enum:"both,attempts" doc:"both: when the timeout is over and all attempts failed, so that a slow answer still counts; attempts: right after the last one (10/D19), sooner and also for who was about to answer"`
}

// Worker is how workers are watched (§10.4).
type Worker struct {
	Probe    WorkerProbe   `key:"probe" enum:"never,member" doc:"never: workers are watched by their silence, which costs managers nothing and takes worker.deadline to notice; member: an experiment in which they are witnesses like all others and are probed, sooner found and for messages and tables in proportion to their number"`
	Deadline core.Duration `key:"deadline" range:"(0,inf)" doc:"silence after which the owner suspects a worker; shorter: a crash is noticed sooner, and few lost pings in a row make a suspect; longer: the reverse"`
	Grace    core.Duration `key:"grace" range:"(0,inf)" doc:"suspicion timeout of a silent worker; longer: it has more time to be heard, and its work waits as much longer for another one"`
	Check    core.Duration `key:"check" range:"[0.001,86400]" doc:"how often the owner looks; shorter: silence is noticed sooner after its deadline, for a walk over the table each time"`
	OwnerGap core.Duration `key:"owner_gap" range:"(0,inf)" doc:"a worker pings its owner at least this often; shorter: more pings may be lost before silence passes for a crash, for fewer to the other managers, who may have to watch it one day"`
}

// WorkerState is how owners tell of their workers (§6, AD-48).
type WorkerState struct {
	MaxBytes int           `key:"max_bytes" range:"[64,600]" doc:"bytes of the block of worker entries; more: owners are known sooner after a mass registration, in larger datagrams"`
	QueueMax int           `key:"queue_max" range:"[1,65535]" doc:"queued worker entries; fewer: less memory, and in a mass registration what was told most is forgotten before its time"`
	Age      core.Duration `key:"age" range:"(0,2147483]" doc:"age at which a queued worker entry is dropped; longer: old entries still go out after a jam; shorter: a table exchange has to tell them"`
}

// Health is what participants tell of their own load (§4.6).
type Health struct {
	Enabled               bool          `key:"enabled" doc:"tell and use health entries; true: the loaded get longer timeouts and fewer updates and are asked last as proxies, for bytes while somebody is loaded; false: they are treated like all others, and accused sooner"`
	MaxEntries            int           `key:"max_entries" range:"[1,5]" doc:"health entries per datagram; more: a wave of overload is known sooner, in larger datagrams"`
	MaxBytes              int           `key:"max_bytes" range:"[64,600]" doc:"bytes of the block of health entries; fewer: smaller datagrams, and a wave of overload is known later"`
	Transmissions         int           `key:"transmissions" range:"[1,255]" doc:"transmissions per node of an entry that is healthy or busy; more: it reaches more members under loss, for more bytes"`
	TransmissionsStressed int           `key:"transmissions_stressed" range:"[1,255]" doc:"transmissions per node of an entry that is stressed or worse; more: bad news reaches more members under loss, for more bytes just when there is load"`
	TableMax              int           `key:"table_max" range:"[1,65535]" doc:"health entries kept; fewer: less memory, and of more loaded members the one heard longest ago is taken for healthy"`
	Stale                 core.Duration `key:"stale" range:"(0,inf)" doc:"age from which an entry counts for nothing; longer: the loaded are spared also when refreshing gets lost, and who died loaded or is well again unheard is spared for as long"`
	Refresh               core.Duration `key:"refresh" range:"[0.001,86400]" doc:"a node that is not healthy repeats its entry this often; shorter: fewer forget it, for as much more gossip while the load lasts"`
}

// Rate is the per-sender token bucket (§3.2).
type Rate struct {
	Burst  int `key:"burst" range:"[0,100000]" doc:"datagrams of one sender taken at once; larger: honest bursts pass, and so does more of a flood; 0: no limit"`
	Refill int `key:"refill" range:"[1,100000]" doc:"datagrams per second and sender; more: a busy member is never cut off; fewer: a flood costs less"`
}

// Cleanup is the sweep over old records (§2.6).
type Cleanup struct {
	Interval core.Duration `key:"interval" range:"[0.001,86400]" doc:"period of the sweep; shorter: the places of the gone are free sooner after their time, for a walk over the table each time"`
}

// Wheel is the granularity of suspicion timers (§5.3).
type Wheel struct {
	Quantum core.Duration `key:"quantum" range:"[0,10]" doc:"suspicion deadlines are rounded up to a multiple; larger: fewer wake-ups, and verdicts that are later by as much; 0: exact"`
	Fine    core.Duration `key:"fine" range:"[0.001,3600]" ref:"AD-30: fine wheel 100 ms" doc:"tick of the inherited wheel (inherited.10/D8), 16 to a turn; shorter: it is more exact where it is right"`
	Coarse  core.Duration `key:"coarse" range:"[0.001,3600]" ref:"AD-30: coarse wheel 1000 ms" doc:"what a coarse slot of the inherited wheel stands for; longer: fewer turns, and larger errors"`
	Near    core.Duration `key:"near" range:"[0,86400]" ref:"§16 D8: a 2 s threshold" doc:"what has at most this long to go is put into the fine wheel; longer: more timers are as exact as that"`
}

// AllParticipants reports whether every member is a witness and is probed, workers too: in a flat group, and
// as an experiment in the others.
func (c *Config) AllParticipants() bool {
	return c.Membership.Topology == TopologyFlat || c.Worker.Probe == WorkerProbeMember
}

// Audit is the log of a node's own transitions (§12).
type Audit struct {
	Max int `key:"max" range:"[0,100000]" doc:"transitions remembered per node; more: a longer past can be asked for, at 24 bytes each; 0: none"`
}
