package node

import (
	"errors"

	"hypersim/core"
	"hypersim/core/admission"
	"hypersim/core/election"
	"hypersim/core/federated"
	"hypersim/core/health"
	"hypersim/core/hier"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/overload"
	"hypersim/core/pressure"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/routing"
	"hypersim/core/statbuf"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
)

// Config is the protocol configuration of one node, complete: that of each mechanism. This file is the one place that
// lists them. A field with a key is one room of keys, as in [protocol.vivaldi]; each field of the others is one.
type Config struct {
	Swim      swim.Config
	Vivaldi   vivaldi.Config `key:"vivaldi"`
	Federated federated.Config
	Hier      hier.Config
	Job       job.Config
	Election  election.Config
	Timeout   jobtimeout.Config
	Replica   replica.Config
	Health    health.Config
	Routing   routing.Config
	Overload  overload.Config
	Admission admission.Config
	Stats     statbuf.Config
	Pressure  pressure.Config
	Registry  registry.Config
}

// Default returns the defaults of all mechanisms.
func Default() Config {
	return Config{
		Swim: swim.Default(), Vivaldi: vivaldi.Default(), Federated: federated.Default(), Hier: hier.Default(), Job: job.Default(),
		Election: election.Default(), Replica: replica.Default(), Timeout: jobtimeout.Default(),
		Health: health.Default(), Routing: routing.Default(),
		Overload: overload.Default(), Admission: admission.Default(),
		Stats: statbuf.Default(), Pressure: pressure.Default(), Registry: registry.Default(),
	}
}

// Validate reports everything that does not fit together, each as "room.key = value: text", joined.
func (c *Config) Validate() error {
	return errors.Join(
		c.Swim.Validate(), c.Vivaldi.Validate(), c.Federated.Validate(), c.Hier.Validate(), c.Job.Validate(), c.Election.Validate(),
		c.Replica.Validate(), c.Timeout.Validate(), c.Health.Validate(), c.Routing.Validate(),
		c.Overload.Validate(), c.Admission.Validate(&c.Overload),
		c.Stats.Validate(), c.Pressure.Validate(), c.Registry.Validate(),
	)
}

// Promises are the bounds that a node of c keeps to, of all mechanisms that make one.
func (c *Config) Promises() core.Promises {
	p := c.Swim.Promises()
	c.Vivaldi.Promise(&p)
	p.ReachSuspicion, p.ReachUnknown = c.Federated.Probe.Suspicion, c.Federated.Probe.Unknown
	return p
}
