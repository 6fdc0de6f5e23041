package metrics

import "slices"

// observedMax is up to how many observations of one metric observations.csv holds. Of a metric with more it
// holds none: a part would look like the whole in every distribution.
const observedMax = 10_000

// observedKeys are the labels that observations.csv keeps, beside those of Def.Param and Def.Type.
var observedKeys = []string{
	"to", "observer", "observer_role", "subject", "role", "site", "class", "cause", "truth", "dc", "fault",
}

// observed returns the observations of the metrics that have no table of their own.
func (r *Result) observed() []TimeRow {
	var rows []TimeRow
	for m := MetricNone + 1; m < NumMetrics; m++ {
		list := r.Of(m)
		if f := defs[m].Fold; f != FoldNone && f != FoldEvents || m.tabled() || len(list) > observedMax || r.Truncated[m] > 0 {
			continue
		}
		keys := slices.Clone(observedKeys)
		for _, k := range []string{defs[m].Param, defs[m].Type} {
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
			rows = append(rows, TimeRow{list[i].At, defs[m].Name, defs[m].Unit, labels(kv...), list[i].Value})
		}
	}
	return rows
}

// tabled reports whether the observations of m stand in detections.csv or coordinates.csv.
func (m Metric) tabled() bool {
	switch m {
	case DetectionFirst, DetectionEach, FalseSuspicions, FalsePositives, ExcusedPositives,
		CoordinateError, CoordinateErrorMS, RTTUCBRatio, RTTUCBCoverage:
		return true
	default:
		return false
	}
}
