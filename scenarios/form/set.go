package form

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"hypersim/topologies/tomlpos"
)

// setFile stands in messages where a value came from outside of the file.
const setFile = "--set"

// Set changes the tree at root as "dotted.key=value" says. Entries of arrays are named by id, name or index:
// fault.cut.for, topology.sites.use1.workers, fault[0].for. asText tells the keys whose bare words are strings.
func (b *Binding) Set(root *Node, text string, asText func(path string) bool) {
	path, value, ok := strings.Cut(text, "=")
	path = strings.TrimSpace(path)
	wrong := func(key, format string, args ...any) {
		b.Problems = append(b.Problems, Problem{File: setFile, Key: key, Text: fmt.Sprintf(format, args...)})
	}
	if !ok || path == "" {
		wrong("", `%q: must be dotted.key=value`, text)
		return
	}
	value = strings.TrimSpace(value)
	n, err := setValue(value, asText(path))
	if err != nil {
		wrong(path, "%v", err)
		return
	}
	root.Assign(path, n, func(format string, args ...any) { wrong(path, format, args...) })
}

// setValue reads a value as TOML would; what is not TOML, or what the key wants as text, is a string.
func setValue(text string, asText bool) (*Node, error) {
	quoted := len(text) >= 2 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0]
	if !asText || quoted {
		if len(text) > TextMax {
			return nil, fmt.Errorf("%d bytes; a value may have %d", len(text), TextMax)
		}
		if _, deep := tomlpos.Scan("v = "+text, tomlpos.Join); deep {
			return nil, fmt.Errorf("nested deeper than %d values", tomlpos.DepthMax)
		}
		var tree map[string]any
		if _, err := toml.Decode("v = "+text, &tree); err == nil && len(tree) == 1 {
			n := build(&tomlpos.Index{}, setFile, "v", tree["v"])
			return n, nil
		}
		if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
			return nil, fmt.Errorf("%s is not TOML", Literal(text))
		}
	}
	return &Node{File: setFile, Val: text}, nil
}

// Assign puts value at a dotted path below n, making tables on the way.
func (n *Node) Assign(path string, value *Node, fail func(format string, args ...any)) {
	parts := SplitPath(path)
	if len(parts) > 2*tomlpos.PartsMax {
		fail("more than %d dotted keys", 2*tomlpos.PartsMax)
		return
	}
	at := n
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case at.IsArray:
			k := EntryOf(at, part)
			if k < 0 {
				fail("no entry %q%s", part, haveEntries(at))
				return
			}
			if last {
				at.Items[k] = value
				return
			}
			at = at.Items[k]
		case at.IsTable:
			if last {
				at.Kids[part] = value
				return
			}
			next := at.Kids[part]
			if next == nil {
				next = &Node{File: value.File, key: value.key, At: value.At, IsTable: true, Kids: map[string]*Node{}}
				at.Kids[part] = next
			}
			at = next
		default:
			fail("%q is no table", strings.Join(parts[:i], "."))
			return
		}
	}
}

// SplitPath cuts a dotted path; quoted parts stay whole and [0] is a part of its own.
func SplitPath(path string) []string {
	var parts []string
	for i := 0; i < len(path); {
		switch c := path[i]; c {
		case '.', '[', ']':
			i++
		case '"', '\'':
			end := strings.IndexByte(path[i+1:], c)
			if end < 0 {
				return append(parts, path[i+1:])
			}
			parts = append(parts, path[i+1:i+1+end])
			i += end + 2
		default:
			end := strings.IndexAny(path[i:], ".[]\"'")
			if end < 0 {
				end = len(path) - i
			}
			parts = append(parts, strings.TrimSpace(path[i:i+end]))
			i += end
		}
	}
	return parts
}

// EntryOf finds an entry of an array of tables by its id, name or index; −1 if there is none.
func EntryOf(array *Node, name string) int {
	for _, key := range []string{"id", "name"} {
		i := slices.IndexFunc(array.Items, func(n *Node) bool { return n.Kid(key) != nil && n.Kid(key).Val == name })
		if i >= 0 {
			return i
		}
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(array.Items) {
		return i
	}
	return -1
}

func haveEntries(array *Node) string {
	var have []string
	for _, n := range array.Items {
		for _, key := range []string{"id", "name"} {
			if s, ok := n.Kid(key).Text(); ok {
				have = append(have, s)
			}
		}
	}
	if have == nil {
		return fmt.Sprintf(" (has %d)", len(array.Items))
	}
	return " (has " + shortList(have) + ")"
}

// Text returns a string; false where n is none.
func (n *Node) Text() (string, bool) {
	if n == nil {
		return "", false
	}
	s, ok := n.Val.(string)
	return s, ok
}

// Lookup finds a dotted path, or nil.
func (n *Node) Lookup(path string) *Node {
	for _, part := range SplitPath(path) {
		switch {
		case n == nil:
			return nil
		case n.IsArray:
			i := EntryOf(n, part)
			if i < 0 {
				return nil
			}
			n = n.Items[i]
		default:
			n = n.Kid(part)
		}
	}
	return n
}

// IsText reports whether every value of the type is written as a string.
func IsText(t reflect.Type) bool {
	if t == nil {
		return false
	}
	_, wants := reflect.New(t).Interface().(interface{ WantsText() })
	return wants || t == DurationType || t.Kind() == reflect.String
}

// TypeAt follows keys through the format; nil where it ends.
func TypeAt(t reflect.Type, parts []string) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || len(parts) == 0 {
		return t
	}
	switch t.Kind() {
	case reflect.Slice:
		return TypeAt(t.Elem(), parts[1:])
	case reflect.Struct:
		if reflect.PointerTo(t).Implements(reflect.TypeFor[Special]()) {
			return nil
		}
		for _, f := range Fields(t) {
			if f.Tag.Get("key") == parts[0] {
				return TypeAt(f.Type, parts[1:])
			}
		}
	default: // a value, below which nothing is
	}
	return nil
}

// Mentions reports whether n is a word, or a list with it.
func (n *Node) Mentions(word string) bool {
	return n.Val == word || slices.ContainsFunc(n.Items, func(i *Node) bool { return i.Val == word })
}
