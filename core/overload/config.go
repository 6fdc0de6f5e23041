package overload

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the keys of spec 30 §12 for overload. The tags are those of swim.Config.
type Config struct {
	Overload Keys `key:"overload"`
}

// Keys is the room of keys.
type Keys struct {
	Fast       float64 `key:"ema_alpha" range:"(0,1]" ref:"OVERLOAD_EMA_ALPHA" doc:"weight of the newest sample in the fast baseline, which is only told; higher: follows single requests"`
	Slow       float64 `key:"slow_ema_alpha" range:"(0,1]" ref:"OVERLOAD_SLOW_EMA_ALPHA" doc:"weight of the newest sample in the slow baseline; smaller: a creeping rise is seen, and a new normal is taken for distress for longer"`
	ByClass    bool    `key:"by_class" ref:"spec 02 no. 20" doc:"each class has a window of its own, and raises the state only as far as sheds it; false: one window for all that may raise it to OVERLOADED, as chapter 30 has it: slow data then refuses submissions"`
	Window     int     `key:"current_window" range:"[1,64]" ref:"OVERLOAD_CURRENT_WINDOW" doc:"samples in the current mean; more: calmer, and slower"`
	TrendOver  int     `key:"trend_window" range:"[3,64]" ref:"OVERLOAD_TREND_WINDOW" doc:"deltas that a trend is taken from; more: calmer, and slower"`
	MinSamples int     `key:"min_samples" range:"[1,64]" ref:"OVERLOAD_MIN_SAMPLES" doc:"samples in the window from which delta counts; more: single slow requests say less"`
	Warmup     int     `key:"warmup_samples" range:"[0,1000000]" ref:"OVERLOAD_WARMUP_SAMPLES" doc:"samples of a process before delta counts; more: a cold start is no onset, and an early onset is missed"`

	Hysteresis int           `key:"hysteresis" range:"[1,16]" ref:"OVERLOAD_HYSTERESIS_SAMPLES" doc:"ticks that a fall takes; more: the state flaps less and holds load off for longer"`
	Tick       core.Duration `key:"poll_interval" range:"[0.001,3600]" ref:"OVERLOAD_POLL_INTERVAL" doc:"time between two looks; shorter: falls sooner, for a timer each time"`
	MaxAge     core.Duration `key:"sample_max_age" range:"[0.001,3600]" ref:"OVERLOAD_SAMPLE_MAX_AGE" doc:"older samples count no more; longer: a server that refuses everything stays overloaded for as long"`

	Floor   core.Duration `key:"delta_floor" range:"[0,3600]" ref:"OVERLOAD_DELTA_FLOOR_MS" doc:"below this mean a rise against the past is nothing; higher: onsets at fast servers go unseen"`
	Ceiling Ceiling       `key:"delta_ceiling" enum:"healthy,busy,stressed,overloaded" ref:"OVERLOAD_DELTA_CEILING" doc:"the most that a rise against the past comes to; healthy: nothing; busy: it sheds telemetry, at false onsets too; stressed: it refuses data at them; overloaded: it refuses submissions at them"`
	TrendAt float64       `key:"trend_threshold" range:"[0,1000000]" ref:"OVERLOAD_TREND_THRESHOLD" doc:"a slope of delta above this, with delta above its BUSY, is OVERLOADED; smaller: sees a rise sooner, and noise too"`

	DeltaBusy       float64 `key:"delta_busy" range:"[0,1000000]" ref:"OVERLOAD_DELTA_BUSY" doc:"mean above the slow baseline, as a share of it, from which it is BUSY; lower: the server protects itself sooner, and refuses more that it could serve"`
	DeltaStressed   float64 `key:"delta_stressed" range:"[0,1000000]" ref:"OVERLOAD_DELTA_STRESSED" doc:"mean above the slow baseline, as a share of it, from which it is STRESSED; lower: the server protects itself sooner, and refuses more that it could serve"`
	DeltaOverloaded float64 `key:"delta_overloaded" range:"[0,1000000]" ref:"OVERLOAD_DELTA_OVERLOADED" doc:"mean above the slow baseline, as a share of it, from which it is OVERLOADED; lower: the server protects itself sooner, and refuses more that it could serve"`

	AbsoluteBusy       core.Duration `key:"absolute_busy" range:"[0,3600]" ref:"OVERLOAD_ABSOLUTE_BUSY_MS" doc:"mean latency of a class from which it is BUSY; lower: the server protects itself sooner, and refuses more that it could serve"`
	AbsoluteStressed   core.Duration `key:"absolute_stressed" range:"[0,3600]" ref:"OVERLOAD_ABSOLUTE_STRESSED_MS" doc:"mean latency of a class from which it is STRESSED; lower: the server protects itself sooner, and refuses more that it could serve"`
	AbsoluteOverloaded core.Duration `key:"absolute_overloaded" range:"[0,3600]" ref:"OVERLOAD_ABSOLUTE_OVERLOADED_MS" doc:"mean latency of a class from which it is OVERLOADED; lower: the server protects itself sooner, and refuses more that it could serve"`

	ShareBusy        float64 `key:"cpu_busy" range:"[0,1]" ref:"OVERLOAD_CPU_BUSY" doc:"share of its time that the server is busy from which it is BUSY; lower: the server protects itself sooner, and refuses more that it could serve"`
	ShareStressed    float64 `key:"cpu_stressed" range:"[0,1]" ref:"OVERLOAD_CPU_STRESSED" doc:"share of its time that the server is busy from which it is STRESSED; lower: the server protects itself sooner, and refuses more that it could serve"`
	ShareOverloaded  float64 `key:"cpu_overloaded" range:"[0,1]" ref:"OVERLOAD_CPU_OVERLOADED" doc:"share of its time that the server is busy from which it is OVERLOADED; lower: the server protects itself sooner, and refuses more that it could serve"`
	ShareCeiling     Ceiling `key:"busy_share_ceiling" enum:"healthy,busy,stressed,overloaded" ref:"spec 02 no. 23" doc:"the most that the measured share comes to: being busy is load, not distress; healthy: nothing; busy: it sheds telemetry; stressed: it refuses data while it still keeps up; overloaded: it refuses submissions while it still keeps up"`
	MemoryBusy       float64 `key:"memory_busy" range:"[0,1]" ref:"OVERLOAD_MEMORY_BUSY" doc:"share of its memory that it holds from which it is BUSY; lower: the server protects itself sooner, and refuses more that it could serve"`
	MemoryStressed   float64 `key:"memory_stressed" range:"[0,1]" ref:"OVERLOAD_MEMORY_STRESSED" doc:"share of its memory that it holds from which it is STRESSED; lower: the server protects itself sooner, and refuses more that it could serve"`
	MemoryOverloaded float64 `key:"memory_overloaded" range:"[0,1]" ref:"OVERLOAD_MEMORY_OVERLOADED" doc:"share of its memory that it holds from which it is OVERLOADED; lower: the server protects itself sooner, and refuses more that it could serve"`
	QueueBusy        float64 `key:"queue_busy" range:"[0,1]" ref:"OVERLOAD_QUEUE_BUSY" doc:"requests in flight as a share of how many may be from which it is BUSY; lower: the server protects itself sooner, and refuses more that it could serve"`
	QueueStressed    float64 `key:"queue_stressed" range:"[0,1]" ref:"OVERLOAD_QUEUE_STRESSED" doc:"requests in flight as a share of how many may be from which it is STRESSED; lower: the server protects itself sooner, and refuses more that it could serve"`
	QueueOverloaded  float64 `key:"queue_overloaded" range:"[0,1]" ref:"OVERLOAD_QUEUE_OVERLOADED" doc:"requests in flight as a share of how many may be from which it is OVERLOADED; lower: the server protects itself sooner, and refuses more that it could serve"`
}

