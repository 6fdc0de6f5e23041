package world

import "testing"

const still = `
schema = 1
[scenario]
name = "still"
title = "a small cluster over three sites"
duration = "20s"
settle = "0s"
[topology]
use = "wan3"
[network]
inter = { jitter = "0ms" }
intra = { jitter = "0ms" }
[cluster]
gates = 2
managers = 3
workers = 4
start = { mode = "formed" }
[[fault]]
id = "crash"
kind = "crash"
at = "10s"
target = { role = "manager", count = 1 }
`

// I-M28 is judged only where no probe of a live member can fail.
func TestCalm(t *testing.T) {
	for _, c := range []struct {
		set  string
		want bool
	}{
		{"scenario.warmup=0s", true},  // at most 204 ms, the probe timeout is 500 ms
		{"topology.use=wan10", false}, // 413 ms
		{"protocol.probe.timeout=350ms", false},
		{"topology.use=lan1", true},
		{`network.intra.jitter={ dist = "normal", mean = "0ms", std = "40ms" }`, false}, // 8 · 40 ms one way
		{`network.intra.jitter={ dist = "pareto", scale = "1ms", shape = 2 }`, false},
		{`network.intra.loss={ model = "bernoulli", p = 0.01 }`, false},
		{"network.mtu=600B", false}, // pings with much news are refused at their sender
		{"node.service=1ms", true},
		{"node.service=5ms", false},                                            // 64 of them wait 320 ms
		{`node.service={ dist = "exponential", mean = "5ms" }`, false},         // 175 ms for one, now and then
		{`node.service={ dist = "pareto", scale = "20us", shape = 2 }`, false}, // no bound
		{"node.inbox=1", false},                                                // whatever comes while one is handled is lost
		{"node.inbox=1000", true},
		{"protocol.gossip.interval=1ms", true},
	} {
		if have := calm(parse(t, still, 1, c.set)); have != c.want {
			t.Errorf("%s: calm = %v", c.set, have)
		}
	}
	if calm(parse(t, still, 1, "node.service=1ms", "protocol.gossip.interval=1ms")) {
		t.Error("3000 messages a second of 1 ms each: calm")
	}
	if calm(parse(t, still, 1, "node.inbox=70", "cluster.start.mode=cold")) {
		t.Error("all may ask one seed at once, whose inbox is small: calm")
	}
}

// A young suspicion at the end of a run is no breach of I-W5 and I-M30 where a probe may fail of itself; elsewhere it is.
func TestLossy(t *testing.T) {
	for _, c := range []struct {
		set  string
		want bool
	}{
		{"scenario.warmup=0s", false}, // at most 204 ms, the probe timeout is 500 ms
		{"topology.use=wan10", false}, // 413 ms
		{"protocol.probe.timeout=200ms", true},
		{`network.inter.jitter={ dist = "normal", mean = "0ms", std = "10ms" }`, false},   // 204 + 2 · 80 ms
		{`network.inter.jitter={ dist = "normal", mean = "0ms", std = "20ms" }`, true},    // 204 + 2 · 160 ms
		{`network.intra.jitter={ dist = "lognormal", median = "20ms", sigma = 1 }`, true}, // one round trip in some 500 is lost to it
		{`network.intra.loss={ model = "bernoulli", p = 0.01 }`, true},
		{"network.intra.corrupt=0.01", true},
		{"node.inbox=20", false},
		{`node.service={ dist = "exponential", mean = "20us" }`, false},
		{`node.service={ dist = "pareto", scale = "20us", shape = 2 }`, true},
	} {
		if have := lossy(parse(t, still, 1, c.set)); have != c.want {
			t.Errorf("%s: lossy = %v", c.set, have)
		}
	}
}
