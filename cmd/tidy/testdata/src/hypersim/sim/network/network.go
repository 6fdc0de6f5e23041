package network

import (
	_ "net"  // want `sim/network may not import net`
	_ "sync" // want `sim/network may not import sync`

	_ "example.org/lib" // want `stands on the standard library alone`
	_ "hypersim/core"
	_ "hypersim/core/rng"
	_ "hypersim/core/swim" // want `the import table gives it`
	_ "hypersim/sim/kernel"
	_ "hypersim/sim/world"  // want `the import table gives it`
	_ "hypersim/topologies" // want `the import table gives it`
)
