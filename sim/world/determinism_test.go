package world

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

// rough is five regions with gates, managers and workers, on bad links and bad clocks, and most kinds of
// fault.
const rough = `
schema = 1
[scenario]
name = "rough"
title = "everything at once"
duration = "60s"
settle = "0s"
[topology]
use = "wan5"
[network]
loss = { p = 0.01 }
duplicate = 0.01
corrupt = 0.005
reorder = { p = 0.02, extra = "20ms" }
[network.inter]
jitter = { dist = "lognormal", median = "2ms", sigma = 0.8 }
drift = { kind = "sine", period = "20s", amplitude = 0.1 }
[node]
service = { dist = "exponential", mean = "50us" }
clock = { offset = { dist = "uniform", min = "-1s", max = "1s" }, drift_ppm = { dist = "normal", mean = 0, std = 100 } }
[cluster]
gates = 2
managers = 3
workers = 5
start = { mode = "formed" }
[protocol.probe]
stream_fallback = true
[report]
sample = "1s"
[[fault]]
id = "crash"
kind = "crash"
at = "5s"
for = "20s"
target = { role = "manager", count = 3 }
force = true
[[fault]]
id = "cut"
kind = "partition"
at = "8s"
for = "25s"
a = { site = "euw1" }
b = { not = { site = "euw1" } }
force = true
[[fault]]
id = "pause"
kind = "pause"
repeat = { every = "9s", count = 4, jitter = "3s" }
at = "3s"
for = "4s"
target = { role = "gate", pct = "30%" }
force = true
[[fault]]
id = "restart"
kind = "restart"
at = "20s"
keep_state = true
target = { role = "worker", count = 5 }
force = true
[[fault]]
id = "clock"
kind = "clock"
at = "15s"
for = "20s"
step = "300ms"
drift_ppm = 500
target = { site = "sae1" }
force = true
[[fault]]
id = "flap"
kind = "flap"
at = "30s"
for = "15s"
down = "2s"
up = "1s"
a = { site = "use1", role = "manager" }
b = { site = "use1", role = "worker" }
force = true
[[fault]]
id = "delay"
kind = "delay"
at = "10s"
for = "30s"
factor = 3
ramp = "10s"
links = { a = { site = "use1" }, b = { site = "usw2" } }
force = true
[[fault]]
id = "loss"
kind = "loss"
at = "25s"
for = "20s"
p = 0.3
target = { site = "apne1" }
force = true
[[fault]]
id = "dup"
kind = "duplicate"
at = "25s"
for = "20s"
p = 0.3
target = { site = "sae1" }
force = true
[[fault]]
id = "leave"
kind = "leave"
at = "40s"
target = { role = "worker", count = 4 }
force = true
`

// childVar asks the test binary, started again, for the digest of a seed.
const childVar = "HYPERSIM_TEST_DIGEST"

func roughDigest(tb testing.TB, seed uint64, sets ...string) string {
	tb.Helper()
	w := build(tb, parse(tb, rough, seed, sets...))
	w.Run(w.End())
	if err := w.Err(); err != nil {
		tb.Fatal(err)
	}
	return fmt.Sprintf("%016x", w.Digest())
}

func TestDigestChild(t *testing.T) {
	if os.Getenv(childVar) == "" {
		t.Skip("only as a child of TestSameDigest")
	}
	fmt.Printf("digest %s\n", roughDigest(t, 1))
}

type sampler struct{ n int }

func (s *sampler) Sample(core.Instant) { s.n++ }

