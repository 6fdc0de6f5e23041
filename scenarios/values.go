package scenarios

import (
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/topologies/input"
)

// byteSize is a size in bytes, written with its unit.
type byteSize int64

func (v *byteSize) bind(b *binding, n *node, key string, f field) {
	s, ok := n.val.(string)
	if ok && isExpression(s) {
		if x, ok := b.evaluate(n, key, s, oneByte); ok && b.inside(n, key, x, f, showSize) {
			*v = byteSize(math.Round(x))
		}
		return
	}
	x, err := parseSize(s)
	if !ok || err != nil {
		b.wrong(n, key, "%v", errSize)
		return
	}
	if b.inside(n, key, float64(x), f, showSize) {
		*v = byteSize(x)
	}
}

func (*byteSize) wantsText() {}

func showSize(v float64) string      { return formatSize(int64(v)) }
func (v *byteSize) encode(field) any { return formatSize(int64(*v)) }
func (v *byteSize) schema(field) map[string]any {
	return map[string]any{"type": "string", "description": errSize.Error()}
}

// bandwidth is bits per second, written with its unit.
type bandwidth float64

func (v *bandwidth) bind(b *binding, n *node, key string, f field) {
	s, _ := n.val.(string)
	x, err := parseBandwidth(s)
	if err != nil {
		b.wrong(n, key, "%v", err)
		return
	}
	if b.inside(n, key, x, f, formatBandwidth) {
		*v = bandwidth(x)
	}
}

func (*bandwidth) wantsText() {}

func (v *bandwidth) encode(field) any { return formatBandwidth(float64(*v)) }
func (v *bandwidth) schema(field) map[string]any {
	return map[string]any{"type": "string", "description": errBandwidth.Error()}
}

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

// bind reads a constant or { dist = "…", … } in the unit of the key.
func (d *Dist) bind(b *binding, n *node, key string, f field) {
	out := Dist{Signed: f.tag.Get("signed") == "true"}
	if !n.isTable {
		v, relative, ok := b.quantity(n, key, f)
		if !ok {
			return
		}
		out.Kind, out.Value, out.Relative = DistConstant, v, relative
		if out.sound(b, n, key, f) {
			*d = out
		}
		return
	}
	kind := n.kid("dist")
	if kind == nil {
		b.wrong(n, key, `must be a constant or a table with dist = %s`, oneOf(distKinds))
		return
	}
	out.Kind, _ = kind.val.(string)
	if _, known := distKeys[out.Kind]; !known {
		b.wrong(kind, join(key, "dist"), "must be %s%s", oneOf(distKinds), didYouMean(out.Kind, distKinds))
		return
	}
	before := len(b.problems)
	out.onlyKeys(b, n, key)
	out.parameters(b, n, key, f)
	if len(b.problems) == before && out.sound(b, n, key, f) {
		*d = out
	}
}

func (d *Dist) onlyKeys(b *binding, n *node, key string) {
	need, may := distKeys[d.Kind].need, distKeys[d.Kind].may
	known := append([]string{"dist"}, append(slices.Clone(need), may...)...)
	for _, name := range n.names() {
		if !slices.Contains(known, name) {
			b.unknown(n.kids[name], join(key, name), name, known)
		}
	}
	for _, name := range need {
		if n.kids[name] == nil {
			b.wrong(n, join(key, name), "missing")
		}
	}
}

func (d *Dist) parameters(b *binding, n *node, key string, f field) {
	relative, absolute := 0, 0
	for _, p := range []struct {
		name string
		to   *float64
	}{{"value", &d.Value}, {"min", &d.Min}, {"max", &d.Max}, {"mean", &d.Mean}, {"std", &d.Std}, {"median", &d.Median}, {"scale", &d.Scale}} {
		kid := n.kids[p.name]
		if kid == nil {
			continue
		}
		v, rel, ok := b.quantity(kid, join(key, p.name), f)
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
		b.wrong(n, key, "parameters are either all in %% of the base value or none")
	}
	for _, p := range []struct {
		name string
		to   *float64
	}{{"sigma", &d.Sigma}, {"shape", &d.Shape}} {
		if kid := n.kids[p.name]; kid != nil {
			if v, ok := b.number(kid, join(key, p.name)); ok {
				*p.to = v
			}
		}
	}
	if d.Kind == DistLognormal && (n.kids["median"] == nil) == (n.kids["mean"] == nil) {
		b.wrong(n, key, "a lognormal takes median and sigma, or mean and std")
	}
	if kid := n.kids["infinite_mean"]; kid != nil {
		if _, ok := kid.val.(bool); !ok {
			b.wrong(kid, join(key, "infinite_mean"), "must be true or false")
		}
	}
	if kid := n.kids["shape"]; d.Kind == DistPareto && kid != nil && d.Shape <= 1 {
		if yes := n.kids["infinite_mean"]; yes == nil || yes.val != true {
			b.wrong(kid, join(key, "shape"), "has no finite mean; must be > 1, or say infinite_mean = true")
		}
	}
	if kid := n.kids["file"]; kid != nil && d.Kind == DistEmpirical {
		d.quantileFile(b, kid, join(key, "file"))
	}
}

