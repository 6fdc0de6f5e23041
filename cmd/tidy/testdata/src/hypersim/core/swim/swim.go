package swim

import (
	_ "errors"
	_ "log/slog"     // want `core/swim may not import log/slog`
	_ "math/rand/v2" // want `core/swim may not import math/rand/v2`
	_ "net/netip"    // want `core/swim may not import net/netip`
	_ "sync/atomic"  // want `core/swim may not import sync/atomic`
	_ "time"

	_ "example.org/lib"       // want `this room stands on the standard library alone`
	_ "golang.org/x/exp/rand" // want `draw from a core/rng stream`

	_ "hypersim/core"
	_ "hypersim/core/coretest"    // want `the import table gives it`
	_ "hypersim/core/node/worker" // want `the import table gives it`
	_ "hypersim/core/rng"
	_ "hypersim/core/vivaldi"
	_ "hypersim/sim/kernel" // want `the import table gives it`
)
