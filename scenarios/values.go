package scenarios

import (
	"errors"
	"io/fs"
	"slices"

	"hypersim/scenarios/form"

	"hypersim/core/rng"
	"hypersim/topologies/input"
)

// distKeys are the parameters of each kind of distribution; those after "|" are optional.
var distKeys = map[string]struct{ need, may []string }{
	DistConstant:    {need: []string{"value"}},
	DistUniform:     {need: []string{"min", "max"}},
	DistNormal:      {need: []string{"mean", "std"}},
	DistLognormal:   {may: []string{"median", "sigma", "mean", "std"}},
	DistExponential: {need: []string{"mean"}},
	DistGamma:       {need: []string{"shape", "scale"}},
	DistPareto:      {need: []string{"scale", "shape"}, may: []string{"infinite_mean"}},
	DistEmpirical:   {need: []string{"file"}},
}

var distKinds = []string{
	DistConstant, DistUniform, DistNormal, DistLognormal, DistExponential, DistGamma, DistPareto, DistEmpirical,
}

// Bind reads a constant or { dist = "…", … } in the unit of the key.
func (d *Dist) Bind(b *form.Binding, n *form.Node, key string, f form.Field) {
	out := Dist{Signed: f.Tag.Get("signed") == "true"}
	if !n.IsTable {
		v, relative, ok := b.Quantity(n, key, f)
		if !ok {
			return
		}
		out.Kind, out.Value, out.Relative = DistConstant, v, relative
		if out.sound(b, n, key, f) {
			*d = out
		}
		return
	}
	kind := n.Kid("dist")
	if kind == nil {
		b.Wrong(n, key, `must be a constant or a table with dist = %s`, form.OneOf(distKinds))
		return
	}
	out.Kind, _ = kind.Val.(string)
	if _, known := distKeys[out.Kind]; !known {
		b.Wrong(kind, form.Join(key, "dist"), "must be %s%s", form.OneOf(distKinds), form.DidYouMean(out.Kind, distKinds))
		return
	}
	before := len(b.Problems)
	out.onlyKeys(b, n, key)
	out.parameters(b, n, key, f)
	if len(b.Problems) == before && out.sound(b, n, key, f) {
		*d = out
	}
}

func (d *Dist) onlyKeys(b *form.Binding, n *form.Node, key string) {
	need, may := distKeys[d.Kind].need, distKeys[d.Kind].may
	known := append([]string{"dist"}, append(slices.Clone(need), may...)...)
	for _, name := range n.Names() {
		if !slices.Contains(known, name) {
			b.Unknown(n.Kids[name], form.Join(key, name), name, known)
		}
	}
	for _, name := range need {
		if n.Kids[name] == nil {
			b.Wrong(n, form.Join(key, name), "missing")
		}
	}
}

func (d *Dist) parameters(b *form.Binding, n *form.Node, key string, f form.Field) {
	relative, absolute := 0, 0
	for _, p := range []struct {
		name string
		to   *float64
	}{{"value", &d.Value}, {"min", &d.Min}, {"max", &d.Max}, {"mean", &d.Mean}, {"std", &d.Std}, {"median", &d.Median}, {"scale", &d.Scale}} {
		kid := n.Kids[p.name]
		if kid == nil {
			continue
		}
		v, rel, ok := b.Quantity(kid, form.Join(key, p.name), f)
		if !ok {
			continue
		}
		*p.to = v
		if rel {
			relative++
		} else {
			absolute++
		}
	}
	d.Relative = relative > 0
	if relative > 0 && absolute > 0 {
		b.Wrong(n, key, "parameters are either all in %% of the base value or none")
	}
	for _, p := range []struct {
		name string
		to   *float64
	}{{"sigma", &d.Sigma}, {"shape", &d.Shape}} {
		if kid := n.Kids[p.name]; kid != nil {
			if v, ok := b.Number(kid, form.Join(key, p.name)); ok {
				*p.to = v
			}
		}
	}
	if d.Kind == DistLognormal && (n.Kids["median"] == nil) == (n.Kids["mean"] == nil) {
		b.Wrong(n, key, "a lognormal takes median and sigma, or mean and std")
	}
	if kid := n.Kids["infinite_mean"]; kid != nil {
		if _, ok := kid.Val.(bool); !ok {
			b.Wrong(kid, form.Join(key, "infinite_mean"), "must be true or false")
		}
	}
	if kid := n.Kids["shape"]; d.Kind == DistPareto && kid != nil && d.Shape <= 1 {
		if yes := n.Kids["infinite_mean"]; yes == nil || yes.Val != true {
			b.Wrong(kid, form.Join(key, "shape"), "has no finite mean; must be > 1, or say infinite_mean = true")
		}
	}
	if kid := n.Kids["file"]; kid != nil && d.Kind == DistEmpirical {
		d.quantileFile(b, kid, form.Join(key, "file"))
	}
}

