package admission

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
	"hypersim/core/overload"
)

// Config holds the keys of spec 30 §12 for what is taken in. The tags are those of swim.Config.
type Config struct {
	InFlight InFlight `key:"in_flight"`
	Shed     Shed     `key:"shed"`
	Rate     Rate     `key:"rate_limit"`
}

// InFlight bounds what a server has taken in and not answered. The counts are those of a gate, a manager, a worker and of
// anybody else.
type InFlight struct {
	Gate    int           `key:"gate" range:"[1,1000000]" ref:"PENDING_RESPONSE_MAX_CONCURRENT" doc:"requests that a gate has in flight at most, CONTROL among them; more: longer bursts pass, and memory is held for them"`
	Manager int           `key:"manager" range:"[1,1000000]" ref:"PENDING_RESPONSE_MAX_CONCURRENT" doc:"the same of a manager; more: longer bursts pass, and memory is held for them"`
	Worker  int           `key:"worker" range:"[1,1000000]" ref:"PENDING_RESPONSE_MAX_CONCURRENT" doc:"the same of a worker; more: longer bursts pass, and memory is held for them"`
	Other   int           `key:"other" range:"[1,1000000]" ref:"PENDING_RESPONSE_MAX_CONCURRENT" doc:"the same of anybody else; more: longer bursts pass, and memory is held for them"`
	High    float64       `key:"high" range:"(0,1]" ref:"PENDING_RESPONSE_HIGH_LIMIT" doc:"share of it that DISPATCH may take; higher: submissions crowd out data"`
	Normal  float64       `key:"normal" range:"(0,1]" ref:"PENDING_RESPONSE_NORMAL_LIMIT" doc:"share of it that DATA may take; higher: data crowds out submissions"`
	Low     float64       `key:"low" range:"(0,1]" ref:"PENDING_RESPONSE_LOW_LIMIT" doc:"share of it that TELEMETRY may take; higher: telemetry crowds out the rest"`
	MaxWait core.Duration `key:"max_wait" range:"[0,3600]" ref:"spec 02 no. 24" doc:"whoever would wait longer is refused, 0 = nobody; shorter: answers stay fast and more are sent away in a burst"`
	Alpha   float64       `key:"ewma_alpha" range:"(0,1]" ref:"spec 02 no. 24" doc:"weight of the newest service time in the mean that waits are foreseen with; higher: follows single requests"`
	Again   core.Duration `key:"retry_after" range:"(0,3600]" ref:"spec 30 §6" doc:"whoever finds too many in flight comes again after this; longer: calmer, and served later"`
	Leak    core.Duration `key:"request_timeout" range:"(0,3600]" ref:"REQUEST_TIMEOUT" doc:"a request that is not answered by then is in flight no more; longer: what is lost blocks others for longer"`
}

// Shed says when to come again.
type Shed struct {
	Classes    Table         `key:"classes" enum:"specified,inherited" ref:"30/D24" doc:"specified: what keeps a cluster together is CONTROL; inherited: probes between sites are TELEMETRY, decisions about time DATA, submissions too, so that a busy site looks unreachable"`
	Busy       core.Duration `key:"busy" range:"(0,3600]" ref:"spec 30 §6" doc:"what is shed while the server is BUSY comes again after this; longer: calmer, and served later"`
	Stressed   core.Duration `key:"stressed" range:"(0,3600]" ref:"spec 30 §6" doc:"the same while it is STRESSED; longer: calmer, and served later"`
	Overloaded core.Duration `key:"overloaded" range:"(0,3600]" ref:"spec 30 §6" doc:"the same while it is OVERLOADED; longer: calmer, and served later"`
}

