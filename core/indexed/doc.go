// Package indexed owns two ways to find handles whose items stand in a slab of their owner. A binary heap, whose
// items know where they stand, so that any of them can be moved or taken out in O(log n): suspicions,
// confirmations, calls and the job layer keep their deadlines in one. And a hash, whose chains go through the
// items, for tables that have no dense key.
//
// In: handles, and the items behind them, which say who comes first and remember their place, or their hash and
// their link. Out: heap order, or the handles of one hash. Neither allocates but to grow, or looks at a clock.
package indexed
