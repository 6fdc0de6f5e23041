package job

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the configuration keys of spec 20 for jobs inside one datacenter. The tags are those of swim.Config.
type Config struct {
	Submit    Submit    `key:"submit"`
	Register  Register  `key:"register"`
	Dispatch  Dispatch  `key:"dispatch"`
	Provision Provision `key:"provision"`
	Workflow  Workflow  `key:"workflow"`
	Progress  Reports   `key:"progress"`
	Result    Results   `key:"result"`
	Cancel    Cancel    `key:"cancel"`
	Orphan    Orphan    `key:"orphan"`
	Retention Retention `key:"retention"`
	Client    Client    `key:"client"`
	Forward   Forward   `key:"forward"`
}

// Submit bounds what is accepted.
type Submit struct {
	MaxBytes       int           `key:"max_bytes" range:"[1,1073741824]" ref:"MAX_SUBMISSION_BYTES" doc:"largest encoded submission, ballast included; a larger one lets bigger payloads in and holds a stream longer"`
	DefaultTimeout core.Duration `key:"default_timeout" range:"(0,86400]" ref:"JOB_DEFAULT_TIMEOUT" doc:"of a job that names none; longer keeps a lost job's cores busy longer"`
}

// Register is how workers and managers find each other.
type Register struct {
	Timeout  core.Duration `key:"timeout" range:"[0.001,3600]" ref:"REGISTRATION_TIMEOUT" doc:"how long one attempt waits; shorter gives up on slow managers, longer finds out late that one is gone"`
	Retries  int           `key:"retries" range:"[0,100]" ref:"REGISTRATION_RETRIES" doc:"further attempts; more ride out longer faults and burden a manager that comes back"`
	Base     core.Duration `key:"base" range:"[0,3600]" ref:"REGISTRATION_BASE" doc:"first pause between attempts, doubled each time and drawn from 0; higher spreads a herd and is slower"`
	Cap      core.Duration `key:"cap" range:"[0,3600]" ref:"FJ(0.5, 5, 3)" doc:"longest pause between attempts"`
	Again    core.Duration `key:"again" range:"[0.001,3600]" ref:"WORKER_REGISTER_RETRY" doc:"a worker that nobody accepted begins anew after this long; shorter is back sooner and burdens managers that are down"`
	Beat     core.Duration `key:"beat" range:"[0,3600]" ref:"spec 01 no. 18: 0.1 s" doc:"a worker tells managers of free cores at most this often; shorter fills cores sooner and costs a message to each manager"`
	AgainMax core.Duration `key:"again_jitter" range:"[0,3600]" ref:"WORKER_REGISTER_RETRY + U(0,1)" doc:"and a part of this, drawn; higher spreads workers that all lost their managers"`

	ManagerBeat core.Duration `key:"manager_heartbeat" range:"[0.001,3600]" ref:"MANAGER_HEARTBEAT_INTERVAL" doc:"time between two heartbeats of a manager to each gate; shorter: gates see load and loss sooner, for a message each time"`
	GateBeat    core.Duration `key:"gate_heartbeat" range:"[0.001,3600]" ref:"GATE_HEARTBEAT_INTERVAL" doc:"time between two heartbeats of a gate to each manager; shorter: managers turn away from a silent gate sooner, for a message each time"`
	BeatJitter  float64       `key:"heartbeat_jitter" range:"[0,1)" ref:"spec 01 no. 12: ± 10 %" doc:"each of these waits is longer or shorter by up to this part of it; higher: senders that started together part sooner, and freshness allows for it"`
	Alpha       float64       `key:"ewma_alpha" range:"(0,1]" ref:"REGISTRATION_EWMA_ALPHA" doc:"weight of the newest wait between two heartbeats in what is expected of the next; higher: follows a sender that slows down, and single late ones, sooner"`
	Expected    core.Duration `key:"ewma_initial" range:"[0.001,3600]" ref:"REGISTRATION_EWMA_INITIAL" doc:"expected wait before any was seen; shorter: one that falls silent right after it registered is noticed sooner, and a slow starter is too"`
	Floor       core.Duration `key:"ewma_floor" range:"[0,3600]" ref:"REGISTRATION_EWMA_FLOOR" doc:"least wait that is expected; higher: bursts of heartbeats make nobody impatient, lower: freshness follows fast senders closer"`
	StaleFactor float64       `key:"stale_factor" range:"[1,1000]" ref:"REGISTRATION_STALE_FACTOR" doc:"a heartbeat is fresh for this many expected waits; higher: stands more loss, and the silent count for longer"`
	SiteStale   core.Duration `key:"datacenter_stale" range:"[0.001,86400]" ref:"spec 01 no. 25: 15 s" doc:"a datacenter without a fresh manager for this long is called stale, which changes nothing else; shorter: said sooner"`
	DeadManager core.Duration `key:"dead_manager" range:"[0.001,86400]" ref:"DEAD_MANAGER_REAP_INTERVAL" doc:"a gate keeps its record of a silent manager this long; longer: costs memory"`
	DeadGate    core.Duration `key:"dead_gate" range:"[0.001,86400]" ref:"spec 20 §11: 120 s" doc:"a manager keeps its record of a silent gate this long; longer: costs memory, and the gate is asked for longer"`
	DeadPeer    core.Duration `key:"dead_peer" range:"[0.001,86400]" ref:"GATE_DEAD_PEER_REAP" doc:"a gate forgets what it kept of another one that has been gone for this long; longer: costs memory, shorter: it agrees anew with one that was gone for a while"`
	PeerCheck   core.Duration `key:"dead_peer_check" range:"[0.001,3600]" ref:"GATE_DEAD_PEER_REAP_CHECK" doc:"how often it looks for those; shorter: forgotten closer to their time, for more looks"`
	ReturnMin   core.Duration `key:"recovery_min" range:"[0,3600]" ref:"RECOVERY_JITTER_MIN" doc:"a member of the own cluster that was gone and is back is pinged after this long at least; longer: it gets work later"`
	ReturnMax   core.Duration `key:"recovery_max" range:"[0,3600]" ref:"RECOVERY_JITTER_MAX" doc:"and after this long at most, drawn; longer: many that come back together are asked less together, and get work later"`
	ReturnMost  int           `key:"recovery_concurrent" range:"[1,1000000]" ref:"RECOVERY_MAX_CONCURRENT" doc:"so many such pings are on their way at once; more: a healed cluster is whole sooner, in a burst of pings"`
}

