package topologies

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"hypersim/topologies/input"
	"hypersim/topologies/tomlpos"
)

// file is a topology file: a Spec and the version of its format.
type file struct {
	Schema int `toml:"schema"`
	Spec
}

// fileMax bounds a topology file; a big matrix belongs into a file of its own.
const fileMax = 16 << 20

// byteOrderMark is what some editors begin a file with; it says nothing.
const byteOrderMark = "\ufeff"

// LoadFile reads the topology file at path. Matrix paths in it are relative to its folder. All problems are
// returned at once, as Problems with line and column.
func LoadFile(path string) (*Topology, error) {
	text, err := input.ReadFile(path, fileMax)
	if err != nil {
		return nil, fmt.Errorf("topology: %w", err)
	}
	return Parse(string(text), path)
}

// Parse reads the text of a topology file; path stands in messages, and its folder is where matrix files
// are looked for.
func Parse(text, path string) (*Topology, error) {
	text = strings.TrimPrefix(text, byteOrderMark)
	spec, err := decode(text, path)
	if err != nil {
		return nil, err
	}
	t, err := spec.Build(filepath.Dir(path))
	if err != nil {
		return nil, located(err, text, path)
	}
	return t, nil
}

// decode is the strict half: syntax, unknown keys, types. It knows nothing of what the values mean.
func decode(text, path string) (*Spec, error) {
	if _, deep := tomlpos.Scan(text, tomlpos.JoinPlain); deep { // the decoder would take memory without end
		return nil, Problems{{File: path, Line: 1, Col: 1, Text: fmt.Sprintf(
			"nested deeper than %d values or %d dotted keys", tomlpos.DepthMax, tomlpos.PartsMax)}}
	}
	var tree map[string]any
	if _, err := toml.Decode(text, &tree); err != nil {
		if !strings.HasSuffix(path, ".toml") {
			return nil, Problems{{File: path, Line: 1, Col: 1, Text: fmt.Sprintf(
				"is no topology file; if it holds latencies, write a file with schema = 1, matrix = %q, unit and kind, and name that one", filepath.Base(path))}}
		}
		var pe toml.ParseError
		if errors.As(err, &pe) {
			// For some errors, like a bad escape, the decoder knows no position, or only the line.
			return nil, Problems{{File: path, Line: max(1, pe.Position.Line), Col: max(1, pe.Position.Col), Text: pe.Message}}
		}
		return nil, Problems{{File: path, Line: 1, Col: 1, Text: err.Error()}}
	}
	c := &collector{file: path}
	checkTree(c, "", tree, reflect.TypeFor[file]())
	var f file
	if !c.failed() {
		if _, err := toml.Decode(text, &f); err != nil {
			c.key("", "%v", err)
		}
	}
	if _, ok := tree["schema"]; !ok {
		c.key("schema", "missing; this program reads schema = 1")
	} else if !c.failed() && f.Schema != 1 {
		c.key("schema", "%d, this program reads 1", f.Schema)
	}
	if c.failed() {
		return nil, located(c.err(), text, path)
	}
	return &f.Spec, nil
}

// located gives each problem the file and the position of its key, or of the nearest key around it.
func located(err error, text, path string) error {
	var list Problems
	if !errors.As(err, &list) {
		return Problems{{File: path, Text: err.Error()}}
	}
	index, _ := tomlpos.Scan(text, tomlpos.JoinPlain)
	out := slices.Clone(list)
	for i := range out {
		p := &out[i]
		if p.Line > 0 {
			continue // a position in a file of its own
		}
		if p.File != "" && p.File != path && p.Key == "" {
			p.Text = p.File + ": " + p.Text
		}
		p.File = path
		for key := p.Key; key != ""; key = outer(key) {
			if at, ok := index.Key(key); ok {
				p.Line, p.Col = at.Line, at.Byte
				break
			}
		}
		if p.Line == 0 {
			p.Line, p.Col = 1, 1
		}
	}
	slices.SortStableFunc(out, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return out
}

// outer strips the last part of a dotted key: a.b[2].c → a.b[2] → a.b → a → "".
func outer(key string) string {
	if i := strings.LastIndexAny(key, ".["); i >= 0 {
		return key[:i]
	}
	return ""
}

// checkTree compares decoded TOML with the type it is meant for, so that every unknown key and wrong type
// is told in one go; the decoder stops at the first.
func checkTree(c *collector, key string, value any, want reflect.Type) {
	if want.Kind() == reflect.Pointer {
		want = want.Elem()
	}
	switch want.Kind() {
	case reflect.Struct:
		checkTable(c, key, value, want)
	case reflect.Slice:
		checkArray(c, key, value, want)
	case reflect.String:
		if _, ok := value.(string); !ok {
			c.key(key, "%v is %s, must be a string%s", value, tomlType(value), unitHint(key))
		}
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			c.key(key, "%v is %s, must be true or false", value, tomlType(value))
		}
	case reflect.Int, reflect.Uint64:
		if n, ok := value.(int64); !ok {
			c.key(key, "%v is %s, must be a whole number", value, tomlType(value))
		} else if n < 0 {
			c.key(key, "%d must be ≥ 0", n)
		}
	case reflect.Float64:
		switch value.(type) {
		case int64, float64:
		default:
			c.key(key, "%v is %s, must be a number", value, tomlType(value))
		}
	default: // a topology file has no keys of another kind
	}
}

func unitHint(key string) string {
	switch key[strings.LastIndexByte(key, '.')+1:] {
	case "intra_rtt", "at", "rtt", "one_way", "wan", "deviation":
		return ` with a unit, like "0.5ms"`
	}
	return ""
}

func tomlType(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case int64, float64:
		return "a number"
	case bool:
		return "a boolean"
	case map[string]any:
		return "a table"
	case []any, []map[string]any:
		return "an array"
	}
	return "a date"
}

func checkTable(c *collector, key string, value any, want reflect.Type) {
	table, ok := value.(map[string]any)
	if !ok {
		c.key(key, "is %s, must be a table", tomlType(value))
		return
	}
	fields := tomlFields(want)
	for _, name := range slices.Sorted(maps.Keys(table)) {
		inner := tomlpos.JoinPlain(key, name)
		field, known := fields[name]
		if !known {
			c.key(inner, "unknown key%s", didYouMean(name, slices.Sorted(maps.Keys(fields))))
			continue
		}
		checkTree(c, inner, table[name], field)
	}
}

// tomlFields maps the keys of a struct, embedded ones included, to their types.
func tomlFields(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			maps.Copy(fields, tomlFields(f.Type))
			continue
		}
		fields[f.Tag.Get("toml")] = f.Type
	}
	return fields
}

func checkArray(c *collector, key string, value any, want reflect.Type) {
	elem := want.Elem()
	switch list := value.(type) {
	case []any:
		for i, v := range list {
			checkTree(c, fmt.Sprintf("%s[%d]", key, i), v, elem)
		}
	case []map[string]any:
		for i, v := range list {
			checkTree(c, fmt.Sprintf("%s[%d]", key, i), v, elem)
		}
	default:
		c.key(key, "is %s, must be an array", tomlType(value))
	}
}
