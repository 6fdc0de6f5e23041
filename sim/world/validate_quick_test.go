//go:build !validate

package world

// validateFull is off: the rows that take seconds, with few runs. `make validate` takes them all.
const validateFull = false
