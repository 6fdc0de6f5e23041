// Package fault turns planned disturbances into instants: when each one begins, toggles and ends (spec 50
// §5, spec 40 §8.3). It knows times only; what a fault does to whom is its owner's.
package fault
