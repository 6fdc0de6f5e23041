//go:build !unix

package bench

import "time"

var began = time.Now()

// cpuSeconds is wall time where there is no account of processor time.
func cpuSeconds() (float64, error) { return time.Since(began).Seconds(), nil }