// Dispatch is how shards get to workers.
type Dispatch struct {
	Timeout    core.Duration `key:"timeout" range:"[0.001,3600]" ref:"DISPATCH_TIMEOUT" doc:"how long a worker may take to accept; shorter moves on sooner and doubles work at slow workers"`
	Retries    int           `key:"retries" range:"[0,100]" ref:"DISPATCH_RETRIES" doc:"times that the same dispatch is sent again; more ride out loss and hold cores meanwhile"`
	Base       core.Duration `key:"retry_base" range:"[0,3600]" ref:"DISPATCH_RETRY_BASE" doc:"first pause between them, doubled each time and drawn from 0"`
	PerWorker  int           `key:"max_concurrent_per_worker" range:"[1,10000]" ref:"DISPATCH_MAX_CONCURRENT_PER_WORKER" doc:"dispatches in flight to one worker; more fill it faster and lose more with it"`
	WorkerMax  int           `key:"worker_max_pending" range:"[1,65535]" ref:"WORKER_MAX_PENDING" doc:"shards that a worker holds at most; above it answers BUSY"`
	ExcludeFor core.Duration `key:"exclude_for" range:"[0,86400]" ref:"spec 20 §3.4: 60 s" doc:"a worker that did not answer gets nothing of that workflow for this long"`
	FenceTTL   core.Duration `key:"fence_ttl" range:"[0.001,86400]" ref:"WORKER_FENCE_TTL" doc:"a worker remembers tokens of ended shards for this long; shorter saves memory and lets a late copy run"`
	Drain      core.Duration `key:"worker_drain" range:"[0,86400]" ref:"WORKER_DRAIN_TIMEOUT" doc:"a worker that leaves lets shards run for this long, then it gives them back; longer: less work is done twice, and it leaves later"`
	LimitSlack core.Duration `key:"limit_slack" range:"[0,86400]" ref:"WORKER_LIMIT_SLACK" doc:"a shard is ended this long after its job's time; the last resort, above all that its leader may take: a check until it finds that the time is up, gate_fallback, and a check until it acts on that; longer: what nobody leads any more holds cores for longer"`
}

