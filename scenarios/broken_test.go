package scenarios

import (
	"errors"
	"strings"
	"testing"

	"hypersim/scenarios/form"
)

// base is a valid scenario whose lines the broken ones replace.
const base = `# Is it whole?
schema = 1

[scenario]
name = "x"
title = "a base to break"
duration = "300s"
warmup = "30s"

[topology]
use = "wan3"

[network.inter]
loss = { model = "bernoulli", p = 0.01 }

[cluster]
gates = 2
managers = 3
workers = 10

[protocol.probe]
interval = "1s"

[[fault]]
id = "cut"
kind = "partition"
at = "60s"
for = "90s"
a = { site = "euw1" }
b = { not = { site = "euw1" } }

[[fault]]
id = "crash"
kind = "crash"
at = "cut.end + 10s"
target = { role = "manager", count = 1 }

[[expect]]
id = "dead"
metric = "detection_first"
where = { to = "DEAD" }
stat = "p95"
max = "=2*cfg.probe.timeout + dur(\"10s\")"
why = "because"

[sweep]
seeds = "1..3"
[sweep.grid]
"cluster.workers" = [10, 20]
`

func TestBaseIsWhole(t *testing.T) {
	if _, err := Parse(base, "x.toml", nil, Options{}); err != nil {
		t.Fatal(err)
	}
}

