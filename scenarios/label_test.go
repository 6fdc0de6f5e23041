package scenarios

import (
	"strings"
	"testing"
)

// A claim that can select nothing holds whatever happens, so it is refused: whatever the reason why.
func TestClaimsAboutNothing(t *testing.T) {
	const world = `schema = 1
[scenario]
name = "x"
title = "two sites, no gates at one of them"
duration = "200s"
warmup = "10s"
[topology]
use = "wan3"
[cluster]
managers = 3
gateless = true
[[workload]]
id = "build"
kind = "progress"
interval = "5s"
target = { role = "worker", allow_empty = true }
[[fault]]
id = "cut"
kind = "partition"
at = "60s"
for = "30s"
a = { site = "use1" }
b = { not = { site = "use1" } }
[[variant]]
name = "managers"
[[variant]]
name = "with-workers"
set = { "cluster.workers" = 4 }
[[expect]]
id = "e"
stat = "count"
max = 0
why = "w"
`
	for _, c := range []struct{ claim, want string }{
		{`metric = "probe_failures"
where = { subject = "use1/manager/0" }`, "where.subject: probe_failures has no such label (has observer_role, role, link)"},
		{`metric = "lhm_score"
where = { node = "use1/manager/0" }`, "where.node: lhm_score has no such label (has observer_role, role)"},
		{`metric = "memory_per_pair"
where = { role = "manager" }`, "where.role: memory_per_pair has no labels: it is about all nodes at once"},
		{`metric = "excused_positives"
where = { subject = "use1/manager/99" }`, `where.subject = "use1/manager/99": no node "use1/manager/99"; use1/manager has the indices 0 to 2`},
		{`metric = "excused_positives"
where = { observer_not = "use1/boss/0" }`, `no node "use1/boss/0"`},
		{`metric = "false_positives"
where = { subject_class = "ill" }`, `false_positives has no subject class "ill" (has healthy, impaired)`},
		{`metric = "false_positives"
where = { group = "flat" }`, `false_positives has no group "flat" (has gates, site:use1`},
		{`metric = "false_positives"
where = { to = "SUSPECT" }`, `false_positives has no to "SUSPECT" (has DEAD)`},
		{`metric = "detection_first"
where = { truth = "live" }`, `detection_first has no truth "live" (has crashed)`},
		{`metric = "dissemination"
where = { share = "90" }`, `dissemination has no share "90" (has 50, 99, 100)`},
		{`metric = "messages"
where = { type = "pingg" }`, `messages has no type "pingg" (has ping,`},
		{`metric = "rejoin"
where = { fault = "cat" }`, `rejoin has no fault "cat" (has cut) (did you mean "cut"?)`},
		{`metric = "job_suspicion"
where = { scope = "built" }`, `job_suspicion has no scope "built" (has build)`},
		{`metric = "coordinate_error"
where = { roles = "worker-manager" }`, `coordinate_error has no roles "worker-manager"`},
		{`metric = "false_positives"
where = { subject_role = "gate" }`, "where.subject_role: no node is all that is asked for"},
		{`metric = "false_positives"
where = { subject = "use1/manager/0", subject_site = "euw1" }`, "no node is all that is asked for"},
		{`metric = "detection_each"
where = { role = "manager", subject_role_not = "manager" }`, "no node is all that is asked for"},
		{`metric = "detection_each"
minus = { metric = "detection_first", where = { subject_role = "gate" } }`, "minus.where.subject_role: no node is all that is asked for"},
		{`metric = "dc_reachability"`, "is a time series of states: it can be drawn, not judged"},
		{`metric = "false_positives"
where = { subject_role = "worker" }
when = { variant = "managers" }`, "no node is all that is asked for"},

		{`metric = "false_positives"
where = { subject_role = "worker" }
when = { variant = "with-workers" }`, ""}, // this run is not judged, and the other has them
		{`metric = "false_positives"
where = { subject_role_not = "gate" }`, ""},
		{`metric = "detection_each"
where = { subject = "use1/manager/0", observer_site = "euw1", link = "inter", class = "healthy", path = "gossip" }`, ""},
		{`metric = "view_error"
where = { group = "site:use1", role = "manager" }`, ""},
	} {
		_, err := Parse(world+c.claim, "x.toml", nil, Options{})
		if c.want == "" {
			if err != nil {
				t.Errorf("%s\nrefused: %v", c.claim, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\nhave %v\nwant %s", c.claim, err, c.want)
		}
	}
}