// Provision is how the managers of a cluster agree on the cores of a workflow before it starts.
type Provision struct {
	Quorum   core.Duration `key:"quorum_timeout" range:"[0.001,3600]" ref:"QUORUM_TIMEOUT" doc:"a round that no majority has confirmed by then is given up; longer: rides out slow peers, and keeps cores idle meanwhile"`
	Peer     core.Duration `key:"peer_timeout" range:"[0.001,3600]" ref:"spec 20 §4.5 P3: 2.5 s" doc:"how long one peer may take to answer; shorter: the round ends sooner where peers are gone"`
	TTL      core.Duration `key:"ttl" range:"[0.001,3600]" ref:"PROVISION_TTL" doc:"a peer keeps cores that it confirmed for this long; longer: outlives slow dispatches, and lost words cost more idle cores"`
	Commit   core.Duration `key:"commit_timeout" range:"[0.001,3600]" ref:"spec 20 §4.5 P4: 2 s" doc:"how long a peer may take to hear that its reservation is over; it expires anyway"`
	PauseMin core.Duration `key:"retry_min" range:"[0,3600]" ref:"spec 20 §4.5 P3: 0.5–1.5 s" doc:"least pause after a round that came to nothing; shorter: cores are used sooner, and rivals collide again"`
	PauseMax core.Duration `key:"retry_max" range:"[0,3600]" ref:"spec 20 §4.5 P3: 0.5–1.5 s" doc:"longest such pause; longer: rivals part more often, and workflows wait"`
	Errors   int           `key:"breaker_errors" range:"[1,1000000]" ref:"spec 20 §4.5 P5" doc:"so many such rounds within breaker_window stop all dispatch for a while; more: keeps trying without a majority"`
	Window   core.Duration `key:"breaker_window" range:"[0,86400]" ref:"spec 20 §4.5 P5" doc:"how long a round that came to nothing counts; longer: scattered failures stop dispatch too"`
	Shut     core.Duration `key:"breaker_open" range:"[0,86400]" ref:"spec 20 §4.5 P5" doc:"nothing is dispatched and no job accepted for this long then; longer: spares the peers, and cores stay idle"`
}

// Workflow is how often an attempt may fail.
type Workflow struct {
	MaxRetries  int           `key:"max_retries" range:"[0,255]" ref:"WORKFLOW_MAX_RETRIES" doc:"attempts after the loss of a worker; more finish on bad clusters and waste more on workflows that kill workers"`
	MaxAttempts int           `key:"max_attempts" range:"[0,255]" ref:"DISPATCH_MAX_ATTEMPTS" doc:"dispatches that come to nothing before the workflow fails"`
	Backoff     core.Duration `key:"backoff" range:"[0,3600]" ref:"DISPATCH_BACKOFF" doc:"pause before the first re-dispatch, doubled each time; longer lets a fault pass and delays the job"`
	BackoffMax  core.Duration `key:"backoff_max" range:"[0,86400]" ref:"DISPATCH_BACKOFF_MAX" doc:"longest such pause"`
}

// Reports is how workers tell how far they are.
type Reports struct {
	Interval core.Duration `key:"interval" range:"[0.001,3600]" ref:"WORKER_PROGRESS_INTERVAL" doc:"time between two snapshots of a shard; shorter sees stuck work sooner and costs a message per job and worker each time"`
	Flush    core.Duration `key:"flush" range:"[0.001,3600]" ref:"WORKER_PROGRESS_FLUSH_INTERVAL" doc:"the same for jobs that want to be told of often; shorter sees more of them and costs more"`
	Timeout  core.Duration `key:"timeout" range:"[0.001,3600]" ref:"spec 20 §2: 5 s" doc:"how long a report waits for its ack; the next one says more"`
	Push     core.Duration `key:"push" range:"[0.001,3600]" ref:"spec 01 no. 17: 1 s" doc:"time between two words to the client while something runs"`
	Batch    core.Duration `key:"batch" range:"[0.001,3600]" ref:"BATCH_PUSH_INTERVAL" doc:"a gate gathers for this long what it has to say of a client's jobs; shorter: news sooner, for a message each time"`
}

