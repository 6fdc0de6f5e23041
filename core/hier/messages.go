package hier

import (
	"slices"

	"hypersim/core"
)

// AddBodies tells which kinds of the job layer have bodies.
func AddBodies(b *core.Bodies) {
	b[core.KindProgress] = func() core.Body { return new(Progress) }
}

// Progress is a worker's word to its owner that work of a scope goes on (spec 10 §8).
type Progress struct {
	core.Shared
	Scope, Done uint64
}

// Walk implements core.Body.
func (b *Progress) Walk(w *core.Walker) {
	w.Uint64("scope", &b.Scope)
	w.Uint64("done", &b.Done)
}

// ScopeID implements core.Scoped.
func (b *Progress) ScopeID() uint64 { return b.Scope }

// Receive takes a worker's word: whoever reports work has it. The word of a process that is not the one whose record
// is kept, of one that is gone, or about a scope that is not open says nothing.
func (m *Machine) Receive(now core.Instant, msg *core.Message, fx *core.Effects) {
	b, ok := msg.Body.(*Progress)
	if !ok || !m.global.Speaks(msg) || !carries(m.global.State(msg.From)) {
		return // a ghost's work is nobody's
	}
	if _, open := slices.BinarySearch(m.open, b.Scope); !open {
		return
	}
	m.Work(now, b.Scope, msg.From, true)
	m.Progress(now, b.Scope, msg.From, fx)
}

// OpenScope tells that a scope has work from now on, until ClearScope. Without it Receive ignores the scope: what
// arrives after the end of a job must not begin it anew.
func (m *Machine) OpenScope(id uint64) {
	if i, known := slices.BinarySearch(m.open, id); !known {
		m.open = slices.Insert(m.open, i, id)
	}
}
