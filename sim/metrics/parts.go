package metrics

import (
	"slices"
	"strings"

	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// Kind is the observations of a metric that may be pooled: one set of words of the labels that tell them apart.
type Kind struct {
	Words  string // separated by commas; "" where nothing is told apart
	Values []Value
}

// Kinds returns the observations of m from an instant on, folded, told apart by what must not be pooled and by
// also, in order of first appearance. What merely may happen is there although it did not: with no values.
func (r *Result) Kinds(m words.Metric, from core.Instant, also ...string) []Kind {
	keys := append(slices.Clone(m.Def().Apart), also...)
	var list []string
	r.Select(m, func(o *Observation) bool {
		if w := r.words(o, keys); !slices.Contains(list, w) {
			list = append(list, w)
		}
		return false
	})
	if len(list) == 0 && m.Def().Fold == words.FoldEvents {
		return []Kind{{}}
	}
	var out []Kind
	for _, w := range list {
		k := Kind{Words: w}
		for _, o := range r.Select(m, func(o *Observation) bool { return r.words(o, keys) == w }) {
			if o.At >= from {
				k.Values = append(k.Values, Value{o.Value, float64(o.Weight)})
			}
		}
		if len(k.Values) > 0 || m.Def().Fold == words.FoldEvents {
			out = append(out, k)
		}
	}
	return out
}

func (r *Result) words(o *Observation, keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	if len(keys) == 1 {
		w, _ := r.Label(o, keys[0])
		return w
	}
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i], _ = r.Label(o, k)
	}
	return strings.Join(list, ", ")
}
