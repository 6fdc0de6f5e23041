package election

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the configuration keys of spec 20 §5.1. The tags are those of swim.Config.
type Config struct {
	Election Election `key:"election"`
}

// Count is when votes are counted.
type Count string

// Counts.
const (
	CountAtTimeout Count = "at_timeout"
	CountOnArrival Count = "on_arrival"
)

// Election is how a cluster gets a leader, and loses it.
type Election struct {
	Heartbeat     core.Duration `key:"heartbeat_interval" range:"[0.001,3600]" ref:"LEADER_HEARTBEAT_INTERVAL" doc:"time between the leader's heartbeats; shorter survives more loss and costs a message to each voter"`
	Lease         core.Duration `key:"lease" range:"[0.001,3600]" ref:"LEADER_LEASE" doc:"how long a voter keeps faith after a heartbeat; shorter finds a new leader sooner and deposes leaders that are only slow"`
	Margin        core.Duration `key:"lease_margin" range:"[0,3600]" ref:"LEADER_LEASE_MARGIN" doc:"a leader stops acting this much before its lease ends; higher stands more drift of clocks and makes leaders more fragile"`
	StartJitter   core.Duration `key:"start_jitter" range:"[0,3600]" ref:"ELECTION_START_JITTER" doc:"a voter waits a part of this, drawn, before it stands; higher means fewer split rounds and longer gaps"`
	PreVote       core.Duration `key:"pre_vote_timeout" range:"[0.001,3600]" ref:"PRE_VOTE_TIMEOUT" doc:"how long a pre-vote waits for answers; shorter than the way to a majority never succeeds"`
	PreVoteGuard  core.Duration `key:"pre_vote_guard" range:"[0,3600]" ref:"spec 20 §5.1: 2.5 s" doc:"who encouraged another does not stand for this long"`
	Timeout       core.Duration `key:"timeout" range:"[0.001,3600]" ref:"ELECTION_TIMEOUT" doc:"least length of a round; shorter closes the gap sooner and fails at slow voters"`
	Jitter        core.Duration `key:"jitter" range:"[0,3600]" ref:"ELECTION_TIMEOUT_JITTER" doc:"and a part of this, drawn"`
	Holdoff       core.Duration `key:"vote_holdoff" range:"[0,3600]" ref:"ELECTION_VOTE_HOLDOFF; spec 03 no. 23" doc:"a voter gives no vote for this long after its start, nor stands or encourages after an own vote; below the longest round two leaders of a term become possible"`
	Count         Count         `key:"count" values:"at_timeout,on_arrival" ref:"election.count" doc:"at_timeout counts votes when the round ends; on_arrival ends it with the majority, in a tenth of the time"`
	MaxLHM        int           `key:"max_lhm" range:"[0,255]" ref:"LEADER_MAX_LHM" doc:"a node of worse local health neither stands nor is voted for"`
	QuorumChecks  int           `key:"quorum_checks" range:"[1,1000]" ref:"QUORUM_STEPDOWN_CHECKS" doc:"a leader that sees too few voters alive so often in a row steps down"`
	QuorumEvery   core.Duration `key:"quorum_interval" range:"[0.001,3600]" ref:"QUORUM_STEPDOWN_INTERVAL" doc:"time between two such looks"`
	FlapWindow    core.Duration `key:"flap_window" range:"[0.001,86400]" ref:"FLAP_WINDOW" doc:"changes of leader are counted over this long"`
	FlapLimit     int           `key:"flap_limit" range:"[1,1000]" ref:"FLAP_FLAPPING" doc:"from so many changes on a node cools down before it stands"`
	FlapCooldown  core.Duration `key:"flap_cooldown" range:"[0,3600]" ref:"FLAP_COOLDOWN" doc:"first pause of that kind; longer calms, and lengthens gaps"`
	FlapFactor    float64       `key:"flap_factor" range:"[1,100]" ref:"FLAP_COOLDOWN_FACTOR" doc:"each further one is so much longer"`
	FlapCooldownX core.Duration `key:"flap_cooldown_max" range:"[0,86400]" ref:"FLAP_COOLDOWN_MAX" doc:"longest such pause"`
}

// Default returns the constants of spec 20 §10, the holdoff as spec 03 no. 23 has it.
func Default() Config {
	const s, ms = time.Second, time.Millisecond
	return Config{Election{
		Heartbeat: 2 * s, Lease: 5 * s, Margin: 500 * ms, StartJitter: 2 * s, PreVote: 2 * s, PreVoteGuard: 2500 * ms, Timeout: 5 * s, Jitter: 2 * s,
		Holdoff: 8 * s, Count: CountAtTimeout, MaxLHM: 4, QuorumChecks: 3, QuorumEvery: 2 * s, FlapWindow: 60 * s, FlapLimit: 5,
		FlapCooldown: 5 * s, FlapFactor: 1.5, FlapCooldownX: 60 * s,
	}}
}

// Validate reports every relation between keys that does not hold (spec 20 §10).
func (c *Config) Validate() error {
	var errs []error
	e := &c.Election
	if 2*e.Heartbeat >= e.Lease {
		errs = append(errs, fmt.Errorf("election.heartbeat_interval = %v: twice that must be below election.lease = %v", e.Heartbeat, e.Lease))
	}
	if e.Lease > e.Timeout {
		errs = append(errs, fmt.Errorf("election.lease = %v: must not be above election.timeout = %v", e.Lease, e.Timeout))
	}
	if e.Holdoff <= e.Timeout+e.Jitter {
		errs = append(errs, fmt.Errorf("election.vote_holdoff = %v: must be above election.timeout + election.jitter = %v", e.Holdoff, e.Timeout+e.Jitter))
	}
	if e.Margin >= e.Lease {
		errs = append(errs, fmt.Errorf("election.lease_margin = %v: must be below election.lease = %v", e.Margin, e.Lease))
	}
	return errors.Join(errs...)
}
