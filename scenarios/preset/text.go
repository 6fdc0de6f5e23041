package preset

import (
	"fmt"
	"strconv"
	"strings"
)

// TOML returns the keys as rooms of [protocol], each as in a scenario file.
func (p *Preset) TOML() string {
	var s strings.Builder
	room := ""
	for _, k := range p.sorted() {
		r, key, _ := strings.Cut(k.Key, ".")
		if r != room {
			room = r
			fmt.Fprintf(&s, "[%s]\n", r)
		}
		fmt.Fprintf(&s, "%s = %s\n", key, literal(k.Value))
	}
	return s.String()
}

// sorted returns the keys, those of one room together, in the order of first mention.
func (p *Preset) sorted() (list []Key) {
	seen := map[string]bool{}
	for _, k := range p.Keys {
		room, _, _ := strings.Cut(k.Key, ".")
		if seen[room] {
			continue
		}
		seen[room] = true
		for _, o := range p.Keys {
			if strings.HasPrefix(o.Key, room+".") {
				list = append(list, o)
			}
		}
	}
	return list
}

// literal writes a value as TOML has it: numbers and booleans as they are, all else as text.
func literal(v string) string {
	if _, err := strconv.ParseFloat(v, 64); err == nil || v == "true" || v == "false" {
		return v
	}
	return strconv.Quote(v)
}

// Text returns the preset for a person, as it would stand in a scenario: every key, what it is called there, and why.
func (p *Preset) Text() string {
	var s strings.Builder
	fmt.Fprintf(&s, "# %s: %s (%s)\n#\n# [protocol]\n# profile = %q\n#\n# sets all that follows; a key that a scenario gives itself wins.\n", p.Name, p.Title, p.Source, p.Name)
	room := ""
	for _, k := range p.sorted() {
		r, key, _ := strings.Cut(k.Key, ".")
		if r != room {
			room = r
			fmt.Fprintf(&s, "\n[protocol.%s]\n", r)
		}
		line := fmt.Sprintf("%-17s = %-9s", key, literal(k.Value))
		var note []string
		for _, t := range [...]string{k.Theirs, k.Why} {
			if t != "" {
				note = append(note, t)
			}
		}
		if len(note) > 0 {
			line += " # " + strings.Join(note, "; ")
		}
		fmt.Fprintln(&s, strings.TrimRight(line, " "))
	}
	s.WriteString("\n# Not the same whatever is set:\n")
	for _, n := range p.Not {
		fmt.Fprintf(&s, "#   %s\n", n)
	}
	return s.String()
}

// Row is a key of two presets, "" where one of them leaves it as it is.
type Row struct{ Key, A, B string }

// Diff returns the keys in which two presets differ; a nil one leaves everything as it is.
func Diff(a, b *Preset) (rows []Row) {
	value := func(p *Preset, key string) string {
		if p != nil {
			for _, k := range p.Keys {
				if k.Key == key {
					return k.Value
				}
			}
		}
		return ""
	}
	seen := map[string]bool{}
	for _, p := range [...]*Preset{a, b} {
		if p == nil {
			continue
		}
		for _, k := range p.sorted() {
			if x, y := value(a, k.Key), value(b, k.Key); !seen[k.Key] && x != y {
				rows = append(rows, Row{k.Key, x, y})
			}
			seen[k.Key] = true
		}
	}
	return rows
}