// quantilesMax bounds a file of quantiles: 64 characters for each of the points it may have.
const quantilesMax = 64 << 20

// quantileFile reads "p,value" lines; values are in the key's base unit (seconds), or shares when the key is relative only.
func (d *Dist) quantileFile(b *form.Binding, n *form.Node, key string) {
	name, ok := n.Val.(string)
	if !ok || name == "" {
		b.Wrong(n, key, "must be the path of a file of quantiles")
		return
	}
	r, err := input.Open(b.Path(n, name), quantilesMax)
	if err != nil {
		b.Wrong(n, key, "%v", plain(err))
		return
	}
	defer func() { _ = r.Close() }() // it was only read
	d.File = name
	if d.P, d.Quantiles, err = rng.ReadQuantilesCSV(r); err != nil {
		b.Wrong(n, key, "%v", plain(err))
	}
}

// plain strips the path from an error of opening or reading; it stands in the message already.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// sound checks that the distribution can be made and lies in the key's range.
func (d *Dist) sound(b *form.Binding, n *form.Node, key string, f form.Field) bool {
	r, err := d.Build()
	if err != nil {
		b.Wrong(n, key, "%v", err)
		return false
	}
	show := form.Number
	switch {
	case d.Relative:
		show = form.FormatPercent
	case f.Tag.Get("unit") == "s":
		show = form.ShowSeconds
	}
	in := f.Interval()
	if d.Kind == DistConstant && !in.Has(d.Value) {
		b.Wrong(n, key, "%s", in.Text(show))
		return false
	}
	if least := r.Min(); least < in.Lo {
		b.Wrong(n, key, "can be as low as %s, %s", show(least), in.Text(show))
		return false
	}
	return true
}

// ZeroIsValue tells that the constant 0 is a distribution like others.
func (*Dist) ZeroIsValue() {}

// Encode implements form.Special.
func (d *Dist) Encode(f form.Field) any {
	show := func(v float64) any {
		switch {
		case d.Relative:
			return form.FormatPercent(v)
		case f.Tag.Get("unit") == "s":
			return form.Seconds(v)
		}
		return v
	}
	switch d.Kind {
	case "":
		return show(0)
	case DistConstant:
		return show(d.Value)
	case DistUniform:
		return map[string]any{"dist": d.Kind, "min": show(d.Min), "max": show(d.Max)}
	case DistNormal:
		return map[string]any{"dist": d.Kind, "mean": show(d.Mean), "std": show(d.Std)}
	case DistLognormal:
		if d.Median == 0 && d.Mean > 0 {
			return map[string]any{"dist": d.Kind, "mean": show(d.Mean), "std": show(d.Std)}
		}
		return map[string]any{"dist": d.Kind, "median": show(d.Median), "sigma": d.Sigma}
	case DistExponential:
		return map[string]any{"dist": d.Kind, "mean": show(d.Mean)}
	case DistGamma:
		return map[string]any{"dist": d.Kind, "shape": d.Shape, "scale": show(d.Scale)}
	case DistPareto:
		m := map[string]any{"dist": d.Kind, "shape": d.Shape, "scale": show(d.Scale)}
		if d.Shape <= 1 {
			m["infinite_mean"] = true
		}
		return m
	}
	return map[string]any{"dist": d.Kind, "file": d.File}
}

// Schema implements form.Special.
func (d *Dist) Schema(f form.Field) map[string]any {
	var scalar []any
	if f.Tag.Get("unit") == "s" {
		scalar = append(scalar, map[string]any{"type": "string"})
	} else {
		scalar = append(scalar, map[string]any{"type": "number"})
		if f.Tag.Get("relative") == "true" {
			scalar = append(scalar, map[string]any{"type": "string"})
		}
	}
	value := map[string]any{"anyOf": scalar}
	table := map[string]any{
		"type": "object", "required": []any{"dist"}, "additionalProperties": false,
		"properties": map[string]any{
			"dist":  map[string]any{"enum": form.Anys(distKinds)},
			"value": value, "min": value, "max": value, "mean": value, "std": value, "median": value, "scale": value,
			"sigma": map[string]any{"type": "number"}, "shape": map[string]any{"type": "number"},
			"infinite_mean": map[string]any{"type": "boolean"}, "file": map[string]any{"type": "string"},
		},
	}
	return map[string]any{"anyOf": append(scalar, table)}
}
