package routing

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the configuration keys of spec 30 §3 and §4 as spec 02 corrects them. The tags are those of swim.Config.
type Config struct {
	Sites       SiteKeys        `key:"dc_health"`
	Correlation CorrelationKeys `key:"correlation"`
	Routing     Keys            `key:"routing"`
}

// SiteKeys say how a datacenter is judged.
type SiteKeys struct {
	Fresh    core.Duration `key:"fresh" range:"[0,86400]" ref:"HEARTBEAT_FRESH" doc:"what a datacenter says of its own class counts for this long; longer: its own word is heeded through gaps, and an old one drags it down"`
	Stale    core.Duration `key:"stale_max" range:"[0,86400]" ref:"HEARTBEAT_STALE_MAX" doc:"a manager whose last heartbeat is older gets no job; longer: it is used through longer gaps, on older figures"`
	Busy     float64       `key:"overload_busy" range:"[0,1]" ref:"DC_OVERLOAD_BUSY_RATIO" doc:"share of overloaded managers or workers from which a datacenter is BUSY; smaller: load is led away sooner, to datacenters that are further away"`
	Degraded float64       `key:"overload_degraded" range:"[0,1]" ref:"DC_OVERLOAD_DEGRADED_RATIO" doc:"share from which it is DEGRADED; smaller: load is led away sooner, also from one that could do more"`
	ByUse    bool          `key:"by_utilisation" ref:"30/D10" doc:"false: how many cores are taken is for the score; true: at 70, 85 and 95 % a datacenter is BUSY, DEGRADED and UNHEALTHY, and UNHEALTHY with 80 % of it overloaded, as it was once: when all are full every job is refused"`
}

