package replica

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the configuration keys of spec 20 §5.2–§5.5. The tags are those of swim.Config.
type Config struct {
	Lease Lease `key:"lease"`
}

// OnLoss is what a manager says of a job that it may not lead any more (20/J29).
type OnLoss string

// What it says.
const (
	LossSilent OnLoss = "silent"
	LossFailed OnLoss = "failed"
)

// Lease is how a job keeps its holder, and gets another one.
type Lease struct {
	Duration   core.Duration `key:"duration" range:"[0.001,86400]" ref:"JOB_LEASE_DURATION" doc:"how long a member respects a holder that it last heard of; shorter: a silent holder's jobs are free sooner, and slow holders lose theirs"`
	Margin     core.Duration `key:"margin" range:"[0,86400]" ref:"JOB_LEASE_MARGIN" doc:"a holder stops deciding this much before its lease ends; longer: stands more drift of clocks, and suspends holders sooner"`
	Interval   core.Duration `key:"sync_interval" range:"[0.001,86400]" ref:"JOB_STATE_SYNC_INTERVAL" doc:"time between two rounds over all jobs of a holder; shorter: survives more loss, for a message to each member"`
	Coalesce   core.Duration `key:"coalesce" range:"[0,3600]" ref:"JOB_SYNC_COALESCE" doc:"changes that are not urgent wait this long for others; longer: fewer messages, and later commits"`
	Timeout    core.Duration `key:"claim_timeout" range:"[0.001,3600]" ref:"spec 20 §5.3: 2 s × 3" doc:"how long a claim waits before it asks again those that are silent; shorter: rides out loss sooner and asks slow members twice"`
	Tries      int           `key:"claim_tries" range:"[1,1000]" ref:"spec 20 §5.3: 2 s × 3" doc:"times that a claim asks before it is given up; more: rides out longer faults, and holds others off longer"`
	Hold       core.Duration `key:"claim_hold" range:"[0,3600]" ref:"spec 03 no. 4" doc:"an accepted claim keeps others out for this long; longer: fewer claims collide, and a claimant that dies delays the next one"`
	PauseMin   core.Duration `key:"retry_min" range:"[0,3600]" ref:"spec 20 §5.3: U(0.5, 2 s)" doc:"least pause after a claim that failed; shorter: sooner again, and into the same collision"`
	PauseMax   core.Duration `key:"retry_max" range:"[0,3600]" ref:"spec 20 §5.3: U(0.5, 2 s)" doc:"longest pause after a claim that failed; longer: rivals part more often, and the job waits"`
	SpaceMin   core.Duration `key:"takeover_jitter_min" range:"[0,3600]" ref:"TAKEOVER_JITTER_MIN" doc:"least time between two claims of one takeover; shorter: all jobs have a holder sooner, for a burst of messages"`
	SpaceMax   core.Duration `key:"takeover_jitter_max" range:"[0,3600]" ref:"TAKEOVER_JITTER_MAX" doc:"longest time between two claims of one takeover; longer: a smoother load, and later holders"`
	Batch      int           `key:"takeover_batch" range:"[1,1000000]" ref:"TAKEOVER_BATCH" doc:"more waiting jobs than this are claimed so many at once; more: sooner done, in larger messages"`
	Handover   core.Duration `key:"handover_wait" range:"[0.001,3600]" ref:"spec 04 no. 55" doc:"a handover that nobody claims is withdrawn after this long; longer: a slow successor makes it, and nobody decides meanwhile"`
	Holdoff    core.Duration `key:"resync_holdoff" range:"[0,3600]" ref:"spec 03 no. 4: 6 s, × 1.11" doc:"a member that restarted begins to read this long after its start, when nobody counts an ack of its earlier life any more; shorter: ready sooner, and what was committed with such an ack can be lost"`
	ReadEvery  core.Duration `key:"resync_interval" range:"[0.001,3600]" ref:"STATE_SYNC_TIMEOUT" doc:"time between two readings of members that have not answered; shorter: ready sooner after loss, for large answers twice"`
	ReadLimit  core.Duration `key:"resync_limit" range:"[0.001,86400]" ref:"STARTUP_SYNC_LIMIT" doc:"a member that could not read enough others is ready all the same after this long; shorter: works sooner, and may know less than was committed"`
	CancelKeep core.Duration `key:"cancel_memory" range:"[0.001,86400]" ref:"spec 04 no. 47: 3600 s" doc:"how long a cancel that could not be answered is remembered; longer: outlives longer faults, for 40 bytes a job"`
	Commit     core.Duration `key:"commit_timeout" range:"[0.001,3600]" ref:"JOB_COMMIT_TIMEOUT" doc:"how long an entry waits for acks before it is sent again; shorter: rides out loss sooner and burdens slow members"`
	Retries    int           `key:"commit_retries" range:"[0,1000]" ref:"JOB_COMMIT_RETRIES" doc:"times that it is sent again; more: fewer jobs are refused in a bad hour, and a client waits longer for the refusal"`
	Watch      core.Duration `key:"takeover_check" range:"[0.001,3600]" ref:"spec 03 no. 17: 2 s" doc:"how often whoever is to take over looks for jobs without a holder; shorter: they have one sooner, for more looks at all jobs"`
	Heads      core.Duration `key:"heads_interval" range:"[0.001,86400]" ref:"spec 03 no. 18: 30 s" doc:"how often the leader of the cluster asks all members which jobs they know; shorter: a job that only others know is found sooner, for a list of all jobs each time"`
	Rebuild    core.Duration `key:"rebuild_wait" range:"[0,3600]" ref:"spec 20 §5.5 T5, T8: 5 s" doc:"a new holder waits this long for workers before it takes shards as lost and starts new ones; longer: finds shards at slow workers, and the job stands still meanwhile"`
	Drain      core.Duration `key:"drain_timeout" range:"[0,3600]" ref:"DRAIN_TIMEOUT" doc:"a member that leaves hands its jobs over within this time, and leaves then anyway; longer: fewer jobs wait for a takeover, and a departure takes longer"`
	OnLoss     OnLoss        `key:"on_loss" enum:"silent,failed" ref:"20/J29" doc:"silent: a manager whose lease ends says nothing of its jobs, and its successor goes on; failed: it tells their gates that they FAILED, as it was once, and the job is lost though its successor has it"`
}

