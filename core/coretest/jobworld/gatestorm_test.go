package jobworld

import (
	"fmt"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// storm is a world of three datacenters and three gates with jobs and faults drawn from a seed.
type storm struct {
	w    *World
	draw rng.Stream
	loss float64
	cuts map[[2]core.NodeID]bool // directed
	jobs []stormJob

	// Gates lose their memory one at a time, with so much between two that the others have been read.
	managers int

	named []naming // ends that gates told clients of, in answers
}

// naming is an end of a job in an answer to a client: of a cancel, or of who asks where the job stands.
type naming struct {
	at   core.Instant
	gate core.NodeID
	job  job.ID
	end  job.State
}

type stormJob struct {
	id     job.ID
	client core.NodeID
}

func (s *storm) n(most int) int { return int(s.draw.Uint64() % uint64(most)) }

func (s *storm) time(least, most core.Duration) core.Duration {
	return least + core.Duration(s.draw.Float64()*float64(most-least))
}

func newStorm(seed uint64, managers int) *storm {
	s := &storm{draw: rng.New(seed, "gatestorm", 1), cuts: map[[2]core.NodeID]bool{}, managers: managers}
	c := job.Default()
	s.w = New(Params{
		Config: &c, Sites: 3, Managers: managers, Workers: 2, Cores: 4, Clients: 2, Gates: 3, Gate: aGate, Seed: seed, Detect: 8 * time.Second, Beats: time.Second,
		Way: s.way,
	})
	s.w.Watch = s.watch
	if s.n(2) == 0 {
		s.loss = 0.1 * s.draw.Float64()
	}
	return s
}

// watch looks at what gates answer.
func (s *storm) watch(id core.NodeID, fx *core.Effects) {
	if !s.w.IsGate(id) {
		return
	}
	for i := range fx.Messages {
		switch b := fx.Messages[i].Body.(type) {
		case *cancel.JobResponse:
			if b.State.Terminal() {
				s.named = append(s.named, naming{s.w.Now, id, b.Job, b.State})
			}
		case *job.GlobalStatus:
			if b.State.Terminal() {
				s.named = append(s.named, naming{s.w.Now, id, b.Job, b.State})
			}
		}
	}
}

func (s *storm) way(_ *World, m *core.Message) (core.Duration, bool) {
	if s.cuts[[2]core.NodeID{m.From, m.To}] || s.draw.Float64() < s.loss {
		return 0, true
	}
	return s.time(time.Millisecond, 40*time.Millisecond), false
}

// cut separates two groups for a while, in both directions or in one.
func (s *storm) cut(a, b []core.NodeID, for_ core.Duration) {
	oneWay := s.n(3) == 0
	set := func(on bool) {
		for _, x := range a {
			for _, y := range b {
				if x != y {
					s.cuts[[2]core.NodeID{x, y}] = on
					if !oneWay {
						s.cuts[[2]core.NodeID{y, x}] = on
					}
				}
			}
		}
	}
	set(true)
	s.w.After(for_, func() { set(false) })
}

func (s *storm) site(i int) []core.NodeID { return s.w.ManagersOf(uint16(i)) }

// fault draws one of each kind in turn. It is over within a minute and a half.
func (s *storm) fault() {
	gates := s.w.GateIDs()
	g := gates[s.n(len(gates))]
	switch s.n(7) {
	case 0, 1: // a gate loses its memory
		s.w.Crash(g)
		s.w.After(s.time(time.Second, 40*time.Second), func() { s.w.Boot(g, false) })
	case 2: // a gate without datacenters
		for i := range s.w.Sites {
			s.cut([]core.NodeID{g}, s.site(i), s.time(5*time.Second, 80*time.Second))
		}
	case 3: // a gate without gates, held dead by the others
		s.cut([]core.NodeID{g}, gates, s.time(5*time.Second, 80*time.Second))
	case 5: // a gate leaves, and comes back as another process
		if s.w.gateAt(g) == nil {
			return // it is down
		}
		s.w.step(g, func() { s.w.gateAt(g).Drain(s.w.Local(g), &s.w.fx) })
		s.w.After(s.time(time.Second, 20*time.Second), func() {
			s.w.Crash(g)
			s.w.After(s.time(time.Second, 40*time.Second), func() { s.w.Boot(g, false) })
		})
	case 4: // a datacenter without gates
		s.cut(s.site(s.n(s.w.Sites)), gates, s.time(5*time.Second, 80*time.Second))
	default:
		if s.managers == 1 {
			return
		}
		m := s.site(s.n(s.w.Sites))[s.n(s.managers)]
		s.w.Crash(m)
		s.w.After(s.time(time.Second, 40*time.Second), func() { s.w.Boot(m, false) })
	}
}

func (s *storm) submit(i int) {
	length := s.time(time.Second, 60*time.Second)
	id := s.w.Submit(i%2, everywhere(s.w, uint64(i+1), 1+s.n(3), length))
	_, c := s.w.Client(i % 2)
	s.jobs = append(s.jobs, stormJob{id: id, client: c})
	if s.n(4) == 0 {
		s.w.After(s.time(0, 60*time.Second), func() { s.w.Cancel(i%2, id) })
	}
}

// run lets jobs come for two minutes, and faults for five, then waits for everything to settle.
func (s *storm) run() {
	for i := range 8 {
		s.w.After(s.time(0, 120*time.Second), func() { s.submit(i) })
	}
	for i := range 5 {
		s.w.After(core.Duration(i)*60*time.Second+s.time(0, 10*time.Second), s.fault)
	}
	s.w.Run(400 * sec)
	s.loss = 0
	s.w.Run(1400 * sec)
}

// judge returns what is wrong with how the jobs ended.
func (s *storm) judge() (wrong []string) {
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for _, j := range s.jobs {
		var ends []job.State
		for _, f := range s.w.outcomes(j.id) {
			ends = append(ends, job.State(f.To))
		}
		accepted := false
		first := job.StateNone
		for _, f := range s.w.Facts {
			switch {
			case f.Job != uint64(j.id):
			case f.Kind == core.JobFactSubmit && f.To == 1:
				accepted = true
			case f.Kind == core.JobFactState && s.w.IsGate(f.Node) && job.State(f.To).Terminal():
				if to := job.State(f.To); first == job.StateNone {
					first = to
				} else if to != first {
					bad("%v: %v at one gate, %v at another", j.id, first, to)
				}
			}
		}
		switch {
		case len(ends) != 1:
			bad("%v: its client heard of %d ends %v (accepted %v)", j.id, len(ends), ends, accepted)
		case !ends[0].Local() && first != job.StateNone && ends[0] != first:
			bad("%v: %v at its client, %v at a gate", j.id, ends[0], first)
		case accepted && ends[0].Local():
			bad("%v: accepted, and it ended %v", j.id, ends[0])
		}
		for _, n := range s.named {
			if nobody := first == job.StateNone && n.end == job.StateCancelled; n.job == j.id && n.end != first && !nobody {
				bad("%v: gate %d says that %v is %v, and it ended %v", n.at, n.gate, j.id, n.end, first)
			}
		}
		for _, g := range s.w.GateIDs() {
			if _, st := s.w.gateAt(g).Holds(j.id); st != job.StateNone && !st.Terminal() {
				bad("%v: still %v at gate %d", j.id, st, g)
			}
		}
	}
	if n := len(s.w.Tokens()); n != 0 {
		bad("%d shards run", n)
	}
	return wrong
}

// left returns who keeps anything about jobs.
func (s *storm) left() (wrong []string) {
	for _, g := range s.w.GateIDs() {
		if n := s.w.gateAt(g).Entries() + s.w.gateAt(g).Replica().Len(); n != 0 {
			wrong = append(wrong, fmt.Sprintf("gate %d keeps %d entries", g, n))
		}
	}
	for i := range s.w.Sites {
		for _, m := range s.site(i) {
			if n := s.w.ManagerAt(m).Entries(); n != 0 {
				wrong = append(wrong, fmt.Sprintf("manager %d keeps %d entries", m, n))
			}
		}
	}
	return wrong
}

// Random worlds with gates that crash and forget, cuts between gates and around datacenters, loss and cancels: no job is
// lost, none has two ends, nothing runs on, and nothing is left of any in the end.
func TestGateStorm(t *testing.T) {
	seeds := 12
	if testing.Short() {
		seeds = 4
	}
	from, seeds := worlds(0, seeds)
	for seed := from; seed < from+seeds; seed++ {
		for _, managers := range []int{1, 3} {
			t.Run(fmt.Sprintf("%d/%d", managers, seed), func(t *testing.T) {
				s := newStorm(uint64(seed), managers)
				s.run()
				for _, x := range s.judge() {
					t.Error(x)
				}
				if seed%8 != 0 {
					return
				}
				s.w.Run(10_000 * sec)
				for _, x := range s.left() {
					t.Error(x)
				}
			})
		}
	}
}
