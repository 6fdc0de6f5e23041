package scenarios

import "testing"

// Whom a cut keeps apart is said by names where they are few, by sites, or by how many; what the run decides is not guessed.
func TestSides(t *testing.T) {
	const text = `schema = 1
[scenario]
name = "sides"
title = "t"
duration = "60s"
settle = "0s"
[topology]
use = "wan3"
[cluster]
gates = 1
managers = 3
workers = 2
[[fault]]
id = "x"
at = "10s"
for = "10s"
`
	for _, c := range []struct{ fault, want string }{
		{`kind = "partition"
a = { ids = ["euw1/manager/0", "euw1/manager/1"] }
b = { not = { ids = ["euw1/manager/0", "euw1/manager/1"] } }`, "euw1/manager/0 and euw1/manager/1 from all others"},
		{`kind = "partition"
a = { site = "use1" }
b = { site = ["euw1", "apne1"] }`, "use1 from euw1 and apne1"},
		{`kind = "partition"
a = { role = "worker" }
b = { role = "gate" }`, "6 nodes from apne1/gate/0 and euw1/gate/0 and use1/gate/0"},
		{`kind = "pause"
target = { ids = ["use1/gate/0"] }`, "use1/gate/0"},
		{`kind = "pause"
target = { role = "gate", count = 1 }`, ""},
		{`kind = "pause"
target = { leader_of = "site:use1" }`, ""},
	} {
		sc, err := Parse(text+c.fault+"\n", "sides.toml", nil, Options{Alone: true})
		if err != nil {
			t.Fatal(err)
		}
		if have := sc.Faults[0].Sides(sc); have != c.want {
			t.Errorf("%s\nhave %q, want %q", c.fault, have, c.want)
		}
	}
}
