package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"hypersim/scenarios/form"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
	"hypersim/core/xmath"
)

func (x *Inert) String() string {
	if x.While > 0 {
		return fmt.Sprintf("%s has no effect here while %d members or more are known: %s", x.Key, x.While, x.Why)
	}
	return fmt.Sprintf("%s has no effect here: %s", x.Key, x.Why)
}

// setting is what decides whether a key has effect: one configuration, and who lives in the scenario.
type setting struct {
	c                        *Config
	flat                     bool // one group
	equal                    bool // every member is probed and a witness, workers too
	gates, managers, workers int
	least, most              int  // participants of the smallest and largest group of two or more
	works                    bool // there is work without jobs
	jobs                     bool
	stats                    bool // somebody has statistics
}

// inertRule names keys and when they have no effect: why returns the reason, or "" where they have one.
type inertRule struct {
	keys []string // "room.key", or "room.*" for all of a room but its switch
	why  func(s *setting) (reason string, while int)
}

// when makes a reason of a condition.
func when(is func(s *setting) bool, reason string) func(s *setting) (string, int) {
	return func(s *setting) (string, int) {
		if is(s) {
			return reason, 0
		}
		return "", 0
	}
}

// switches turn a room on or off; "room.*" leaves them out.
var switches = []string{"vivaldi.enabled", "health.enabled", "lag.enabled", "lhm.max", "sync.mode", "rate.burst", "federated.probe_interval", "link.sample_interval", "worker.probe"}

