package metrics

import (
	"bytes"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Times of four jobs at one manager, told by hand: one ends late, one is ended although it was about to complete, one nobody
// ends, and one is lost to another manager in time. Rows and metrics say so.
func TestTimeouts(t *testing.T) {
	s := flat(t, 2)
	due := core.Never
	s.rec.ctx.ShardDue = func(core.NodeID, uint64, uint64, uint64) core.Instant { return due }
	says := func(sec float64, kind trace.JobKind, n core.NodeID, f core.JobFact) {
		s.now = at(sec)
		s.rec.RecordJob(&trace.JobRecord{At: at(sec), Local: at(sec), Kind: kind, Node: n, Workload: -1, Fact: f})
	}
	dur := func(sec float64) int64 { return int64(at(sec)) }
	for id := uint64(1); id <= 4; id++ {
		says(1, trace.JobSubmitted, 1, core.JobFact{Job: id})
		says(2, trace.JobFact, 0, core.JobFact{Kind: core.JobFactDeadline, To: uint8(jobtimeout.EventStart), Job: id, Epoch: 1, Node: core.NoNode, A: dur(60), B: dur(1)})
	}
	declared := func(sec float64, id uint64, late float64) {
		says(sec, trace.JobFact, 0, core.JobFact{
			Kind: core.JobFactTimeout, To: uint8(jobtimeout.EventDeclared), From: uint8(jobtimeout.KindOverall), Code: uint8(jobtimeout.RuleLocal), Job: id, Epoch: 1,
			Node: core.NoNode, A: dur(5), B: dur(late),
		})
	}
	says(30, trace.JobFact, 0, core.JobFact{Kind: core.JobFactDeadline, To: uint8(jobtimeout.EventExtension), Job: 1, Epoch: 1, Node: 1, A: dur(75), B: dur(29)})
	says(50, trace.JobFact, 0, core.JobFact{Kind: core.JobFactHolder, Job: 4, A: 3}) // another manager has it
	s.rec.RecordJob(&trace.JobRecord{At: at(60), Kind: trace.JobWork, Node: 1, Work: core.Work{Kind: core.WorkStart, Job: 2, Workflow: 7, Token: 9, Cores: 1}})
	s.rec.RecordJob(&trace.JobRecord{At: at(60), Kind: trace.JobWork, Node: 1, Work: core.Work{Kind: core.WorkStart, Job: 1, Workflow: 8, Token: 10, Cores: 1}})
	due = at(59) // it would have ended two seconds before its deadline
	declared(64, 2, 3)
	due = at(200)
	declared(80, 1, 4)
	says(85, trace.JobFact, 0, core.JobFact{Kind: core.JobFactState, From: uint8(job.StateRunning), To: uint8(job.StateCancelling), Job: 1, Epoch: 1})
	r := s.end(180)

	s.want(words.TimeoutLateness, []float64{3, 4}, "rule", "overall")
	s.want(words.TimeoutWrong, []float64{1}, "role", "manager", "site", "a")
	s.want(words.TimeoutMissed, []float64{1}) // job 3: its time was up at 61 s, and at 122 s nobody has ended it
	var b bytes.Buffer
	if err := WriteCSV(&b, "timeouts.csv", r.Tables()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"t_s,node,job,dc,event,rule,elapsed_s,timeout_s,extension_s,since_progress_s,ge,de,lateness_s\n",
		",a,start,,1,60,0,,0,1,\n", "30,a/manager/0,", ",a,extension,,29,60,15,,0,1,\n", ",a,declared,overall,79,60,15,5,0,1,4\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("timeouts.csv lacks %q:\n%s", want, b.String())
		}
	}
}