// CorrelationKeys say when several datacenters that fail are taken for one event.
type CorrelationKeys struct {
	Window         core.Duration `key:"window" range:"[0,86400]" ref:"CROSS_DC_CORRELATION_WINDOW" doc:"an unconfirmed failure counts for this long; longer: slow outages are recognised as one, and unrelated ones are taken for one"`
	Backoff        core.Duration `key:"backoff" range:"[0,86400]" ref:"CROSS_DC_CORRELATION_BACKOFF" doc:"how long a serious verdict lasts at least; longer: fewer changes of mind, and normal judgement comes back later"`
	Low            float64       `key:"low" range:"[0,1000]" ref:"CROSS_DC_CORRELATION_LOW_THRESHOLD" doc:"failing datacenters, unconfirmed ones counted by half, below which nothing is correlated; fewer: noticed sooner, and chance is noticed too"`
	Medium         int           `key:"medium" range:"[1,1000]" ref:"CROSS_DC_CORRELATION_MEDIUM_THRESHOLD" doc:"confirmed ones from which verdicts are held back; fewer: a partition near the gate does less harm, and true outages are acted on later"`
	High           int           `key:"high" range:"[1,1000]" ref:"CROSS_DC_CORRELATION_HIGH_COUNT_THRESHOLD" doc:"confirmed ones from which it is called HIGH; fewer: more is called so, which is treated like MEDIUM"`
	HighFraction   float64       `key:"high_fraction" range:"[0,1]" ref:"CROSS_DC_CORRELATION_HIGH_FRACTION" doc:"share of all datacenters that HIGH needs besides; smaller: more is called so, which is treated like MEDIUM"`
	MediumFraction float64       `key:"medium_fraction" range:"[0,1]" ref:"spec 02 no. 36: 0.1" doc:"share of all datacenters that MEDIUM needs besides; larger: in large systems a few true outages are acted on at once; smaller: a partition that hides few of many is seen"`
	Confirm        core.Duration `key:"failure_confirm" range:"[0,86400]" ref:"CROSS_DC_FAILURE_CONFIRMATION" doc:"a failure counts as confirmed after this long; shorter: correlation is found sooner, and blinks count"`
	Recover        core.Duration `key:"recovery_confirm" range:"[0,86400]" ref:"CROSS_DC_RECOVERY_CONFIRMATION" doc:"a recovery counts as confirmed after this long; shorter: a partition is over sooner, and flapping looks like several"`
	Flaps          int           `key:"flap_threshold" range:"[1,64]" ref:"CROSS_DC_FLAP_THRESHOLD" doc:"changes within the flap window that make a datacenter FLAPPING; fewer: unsteady ones are calmed sooner, and honest recoveries are distrusted"`
	FlapWindow     core.Duration `key:"flap_window" range:"[0,86400]" ref:"CROSS_DC_FLAP_DETECTION_WINDOW" doc:"changes are counted over this long; longer: slow flapping is noticed, and old changes count"`
	FlapCooldown   core.Duration `key:"flap_cooldown" range:"[0,86400]" ref:"CROSS_DC_FLAP_COOLDOWN" doc:"a flapping one counts as failed for this long at the least; longer: steadier, and one that is well again is distrusted longer"`
	Latency        core.Duration `key:"latency_floor" range:"[0,3600]" ref:"CROSS_DC_LATENCY_ELEVATED_THRESHOLD_MS" doc:"round trips below this are never elevated; larger: only long ones are a sign; smaller: short ones are, too"`
	LatencyFactor  float64       `key:"latency_factor" range:"[0,1000]" ref:"CROSS_DC_LATENCY_ELEVATED_FACTOR" doc:"times what the coordinate said at the begin of the window, from which they are elevated; smaller: congestion is a sign sooner, and so is a poor coordinate"`
	LatencyWindow  core.Duration `key:"latency_window" range:"[0.001,3600]" ref:"CROSS_DC_LATENCY_SAMPLE_WINDOW" doc:"their mean is taken over this long; longer: steadier and later, for 24 bytes a probe"`
	LatencySamples int           `key:"latency_samples" range:"[1,1000]" ref:"CROSS_DC_LATENCY_MIN_SAMPLES" doc:"and over so many at the least; more: single slow answers are no sign; fewer: a sign comes sooner"`
	Extensions     int           `key:"extension_count" range:"[1,1000000]" ref:"CROSS_DC_EXTENSION_COUNT_THRESHOLD" doc:"workers with extensions that are a sign of a datacenter; fewer: a sign comes sooner, and long work gives one"`
	ExtensionFor   core.Duration `key:"extension_window" range:"[0,86400]" ref:"CROSS_DC_EXTENSION_WINDOW" doc:"such a report counts for this long; longer: signs of several datacenters meet more easily; shorter: only at the same time"`
	LHM            int           `key:"lhm" range:"[0,1000]" ref:"CROSS_DC_LHM_STRESSED_THRESHOLD" doc:"local health of a leader that is a sign; higher: only bad health is; lower: a sign comes sooner"`
	Fraction       float64       `key:"fraction" range:"[0,1]" ref:"spec 30 §3.4: half of K" doc:"share of all datacenters that must show a sign; smaller: trouble near the gate is suspected sooner, and trouble elsewhere is mistaken for it"`
	Signs          int           `key:"signs" range:"[1,3]" ref:"spec 30 §3.4: two secondary signals" doc:"signs that hold verdicts back without a severity; fewer: more is held, true outages as well; more: less is"`
	MaxHold        core.Duration `key:"max_hold" range:"[0,86400]" ref:"spec 02 no. 36: 120 s" doc:"a dead datacenter is only DEGRADED by correlation for this long; longer: outlives longer partitions of the gate, and jobs still go to the truly dead when nothing else is left"`
}

// Targets says what a job's list of datacenters is made from (30/D19).
type Targets string

// What it is made from.
const (
	TargetsKept   Targets = "kept"
	TargetsRanked Targets = "ranked"
)

// Policy is how datacenters of one class are ordered (routing.policy).
type Policy string

// Policies.
const (
	Learned     Policy = "learned"
	Nearest     Policy = "nearest"
	Random      Policy = "random"
	LeastLoaded Policy = "least-loaded"
	TwoChoices  Policy = "power-of-two-choices"
)

// Source is where the distance to a datacenter comes from (routing.rtt_source).
type Source string

// Sources.
const (
	Coordinate Source = "coordinate"
	Measured   Source = "measured"
)

