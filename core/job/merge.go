package job

import "hypersim/core"

// Part is how a job ended in one of its datacenters, as far as it is known.
type Part struct {
	State        State // terminal, StateNone: not known
	Completeness Completeness
	Data         bool // its results are there
}

// Merge returns how a job ends whose parts ended like that (spec 20 §8.3). A part without its data counts as one that has
// some (04-34): FULL needs the data of all.
func Merge(parts []Part) (State, Completeness) {
	var completed, failed, cancelled int
	full, some := true, false
	for i := range parts {
		p := &parts[i]
		switch p.State {
		case StateCompleted:
			completed++
		case StateFailed:
			failed++
		case StateCancelled:
			cancelled++
		default:
		}
		full = full && p.Data && p.Completeness == CompleteFull
		some = some || p.Data && p.Completeness != CompleteNone || p.State == StateCompleted
	}
	c := CompleteNone
	switch {
	case len(parts) == 0:
	case completed == len(parts) && full:
		c = CompleteFull
	case some:
		c = CompletePartial
	}
	switch {
	case completed == len(parts) && completed > 0:
		return StateCompleted, c
	case failed > 0:
		return StateFailed, c
	case cancelled > 0 || len(parts) == 0:
		return StateCancelled, c
	}
	return StateTimeout, c
}

// Join returns what stands for two results after each other.
func Join(a, b core.Blob) core.Blob {
	if b == (core.Blob{}) {
		return a
	}
	return core.Blob{ID: core.Mix(a.ID, b.ID), Size: a.Size + b.Size}
}
