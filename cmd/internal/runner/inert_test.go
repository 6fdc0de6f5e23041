package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hypersim/scenarios"
)

// busy is a small world in which most of the protocol has something to do.
const busy = `schema = 1
[scenario]
name = "busy"
title = "A little of everything"
duration = "60s"
warmup = "1s"
settle = "1s"
[topology]
use = "wan3"
[network]
loss = { model = "bernoulli", p = 0.05 }
[cluster]
gates = 2
managers = 4
workers = 3
start = { mode = "cold", over = "1s" }
ghosts = { gate = 1, manager = 1 }
[[fault]]
id = "crash"
kind = "crash"
at = "10s"
for = "20s"
target = { id = ["use1/manager/0", "use1/worker/0", "euw1/gate/1"] }
[[fault]]
id = "pause"
kind = "pause"
at = "20s"
for = "15s"
target = { id = ["apne1/manager/1", "use1/manager/2"] }
[[fault]]
id = "slow"
kind = "slow"
at = "15s"
for = "20s"
factor = 4000
target = { id = ["use1/manager/3", "use1/gate/0"] }
[[fault]]
id = "cut"
kind = "partition"
at = "32s"
for = "20s"
a = { site = "euw1" }
b = { not = { site = "euw1" } }
[[workload]]
id = "build"
kind = "progress"
interval = "2s"
target = { role = "worker" }
`

// fewer is the busy world without what needs workers and gates.
func fewer() string {
	text, _, _ := strings.Cut(busy, "[[workload]]")
	text = strings.Replace(text, `{ id = ["use1/manager/0", "use1/worker/0", "euw1/gate/1"] }`, `{ role = "manager", count = 2 }`, 1)
	return strings.Replace(text, `{ id = ["use1/manager/3", "use1/gate/0"] }`, `{ id = "use1/manager/3" }`, 1)
}

// gatesAlone is a group of gates and nothing else.
func gatesAlone() string {
	text := strings.ReplaceAll(fewer(), "/manager/", "/gate/")
	return strings.ReplaceAll(strings.ReplaceAll(text, `role = "manager"`, `role = "gate"`), "manager = 1", "manager = 0")
}

// jobsAlone are jobs that clients hand to managers, for there are no gates.
func jobsAlone() string {
	return fewer() + `[[workload]]
id = "jobs"
kind = "jobs"
to = "40s"
arrival = { process = "poisson", rate = "0.3/s" }
job = { workflows = 1, cores = 1, timeout = "20s", duration = { dist = "uniform", min = "1s", max = "30s" } }
`
}

// surrounding is a change of the busy world.
type surrounding struct {
	text string
	sets []string
}

func (s *surrounding) with(sets ...string) (*scenarios.Scenario, error) {
	return scenarios.Parse(s.text, "busy.toml", append(slices.Clone(s.sets), sets...), scenarios.Options{Alone: true})
}

// sets reports whether s is about a key itself.
func (s *surrounding) about(key string) bool {
	return slices.ContainsFunc(s.sets, func(set string) bool { return strings.HasPrefix(set, "protocol."+key+"=") })
}

// surroundings are those under which keys lose their effect.
func surroundings() []surrounding {
	list := []surrounding{
		{gatesAlone(), []string{"cluster.gates=4", "cluster.managers=0", "cluster.workers=0"}},
		{fewer(), []string{"cluster.gates=0", "cluster.workers=0", "cluster.ghosts.gate=0", "cluster.gateless=true"}},
		{jobsAlone(), []string{"cluster.gates=0", "cluster.ghosts.gate=0", "cluster.gateless=true", "cluster.clients=1"}},
		{fewer(), []string{"protocol.membership.topology=flat", "cluster.managers=6"}},
		{fewer(), []string{"protocol.membership.topology=flat", "protocol.suspicion.min=20s", "protocol.suspicion.max=200s"}},
	}
	for _, set := range []string{
		"suspicion.scale_with_n=false", "suspicion.pause_grace=false", "suspicion.k=7", "probe.indirect_k=0", "lhm.max=0", "lag.enabled=false",
		"vivaldi.enabled=false", "vivaldi.engine=hyperscale", "vivaldi.engine=basic", "gossip.interval=0s", "sync.mode=off", "health.enabled=false",
		"rate.burst=0", "confirm.reactive=false", `inherited."10/D8"=true`, "worker.probe=member", "federated.probe_interval=0s", "link.sample_interval=0s",
	} {
		list = append(list, surrounding{busy, []string{"protocol." + set}})
	}
	return list
}