// Keys say how datacenters are scored and kept, and how a job is handed to one.
type Keys struct {
	Policy  Policy        `key:"policy" enum:"learned,nearest,random,least-loaded,power-of-two-choices" ref:"AD-36" doc:"how datacenters of one class are ordered; learned: by distance, load and doubt together, and a job keeps its choice (AD-36); nearest: by distance alone, so that load piles up there; random: evenly, and far away; least-loaded: by load alone, with herds after each report; power-of-two-choices: the less loaded of two drawn ones, without herds and without distance"`
	Source  Source        `key:"rtt_source" enum:"coordinate,measured" ref:"spec 02 no. 7" doc:"where distances come from; coordinate: the embedding, known also where nothing was measured, and wrong about the nearest at some gates; measured: the gate's own probes of each datacenter, right where they exist"`
	Fresh   core.Duration `key:"measured_fresh" range:"[0,86400]" ref:"spec 02 no. 7: 60 s" doc:"with rtt_source measured, probes count while the last one is not older; longer: used through longer gaps; shorter: the coordinate takes over sooner"`
	Samples int           `key:"measured_samples" range:"[1,64]" ref:"spec 02 no. 7: 5" doc:"and so many of them; more: steadier, and later to follow a new route"`
	RTTMin  core.Duration `key:"rtt_min" range:"[0,10]" ref:"RTT_MIN_MS; spec 02 no. 8" doc:"all that is nearer is equally near; larger: load decides among more datacenters; smaller: the nearest keeps its jobs until it is full"`

	BootstrapSamples int           `key:"bootstrap_samples" range:"[0,1000]" ref:"MIN_SAMPLES_FOR_ROUTING" doc:"a gate whose coordinate rests on fewer samples orders by free cores; more: distances are better when they begin to count; 0: they count at once"`
	ErrorMax         core.Duration `key:"error_max" range:"[0,86400]" ref:"ERROR_MAX_FOR_ROUTING_MS; spec 02 no. 9" doc:"and so does one whose coordinate is worse; larger: distances count sooner, and are wrong more often"`
	BootstrapQuality float64       `key:"bootstrap_quality" range:"[0,1]" ref:"spec 01 no. 58" doc:"and one whose coordinate's quality is lower; higher: only good coordinates are used, and free cores decide for longer; 0: not asked"`
	Bootstrap        bool          `key:"bootstrap" ref:"spec 30 §4.7" doc:"whether such a gate orders by free cores at all; true: nothing is decided by distances that are not known; false: the default distance is used from the start, so that what this rule is for can be seen"`

	Util       float64       `key:"a_util" range:"[0,100]" ref:"A_UTIL" doc:"weight of utilisation; larger: load is spread further, to datacenters that are further away"`
	Queue      float64       `key:"a_queue" range:"[0,100]" ref:"A_QUEUE" doc:"weight of the queue per core; larger: waiting work is led away sooner, to datacenters that are further away"`
	Breakers   float64       `key:"a_breaker" range:"[0,100]" ref:"A_CB" doc:"weight of managers whose breakers are open; larger: half-dead datacenters are left sooner"`
	LoadMax    float64       `key:"load_factor_max" range:"[1,1000000]" ref:"LOAD_FACTOR_MAX" doc:"bound of these three together; larger: a long queue may outweigh a long way; smaller: distance decides in overload"`
	Doubt      float64       `key:"a_quality" range:"[0,100]" ref:"A_QUALITY" doc:"weight of a poor coordinate; larger: known ways are preferred; 0: doubt costs nothing, so that what this rule is for can be seen"`
	DoubtMax   float64       `key:"quality_penalty_max" range:"[1,1000000]" ref:"QUALITY_PENALTY_MAX" doc:"bound of that; larger: the unknown is avoided more; smaller: it is tried"`
	Preference float64       `key:"preference" range:"[0.5,1]" ref:"PREFERENCE_MULT" doc:"factor of datacenters that the client prefers; smaller: its wish outweighs more distance and load; 1: it is not heeded"`
	Penalty    float64       `key:"cooldown_penalty" range:"[1,1000]" ref:"COOLDOWN_PENALTY_MULT" doc:"factor of a datacenter that failed this job lately; larger: the job stays away from it; 1: it comes back at once, so that what this rule is for can be seen"`
	Cooldown   core.Duration `key:"cooldown" range:"[0,86400]" ref:"COOLDOWN_S" doc:"how long that counts; longer: fewer dispatches are lost on what is still ill, and what is well again is used later"`
	Targets    Targets       `key:"targets" enum:"kept,ranked" ref:"30/D19" doc:"kept: the datacenter that hysteresis keeps stands first; ranked: whichever has the least score now, as it was once, so that hold-down and ratio do nothing and every noise moves a job"`
	HoldDown   core.Duration `key:"hold_down" range:"[0,86400]" ref:"HOLD_DOWN_S" doc:"a job keeps its choice at least this long against what is only better; longer: fewer switches, and worse choices are kept"`
	Improve    float64       `key:"improvement_ratio" range:"(0,1]" ref:"IMPROVEMENT_RATIO" doc:"a switch needs a score of so much of the present one; smaller: fewer switches, for worse choices; 1: whatever is better wins, and swings of load move jobs"`
	Degrade    float64       `key:"degrade_ratio" range:"(1,1000000]" ref:"DEGRADE_RATIO" doc:"a choice that became so many times worse is given up in spite of the hold-down; smaller: sooner, and for noise"`
	Confirm    core.Duration `key:"degrade_confirm" range:"[0,86400]" ref:"DEGRADE_CONFIRM_S" doc:"if it stays so for this long; longer: noise moves nothing, and true degradation is left later"`
	Spread     float64       `key:"spread" range:"[0,1000]" ref:"spec 02 no. 15" doc:"first choices are drawn among those whose score is within this share of the best; larger: no bursts after a report, and further away; 0: the best is taken"`

	Managers    int           `key:"dispatch_managers" range:"[1,1000]" ref:"DISPATCH_MAX_MANAGERS_PER_DC" doc:"managers of a datacenter that are asked before it counts as failed; more: rides out a dead leader, and a dead datacenter costs longer"`
	Tries       int           `key:"dispatch_tries" range:"[1,100]" ref:"spec 30 §4.9: 2 attempts each" doc:"times that each is asked after faults of transport; more: rides out loss, and costs longer"`
	TryBase     core.Duration `key:"dispatch_base" range:"[0,3600]" ref:"spec 30 §4.9: 0.3 s" doc:"first pause between them, doubled each time and drawn from 0; longer: a fault may pass, and the job waits"`
	TryCap      core.Duration `key:"dispatch_cap" range:"[0,3600]" ref:"spec 30 §9.1: 5 s" doc:"longest such pause; longer: gentler on what is down, and the job waits"`
	WaitFactor  float64       `key:"dispatch_wait" range:"[0,1000]" ref:"spec 30 §4.9: 3 × rtt_ucb" doc:"times the distance that an answer may take; larger: slow managers are waited for, and dead ones too"`
	WaitMin     core.Duration `key:"dispatch_wait_min" range:"[0.001,3600]" ref:"spec 30 §4.9: 1 s" doc:"least such time; longer: slow managers nearby are waited for; shorter: dead ones cost less"`
	WaitMax     core.Duration `key:"dispatch_wait_max" range:"[0.001,3600]" ref:"spec 30 §4.9: 5 s" doc:"longest such time; longer: managers far away are waited for; shorter: dead ones cost less"`
	Budget      core.Duration `key:"dispatch_budget" range:"[0.001,3600]" ref:"DISPATCH_DC_BUDGET" doc:"all attempts at one datacenter together; longer: it gets more chances; shorter: the next one is tried sooner"`
	Rounds      int           `key:"dispatch_rounds" range:"[1,1000]" ref:"DISPATCH_ROUNDS" doc:"times that a job whose datacenters all failed is routed anew; more: rides out longer outages, and a hopeless job ends later"`
	RoundBase   core.Duration `key:"round_base" range:"[0,3600]" ref:"spec 30 §4.9: 1 s" doc:"first pause between rounds, doubled each time and drawn from 0; longer: an outage may pass, and the job waits"`
	RoundCap    core.Duration `key:"round_cap" range:"[0,3600]" ref:"spec 30 §4.9: 10 s" doc:"longest such pause; longer: gentler, and the job waits"`
	Again       core.Duration `key:"initializing_retry" range:"[0.001,3600]" ref:"spec 30 §4.3: 2 s" doc:"a client whose job finds no datacenter that has begun is told to come back after this long; shorter: jobs start sooner in a cold start, for more submissions"`
	XackLoad    bool          `key:"xack_load" ref:"spec 01 no. 53" doc:"answers to probes say how loaded a datacenter is, every 2 s, and so do acceptances; false: heartbeats alone do, and jobs go in herds for as long as those are old"`
	Reservation core.Duration `key:"reservation_ttl" range:"[0,86400]" ref:"RESERVATION_TTL" doc:"cores of a job that was just sent count as taken for this long, or until a report knows of it; longer: no herds where reports are late, and room that is free looks taken; 0: each report starts a herd"`
	MaxAge      core.Duration `key:"state_max_age" range:"[0,31536000]" ref:"ROUTING_STATE_MAX_AGE" doc:"what is kept of a job that nobody knows goes after this long; longer: more memory after faults; shorter: less"`
	Tick        core.Duration `key:"tick" range:"[0.001,3600]" ref:"ROUTING_TICK" doc:"time between two looks at health, classes and jobs that wait; shorter: changes are noticed sooner, for more work"`
	Ring        int           `key:"decision_ring" range:"[1,65536]" ref:"DECISION_RING_GATE" doc:"decisions that a gate can explain; more: further back, for 200 bytes a datacenter each"`
	RingJob     int           `key:"decision_ring_job" range:"[1,65536]" ref:"DECISION_RING_JOB" doc:"of these, how many of one job; more: further back; fewer: shorter explanations"`
}

