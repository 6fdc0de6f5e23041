package scenarios

import (
	"fmt"
	"slices"
)

// versusT names the cell that a paired comparison is with: a table of swept keys, or of variant. The word
// "as" beside them says how the two are compared.
type versusT struct {
	rawT
	as *node
}

func (v *versusT) bind(b *binding, n *node, key string, f field) {
	if !n.isTable {
		b.wrong(n, key, `must be a table such as { variant = "name" }`)
		return
	}
	rest := n.clone()
	v.as = rest.kids["as"]
	delete(rest.kids, "as")
	v.rawT.bind(b, rest, key, f)
	if len(v.items) == 0 {
		b.wrong(n, key, `must name a cell, such as { variant = "name" }`)
	}
}

func (v *versusT) encode(f field) any {
	m, ok := v.rawT.encode(f).(map[string]any)
	if !ok {
		return nil
	}
	if v.as != nil {
		m["as"] = v.as.plain()
	}
	return m
}

// versus checks a paired comparison.
func (l *loader) versus(t *expectT, n *node, key string, e *Expect) (out []Choice) {
	at := n.kid("versus")
	if at == nil {
		return nil
	}
	switch v := t.Versus.as; {
	case v == nil || v.val == "difference":
	case v.val == "ratio":
		e.VersusRatio = true
	default:
		l.b.wrong(v, key+".versus.as", `must be "difference" or "ratio"`)
	}
	if e.Stat == "all" {
		l.b.wrong(at, key+".versus", `compares one number per seed; stat = "all" has many, use min, max, mean or a quantile`)
	}
	for _, it := range t.Versus.items {
		if it.path == "variant" {
			if !l.variantExists(it) {
				continue
			}
		} else if _, ok := l.current(it.path); !ok {
			l.b.atKey(it.value, it.key, "no such key in this file")
			continue
		}
		if it.value.isArray || it.value.isTable {
			l.b.wrong(it.value, it.key, "must be one value")
			continue
		}
		out = append(out, Choice{it.path, fmt.Sprint(it.value.val)})
	}
	return out
}

// variantExists refuses a comparison with a variant that there is not. A resolved configuration, loaded alone, may name one: it
// holds no others.
func (l *loader) variantExists(it rawItem) bool {
	name := fmt.Sprint(it.value.val)
	if l.alone && len(l.alt.Variant) == 0 {
		return true
	}
	var have []string
	for _, v := range l.alt.Variant {
		have = append(have, v.Name)
	}
	if slices.Contains(have, name) || it.value.isArray || it.value.isTable {
		return true
	}
	if len(have) == 0 {
		l.b.wrong(it.value, it.key, "this file has no variants")
		return false
	}
	l.b.wrong(it.value, it.key, "no such variant%s%s", has(have), didYouMean(name, have))
	return false
}
