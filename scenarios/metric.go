package scenarios

import "hypersim/sim/metrics/words"

// findMetric returns what the vocabulary says of a metric, nil for no name of one.
func findMetric(name string) *words.Def {
	m, ok := words.Lookup(name)
	if !ok {
		return nil
	}
	return m.Def()
}
