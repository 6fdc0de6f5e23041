package scenarios

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hypersim/scenarios/form"
)

// onBase is a world with jobs and a fault to break.
const onBase = `schema = 1
[scenario]
name = "on"
title = "t"
duration = "300s"
warmup = "30s"
[topology]
use = "wan3"
[cluster]
gates = 1
managers = 3
workers = 2
clients = 1
[[workload]]
id = "work"
kind = "jobs"
arrival = { process = "once", count = 1 }
job = { workflows = 1, cores = 1, duration = "10s" }
[[fault]]
id = "f"
`

// An event has its window: from the end of the warm-up, or at, until what begins then is just over before the settle time.
func TestWindowOfAnEvent(t *testing.T) {
	const on, node = `on = { event = "dispatch_sent", nth = 2, delay = "2s", where = { node = { role = "manager" }, peer = { site = "use1" } } }` + "\n", `target = { event = "node" }` + "\n"
	for _, c := range []struct {
		fault       string
		from, until time.Duration
	}{
		{`kind = "crash"` + "\n" + on + node, 30 * time.Second, 238 * time.Second},
		{`kind = "crash"` + "\nfor = \"10s\"\n" + on + node, 30 * time.Second, 228 * time.Second},
		{`kind = "crash"` + "\nat = \"50s\"\n" + on + node, 50 * time.Second, 238 * time.Second},
		{`kind = "crash"` + "\nforce = true\n" + on + node, 0, 298 * time.Second}, // what begins after the end begins never
		{`kind = "pause"` + "\nfor = \"10s\"\nforce = true\n" + on + node, 0, 298 * time.Second},
	} {
		s, err := Parse(onBase+c.fault, "on.toml", nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		f := &s.Faults[0]
		if f.At != c.from || f.On.Until != c.until || f.On.Nth != 2 || f.On.Delay != 2*time.Second || f.On.Workload != -1 {
			t.Errorf("%s\ncounts from %v to %v: %+v", c.fault, f.At, f.On.Until, f.On)
		}
		if f.End() != f.On.Until+f.On.Delay+f.For || !f.Target.Moves() || len(f.On.Node.Fixed) != 9 || len(f.On.Peer.Fixed) == 0 {
			t.Errorf("%s\nends at %v, %v, %v", c.fault, f.End(), f.On.Node.Fixed, f.On.Peer.Fixed)
		}
		for _, word := range []string{`"event":"dispatch_sent"`, `"event":"node"`, `"nth":2`, `"delay":"2s"`} {
			if !strings.Contains(strings.ReplaceAll(string(s.Config), ": ", ":"), word) {
				t.Errorf("%s is not in the resolved scenario:\n%s", word, s.Config)
			}
		}
		if have := f.Detail(s); !strings.Contains(have, "on dispatch_sent no. 2 + 2s") {
			t.Errorf("detail %q", have)
		}
	}
}

func TestBrokenEvents(t *testing.T) {
	const on, node = `on = { event = "dispatch_sent" }` + "\n", `target = { event = "node" }` + "\n"
	for _, c := range []struct{ name, fault, want string }{
		{"an event of nobody", `kind = "crash"` + "\non = { event = \"dispatch_send\" }\n" + node, `fault[0].on.event = "dispatch_send": must be "suspected", "declared_dead"`},
		{"a near name", `kind = "crash"` + "\non = { event = \"dispatch_send\" }\n" + node, `(did you mean "dispatch_sent"?)`},
		{"a message of nobody", `kind = "crash"` + "\non = { event = \"sent:pong\" }\n" + node, `fault[0].on.event = "sent:pong": must be`},
		{"no event", `kind = "crash"` + "\non = { nth = 1 }\n" + node, `fault[0].on.event: missing`},
		{"the zeroth", `kind = "crash"` + "\non = { event = \"dispatch_sent\", nth = 0 }\n" + node, `fault[0].on.nth = 0: must be ≥ 1`},
		{"no time at all", `kind = "crash"` + "\n" + node, `fault[0].at: missing: when does it happen?`},
		{"a party without event", `kind = "crash"` + "\nat = \"50s\"\n" + node, `fault[0].target.event: this fault waits for no event (on)`},
		{"a deep party without event", `kind = "partition"` + "\nat = \"50s\"\nfor = \"1s\"\na = { id = \"use1/gate/0\" }\nb = { role = \"manager\", not = { event = \"peer\" } }\n", `fault[0].b.not.event: this fault waits for no event (on)`},
		{"a party that is none", `kind = "crash"` + "\n" + on + "target = { event = \"both\" }\n", `fault[0].target.event = "both": must be "node" or "peer"`},
		{"a peer of what has none", `kind = "crash"` + "\non = { event = \"job_accepted\" }\ntarget = { event = \"peer\" }\n", `fault[0].target.event = "peer": job_accepted has no peer: it happens at one node`},
		{"where a peer is", `kind = "crash"` + "\non = { event = \"job_accepted\", where = { peer = { role = \"worker\" } } }\n" + node, `fault[0].on.where.peer: job_accepted has no peer: it happens at one node`},
		{"where it moves", `kind = "crash"` + "\non = { event = \"dispatch_sent\", where = { node = { leader_of = \"gates\" } } }\n" + node, `fault[0].on.where.node: leader_of, state and event cannot be used here: at whom an event counts is fixed`},
		{"of a job, for a message", `kind = "crash"` + "\non = { event = \"dispatch_sent\", where = { job = \"work\" } }\n" + node, `fault[0].on.where.job: dispatch_sent does not say of which job it is`},
		{"of a job, for a worker", `kind = "crash"` + "\non = { event = \"worker_evicted\", where = { job = \"work\" } }\n" + node, `fault[0].on.where.job: worker_evicted does not say of which job it is`},
		{"of a job of nobody", `kind = "crash"` + "\non = { event = \"job_accepted\", where = { job = \"wok\" } }\n" + node, `fault[0].on.where.job = "wok": no workload of jobs "wok" (has work) (did you mean "work"?)`},
		{"again and again", `kind = "crash"` + "\nrepeat = { every = \"10s\", count = 2 }\n" + on + node, `fault[0].repeat: cannot stand beside on`},
		{"a join", `kind = "join"` + "\n" + on + "target = { id = \"use1/manager/0\" }\n", `fault[0].on: a join has its time`},
		{"for ever", `kind = "pause"` + "\n" + on + node, `fault[0].for: missing`},
		{"for ever, a state", `kind = "loss"` + "\np = 0.1\n" + on + node, `fault[0].on: is never undone, so nothing can settle; give for, or say force = true if that is meant`},
		{"too long", `kind = "pause"` + "\nfor = \"220s\"\n" + on + node, `fault[0].on: no event is in time: it may come from 30s on, and what begins after 20s is not over before the last 60s, which are to be quiet`},
		{"referred to", `kind = "crash"` + "\n" + on + node + "[[fault]]\nid = \"g\"\nkind = \"crash\"\nat = \"f.start + 3s\"\ntarget = { role = \"worker\", count = 1 }\n", `fault[1].at = "f.start + 3s": fault "f" begins with an event (on), and nobody knows when that comes`},
		{"measured from", `kind = "crash"` + "\n" + on + node + "[[expect]]\nid = \"e\"\nmetric = \"detection_first\"\nsince = \"f.start\"\nstat = \"max\"\nmax = \"1s\"\nwhy = \"w\"\n", `expect[0].since = "f.start": fault "f" begins with an event (on)`},
	} {
		_, err := Parse(onBase+c.fault, "on.toml", nil, Options{})
		var p form.Problems
		if !errors.As(err, &p) || !strings.Contains(p.Error(), c.want) {
			t.Errorf("%s:\nhave %v\nwant %s", c.name, err, c.want)
		}
	}
	calm, _, _ := strings.Cut(onBase, "[[workload]]")
	for event, want := range map[string]string{
		"job_accepted":      `never comes: there are no jobs`,
		"received:job_ack":  `never comes: there are no jobs`,
		"leader_elected":    `never comes: nobody is elected`,
		"received:ping":     "",
		"declared_dead":     "",
		"sent:leader_claim": "",
	} {
		_, err := Parse(strings.NewReplacer("gates = 1", "gates = 0", "clients = 1", "").Replace(calm)+"[[fault]]\nid = \"f\"\nkind = \"crash\"\non = { event = \""+event+"\" }\ntarget = { event = \"node\", role = \"manager\" }\n", "on.toml", nil, Options{})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: have %v, want %q", event, err, want)
		}
	}
}