// quantilesMax bounds a file of quantiles: 64 characters for each of the points it may have.
const quantilesMax = 64 << 20

// quantileFile reads "p,value" lines; values are in the key's base unit (seconds), or shares when the key is relative only.
func (d *Dist) quantileFile(b *binding, n *node, key string) {
	name, ok := n.val.(string)
	if !ok || name == "" {
		b.wrong(n, key, "must be the path of a file of quantiles")
		return
	}
	r, err := input.Open(b.path(n, name), quantilesMax)
	if err != nil {
		b.wrong(n, key, "%v", plain(err))
		return
	}
	defer func() { _ = r.Close() }() // it was only read
	d.File = name
	if d.P, d.Quantiles, err = rng.ReadQuantilesCSV(r); err != nil {
		b.wrong(n, key, "%v", plain(err))
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

// path resolves a relative path of the file, or of --set.
func (b *binding) path(n *node, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	if n.file == setFile {
		return filepath.Join(b.setDir, name)
	}
	return filepath.Join(b.dir, name)
}

// quantity reads one number in the unit of the key, or a share of the base value.
func (b *binding) quantity(n *node, key string, f field) (v float64, relative, ok bool) {
	s, isText := n.val.(string)
	if isText && strings.HasSuffix(s, "%") && f.tag.Get("relative") == "true" {
		v, err := parsePercent(s)
		if err != nil {
			b.wrong(n, key, "%v", err)
			return 0, false, false
		}
		return v, true, true
	}
	if f.tag.Get("unit") != "s" {
		v, ok := b.number(n, key)
		return v, false, ok
	}
	if isText && isExpression(s) {
		v, ok := b.evaluate(n, key, s, oneTime)
		return v, false, ok
	}
	d, err := parseDuration(s)
	if !isText || err != nil {
		if f.tag.Get("relative") == "true" {
			b.wrong(n, key, `%v, or a share of the base such as "5%%"`, errDuration)
		} else {
			b.wrong(n, key, "%v", errDuration)
		}
		return 0, false, false
	}
	return d.Seconds(), false, true
}

// sound checks that the distribution can be made and lies in the key's range.
func (d *Dist) sound(b *binding, n *node, key string, f field) bool {
	r, err := d.Build()
	if err != nil {
		b.wrong(n, key, "%v", err)
		return false
	}
	show := number
	switch {
	case d.Relative:
		show = formatPercent
	case f.tag.Get("unit") == "s":
		show = seconds
	}
	in := f.interval()
	if d.Kind == DistConstant && !in.has(d.Value) {
		b.wrong(n, key, "%s", in.text(show))
		return false
	}
	if least := r.Min(); least < in.lo {
		b.wrong(n, key, "can be as low as %s, %s", show(least), in.text(show))
		return false
	}
	return true
}

// zeroIsValue tells that the constant 0 is a distribution like others.
func (*Dist) zeroIsValue() {}

func (d *Dist) encode(f field) any {
	show := func(v float64) any {
		switch {
		case d.Relative:
			return formatPercent(v)
		case f.tag.Get("unit") == "s":
			return secondsText(v)
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

// secondsText writes seconds as a duration; draws are not rounded to nanoseconds before they are used, but
// a parameter in a file always was.
func secondsText(v float64) string { return formatDuration(core.Seconds(v)) }

func (d *Dist) schema(f field) map[string]any {
	var scalar []any
	if f.tag.Get("unit") == "s" {
		scalar = append(scalar, map[string]any{"type": "string"})
	} else {
		scalar = append(scalar, map[string]any{"type": "number"})
		if f.tag.Get("relative") == "true" {
			scalar = append(scalar, map[string]any{"type": "string"})
		}
	}
	value := map[string]any{"anyOf": scalar}
	table := map[string]any{
		"type": "object", "required": []any{"dist"}, "additionalProperties": false,
		"properties": map[string]any{
			"dist":  map[string]any{"enum": anys(distKinds)},
			"value": value, "min": value, "max": value, "mean": value, "std": value, "median": value, "scale": value,
			"sigma": map[string]any{"type": "number"}, "shape": map[string]any{"type": "number"},
			"infinite_mean": map[string]any{"type": "boolean"}, "file": map[string]any{"type": "string"},
		},
	}
	return map[string]any{"anyOf": append(scalar, table)}
}

func anys(words []string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}
