package workflow

import (
	"errors"
	"slices"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/job"
)

// edges are the table of spec 20 §3.2, written down once more by hand.
var edges = map[State][]State{
	None: {Pending}, Pending: {Dispatched, Cancelling, Failed}, Dispatched: {Running, Cancelling, Failed},
	Running: {Completed, Aggregated, Failed, Cancelling}, Failed: {FailedCancellingDependents, Cancelled},
	FailedCancellingDependents: {FailedReadyForRetry, Cancelling}, FailedReadyForRetry: {Pending, Cancelling}, Cancelling: {Cancelled},
}

func TestStateTable(t *testing.T) {
	for s := range State(NumStates) {
		for to := range State(NumStates) {
			if have, want := s.May(to), slices.Contains(edges[s], to); have != want {
				t.Errorf("%v → %v: %v", s, to, have)
			}
		}
	}
	if None.May(NumStates) || State(200).May(Pending) || State(200).String() != "unknown" || State(200).Wire() != "unknown" {
		t.Error("states that do not exist")
	}
}

type watcher struct {
	m    *Machine
	seen []State
	fail bool
	ids  []job.WorkflowID
}

func (w *watcher) Moved(now core.Instant, _ job.ID, id job.WorkflowID, _, to State) error {
	w.seen, w.ids = append(w.seen, to), append(w.ids, id)
	if w.m != nil && w.m.Transition(now, id, Running, ReasonNone) {
		panic("a transition inside of a callback")
	}
	if w.fail {
		return errors.New("no")
	}
	return nil
}

func TestCallbacks(t *testing.T) {
	var m Machine
	a, b := &watcher{m: &m, fail: true}, &watcher{}
	m.RegisterProgressCallback(a)
	m.RegisterProgressCallback(b)
	m.Track(0, 1, 7)
	m.Transition(1, 7, Dispatched, ReasonPlaced)
	if want := []State{Pending, Dispatched}; !slices.Equal(a.seen, want) || !slices.Equal(b.seen, want) {
		t.Errorf("told %v and %v", a.seen, b.seen)
	}
	if m.WatcherErrors != 2 || m.Illegal != 2 || m.State(7) != Dispatched {
		t.Errorf("errors %d, illegal %d, state %v", m.WatcherErrors, m.Illegal, m.State(7))
	}
	m.UnregisterProgressCallback(a)
	m.Transition(2, 7, Running, ReasonAccepted)
	if len(a.seen) != 2 || len(b.seen) != 3 {
		t.Error("told after it was taken back")
	}
}

func TestStuck(t *testing.T) {
	const s = core.Instant(time.Second)
	var m Machine
	for i, at := range []core.Instant{30 * s, 10 * s, 10 * s, 5 * s} {
		m.Track(at, 1, job.WorkflowID(9-i))
	}
	m.Transition(50*s, 6, Dispatched, ReasonPlaced)
	m.Transition(50*s, 6, Running, ReasonAccepted)
	m.Transition(50*s, 6, Completed, ReasonDone)
	if have := m.StuckWorkflows(nil, 30*time.Second, 60*s); !slices.Equal(have, []job.WorkflowID{7, 8, 9}) {
		t.Errorf("stuck: %v", have)
	}
	m.Progress(40*s, 7)
	m.Progress(39*s, 7) // it never goes back
	if d, ok := m.TimeSinceProgress(7, 60*s); d != 20*time.Second || !ok {
		t.Errorf("%v", d)
	}
	if _, ok := m.TimeSinceProgress(99, 60*s); ok {
		t.Error("a stranger has progress")
	}
	m.Cleanup(7)
	m.Cleanup(7)
	if m.State(7) != None || m.Len() != 3 || len(m.History(7)) != 0 {
		t.Error("not forgotten")
	}
}

// A FAILED workflow that is final never changes, and one that may be retried can become final.
func TestFinal(t *testing.T) {
	var m Machine
	m.Track(0, 1, 1)
	if !m.FailFinally(1, 1, ReasonDependency) || !m.Final(1) || !m.Terminal(1) {
		t.Fatal("not final")
	}
	for to := range State(NumStates) {
		if m.Transition(2, 1, to, ReasonNone) {
			t.Errorf("FAILED for good → %v", to)
		}
	}
	m.Track(0, 1, 2)
	m.Transition(0, 2, Failed, ReasonWorker)
	if m.Terminal(2) || !m.FailFinally(3, 2, ReasonExhausted) || !m.Terminal(2) {
		t.Error("a failure that may be retried cannot become final")
	}
}

// Random operations on the machine and on a map of maps.
func TestMachineAgainstModel(t *testing.T) {
	type model struct {
		state    State
		final    bool
		progress core.Instant
		steps    int
	}
	rapid.Check(t, func(t *rapid.T) {
		var m Machine
		naive := map[job.WorkflowID]*model{}
		illegal, now := uint64(0), core.Instant(0)
		for range rapid.IntRange(1, 120).Draw(t, "ops") {
			now += core.Instant(rapid.IntRange(0, 5).Draw(t, "dt"))
			id := job.WorkflowID(rapid.IntRange(0, 5).Draw(t, "id"))
			x := naive[id]
			switch rapid.IntRange(0, 9).Draw(t, "op") {
			case 0, 1:
				if m.Track(now, 1, id) != (x == nil) {
					t.Fatal("track")
				}
				if x == nil {
					naive[id] = &model{state: Pending, progress: now, steps: 1}
				}
			case 2:
				m.Cleanup(id)
				delete(naive, id)
			case 3:
				m.Progress(now, id)
				if x != nil {
					x.progress = now
				}
			case 4:
				ok := m.FailFinally(now, id, ReasonUser)
				want := x != nil && !x.final && (x.state == Failed || slices.Contains(edges[x.state], Failed))
				if ok != want {
					t.Fatalf("final: %v", ok)
				}
				if want {
					if x.state != Failed {
						x.progress, x.steps = now, x.steps+1
					}
					x.state, x.final = Failed, true
				} else {
					illegal++
				}
			default:
				to := State(rapid.IntRange(0, NumStates-1).Draw(t, "to"))
				want := x != nil && !x.final && slices.Contains(edges[x.state], to)
				if m.Transition(now, id, to, ReasonNone) != want {
					t.Fatalf("%v → %v", m.State(id), to)
				}
				if want {
					x.state, x.progress, x.steps = to, now, x.steps+1
				} else {
					illegal++
				}
			}
			for id, x := range naive {
				since, _ := m.TimeSinceProgress(id, now)
				if m.State(id) != x.state || m.Final(id) != x.final || since != now.Sub(x.progress) || len(m.History(id)) != min(x.steps, historyMax) {
					t.Fatalf("%v: %v, final %v, %v ago, %d steps; want %+v", id, m.State(id), m.Final(id), since, len(m.History(id)), *x)
				}
			}
			if m.Len() != len(naive) || m.Illegal != illegal {
				t.Fatalf("%d tracked, %d illegal; want %d, %d", m.Len(), m.Illegal, len(naive), illegal)
			}
		}
	})
}

func TestSizes(t *testing.T) {
	if g := unsafe.Sizeof(Graph{}); g != graphBytes {
		t.Errorf("a graph is %d bytes, the constant says %d", g, graphBytes)
	}
	if e, s := unsafe.Sizeof(entry{}), unsafe.Sizeof(Step{}); e != entryBytes || s != stepBytes {
		t.Errorf("an entry has %d bytes, a step %d", e, s)
	}
}
