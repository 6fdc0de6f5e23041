package scenarios

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"hypersim/core"
	"hypersim/core/registry"
	"hypersim/core/rng"
	"hypersim/scenarios/form"
)

// versionT is a version of the protocol, as "1.4".
type versionT struct{ registry.Version }

// parseVersion reads "1.4".
func parseVersion(s string) (v registry.Version, err error) {
	major, minor, ok := strings.Cut(s, ".")
	a, err1 := strconv.ParseUint(major, 10, 8)
	b, err2 := strconv.ParseUint(minor, 10, 8)
	if !ok || err1 != nil || err2 != nil || a == 0 {
		return v, fmt.Errorf("must be a version such as \"1.4\": major from 1 to 255, minor from 0 to 255")
	}
	return registry.Version{Major: uint8(a), Minor: uint8(b)}, nil
}

// Bind implements form.Binder.
func (t *versionT) Bind(b *form.Binding, n *form.Node, key string, _ form.Field) {
	s, ok := n.Text()
	v, err := parseVersion(s)
	if !ok || err != nil {
		b.Wrong(n, key, "%v", err)
		return
	}
	t.Version = v
}

// WantsText implements form.Texter: a number without quotes would be another one after rounding.
func (*versionT) WantsText() {}

// Encode implements form.Encoder.
func (t *versionT) Encode(form.Field) any { return versionText(t.Version) }

// Schema implements form.Schemer.
func (*versionT) Schema(form.Field) map[string]any {
	return map[string]any{"type": "string", "description": `a version such as "1.4"`}
}

func versionText(v registry.Version) string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// versionsT are shares of nodes by the version that they speak.
type versionsT struct{ list []versionShare }

type versionShare struct {
	version registry.Version
	share   float64
}

// Bind implements form.Binder.
func (t *versionsT) Bind(b *form.Binding, n *form.Node, key string, _ form.Field) {
	if !n.IsTable {
		b.Wrong(n, key, `must be a table such as { "1.4" = 0.5, "1.5" = 0.5 }`)
		return
	}
	t.list = nil
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(n.Kids)) {
		kid, at := n.Kids[name], form.Join(key, name)
		v, err := parseVersion(name)
		if err != nil {
			b.Wrong(kid, at, "%v", err)
			continue
		}
		share, err := strconv.ParseFloat(fmt.Sprint(kid.Val), 64)
		if err != nil || share < 0 || share > 1 {
			b.Wrong(kid, at, "must be a share from 0 to 1")
			continue
		}
		sum += share
		t.list = append(t.list, versionShare{v, share})
	}
	if len(t.list) > 0 && math.Abs(sum-1) > 1e-9 {
		b.Wrong(n, key, "shares are %g together, not 1", sum)
	}
}

// Encode implements form.Encoder.
func (t *versionsT) Encode(form.Field) any {
	out := map[string]any{}
	for _, x := range t.list {
		out[versionText(x.version)] = x.share
	}
	return out
}

// Schema implements form.Schemer.
func (*versionsT) Schema(form.Field) map[string]any {
	return map[string]any{
		"type": "object", "description": `share of nodes by version, drawn by name, such as { "1.4" = 0.5, "1.5" = 0.5 }`,
		"additionalProperties": map[string]any{"type": "number", "minimum": 0, "maximum": 1},
	}
}

// of draws the version of a node, by its name and nothing else.
func (t *versionsT) of(seed, key uint64) registry.Version {
	draw := rng.New(seed, "version", key)
	u := draw.Float64()
	for _, x := range t.list {
		if u -= x.share; u < 0 {
			return x.version
		}
	}
	return t.list[len(t.list)-1].version
}

// identities says of every node what it speaks, and which cluster it is of.
func (l *loader) identities() {
	sc := l.sc
	home := &sc.Protocol.Configs[0].Registry
	here := home.Papers(core.RoleManager)
	door := registry.Door{Papers: here, Strict: home.Isolation.Strict}
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		c := &sc.ConfigOf(n.ID).Registry
		if n.Version = c.Speaks(); l.world.Cluster.Versions != nil && len(l.world.Cluster.Versions.list) > 0 {
			n.Version = l.world.Cluster.Versions.of(sc.Seed, n.Key)
		}
		if p := c.Papers(n.Role); door.Judge(&p, false) != registry.BarNone {
			n.Outside, n.Group = true, 0
		}
	}
}
