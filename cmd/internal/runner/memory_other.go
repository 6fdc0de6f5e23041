//go:build !linux

package runner

// addressLimit is not known.
func addressLimit() (bytes uint64, ok bool) { return 0, false }
