package jobworld

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// random is a world of gates, managers and workers with faults that are drawn. It is judged from above.
type random struct {
	*World
	draw  rng.Stream
	cuts  [][2]core.NodeID // one way
	loss  float64
	delay core.Duration
	jobs  []job.ID
	ended map[job.ID]string // what anybody said of its end first
	bad   []string
}

func (r *random) n(n int) int { return int(r.draw.Uint64() % uint64(n)) }

func (r *random) fail(f string, args ...any) {
	r.bad = append(r.bad, fmt.Sprintf("%v: ", r.Now)+fmt.Sprintf(f, args...))
}

// way loses what crosses a cut, and a part of the rest.
func (r *random) way(w *World, m *core.Message) (core.Duration, bool) {
	for _, c := range r.cuts {
		if c[0] == m.From && c[1] == m.To {
			return 1e6, true
		}
	}
	if r.loss > 0 && r.draw.Float64() < r.loss {
		return 1e6, true
	}
	return 1e6 + core.Duration(r.n(int(r.delay)+1)), false
}

// newRandom draws a world.
func newRandom(seed uint64) *random {
	r := &random{draw: rng.New(seed, "jobworld.random", 1), ended: map[job.ID]string{}}
	c := job.Default()
	p := Params{
		Config: &c, Sites: 1 + r.n(3), Managers: 1 + 2*r.n(2), Workers: 1 + r.n(2), Cores: 4, Clients: 2, Gates: 1 + r.n(3), Gate: aGate, Seed: seed,
		Detect: 6 * time.Second, Beats: time.Second, Way: r.way,
	}
	r.loss = [...]float64{0, 0, 0.02, 0.1}[r.n(4)]
	r.delay = [...]core.Duration{0, 20 * time.Millisecond, 200 * time.Millisecond}[r.n(3)]
	r.World = New(p)
	r.Watch = r.watch
	return r
}

// watch judges every step: nobody may say two things of the end of a job.
func (r *random) watch(id core.NodeID, fx *core.Effects) {
	for _, f := range fx.JobFacts {
		s := job.State(f.To)
		switch {
		case f.Kind == core.JobFactState && r.IsGate(id) && s.Terminal(), f.Kind == core.JobFactOutcome && s.Terminal():
			said := fmt.Sprintf("%v %v", s, job.Completeness(f.Code))
			if old, ok := r.ended[job.ID(f.Job)]; ok && old != said {
				r.fail("node %d says %s of %v, and somebody said %s", id, said, job.ID(f.Job), old)
			}
			r.ended[job.ID(f.Job)] = said
		}
	}
}

// trouble draws one fault, and ends it after a while.
func (r *random) trouble(at core.Instant) {
	d := core.Duration(1+r.n(40)) * time.Second
	kind, a, b := r.n(5), core.NodeID(r.n(r.firstClient())), core.NodeID(r.n(r.firstClient()+r.Params.Clients))
	if r.n(2) == 0 { // rather the few that decide
		servers := append(r.GateIDs(), r.ManagersOf(uint16(r.n(r.Sites)))...)
		a = servers[r.n(len(servers))]
	}
	r.After(core.Duration(at), func() {
		switch kind {
		case 0:
			if !r.Up(a) || !r.spare(a) {
				return
			}
			r.Crash(a)
			r.After(d, func() { r.Boot(a, false) })
		case 1:
			r.Pause(a, d)
		default: // one way, or both
			r.cuts = append(r.cuts, [2]core.NodeID{a, b})
			if kind == 2 {
				r.cuts = append(r.cuts, [2]core.NodeID{b, a})
			}
			n := 1
			if kind == 2 {
				n = 2
			}
			cut := r.cuts[len(r.cuts)-n:]
			first, last := cut[0], cut[n-1]
			r.After(d, func() { r.mend(first); r.mend(last) })
		}
	})
}

func (r *random) mend(c [2]core.NodeID) {
	for i := range r.cuts {
		if r.cuts[i] == c {
			r.cuts = append(r.cuts[:i:i], r.cuts[i+1:]...)
			return
		}
	}
}

