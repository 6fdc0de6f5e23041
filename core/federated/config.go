package federated

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the rooms [protocol.federated] and [protocol.link]; the tags are those of swim.Config.
type Config struct {
	Probe Probe `key:"federated" doc:"probing of datacenters by gates"`
	Link  Link  `key:"link" doc:"what leaders measure of gates"`
}

// Probe is the probing of datacenters by gates, and when a gate gives one up (spec 10 §9, spec 30 §3.2).
type Probe struct {
	Interval    core.Duration `key:"probe_interval" range:"[0,86400]" ref:"federated.interval" doc:"each datacenter is probed once in this time; 0 switches the link off"`
	Timeout     core.Duration `key:"probe_timeout" range:"(0,inf)" ref:"federated.timeout" doc:"a probe without an answer has failed"`
	MaxFailures int           `key:"max_failures" range:"[1,1000]" doc:"failures in a row that make a reachable datacenter suspected"`
	Silence     core.Duration `key:"silence" range:"(0,inf)" doc:"time without an ack that does so too"`
	Suspicion   core.Duration `key:"suspicion" range:"(0,inf)" doc:"a suspected datacenter is unreachable after this time"`
	Unknown     core.Duration `key:"unknown" range:"(0,inf)" doc:"a datacenter that never answered is unreachable after this time"`
}

// Link is what a leader measures of the gates that probe it (spec 10 §9).
type Link struct {
	SampleInterval core.Duration `key:"sample_interval" range:"[0,86400]" doc:"a leader samples each gate no more often; 0 switches samples off"`
	Heard          core.Duration `key:"heard" range:"(0,inf)" doc:"only gates heard within this time are sampled"`
}

// Default returns the constants of spec 10 §9 and spec 30 §3.2.
func Default() Config {
	return Config{
		Probe: Probe{
			Interval: 2 * time.Second, Timeout: 5 * time.Second, MaxFailures: 5, Silence: 25 * time.Second,
			Suspicion: 30 * time.Second, Unknown: 40 * time.Second,
		},
		Link: Link{SampleInterval: 5 * time.Second, Heard: 10 * time.Second},
	}
}

// minPeriod is the shortest period: a timer that fires without end stops virtual time.
const minPeriod = time.Millisecond

// Validate reports every relation between keys that does not hold.
func (c *Config) Validate() error {
	var errs []error
	p := &c.Probe
	for _, every := range [...]struct {
		key string
		d   core.Duration
	}{{"federated.probe_interval", p.Interval}, {"link.sample_interval", c.Link.SampleInterval}} {
		if every.d != 0 && every.d < minPeriod {
			errs = append(errs, fmt.Errorf("%s = %v: must be 0s, which switches it off, or at least %v", every.key, every.d, minPeriod))
		}
	}
	if p.Interval > 0 && p.Silence <= p.Interval {
		errs = append(errs, fmt.Errorf("federated.silence = %v: must be above federated.probe_interval = %v, or every datacenter is suspected between two probes",
			p.Silence, p.Interval))
	}
	if p.Interval > 0 && p.Timeout/p.Interval > 100 {
		errs = append(errs, fmt.Errorf("federated.probe_timeout = %v: must be at most 100 times federated.probe_interval = %v",
			p.Timeout, p.Interval))
	}
	return errors.Join(errs...)
}