// inertRules are the keys that others override or switch off. A test runs each key with two values where its
// rule says that it has no effect, and compares the digests.
var inertRules = []inertRule{
	{[]string{"suspicion.min"}, (*setting).minScaled},
	{[]string{"suspicion.max"}, (*setting).maxScaled},
	{[]string{"suspicion.alpha", "suspicion.beta"}, when(func(s *setting) bool { return !s.c.Swim.Suspicion.ScaleWithN }, "suspicion.scale_with_n = false")},
	{[]string{"suspicion.alpha"}, (*setting).alphaTooSmall},
	{[]string{"suspicion.k"}, (*setting).kTooLarge},
	{[]string{"suspicion.adaptive_base"}, when(func(s *setting) bool { return s.c.Swim.Suspicion.Scaling != swim.ScalingAdaptive }, `suspicion.scaling is not "adaptive"`)},
	{[]string{"suspicion.grace_after"}, when(func(s *setting) bool { return !s.c.Swim.Suspicion.PauseGrace }, "suspicion.pause_grace = false")},
	{[]string{"probe.nack_fraction", "probe.max_proxied"}, when(func(s *setting) bool { return s.c.Swim.Probe.IndirectK == 0 }, "probe.indirect_k = 0: nobody is asked to probe for another")},
	{[]string{"lhm.*"}, when(func(s *setting) bool { return s.c.Swim.LHM.Max == 0 }, "lhm.max = 0 switches local health off")},
	{[]string{"lag.*"}, when(func(s *setting) bool { return !s.c.Swim.Lag.Enabled }, "lag.enabled = false")},
	{[]string{"timeout.rtt_source"}, when(func(s *setting) bool { return !s.c.Vivaldi.Enabled }, "vivaldi.enabled = false: no distance is known")},
	{[]string{"timeout.latency_mode", "timeout.latency_reference"}, when(func(s *setting) bool { return !s.c.Vivaldi.Enabled }, "vivaldi.enabled = false: no distance is known")},
	{[]string{"gossip.fanout", "gossip.to_dead"}, when(func(s *setting) bool { return s.c.Swim.Gossip.Interval == 0 }, "gossip.interval = 0s: there are no gossip ticks")},
	{[]string{"sync.interval", "sync.interval_gates"}, when(func(s *setting) bool { return s.c.Swim.Sync.Mode == swim.SyncOff }, `sync.mode = "off"`)},
	{[]string{"sync.interval_gates"}, when(func(s *setting) bool { return s.equal || s.gates == 0 }, "there is no group of gates apart")},
	{[]string{"sync.interval"}, when(func(s *setting) bool { return !s.equal && s.managers == 0 }, "there are no managers")},
	{[]string{"sync.ack_gap", "sync.ack_every"}, (*setting).noWorkers},
	{[]string{"worker.*", "worker_state.*"}, (*setting).noWorkers},
	{[]string{"worker.probe"}, when(func(s *setting) bool { return s.flat }, "in a flat group every member is probed")},
	{[]string{"vivaldi.workers"}, (*setting).noWorkers},
	{[]string{"vivaldi.*"}, when(func(s *setting) bool { return !s.c.Vivaldi.Enabled }, "vivaldi.enabled = false")},
	{[]string{"vivaldi.hyperscale_error_initial", "vivaldi.hyperscale_error_min", "vivaldi.hyperscale_error_max", "vivaldi.hyperscale_adjustment_max"}, when(func(s *setting) bool { return s.c.Vivaldi.Engine != vivaldi.EngineHyperscale }, `vivaldi.engine is not "hyperscale"`)},
	{[]string{"vivaldi.error_initial", "vivaldi.error_max", "vivaldi.error_min", "vivaldi.error_ms_initial", "vivaldi.height_min"}, when(func(s *setting) bool { return s.c.Vivaldi.Engine == vivaldi.EngineHyperscale }, `vivaldi.engine = "hyperscale" has its own`)},
	{[]string{"vivaldi.adjustment_window", "vivaldi.gravity_rho"}, when(func(s *setting) bool { return s.c.Vivaldi.Engine == vivaldi.EngineBasic }, `vivaldi.engine = "basic" has none`)},
	{[]string{"vivaldi.bootstrap_rate"}, when(always, "no part of the protocol reads it yet")},
	{[]string{"health.*"}, when(func(s *setting) bool { return !s.c.Swim.Health.Enabled }, "health.enabled = false")},
	{[]string{"rate.*"}, when(func(s *setting) bool { return s.c.Swim.Rate.Burst == 0 }, "rate.burst = 0 switches the limit off")},
	{[]string{"confirm.reactive_gap"}, when(func(s *setting) bool { return !s.c.Swim.Confirm.Reactive }, "confirm.reactive = false")},
	{[]string{"confirm.gate_passive", "confirm.gate_attempts", "confirm.gate_interval", "confirm.gate_latency_aware", "confirm.gate_coordinates", "confirm.gate_load_cap"}, when(func(s *setting) bool { return s.gates == 0 }, "there are no gates")},
	{[]string{"confirm.manager_passive", "confirm.manager_attempts", "confirm.manager_interval", "confirm.manager_latency_aware", "confirm.manager_coordinates", "confirm.manager_load_cap"}, when(func(s *setting) bool { return s.managers == 0 && !(s.equal && s.workers > 0) }, "there are no managers")},
	{[]string{"confirm.worker_passive", "confirm.worker_load_cap"}, (*setting).noWorkers},
	{[]string{"wheel.fine", "wheel.coarse", "wheel.near"}, when(func(s *setting) bool { return !s.c.Swim.Inherited.Wheel }, `they are of the inherited wheel, and inherited."10/D8" is off`)},
	{[]string{"wheel.quantum"}, when(func(s *setting) bool { return s.c.Swim.Inherited.Wheel }, `inherited."10/D8" has a wheel of its own`)},
	{[]string{"audit.max"}, when(always, "what is remembered changes nothing that happens")},
	{[]string{"federated.*", "link.*"}, when(func(s *setting) bool { return s.flat || s.gates == 0 || s.managers == 0 }, "there are no gates beside managers that they could watch")},
	{[]string{"federated.*", "link.*"}, when(func(s *setting) bool { return s.c.Federated.Probe.Interval == 0 }, "federated.probe_interval = 0s switches the link off")},
	{[]string{"link.*"}, when(func(s *setting) bool { return s.c.Federated.Link.SampleInterval == 0 }, "link.sample_interval = 0s switches samples off")},
	{[]string{"election.*", "start.*"}, when(func(s *setting) bool { return !s.jobs && (s.flat || s.gates == 0 || s.managers == 0) }, "nobody needs a leader: there are neither jobs nor gates beside managers")},
	{[]string{"job_timeout.*", "extension.*", "lease.*"}, when(func(s *setting) bool { return !s.jobs }, "there are no jobs")},
	{[]string{"overload.*", "in_flight.*", "shed.*", "rate_limit.*", "version.*", "isolation.*"}, when(func(s *setting) bool { return !s.jobs }, "there are no jobs: nobody is asked anything that could be refused")},
	{[]string{"stats.*", "backpressure.*"}, when(func(s *setting) bool { return !s.jobs }, "there are no jobs")},
	{[]string{"stats.*", "backpressure.*"}, when(func(s *setting) bool { return !s.stats }, "nobody has statistics: no workload or fault of them, and no job that tells of itself at every flush")},
	{[]string{"routing.*", "dc_health.*", "correlation.*", "node_health.*", "evict.*", "breaker.*"}, when(func(s *setting) bool { return !s.jobs }, "there are no jobs")},
	{[]string{"routing.*", "dc_health.*", "correlation.*"}, when(func(s *setting) bool { return s.gates == 0 }, "there are no gates that send jobs to datacenters")},
	{[]string{"job.min", "job.max", "job.gate_min", "job.gate_max", "job.progress_timeout"}, when(func(s *setting) bool { return !s.works }, "there is no workload of kind progress")},
	{[]string{"job.*", "hier.*"}, when(func(s *setting) bool { return !s.works && !s.jobs }, "there are neither jobs nor workloads of kind progress")},
}