// Results is how results get to whoever waits for them.
type Results struct {
	Timeout    core.Duration `key:"timeout" range:"[0.001,3600]" ref:"spec 20 §2: 5 s" doc:"how long a result waits for its ack"`
	Retries    int           `key:"retries" range:"[0,100]" ref:"spec 20 §8.1 step 1" doc:"further attempts at the leader before other managers are asked"`
	Base       core.Duration `key:"base" range:"[0,3600]" ref:"spec 20 §8.1 step 1" doc:"first pause between them, doubled each time and drawn from 0"`
	Max        int           `key:"max" range:"[1,1000000]" ref:"WORKER_RESULT_MAX" doc:"results that a worker keeps; above it the oldest is lost, and its workflow runs again"`
	TTL        core.Duration `key:"ttl" range:"[0.001,86400]" ref:"WORKER_RESULT_TTL" doc:"how long a worker keeps one; longer outlives longer failovers"`
	QueueTries int           `key:"queue_retries" range:"[0,1000]" ref:"WORKER_RESULT_RETRIES" doc:"rounds over all managers after that"`
	QueueBase  core.Duration `key:"queue_base" range:"[0.001,3600]" ref:"WORKER_RESULT_BASE" doc:"first pause between rounds, doubled each time"`
	QueueCap   core.Duration `key:"queue_cap" range:"[0.001,3600]" ref:"WORKER_RESULT_CAP" doc:"longest pause between rounds"`
	PushTries  int           `key:"push_retries" range:"[0,100]" ref:"CLIENT_PUSH_RETRIES" doc:"further attempts to tell a client; after them it has to ask"`
	PushBase   core.Duration `key:"push_base" range:"[0,3600]" ref:"CLIENT_PUSH_BASE" doc:"first pause between them, doubled each time and drawn from 0"`
	PushCap    core.Duration `key:"push_cap" range:"[0,3600]" ref:"CLIENT_PUSH_CAP" doc:"longest such pause"`
	DataWait   core.Duration `key:"data_wait" range:"[0,86400]" ref:"spec 20 §8.1 step 6: 300 s" doc:"a gate that knows how a job ended everywhere waits this long for the results; longer: fewer outcomes without their data, and a later word to the client"`
	FlowWait   core.Duration `key:"workflow_wait" range:"[0,86400]" ref:"WORKFLOW_RESULT_TIMEOUT" doc:"a gate waits this long after the first datacenter's result of a workflow for those of the others; longer: fewer merged results with parts missing"`
}

// Cancel is how work is stopped.
type Cancel struct {
	Dispatched   bool          `key:"dispatched" ref:"20/J43" doc:"a cancel stops shards whose worker has not said yet that it took them, too; false: it passes them over, as it was once, and they run to their ends"`
	Timeout      core.Duration `key:"rpc_timeout" range:"[0.001,3600]" ref:"CANCEL_RPC_TIMEOUT" doc:"how long a worker may take to answer a cancel"`
	Attempts     int           `key:"attempts" range:"[1,100]" ref:"CANCEL_ATTEMPTS" doc:"cancels in quick succession before the slow pace"`
	Base         core.Duration `key:"base" range:"[0,3600]" ref:"CANCEL_BASE" doc:"first pause between them, doubled each time and drawn from 0"`
	Again        core.Duration `key:"again" range:"[0.001,3600]" ref:"spec 20 §2.5: every 5 s" doc:"slow pace: until the shard is confirmed or its worker is gone"`
	Limit        core.Duration `key:"workflow_limit" range:"[0.001,86400]" ref:"WORKFLOW_CANCEL_LIMIT" doc:"after this long a shard counts as cancelled though nobody confirmed it; its token fences it"`
	StopLimit    core.Duration `key:"stop_limit" range:"[0,3600]" ref:"WORKER_CANCEL_STOP_LIMIT" doc:"a shard that does not stop by itself is killed after this long"`
	PollInterval core.Duration `key:"poll_interval" range:"[0.001,3600]" ref:"WORKER_CANCELLATION_POLL_INTERVAL" doc:"a worker asks about shards whose progress nobody acked for this long"`
	PollTimeout  core.Duration `key:"poll_timeout" range:"[0.001,3600]" ref:"WORKER_CANCELLATION_POLL_TIMEOUT" doc:"how long such a question waits"`
	GateWait     core.Duration `key:"gate_wait" range:"[0.001,86400]" ref:"CANCEL_GATE_WAIT" doc:"a gate calls a job cancelled after this long though a datacenter has not confirmed it; longer: more of them are named as stopped, and the client waits"`
	GateAgain    core.Duration `key:"gate_again" range:"[0.001,3600]" ref:"spec 20 §2.5: every 10 s" doc:"slow pace of a gate's cancel to a datacenter that does not answer; shorter stops work sooner after a cut, a message each time"`
	Owed         core.Duration `key:"owed_for" range:"[0.001,86400]" ref:"JOB_TOMBSTONE_TTL" doc:"a cancel that a datacenter is owed is repeated for this long at most; longer outlives longer cuts"`
	Dedup        core.Duration `key:"request_dedup" range:"[0.001,86400]" ref:"CANCEL_REQUEST_DEDUP" doc:"a repeated request to cancel one workflow gets the recorded answer for this long"`
}