// commitWindow is how long after a sending an ack of it counts for a commit (spec 04 no. 45).
func (l *Lease) commitWindow() core.Duration { return l.Commit * core.Duration(1+l.Retries) }

// window is how long after a claim an acceptance of it counts (spec 03 no. 4).
func (l *Lease) window() core.Duration { return l.Timeout * core.Duration(l.Tries) }

// Default returns the constants of spec 20 §10 and of spec 03 and 04.
func Default() Config {
	const s, ms = time.Second, time.Millisecond
	return Config{
		Lease: Lease{
			Duration: 30 * s, Margin: 3 * s, Interval: 10 * s, Coalesce: 50 * ms, Timeout: 2 * s, Tries: 3, Hold: 8 * s,
			PauseMin: 500 * ms, PauseMax: 2 * s, SpaceMin: 50 * ms, SpaceMax: 250 * ms, Batch: 64, Handover: 8 * s,
			Holdoff: 7 * s, ReadEvery: 5 * s, ReadLimit: 35 * s, CancelKeep: 3600 * s,
			Commit: 2 * s, Retries: 2, Watch: 2 * s, Heads: 30 * s, Rebuild: 5 * s, Drain: 30 * s, OnLoss: LossSilent,
		},
	}
}

// Validate reports every relation between keys that does not hold (spec 20 §10).
func (c *Config) Validate() error {
	var errs []error
	bad := func(key string, have any, what string, limit any) {
		errs = append(errs, fmt.Errorf("%s = %v: %s = %v", key, have, what, limit))
	}
	l := &c.Lease
	if l.Interval > l.Duration/3 {
		bad("lease.sync_interval", l.Interval, "three times that must not be above lease.duration", l.Duration)
	}
	if l.Margin >= l.Duration {
		bad("lease.margin", l.Margin, "must be below lease.duration", l.Duration)
	}
	if l.window() >= l.Hold {
		bad("lease.claim_hold", l.Hold, "must be above lease.claim_timeout × lease.claim_tries", l.window())
	}
	if least := max(l.window(), l.commitWindow()); l.Holdoff < least+least/9 {
		bad("lease.resync_holdoff", l.Holdoff, "must be at least 10/9 of how long an ack counts", least)
	}
	if l.PauseMin > l.PauseMax {
		bad("lease.retry_min", l.PauseMin, "must not be above lease.retry_max", l.PauseMax)
	}
	if l.SpaceMin > l.SpaceMax {
		bad("lease.takeover_jitter_min", l.SpaceMin, "must not be above lease.takeover_jitter_max", l.SpaceMax)
	}
	return errors.Join(errs...)
}
