package workload

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// Spec is one workload of jobs.
type Spec struct {
	Index    int    // of the workload in its scenario, below 2^16: what payloads name it by
	Key      uint64 // of its name: what draws are keyed by
	From, To core.Duration
	Arrival  Arrival
	Clients  []core.NodeID
	Mix      []Kind // at least one

	Owners    []core.NodeID // gates of which one owns each job; nil: any
	Preferred []uint16      // datacenters that a share of the jobs would rather run in
	Prefer    float64       // that share
}

// Kind is what jobs of one kind are.
type Kind struct {
	Share    float64    // weight in the mix
	Needs    [][]uint32 // of each workflow, those that come before it: names, from 1
	Priority job.Priority
	Cores    uint16 // exact demand, 0: a share
	VUs      uint32
	Timeout  core.Duration
	Payload  uint32   // bytes
	Targets  uint16   // datacenters
	Of       []uint16 // nowhere else, nil: anywhere; shared, read only
	Duration rng.Dist
	Stop     core.Duration // a shard ends this long after it was told to
	Stuck    Trouble
	Fail     Trouble
	Slow     Trouble
	Leaders  []core.NodeID // whom it is handed to first, in turn; nil: whom its client chooses
	Hurries  bool          // they are told of at each flush
	Extend   Trouble       // these ask for more time
	Repeat   Repeat

	StatsRate  float64 // updates of a shard a second,
	StatsBytes uint32  // and bytes of each
}

// Repeat is a share of the jobs that their client hands in again.
type Repeat struct {
	Share   float64
	Delay   rng.Dist      // after the first time
	Other   bool          // to another target
	Altered bool          // as another job under the same id
	After   core.Duration // and so long after that once more; 0: not
}

// Repeats returns how, and when, the nth job is handed in again; ok is false if it is not.
func (s *Spec) Repeats(seed uint64, nth uint32) (how Repeat, after core.Duration, ok bool) {
	_, k := s.shape(seed, nth)
	if k.Repeat.Share <= 0 {
		return how, 0, false
	}
	draw := rng.New(seed, "workload.repeat", s.Key, uint64(nth))
	if draw.Float64() >= k.Repeat.Share {
		return how, 0, false
	}
	return k.Repeat, core.Seconds(k.Repeat.Delay.Sample(&draw)), true
}

// Trouble befalls a share of the workflows, or those that run at some sites.
type Trouble struct {
	Share  float64
	Sites  []bool        // by site; nil: all
	After  core.Duration // of the shard's run; of failures 0: at its end
	Factor float64       // Slow: times the duration
}

// at reports whether a workflow of the given luck is in trouble at a site.
func (t *Trouble) at(site int, luck float64) bool {
	return luck < t.Share && (t.Sites == nil || t.Sites[site])
}

// Payloads are named by 16 bits of workload, 32 of job and 16 of workflow.
const (
	FlowsMax     = 1 << 16
	WorkloadsMax = 1 << 16
)

// Payload names what the workflow-th of the nth job of s runs.
func (s *Spec) Payload(nth uint32, workflow int) uint64 {
	return uint64(s.Index)<<48 | uint64(nth)<<16 | uint64(workflow)
}

// Named returns what a payload names.
func Named(payload uint64) (workload int, nth uint32, workflow int) {
	return int(payload >> 48), uint32(payload >> 16), int(payload & 0xffff)
}

// shape draws who hands in the nth job, and what kind of job it is.
func (s *Spec) shape(seed uint64, nth uint32) (core.NodeID, *Kind) {
	draw := rng.New(seed, "workload.shape", s.Key, uint64(nth))
	client := s.Clients[draw.Intn(len(s.Clients))]
	if len(s.Mix) == 1 {
		return client, &s.Mix[0]
	}
	sum := 0.0
	for i := range s.Mix {
		sum += s.Mix[i].Share
	}
	x := float64(draw.Float64() * sum)
	for i := range s.Mix {
		if x -= s.Mix[i].Share; x < 0 {
			return client, &s.Mix[i]
		}
	}
	return client, &s.Mix[len(s.Mix)-1]
}

// Client draws who hands in the nth job.
func (s *Spec) Client(seed uint64, nth uint32) core.NodeID {
	client, _ := s.shape(seed, nth)
	return client
}

// Draw returns the nth job. Its lists are its own.
func (s *Spec) Draw(seed uint64, nth uint32) job.Spec {
	_, k := s.shape(seed, nth)
	var rather []uint16
	if s.Prefer > 0 {
		if draw := rng.New(seed, "workload.preference", s.Key, uint64(nth)); draw.Float64() < s.Prefer {
			rather = s.Preferred
		}
	}
	out := job.Spec{Timeout: k.Timeout, DatacenterCount: max(1, k.Targets), Datacenters: slices.Clone(k.Of), Preferred: slices.Clone(rather), Workflows: make([]job.WorkflowSpec, len(k.Needs))}
	for i := range out.Workflows {
		out.Workflows[i] = job.WorkflowSpec{
			Name: uint32(i + 1), VUs: k.VUs, Depends: k.Needs[i], Cores: k.Cores, Priority: k.Priority, Test: true,
			Payload: core.Blob{ID: s.Payload(nth, i), Size: k.Payload},
		}
	}
	return out
}

// First returns whom the nth job is handed to first, NoNode where its client chooses.
func (s *Spec) First(seed uint64, nth uint32) core.NodeID {
	_, k := s.shape(seed, nth)
	if len(k.Leaders) == 0 {
		return core.NoNode
	}
	return k.Leaders[int(nth)%len(k.Leaders)]
}

// Script is what a shard does.
type Script struct {
	Length  core.Duration // until it ends by itself, at full pace
	Factor  float64       // times that at its site
	Stop    core.Duration
	Fails   bool
	Stuck   bool // it gets nowhere after After, and ends no more
	After   core.Duration
	Hurries bool // it is told of at each flush
	Asks    bool // it knows how long it takes, and asks for more time than its job has

	StatsRate  float64 // updates a second,
	StatsBytes uint32  // and bytes of each
}

// Script draws what a shard of a payload of s does at a site.
func (s *Spec) Script(seed, payload uint64, site int) Script {
	_, nth, flow := Named(payload)
	_, k := s.shape(seed, nth)
	duration := rng.New(seed, "workload.duration", s.Key, uint64(nth), uint64(flow))
	fate := rng.New(seed, "workload.fate", s.Key, uint64(nth), uint64(flow))
	out := Script{Length: core.Seconds(min(k.Duration.Sample(&duration), longest)), Factor: 1, Stop: k.Stop, Hurries: k.Hurries, StatsRate: k.StatsRate, StatsBytes: k.StatsBytes}
	stuck, fails, slow, asks := fate.Float64(), fate.Float64(), fate.Float64(), fate.Float64() // each, so that one share leaves the others alone
	if k.Slow.at(site, slow) {
		out.Factor = k.Slow.Factor
	}
	if k.Fail.at(site, fails) {
		out.Fails = true
		if k.Fail.After > 0 {
			out.Length = min(out.Length, k.Fail.After)
		}
	}
	if k.Stuck.at(site, stuck) {
		out.Stuck, out.After = true, k.Stuck.After
	}
	out.Asks = k.Extend.at(site, asks)
	return out
}

// longest is the longest duration of a shard, in seconds: a year. Draws of distributions without an end are cut there.
const longest = 365 * 86400
