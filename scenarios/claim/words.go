package claim

import (
	"maps"
	"slices"
	"strings"
)

// Level is how much a claim matters.
type Level uint8

// The levels (spec 40 §2).
const (
	Must   Level = iota // fails the run
	Should              // fails it under --strict only
	Record              // measured, never judged
)

var levelNames = [...]string{"must", "should", "record"}

func (l Level) String() string { return levelNames[l] }

// ParseLevel returns the level of a word; Must where there is none.
func ParseLevel(word string) Level { return Level(max(0, slices.Index(levelNames[:], word))) }

// Across is how the seeds of a sweep are combined.
type Across uint8

// The ways (spec 40 §8.3). AcrossDefault is all for the statistics all, count, max and min, else pooled; the
// claims of a loaded scenario never have it.
const (
	AcrossDefault Across = iota
	AcrossAll            // every seed by itself
	AcrossPooled         // the observations of all seeds together
	AcrossMean           // the mean of the seeds' statistics
	AcrossShare          // at least a share of the seeds
)

var acrossNames = [...]string{"all", "all", "pooled", "mean", "share"}

func (a Across) String() string { return acrossNames[a] }

// ParseAcross returns the way of a word; AcrossDefault where there is none.
func ParseAcross(word string) Across {
	if word == "all" {
		return AcrossAll
	}
	return Across(max(0, slices.Index(acrossNames[:], word)))
}

// Where selects observations: each key's word must be among the given ones, or, for a key that ends in
// "_not", must be none of them. Keys are those of metrics.LabelKeys.
type Where map[string][]string

// Asks reports whether w has a condition on the label.
func (w Where) Asks(key string) bool { return w[key] != nil || w[key+"_not"] != nil }

// String renders w as in summary.csv, keys sorted.
func (w Where) String() string {
	parts := make([]string, 0, len(w))
	for _, k := range slices.Sorted(maps.Keys(w)) {
		key, not := strings.CutSuffix(k, "_not")
		op := "="
		if not {
			op = "!="
		}
		parts = append(parts, key+op+strings.Join(w[k], "|"))
	}
	return strings.Join(parts, ";")
}
