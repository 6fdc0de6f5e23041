package metrics

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/routing"
	"hypersim/core/workflow"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

func TestRouteRulesAreThoseOfRouting(t *testing.T) {
	var have []string
	for i := range routing.Reason(routing.NumReasons) {
		have = append(have, i.String())
	}
	if !slices.Equal(have, words.RouteRules) {
		t.Errorf("routing has %q, the words have %q", have, words.RouteRules)
	}
}

// twoSites is a script with a gate (0) and datacenters a (managers 1 and 2), b (3); workers 4 and 5 of 10 cores, one in each;
// a client (6).
func twoSites(t *testing.T) yard {
	nodes := []Node{
		{Name: "a/gate/0", Role: core.RoleGate, Group: 1, Site: "a"}, {Name: "a/manager/0", Role: core.RoleManager, Group: 2, Site: "a"},
		{Name: "a/manager/1", Role: core.RoleManager, Group: 2, Site: "a"}, {Name: "b/manager/0", Role: core.RoleManager, Group: 3, Site: "b", SiteIndex: 1},
		{Name: "a/worker/0", Role: core.RoleWorker, Group: 2, Site: "a", Cores: 10},
		{Name: "b/worker/0", Role: core.RoleWorker, Group: 3, Site: "b", SiteIndex: 1, Cores: 10}, {Name: "a/client/0", Role: core.RoleClient, Site: "a"},
	}
	for i := range nodes {
		nodes[i].ID = core.NodeID(i)
	}
	return yard{custom(t, nodes, func(c *Context) {
		c.Formed, c.Workloads = true, []string{"load"}
		c.TrueRTT = func(core.NodeID, core.NodeID, core.Instant) core.Duration { return 40e6 }
		c.Job = func(int, uint32) job.Spec { return job.Spec{Workflows: []job.WorkflowSpec{{Name: 1, Cores: 4}}} }
	})}
}

func (y yard) decides(sec float64, site uint16, previous int32) {
	y.now = at(sec)
	y.rec.RecordRoute(at(sec), 0, &routing.Record{Job: 9, Previous: previous, Primary: []uint16{site}, Candidates: []routing.Candidate{{Site: site}, {Site: 1 - site}}}, nil)
}

// The last decision that does not avoid a datacenter is what counts; the first that does says how often the gate decides (02-5).
func TestFailover(t *testing.T) {
	y := twoSites(t)
	y.decides(10, 0, -1)
	y.cut[[2]core.NodeID{0, 1}] = true // one manager of two cannot be reached: it has not failed
	y.rec.Sample(at(11), nil)
	y.truth(20, trace.KindCrash, 2) // and now it has
	y.decides(21.5, 0, -1)
	y.decides(24, 0, -1)
	y.decides(26, 1, 0)
	y.decides(27, 0, -1) // once more
	y.decides(29, 1, 0)
	delete(y.cut, [2]core.NodeID{0, 1})
	y.rec.Sample(at(40), nil)
	y.record(190, trace.Record{Kind: trace.KindFaultStart, Fault: -1})
	y.cut[[2]core.NodeID{3, 0}] = true // b cannot answer; nobody chose it for long
	y.rec.Sample(at(190), nil)
	y.decides(191, 0, -1)
	y.end(200)
	y.want(words.Failover, []float64{7}, "decision", "last", "dc", "a")
	y.want(words.Failover, []float64{6}, "decision", "first", "dc", "a")
	y.want(words.Failover, nil, "dc", "b")
}

// A gate that never chooses what failed after it did failed over at once.
func TestFailoverAtOnce(t *testing.T) {
	y := twoSites(t)
	y.decides(10, 0, -1)
	y.truth(20, trace.KindCrash, 1)
	y.truth(20, trace.KindCrash, 2)
	y.decides(30, 1, 0)
	y.end(50) // it is still gone
	y.want(words.Failover, []float64{0}, "decision", "last")
	y.want(words.Failover, []float64{10}, "decision", "first")
}

func TestBootstrapExit(t *testing.T) {
	y := twoSites(t)
	y.says(8, 0, core.JobFact{Kind: core.JobFactRouteMode, From: uint8(routing.ModeBootstrap), To: uint8(routing.ModeScore)})
	y.says(9, 0, core.JobFact{Kind: core.JobFactRouteMode, From: uint8(routing.ModeScore), To: uint8(routing.ModeBootstrap)})
	y.says(10, 0, core.JobFact{Kind: core.JobFactRouteMode, From: uint8(routing.ModeBootstrap), To: uint8(routing.ModeScore)})
	y.end(20)
	y.want(words.BootstrapExit, []float64{8})
}

