package batch

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hypersim/scenarios"
)

// variantKey is the axis of a file's variants.
const variantKey = "variant"

// Value is one value of one axis.
type Value struct {
	Key  string `json:"key"`
	Text string `json:"value"` // as a person writes it, without quotes
	set  string // "key=value" for scenarios.Load; "" for a variant, and for what a variant sets itself
	file bool   // of the file's grid or zip
}

// axis is one dimension of the grid: its points each set one key, or with zip several at once.
type axis [][]Value

// ParseVary reads "key=a,b,c". Commas inside of quotes, brackets and braces do not separate.
func ParseVary(text string) (key string, values []string, err error) {
	key, list, ok := strings.Cut(text, "=")
	if key = strings.TrimSpace(key); !ok || key == "" {
		return "", nil, fmt.Errorf("--vary %q: must be key=value,value,…", text)
	}
	if key == variantKey || strings.HasPrefix(key, "sweep.") || key == "scenario.seed" {
		return "", nil, fmt.Errorf("--vary %s: variants and seeds have flags of their own, --variant and --seeds", key)
	}
	depth, quote, from := 0, byte(0), 0
	for i := 0; i <= len(list); i++ {
		if i == len(list) || list[i] == ',' && depth == 0 && quote == 0 {
			v := strings.TrimSpace(list[from:i])
			if v == "" {
				return "", nil, fmt.Errorf("--vary %s: value %d of %q is empty", key, len(values)+1, list)
			}
			values, from = append(values, v), i+1
			continue
		}
		switch c := list[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		}
	}
	return key, values, nil
}

// seedsMax bounds the seeds of one sweep, as in a file.
const seedsMax = 100_000

// ParseSeeds reads "1..40", "3,5,8" or a mixture, "1..10,20". Seeds keep their order; none may come twice.
func ParseSeeds(text string) ([]uint64, error) {
	var out []uint64
	seen := map[uint64]bool{}
	for part := range strings.SplitSeq(text, ",") {
		lo, hi, isRange := strings.Cut(part, "..")
		if !isRange {
			hi = lo
		}
		from, err1 := strconv.ParseUint(strings.TrimSpace(lo), 10, 53)
		to, err2 := strconv.ParseUint(strings.TrimSpace(hi), 10, 53)
		if err1 != nil || err2 != nil || from > to {
			return nil, fmt.Errorf("--seeds %q: %q must be a seed or a range such as 1..40", text, part)
		}
		if to-from >= seedsMax || len(out) > seedsMax {
			return nil, fmt.Errorf("--seeds %q: at most %d seeds", text, seedsMax)
		}
		for s := from; s <= to; s++ {
			if seen[s] {
				return nil, fmt.Errorf("--seeds %q: seed %d comes twice", text, s)
			}
			seen[s] = true
			out = append(out, s)
		}
	}
	return out, nil
}

// axes returns the dimensions of a sweep: the file's variants, grid and zip, then what --vary adds. A key of
// the grid that is varied takes the values of --vary in its old place.
func axes(base *scenarios.Scenario, req *Request) ([]axis, error) {
	vary := map[string]axis{}
	var order []string
	for _, text := range req.Vary {
		key, values, err := ParseVary(text)
		if err != nil {
			return nil, err
		}
		if vary[key] != nil {
			return nil, fmt.Errorf("--vary %s is given twice", key)
		}
		order = append(order, key)
		for _, v := range values {
			vary[key] = append(vary[key], []Value{{Key: key, Text: unquoted(v), set: key + "=" + v}})
		}
	}
	out, err := variantAxis(base, req.Variants)
	if err != nil {
		return nil, err
	}
	for _, a := range base.Sweep.Grid {
		if vary[a.Key] != nil {
			out, order = append(out, vary[a.Key]), slices.DeleteFunc(order, func(k string) bool { return k == a.Key })
			continue
		}
		out = append(out, points(a))
	}
	if zip := base.Sweep.Zip; len(zip) > 0 {
		joined := make(axis, len(zip[0].Values))
		for _, a := range zip {
			if vary[a.Key] != nil {
				return nil, fmt.Errorf("--vary %s: the key is part of [sweep.zip], whose lists advance together", a.Key)
			}
			for i, p := range points(a) {
				joined[i] = append(joined[i], p...)
			}
		}
		out = append(out, joined)
	}
	for _, key := range order {
		out = append(out, vary[key])
	}
	return out, nil
}

// variantAxis lists the variants, all or those chosen, in the order of the file.
func variantAxis(base *scenarios.Scenario, chosen []string) ([]axis, error) {
	var a axis
	var have []string
	for _, v := range base.Variants {
		have = append(have, v.Name)
		if len(chosen) == 0 || slices.Contains(chosen, v.Name) {
			a = append(a, []Value{{Key: variantKey, Text: v.Name}})
		}
	}
	for _, name := range chosen {
		if !slices.Contains(have, name) {
			return nil, fmt.Errorf("--variant %s: %s has no such variant (%s)", name, base.Name, cmp.Or(prefixed("has ", have), "it has none"))
		}
	}
	if len(a) == 0 {
		return nil, nil
	}
	return []axis{a}, nil
}

func points(a scenarios.SweepAxis) axis {
	var out axis
	for _, v := range a.Values {
		text := toml(v)
		out = append(out, []Value{{Key: a.Key, Text: unquoted(text), set: a.Key + "=" + text, file: true}})
	}
	return out
}

// toml writes a value of a file as it could stand there.
func toml(v any) string {
	switch v := v.(type) {
	case string:
		return quoted(v)
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".en") { // 1.0 stays a float
			s += ".0"
		}
		return s
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = toml(v[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, quoted(k)+" = "+toml(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v) // integers and booleans
}

// quoted returns s as a TOML string: JSON's escapes are among TOML's.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("batch: a string has no JSON form: " + err.Error())
	}
	return string(b)
}

func unquoted(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	if v, ok := strings.CutSuffix(s, ".0"); ok {
		return v
	}
	return s
}

// prefixed lists words behind a first one; without words it is empty.
func prefixed(first string, words []string) string {
	if len(words) == 0 {
		return ""
	}
	return first + strings.Join(words, ", ")
}
