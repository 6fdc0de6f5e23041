package free

import (
	"os"
	"sync"

	_ "example.org/lib"
	_ "hypersim/core/node/worker"
	_ "hypersim/sim/world"
)

func free(m map[*int]float64, x, y, z float64) float64 {
	var _ sync.Mutex
	for range m {
		go os.Getpid()
	}
	return x*y + z
}
