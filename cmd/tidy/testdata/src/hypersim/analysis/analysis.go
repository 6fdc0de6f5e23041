package analysis

import (
	_ "golang.org/x/exp/rand" // want `draw from a core/rng stream`
	_ "hypersim/core"
	_ "hypersim/core/swim"   // want `the import table gives it`
	_ "hypersim/sim/network" // want `the import table gives it`
)
