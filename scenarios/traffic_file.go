package scenarios

import (
	"slices"
	"strings"

	"hypersim/scenarios/form"

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

func (t *trafficT) Bind(b *form.Binding, n *form.Node, key string, _ form.Field) {
	*t = trafficT{}
	items, names := n.Items, trafficNames()
	if _, ok := n.Text(); ok {
		items = []*form.Node{n}
	}
	if len(items) == 0 {
		b.Wrong(n, key, "must name classes or types of messages: %s", form.OneOf(names))
		return
	}
	for i, item := range items {
		at := key
		if item != n {
			at = form.Element(key, i)
		}
		word, ok := item.Text()
		j := slices.Index(names, strings.ToLower(word))
		if !ok || j < 0 {
			b.Wrong(item, at, "must be %s%s", form.OneOf(names), form.DidYouMean(word, names))
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

// kindWords names the types: all that travel in one way by one word, for there may be a hundred.
func kindWords(kinds []core.Kind) []string {
	var words []string
	rest := slices.Clone(kinds)
	for _, transport := range transportNames {
		all := carriedBy(transport)
		if slices.ContainsFunc(all, func(k core.Kind) bool { return !slices.Contains(kinds, k) }) {
			continue
		}
		words = append(words, transport+"s")
		rest = slices.DeleteFunc(rest, func(k core.Kind) bool { return slices.Contains(all, k) })
	}
	for _, k := range rest {
		words = append(words, k.String())
	}
	return words
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

func (t *trafficT) Encode(form.Field) any {
	var out []any
	for _, word := range t.words {
		out = append(out, word)
	}
	return out
}

func (*trafficT) Schema(form.Field) map[string]any {
	item := map[string]any{"enum": form.Anys(trafficNames())}
	return map[string]any{"anyOf": []any{item, map[string]any{"type": "array", "items": item, "minItems": 1}}}
}