func digestOf(t *testing.T, sc *scenarios.Scenario) string {
	t.Helper()
	res, err := Measure(context.Background(), Options{Scenario: sc})
	if err != nil {
		t.Fatal(err)
	}
	return res.Digest
}

// otherWord is another value of keys that are words, or whose range is narrow.
var otherWord = map[string]string{
	"stats.throttle_threshold": "0.6", "stats.batch_threshold": "0.8", "stats.reject_threshold": "0.9", "stats.cold_bucket": "120s",
	"overload.cpu_busy": "0.6", "overload.cpu_stressed": "0.8", "overload.cpu_overloaded": "0.9", "overload.memory_busy": "0.6", "overload.memory_stressed": "0.8",
	"overload.memory_overloaded": "0.9", "overload.queue_overloaded": "0.95",
	"lhm.failed_probe_rule": "paper", "timeout.rtt_source": "coordinate", "timeout.latency_mode": "off", "worker.probe": "member", "sync.mode": "full", "confirm.on": "any-message", "confirm.removal": "attempts", "suspicion.scaling": "none", "suspicion.formula": "log-n", "vivaldi.engine": "basic", "vivaldi.error_initial": "1.2", "suspicion.k": "5",
	"election.count": "on_arrival", "election.lease": "4.5s", "election.timeout": "5.5s", "election.vote_holdoff": "9s", "lease.claim_hold": "9s", "lease.duration": "40s", "lease.resync_holdoff": "12s", "routing.preference": "0.8",
	"isolation.cluster": "other", "isolation.environment": "test"}

// whyInert is the reason that a scenario gives for a key, "" where there is none.
func whyInert(sc *scenarios.Scenario, key string) string {
	for _, x := range sc.Inert {
		if x.Key == "protocol."+key && x.While == 0 {
			return x.Why
		}
	}
	return ""
}

func saysInert(sc *scenarios.Scenario, key string) bool {
	return whyInert(sc, key) != ""
}

// valueOf returns the value of a key of the protocol as JSON has it.
func valueOf(t *testing.T, sc *scenarios.Scenario, key string) any {
	t.Helper()
	var at any
	if err := json.Unmarshal(sc.Config, &at); err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq("protocol."+key, ".") {
		at = at.(map[string]any)[part]
	}
	return at
}

// changed returns "key=value" with another value than the scenario has.
func changed(t *testing.T, sc *scenarios.Scenario, key string) string {
	t.Helper()
	_, name, _ := strings.Cut(key, ".")
	full := "protocol." + key + "="
	if w, ok := otherWord[key]; ok {
		return full + w
	}
	switch v := valueOf(t, sc, key).(type) {
	case bool:
		return full + strconv.FormatBool(!v)
	case float64:
		if v == float64(int64(v)) && !strings.HasSuffix(name, "cap") {
			return full + strconv.Itoa(int(v)+either(v > 1, -1, 1))
		}
		return full + strconv.FormatFloat(v*1.25, 'g', -1, 64)
	case string:
		if d, err := time.ParseDuration(v); err == nil {
			return full + fmt.Sprint(d*3/4)
		}
		if w := anotherWord(key, v); w != "" {
			return full + w
		}
		t.Fatalf("%s = %q: no other value is known", key, v)
	}
	t.Fatalf("%s is not in the configuration", key)
	return ""
}

// anotherWord is the first word allowed that is not v, "" where the key takes any or no other.
func anotherWord(key, v string) string {
	for _, e := range scenarios.Explain("protocol." + key) {
		for _, w := range e.Values {
			if w != v {
				return w
			}
		}
	}
	return ""
}

