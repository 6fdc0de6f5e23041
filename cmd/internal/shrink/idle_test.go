package shrink

import (
	"strings"
	"testing"
)

// Of what a scenario says that would be so anyway nothing is left, and of the rest all; the run is the same.
func TestWithoutIdle(t *testing.T) {
	before, err := parse(`
schema = 1
[scenario]
name = "x"
title = "t"
duration = "90s"
settle = "60s"
seed = 1
[topology]
use = "wan3"
[network]
bandwidth = "1Gbit/s"
mtu = "1200B"
[cluster]
managers = 3
cores_per_worker = 8
start = { mode = "cold", over = "1s" }
[protocol.probe]
interval = "1s"
timeout = "400ms"
[[fault]]
id = "f"
kind = "pause"
at = "5s"
for = "2s"
force = false
target = { role = "manager", count = 1 }
`)
	if err != nil {
		t.Fatal(err)
	}
	after := withoutIdle(before, "x.toml")
	if identity(before, "x.toml") != identity(after, "x.toml") || identity(after, "x.toml") == "" {
		t.Error("it is another run")
	}
	out := text(after)
	for _, gone := range []string{"settle", "seed", "bandwidth", "cores_per_worker", "over", "interval =", "force"} {
		if strings.Contains(out, gone) {
			t.Errorf("%s is still there:\n%s", gone, out)
		}
	}
	for _, kept := range []string{"mtu", "cold", "timeout", `role = "manager"`, `for = "2s"`} {
		if !strings.Contains(out, kept) {
			t.Errorf("no %s:\n%s", kept, out)
		}
	}
	if none := withoutIdle(tree{"schema": int64(1)}, "x.toml"); len(none) != 1 {
		t.Errorf("of what is no scenario is left %v", none)
	}
}
