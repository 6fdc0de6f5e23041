package job

import (
	"errors"
	"fmt"

	"hypersim/core"
)

// Routing is how a gate hands a job to a datacenter that it has chosen (spec 30 §4.9).
type Routing struct {
	Managers   int           `key:"dispatch_managers" range:"[1,100]" ref:"DISPATCH_MAX_MANAGERS_PER_DC" doc:"managers of a datacenter that are asked before another one is; more: fewer jobs leave a datacenter for the silence of two managers, and those that do leave later"`
	Attempts   int           `key:"dispatch_attempts" range:"[1,100]" ref:"spec 30 §4.9: 2" doc:"times that a manager is asked that does not answer; more ride out loss, and wait for the dead"`
	Base       core.Duration `key:"dispatch_base" range:"[0,3600]" ref:"spec 30 §4.9: 0.3 s" doc:"longest pause between two of them, drawn from 0, doubled each time; longer lets a fault pass and delays the job"`
	AttemptMin core.Duration `key:"attempt_min" range:"[0.001,3600]" ref:"spec 30 §4.9: 1000 ms" doc:"an attempt waits this long at the least; shorter moves on from the dead sooner, and asks twice where a commit takes longer"`
	AttemptMax core.Duration `key:"attempt_max" range:"[0.001,3600]" ref:"spec 30 §4.9: 5000 ms" doc:"and this long at the most, however far away it is; longer waits for what is slow, and for what is gone"`
	Budget     core.Duration `key:"dc_budget" range:"[0.001,3600]" ref:"DISPATCH_DC_BUDGET" doc:"a datacenter that has not accepted after this long is given up for another; longer: fewer datacenters whose answer nobody knows, and later starts"`
	Rounds     int           `key:"dispatch_rounds" range:"[1,100]" ref:"DISPATCH_ROUNDS" doc:"times that all datacenters are tried before the job fails; more outlive longer faults, and the client waits longer for the bad news"`
	RoundBase  core.Duration `key:"round_base" range:"[0,3600]" ref:"spec 30 §4.9: base 1 s" doc:"longest pause before the second round, drawn from 0, doubled each time; longer lets a fault pass and delays the job"`
	RoundCap   core.Duration `key:"round_cap" range:"[0,3600]" ref:"spec 30 §4.9: cap 10 s" doc:"no pause between rounds is longer; higher lets a longer fault pass"`
	Again      core.Duration `key:"initializing_retry" range:"[0.001,3600]" ref:"spec 30 §4.3: 2 s" doc:"a client whose job finds no datacenter that has begun is told to come back after this long; shorter starts jobs sooner in a cold start, for more submissions"`
}

func (c *Routing) validate() error {
	var errs []error
	if c.AttemptMin > c.AttemptMax {
		errs = append(errs, fmt.Errorf("routing.attempt_min = %v: must not be above routing.attempt_max = %v", c.AttemptMin, c.AttemptMax))
	}
	if c.RoundBase > c.RoundCap {
		errs = append(errs, fmt.Errorf("routing.round_base = %v: must not be above routing.round_cap = %v", c.RoundBase, c.RoundCap))
	}
	return errors.Join(errs...)
}
