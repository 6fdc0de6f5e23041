package metrics

import (
	"bytes"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/statbuf"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// telling is a script about the statistics of manager 0 and of worker 1.
type telling struct{ *script }

func tellings(t *testing.T) telling {
	nodes := []Node{
		{ID: 0, Name: "a/manager/0", Site: "a", Role: core.RoleManager, Group: 1}, {ID: 1, Name: "a/worker/0", Site: "a", Role: core.RoleWorker, Group: 1},
		{ID: 2, Name: "a/gate/0", Site: "a", Role: core.RoleGate, Group: 2}, {ID: 3, Name: "a/client/0", Site: "a", Role: core.RoleClient},
	}
	return telling{custom(t, nodes, func(c *Context) { c.Warmup = core.Seconds(10); c.Duration = core.Seconds(110) })}
}

func (s telling) says(sec float64, n core.NodeID, f core.JobFact) {
	s.now = at(sec)
	s.rec.RecordJob(&trace.JobRecord{At: at(sec), Kind: trace.JobFact, Node: n, Workload: -1, Fact: f})
}

func (s telling) buffer(sec float64, from, to job.Pressure, hot int64) {
	s.says(sec, 0, core.JobFact{Kind: core.JobFactBuffer, Node: 0, From: uint8(from), To: uint8(to), A: hot, B: 100})
}

func (s telling) recorded(sec float64, id, flow uint64, worker core.NodeID, out statbuf.Outcome) {
	s.says(sec, 0, core.JobFact{Kind: core.JobFactRecord, Node: worker, Job: id, Workflow: flow, Code: uint8(out), A: 1, B: 100})
}

// A manager goes up to REJECT at once at 20 s, down to NONE at 50 s, up at 80 s to THROTTLE, and stays there; the measured
// time is from 10 to 110 s.
func TestLevels(t *testing.T) {
	s := tellings(t)
	s.buffer(5, 0, job.PressureNone, 0)
	s.buffer(20, job.PressureNone, job.PressureReject, 96)
	s.buffer(50, job.PressureReject, job.PressureNone, 10)
	s.buffer(80, job.PressureNone, job.PressureThrottle, 70)
	s.says(90, 1, core.JobFact{Kind: core.JobFactPressure, Node: core.NoNode, To: uint8(job.PressureBatch), A: -1, B: int64(5e8)})
	s.says(95, 1, core.JobFact{Kind: core.JobFactPressure, Node: core.NoNode, From: uint8(job.PressureBatch), A: -1})
	s.says(96, 2, core.JobFact{Kind: core.JobFactPressure, Node: core.NoNode, To: uint8(job.PressureThrottle), A: 0, B: int64(1e8)})
	r := s.end(110)
	s.want(words.LevelReached, []float64{20, 80}, "level", "THROTTLE", "role", "manager")
	s.want(words.LevelReached, []float64{20}, "level", "REJECT", "node", "a/manager/0")
	s.want(words.LevelReached, []float64{90}, "level", "BATCH", "role", "worker")
	s.want(words.LevelReached, []float64{96}, "level", "THROTTLE", "role", "gate")
	s.want(words.LevelPeriod, []float64{60}, "level", "THROTTLE", "role", "manager")
	s.want(words.LevelCleared, []float64{50, 110}, "role", "manager")
	s.want(words.LevelCleared, []float64{95}, "role", "worker")
	s.want(words.LevelChanges, []float64{1, 2, 2}, "role", "manager") // at 80 s the change at 20 s is a minute ago
	s.want(words.LevelShare, []float64{0.4}, "level", "NONE", "role", "manager")
	s.want(words.LevelShare, []float64{0.3}, "level", "REJECT", "role", "manager")
	s.want(words.LevelShare, []float64{0.3}, "level", "THROTTLE", "role", "manager")
	var b bytes.Buffer
	if err := WriteCSV(&b, "backpressure.csv", r.Tables()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"t_s,node,scope,level,fill,delay_ms\n", "20,a/manager/0,buffer,REJECT,0.96,0\n", "90,a/worker/0,worker,BATCH,,500\n", "96,a/gate/0,a,THROTTLE,,100\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("backpressure.csv lacks %q:\n%s", want, b.String())
		}
	}
}

// A job of two workflows on one worker: single records, a batch, drops; what the gate knows, and how old it is.
func TestAgesOfRecords(t *testing.T) {
	s := tellings(t)
	s.rec.RecordJob(&trace.JobRecord{At: at(1), Kind: trace.JobSubmitted, Node: 3, Fact: core.JobFact{Job: 9}})
	s.says(2, 2, core.JobFact{Kind: core.JobFactState, Job: 9, To: uint8(job.StateRunning)})
	for _, flow := range []uint64{5, 6} {
		s.says(2, 0, core.JobFact{Kind: core.JobFactPlaced, Job: 9, Workflow: flow, Attempt: 1, Node: 1})
	}
	s.recorded(11, 9, 5, 1, statbuf.Critical)
	s.recorded(12, 9, 6, 1, statbuf.Stored)
	told := func(sec, sent float64) {
		m := core.Message{Kind: core.KindJobProgress, From: 0, To: 2, Body: &job.Progress{Job: 9, Site: 0}}
		s.record(sec, trace.Record{Kind: trace.KindDelivered, Node: 2, Peer: 0, Due: at(sent), Msg: &m})
	}
	told(12.5, 11.5) // says what was kept at 11 s
	s.rec.Sample(at(13), nil)
	s.recorded(20, 9, 0, 1, statbuf.Stored) // a batch of both
	s.recorded(30, 9, 5, 1, statbuf.Dropped)
	told(31, 30.5)
	s.rec.Sample(at(32), nil)
	s.says(41, 0, core.JobFact{Kind: core.JobFactWorkflow, Job: 9, Workflow: 5, From: 3, To: 4})
	s.says(45, 1, core.JobFact{Kind: core.JobFactFlush, Node: core.NoNode})
	s.says(49.5, 1, core.JobFact{Kind: core.JobFactFlush, Node: core.NoNode, From: uint8(job.PressureReject), To: 2})
	s.says(50, 2, core.JobFact{Kind: core.JobFactForward, Job: 9, Node: core.NoNode, From: 3, To: 2, A: 0})
	s.end(60)
	s.want(words.StatsStaleness, []float64{2, 12}, "subject", "a/manager/0")
	s.want(words.StatsGap, []float64{21, 40}, "node", "a/manager/0") // 20 to 41 s; 20 s to the end
	s.want(words.StatsRecords, []float64{1, 1}, "outcome", "stored")
	s.want(words.StatsRecords, []float64{1}, "outcome", "dropped")
	s.want(words.FlushInterval, []float64{4.5}, "level", "REJECT")
	s.want(words.StatsForwards, []float64{1}, "pass", "dropped", "dc", "a")
}
