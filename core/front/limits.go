package front

import "hypersim/core"

// second is what the busy share is of (spec 01 no. 64).
const second = core.Duration(1e9)

// Bytes that a machine takes by itself, for each live job and for each entry of statistics (spec 01 no. 64).
const (
	memoryBase = 64 << 20
	memoryJob  = 16 << 10
	memoryHot  = 256
)

// nanoseconds returns ms as facts tell times.
func nanoseconds(ms float64) int64 { return int64(ms * 1e6) }
