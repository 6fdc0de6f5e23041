package world

import (
	"math"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
)

// poison is what becomes of the coordinates that a node sends.
type poison uint8

const (
	poisonNone poison = iota
	poisonNaN
	poisonInf
	poisonNegativeHeight
	poisonFar
	poisonWrongDims
)

var poisonOf = map[string]poison{
	scenarios.PoisonNaN: poisonNaN, scenarios.PoisonInf: poisonInf, scenarios.PoisonNegativeHeight: poisonNegativeHeight,
	scenarios.PoisonFar: poisonFar, scenarios.PoisonWrongDims: poisonWrongDims,
}

// poisonDeeds let nodes send wrong coordinates; the one that began last has its way.
var poisonDeeds = []deed{{kind: fault.Poison, begin: beginPoison, end: endPoison}}

func beginPoison(w *World, _ core.Instant, f *scenarios.Fault, a *activeFault) {
	w.poisons.begin(a, poisonOf[f.Values])
	w.repoison(a)
}

func endPoison(w *World, _ core.Instant, _ *scenarios.Fault, a *activeFault) {
	w.poisons.end(a)
	w.repoison(a)
}

// repoison looks up which poison acts at the nodes of a.
func (w *World) repoison(a *activeFault) {
	for _, id := range a.nodes {
		w.nodes[id].poison, _ = w.poisons.at(id)
	}
}

// tainted returns m as a poisoned sender's peers get it. The record of its sending keeps what the machine
// said, so that the checks judge the machine: it is what travels that is wrong.
func (w *World) tainted(m *core.Message, values poison) *core.Message {
	if m.Coord.Dims == 0 {
		return m
	}
	w.taint = *m
	c := &w.taint.Coord
	switch values {
	case poisonNone:
	case poisonNaN:
		c.Vec[0] = math.Float32frombits(0x7fc00000) // one NaN of the many, so that every run has the same bits
	case poisonInf:
		c.Vec[0] = float32(math.Inf(1))
	case poisonNegativeHeight:
		c.Height = -1
	case poisonFar:
		c.Vec[0] = 9
	case poisonWrongDims:
		if c.Dims > 1 {
			c.Dims--
			c.Vec[c.Dims] = 0 // does not travel
		} else {
			c.Dims++
		}
	}
	return &w.taint
}
