package jobworld

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/workflow"
)

// The timelines of spec 20 §13 that need several roles and no other place, to the millisecond. Where each is held:
//
//	13.5          core/jobtimeout/testdata/single_dc.txt
//	13.6          core/jobtimeout/testdata/three_dcs.txt, as 01-84 has it; (v) is the two answers of 402.040 and the one TIMEOUT after them
//	13.7          core/jobtimeout/testdata/transfer.txt; its takeover: TestInstantsOfATakeover, here
//	13.8          core/jobtimeout/testdata/extension.txt
//	13.9          core/jobtimeout/testdata/stuck.txt
//	13.10         core/jobtimeout/testdata/completion.txt, with 04-43
//	13.11         TestInstantsOfLosses, here
//	13.12         election: TestVectorOfAnElection, core/election; takeover: core/node/gate/testdata/takeover/page.txt
//	13.13, 1–2    TestInstantsOfACancel, here
//	13.13, 3–6    TestCancelOvertakesSubmission, TestSubmissionSize, TestAckLost, here; attempts: core/call (no instants on the page)

// timeline is what happened, a line each.
type timeline []string

func (l *timeline) say(w *World, format string, args ...any) {
	*l = append(*l, fmt.Sprintf("%7.3f %s", w.Now.Seconds(), fmt.Sprintf(format, args...)))
}

// is holds a timeline to what was to be; lines of one instant are in no order.
func (l timeline) is(t *testing.T, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(want)) {
		lines = append(lines, fmt.Sprintf("%7s %s", strings.Fields(line)[0], strings.Join(strings.Fields(line)[1:], " ")))
	}
	slices.Sort(lines)
	slices.Sort(l)
	if !slices.Equal(lines, l) {
		t.Errorf("want\n%s\nhave\n%s", strings.Join(lines, "\n"), strings.Join(l, "\n"))
	}
}

// Spec 20 §13.11. C = 3, 1 ms between all. w1 is the worker of the first dispatch, w2 that of the second, and so on. Each loss is seen at
// the instant at which the leader holds the worker DEAD, and the workflow is PENDING again in the same event. After its pause of 1, 2, 4 s
// the cores are provided for: a request and an answer, 2 ms; then a dispatch and its answer, 2 ms: RUNNING.
//
//	first   DEAD 160.000 + 1 = 161.000, provided 161.002, RUNNING 161.004
//	second  DEAD 200.000 + 2 = 202.000, provided 202.002, RUNNING 202.004
//	third   DEAD 210.000 + 4 = 214.000, provided 214.002, RUNNING 214.004
//	fourth  DEAD 220.000: FAILED for good, the workflow that depends on it too; the job when that is committed, 2 ms later
//
// w1 is gone, or was only paused from 100.000 to 165.000: then its report of 165.000 is answered STALE_FENCE, which it has 2 ms later.
func TestInstantsOfLosses(t *testing.T) {
	for name, paused := range map[string]bool{"crashed": false, "paused": true} {
		t.Run(name, func(t *testing.T) {
			var l timeline
			w := world(t, Params{Managers: 3, Workers: 4, Cores: 1, Timeout: patient()})
			var order []core.NodeID
			worker := func(id core.NodeID) string {
				if !slices.Contains(order, id) {
					order = append(order, id)
				}
				return fmt.Sprintf("w%d", slices.Index(order, id)+1)
			}
			s := chain(w, time.Second, time.Second)
			w.Scripts[1] = Script{Stuck: true}
			s.Timeout = time.Hour
			w.Way = func(_ *World, m *core.Message) (core.Duration, bool) {
				switch b := m.Body.(type) {
				case *dispatch.WorkflowDispatch:
					l.say(w, "dispatch %d to %s", b.Token, worker(m.To))
				case *job.WorkflowProgressAck:
					if b.Code == call.CodeStaleFence {
						w.After(time.Millisecond, func() { l.say(w, "%s hears STALE_FENCE", worker(m.To)) })
					}
				}
				return time.Millisecond, false
			}
			w.Submit(0, s)
			w.Run(99 * sec)
			if x := w.Tokens(); len(x) != 1 || x[0] != 4294967297 {
				t.Fatalf("%d run", x)
			}
			w.Watch = func(_ core.NodeID, fx *core.Effects) {
				for i := range fx.JobFacts {
					switch f := &fx.JobFacts[i]; f.Kind {
					case core.JobFactWorkflow:
						which := "first"
						if f.Workflow != uint64(s.Workflows[0].Workflow) {
							which = "second"
						}
						l.say(w, "%s %v, retries %d", which, workflow.State(f.To), f.A)
					case core.JobFactState:
						l.say(w, "job %v", job.State(f.To))
					}
				}
			}
			l = nil
			lose := func(k int, crash, dead core.Instant) {
				w.After(crash.Sub(w.Now), func() {
					if x := order[k-1]; k > 1 || !paused {
						w.Crash(x)
					} else {
						w.Pause(x, 65*time.Second)
					}
				})
				w.After(dead.Sub(w.Now), func() { w.Hold(order[k-1], core.StateDead) })
			}
			lose(1, 100*sec, 160*sec)
			lose(2, 180*sec, 200*sec)
			lose(3, 205*sec, 210*sec)
			lose(4, 215*sec, 220*sec)
			w.Run(230 * sec)
			want := `
				160.000 first FAILED, retries 1
				160.000 first FAILED_CANCELING_DEPENDENTS, retries 1
				160.000 first FAILED_READY_FOR_RETRY, retries 1
				160.000 first PENDING, retries 1
				161.002 first DISPATCHED, retries 1
				161.002 dispatch 4294967298 to w2
				161.004 first RUNNING, retries 1
				200.000 first FAILED, retries 2
				200.000 first FAILED_CANCELING_DEPENDENTS, retries 2
				200.000 first FAILED_READY_FOR_RETRY, retries 2
				200.000 first PENDING, retries 2
				202.002 first DISPATCHED, retries 2
				202.002 dispatch 4294967299 to w3
				202.004 first RUNNING, retries 2
				210.000 first FAILED, retries 3
				210.000 first FAILED_CANCELING_DEPENDENTS, retries 3
				210.000 first FAILED_READY_FOR_RETRY, retries 3
				210.000 first PENDING, retries 3
				214.002 first DISPATCHED, retries 3
				214.002 dispatch 4294967300 to w4
				214.004 first RUNNING, retries 3
				220.000 first FAILED, retries 3
				220.000 second FAILED, retries 0
				220.000 job COMPLETING
				220.002 job FAILED`
			if paused {
				want += "\n165.002 w1 hears STALE_FENCE"
			}
			l.is(t, want)
			if n, _ := w.Running(order[0]); n != 0 {
				t.Errorf("w1 goes on")
			}
		})
	}
}

