package scenarios

import (
	_ "example.org/lib"
	_ "hypersim/core/swim"
	_ "hypersim/sim/network" // want `the import table gives it`
	_ "hypersim/topologies"
)