// Default returns the constants of spec 30 §12 as spec 02 F corrects them.
func Default() Config {
	const s, ms = time.Second, time.Millisecond
	return Config{
		Sites: SiteKeys{Fresh: 30 * s, Stale: 60 * s, Busy: 0.3, Degraded: 0.5},
		Correlation: CorrelationKeys{
			Window: 30 * s, Backoff: 60 * s, Low: 2, Medium: 3, High: 4, HighFraction: 0.5, MediumFraction: 0.1, Confirm: 5 * s, Recover: 30 * s,
			Flaps: 3, FlapWindow: 120 * s, FlapCooldown: 300 * s, Latency: 100 * ms, LatencyFactor: 1.5, LatencyWindow: 60 * s, LatencySamples: 3,
			Extensions: 2, ExtensionFor: 120 * s, LHM: 3, Fraction: 0.5, Signs: 2, MaxHold: 120 * s,
		},
		Routing: Keys{
			Policy: Learned, Source: Coordinate, Fresh: 60 * s, Samples: 5, RTTMin: 10 * ms,
			BootstrapSamples: 10, ErrorMax: 40 * ms, Bootstrap: true,
			Util: 0.5, Queue: 0.3, Breakers: 0.2, LoadMax: 5, Doubt: 0.5, DoubtMax: 2, Preference: 0.9, Penalty: 2, Cooldown: 120 * s,
			Targets: TargetsKept, HoldDown: 30 * s, Improve: 0.8, Degrade: 1.5, Confirm: 10 * s,
			Managers: 2, Tries: 2, TryBase: 300 * ms, TryCap: 5 * s, WaitFactor: 3, WaitMin: s, WaitMax: 5 * s, Budget: 8 * s,
			Rounds: 3, RoundBase: s, RoundCap: 10 * s, Again: 2 * s, XackLoad: true, Reservation: 10 * s, MaxAge: 3600 * s, Tick: s, Ring: 256, RingJob: 16,
		},
	}
}

