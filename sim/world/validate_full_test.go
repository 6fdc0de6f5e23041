//go:build validate

package world

// validateFull: all rows with all their runs (`make validate`), some minutes.
const validateFull = true
