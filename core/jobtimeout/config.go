package jobtimeout

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the configuration keys of spec 20 §6. The tags are those of swim.Config.
type Config struct {
	Job       Job       `key:"job_timeout"`
	Extension Extension `key:"extension"`
}

// Mode is when rules are looked at.
type Mode string

// Modes.
const (
	ModePoll  Mode = "poll"
	ModeExact Mode = "exact"
)

// ExtensionRule says which grants move the deadline of a job.
type ExtensionRule string

// Rules of extensions.
const (
	ExtensionTotal     ExtensionRule = "total"
	ExtensionMaxWorker ExtensionRule = "max_worker"
)

// LocalRule says how many datacenters have to be timed out before a gate ends a job for all of them (R3).
type LocalRule string

// Rules of local timeouts.
const (
	LocalMajority LocalRule = "majority"
	LocalAny      LocalRule = "any"
	LocalAll      LocalRule = "all"
)

// Growth says what of a job counts as getting on (20/J13).
type Growth string

// What counts.
const (
	GrowthCounters    Growth = "counters"
	GrowthTransitions Growth = "transitions"
)

// Waiting says how a job counts of which nothing runs (20/J35).
type Waiting string

// How it counts.
const (
	WaitingIsFine  Waiting = "fine"
	WaitingIsStuck Waiting = "stuck"
)

// Commands says how a datacenter learns that a job is over (20/J7).
type Commands string

// How it learns.
const (
	CommandsSettled Commands = "until-settled"
	CommandsOnce    Commands = "once"
)

