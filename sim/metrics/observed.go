package metrics

import (
	"slices"

	"hypersim/sim/metrics/words"
)

// observedMax is up to how many observations of one metric observations.csv holds. Of a metric with more it
// holds none: a part would look like the whole in every distribution.
const observedMax = 10_000

// observedKeys are the labels that observations.csv keeps, beside those of Def.Param and Def.Type.
var observedKeys = []string{
	"to", "observer", "observer_role", "subject", "role", "site", "class", "cause", "truth", "dc", "fault", "workload", "reason",
}

// observed returns the observations of the metrics that have no table of their own.
func (r *Result) observed() []TimeRow {
	var rows []TimeRow
	for _, m := range words.All() {
		list := r.Of(m)
		if f := m.Def().Fold; f != words.FoldNone && f != words.FoldEvents || m.Def().Tabled || len(list) > observedMax || r.Truncated[m] > 0 {
			continue
		}
		keys := slices.Clone(observedKeys)
		for _, k := range []string{m.Def().Param, m.Def().Type} {
			if k != "" && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		for i := range list {
			kv := make([]string, 0, 2*len(keys))
			for _, key := range keys {
				if word, ok := r.Label(&list[i], key); ok {
					kv = append(kv, key, word)
				}
			}
			rows = append(rows, TimeRow{list[i].At, m.Def().Name, m.Def().Unit, labels(kv...), list[i].Value})
		}
	}
	return rows
}
