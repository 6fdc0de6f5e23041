package plot

import (
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
)

// groups are samples split by the words of some labels, in order of first appearance.
type groups []group

type group struct {
	word  string
	words []string // of each label
	list  []analysis.Sample
}

func split(list []analysis.Sample, keys []string) groups {
	var out groups
	index := map[string]int{}
	for _, s := range list {
		words := make([]string, len(keys))
		for i, k := range keys {
			words[i] = s.Labels.Get(k)
		}
		word := strings.Join(words, ", ")
		i, ok := index[word]
		if !ok {
			i = len(out)
			index[word] = i
			out = append(out, group{word: word, words: words})
		}
		out[i].list = append(out[i].list, s)
	}
	return out
}

func (g groups) words() []string {
	var out []string
	for i := range g {
		out = append(out, g[i].word)
	}
	return out
}

// xy returns the group of that word as points over time.
func (g groups) xy(word string) plotter.XYs {
	for i := range g {
		if g[i].word == word {
			return points(g[i].list)
		}
	}
	return nil
}

func points(list []analysis.Sample) plotter.XYs {
	xy := make(plotter.XYs, len(list))
	for i, s := range list {
		xy[i] = plotter.XY{X: s.At.Seconds(), Y: s.Value}
	}
	return xy
}

// indexOf returns the place of w in list, or its length.
func indexOf(list []string, w string) int {
	if i := slices.Index(list, w); i >= 0 {
		return i
	}
	return len(list)
}