// Job are the keys of job timeouts: detection at managers, decision at gates (AD-34).
type Job struct {
	Mode          Mode          `key:"mode" enum:"poll,exact" ref:"timeout.mode" doc:"poll: rules are looked at every check interval, which costs a walk over all jobs and ends a job half an interval late on average; exact: a timer for each job, late by nothing but the wires"`
	ExtensionRule ExtensionRule `key:"extension_rule" enum:"total,max_worker" ref:"timeout.extension_rule" doc:"total: every grant to a worker moves the deadline of its jobs, so that many slow workers keep a job alive for long; max_worker: only what the worker with the most got, and a job of many stragglers ends sooner"`
	LocalRule     LocalRule     `key:"local_rule" enum:"majority,any,all" ref:"timeout.local_rule" doc:"how many datacenters must be timed out for a gate to end the job in all; majority: more than half of its targets, so that one slow datacenter ends nothing and two of three do; any: waste ends soonest, and one slow datacenter ends what the others would complete; all: nothing is ended that a datacenter would complete, and the last one that is stuck decides when"`

	Growth   Growth   `key:"progress" enum:"counters,transitions" ref:"20/J13" doc:"counters: a shard whose counts grow gets on; transitions: only a workflow that changes its state does, as it was once, and one long workflow is taken for stuck"`
	Waiting  Waiting  `key:"waiting" enum:"fine,stuck" ref:"20/J35" doc:"fine: a job that waits for cores is not stuck; stuck: it is after stuck_threshold, as it was once, and a queue longer than that fails"`
	Commands Commands `key:"commands" enum:"until-settled,once" ref:"20/J7" doc:"until-settled: a gate tells a datacenter that a job is over until it knows, and whoever reports of it hears so; once: one message, as it was once, and a datacenter that is cut off runs on"`

	Check    core.Duration `key:"check_interval" range:"[0.001,3600]" ref:"JOB_TIMEOUT_CHECK_INTERVAL" doc:"poll: time between two looks of a manager; shorter: less late, for more looks at every job"`
	Report   core.Duration `key:"report_interval" range:"[0.001,3600]" ref:"JOB_PROGRESS_REPORT_INTERVAL" doc:"time between two reports of a job to its gate; shorter: the gate knows of progress, extensions and local timeouts sooner, for a message per job and datacenter each time"`
	Recent   core.Duration `key:"recent_progress" range:"[0,86400]" ref:"JOB_RECENT_PROGRESS" doc:"progress within this long is told as recent; longer: slow work counts as alive, and work that stopped does so longer"`
	Stuck    core.Duration `key:"stuck_threshold" range:"[0.001,86400]" ref:"JOB_STUCK_THRESHOLD" doc:"a job that runs and has not got on for longer is stuck; shorter: frees cores sooner, and ends work that is only slow to say how far it is"`
	Fallback core.Duration `key:"gate_fallback" range:"[0.001,86400]" ref:"JOB_GATE_FALLBACK" doc:"a manager whose job is timed out ends it alone when no gate that knows the job has answered for longer; shorter: less waste in a datacenter that is cut off, and ends that gates would have put off"`

	GateCheck core.Duration `key:"gate_check_interval" range:"[0.001,3600]" ref:"GATE_TIMEOUT_CHECK_INTERVAL" doc:"poll: time between two looks of a gate; shorter: less late, for more looks at every job"`
	AllStuck  core.Duration `key:"all_stuck_threshold" range:"[0.001,86400]" ref:"GATE_ALL_STUCK_THRESHOLD" doc:"a job is ended when no live datacenter has got on for this long; shorter: frees cores sooner, and must leave room for reports that are lost"`
	Again     core.Duration `key:"rebroadcast" range:"[0.001,3600]" ref:"GATE_TIMEOUT_REBROADCAST: 5, 10, 20, 30…" doc:"first pause before a datacenter is told again that a job is over, doubled each time; shorter: it stops sooner after loss, for more messages to one that is cut off"`
	AgainMax  core.Duration `key:"rebroadcast_max" range:"[0.001,3600]" ref:"GATE_TIMEOUT_REBROADCAST: 5, 10, 20, 30…" doc:"longest such pause; longer: fewer messages to a datacenter that is cut off, which stops later when it comes back"`
	Silent    core.Duration `key:"dc_silent" range:"[0.001,3600]" ref:"spec 01 no. 23: 30 s" doc:"a datacenter from which nothing of a job was heard for this long is silent, and holds back the end of a job that is stuck everywhere else; shorter: lost reports look like silence, longer: jobs end whose datacenter is only cut off"`
	Orphan    core.Duration `key:"dc_orphan" range:"[0.001,86400]" ref:"GATE_DC_ORPHAN_TIMEOUT" doc:"a datacenter that stays silent for so much longer has lost its part of the job; shorter: the job's end waits less for it, and longer cuts cost its work"`
}