// spare reports whether a node may lose its memory: a cluster survives that of a minority, and a member that has forgotten
// counts as one until it has read the others.
func (r *random) spare(id core.NodeID) bool {
	if r.IsWorker(id) {
		return true
	}
	cluster := r.GateIDs()
	if r.IsManager(id) {
		cluster = r.ManagersOf(r.SiteOf(id))
	}
	for _, x := range cluster {
		if x != id && (!r.Up(x) || !r.remembers(x)) {
			return false
		}
	}
	return len(cluster) > 2
}

func (r *random) remembers(id core.NodeID) bool {
	if g := r.gateAt(id); g != nil {
		return g.Replica().Resynced()
	}
	if m := r.ManagerAt(id); m != nil && r.lives[id] > 1 {
		return m.Replica().Resynced()
	}
	return true
}

// hand lets clients hand in a job, and take it back, perhaps.
func (r *random) hand(at core.Instant, payload uint64) {
	client, sites := r.n(r.Params.Clients), 1+r.n(r.Sites)
	length := core.Duration(1+r.n(20)) * time.Second
	cancelled, after := r.n(4) == 0, core.Duration(r.n(15000))*time.Millisecond
	r.After(core.Duration(at), func() {
		id := r.Submit(client, everywhere(r.World, payload, sites, length))
		r.jobs = append(r.jobs, id)
		if cancelled {
			r.After(after, func() { r.Cancel(client, id) })
		}
	})
}

// run runs a world, and judges it in the end.
func (r *random) run() []string {
	for i := range 3 {
		r.hand(core.Instant(r.n(30))*sec, uint64(i))
	}
	for range r.n(5) {
		r.trouble(core.Instant(r.n(60)) * sec)
	}
	r.After(120*time.Second, func() { r.loss = 0 })
	r.Run(1000 * sec)
	for _, id := range r.jobs {
		if list := r.outcomes(id); len(list) != 1 {
			r.fail("%v has %d outcomes at its client", id, len(list))
		}
	}
	r.Run(9000 * sec)
	left := map[core.NodeID]int{}
	for i := range 4 { // heartbeats may be under way
		r.Run((9001 + 7*core.Instant(i)) * sec)
		r.entries(left, i == 0)
	}
	for _, id := range append(r.GateIDs(), r.managers()...) {
		if left[id] != 0 {
			r.fail("node %d keeps %d entries", id, left[id])
		}
	}
	return r.bad
}

func (r *random) managers() (all []core.NodeID) {
	for _, site := range r.BySite() {
		all = append(all, site...)
	}
	return all
}

// entries takes the least number of entries that each node was seen with.
func (r *random) entries(left map[core.NodeID]int, first bool) {
	see := func(id core.NodeID, n int) {
		if first || n < left[id] {
			left[id] = n
		}
	}
	for _, id := range r.GateIDs() {
		see(id, r.gateAt(id).Entries())
	}
	for _, id := range r.managers() {
		see(id, r.ManagerAt(id).Entries())
	}
}

// Whatever breaks, a job ends once for its client, nobody says two things of its end, and nothing of it is left.
func TestGatesRandom(t *testing.T) {
	first, last := uint64(1), uint64(24)
	if testing.Short() {
		last = 6
	}
	if s := os.Getenv("GATE_SEED"); s != "" {
		n, _ := strconv.ParseUint(s, 10, 64)
		first, last = n, n
	}
	if s := os.Getenv("GATE_SEEDS"); s != "" {
		last, _ = strconv.ParseUint(s, 10, 64)
	}
	for seed := first; seed <= last; seed++ {
		r := newRandom(seed)
		if bad := r.run(); len(bad) > 0 {
			t.Errorf("seed %d (%d sites, %d managers, %d gates, loss %v): %q", seed, r.Sites, r.Managers, r.Params.Gates, r.loss, bad)
		}
	}
}