// ends is how long messages take by spec 20 §13: 40 ms between gates and managers, 1 ms inside a datacenter, 10 ms else. What a datacenter
// says of its end arrives at the given time.
func ends(at core.Instant) func(w *World, m *core.Message) (core.Duration, bool) {
	return func(w *World, m *core.Message) (core.Duration, bool) {
		from, to := int(m.From) < w.firstGate(), int(m.To) < w.firstGate()
		switch {
		case m.Kind == core.KindJobFinalResult || m.Kind == core.KindJobFinalStatus:
			return max(at.Sub(w.Now), 40*time.Millisecond), false
		case from && to:
			return time.Millisecond, false
		case from || to:
			return 40 * time.Millisecond, false
		}
		return 10 * time.Millisecond, false
	}
}

// Spec 20 §13.13, first two rows. The cancel is at the gate at 50.000 (sent 10 ms earlier).
//
//	before  CANCELLING at once, and answered at once, for no commit is awaited (20 §7.1 phase 2): 50.000 + 10 at the client. COMPLETED of
//	        the only datacenter at 50.010 lets the gate decide; the commit takes 2 × 10 among gates: 50.030, at the client 50.040
//	after   COMPLETED at 49.999, committed 50.019. The cancel finds a decision on its way and is answered after it (03-13): 50.029
func TestInstantsOfACancel(t *testing.T) {
	for name, c := range map[string]struct {
		ends core.Instant // COMPLETED is at the gate
		want string
	}{
		"before COMPLETED": {50010 * sec / 1000, `
			50.000 the gate has the cancel
			50.000 the gate has it CANCELLING
			50.010 the client has the answer OK CANCELLING, already cancelled false, completed false
			50.010 the gate has the end COMPLETED there
			50.030 the gate has it CANCELLED
			50.040 the client has the end CANCELLED PARTIAL, COMPLETED there`},
		"after COMPLETED": {49999 * sec / 1000, `
			49.999 the gate has the end COMPLETED there
			49.999 the gate has it COMPLETING
			50.000 the gate has the cancel
			50.019 the gate has it COMPLETED
			50.029 the client has the answer ALREADY_TERMINAL COMPLETED, already cancelled false, completed true
			50.029 the client has the end COMPLETED FULL, COMPLETED there`},
	} {
		t.Run(name, func(t *testing.T) {
			var l timeline
			cfg := job.Default()
			way := ends(c.ends)
			w := New(Params{Config: &cfg, Managers: 3, Workers: 1, Cores: 4, Clients: 1, Gates: 3, Gate: aGate, Seed: 1, Way: func(w *World, m *core.Message) (core.Duration, bool) {
				d, lost := way(w, m)
				_, client := w.Client(0)
				if m.To == client || w.IsGate(m.To) {
					w.After(d, func() {
						switch b := m.Body.(type) {
						case *cancel.JobRequest:
							l.say(w, "the gate has the cancel")
						case *cancel.JobResponse:
							if m.To == client {
								l.say(w, "the client has the answer %v %v, already cancelled %v, completed %v", b.Code, b.State, b.AlreadyCancelled, b.AlreadyCompleted)
							}
						case *job.GlobalResult:
							l.say(w, "the client has the end %v %v, %v there", b.State, b.Completeness, b.PerSite[0].State)
						case *job.FinalResult:
							l.say(w, "the gate has the end %v there", b.State)
						}
					})
				}
				return d, lost
			}})
			w.Watch = func(id core.NodeID, fx *core.Effects) {
				for i := range fx.JobFacts {
					if f := &fx.JobFacts[i]; f.Kind == core.JobFactState && w.IsGate(id) && w.Now > 40*sec {
						l.say(w, "the gate has it %v", job.State(f.To))
					}
				}
			}
			id := w.Submit(0, everywhere(w, 1, 1, 49800*time.Millisecond))
			w.After(49990*time.Millisecond, func() { w.Cancel(0, id) })
			w.Run(51 * sec)
			l.is(t, c.want)
		})
	}
}

