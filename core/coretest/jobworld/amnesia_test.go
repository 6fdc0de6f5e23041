package jobworld

import (
	"fmt"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// forgetAll lets all gates lose their memory within a few seconds. That is more than a cluster survives: what is left of
// its jobs is in the datacenters.
func (s *storm) forgetAll() {
	for _, g := range s.w.GateIDs() {
		s.w.Crash(g)
		s.w.After(s.time(time.Second, 10*time.Second), func() { s.w.Boot(g, false) })
	}
}

// All gates forget everything while jobs run in one to three datacenters. Each datacenter offers what it has, a gate adopts
// it, and each job ends as if nothing had happened, once (J60). Jobs that had ended before are not run again.
func TestGatesForgetEverything(t *testing.T) {
	for seed := range 6 {
		for _, managers := range []int{1, 3} {
			t.Run(fmt.Sprintf("%d/%d", managers, seed), func(t *testing.T) {
				s := newStorm(uint64(seed)+1000, managers)
				s.loss = 0
				for i := range 6 {
					s.w.After(s.time(0, 20*time.Second), func() {
						length := s.time(time.Second, 150*time.Second)
						id := s.w.Submit(i%2, everywhere(s.w, uint64(i+1), 1+s.n(3), length))
						s.jobs = append(s.jobs, stormJob{id: id})
					})
				}
				s.w.After(60*time.Second, s.forgetAll)
				s.w.Run(700 * sec)
				for _, j := range s.jobs {
					list := s.w.outcomes(j.id)
					if len(list) != 1 || job.State(list[0].To) != job.StateCompleted || job.Completeness(list[0].Code) != job.CompleteFull {
						t.Errorf("%v: %d outcomes %+v", j.id, len(list), list)
					}
				}
				if n := len(s.w.Tokens()); n != 0 {
					t.Errorf("%d shards run", n)
				}
				runs, adopted := map[string]int{}, false
				for _, f := range s.w.Facts {
					adopted = adopted || f.Kind == core.JobFactTable && s.w.IsGate(f.Node) && f.Epoch > 1
					if f.Kind == core.JobFactResult {
						runs[fmt.Sprintf("%x of site %d", f.Job, s.w.SiteOf(f.Node))]++
					}
				}
				if !adopted {
					t.Error("no job was adopted: this world shows nothing")
				}
				for what, n := range runs {
					if n > 1 {
						t.Errorf("%s ended %d times", what, n)
					}
				}
			})
		}
	}
}

// 04-50: a datacenter whose part of a job ended, was delivered and has no holder any more still says how it ended, when
// gates that forgot everything ask: any replica can.
func TestEndOfADatacenterWithoutHolder(t *testing.T) {
	c := job.Default()
	w := New(Params{
		Config: &c, Sites: 2, Managers: 3, Workers: 1, Cores: 4, Clients: 1, Gates: 3, Gate: aGate, Seed: 3, Detect: 8 * time.Second, Beats: time.Second,
	})
	s := &storm{w: w, draw: rng.New(3, "gatestorm", 1), managers: 3}
	block := everywhere(w, 1, 1, 100*time.Second) // site 1 has no cores meanwhile
	block.Workflows[0].Cores, block.Workflows[0].VUs, block.Datacenters = 4, 4, []uint16{1}
	w.Submit(0, block)
	w.Run(5 * sec)
	id := w.Submit(0, everywhere(w, 2, 2, 5*time.Second))
	w.Run(20 * sec)
	holder := core.NoNode
	for _, f := range w.Facts {
		if f.Kind == core.JobFactState && f.Job == uint64(id) && w.IsManager(f.Node) && job.State(f.To) == job.StateCompleted {
			holder = f.Node
		}
	}
	if holder == core.NoNode || w.SiteOf(holder) != 0 {
		t.Fatalf("it ended at %v", holder)
	}
	w.Crash(holder)
	s.forgetAll()
	w.Run(250 * sec)
	list := w.outcomes(id)
	if len(list) != 1 || job.State(list[0].To) != job.StateCompleted || job.Completeness(list[0].Code) != job.CompleteFull {
		t.Errorf("%+v", list)
	}
}