// Each case replaces one piece of base by another; want is every problem, one a line.
func TestBrokenScenarios(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"not TOML", `schema = 1`, `schema = `, `x.toml:2:10: not TOML: expected value but found '\n' instead`},
		{"key twice", `gates = 2`, "gates = 2\ngates = 3", `x.toml:18:11: not TOML: Key 'cluster.gates' has already been defined.`},
		{"no schema", `schema = 1`, ``, `x.toml:1:1: schema: missing`},
		{"newer schema", `schema = 1`, `schema = 2`, `x.toml:2:10: schema = 2: must be 1`},
		{"unknown section", `[cluster]`, `[clutser]`, `x.toml:1:1: cluster: missing: there is no node; give gates, managers and workers per site, or size
x.toml:16:1: clutser: unknown key (did you mean "cluster"?)`},
		{"unknown key", `workers = 10`, `wrokers = 10`, `x.toml:19:1: cluster.wrokers: unknown key (did you mean "workers"?)`},
		{"unknown key nobody meant", `workers = 10`, `zzzzzzzz = 10`, `x.toml:19:1: cluster.zzzzzzzz: unknown key`},
		{"unknown key in an inline table", `p = 0.01 }`, `p = 0.01, q = 1 }`, `x.toml:14:41: network.inter.loss.q: unknown key (did you mean "p"?)`},
		{"no title", `title = "a base to break"`, ``, `x.toml:4:1: scenario.title: missing`},
		{"name with blanks", `name = "x"`, `name = "X y"`, `x.toml:5:8: scenario.name = "X y": must be kebab-case: small letters, digits and single hyphens`},
		{"bare duration", `duration = "300s"`, `duration = 300`, `x.toml:7:12: scenario.duration = 300: must be a duration with a unit, such as "250ms", "30s" or "2h"`},
		{"duration without unit", `duration = "300s"`, `duration = "300"`, `x.toml:7:12: scenario.duration = "300": must be a duration with a unit, such as "250ms", "30s" or "2h"`},
		{"duration of nothing", `warmup = "30s"`, `warmup = "-1s"`, `x.toml:8:10: scenario.warmup = "-1s": must be ≥ 0s`},
		{"duration of an age", `duration = "300s"`, `duration = "9000h"`, `x.toml:7:12: scenario.duration = "9000h": must not be longer than 8760h, a year`},
		{"warm-up longer than the run", `warmup = "30s"`, `warmup = "300s"`, `x.toml:8:10: scenario.warmup = "300s": must be shorter than the run of 300s
x.toml:27:6: fault[0].at = "60s": lies in the warm-up of 300s; say force = true if that is meant
x.toml:35:6: fault[1].at = "cut.end + 10s": lies in the warm-up of 300s; say force = true if that is meant`},
		{"topology of nobody", `use = "wan3"`, `use = "wan4"`, `x.toml:11:7: topology.use = "wan4": no bundled topology of that name (has lan1, wan3, wan5, wan10, aws-2020, gcp-2019, azure) (did you mean "wan3"?)`},
		{"two topologies", `use = "wan3"`, "use = \"wan3\"\nmatrix = \"aws-2020\"", `x.toml:12:1: topology.matrix: cannot stand beside use; only sites (for counts), links and intra_rtt can; latencies of your own belong into a topology file (schema = 1, matrix, unit, kind) that use names: use = "mine.toml"`},
		{"matrix not square", `use = "wan3"`, "rows = [[0.0, 10.0], [10.0]]\nunit = \"ms\"\nkind = \"rtt\"\nsites = [{ name = \"euw1\" }, { name = \"b\" }]",
			`x.toml:11:22: topology.rows[1]: not square: 1 values, 2 rows`},
		{"matrix with NaN", `use = "wan3"`, "rows = [[0.0, nan], [10.0, 0.0]]\nunit = \"ms\"\nkind = \"rtt\"\nsites = [{ name = \"euw1\" }, { name = \"b\" }]",
			`x.toml:11:15: topology.rows[0][1] = nan: must be a finite number`},
		{"matrix file that is not there", `use = "wan3"`, "matrix = \"nowhere.csv\"\nunit = \"ms\"\nkind = \"rtt\"", `x.toml:11:10: topology.matrix = "nowhere.csv": matrix: open nowhere.csv: no such file or directory`},
		{"sites of one name", `use = "wan3"`, "rows = [[0.0, 9.0], [9.0, 0.0]]\nunit = \"ms\"\nkind = \"rtt\"\nsites = [{ name = \"euw1\" }, { name = \"euw1\" }]", `x.toml:14:38: topology.sites[1].name = "euw1": "euw1" is the name of sites[0] too; site names are unique`},
		{"loss above one", `p = 0.01`, `p = 1.5`, `x.toml:14:35: network.inter.loss.p = 1.5: must be ≥ 0 and ≤ 1`},
		{"loss of another model", `model = "bernoulli", p = 0.01`, `model = "none", p = 0.01`, `x.toml:14:26: network.inter.loss.p: none loss has no such key`},
		{"loss model misspelt", `model = "bernoulli"`, `model = "bernouli"`, `x.toml:14:18: network.inter.loss.model = "bernouli": must be "none", "bernoulli" or "gilbert-elliott" (did you mean "bernoulli"?)`},
		{"bandwidth without unit", `[network.inter]`, "[network.inter]\nbandwidth = \"100\"", `x.toml:14:13: network.inter.bandwidth = "100": must be a bandwidth with a unit, such as "1Gbit/s" or "200kbit/s"`},
		{"size without unit", `[network.inter]`, "[network.inter]\nmtu = 1400", `x.toml:14:7: network.inter.mtu = 1400: must be a size with a unit, such as "1400B", "64KiB" or "1MiB"`},
		{"jitter mixing units", `[network.inter]`, "[network.inter]\njitter = { dist = \"uniform\", min = \"0ms\", max = \"5%\" }", `x.toml:14:10: network.inter.jitter: parameters are either all in % of the base value or none`},
		{"jitter that can be negative", `[network.inter]`, "[network.inter]\njitter = { dist = \"uniform\", min = \"-1ms\", max = \"5ms\" }", `x.toml:14:10: network.inter.jitter: can be as low as -0.001s, must be ≥ 0s`},
		{"pareto without a mean", `[network.inter]`, "[network.inter]\njitter = { dist = \"pareto\", scale = \"1ms\", shape = 0.9 }", `x.toml:14:52: network.inter.jitter.shape = 0.9: has no finite mean; must be > 1, or say infinite_mean = true`},
		{"distribution unknown", `[network.inter]`, "[network.inter]\njitter = { dist = \"weibull\" }", `x.toml:14:19: network.inter.jitter.dist = "weibull": must be "constant", "uniform", "normal", "lognormal", "exponential", "gamma", "pareto" or "empirical"`},
		{"negative count", `gates = 2`, `gates = -2`, `x.toml:17:9: cluster.gates = -2: must be ≥ 0 and ≤ 100000`},
		{"count that is a word", `gates = 2`, `gates = "two"`, `x.toml:17:9: cluster.gates = "two": must be a whole number`},
		{"count that is a fraction", `gates = 2`, `gates = 2.5`, `x.toml:17:9: cluster.gates = 2.5: must be a whole number`},
		{"size too small", `workers = 10`, `size = 10`, `x.toml:19:8: cluster.size = 10: is less than the 15 gates and managers`},
		{"clients", `workers = 10`, "workers = 10\nclients = 1", `x.toml:20:11: cluster.clients = 1: clients hand in jobs, and there are none: add a [[workload]] of kind = "jobs"`},
		{"probe interval of 0", `interval = "1s"`, `interval = "0s"`, `x.toml:22:12: protocol.probe.interval = "0s": must be ≥ 0.001s and ≤ 3600s`},
		{"parameters that contradict", `interval = "1s"`, `interval = "400ms"`, `x.toml:22:12: protocol.probe.timeout = 500ms: must be below probe.interval = 400ms`},
		{"room of a later version", `[protocol.probe]`, "[protocol.discovery]\nk = \"1s\"\n[protocol.probe]", `x.toml:21:1: protocol.discovery: the parameters of this room are not supported yet`},
		{"room of nobody", `[protocol.probe]`, `[protocol.prob]`, `x.toml:21:1: protocol.prob: unknown key (did you mean "probe"?)`},
		{"parameter misspelt", `interval = "1s"`, `intervall = "1s"`, `x.toml:22:1: protocol.probe.intervall: unknown key (did you mean "interval"?)`},
		{"fault of nobody", `kind = "partition"`, `kind = "partitoin"`, `x.toml:26:8: fault[0].kind = "partitoin": must be "bandwidth", "churn", "clock", "corrupt", "crash", "delay", "discovery", "duplicate", "flap", "hold", "join", "kill-leader", "leave", "lhm", "loss", "overload", "partition", "pause", "poison", "raise", "reorder", "restart", "rumour", "site-outage" or 3 more (did you mean "partition"?)`},
		{"leader of nobody", "kind = \"crash\"\nat = \"cut.end + 10s\"\ntarget = { role = \"manager\", count = 1 }", "kind = \"kill-leader\"\nat = \"60s\"\nof = \"site:eu-1\"", `x.toml:36:6: fault[1].of = "site:eu-1": must be "gates", "site:use1", "site:euw1" or "site:apne1" (did you mean "site:euw1"?)`},
		{"leader of a job", "kind = \"crash\"\nat = \"cut.end + 10s\"\ntarget = { role = \"manager\", count = 1 }", "kind = \"kill-leader\"\nat = \"60s\"\nof = \"job:w\"", `x.toml:36:6: fault[1].of = "job:w": no workload of jobs "w"; there is none`},
		{"fault with another kind's key", `at = "60s"`, "at = \"60s\"\nfactor = 2.0", `x.toml:28:1: fault[0].factor: a partition has no such key (takes a, b, groups, direction, mode, traffic)`},
		{"partition of unknown traffic", `for = "90s"`, "for = \"90s\"\ntraffic = [\"ping\", \"akc\"]", `x.toml:29:20: fault[0].traffic[1] = "akc": must be "control", "dispatch", "data", "telemetry", "datagram", "stream", "ping", "ack", "ping_req", "ind_ack", "nack", "gossip", "leave", "xprobe", "xack", "xnack", "sample_ping", "sample_ack", "join", "join_ack", "sync_digest", "sync_full", "progress", "stream_ping" or 126 more (did you mean "ack"?)`},
		{"churn without a rate", `kind = "crash"`, "kind = \"churn\"\nfor = \"10s\"", `x.toml:32:1: fault[1].rate: missing: a churn needs one
x.toml:37:10: fault[1].target: count and pct cannot be used here: each event draws one node of all that match`},
		{"churn of a draw", `kind = "crash"`, "kind = \"churn\"\nfor = \"10s\"\nrate = \"3/s\"", `x.toml:38:10: fault[1].target: count and pct cannot be used here: each event draws one node of all that match`},
		{"churn rate without unit", `kind = "crash"`, "kind = \"churn\"\nfor = \"10s\"\nrate = \"3\"", `x.toml:36:8: fault[1].rate = "3": must be a rate such as "30/min", or a share of the target such as "10%/min"
x.toml:38:10: fault[1].target: count and pct cannot be used here: each event draws one node of all that match`},
		{"churn of nothing", "kind = \"crash\"\nat = \"cut.end + 10s\"\ntarget = { role = \"manager\", count = 1 }", "kind = \"churn\"\nat = \"60s\"\nfor = \"10s\"\nrate = \"3/s\"\nmix = { crash = 0 }\ntarget = { role = \"manager\" }", `x.toml:38:7: fault[1].mix: needs a weight above 0`},
		{"poison of nobody", "kind = \"crash\"", "kind = \"poison\"\nfor = \"10s\"\nvalues = \"arsenic\"", `x.toml:36:10: fault[1].values = "arsenic": must be "nan", "inf", "negative-height", "far" or "wrong-dims"`},
		{"fault before the run", `at = "60s"`, `at = "-5s"`, `x.toml:27:6: fault[0].at = "-5s": must be ≥ 0s`},
		{"fault in the warm-up", `at = "60s"`, `at = "10s"`, `x.toml:27:6: fault[0].at = "10s": lies in the warm-up of 30s; say force = true if that is meant`},
		{"fault in the settle time", `for = "90s"`, `for = "185s"`, `x.toml:27:6: fault[0].at = "60s": ends at 245s, after 240s, where the last 60s are to be quiet; say force = true if that is meant
x.toml:35:6: fault[1].at = "cut.end + 10s": ends at 255s, after 240s, where the last 60s are to be quiet; say force = true if that is meant`},
		{"fault without end", `for = "90s"`, ``, `x.toml:27:6: fault[0].at = "60s": is never undone, so nothing can settle; give for, or say force = true if that is meant`},
		{"fault of a process and a repetition", `at = "cut.end + 10s"`, "process = { rate = \"1/min\" }\nrepeat = { every = \"10s\", count = 2 }", `x.toml:36:1: fault[1].repeat: cannot stand beside process, which says when the fault happens`},
		{"fault of a process without a rate", `at = "cut.end + 10s"`, "process = {}", `x.toml:35:11: fault[1].process.rate: missing`},
		{"fault of a process that cannot be over", `at = "cut.end + 10s"`, "process = { rate = \"1/min\" }\nfor = \"300s\"", `x.toml:35:1: fault[1].process: leaves no time to begin in: from 30s to 0s, so that it is over where the last 60s are to be quiet`},
		{"faults of one id", `id = "crash"`, `id = "cut"`, `x.toml:33:6: fault[1].id = "cut": is the id of fault[0] too`},
		{"instant of nobody", `at = "cut.end + 10s"`, `at = "cat.end"`, `x.toml:35:6: fault[1].at = "cat.end": no fault "cat" (has cut, crash) (did you mean "cut"?)`},
		{"instants in a circle", `at = "60s"`, `at = "crash.start"`, `x.toml:27:6: fault[0].at = "crash.start": waits for itself: instants refer to each other in a circle`},
		{"site of nobody", `a = { site = "euw1" }`, `a = { site = "eu-1" }`, `x.toml:29:14: fault[0].a.site = "eu-1": no site "eu-1" in topology "wan3" (has use1, euw1, apne1) (did you mean "euw1"?)`},
		{"node of nobody", `target = { role = "manager", count = 1 }`, `target = { id = "use1/manager/3" }`, `x.toml:36:17: fault[1].target.id = "use1/manager/3": no node "use1/manager/3"; use1/manager has the indices 0 to 2`},
		{"selector that matches nothing", `target = { role = "manager", count = 1 }`, `target = { id = "use1/boss*" }`, `x.toml:36:10: fault[1].target: matches no node; say allow_empty = true if that is meant`},
		{"selector of everything by accident", `target = { role = "manager", count = 1 }`, `target = {}`, `x.toml:36:10: fault[1].target: an empty selector is ambiguous; everything is { any = true }`},
		{"selector of leaders of nobody", `target = { role = "manager", count = 1 }`, `target = { leader_of = "gate" }`, `x.toml:36:24: fault[1].target.leader_of = "gate": must be "gates", "site:use1", "site:euw1" or "site:apne1" (did you mean "gates"?)`},
		{"selector of a state without jobs", `target = { role = "manager", count = 1 }`, `target = { state = "idle" }`, `x.toml:36:20: fault[1].target.state = "idle": nobody works: there are no jobs (a [[workload]] of kind = "jobs")`},
		{"selector of a state of nobody's", `target = { role = "manager", count = 1 }`, `target = { state = "busy" }`, `x.toml:36:20: fault[1].target.state = "busy": must be "idle", "running-workflow" or "owner-of:<workload>"`},
		{"join of a leader", "kind = \"crash\"\nat = \"cut.end + 10s\"\ntarget = { role = \"manager\", count = 1 }", "kind = \"join\"\nat = \"60s\"\ntarget = { leader_of = \"gates\" }", `x.toml:36:10: fault[1].target: leader_of, state and event cannot be used here: who is absent until it joins is fixed`},
		{"selector of more than there are", `count = 1 }`, `count = 10 }`, `x.toml:36:38: fault[1].target.count = 10: more than the 9 nodes that match`},
		{"two sides that overlap", `b = { not = { site = "euw1" } }`, `b = { any = true }`, `x.toml:24:1: fault[0]: euw1/gate/0 is on two sides, a and b`},
		{"workload of a later version", `[sweep]`, "[[workload]]\nid = \"w\"\nkind = \"traffic\"\ninterval = \"10s\"\ntarget = { role = \"worker\" }\n[sweep]", `x.toml:48:8: workload[0].kind = "traffic": workloads of this kind are not supported yet`},
		{"workload of nobody's making", `[sweep]`, "[[workload]]\nid = \"w\"\nkind = \"load\"\ninterval = \"10s\"\ntarget = { role = \"worker\" }\n[sweep]", `x.toml:48:8: workload[0].kind = "load": must be "progress", "jobs", "cancel", "stats", "query" or "route-probe"`},
		{"workload without workers", `[sweep]`, "[[workload]]\nid = \"w\"\nkind = \"progress\"\ninterval = \"10s\"\ntarget = { role = \"manager\" }\n[sweep]", `x.toml:50:10: workload[0].target: matches apne1/manager/0; only workers work`},
		{"workload that never is", `[sweep]`, "[[workload]]\nid = \"w\"\nkind = \"progress\"\ninterval = \"10s\"\ntarget = { role = \"worker\" }\nfrom = \"400s\"\n[sweep]", `x.toml:51:8: workload[0] = "400s": lasts from 400s to 300s in a run of 300s`},
		{"two workloads of one id", `[sweep]`, "[[workload]]\nid = \"w\"\nkind = \"progress\"\ninterval = \"10s\"\ntarget = { role = \"worker\" }\n[[workload]]\nid = \"w\"\nkind = \"progress\"\ninterval = \"10s\"\ntarget = { role = \"worker\" }\n[sweep]", `x.toml:52:6: workload[1].id = "w": is the id of workload[0] too`},
		{"fault of no workload", `[sweep]`, "[[workload]]\nid = \"w\"\nkind = \"progress\"\ninterval = \"10s\"\ntarget = { role = \"worker\" }\n[[fault]]\nid = \"stuck\"\nkind = \"stuck-workflow\"\nat = \"60s\"\nfor = \"60s\"\ntarget = { role = \"worker\" }\njob = \"v\"\n[sweep]", `x.toml:57:7: fault[2].job = "v": no workload "v" (has w) (did you mean "w"?)`},
		{"metric of nobody", `metric = "detection_first"`, `metric = "detection_frist"`, `x.toml:40:10: expect[0].metric = "detection_frist": no such metric (did you mean "detection_first"?)`},
		{"metric of a later version", `metric = "detection_first"`, `metric = "job_end"`, `x.toml:40:10: expect[0].metric = "job_end": jobs, routing and flow control are not supported yet, so nothing measures it`},
		{"label of nobody", `where = { to = "DEAD" }`, `where = { too = "DEAD" }`, `x.toml:41:11: expect[0].where.too: detection_first has no such label (has observer, observer_role, observer_site, observer_class, node, class, group, subject, subject_role, subject_site, subject_class, subject_ghost, …) (did you mean "to"?)`},
		{"label value of nobody", `where = { to = "DEAD" }`, `where = { to = "dead" }`, `x.toml:41:16: expect[0].where.to = "dead": detection_first has no to "dead" (has SUSPECT, DEAD) (did you mean "DEAD"?)`},
		{"statistic of nobody", `stat = "p95"`, `stat = "q95"`, `x.toml:42:8: expect[0].stat = "q95": must be "count", "sum", "mean", "sd", "min", "max", "all", "first", "last", "rate" or "slope", or a quantile such as "p95"`},
		{"bound without unit", `max = "=2*cfg.probe.timeout + dur(\"10s\")"`, `max = 12`, `x.toml:43:7: expect[0].max = 12: must be a duration with a unit, such as "250ms", "30s" or "2h"`},
		{"bound without reason", `why = "because"`, ``, `x.toml:38:1: expect[0].why: missing: a bound that decides the exit status gives its reason`},
		{"no bound", `max = "=2*cfg.probe.timeout + dur(\"10s\")"`, ``, `x.toml:38:1: expect[0]: missing: give min, max or equals, or level = "record"`},
		{"bounds crossed", `stat = "p95"`, "stat = \"p95\"\nmin = \"20s\"", `x.toml:44:7: expect[0].max = "=2*cfg.probe.timeout + dur(\"10s\")": is below min = 20 s`},
		{"expression with an unknown name", `2*cfg.probe.timeout`, `2*cfg.probe.timeot`, `x.toml:43:7: expect[0].max = "=2*cfg.probe.timeot + dur(\"10s\")": unknown name cfg.probe.timeot (did you mean "timeout"?) (character 13 of the expression)`},
		{"expression with an unknown function", `dur(\"10s\")`, `now()`, `x.toml:43:7: expect[0].max = "=2*cfg.probe.timeout + now()": unknown name now (character 23 of the expression)`},
		{"expression that does not end", `dur(\"10s\")`, `(1`, `x.toml:43:7: expect[0].max = "=2*cfg.probe.timeout + (1": unexpected token EOF (character 24 of the expression)`},
		{"expression beyond arithmetic", `dur(\"10s\")`, `len([1, 2])`, `x.toml:43:7: expect[0].max = "=2*cfg.probe.timeout + len([1, 2])": only + - * / ( ) ?:, comparisons and the named functions are part of expressions (character 27 of the expression)`},
		{"expression of a later version", `dur(\"10s\")`, `baseline(\"messages\", \"mean\")`, `x.toml:43:7: expect[0].max = "=2*cfg.probe.timeout + baseline(\"messages\", \"mean\")": baseline is not supported yet: bounds are numbers before the run starts (character 23 of the expression)`},
		{"a time for a share", "metric = \"detection_first\"\nwhere = { to = \"DEAD\" }\nstat = \"p95\"\nmax = \"=2*cfg.probe.timeout + dur(\\\"10s\\\")\"", "metric = \"view_error\"\nstat = \"max\"\nmax = \"=cfg.probe.interval\"", `x.toml:42:7: expect[0].max = "=cfg.probe.interval": gives a time, must give a number without unit`},
		{"a number of members for a time", `=2*cfg.probe.timeout`, `=cluster.size*cfg.probe.timeout/cfg.probe.interval`, `x.toml:43:7: expect[0].max = "=cluster.size*cfg.probe.timeout/cfg.probe.interval + dur(\"10…": the two sides of "+" do not fit: a number without unit and a time (character 51 of the expression)`},
		{"bytes for a time", `dur(\"10s\")`, `size(\"10B\")`, `x.toml:43:7: expect[0].max = "=2*cfg.probe.timeout + size(\"10B\")": the two sides of "+" do not fit: a time and an amount of bytes (character 21 of the expression)`},
		{"an expression of everything", `=2*cfg.probe.timeout + dur(\"10s\")`, `=$env`, `x.toml:43:7: expect[0].max = "=$env": unknown name $env (character 1 of the expression)`},
		{"an expression of a table", `=2*cfg.probe.timeout + dur(\"10s\")`, `=cfg.rate`, `x.toml:43:7: expect[0].max = "=cfg.rate": must give a number, not a table: name one of its keys, such as burst, refill`},
		{"a form of nobody's", `[sweep]`, "[[report.plot]]\nkind = \"pie\"\nmetric = \"view_error\"\n[sweep]", `x.toml:47:8: report.plot[0].kind = "pie": must be "line", "ecdf", "hist", "box", "heatmap", "strip", "area", "scatter" or "gantt"`},
		{"a table for a list of tables", `[sweep]`, "[workload]\nid = \"w\"\n[sweep]", `x.toml:46:1: workload: must be an array of tables: each begins with [[workload]]`},
		{"sweep that breaks the scenario", `= [10, 20]`, `= [10, -1]`, `x.toml:49:26: sweep.grid."cluster.workers"[1] = -1: makes the scenario invalid: cluster.workers = -1: must be ≥ 0 and ≤ 1000000`},
		{"sweep of nothing", `= [10, 20]`, `= 10`, `x.toml:49:21: sweep.grid."cluster.workers" = 10: must be a list of values`},
		{"sweep of an unknown key", `"cluster.workers" =`, `"cluster.wrokers" =`, `x.toml:49:22: sweep.grid."cluster.wrokers"[0] = 10: makes the scenario invalid: cluster.wrokers: unknown key (did you mean "workers"?)`},
		{"seeds backwards", `"1..3"`, `"3..1"`, `x.toml:47:9: sweep.seeds = "3..1": must be a range such as "1..30" or a list of whole numbers`},
		{"several at once", "gates = 2\nmanagers = 3", "gates = -1\nmanagers = \"3\"", `x.toml:17:9: cluster.gates = -1: must be ≥ 0 and ≤ 100000
x.toml:18:12: cluster.managers = "3": must be a whole number`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(base, c.old) == 0 {
				t.Fatalf("%q is not in the base", c.old)
			}
			_, err := Parse(strings.Replace(base, c.old, c.new, 1), "x.toml", nil, Options{})
			var p form.Problems
			if !errors.As(err, &p) {
				t.Fatalf("accepted: %v", err)
			}
			if have := p.Error(); have != c.want {
				t.Errorf("\nhave %s\nwant %s", have, c.want)
			}
		})
	}
}

// A byte order mark says nothing, and a name that is not there is told without an empty list.
func TestSmallKindnesses(t *testing.T) {
	plain, err := Parse(base, "x.toml", nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	marked, err := Parse("\ufeff"+base, "x.toml", nil, Options{})
	if err != nil || marked.ConfigHash != plain.ConfigHash || marked.Question != "Is it whole?" {
		t.Errorf("with a byte order mark: %v", err)
	}
	if _, err := Parse("\ufeff"+strings.Replace(base, "schema = 1", "schema = 2", 1), "x.toml", nil, Options{}); err == nil || !strings.HasPrefix(err.Error(), "x.toml:2:10: schema") {
		t.Errorf("with a mark and a mistake: %v", err)
	}
	_, err = Parse(base, "x.toml", nil, Options{Variant: "fast"})
	if want := `--variant: no variant "fast"; there is none`; err == nil || err.Error() != want {
		t.Errorf("have %v, want %s", err, want)
	}
	_, err = Parse(base+"[[variant]]\nname = \"slow\"\n", "x.toml", nil, Options{Variant: "fast"})
	if want := `--variant: no variant "fast" (has slow)`; err == nil || err.Error() != want {
		t.Errorf("have %v, want %s", err, want)
	}
}