// Rate are token buckets of a client, and of who registers.
type Rate struct {
	Enabled        bool          `key:"enabled" ref:"spec 01 no. 15" doc:"requests of a client, and registrations, are counted; false: one client may take the whole server"`
	Size           float64       `key:"default_size" range:"[1,1000000]" ref:"RATE_LIMIT_DEFAULT_BUCKET_SIZE" doc:"requests at once, of queries and of all that has no bucket of its own; more: longer bursts of one client pass"`
	Refill         float64       `key:"default_rate" range:"(0,1000000]" ref:"RATE_LIMIT_DEFAULT_REFILL_RATE" doc:"and so many a second after that; more: one client may take more of the server"`
	SubmitSize     float64       `key:"submit_size" range:"[1,1000000]" ref:"spec 30 §8" doc:"submissions at once; more: longer bursts of one client pass"`
	SubmitRefill   float64       `key:"submit_rate" range:"(0,1000000]" ref:"spec 30 §8" doc:"and so many a second; more: one client may take more of the server"`
	RegisterSize   float64       `key:"register_size" range:"[1,1000000]" ref:"spec 30 §8" doc:"registrations of one node at once; more: one that restarts without end burdens others"`
	RegisterRefill float64       `key:"register_rate" range:"(0,1000000]" ref:"spec 30 §8" doc:"and so many a second; more: one that restarts without end burdens others"`
	ShareMost      int           `key:"stress_share_max" range:"[1,1000000]" ref:"RATE_STRESS_SHARE_MAX" doc:"requests a minute that a client has at most while the server is STRESSED; more: few clients may use it up"`
	ShareLeast     int           `key:"stress_share_min" range:"[1,1000000]" ref:"RATE_STRESS_SHARE_MIN" doc:"and at least; more: many clients together may keep it STRESSED"`
	Global         int           `key:"stress_global" range:"[1,1000000000]" ref:"RATE_STRESS_GLOBAL" doc:"requests a minute of all clients together that the shares are made of; more: less is refused, and it stays STRESSED for longer"`
	Window         core.Duration `key:"stress_window" range:"[0.001,86400]" ref:"RATE_STRESS_WINDOW" doc:"who was seen within this long shares; longer: shares are smaller and change less"`
	Recount        core.Duration `key:"stress_recount" range:"[0,3600]" ref:"spec 30 §8" doc:"who shares is counted no more often; longer: a share follows later, shorter: a walk over all clients each time"`
	Refused        core.Duration `key:"retry_after" range:"(0,3600]" ref:"spec 30 §8" doc:"what the state refuses comes again after this; longer: calmer, and served later"`
	Retries        int           `key:"max_retries" range:"[0,100]" ref:"RATE_LIMIT_MAX_RETRIES" doc:"a client, or who registers, comes again so often after BUSY in one request; more: rides out longer storms, and feeds them"`
	Growth         float64       `key:"backoff_multiplier" range:"[1,100]" ref:"RATE_LIMIT_BACKOFF_MULTIPLIER" doc:"and waits this much longer each time than it was told; more: calmer, and served later"`
	Total          core.Duration `key:"max_total_wait" range:"[0,86400]" ref:"RATE_LIMIT_MAX_TOTAL_WAIT" doc:"and so long in all, with all others there that would ask the same server the same; 0: who was told waits alone, as its other pauses are; longer: bad news comes later"`
	Clients        int           `key:"max_clients" range:"[1,1000000]" ref:"RATE_LIMIT_MAX_CLIENTS" doc:"clients that are remembered; more: takes memory; fewer: who is forgotten begins with full buckets"`
	Idle           core.Duration `key:"client_idle" range:"[0.001,86400]" ref:"RATE_LIMIT_CLIENT_IDLE_TIMEOUT" doc:"and one that asked nothing for this long is forgotten; longer: takes memory"`
}

// Table says which class a kind of message has.
type Table string

// The tables.
const (
	Specified Table = "specified"
	Inherited Table = "inherited"
)

// Default returns the constants of spec 30 §12 as spec 02 F corrects them.
func Default() Config {
	const s, ms = time.Second, time.Millisecond
	return Config{
		InFlight: InFlight{
			Gate: 2000, Manager: 5000, Worker: 500, Other: 1000, High: 0.5, Normal: 0.3, Low: 0.2,
			MaxWait: 400 * ms, Alpha: 0.1, Again: 250 * ms, Leak: 30 * s,
		},
		Shed: Shed{Classes: Specified, Busy: 500 * ms, Stressed: s, Overloaded: 2 * s},
		Rate: Rate{
			Enabled: true, Size: 100, Refill: 10, SubmitSize: 50, SubmitRefill: 5, RegisterSize: 20, RegisterRefill: 2,
			ShareMost: 100, ShareLeast: 10, Global: 5000, Window: 60 * s, Recount: s, Refused: s, Retries: 3, Growth: 1.5, Total: 60 * s, Clients: 10_000, Idle: 300 * s,
		},
	}
}

// Validate reports everything that does not fit together; o is the configuration of overload beside it.
func (c *Config) Validate(o *overload.Config) error {
	var bad []error
	if w, t := c.InFlight.MaxWait, o.Overload.AbsoluteStressed; w >= t && w > 0 {
		bad = append(bad, fmt.Errorf("in_flight.max_wait = %v: must be below overload.absolute_stressed = %v, or both act in turn", w, t))
	}
	if c.Rate.ShareLeast > c.Rate.ShareMost {
		bad = append(bad, fmt.Errorf("rate_limit.stress_share_min = %d: must be at most stress_share_max = %d", c.Rate.ShareLeast, c.Rate.ShareMost))
	}
	return errors.Join(bad...)
}
