package scenarios

import (
	"slices"
	"strings"

	"hypersim/core"
)

// trafficT is some of all messages: classes, transports and types, each by name, one or a list.
type trafficT struct {
	words   []string // as they were written, in small letters
	kinds   []core.Kind
	classes []core.Class
}

// transportNames are the words for all types that travel in one way.
var transportNames = []string{"datagram", "stream"}

// trafficNames are the words of a trafficT: the classes, the transports, then the types that travel.
func trafficNames() []string {
	names := append(classNames(), transportNames...)
	for k := core.Kind(1); k < core.NumKinds; k++ {
		if k != core.KindStreamFailed {
			names = append(names, k.String())
		}
	}
	return names
}

func (t *trafficT) bind(b *binding, n *node, key string, _ field) {
	*t = trafficT{}
	items, names := n.items, trafficNames()
	if _, ok := n.text(); ok {
		items = []*node{n}
	}
	if len(items) == 0 {
		b.wrong(n, key, "must name classes or types of messages: %s", oneOf(names))
		return
	}
	for i, item := range items {
		at := key
		if item != n {
			at = element(key, i)
		}
		word, ok := item.text()
		j := slices.Index(names, strings.ToLower(word))
		if !ok || j < 0 {
			b.wrong(item, at, "must be %s%s", oneOf(names), didYouMean(word, names))
			continue
		}
		t.words = append(t.words, names[j])
		switch {
		case j < core.NumClasses:
			t.classes = append(t.classes, core.Class(j))
		case slices.Contains(transportNames, names[j]):
			t.kinds = append(t.kinds, carriedBy(names[j])...)
		default:
			t.kinds = append(t.kinds, kindNamed(names[j]))
		}
	}
}

// carriedBy returns the message types that travel as datagrams, or as streams.
func carriedBy(transport string) []core.Kind {
	var kinds []core.Kind
	for k := core.Kind(1); k < core.NumKinds; k++ {
		if k != core.KindStreamFailed && k.IsStream() == (transport == "stream") {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// kindNamed returns the message type of that name, KindNone if there is none.
func kindNamed(name string) core.Kind {
	for k := core.Kind(1); k < core.NumKinds; k++ {
		if k.String() == name {
			return k
		}
	}
	return core.KindNone
}

func (t *trafficT) encode(field) any {
	var out []any
	for _, word := range t.words {
		out = append(out, word)
	}
	return out
}

func (*trafficT) schema(field) map[string]any {
	item := map[string]any{"enum": anys(trafficNames())}
	return map[string]any{"anyOf": []any{item, map[string]any{"type": "array", "items": item, "minItems": 1}}}
}
