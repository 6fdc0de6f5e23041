package jobworld

import (
	"fmt"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// singles are what a storm knows of cancels of single workflows.
type singles struct {
	s     *storm
	told  map[job.WorkflowID]cancel.SingleStatus // what a gate answered last, with OK
	only  map[job.WorkflowID]bool                // the job is to run in one datacenter
	wrong []string
	asked int
}

// watch looks at what gates say.
func (x *singles) watch(id core.NodeID, fx *core.Effects) {
	if !x.s.w.IsGate(id) {
		return
	}
	for i := range fx.Messages {
		switch b := fx.Messages[i].Body.(type) {
		case *cancel.SingleResponse:
			if b.Code.Done() {
				x.told[b.Workflow] = b.Status
			}
		case *replica.Sync:
			for k := range b.Entries {
				x.entry(&b.Entries[k])
			}
		}
	}
}

// entry looks at how workflows ended in the datacenters that a job runs in.
func (x *singles) entry(e *replica.Entry) {
	for i := range e.Sites {
		r := &e.Sites[i]
		if !r.Target || len(r.Result) == 0 {
			continue
		}
		for _, o := range r.Result[0].Results {
			told, known := x.told[o.Workflow]
			never := told == cancel.SinglePending || x.only[o.Workflow] && (told == cancel.SingleCancelled || told == cancel.SingleAlreadyCancelled)
			if known && never && (o.Status == job.StatusCompleted || o.Status == job.StatusAggregated) {
				x.wrong = append(x.wrong, fmt.Sprintf("%v: %v of %v is %v in datacenter %d, and its cancel was answered %v", x.s.w.Now, o.Workflow, e.Job, o.Status, r.Site, told))
				x.told[o.Workflow] = cancel.SingleNotFound // once
			}
		}
	}
}

// submit hands in a job of three workflows, one after the other, and mostly cancels one of them.
func (x *singles) submit(i int) {
	s := x.s
	spec := everywhere(s.w, uint64(3*i+1), 1+2*s.n(2), s.time(time.Second, 20*time.Second))
	for k := 1; k < 3; k++ {
		more := everywhere(s.w, uint64(3*i+1+k), 1, s.time(time.Second, 20*time.Second)).Workflows[0]
		more.Name, more.Depends = uint32(k+1), []uint32{uint32(k)}
		spec.Workflows = append(spec.Workflows, more)
	}
	id := s.w.Submit(i%2, spec)
	_, c := s.w.Client(i % 2)
	s.jobs = append(s.jobs, stormJob{id: id, client: c})
	w := spec.Workflows[s.n(3)].Workflow
	x.only[w] = spec.DatacenterCount == 1
	if s.n(5) > 0 {
		s.w.After(s.time(0, 30*time.Second), func() { x.ask(c, id, w, 0) })
	}
}

// ask asks all gates, until one has answered or many have been asked.
func (x *singles) ask(c core.NodeID, id job.ID, w job.WorkflowID, tries int) {
	if _, known := x.told[w]; known || tries > 10 {
		return
	}
	for _, g := range x.s.w.GateIDs() {
		x.asked++
		x.s.w.Send(core.Message{Kind: core.KindSingleWorkflowCancelRequest, From: c, To: g, Seq: 1<<30 + uint32(x.asked), Timeout: 5e9, Body: &cancel.SingleRequest{
			Job: id, Workflow: w, Request: uint64(w), Requester: c, Dependents: true, Gate: core.NoNode, Client: c,
		}})
	}
	x.s.w.After(4*time.Second, func() { x.ask(c, id, w, tries+1) })
}

// The same storms with cancels of single workflows: what was answered as cancelled never completes in a datacenter of the job,
// whoever leads it there and at the gates.
func TestSingleStorm(t *testing.T) {
	seeds := 6
	if testing.Short() {
		seeds = 2
	}
	from, seeds := worlds(0, seeds)
	asked, told := 0, 0
	for seed := from; seed < from+seeds; seed++ {
		for _, managers := range []int{1, 3} {
			t.Run(fmt.Sprintf("%d/%d", managers, seed), func(t *testing.T) {
				s := newStorm(uint64(seed)+1000, managers)
				x := &singles{s: s, told: map[job.WorkflowID]cancel.SingleStatus{}, only: map[job.WorkflowID]bool{}}
				s.w.Watch = x.watch
				for i := range 6 {
					s.w.After(s.time(0, 60*time.Second), func() { x.submit(i) })
				}
				for i := range 4 {
					s.w.After(core.Duration(i)*30*time.Second+s.time(0, 10*time.Second), s.fault)
				}
				s.w.Run(300 * sec)
				s.loss = 0
				s.w.Run(1300 * sec)
				for _, e := range append(x.wrong, s.judge()...) {
					t.Error(e)
				}
				asked, told = asked+x.asked, told+len(x.told)
			})
		}
	}
	if seeds >= 6 && (asked == 0 || told < 3*seeds) {
		t.Errorf("asked %d times, %d answers: it shows little", asked, told)
	}
}
