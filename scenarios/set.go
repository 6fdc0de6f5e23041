package scenarios

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

// Values from other flags.
const (
	seedFlag     = "--seed"
	durationFlag = "--duration"
	variantFlag  = "--variant"
)

// applySet changes the tree at root as "dotted.key=value" says. Entries of arrays are named by id, name or index:
// fault.cut.for, topology.sites.use1.workers, fault[0].for. asText tells the keys whose bare words are strings.
func (b *binding) applySet(root *node, text string, asText func(path string) bool) {
	path, value, ok := strings.Cut(text, "=")
	path = strings.TrimSpace(path)
	wrong := func(key, format string, args ...any) {
		b.problems = append(b.problems, Problem{File: setFile, Key: key, Text: fmt.Sprintf(format, args...)})
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
	root.assign(path, n, func(format string, args ...any) { wrong(path, format, args...) })
}

// setValue reads a value as TOML would; what is not TOML, or what the key wants as text, is a string.
func setValue(text string, asText bool) (*node, error) {
	quoted := len(text) >= 2 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0]
	if !asText || quoted {
		if len(text) > textMax {
			return nil, fmt.Errorf("%d bytes; a value may have %d", len(text), textMax)
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
			return nil, fmt.Errorf("%s is not TOML", literal(text))
		}
	}
	return &node{file: setFile, val: text}, nil
}

// assign puts value at a dotted path below n, making tables on the way.
func (n *node) assign(path string, value *node, fail func(format string, args ...any)) {
	parts := splitPath(path)
	if len(parts) > 2*tomlpos.PartsMax {
		fail("more than %d dotted keys", 2*tomlpos.PartsMax)
		return
	}
	at := n
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case at.isArray:
			k := entryOf(at, part)
			if k < 0 {
				fail("no entry %q%s", part, haveEntries(at))
				return
			}
			if last {
				at.items[k] = value
				return
			}
			at = at.items[k]
		case at.isTable:
			if last {
				at.kids[part] = value
				return
			}
			next := at.kids[part]
			if next == nil {
				next = &node{file: value.file, key: value.key, at: value.at, isTable: true, kids: map[string]*node{}}
				at.kids[part] = next
			}
			at = next
		default:
			fail("%q is no table", strings.Join(parts[:i], "."))
			return
		}
	}
}

// splitPath cuts a dotted path; quoted parts stay whole and [0] is a part of its own.
func splitPath(path string) []string {
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

// entryOf finds an entry of an array of tables by its id, name or index; −1 if there is none.
func entryOf(array *node, name string) int {
	for _, key := range []string{"id", "name"} {
		i := slices.IndexFunc(array.items, func(n *node) bool { return n.kid(key) != nil && n.kid(key).val == name })
		if i >= 0 {
			return i
		}
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(array.items) {
		return i
	}
	return -1
}

func haveEntries(array *node) string {
	var have []string
	for _, n := range array.items {
		for _, key := range []string{"id", "name"} {
			if s, ok := n.kid(key).text(); ok {
				have = append(have, s)
			}
		}
	}
	if have == nil {
		return fmt.Sprintf(" (has %d)", len(array.items))
	}
	return " (has " + shortList(have) + ")"
}

func (n *node) text() (string, bool) {
	if n == nil {
		return "", false
	}
	s, ok := n.val.(string)
	return s, ok
}

// lookup finds a dotted path, or nil.
func (n *node) lookup(path string) *node {
	for _, part := range splitPath(path) {
		switch {
		case n == nil:
			return nil
		case n.isArray:
			i := entryOf(n, part)
			if i < 0 {
				return nil
			}
			n = n.items[i]
		default:
			n = n.kid(part)
		}
	}
	return n
}

// wantsText reports whether the schema wants a string at a path, so that a bare word of --set is one.
func wantsText(path string) bool {
	parts := splitPath(path)
	if len(parts) == 0 {
		return false
	}
	if parts[0] == "protocol" && len(parts) == 3 {
		var c Config
		if room, ok := roomsOf(&c)[parts[1]]; ok {
			return isText(typeAt(room.Type(), parts[2:]))
		}
	}
	for _, t := range []reflect.Type{reflect.TypeFor[worldT](), reflect.TypeFor[claimsT](), reflect.TypeFor[alternativesT]()} {
		if isText(typeAt(t, parts)) {
			return true
		}
	}
	return false
}

// isText reports whether every value of the type is written as a string.
func isText(t reflect.Type) bool {
	if t == nil {
		return false
	}
	_, wants := reflect.New(t).Interface().(interface{ wantsText() })
	return wants || t == durationType || t.Kind() == reflect.String
}

// typeAt follows keys through the format; nil where it ends.
func typeAt(t reflect.Type, parts []string) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || len(parts) == 0 {
		return t
	}
	switch t.Kind() {
	case reflect.Slice:
		return typeAt(t.Elem(), parts[1:])
	case reflect.Struct:
		if reflect.PointerTo(t).Implements(reflect.TypeFor[special]()) {
			return nil
		}
		for _, f := range fieldsOf(t) {
			if f.Tag.Get("key") == parts[0] {
				return typeAt(f.Type, parts[1:])
			}
		}
	default: // a value, below which nothing is
	}
	return nil
}
