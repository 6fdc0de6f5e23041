package workflow

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// historyMax is how many transitions of a workflow are kept, the last ones.
const historyMax = 32

// Step is one transition of a workflow.
type Step struct {
	At       core.Instant
	From, To State
	Reason   Reason
}

// Watcher is told of every transition after it was made, in the order of registration. It must not call Transition;
// a call from within is refused.
type Watcher interface {
	Moved(now core.Instant, j job.ID, id job.WorkflowID, from, to State) error
}

// entry is what the machine knows of one workflow.
type entry struct {
	id       job.WorkflowID
	job      job.ID
	progress core.Instant // the last one
	history  []Step
	state    State
	final    bool // FAILED for good
}

// Machine holds the states of the workflows that one manager leads. The zero value is ready.
type Machine struct {
	at       map[job.WorkflowID]int32
	entries  []entry // holes have state None
	free     []int32
	watchers []Watcher
	telling  bool

	Illegal       uint64 // transitions refused (illegal_transition_total)
	WatcherErrors uint64
}

// Track begins a workflow, PENDING from now on. One that is tracked already stays as it is.
func (m *Machine) Track(now core.Instant, j job.ID, id job.WorkflowID) bool {
	if _, known := m.at[id]; known {
		return false
	}
	if m.at == nil {
		m.at = map[job.WorkflowID]int32{}
	}
	e := entry{id: id, job: j, progress: now}
	var k int32
	if n := len(m.free); n > 0 {
		k = m.free[n-1]
		m.free = m.free[:n-1]
		e.history = m.entries[k].history[:0]
		m.entries[k] = e
	} else {
		k = int32(len(m.entries))
		m.entries = append(m.entries, e)
	}
	m.at[id] = k
	return m.Transition(now, id, Pending, ReasonSubmitted)
}

func (m *Machine) find(id job.WorkflowID) *entry {
	if k, ok := m.at[id]; ok {
		return &m.entries[k]
	}
	return nil
}

// State returns the state of id, None for one that is not tracked.
func (m *Machine) State(id job.WorkflowID) State {
	if e := m.find(id); e != nil {
		return e.state
	}
	return None
}

// Terminal reports whether id has ended for good.
func (m *Machine) Terminal(id job.WorkflowID) bool {
	e := m.find(id)
	return e != nil && e.terminal()
}

// Final reports whether id FAILED for good.
func (m *Machine) Final(id job.WorkflowID) bool {
	e := m.find(id)
	return e != nil && e.final
}

func (e *entry) terminal() bool {
	return e.state.Succeeded() || e.state == Cancelled || e.state == Failed && e.final
}

// Two may move one workflow in one step: a result arrives while a cancel is under way, or a retry is planned for what a
// timeout has just ended. The table of states decides, not who comes first: what it does not allow is refused and counted,
// and the caller sees that it came too late. Watchers are told after the fact and may not move anything from within, or the
// ones behind them would hear of the second move first.

// Transition moves id to another state and reports whether it did. What is not in the table is refused and counted,
// and changes nothing.
func (m *Machine) Transition(now core.Instant, id job.WorkflowID, to State, why Reason) bool {
	e := m.find(id)
	if e == nil || m.telling || e.final || !e.state.May(to) {
		m.Illegal++
		return false
	}
	from := e.state
	if len(e.history) == historyMax {
		copy(e.history, e.history[1:])
		e.history = e.history[:historyMax-1]
	}
	e.history = append(e.history, Step{At: now, From: from, To: to, Reason: why})
	e.state = to
	e.progress = max(e.progress, now)
	m.tell(now, e.job, id, from, to)
	return true
}

// FailFinally moves id to FAILED for good.
func (m *Machine) FailFinally(now core.Instant, id job.WorkflowID, why Reason) bool {
	if e := m.find(id); e != nil && e.state == Failed && !e.final { // a retry was possible and is not any more
		e.final = true
		return true
	}
	if !m.Transition(now, id, Failed, why) {
		return false
	}
	m.find(id).final = true
	return true
}

func (m *Machine) tell(now core.Instant, j job.ID, id job.WorkflowID, from, to State) {
	m.telling = true
	for _, w := range m.watchers {
		if w.Moved(now, j, id, from, to) != nil {
			m.WatcherErrors++
		}
	}
	m.telling = false
}

// RegisterProgressCallback lets w be told of every transition from now on.
func (m *Machine) RegisterProgressCallback(w Watcher) { m.watchers = append(m.watchers, w) }

// UnregisterProgressCallback ends that.
func (m *Machine) UnregisterProgressCallback(w Watcher) {
	m.watchers = slices.DeleteFunc(m.watchers, func(x Watcher) bool { return x == w })
}

// Progress notes that id got on (spec 20 §3.3). It never goes back.
func (m *Machine) Progress(now core.Instant, id job.WorkflowID) {
	if e := m.find(id); e != nil {
		e.progress = max(e.progress, now)
	}
}

// TimeSinceProgress returns how long ago id last got on; false if it is not tracked.
func (m *Machine) TimeSinceProgress(id job.WorkflowID, now core.Instant) (core.Duration, bool) {
	e := m.find(id)
	if e == nil {
		return 0, false
	}
	return max(0, now.Sub(e.progress)), true
}

// StuckWorkflows appends to dst the workflows that have not ended and got on threshold ago or longer, the longest first,
// ties by id.
func (m *Machine) StuckWorkflows(dst []job.WorkflowID, threshold core.Duration, now core.Instant) []job.WorkflowID {
	from := len(dst)
	for i := range m.entries {
		if e := &m.entries[i]; e.state != None && !e.terminal() && now.Sub(e.progress) >= threshold {
			dst = append(dst, e.id)
		}
	}
	slices.SortFunc(dst[from:], func(a, b job.WorkflowID) int {
		return cmp.Or(cmp.Compare(m.find(a).progress, m.find(b).progress), cmp.Compare(a, b))
	})
	return dst
}

// History returns the last transitions of id, oldest first. It is valid until the next change of id.
func (m *Machine) History(id job.WorkflowID) []Step {
	if e := m.find(id); e != nil {
		return e.history
	}
	return nil
}

// Cleanup forgets id: state, history and progress.
func (m *Machine) Cleanup(id job.WorkflowID) {
	k, ok := m.at[id]
	if !ok {
		return
	}
	delete(m.at, id)
	m.entries[k] = entry{history: m.entries[k].history[:0]}
	m.free = append(m.free, k)
}

// MemoryBytes returns the heap bytes that m holds, about.
func (m *Machine) MemoryBytes() int {
	n := entryBytes*cap(m.entries) + 4*cap(m.free) + mapBytes*len(m.at)
	for i := range m.entries {
		n += stepBytes * cap(m.entries[i].history)
	}
	return n
}

// Sizes in bytes, held to the truth by a test; a place in the map costs about mapBytes.
const (
	entryBytes = 56
	stepBytes  = 16
	mapBytes   = 24
)

// Len returns how many workflows are tracked.
func (m *Machine) Len() int { return len(m.at) }