// Orphan is when work counts as led by nobody.
type Orphan struct {
	Silence      core.Duration `key:"leader_silence" range:"[0.001,86400]" ref:"WORKER_LEADER_SILENCE" doc:"a shard whose leader has not answered for this long is an orphan; shorter frees cores sooner and stops work in longer failovers"`
	Grace        core.Duration `key:"worker_grace" range:"[0,86400]" ref:"WORKER_ORPHAN_GRACE_PERIOD" doc:"and is cancelled after this much more"`
	Check        core.Duration `key:"worker_check" range:"[0.001,3600]" ref:"WORKER_ORPHAN_CHECK_INTERVAL" doc:"how often a worker looks for orphans"`
	Pending      core.Duration `key:"worker_pending_transfer" range:"[0,86400]" ref:"WORKER_PENDING_TRANSFER_TTL" doc:"a worker without shards of a job remembers for this long who leads it now; longer costs memory and helps dispatches that come late"`
	ScanInterval core.Duration `key:"scan_interval" range:"[0.001,86400]" ref:"ORPHAN_SCAN_INTERVAL" doc:"how often a manager compares its table with its workers; shorter finds lost shards sooner, a message per worker each time"`
	ScanTimeout  core.Duration `key:"scan_timeout" range:"[0.001,3600]" ref:"ORPHAN_SCAN_WORKER_TIMEOUT" doc:"how long such a question waits"`
	GateGrace    core.Duration `key:"gate_grace" range:"[0,86400]" ref:"GATE_ORPHAN_GRACE_PERIOD" doc:"a gate is held dead for this long before others take its jobs over; shorter: jobs are led again sooner, and one that was only slow loses them"`
	GateCheck    core.Duration `key:"gate_check" range:"[0.001,3600]" ref:"GATE_ORPHAN_CHECK_INTERVAL" doc:"how often a gate looks for jobs that nobody leads; shorter: finds them sooner, for more looks"`
	GateWaitMin  core.Duration `key:"gate_wait_min" range:"[0,3600]" ref:"GATE_TAKEOVER_JITTER: 0.5–2.0" doc:"least wait of the next gate in the ring before it takes a job over; shorter: sooner, and into claims of others"`
	GateWaitMax  core.Duration `key:"gate_wait_max" range:"[0,3600]" ref:"GATE_TAKEOVER_JITTER: 0.5–2.0" doc:"longest such wait; longer: many jobs are taken over one after the other, and the last one later"`
	GateRank     core.Duration `key:"gate_rank_step" range:"[0,3600]" ref:"GATE_TAKEOVER_JITTER_RANK_STEP: 5" doc:"each further gate in the ring waits so much longer; longer: fewer collide, and a job waits longer when several are down"`
	Adopt        core.Duration `key:"adopt_wait" range:"[0.001,86400]" ref:"spec 04 no. 49: 300 s" doc:"a gate that adopted a job waits this long for datacenters that are silent; longer: fewer parts of it are given up, and its end comes later"`
	ScanAge      core.Duration `key:"scan_age" range:"[0,3600]" ref:"spec 20 §5.8: 10 s" doc:"a shard that runs for less is not missed yet"`
}

