package job

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// Around draws a wait that is shorter or longer than d by up to the given part of it: what began in step parts.
func Around(d core.Duration, part float64, draw *rng.Stream) core.Duration {
	u := float64(2*draw.Float64()) - 1
	return d + core.Duration(float64(u*float64(part*float64(d))))
}