func either(is bool, a, b int) int {
	if is {
		return a
	}
	return b
}

// A key that is said to have no effect has none: with another value the run is the same to the last record.
// And where it is not said, most have one in a busy world.
func TestInertKeysChangeNothing(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	const idle = "there are no jobs" // holds in nearly every surrounding: it is shown once for each key
	shown := map[string]bool{}
	few := 4 // of so many keys one, in each surrounding; all with HYPERSIM_LONG=1
	if os.Getenv("HYPERSIM_LONG") != "" {
		few = 1
	}
	for _, around := range surroundings() {
		base, err := around.with()
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		for i, key := range scenarios.InertKeys() {
			if around.about(key) || i%few != 0 {
				continue
			}
			other := changed(t, base, key)
			sc, err := around.with(other)
			same, err2 := around.with("protocol." + key + "=" + fmt.Sprint(valueOf(t, base, key)))
			if err != nil || err2 != nil || !saysInert(sc, key) || !saysInert(same, key) {
				continue // a bound of the key, or it has an effect here
			}
			seen[key] = true
			if whyInert(sc, key) == idle {
				if shown[key] {
					continue
				}
				shown[key] = true
			}
			if want == "" {
				want = digestOf(t, base)
			}
			if have := digestOf(t, sc); have != want {
				t.Errorf("%v: %s: %v, and digest %s became %s", around.sets, other, sc.Inert, want, have)
			}
		}
	}
	for i, key := range scenarios.InertKeys() {
		if i%few != 0 {
			continue
		}
		if grows := key == "suspicion.min" || key == "suspicion.max"; !seen[key] && !grows {
			t.Errorf("%s: no surrounding shows that it loses its effect", key)
		}
	}
}

// Keys that have an effect in the busy world are not said to have none.
func TestKeysWithEffect(t *testing.T) {
	t.Parallel()
	all := surrounding{text: busy}
	base, err := all.with()
	if err != nil {
		t.Fatal(err)
	}
	want, effective := digestOf(t, base), 0
	for _, key := range scenarios.InertKeys() {
		sc, err := all.with(changed(t, base, key))
		if err != nil {
			continue
		}
		same, err := all.with("protocol." + key + "=" + fmt.Sprint(valueOf(t, base, key)))
		if err != nil || digestOf(t, sc) == want {
			continue
		}
		if effective++; saysInert(sc, key) && saysInert(same, key) {
			t.Errorf("%s changes the run and is said to have no effect", key)
		}
	}
	if effective < 30 {
		t.Errorf("only %d keys change the busy world: it is not busy enough", effective)
	}
}

// The least suspicion timeout of a group that outgrew it: the finding is true while the group is that large.
func TestInertWhileLarge(t *testing.T) {
	t.Parallel()
	const text = `schema = 1
[scenario]
name = "busy"
title = "One crash in a group of thirty"
duration = "40s"
warmup = "1s"
settle = "1s"
[topology]
use = "wan3"
[network]
loss = { model = "bernoulli", p = 0.1 }
[cluster]
managers = 10
gateless = true
[protocol.membership]
topology = "flat"
[[fault]]
id = "crash"
kind = "crash"
at = "5s"
target = { role = "manager", count = 1 }
`
	digests := map[string]string{}
	for _, sets := range []string{"protocol.suspicion.min=4s", "protocol.suspicion.min=5s", "protocol.suspicion.min=7s"} {
		sc, err := (&surrounding{text: text}).with(sets)
		if err != nil {
			t.Fatal(err)
		}
		digests[sets] = digestOf(t, sc)
		if said := len(sc.Inert) == 1 && sc.Inert[0].While > 2 && sc.Inert[0].While < 30; said != (sets != "protocol.suspicion.min=7s") {
			t.Errorf("%s: %v", sets, sc.Inert)
		}
	}
	if digests["protocol.suspicion.min=4s"] != digests["protocol.suspicion.min=5s"] || digests["protocol.suspicion.min=5s"] == digests["protocol.suspicion.min=7s"] {
		t.Errorf("4·log10(30) = 5.9 s is what counts unless the key is longer: %v", digests)
	}
}
