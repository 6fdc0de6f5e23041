// Package fault knows the kinds of disturbances, one row each (kind.go), and turns planned ones into instants: when each
// one begins, toggles and ends (spec 50 §5, spec 40 §8.3). What a fault does to whom is its owner's.
package fault
