package scenarios

import (
	"fmt"
	"slices"

	"hypersim/scenarios/claim"

	"hypersim/scenarios/form"
)

// versusT names the cell that a paired comparison is with: a table of swept keys, or of variant. The word
// "as" beside them says how the two are compared.
type versusT struct {
	form.Raw
	as *form.Node
}

func (v *versusT) Bind(b *form.Binding, n *form.Node, key string, f form.Field) {
	if !n.IsTable {
		b.Wrong(n, key, `must be a table such as { variant = "name" }`)
		return
	}
	rest := n.Clone()
	v.as = rest.Kids["as"]
	delete(rest.Kids, "as")
	v.Raw.Bind(b, rest, key, f)
	if len(v.Items) == 0 {
		b.Wrong(n, key, `must name a cell, such as { variant = "name" }`)
	}
}

func (v *versusT) Encode(f form.Field) any {
	m, ok := v.Raw.Encode(f).(map[string]any)
	if !ok {
		return nil
	}
	if v.as != nil {
		m["as"] = v.as.Plain()
	}
	return m
}

// versus checks a paired comparison.
func (l *loader) versus(t *expectT, n *form.Node, key string, e *claim.Claim) (out []claim.Choice) {
	at := n.Kid("versus")
	if at == nil {
		return nil
	}
	switch v := t.Versus.as; {
	case v == nil || v.Val == "difference":
	case v.Val == "ratio":
		e.AsRatio = true
	default:
		l.b.Wrong(v, key+".versus.as", `must be "difference" or "ratio"`)
	}
	if e.Stat == "all" {
		l.b.Wrong(at, key+".versus", `compares one number per seed; stat = "all" has many, use min, max, mean or a quantile`)
	}
	for _, it := range t.Versus.Items {
		if it.Path == "variant" {
			if !l.variantExists(it) {
				continue
			}
		} else if _, ok := l.current(it.Path); !ok {
			l.b.AtKey(it.Value, it.Key, "no such key in this file")
			continue
		}
		if it.Value.IsArray || it.Value.IsTable {
			l.b.Wrong(it.Value, it.Key, "must be one value")
			continue
		}
		out = append(out, claim.Choice{Key: it.Path, Value: fmt.Sprint(it.Value.Val)})
	}
	return out
}

// variantExists refuses a comparison with a variant that there is not. A resolved configuration, loaded alone, may name one: it
// holds no others.
func (l *loader) variantExists(it form.RawItem) bool {
	name := fmt.Sprint(it.Value.Val)
	if l.alone && len(l.alt.Variant) == 0 {
		return true
	}
	var have []string
	for _, v := range l.alt.Variant {
		have = append(have, v.Name)
	}
	if slices.Contains(have, name) || it.Value.IsArray || it.Value.IsTable {
		return true
	}
	if len(have) == 0 {
		l.b.Wrong(it.Value, it.Key, "this file has no variants")
		return false
	}
	l.b.Wrong(it.Value, it.Key, "no such variant%s%s", form.Has(have), form.DidYouMean(name, have))
	return false
}
