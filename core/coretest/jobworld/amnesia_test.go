package jobworld

import (
	"fmt"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
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
