package replica

import (
	"os"
	"strconv"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Worlds in which a job is handed in where it is not known while others have it: who holds it, and who is handed it, do not hear each other,
// and the rest hears both. Members restart at each step of it (01-20, 03-18, ADR 0065).

// beside lets such a world go on for so many steps.
func (w *world) beside(steps int) {
	w.heads = true
	gaps := []core.Duration{0, time.Millisecond, 2 * time.Millisecond, 50 * time.Millisecond, 400 * time.Millisecond, 2 * time.Second, 7 * time.Second, 31 * time.Second}
	for range 1 + steps/20 {
		w.apart(job.ID(1 + w.pick(2)))
	}
	for range steps {
		w.run(w.now.Add(gaps[w.pick(len(gaps))]))
		id := job.ID(1 + w.pick(2))
		i := w.pick(len(w.members))
		switch p := w.members[i]; w.pick(12) {
		case 0, 1:
			w.hide(id, i)
		case 2:
			w.cut[i][w.pick(len(w.members))] = false
		case 3:
			if w.pick(2) == 0 {
				w.crash(i)
			}
		case 4:
			if !p.up {
				w.back(i)
			}
		case 5, 6:
			w.handIn(id)
		case 7:
			w.handIn(id)
			w.run(w.now.Add(gaps[w.pick(5)]))
			w.handIn(id)
		case 8:
			w.goOn(id)
		case 9:
			w.notice()
			if p.up && p.leads {
				p.takeOver()
			}
		case 10:
			if p.leads = true; p.up && w.now >= p.paused {
				p.ReadHeads(&p.fx)
				w.after(p)
			}
		case 11:
			w.duel()
		}
	}
}

// apart lets a job begin, and go over to others, while a few know nothing of it; then those hear all but who holds it.
func (w *world) apart(id job.ID) {
	c := len(w.members)
	alone := make([]bool, c)
	for range 1 + w.pick(c-w.members[0].majority()) {
		alone[w.pick(c)] = true
	}
	w.part(alone)
	for i, p := range w.members {
		if p.up && !alone[i] && w.now >= p.paused {
			w.handInAt(p, id)
			break
		}
	}
	for range 1 + w.pick(3) { // epochs
		w.run(w.now.Add(5 * time.Second))
		w.goOn(id)
		w.takeAway(id, alone)
	}
	w.run(w.now.Add(2 * time.Second))
	w.goOn(id)
	for i, p := range w.members {
		for k := range c {
			holds := p.up && p.Leads(id) && alone[k] || w.members[k].up && w.members[k].Leads(id) && alone[i]
			w.cut[i][k] = holds && w.pick(4) > 0
		}
	}
	for range w.pick(8) {
		if w.pick(5) == 0 { // again, when they have heard that somebody holds it
			w.part(alone)
		}
		for i, p := range w.members {
			if alone[i] && p.up && w.now >= p.paused {
				w.handInAt(p, id)
			}
		}
		w.run(w.now.Add([]core.Duration{0, time.Millisecond, 2 * time.Millisecond, 110 * time.Millisecond, 900 * time.Millisecond}[w.pick(5)]))
	}
}

// part keeps these and the others from hearing each other.
func (w *world) part(alone []bool) {
	for i := range alone {
		for k := range alone {
			w.cut[i][k] = alone[i] != alone[k]
		}
	}
}

// takeAway lets one of those that know the job claim it, of a holder that is called dead, or that stands still.
func (w *world) takeAway(id job.ID, alone []bool) {
	c := len(w.members)
	for i, p := range w.members {
		if !p.up || !p.Leads(id) {
			continue
		}
		if w.lies {
			for k := range c {
				w.gone[k][i] = k != i
			}
		} else {
			p.paused = w.now.Add(45 * time.Second)
			w.run(w.now.Add(40 * time.Second))
		}
	}
	if q := w.members[w.pick(c)]; q.up && !alone[q.i] && w.now >= q.paused {
		w.history.claims(q, id)
		q.Claim(q.local(), id, ReasonDeadLeader, &q.fx)
		w.after(q)
	}
}

// hide keeps a member and who holds the job from hearing each other.
func (w *world) hide(id job.ID, i int) {
	for k, p := range w.members {
		if k != i && p.up && (p.Leads(id) || w.pick(8) == 0) {
			w.cut[i][k], w.cut[k][i] = true, true
		}
	}
}

// handIn hands the job to somebody who does not know it, if there is one.
func (w *world) handIn(id job.ID) {
	from := w.pick(len(w.members))
	for k := range w.members {
		p := w.members[(from+k)%len(w.members)]
		if !p.up || p.View(id) != nil {
			continue
		}
		w.handInAt(p, id)
		return
	}
}

func (w *world) handInAt(p *member, id job.ID) {
	e := Entry{Head: Head{Job: id}, HandoverTo: core.NoNode, Gate: core.NoNode, Callback: core.NoNode, State: job.StateSubmitted}
	a := p.Accept(p.local(), &e, &p.fx)
	w.log("%d.%d accept %v: %v", p.i, p.life, id, a.Code)
	if a.Code == call.CodeNotLeader && p.View(id) == nil {
		w.stats.asked++
	}
	w.after(p)
}

// goOn lets who holds the job go on with it.
func (w *world) goOn(id job.ID) {
	for _, p := range w.members {
		if p.up && p.Leads(id) {
			p.change(id)
			if w.pick(3) == 0 {
				p.decide(id)
			}
			w.after(p)
		}
	}
}

// HYPERSIM_REPLICA_WORLDS=n runs n of them, from HYPERSIM_REPLICA_FROM on.
func TestWorldsBesideWhatIsHeld(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("HYPERSIM_REPLICA_WORLDS"))
	from, _ := strconv.Atoi(os.Getenv("HYPERSIM_REPLICA_FROM"))
	if n == 0 {
		n = 60
	}
	var sum world
	for i := range n + 1 {
		k := from + i
		if i == n {
			k = 203725 // in which a holder read the head of an acceptance that nobody had accepted, and lost its job
		}
		c := []int{3, 5, 4, 5}[k%4]
		wrong, trace := play(uint64(k), c, func(w *world) { w.beside(20 + k%5*20) }, &sum)
		if wrong != "" {
			for _, s := range trace[max(0, len(trace)-60):] {
				t.Log(s)
			}
			t.Fatalf("world %d of %d members: %s", k, c, wrong)
		}
	}
	t.Logf("%d worlds: %+v", n, sum.stats)
	if s := sum.stats; n >= 60 && (s.asked < n/4 || s.won < n || s.lost < n/2 || s.notAccepted < n) {
		t.Errorf("too little happened: %+v", s)
	}
}
