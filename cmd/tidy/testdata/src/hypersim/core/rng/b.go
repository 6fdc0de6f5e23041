package rng

import _ "golang.org/x/exp/rand" // want `only one file imports golang.org/x/exp/rand`
