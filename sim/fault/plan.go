package fault

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/rng"
)

// Spec is the timing of one fault.
type Spec struct {
	ID     string // its name: what its chance is keyed by, and its turn among those of one instant
	At     core.Duration
	For    core.Duration // 0: never undone
	Count  int           // occurrences, ≥ 1
	Every  core.Duration // from one occurrence to the next
	Jitter core.Duration // each occurrence is later by uniform(0, Jitter)

	Rate  float64       // beginnings per second at random instants from At until Until, in place of Count; 0: none
	Until core.Duration // the last instant of one

	Down, Up core.Duration // flapping inside each occurrence, starting down; 0: none

	Waits     bool // it may begin later than planned: what follows its beginnings is planned by Rest
	Unplanned bool // nobody knows when it begins: nothing of it is planned
}

// Phase is what happens at an edge.
type Phase uint8

// Phases. Pulse is a begin without an end.
const (
	Begin Phase = iota
	Down        // flap: cut again
	Up          // flap: whole again
	End
)

var phaseNames = [...]string{"begin", "down", "up", "end"}

func (p Phase) String() string { return phaseNames[p] }

// Edge is one instant of one fault.
type Edge struct {
	At         core.Instant
	Fault      int // index of the spec
	Occurrence int
	Phase      Phase
}

// Plan expands all specs into the edges of a run that ends at until, in order of time, then of the names, so
// that the order in a file means nothing. Each occurrence of a fault draws its jitter for itself, so that
// neither another fault nor another count moves it.
func Plan(specs []Spec, seed uint64, until core.Instant) []Edge {
	var edges []Edge
	for f := range specs {
		s := &specs[f]
		if s.Unplanned {
			continue
		}
		key := rng.Key(s.ID)
		if s.Rate > 0 {
			edges = s.random(edges, f, key, seed, until)
			continue
		}
		for i := range max(1, s.Count) {
			if i > 0 && s.Every > (core.Duration(core.Never)-s.At)/core.Duration(i) {
				break // beyond an int64
			}
			start := s.At + core.Duration(i)*s.Every
			if s.Jitter > 0 {
				draw := rng.New(seed, "fault.jitter", key, uint64(i))
				start += core.Duration(draw.Float64() * float64(s.Jitter))
			}
			edges = s.occurrence(edges, f, i, core.Instant(start), until)
		}
	}
	slices.SortFunc(edges, func(a, b Edge) int {
		switch {
		case a.At != b.At:
			return int(min(max(a.At-b.At, -1), 1))
		case a.Phase == End != (b.Phase == End): // undo before doing at the same instant
			if a.Phase == End {
				return -1
			}
			return 1
		case a.Fault != b.Fault:
			return cmp.Or(cmp.Compare(specs[a.Fault].ID, specs[b.Fault].ID), a.Fault-b.Fault)
		case a.Occurrence != b.Occurrence:
			return a.Occurrence - b.Occurrence
		}
		return int(a.Phase) - int(b.Phase)
	})
	return edges
}

// random draws the gaps between beginnings, which are independent of each other: what the run's length cuts off moves nothing.
func (s *Spec) random(edges []Edge, f int, key, seed uint64, until core.Instant) []Edge {
	draw := rng.New(seed, "fault.process", key)
	at := s.At.Seconds()
	for i := 0; ; i++ {
		at += draw.Exp() / s.Rate
		if at > s.Until.Seconds() {
			return edges
		}
		edges = s.occurrence(edges, f, i, core.Instant(core.Seconds(at)), until)
	}
}

func (s *Spec) occurrence(edges []Edge, f, i int, start, until core.Instant) []Edge {
	if start <= until {
		edges = append(edges, Edge{At: start, Fault: f, Occurrence: i, Phase: Begin})
	}
	if s.Waits {
		return edges
	}
	return s.rest(edges, f, i, start, until)
}

// Rest returns the edges of occurrence i of the fault of index f after its beginning, if that is at start.
func (s *Spec) Rest(f, i int, start, until core.Instant) []Edge {
	return s.rest(nil, f, i, start, until)
}

func (s *Spec) rest(edges []Edge, f, i int, start, until core.Instant) []Edge {
	edge := func(at core.Instant, p Phase) {
		if at <= until {
			edges = append(edges, Edge{At: at, Fault: f, Occurrence: i, Phase: p})
		}
	}
	if s.For == 0 {
		return edges
	}
	end := start.Add(s.For)
	if s.Down > 0 && s.Up > 0 {
		for at := start.Add(s.Down); at < min(end, until.Add(1)); at = at.Add(s.Down) {
			edge(at, Up)
			if at = at.Add(s.Up); at >= end {
				break
			}
			edge(at, Down)
		}
	}
	edge(end, End)
	return edges
}