// Ceiling is the most that a part of the state may come to.
type Ceiling string

// The ceilings.
const (
	Healthy    Ceiling = "healthy"
	Busy       Ceiling = "busy"
	Stressed   Ceiling = "stressed"
	Overloaded Ceiling = "overloaded"
)

func (c Ceiling) load() core.Load {
	switch c {
	case Healthy:
		return core.LoadHealthy
	case Busy:
		return core.LoadBusy
	case Stressed:
		return core.LoadStressed
	case Overloaded:
	}
	return core.LoadOverloaded
}

// Default returns the constants of spec 30 §12 as spec 02 F corrects them.
func Default() Config {
	const s, ms = time.Second, time.Millisecond
	return Config{Overload: Keys{
		ByClass: true, Fast: 0.1, Slow: 0.02, Window: 10, TrendOver: 20, MinSamples: 3, Warmup: 10,
		Hysteresis: 2, Tick: 250 * ms, MaxAge: s,
		Floor: 100 * ms, Ceiling: Busy, TrendAt: 0.1, DeltaBusy: 0.2, DeltaStressed: 0.5, DeltaOverloaded: 1,
		AbsoluteBusy: 200 * ms, AbsoluteStressed: 500 * ms, AbsoluteOverloaded: 2 * s,
		ShareBusy: 0.70, ShareStressed: 0.85, ShareOverloaded: 0.95, ShareCeiling: Busy,
		MemoryBusy: 0.70, MemoryStressed: 0.85, MemoryOverloaded: 0.95,
		QueueBusy: 0.5, QueueStressed: 0.7, QueueOverloaded: 0.9,
	}}
}

// Validate reports everything that does not fit together.
func (c *Config) Validate() error {
	k := &c.Overload
	var bad []error
	rising := func(name string, a, b, d float64) {
		if a > b || b > d {
			bad = append(bad, fmt.Errorf("overload.%s_busy = %g, %s_stressed = %g, %s_overloaded = %g: each must be at least the one before", name, a, name, b, name, d))
		}
	}
	rising("delta", k.DeltaBusy, k.DeltaStressed, k.DeltaOverloaded)
	rising("absolute", k.AbsoluteBusy.Seconds(), k.AbsoluteStressed.Seconds(), k.AbsoluteOverloaded.Seconds())
	rising("cpu", k.ShareBusy, k.ShareStressed, k.ShareOverloaded)
	rising("memory", k.MemoryBusy, k.MemoryStressed, k.MemoryOverloaded)
	rising("queue", k.QueueBusy, k.QueueStressed, k.QueueOverloaded)
	if k.MinSamples > k.Window {
		bad = append(bad, fmt.Errorf("overload.min_samples = %d: must be at most current_window = %d, or delta never counts", k.MinSamples, k.Window))
	}
	return errors.Join(bad...)
}