// Spec 50 §1: same scenario, seed and build, same digest, whatever the run is watched by or cut into, and
// in whatever process it is.
func TestSameDigest(t *testing.T) {
	want := roughDigest(t, 1)
	for _, c := range []struct {
		name string
		run  func(t *testing.T) string
	}{
		{"again", func(t *testing.T) string { return roughDigest(t, 1) }},
		{"one processor", func(t *testing.T) string {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			return roughDigest(t, 1)
		}},
		{"two processors", func(t *testing.T) string {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
			return roughDigest(t, 1)
		}},
		{"wire codec", func(t *testing.T) string { return roughDigest(t, 1, "network.codec=wire") }},
		{"watched", func(t *testing.T) string {
			w, v := watch(t, parse(t, rough, 1), nil)
			w.Run(w.End())
			w.Finish()
			v.check(t)
			if v.checks != 61 {
				t.Errorf("%d checkpoints, want one per second and one at the end", v.checks)
			}
			return fmt.Sprintf("%016x", w.Digest())
		}},
		{"sampled", func(t *testing.T) string {
			s := new(sampler)
			w, err := Build(parse(t, rough, 1), Options{Sampler: s, Checkpoint: 7e9})
			if err != nil {
				t.Fatal(err)
			}
			w.Run(w.End())
			if s.n != 60 {
				t.Errorf("%d samples, want one per second", s.n)
			}
			return fmt.Sprintf("%016x", w.Digest())
		}},
		{"in slices", func(t *testing.T) string {
			w := build(t, parse(t, rough, 1))
			for s := rng.New(1, "test.slices"); w.Now() < w.End(); {
				w.Run(w.Now() + core.Instant(s.Intn(3e8)))
			}
			return fmt.Sprintf("%016x", w.Digest())
		}},
		{"another process", func(t *testing.T) string {
			cmd := exec.Command(os.Args[0], "-test.run=^TestDigestChild$")
			cmd.Env = append(os.Environ(), childVar+"=1", "GOMAXPROCS=1", "GOGC=20")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			_, after, _ := strings.Cut(string(out), "digest ")
			digest, _, _ := strings.Cut(after, "\n")
			return digest
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if have := c.run(t); have != want {
				t.Errorf("digest %s, want %s", have, want)
			}
		})
	}
	t.Run("another seed", func(t *testing.T) {
		if have := roughDigest(t, 2); have == want {
			t.Error("has the same digest")
		}
	})
}

// The rough world is rough: what the tests above rely on does happen in it.
func TestRoughReachesRareBranches(t *testing.T) {
	w, v := watch(t, parse(t, rough, 1), func(r *trace.Record) bool {
		return r.Kind == trace.KindDropped || r.Kind >= trace.KindStart && r.Kind <= trace.KindFaultEnd || r.Kind == trace.KindSent && r.Copy
	})
	w.Run(w.End())
	for _, reason := range []trace.Reason{
		trace.ReasonLoss, trace.ReasonPartition, trace.ReasonCorrupt, trace.ReasonDown, trace.ReasonTimeout,
	} {
		if v.count(func(r *trace.Record) bool { return r.Kind == trace.KindDropped && r.Reason == reason }) == 0 {
			t.Errorf("nothing was dropped for %v", reason)
		}
	}
	for _, kind := range []trace.Kind{
		trace.KindSent, trace.KindStart, trace.KindCrash, trace.KindLeave, trace.KindStop, trace.KindPause, trace.KindResume,
		trace.KindClock, trace.KindFaultStart, trace.KindFaultEnd,
	} {
		if v.count(func(r *trace.Record) bool { return r.Kind == kind }) == 0 {
			t.Errorf("no record of kind %v", kind)
		}
	}
}

// hearing hashes all of what is delivered, contents included.
type hearing struct{ trace.Digest }

func (h *hearing) Record(r *trace.Record) {
	if r.Kind == trace.KindDelivered {
		all := *r
		all.Kind = trace.KindSent // of which the digest takes the contents
		h.Digest.Record(&all)
	}
}

// Through bytes or not, a machine is given the same messages to the last field.
func TestCodecDeliversTheSame(t *testing.T) {
	var sums []uint64
	for _, codec := range []string{"struct", "wire"} {
		h := new(hearing)
		w := build(t, parse(t, rough, 1, "network.codec="+codec), h)
		w.Run(w.End())
		if h.Count() == 0 {
			t.Fatal("nothing was delivered")
		}
		sums = append(sums, h.Sum())
	}
	if sums[0] != sums[1] {
		t.Error("the codec changes what is delivered")
	}
}
