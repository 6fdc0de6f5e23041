package statbuf

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the keys of spec 30 §12 for the buffer. The tags are those of swim.Config.
type Config struct {
	Stats Keys `key:"stats"`
}

// Expiry says when what is too old leaves a tier.
type Expiry string

// The ways.
const (
	OnTick   Expiry = "tick"
	OnRecord Expiry = "record"
)

// Keys is the room of keys.
type Keys struct {
	Least      int     `key:"hot_entries" range:"[1,500000]" ref:"MANAGER_STATS_HOT_MAX_ENTRIES" doc:"records of the first tier, with autosize at least; more: takes memory, and pressure begins later"`
	Most       int     `key:"hot_entries_max" range:"[1,10000000]" ref:"spec 30 §5.2: 500000" doc:"with autosize at most so many; more: takes memory for more workflows"`
	Autosize   bool    `key:"hot_autosize" ref:"STATS_HOT_AUTOSIZE" doc:"true: as many as arrive in two minutes, so that it is half full; false: pressure rises with the number of workflows"`
	Throttle   float64 `key:"throttle_threshold" range:"[0,1]" ref:"MANAGER_STATS_THROTTLE_THRESHOLD" doc:"from this fill workers slow down; lower: sooner, and news is older"`
	Batch      float64 `key:"batch_threshold" range:"[0,1]" ref:"MANAGER_STATS_BATCH_THRESHOLD" doc:"from this fill they send batches; lower: sooner, and single workflows are seen less"`
	Reject     float64 `key:"reject_threshold" range:"[0,1]" ref:"MANAGER_STATS_REJECT_THRESHOLD" doc:"from this fill only what is critical goes in; lower: sooner, and more is lost"`
	Hysteresis float64 `key:"level_hysteresis" range:"[0,1]" ref:"spec 02 no. 28" doc:"a level is left so far below its threshold; more: levels change less often, and pressure lasts longer"`

	Expiry      Expiry        `key:"expiry" enum:"tick,record" ref:"30/D25" doc:"tick: what is too old leaves as time passes, and pressure ends by itself; record: when a record is taken, as it was once, and what is full and takes none stays full"`
	Hot         core.Duration `key:"hot_max_age" range:"[0.001,86400]" ref:"STATS_HOT_MAX_AGE" doc:"records are kept singly for this long; longer: finer, for more memory and more pressure"`
	Warm        core.Duration `key:"warm_max_age" range:"[0.001,864000]" ref:"STATS_WARM_MAX_AGE" doc:"and in fine buckets until they are this old; longer: takes memory"`
	Cold        core.Duration `key:"cold_max_age" range:"[0.001,8640000]" ref:"STATS_COLD_MAX_AGE" doc:"and in coarse ones until they are this old; longer: takes memory"`
	WarmBucket  core.Duration `key:"warm_bucket" range:"[0.001,86400]" ref:"STATS_WARM_BUCKET" doc:"length of a fine bucket; longer: coarser, for less memory"`
	ColdBucket  core.Duration `key:"cold_bucket" range:"[0.001,864000]" ref:"STATS_COLD_BUCKET" doc:"length of a coarse bucket; longer: coarser, for less memory"`
	WarmEntries int           `key:"warm_entries" range:"[1,1000000]" ref:"STATS_WARM_ENTRIES" doc:"fine buckets at most; more: takes memory"`
	ColdEntries int           `key:"cold_entries" range:"[1,1000000]" ref:"STATS_COLD_ENTRIES" doc:"coarse buckets at most; more: takes memory"`
	Tick        core.Duration `key:"tick" range:"[0.001,3600]" ref:"STATS_TICK" doc:"time between two looks at what is old; shorter: pressure falls sooner, for a timer each time"`
	Window      core.Duration `key:"window" range:"[0,3600]" ref:"spec 01 no. 17: 1 s" doc:"workers tell of jobs with statistics so often, and so do managers and gates; shorter: finer curves, for a message per workflow and hop each time; 0: never, and clients see nothing of them"`
	RateOver    core.Duration `key:"rate_window" range:"[0.001,3600]" ref:"spec 02 no. 29: 10 s" doc:"what arrives is counted over this long for autosize; longer: grows later in a storm, and keeps its size for longer after one"`
}

// Default returns the constants of spec 30 §12 as spec 02 F corrects them.
func Default() Config {
	const s = time.Second
	return Config{Stats: Keys{
		Least: 1000, Most: 500_000, Autosize: true, Throttle: 0.70, Batch: 0.85, Reject: 0.95, Hysteresis: 0.05, Expiry: OnTick,
		Hot: 60 * s, Warm: 3600 * s, Cold: 86_400 * s, WarmBucket: 10 * s, ColdBucket: 60 * s, WarmEntries: 360, ColdEntries: 1440,
		Tick: s, Window: s, RateOver: 10 * s,
	}}
}

// Validate reports everything that does not fit together.
func (c *Config) Validate() error {
	k := &c.Stats
	var bad []error
	if k.Throttle > k.Batch || k.Batch > k.Reject {
		bad = append(bad, fmt.Errorf("stats.throttle_threshold = %g, batch_threshold = %g, reject_threshold = %g: each must be at least the one before", k.Throttle, k.Batch, k.Reject))
	}
	if k.Least > k.Most {
		bad = append(bad, fmt.Errorf("stats.hot_entries = %d: must be at most hot_entries_max = %d", k.Least, k.Most))
	}
	if k.Hot >= k.Warm || k.Warm >= k.Cold {
		bad = append(bad, fmt.Errorf("stats.hot_max_age = %v, warm_max_age = %v, cold_max_age = %v: each must be longer than the one before", k.Hot, k.Warm, k.Cold))
	}
	if k.ColdBucket%k.WarmBucket != 0 {
		bad = append(bad, fmt.Errorf("stats.cold_bucket = %v: must be a multiple of warm_bucket = %v", k.ColdBucket, k.WarmBucket))
	}
	return errors.Join(bad...)
}
