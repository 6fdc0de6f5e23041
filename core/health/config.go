package health

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the configuration keys of spec 30 §2 and §9.2. The tags are those of swim.Config.
type Config struct {
	Node    NodeKeys    `key:"node_health"`
	Evict   EvictKeys   `key:"evict"`
	Breaker BreakerKeys `key:"breaker"`
}

// NodeKeys say when a node counts as there, and as getting on.
type NodeKeys struct {
	Timeout   core.Duration `key:"liveness_timeout" range:"[0.001,86400]" ref:"LIVENESS_TIMEOUT" doc:"a node that gave no sign of life for this long is not there; shorter: work leaves a dead node sooner, and a slow one loses it"`
	Failures  int           `key:"liveness_failures" range:"[1,1000]" ref:"LIVENESS_MAX_FAILURES" doc:"so many failures in a row count the same; fewer: a dead node is left sooner, and loss looks like death"`
	Interval  core.Duration `key:"interval" range:"[0.001,86400]" ref:"HEALTH_INTERVAL" doc:"progress is judged over this long; longer: slow work is not mistaken for stuck work, and stuck work is seen later"`
	Normal    float64       `key:"progress_normal" range:"(0,1]" ref:"PROGRESS_NORMAL_RATIO" doc:"share of what was expected that is normal; higher: slowness is noticed sooner, and unsteady work looks slow"`
	Slow      float64       `key:"progress_slow" range:"(0,1]" ref:"PROGRESS_SLOW_RATIO" doc:"share below which it is degraded instead of slow; higher: more is called degraded, which is treated alike and only named differently"`
	Durations int           `key:"durations" range:"[1,1000]" ref:"spec 30 §2.1: 50" doc:"completions of a worker whose mean is what it is expected to need; more: steadier, and later to follow a change of the work"`
	Duration  core.Duration `key:"duration" range:"[0.001,86400]" ref:"spec 30 §2.1: 60 s" doc:"what a workflow is expected to take before any was completed; longer: a new worker that is slow passes for normal; shorter: one with long work looks slow"`
	Look      core.Duration `key:"look" range:"[0.001,60]" ref:"spec 01 no. 42: 1 s tick" doc:"how often a manager looks whom of its workers it has lost; shorter: their work leaves them sooner, by so much, for a look at all of them each time"`
	Stuck     core.Duration `key:"stuck" range:"[0,86400]" ref:"STUCK_EVICT_SECONDS" doc:"a node that got nothing done for this long is evicted; shorter: its work runs elsewhere sooner, and what was only slow runs twice"`
}

// EvictKeys say when evictions are held back.
type EvictKeys struct {
	Enabled  bool          `key:"enabled" ref:"spec 01 no. 42" doc:"nodes that are not there are evicted; true: their work is handed over after the liveness timeout; false: only once membership calls them dead, a minute later and never wrongly"`
	Window   core.Duration `key:"window" range:"[0,86400]" ref:"EVICTION_CORRELATION_WINDOW" doc:"losses within this long count as one event; longer: a slow outage of many is recognised as one, and unrelated losses are taken for one"`
	Fraction float64       `key:"fraction" range:"[0,1]" ref:"EVICTION_CORRELATION_FRACTION" doc:"share of a group that must be lost together for evictions to be held; smaller: an observer that is cut off destroys less, and true losses wait more often"`
	Min      int           `key:"min" range:"[1,1000000]" ref:"EVICTION_CORRELATION_MIN" doc:"and at least so many; more: small groups are evicted at once, for true losses and for cuts alike"`
	Backoff  core.Duration `key:"backoff" range:"[0,86400]" ref:"EVICTION_BACKOFF" doc:"the same node is not evicted twice within this long; longer: a node that comes and goes costs less, and keeps work that it does not do"`
	MaxHold  core.Duration `key:"max_hold" range:"[0,86400]" ref:"EVICTION_MAX_HOLD" doc:"no eviction is held longer; longer: outlives longer cuts, and work of the truly dead waits"`
	GapMin   core.Duration `key:"release_min" range:"[0,3600]" ref:"RECOVERY_JITTER_MIN" doc:"least time between two evictions that a hold releases; longer: their work is handed over more gently, and later"`
	GapMax   core.Duration `key:"release_max" range:"[0,3600]" ref:"RECOVERY_JITTER_MAX" doc:"longest such time; longer: more gently, and later"`
	Most     int           `key:"release_concurrent" range:"[1,1000000]" ref:"RECOVERY_MAX_CONCURRENT" doc:"so many of them are handed over at a time; more: sooner done, for a burst of dispatches"`
}

// BreakerKeys say when calls to a node are stopped.
type BreakerKeys struct {
	Errors   int           `key:"max_errors" range:"[1,1000]" ref:"CIRCUIT_BREAKER_MAX_ERRORS" doc:"faults within the window that open a breaker; fewer: fewer calls are lost on a dead node, and loss closes the way to a live one"`
	Window   core.Duration `key:"window" range:"[0.001,86400]" ref:"CIRCUIT_BREAKER_WINDOW_SECONDS" doc:"faults are remembered this long; longer: rare faults open it, too; shorter: only a burst does"`
	HalfOpen core.Duration `key:"half_open_after" range:"[0,86400]" ref:"CIRCUIT_BREAKER_HALF_OPEN_AFTER" doc:"an open breaker lets one call through after this long; shorter: a node that is back is found sooner, for more calls lost on one that is not"`
	Trial    core.Duration `key:"trial_timeout" range:"[0.001,86400]" ref:"REQUEST_TIMEOUT" doc:"that call counts as failed when it is unanswered for this long; shorter: the next one is tried sooner, and a slow answer is taken for none"`
}

// Default returns the constants of spec 30 §12 as spec 02 corrects them.
func Default() Config {
	const s, ms = time.Second, time.Millisecond
	return Config{
		Node:    NodeKeys{Timeout: 30 * s, Failures: 3, Interval: 10 * s, Normal: 0.8, Slow: 0.3, Durations: 50, Duration: 60 * s, Look: s, Stuck: 60 * s},
		Evict:   EvictKeys{Enabled: true, Window: 60 * s, Fraction: 0.5, Min: 2, Backoff: 30 * s, MaxHold: 60 * s, GapMin: 50 * ms, GapMax: 500 * ms, Most: 5},
		Breaker: BreakerKeys{Errors: 3, Window: 30 * s, HalfOpen: 10 * s, Trial: 30 * s},
	}
}

// Validate reports every relation between keys that does not hold.
func (c *Config) Validate() error {
	var errs []error
	if c.Node.Slow > c.Node.Normal {
		errs = append(errs, fmt.Errorf("node_health.progress_slow = %v: must not be above node_health.progress_normal = %v", c.Node.Slow, c.Node.Normal))
	}
	if c.Evict.GapMin > c.Evict.GapMax {
		errs = append(errs, fmt.Errorf("evict.release_min = %v: must not be above evict.release_max = %v", c.Evict.GapMin, c.Evict.GapMax))
	}
	return errors.Join(errs...)
}

// millisecond is the unit of Pace.
const millisecond = float64(time.Millisecond)