// Extension are the keys of deadline extensions (spec 20 §6.8, AD-26).
type Extension struct {
	Base         core.Duration `key:"base" range:"(0,86400]" ref:"EXTENSION_BASE" doc:"the first grant is half of this, each further one half of the one before; longer: slow work gets more time, and stuck work too"`
	MinGrant     core.Duration `key:"min_grant" range:"(0,86400]" ref:"EXTENSION_MIN_GRANT" doc:"least grant; more: the last grants are worth asking for, and all of them last longer"`
	Max          int           `key:"max" range:"[1,60]" ref:"EXTENSION_MAX" doc:"grants until the tracker starts anew; more: slow work may go on for longer, and a stuck worker is found later"`
	EvictDenials int           `key:"evict_denials" range:"[1,255]" ref:"EXTENSION_EVICT_DENIALS" doc:"a worker that is denied so often in a row is evicted; fewer: a worker that does not get on loses its work sooner, and so does one that only pauses"`
	WarningAt    int           `key:"warning_at" range:"[0,60]" ref:"EXTENSION_WARNING_AT" doc:"an answer with so few grants left says so, once; more: the worker is told sooner, when it may yet be wrong"`
	Grace        core.Duration `key:"grace" range:"[0,86400]" ref:"EXTENSION_GRACE" doc:"a worker that has used up its grants is evicted when it asks after this; longer: it may yet end what it does, and holds its cores"`
	Late         core.Duration `key:"late" range:"[0,86400]" ref:"spec 20 §6.8: 30 s" doc:"a worker past its deadline gets nothing new for this long, then it is evicted; longer: it may yet end what it does, and holds its cores"`
	Check        core.Duration `key:"check_interval" range:"[0.001,3600]" ref:"EXTENSION_CHECK_INTERVAL" doc:"time between two looks at the deadlines of workers; shorter: late workers are found sooner, for more looks"`
	Ahead        core.Duration `key:"ask_ahead" range:"[0,86400]" ref:"spec 01 no. 48: 10 s" doc:"a worker asks this long before the deadline of its job; longer: a slow answer is still in time, and more is asked for that would not be needed"`
	Again        core.Duration `key:"ask_again" range:"[0.001,3600]" ref:"spec 01 no. 48" doc:"a worker that was denied or got no answer asks again after this; shorter: progress is rewarded sooner, and one that makes none is evicted sooner"`
	Timeout      core.Duration `key:"ask_timeout" range:"[0.001,3600]" ref:"spec 20 §2: 5 s" doc:"how long one attempt to ask waits; longer: fewer repeats, and a lost request costs more of what is left"`
	Retries      int           `key:"ask_retries" range:"[0,100]" ref:"spec 20 §2.8" doc:"further attempts with the same number; more: rides out loss, and tells a dead leader for longer"`
	RetryBase    core.Duration `key:"ask_retry_base" range:"[0,3600]" ref:"spec 20 §2.8" doc:"first pause between them, doubled each time and drawn from 0; longer: kinder to a busy manager, and later"`
}

// DefaultExtension returns the constants of spec 20 §10.
func DefaultExtension() Extension {
	const s = time.Second
	return Extension{
		Base: 30 * s, MinGrant: s, Max: 5, EvictDenials: 3, WarningAt: 1, Grace: 10 * s, Late: 30 * s, Check: 5 * s,
		Ahead: 10 * s, Again: 5 * s, Timeout: 5 * s, Retries: 2, RetryBase: s / 2,
	}
}

// Default returns the constants of spec 20 §10 and of spec 01 no. 23.
func Default() Config {
	const s = time.Second
	return Config{
		Job: Job{
			Mode: ModePoll, ExtensionRule: ExtensionTotal, LocalRule: LocalMajority, Growth: GrowthCounters, Waiting: WaitingIsFine, Commands: CommandsSettled,
			Check: 30 * s, Report: 10 * s, Recent: 10 * s, Stuck: 120 * s, Fallback: 300 * s,
			GateCheck: 15 * s, AllStuck: 180 * s, Again: 5 * s, AgainMax: 30 * s, Silent: 30 * s, Orphan: 300 * s,
		},
		Extension: DefaultExtension(),
	}
}

// Validate reports every relation between keys that does not hold (spec 20 §10).
func (c *Config) Validate() error {
	var errs []error
	bad := func(key string, have any, what string, limit any) {
		errs = append(errs, fmt.Errorf("%s = %v: %s = %v", key, have, what, limit))
	}
	j, x := &c.Job, &c.Extension
	if j.Fallback <= 2*j.Report {
		bad("job_timeout.gate_fallback", j.Fallback, "must be above twice job_timeout.report_interval, or a lost report ends jobs", j.Report)
	}
	if j.Silent <= j.Report {
		bad("job_timeout.dc_silent", j.Silent, "must be above job_timeout.report_interval, or every datacenter is silent between two reports", j.Report)
	}
	if j.Again > j.AgainMax {
		bad("job_timeout.rebroadcast", j.Again, "must not be above job_timeout.rebroadcast_max", j.AgainMax)
	}
	if x.WarningAt >= x.Max {
		bad("extension.warning_at", x.WarningAt, "must be below extension.max, or the first grant warns", x.Max)
	}
	return errors.Join(errs...)
}
