package form

import (
	"math"
	"path/filepath"
	"strings"

	"hypersim/core"
)

// Share reads "30%" or a number in (0, 1].
func (b *Binding) Share(n *Node, key string, p *float64) {
	v, ok := 0.0, false
	switch x := n.Val.(type) {
	case string:
		pc, err := ParsePercent(x)
		v, ok = pc, err == nil
	case float64:
		v, ok = x, true
	case int64:
		v, ok = float64(x), true
	}
	if !ok || !(v > 0 && v <= 1) {
		b.Wrong(n, key, `must be a share such as "30%%" or 0.3, > 0 and ≤ 100%%`)
		return
	}
	*p = v
}

// Bytes is a size in bytes, written with its unit.
type Bytes int64

// Bind implements Special.
func (v *Bytes) Bind(b *Binding, n *Node, key string, f Field) {
	s, ok := n.Val.(string)
	if ok && IsExpression(s) {
		if x, ok := b.Evaluate(n, key, s, OneByte); ok && b.Inside(n, key, x, f, ShowBytes) {
			*v = Bytes(math.Round(x))
		}
		return
	}
	x, err := ParseSize(s)
	if !ok || err != nil {
		b.Wrong(n, key, "%v", ErrSize)
		return
	}
	if b.Inside(n, key, float64(x), f, ShowBytes) {
		*v = Bytes(x)
	}
}

// WantsText tells that a bare word is one.
func (*Bytes) WantsText() {}

// ShowBytes writes a size for a message.
func ShowBytes(v float64) string { return FormatSize(int64(v)) }

// Encode implements Special.
func (v *Bytes) Encode(Field) any { return FormatSize(int64(*v)) }

// Schema implements Special.
func (v *Bytes) Schema(Field) map[string]any {
	return map[string]any{"type": "string", "description": ErrSize.Error()}
}

// Bandwidth is bits per second, written with its unit.
type Bandwidth float64

// Bind implements Special.
func (v *Bandwidth) Bind(b *Binding, n *Node, key string, f Field) {
	s, _ := n.Val.(string)
	x, err := ParseBandwidth(s)
	if err != nil {
		b.Wrong(n, key, "%v", err)
		return
	}
	if b.Inside(n, key, x, f, FormatBandwidth) {
		*v = Bandwidth(x)
	}
}

// WantsText tells that a bare word is one.
func (*Bandwidth) WantsText() {}

// Encode implements Special.
func (v *Bandwidth) Encode(Field) any { return FormatBandwidth(float64(*v)) }

// Schema implements Special.
func (v *Bandwidth) Schema(Field) map[string]any {
	return map[string]any{"type": "string", "description": errBandwidth.Error()}
}

// Path resolves a relative path of the file, or of --set.
func (b *Binding) Path(n *Node, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	if n.File == setFile {
		return filepath.Join(b.SetDir, name)
	}
	return filepath.Join(b.Dir, name)
}

// Quantity reads one number in the unit of the key, or a share of the base value.
func (b *Binding) Quantity(n *Node, key string, f Field) (v float64, relative, ok bool) {
	s, isText := n.Val.(string)
	if isText && strings.HasSuffix(s, "%") && f.Tag.Get("relative") == "true" {
		v, err := ParsePercent(s)
		if err != nil {
			b.Wrong(n, key, "%v", err)
			return 0, false, false
		}
		return v, true, true
	}
	if f.Tag.Get("unit") != "s" {
		v, ok := b.Number(n, key)
		return v, false, ok
	}
	if isText && IsExpression(s) {
		v, ok := b.Evaluate(n, key, s, OneTime)
		return v, false, ok
	}
	d, err := ParseDuration(s)
	if !isText || err != nil {
		if f.Tag.Get("relative") == "true" {
			b.Wrong(n, key, `%v, or a share of the base such as "5%%"`, ErrDuration)
		} else {
			b.Wrong(n, key, "%v", ErrDuration)
		}
		return 0, false, false
	}
	return d.Seconds(), false, true
}

// Seconds writes seconds as a duration; draws are not rounded to nanoseconds before they are used, but
// a parameter in a file always was.
func Seconds(v float64) string { return FormatDuration(core.Seconds(v)) }