// Retention is how long things that are over are kept.
type Retention struct {
	Completed    core.Duration `key:"completed" range:"[0.001,86400]" ref:"COMPLETED_JOB_MAX_AGE" doc:"a completed job is kept this long for whoever asks; longer costs memory"`
	Failed       core.Duration `key:"failed" range:"[0.001,86400]" ref:"FAILED_JOB_MAX_AGE" doc:"the same for one that ended otherwise"`
	Sweep        core.Duration `key:"cleanup_interval" range:"[0.001,3600]" ref:"JOB_CLEANUP_INTERVAL" doc:"how often what is too old is looked for"`
	Tombstone    core.Duration `key:"tombstone_ttl" range:"[0.001,86400]" ref:"JOB_TOMBSTONE_TTL" doc:"how long it is known that a job existed and how it ended; a repeat after that runs again"`
	TombstoneMax int           `key:"tombstone_max" range:"[1,10000000]" ref:"spec 20 §11: 100,000" doc:"tombstones at most, oldest first; 32 bytes each"`
	Client       core.Duration `key:"client" range:"[0.001,86400]" ref:"spec 20 §11: 3600 s" doc:"a client keeps what it knows of an ended job this long"`
	DeadWorker   core.Duration `key:"dead_worker" range:"[0.001,86400]" ref:"DEAD_WORKER_REAP_INTERVAL" doc:"a manager keeps its record of a dead worker this long"`
}

// Client is how jobs are handed in and followed.
type Client struct {
	SubmitRetries int           `key:"submit_retries" range:"[0,100]" ref:"CLIENT_SUBMIT_RETRIES" doc:"further attempts to hand a job in; more ride out longer elections and make a client wait longer for bad news"`
	RetryRatio    float64       `key:"retry_ratio" range:"[0,100]" ref:"spec 02 no. 25" doc:"further attempts after BUSY or silence that each submission of a client earns; more: more is retried, and a server that refuses for having too much gets more still"`
	RetryBurst    float64       `key:"retry_burst" range:"[0,1000000]" ref:"spec 02 no. 25" doc:"such attempts that a client has in hand at most, and at its start; 0: they are not counted at all; more: rides out longer outages, and storms again after them"`
	SubmitBase    core.Duration `key:"submit_base" range:"[0,3600]" ref:"CLIENT_SUBMIT_BASE" doc:"first pause between them, doubled each time, ± 50 %"`
	SubmitTimeout core.Duration `key:"submit_timeout" range:"[0.001,3600]" ref:"CLIENT_SUBMIT_TIMEOUT" doc:"how long one attempt waits"`
	Redirects     int           `key:"submit_redirects" range:"[0,255]" ref:"CLIENT_SUBMIT_REDIRECTS" doc:"times that an attempt is sent on"`
	PollInterval  core.Duration `key:"poll_interval" range:"[0.001,3600]" ref:"CLIENT_POLL_INTERVAL" doc:"a client that has heard nothing of a job for this long asks, and again after as long, and when a question that was open then is over; shorter: it knows sooner, for more questions"`
	PollJitter    float64       `key:"poll_jitter" range:"[0,1)" ref:"ADR-0069: 20 %" doc:"each of these waits is longer by up to this part; higher: jobs that are refused in step part sooner, and are asked for less often; 0: they stay in step, and a server that lets few in refuses the same ones each time"`
	CallRetries   int           `key:"call_retries" range:"[0,100]" ref:"CLIENT_CALL_RETRIES" doc:"further attempts of other requests"`
	CallBase      core.Duration `key:"call_base" range:"[0,3600]" ref:"CLIENT_CALL_BASE" doc:"first pause between them, doubled each time and drawn from 0"`
	CallCap       core.Duration `key:"call_cap" range:"[0,3600]" ref:"CLIENT_CALL_CAP" doc:"longest such pause"`
	CallTimeout   core.Duration `key:"call_timeout" range:"[0.001,3600]" ref:"spec 20 §2: 5 s" doc:"how long one attempt of them waits"`
	CancelTimeout core.Duration `key:"cancel_timeout" range:"[0.001,3600]" ref:"spec 20 §8.5: 10 s" doc:"how long one attempt to cancel waits"`
	OrphanGrace   core.Duration `key:"orphan_grace" range:"[0,86400]" ref:"CLIENT_ORPHAN_GRACE_PERIOD" doc:"that nobody knows a job counts only this long after the last word about it; shorter takes a takeover for a loss"`
	JobLost       core.Duration `key:"job_lost" range:"[0.001,86400]" ref:"CLIENT_JOB_LOST_TIMEOUT" doc:"a job that nobody has known for this long is lost; shorter gives up on jobs that come back"`
	Freshness     core.Duration `key:"freshness" range:"[0.001,86400]" ref:"CLIENT_RESPONSE_FRESHNESS" doc:"a job that nobody has spoken of for this long is an orphan; shorter notices a dead leader sooner, and takes a slow one for it"`
	OrphanCheck   core.Duration `key:"orphan_check" range:"[0.001,3600]" ref:"CLIENT_ORPHAN_CHECK_INTERVAL" doc:"how often a client looks for orphans and lost jobs; shorter finds them sooner, for more looks"`
	LeaderCache   core.Duration `key:"leader_cache" range:"[0,86400]" ref:"CLIENT_LEADER_CACHE_TTL" doc:"a leader that has not been heard of for this long is not asked first any more; shorter asks in turn sooner where a leader is gone, and bothers others for one that is only quiet"`
	Memory        core.Duration `key:"silent_memory" range:"[0,86400]" ref:"spec 00: 60 s" doc:"a target that did not answer is asked last for this long"`
}

