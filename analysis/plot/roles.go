package plot

import (
	"image/color"
	"slices"
)

// roleOrder is how roles are listed; each has a colour of its own in every figure.
var roleOrder = []string{"gate", "manager", "worker", "client"}

var roleColors = map[string]color.NRGBA{"gate": vermilion, "manager": green, "worker": blue, "client": purple}

// byRole returns the words sorted as roles are listed, unknown ones last.
func byRole(words []string) []string {
	out := slices.Clone(words)
	rank := func(w string) int {
		if i := slices.Index(roleOrder, w); i >= 0 {
			return i
		}
		return len(roleOrder)
	}
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	return out
}

func roleColor(word string) color.NRGBA {
	if c, ok := roleColors[word]; ok {
		return c
	}
	return grey
}

// plural names the nodes of a role.
func plural(role string) string {
	if role == "" {
		return "nodes"
	}
	return role + "s"
}
