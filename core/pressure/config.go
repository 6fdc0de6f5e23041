package pressure

import (
	"time"

	"hypersim/core"
	"hypersim/core/job"
)

// Config holds the keys of spec 30 §12 for pressure. The tags are those of swim.Config.
type Config struct {
	Pressure Keys `key:"backpressure"`
}

// Combine says which managers a worker listens to.
type Combine string

// The ways.
const (
	Max         Combine = "max"
	Destination Combine = "destination"
)

// Signals says which signals of a manager count.
type Signals string

// The ways.
const (
	All    Signals = "all"
	Raises Signals = "raises"
)

// Keys is the room of keys.
type Keys struct {
	Throttle       core.Duration `key:"throttle_delay" range:"[0,3600]" ref:"BP_SIGNAL_THROTTLE_DELAY_MS" doc:"what a manager asks for at THROTTLE; longer: its workers report less often"`
	Batch          core.Duration `key:"batch_delay" range:"[0,3600]" ref:"BP_SIGNAL_BATCH_DELAY_MS" doc:"what it asks for at BATCH; longer: its workers report less often"`
	Reject         core.Duration `key:"reject_delay" range:"[0,3600]" ref:"BP_SIGNAL_REJECT_DELAY_MS" doc:"what it asks for at REJECT; longer: its workers ask later whether it is over"`
	WorkerThrottle core.Duration `key:"worker_throttle_delay" range:"[0,3600]" ref:"WORKER_BACKPRESSURE_THROTTLE_DELAY_MS" doc:"a worker waits at least this much longer at THROTTLE; longer: relieves managers more, and news is older"`
	WorkerBatch    core.Duration `key:"worker_batch_delay" range:"[0,3600]" ref:"WORKER_BACKPRESSURE_BATCH_DELAY_MS" doc:"at BATCH at least this, and twice what was asked for; longer: relieves managers more, and news is older"`
	WorkerReject   core.Duration `key:"worker_reject_delay" range:"[0,3600]" ref:"WORKER_BACKPRESSURE_REJECT_DELAY_MS" doc:"at REJECT at least this, and four times what was asked for; longer: relieves managers more, and its end is noticed later"`
	WorkerTTL      core.Duration `key:"worker_ttl" range:"[0.001,86400]" ref:"BP_SIGNAL_TTL_WORKER" doc:"a worker forgets a signal that nobody repeats; longer: a manager that fell silent holds its workers up for longer"`
	GateTTL        core.Duration `key:"gate_ttl" range:"[0.001,86400]" ref:"BP_SIGNAL_TTL_GATE" doc:"so does a gate; longer: a manager that fell silent holds news of its datacenter up for longer"`
	Forward        core.Duration `key:"forward_interval" range:"[0.001,3600]" ref:"GATE_BATCH_STATS_INTERVAL" doc:"a gate passes held updates on so often, and the origin's delay later; shorter: fresher, for more messages"`
	Signals        Signals       `key:"signals" enum:"all,raises" ref:"30/D27" doc:"all: the last signal of a manager counts, so that pressure ends when it says so; raises: those above the one before, as it was once, and who was ever held up stays so"`
	CriticalTries  int           `key:"critical_attempts" range:"[1,100]" ref:"spec 30 §5.4: 3 attempts" doc:"a worker tells so often what a manager has to know; more: outlives longer faults, for more messages in them"`
	CriticalBase   core.Duration `key:"critical_base" range:"[0,3600]" ref:"spec 30 §5.4: 0.2 s" doc:"first pause between them, doubled each time and drawn from 0; longer: spreads a herd, and is slower"`
	Combine        Combine       `key:"combine" enum:"max,destination" ref:"spec 01 no. 68" doc:"max: the worst of all managers slows a worker down towards all of them; destination: each manager is served as it asks, so that one that rejects silences nobody else's news"`
}

// Default returns the constants of spec 30 §12.
func Default() Config {
	const s, ms = time.Second, time.Millisecond
	return Config{Pressure: Keys{
		Throttle: 100 * ms, Batch: 500 * ms, Reject: s, WorkerThrottle: 500 * ms, WorkerBatch: s, WorkerReject: 2 * s,
		WorkerTTL: 15 * s, GateTTL: 30 * s, Forward: 250 * ms, CriticalTries: 3, CriticalBase: 200 * ms, Combine: Max, Signals: All,
	}}
}

// Validate reports everything that does not fit together: nothing can.
func (c *Config) Validate() error { return nil }

// Signal is what a manager of that level says, without its epoch and number.
func (k *Keys) Signal(l job.Pressure) job.Backpressure {
	b := job.Backpressure{Level: l, BatchOnly: l >= job.PressureBatch}
	switch l {
	case job.PressureThrottle:
		b.Delay = k.Throttle
	case job.PressureBatch:
		b.Delay = k.Batch
	case job.PressureReject:
		b.Delay = k.Reject
	case job.PressureNone:
	}
	return b
}

// Interval is how long a worker that reports every base while nobody is under pressure waits between two flushes at a
// level, where sig is what was asked for.
func (k *Keys) Interval(base core.Duration, l job.Pressure, sig core.Duration) core.Duration {
	return base + k.added(l, sig)
}

func (k *Keys) added(l job.Pressure, sig core.Duration) core.Duration {
	switch l {
	case job.PressureThrottle:
		return max(sig, k.WorkerThrottle)
	case job.PressureBatch:
		return max(2*sig, k.WorkerBatch)
	case job.PressureReject:
		return max(4*sig, k.WorkerReject)
	case job.PressureNone:
	}
	return 0
}