// Default returns the constants of spec 20 §10.
func Default() Config {
	const s, ms = time.Second, time.Millisecond
	return Config{
		Submit: Submit{MaxBytes: 5 << 20, DefaultTimeout: 300 * s},
		Register: Register{
			Timeout: 5 * s, Retries: 3, Base: 500 * ms, Cap: 5 * s, Again: 5 * s, AgainMax: s, Beat: 100 * ms,
			ManagerBeat: 5 * s, GateBeat: 5 * s, BeatJitter: 0.1, Alpha: 0.2, Expected: 5 * s, Floor: s, StaleFactor: 3, SiteStale: 15 * s,
			DeadManager: 900 * s, DeadGate: 120 * s, DeadPeer: 120 * s, PeerCheck: 10 * s, ReturnMin: 50 * ms, ReturnMax: 500 * ms, ReturnMost: 5,
		},
		Dispatch: Dispatch{
			Timeout: 5 * s, Retries: 2, Base: 300 * ms, PerWorker: 3, WorkerMax: 100, ExcludeFor: 60 * s, FenceTTL: 600 * s,
			LimitSlack: 420 * s, Drain: 30 * s,
		},
		Provision: Provision{
			Quorum: 5 * s, Peer: 2500 * ms, TTL: 10 * s, Commit: 2 * s, PauseMin: 500 * ms, PauseMax: 1500 * ms, Errors: 5, Window: 30 * s, Shut: 10 * s,
		},
		Workflow: Workflow{MaxRetries: 3, MaxAttempts: 5, Backoff: s, BackoffMax: 60 * s},
		Progress: Reports{Interval: s, Flush: s / 2, Timeout: 5 * s, Push: s, Batch: 250 * ms},
		Result: Results{
			Timeout: 5 * s, Retries: 3, Base: 500 * ms, Max: 1000, TTL: 300 * s, QueueTries: 10, QueueBase: 5 * s, QueueCap: 60 * s,
			PushTries: 3, PushBase: 500 * ms, PushCap: 2 * s, DataWait: 300 * s, FlowWait: 300 * s,
		},
		Cancel: Cancel{
			Dispatched: true,
			Timeout:    5 * s, Attempts: 3, Base: s, Again: 5 * s, Limit: 60 * s, StopLimit: 5 * s, PollInterval: 5 * s, PollTimeout: 2 * s,
			GateWait: 90 * s, GateAgain: 10 * s, Owed: 3600 * s, Dedup: 60 * s,
		},
		Orphan: Orphan{Silence: 30 * s, Grace: 30 * s, Check: s, Pending: 60 * s, ScanInterval: 120 * s, ScanTimeout: 5 * s, ScanAge: 10 * s, GateGrace: 10 * s, GateCheck: 2 * s, GateWaitMin: 500 * ms, GateWaitMax: 2 * s, GateRank: 5 * s, Adopt: 300 * s},
		Retention: Retention{
			Completed: 300 * s, Failed: 3600 * s, Sweep: 60 * s, Tombstone: 3600 * s, TombstoneMax: 100_000, Client: 3600 * s, DeadWorker: 900 * s,
		},
		Client: Client{
			SubmitRetries: 5, RetryRatio: 0.2, RetryBurst: 3, SubmitBase: 500 * ms, SubmitTimeout: 10 * s, Redirects: 3, PollInterval: 5 * s, PollJitter: 0.2, CallRetries: 3,
			CallBase: 500 * ms, CallCap: 5 * s, CallTimeout: 5 * s, CancelTimeout: 10 * s,
			OrphanGrace: 15 * s, JobLost: 120 * s, Memory: 60 * s, Freshness: 10 * s, OrphanCheck: 2 * s, LeaderCache: 30 * s,
		},
		Forward: Forward{
			Timeout: 5 * s, Hop: 3 * s, Base: 500 * ms, FinalCap: 30 * s, TransferCap: 5 * s, Redirects: 3, Fails: 3, Ask: 2 * s, Offer: 10 * s, Direct: 30 * s,
		},
	}
}

