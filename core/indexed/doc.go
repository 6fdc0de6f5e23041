// Package indexed owns one mechanism: a binary heap of handles whose items know where they stand, so that any
// of them can be moved or taken out in O(log n). Suspicions, confirmations and the job layer keep their
// deadlines in one.
//
// In: a slice of handles, and the items behind them, which say who comes first and remember their place. Out:
// the slice, in heap order. It never allocates but to grow the slice, and never looks at a clock.
package indexed