// InertKeys returns the keys of the protocol that some rule is about, as "room.key", sorted.
func InertKeys() []string {
	var out []string
	for _, key := range Keys() {
		room, _, _ := strings.Cut(key, ".")
		for i := range inertRules {
			if r := &inertRules[i]; slices.Contains(r.keys, key) || slices.Contains(r.keys, room+".*") && !slices.Contains(switches, key) {
				out = append(out, key)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func always(*setting) bool { return true }

func (s *setting) noWorkers() (string, int) {
	switch {
	case s.equal:
		return "workers are members like all others", 0
	case s.workers == 0:
		return "there are no workers", 0
	}
	return "", 0
}

// scaled is what Min grows to in a group of n.
func (s *setting) scaled(n int) float64 {
	return float64(s.c.Swim.Suspicion.Alpha * xmath.Log10(float64(max(1, n))) * s.c.Swim.Probe.Interval.Seconds())
}

// from returns the smallest group in which a test that holds from some size on holds.
func from(holds func(n int) bool, upTo int) int {
	n := 1
	for n < upTo && !holds(n) {
		n++
	}
	return n
}

// longer says that the growing timeout what, in seconds for a group of n, overrides c in the smallest group and
// from which size on it does.
func (s *setting) longer(c core.Duration, what string, seconds func(n int) float64) (string, int) {
	over := func(n int) bool { return seconds(n) > c.Seconds() }
	if !s.c.Swim.Suspicion.ScaleWithN || s.least < 2 || !over(s.least) {
		return "", 0
	}
	while := from(over, s.least)
	if while <= 2 {
		while = 0
	}
	grown := form.FormatDuration(core.Seconds(seconds(s.least)).Round(1e7))
	return fmt.Sprintf("suspicion.scale_with_n makes it longer, %s is %s for %d", what, grown, s.least), while
}

func (s *setting) minScaled() (string, int) {
	return s.longer(s.c.Swim.Suspicion.Min, "alpha·log10(n)·P", s.scaled)
}

func (s *setting) maxScaled() (string, int) {
	c := &s.c.Swim.Suspicion
	return s.longer(c.Max, "suspicion.beta times the least timeout", func(n int) float64 { return float64(c.Beta * max(c.Min.Seconds(), s.scaled(n))) })
}

func (s *setting) alphaTooSmall() (string, int) {
	c := &s.c.Swim.Suspicion
	if c.ScaleWithN && s.most >= 2 && s.scaled(s.most) <= c.Min.Seconds() {
		return fmt.Sprintf("suspicion.min = %s is longer than alpha·log10(n)·P even for the group of %d", form.FormatDuration(c.Min), s.most), 0
	}
	return "", 0
}

func (s *setting) kTooLarge() (string, int) {
	if c := &s.c.Swim.Suspicion; c.Formula == "lifeguard" && s.most >= 2 && c.K > s.most-2 {
		return fmt.Sprintf("in a group of %d only %d can confirm", s.most, s.most-2), 0
	}
	return "", 0
}

// inert names the protocol keys that the file, its variant or a change from outside gives and that no node's
// configuration lets have an effect.
func (l *loader) inert() {
	settings := l.settings()
	if len(settings) == 0 {
		return
	}
	for _, key := range l.given() {
		if why, while := whyInert(settings, key); why != "" {
			x := Inert{Key: "protocol." + key, Why: why, While: while}
			l.sc.Inert = append(l.sc.Inert, x)
			l.sc.Warnings = append(l.sc.Warnings, x.String())
		}
	}
}

// whyInert returns why a key has no effect whatever the configuration, "" where it has one somewhere.
func whyInert(settings []setting, key string) (why string, while int) {
	for i := range settings {
		w, n := settings[i].inert(key)
		if w == "" {
			return "", 0
		}
		if while = max(while, n); why == "" {
			why = w
		}
	}
	return why, while
}

func (s *setting) inert(key string) (string, int) {
	room, _, _ := strings.Cut(key, ".")
	if !s.jobs && slices.Contains(jobRooms(), room) {
		return "there are no jobs", 0
	}
	for i := range inertRules {
		r := &inertRules[i]
		named := slices.Contains(r.keys, key)
		if !named && slices.Contains(r.keys, room+".*") {
			named = !slices.Contains(switches, key) || room == "federated" || room == "link"
		}
		if named {
			if why, while := r.why(s); why != "" && !strings.HasPrefix(why, key+" = ") {
				return why, while
			}
		}
	}
	return "", 0
}

// settings returns each configuration that some node has, with the scenario around it.
func (l *loader) settings() []setting {
	around := setting{flat: l.flat(), works: l.sc.HasProgress(), jobs: l.sc.HasJobs(), stats: l.sc.HasStats()}
	used := make([]bool, len(l.sc.Protocol.Configs))
	participants := map[core.GroupID]int{}
	for i := range l.sc.Nodes {
		n := &l.sc.Nodes[i]
		if n.Ghost || n.Role == core.RoleClient {
			continue
		}
		used[n.Config] = true
		switch n.Role {
		case core.RoleGate:
			around.gates++
		case core.RoleManager:
			around.managers++
		default:
			around.workers++
		}
		if l.proto.base.Swim.AllParticipants() || n.Role != core.RoleWorker {
			participants[n.Group]++
		}
	}
	for _, n := range participants {
		if n < 2 {
			continue
		}
		if around.most = max(around.most, n); around.least == 0 || n < around.least {
			around.least = n
		}
	}
	var out []setting
	for i, in := range used {
		if in {
			s := around
			s.c = &l.sc.Protocol.Configs[i]
			s.equal = s.c.Swim.AllParticipants()
			out = append(out, s)
		}
	}
	return out
}

// given returns the protocol keys that the tree has, as "room.key", sorted.
func (l *loader) given() []string {
	var keys []string
	add := func(rooms *form.Node) {
		if rooms == nil || !rooms.IsTable {
			return
		}
		for _, room := range rooms.Names() {
			if slices.Contains(roomNames(), room) && room != "inherited" {
				for _, key := range rooms.Kids[room].Names() {
					keys = append(keys, room+"."+key)
				}
			}
		}
	}
	p := l.root.Kid("protocol")
	add(p)
	if roles := p.Kid("role"); roles != nil {
		for _, r := range roles.Names() {
			add(roles.Kids[r])
		}
	}
	for _, rooms := range l.proto.rooms {
		add(rooms)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// jobRooms are the rooms of keys that only jobs use. In a run without jobs nobody reads them: that one rule holds for all.
var jobRooms = sync.OnceValue(func() (rooms []string) {
	for _, f := range form.Fields(reflect.TypeFor[job.Config]()) {
		rooms = append(rooms, f.Tag.Get("key"))
	}
	return rooms
})
