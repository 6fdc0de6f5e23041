package main

import (
	"fmt"
	"os"
	"strings"
)

// The table stands between these in the page.
const (
	tableFrom = "<!-- table of planted bugs: make planted writes it -->\n"
	tableTo   = "<!-- end of table -->\n"
)

// writeTable puts what was found into the page.
func writeTable(path string, kept map[string]*found) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), tableFrom)
	_, after, ends := strings.Cut(rest, tableTo)
	if !ok || !ends {
		return fmt.Errorf("%s: has no place for the table: %q and %q", path, strings.TrimSpace(tableFrom), strings.TrimSpace(tableTo))
	}
	return os.WriteFile(path, []byte(before+tableFrom+tableOf(kept)+tableTo+after), 0o666)
}

func tableOf(kept map[string]*found) string {
	var b strings.Builder
	for _, r := range rooms {
		fmt.Fprintf(&b, "\n**%s**\n\n| bug | what it breaks | found by | runs | s | lines |\n|---|---|---|---|---|---|\n", strings.ToUpper(r.name[:1])+r.name[1:])
		for i := range r.bugs {
			x := &r.bugs[i]
			fmt.Fprintf(&b, "| %s | %s | %s |\n", x.name, strings.ReplaceAll(x.sentence, "|", `\|`), cells(x, kept[x.name]))
		}
	}
	b.WriteString("\n")
	return b.String()
}

// cells are what was found of a bug.
func cells(b *bug, f *found) string {
	switch {
	case f == nil || f.Identity != b.identity() || f.Runs == 0: // the time was too short for the first of them
		return "not looked for | | | "
	case f.Invariant == "":
		return fmt.Sprintf("nobody | %d | %.0f | ", f.Runs, f.Seconds)
	}
	measured := func(v float64) string { // "": nobody has
		if v == 0 {
			return ""
		}
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%s | %d | %s | %s", f.Invariant, f.Runs, measured(f.Seconds), measured(float64(f.Lines)))
}