// Work that waits while there is room elsewhere is misplaced, as far as there is room; where nobody works, nothing can be placed
// (02-4). The variation of load is over the sites' means, each over the window (02-2).
func TestMisplacedCoresAndVariationOfLoad(t *testing.T) {
	y := twoSites(t)
	wait := func(sec float64, id uint64, at core.NodeID, to workflow.State) {
		y.says(sec, at, core.JobFact{Kind: core.JobFactWorkflow, Job: id, Workflow: id, To: uint8(to)})
	}
	runs := func(sec float64, k trace.JobKind, n core.NodeID, id uint64, cores uint16) {
		y.job(sec, trace.JobRecord{Kind: k, Node: n, Work: core.Work{Job: id, Workflow: id, Token: id, Attempt: 1, Cores: cores}})
	}
	for id := range uint64(4) {
		y.submit(1, id+1, uint32(id))
	}
	wait(1, 1, 1, workflow.Pending)
	wait(1, 1, 1, workflow.Dispatched)
	runs(1, trace.JobWork, 4, 1, 10) // a is full
	wait(2, 2, 1, workflow.Pending)  // 4 cores wait, 10 are free in b
	wait(4, 3, 1, workflow.Pending)  // 8
	wait(6, 4, 1, workflow.Pending)  // 12, of which 10 have room
	y.rec.Sample(at(8), nil)         // 2·4 + 2·8 + 2·10 of 8·20
	y.over(10, 4, job.StateTimeout, job.CompleteNone)
	wait(11, 3, 1, workflow.Dispatched)
	y.truth(14, trace.KindCrash, 3) // b has no manager: nothing can go there, and its cores do not count
	y.rec.Sample(at(16), nil)       // 2·10 + 1·8 + 3·4 of 6·20 + 2·10
	y.end(16)
	y.want(words.MisplacedCores, []float64{44.0 / 160, 40.0 / 140})
	if v := Variation(y.rec.Result().Of(words.LoadCV)); v != 1 { // 1 and 0 in the means of 150 of 160 and none: sd and mean are the same
		t.Errorf("load_cv %v", v)
	}
}

// What a decision is told as: the choice, what it cost in truth, and what would have been better.
func TestDecisions(t *testing.T) {
	s := flat(t, 3)
	s.rec.ctx.TrueRTT = func(core.NodeID, core.NodeID, core.Instant) core.Duration { return 40e6 }
	s.rec.routes.managers = map[int]core.NodeID{0: 1}
	d := routing.Record{
		ID: 7, Job: 9, Reason: routing.ImprovementMet, Switched: true, Previous: 1, Incumbent: 50, BestScore: 40, Primary: []uint16{0},
		Candidates: []routing.Candidate{
			{Site: 0, ByScore: true, Score: 40, Raw: 40, RTT: 42, Cool: 1},
			{Site: 1, Verdict: routing.Excluded, Exclusion: routing.ExUnhealthy, Class: routing.Unhealthy, Why: routing.ReasonUnreachable},
		},
	}
	s.rec.RecordRoute(at(3), 0, &d, nil)
	r := s.end(50)
	s.want(words.RoutingSwitches, []float64{1}, "route_rule", "improvement_threshold_met")
	s.want(words.RoutingRTT, []float64{40})
	s.want(words.RoutingRegret, []float64{1})
	s.want(words.RoutingShare, []float64{1})
	var b bytes.Buffer
	if err := WriteCSV(&b, "routing.csv", r.Tables()); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(b.String(), "\n"); lines[1] != "3,7,a/manager/0,job-0000000000000009,submit,score,improvement_threshold_met,a,,HEALTHY,50,40,0.2,0,40,40,1,a,,0,0,0,0,1,:unhealthy_status,switched  → a: improvement_threshold_met," {
		t.Errorf("%s", lines[1])
	}
	b.Reset()
	if err := WriteCSV(&b, "routing_candidates.csv", r.Tables()); err != nil || strings.Count(b.String(), "\n") != 3 {
		t.Errorf("%v\n%s", err, b.String())
	}
}