// Spec 20 §13.7, its first rows: m1, which leads the job in its datacenter, crashes at 290.000; m2 leads the cluster and holds it DEAD from
// 296.000 on. m2 looks every 2 s (03-17) from a phase of its own (01-12), so that the page's 296.000 is its look between 296 and 298, and
// counts as 0 here: fetched 0.002, accepted 0.004, at the gate 0.044. The time of the job is that of the last entry that m2 has, as it was when
// that was sent: what its way took is lost, 1 ms (20 §6.7).
func TestInstantsOfATakeover(t *testing.T) {
	var l timeline
	cfg := job.Default()
	var began, look, ran core.Instant
	var m1, m2 core.NodeID
	names := map[core.NodeID]string{}
	way := ends(0)
	w := New(Params{Config: &cfg, Managers: 3, Workers: 1, Cores: 4, Clients: 1, Gates: 3, Gate: aGate, Seed: 1, Way: func(w *World, m *core.Message) (core.Duration, bool) {
		d, _ := way(w, m)
		if a, ok := m.Body.(*job.Ack); ok && w.IsManager(m.From) && a.Accepted {
			began = w.Now
		}
		if w.Now < 290*sec {
			return d, m.Kind == core.KindJobSubmission && m.To == w.Leader(0) // so that another one has the job
		}
		switch m.Kind {
		case core.KindJobReplicaFetch, core.KindJobReplicaFetchResponse, core.KindJobLeadershipAnnouncement, core.KindJobLeadershipAck, core.KindJobLeaderTransfer, core.KindJobLeaderTransferAck:
			if look == 0 && m.From == m2 {
				look = w.Now
			}
			if b, ok := m.Body.(*jobtimeout.LeaderTransfer); ok {
				ran = w.Now.Add(-b.Elapsed)
			}
			if at := w.Now.Add(d).Sub(look); m.To != m1 {
				l = append(l, fmt.Sprintf("%7.3f %v to %s", at.Seconds(), m.Kind, names[m.To]))
			}
		}
		return d, false
	}})
	s := everywhere(w, 1, 1, 1000*time.Second)
	s.Timeout = time.Hour
	id := w.Submit(0, s)
	w.Run(290 * sec)
	m1, m2 = w.holder(id), w.Leader(0)
	for i, g := range w.GateIDs() {
		names[g] = "a gate"
		if names[w.ManagersOf(0)[i]] = "m3"; w.ManagersOf(0)[i] == m2 {
			names[m2] = "m2"
		}
	}
	w.Crash(m1)
	w.After(6*time.Second, func() { w.Hold(m1, core.StateDead) })
	w.Run(299 * sec)
	l.is(t, `
		0.001 job_replica_fetch to m3
		0.002 job_replica_fetch_response to m2
		0.003 job_leadership_announcement to m3
		0.004 job_leadership_ack to m2
		0.044 job_leader_transfer to a gate
		0.084 job_leader_transfer_ack to m2`)
	if m1 == m2 || look < 296*sec || look > 298*sec {
		t.Errorf("%d leads the cluster, %d had the job; looked at %v", m2, m1, look)
	}
	if lost := ran.Sub(began); lost != time.Millisecond {
		t.Errorf("%v of the time of the job are lost", lost)
	}
}
