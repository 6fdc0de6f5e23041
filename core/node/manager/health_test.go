package manager

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

type allAlive struct{}

func (allAlive) State(core.NodeID) core.MemberState { return core.StateOK }
func (allAlive) Instance(core.NodeID) uint32        { return 1 }

// However many are dead at once and wait for their turn, there is one deadline for the next of them (02-35).
func TestOneDeadlineForReleases(t *testing.T) {
	c, h := job.Default(), health.Default()
	const n = 40
	p := Params{Config: &c, Health: &h, Members: allAlive{}, First: 1, Count: n}
	for i := range n {
		p.Formed = append(p.Formed, FormedWorker{Node: core.NodeID(1 + i), Cores: 1})
	}
	m := New(p)
	var fx core.Effects
	m.Begin(0, &fx)
	sec := core.Instant(time.Second)
	for now := sec; now <= 40*sec; now += sec / 2 {
		m.Wake(now, &fx)
	}
	for i := range n {
		m.membershipSays(40*sec, core.NodeID(1+i), core.StateDead, &fx)
	}
	due := 0
	for _, x := range m.timers.All() {
		if x.kind == timerRelease {
			due++
		}
	}
	if due != 1 || m.workers.fit != n-1 {
		t.Errorf("%d deadlines, %d workers wait", due, m.workers.fit)
	}
}

// overTwo is a manager of two workers, the nodes 1 and 2, that has begun at 0.
func overTwo() (*Manager, *core.Effects) {
	c, h := job.Default(), health.Default()
	m := New(Params{
		Config: &c, Health: &h, Members: allAlive{}, First: 1, Count: 2,
		Formed: []FormedWorker{{Node: 1, Cores: 1}, {Node: 2, Cores: 1}},
	})
	fx := new(core.Effects)
	m.Begin(0, fx)
	return m, fx
}

// Who is STUCK for a minute and was granted more time since the last look is not evicted (spec 30 §2.2, row 2).
func TestTimeGrantedSinceTheLastLook(t *testing.T) {
	for _, granted := range []bool{false, true} {
		m, fx := overTwo()
		more := jobtimeout.Default()
		now := m.health.look
		m.health.tracker.Node(0).Progressed(now-core.Instant(time.Minute), health.Stuck)
		m.workers.list[0].moved = false // it is new, which is over with the first interval
		if granted {
			m.workers.list[0].time.Ask(now, &core.Ask{Seq: 1, Progress: 0.1}, jobtimeout.StandingGood, &more.Extension)
			if _, ok := m.workers.list[0].time.Deadline(); !ok {
				t.Fatal("nothing is granted")
			}
		}
		m.inspect(now, fx)
		if gone := m.workers.list[0].gone(); gone == granted {
			t.Errorf("granted %v: evicted %v", granted, gone)
		}
	}
}

// I-H4, spec 30 §2.1: who is STUCK for a minute and gets on before the interval is over is not evicted: at its end it is STUCK no more.
func TestWhoGetsOnIsNotEvicted(t *testing.T) {
	for _, moved := range []bool{false, true} {
		m, fx := overTwo()
		m.beginInterval(0)
		now := m.health.look
		m.health.tracker.Node(0).Progressed(now-core.Instant(time.Minute), health.Stuck)
		m.workers.list[0].moved = moved
		m.health.ends = now + 5*sec
		m.inspect(now, fx)
		if gone := m.workers.list[0].gone(); gone == moved {
			t.Errorf("it got on %v: evicted %v", moved, gone)
		}
	}
}

// I-H4: a manager that stands still breaks an interval off. Who got on in it was not STUCK, who did not is not judged by it. One that stood
// still more often than once in ten seconds judged nobody ever, and gave up whom it had found STUCK long ago.
func TestWhoGotOnBeforeTheManagerStoodStill(t *testing.T) {
	for _, moved := range []bool{false, true} {
		m, fx := overTwo()
		n := m.health.tracker.Node(0)
		n.Progressed(0, health.Stuck)
		w := &m.workers.list[0]
		w.runs, w.moved = append(w.runs, run{rec: &record{flows: make([]flow, 1)}}), moved
		m.inspect(m.health.look+5*sec, fx)
		if stuck := n.Progress() == health.Stuck; stuck == moved {
			t.Errorf("it got on %v: STUCK %v", moved, stuck)
		}
	}
}

// I-H4: an interval ends for who is gone then, too: if something of it got on, it is STUCK no more when it is back.
func TestWhoGotOnBeforeItWasGone(t *testing.T) {
	for _, moved := range []bool{false, true} {
		m, fx := overTwo()
		n := m.health.tracker.Node(0)
		n.Progressed(0, health.Stuck)
		m.workers.list[0].moved = moved
		m.membershipSays(m.health.look, 1, core.StateDead, fx)
		m.membershipSays(m.health.look, 1, core.StateOK, fx)
		m.health.ends = m.health.look
		m.inspect(m.health.look, fx)
		if stuck := n.Progress() == health.Stuck; stuck == moved {
			t.Errorf("it got on %v: STUCK %v", moved, stuck)
		}
	}
}
