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
	Interval    core.Duration `key:"probe_interval" range:"[0,86400]" ref:"federated.interval" doc:"each datacenter is probed once in this time; shorter: an outage is known sooner, for messages between every gate and every datacenter; 0: the link is off"`
	Timeout     core.Duration `key:"probe_timeout" range:"(0,inf)" ref:"federated.timeout" doc:"a probe without an answer has failed; shorter: an outage counts sooner, and a slow answer as one; longer: the reverse"`
	MaxFailures int           `key:"max_failures" range:"[1,1000]" doc:"failures in a row that make a reachable datacenter suspected; more: loss and a change of leader pass unnoticed, and an outage is known later"`
	Silence     core.Duration `key:"silence" range:"(0,inf)" doc:"time without an ack that does so too; shorter: an outage is known sooner, and a gate that was slow itself suspects; longer: the reverse"`
	Suspicion   core.Duration `key:"suspicion" range:"(0,inf)" doc:"a suspected datacenter is unreachable after this time; longer: a short outage moves no work, and a long one strands work for longer"`
	Unknown     core.Duration `key:"unknown" range:"(0,inf)" doc:"a datacenter that never answered is unreachable after this time; longer: one that starts late is waited for; shorter: work is not kept for one that is not there"`
}

// Link is what a leader measures of the gates that probe it (spec 10 §9).
type Link struct {
	SampleInterval core.Duration `key:"sample_interval" range:"[0,86400]" doc:"a leader samples each gate no more often; longer: fewer messages, and distances that are older; 0: no samples, and leaders know no distance to gates"`
	Heard          core.Duration `key:"heard" range:"(0,inf)" doc:"only gates heard within this time are sampled; longer: a gate that is seldom heard keeps a distance; shorter: no samples are wasted on one that has gone"`
}

// Default returns the constants of spec 10 §9 and spec 30 §3.2.
func Default() Config {
	return Config{
		Probe: Probe{
			Interval: 2 * time.Second, Timeout: 3 * time.Second, MaxFailures: 3, Silence: 25 * time.Second,
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