// Validate reports every relation between keys that does not hold (spec 20 §10), as swim.Config.Validate does.
func (c *Config) Validate() error {
	var errs []error
	if c.Cancel.StopLimit > c.Cancel.Limit {
		errs = append(errs, fmt.Errorf("cancel.stop_limit = %v: must not be above cancel.workflow_limit = %v", c.Cancel.StopLimit, c.Cancel.Limit))
	}
	if c.Cancel.GateWait <= c.Cancel.Limit {
		errs = append(errs, fmt.Errorf("cancel.gate_wait = %v: must be above cancel.workflow_limit = %v", c.Cancel.GateWait, c.Cancel.Limit))
	}
	if c.Orphan.GateWaitMin > c.Orphan.GateWaitMax {
		errs = append(errs, fmt.Errorf("orphan.gate_wait_min = %v: must not be above orphan.gate_wait_max = %v", c.Orphan.GateWaitMin, c.Orphan.GateWaitMax))
	}
	if c.Orphan.GateGrace >= c.Client.OrphanGrace {
		errs = append(errs, fmt.Errorf("orphan.gate_grace = %v: must be below client.orphan_grace = %v", c.Orphan.GateGrace, c.Client.OrphanGrace))
	}
	if c.Register.ReturnMin > c.Register.ReturnMax {
		errs = append(errs, fmt.Errorf("register.recovery_min = %v: must not be above register.recovery_max = %v", c.Register.ReturnMin, c.Register.ReturnMax))
	}
	if c.Provision.PauseMin > c.Provision.PauseMax {
		errs = append(errs, fmt.Errorf("provision.retry_min = %v: must not be above provision.retry_max = %v", c.Provision.PauseMin, c.Provision.PauseMax))
	}
	if c.Workflow.Backoff > c.Workflow.BackoffMax {
		errs = append(errs, fmt.Errorf("workflow.backoff = %v: must not be above workflow.backoff_max = %v", c.Workflow.Backoff, c.Workflow.BackoffMax))
	}
	if c.Result.QueueBase > c.Result.QueueCap {
		errs = append(errs, fmt.Errorf("result.queue_base = %v: must not be above result.queue_cap = %v", c.Result.QueueBase, c.Result.QueueCap))
	}
	if c.Client.OrphanGrace >= c.Client.JobLost {
		errs = append(errs, fmt.Errorf("client.orphan_grace = %v: must be below client.job_lost = %v", c.Client.OrphanGrace, c.Client.JobLost))
	}
	return errors.Join(errs...)
}
