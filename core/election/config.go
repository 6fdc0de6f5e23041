package election

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the configuration keys of spec 20 §5.1 and of the steps of §1.2 that lead to an election. The tags are
// those of swim.Config.
type Config struct {
	Election Election `key:"election"`
	Start    Start    `key:"start"`
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
	Heartbeat     core.Duration `key:"heartbeat_interval" range:"[0.001,3600]" ref:"LEADER_HEARTBEAT_INTERVAL" doc:"time between the leader's heartbeats; shorter: leadership survives more loss, for more messages to each voter"`
	Lease         core.Duration `key:"lease" range:"[0.001,3600]" ref:"LEADER_LEASE" doc:"how long a voter keeps faith after a heartbeat; shorter: a new leader is found sooner, and leaders that are only slow lose their place"`
	Margin        core.Duration `key:"lease_margin" range:"[0,3600]" ref:"LEADER_LEASE_MARGIN" doc:"a leader stops acting this much before its lease ends; larger: clocks may drift more, and leaders are more fragile"`
	StartJitter   core.Duration `key:"start_jitter" range:"[0,3600]" ref:"ELECTION_START_JITTER" doc:"a voter waits a part of this, drawn, before it stands; longer: fewer split rounds, and longer gaps"`
	PreVote       core.Duration `key:"pre_vote_timeout" range:"[0.001,3600]" ref:"PRE_VOTE_TIMEOUT" doc:"how long a pre-vote waits for answers; shorter: gaps close sooner, and below the way to a majority and back none succeeds"`
	PreVoteGuard  core.Duration `key:"pre_vote_guard" range:"[0,3600]" ref:"spec 20 §5.1: 2.5 s" doc:"who encouraged another does not stand for this long; longer: fewer split rounds, and longer gaps where the other fails"`
	Timeout       core.Duration `key:"timeout" range:"[0.001,3600]" ref:"ELECTION_TIMEOUT" doc:"least length of a round; shorter: gaps close sooner, and slow voters are left out"`
	Jitter        core.Duration `key:"jitter" range:"[0,3600]" ref:"ELECTION_TIMEOUT_JITTER" doc:"and a part of this, drawn; longer: rounds that split meet less often again, and gaps are longer"`
	Holdoff       core.Duration `key:"vote_holdoff" range:"[0,3600]" ref:"ELECTION_VOTE_HOLDOFF; spec 03 no. 23" doc:"a voter gives no vote for this long after its start, and encourages nobody after an own vote; shorter: restarted voters count sooner, and below the longest round two votes in a term become possible"`
	Count         Count         `key:"count" enum:"at_timeout,on_arrival" ref:"election.count" doc:"at_timeout: votes are counted when the round ends, and a late one of a better voter is in; on_arrival: the majority ends it, in a fraction of the time"`
	MaxLHM        int           `key:"max_lhm" range:"[0,255]" ref:"LEADER_MAX_LHM" doc:"a node of worse local health neither stands nor is voted for; higher: somebody is found even when all are poorly, and a poor leader may be the one"`
	QuorumChecks  int           `key:"quorum_checks" range:"[1,1000]" ref:"QUORUM_STEPDOWN_CHECKS" doc:"a leader that sees too few voters alive so often in a row steps down; fewer: a cut is felt sooner, and wrong suspicions cost leaders"`
	QuorumEvery   core.Duration `key:"quorum_interval" range:"[0.001,3600]" ref:"QUORUM_STEPDOWN_INTERVAL" doc:"time between two such looks; shorter: a cut is felt sooner, and wrong suspicions cost leaders"`
	FlapWindow    core.Duration `key:"flap_window" range:"[0.001,86400]" ref:"FLAP_WINDOW" doc:"changes of leader are counted over this long; longer: slow flapping is calmed, too, and old changes count"`
	FlapLimit     int           `key:"flap_limit" range:"[1,1000]" ref:"FLAP_FLAPPING" doc:"from so many changes on a node cools down before it stands; fewer: a quarrel is calmed sooner, and honest changes cost gaps"`
	FlapCooldown  core.Duration `key:"flap_cooldown" range:"[0,3600]" ref:"FLAP_COOLDOWN" doc:"first pause of that kind; longer: a quarrel is calmed sooner, and gaps are longer"`
	FlapFactor    float64       `key:"flap_factor" range:"[1,100]" ref:"FLAP_COOLDOWN_FACTOR" doc:"each further one is so much longer; larger: a quarrel is calmed sooner, and gaps are longer"`
	FlapCooldownX core.Duration `key:"flap_cooldown_max" range:"[0,86400]" ref:"FLAP_COOLDOWN_MAX" doc:"longest such pause; longer: a lasting quarrel costs fewer elections, and gaps are longer"`
}

// Start is how a process that joins a cluster comes to stand for leader (spec 20 §1.2 steps 3 and 4).
type Start struct {
	PeerWait core.Duration `key:"peer_wait" range:"[0,3600]" ref:"spec 20 §1.2 step 3: 10 s" doc:"a voter that starts waits so long for all configured voters to be OK; longer: a cluster that starts elects the first leader with more of them, and later where one is missing"`
	PeerPoll core.Duration `key:"peer_poll" range:"[0.001,3600]" ref:"spec 20 §1.2 step 3: 0.5 s" doc:"time between two looks whether they are; shorter: it goes on sooner, for more looks"`
	Jitter   core.Duration `key:"stand_jitter" range:"[0,3600]" ref:"spec 20 §1.2 step 4: U(0, 3 s)" doc:"and then a part of this, drawn, before it may stand; longer: fewer split rounds when all start at once, and a later leader"`
}

// maxRounds bounds how many rounds of heartbeats may be under way within a lease.
const maxRounds = 64

// Default returns the constants of spec 20 §1.2 and §10, the holdoff as spec 03 no. 23 has it.
func Default() Config {
	const s, ms = time.Second, time.Millisecond
	return Config{
		Election: Election{
			Heartbeat: 2 * s, Lease: 5 * s, Margin: 500 * ms, StartJitter: 2 * s, PreVote: 2 * s, PreVoteGuard: 2500 * ms, Timeout: 5 * s, Jitter: 2 * s,
			Holdoff: 8 * s, Count: CountAtTimeout, MaxLHM: 4, QuorumChecks: 3, QuorumEvery: 2 * s, FlapWindow: 60 * s, FlapLimit: 5,
			FlapCooldown: 5 * s, FlapFactor: 1.5, FlapCooldownX: 60 * s,
		},
		Start: Start{PeerWait: 10 * s, PeerPoll: 500 * ms, Jitter: 3 * s},
	}
}

// Validate reports every relation between keys that does not hold (spec 20 §10).
func (c *Config) Validate() error {
	var errs []error
	e := &c.Election
	if 2*e.Heartbeat >= e.Lease {
		errs = append(errs, fmt.Errorf("election.heartbeat_interval = %v: twice that must be below election.lease = %v", e.Heartbeat, e.Lease))
	}
	if maxRounds*e.Heartbeat < e.Lease {
		errs = append(errs, fmt.Errorf("election.heartbeat_interval = %v: must be at least 1/%d of election.lease = %v, so that a leader can remember its rounds", e.Heartbeat, maxRounds, e.Lease))
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
