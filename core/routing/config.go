package routing

import (
	"time"

	"hypersim/core"
)

// fresh is how long a heartbeat counts (HEARTBEAT_FRESH).
const fresh core.Duration = 30 * time.Second

// defaultBound is the bound of the round trip to a datacenter without a coordinate, in ms.
const defaultBound = 200
