package rng

import (
	_ "golang.org/x/exp/rand"
	_ "hypersim/core"
	_ "hypersim/core/xmath"
)
