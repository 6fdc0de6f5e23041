package runner

import (
	"testing"

	"hypersim/scenarios"
)

const tiny = `
schema = 1
[scenario]
name = "tiny"
title = "A crash in a small cluster"
duration = "20s"
settle = "2s"
warmup = "5s"
[topology]
use = "wan3"
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
[[expect]]
id = "noticed"
metric = "detection_first"
where = { to = "SUSPECT" }
stat = "p99"
window = { from = "10s", to = "18s" }
max = "8s"
why = "a probe a second by each of two peers"
`

func load(t testing.TB, sets ...string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Parse(tiny, "tiny.toml", sets, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return sc
}