// Validate reports every relation between keys that does not hold (spec 30 §12).
func (c *Config) Validate() error {
	var errs []error
	bad := func(key string, have any, what string, limit any) {
		errs = append(errs, fmt.Errorf("%s = %v: %s = %v", key, have, what, limit))
	}
	if c.Sites.Busy > c.Sites.Degraded {
		bad("dc_health.overload_busy", c.Sites.Busy, "must not be above dc_health.overload_degraded", c.Sites.Degraded)
	}
	if k := &c.Correlation; k.Medium > k.High {
		bad("correlation.medium", k.Medium, "must not be above correlation.high", k.High)
	}
	k := &c.Routing
	if k.WaitMin > k.WaitMax {
		bad("routing.dispatch_wait_min", k.WaitMin, "must not be above routing.dispatch_wait_max", k.WaitMax)
	}
	if k.RoundBase > k.RoundCap {
		bad("routing.round_base", k.RoundBase, "must not be above routing.round_cap", k.RoundCap)
	}
	if k.TryBase > k.TryCap {
		bad("routing.dispatch_base", k.TryBase, "must not be above routing.dispatch_cap", k.TryCap)
	}
	if k.RingJob > k.Ring {
		bad("routing.decision_ring_job", k.RingJob, "must not be above routing.decision_ring", k.Ring)
	}
	return errors.Join(errs...)
}

// Milliseconds returns d in ms.
func Milliseconds(d core.Duration) float64 { return milliseconds(d) }

func milliseconds(d core.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func fromMillis(ms float64) core.Duration { return core.Seconds(ms / 1000) }
