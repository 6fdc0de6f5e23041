package routing

import (
	"cmp"
	"slices"

	"hypersim/core/rng"
)

// byScore orders candidates of one class by their score (spec 30 §4.6).
func byScore(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Score, b.Score), cmp.Compare(b.Available, a.Available),
		cmp.Compare(a.Queue, b.Queue), cmp.Compare(a.Site, b.Site))
}

// orderer puts candidates in order by one of the policies. It is a value with its streams, so that sorting needs no
// closure.
type orderer struct {
	random, choices, spread rng.Stream
}

// order sorts the eligible candidates: by class, and within one by the mode's rule. Each then has its rank, and where the
// rule gives no score, the rank is it.
func (o *orderer) order(k *Keys, mode Mode, c []Candidate) {
	switch {
	case mode == ModeBootstrap:
		for i := range c {
			c[i].draw = k.free(&c[i])
		}
		slices.SortFunc(c, byFree)
	case mode == ModeScore:
		slices.SortFunc(c, byScore)
	case k.Policy == Nearest:
		slices.SortFunc(c, byDistance)
	case k.Policy == LeastLoaded:
		slices.SortFunc(c, byLoad)
	case k.Policy == Random:
		for i := range c {
			c[i].draw = o.random.Float64()
		}
		slices.SortFunc(c, byDraw)
	default:
		slices.SortFunc(c, byClass)
		for from := 0; from < len(c); {
			to := from + 1
			for to < len(c) && c[to].Class == c[from].Class {
				to++
			}
			o.twoChoices(c[from:to])
			from = to
		}
	}
	rank(c, mode != ModeScore)
}

// rank numbers the candidates of each class, and lets the number be the score.
func rank(c []Candidate, score bool) {
	n := int32(0)
	for i := range c {
		if i > 0 && c[i].Class != c[i-1].Class {
			n = 0
		}
		n++
		c[i].Rank = n
		if score {
			c[i].Raw, c[i].Score, c[i].ByScore = float64(n), float64(n), false
		}
	}
}

// byFree is the order of bootstrap: those that failed the job last (spec 30 §4.7).
func byFree(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Cool, b.Cool), cmp.Compare(b.draw, a.draw), cmp.Compare(a.QueueNorm, b.QueueNorm),
		cmp.Compare(a.Breakers, b.Breakers), cmp.Compare(b.Available, a.Available), cmp.Compare(a.Site, b.Site))
}

func byDistance(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Cool, b.Cool), cmp.Compare(a.RTT, b.RTT), cmp.Compare(a.Site, b.Site))
}

func byLoad(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Cool, b.Cool), cmp.Compare(a.Load, b.Load), cmp.Compare(b.Available, a.Available),
		cmp.Compare(a.Site, b.Site))
}

func byDraw(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Cool, b.Cool), cmp.Compare(a.draw, b.draw), cmp.Compare(a.Site, b.Site))
}

func byClass(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Site, b.Site))
}

// twoChoices puts the candidates of one class in order: for each place two of those left are drawn, and the less loaded
// one takes it.
func (o *orderer) twoChoices(c []Candidate) {
	for ; len(c) > 1; c = c[1:] {
		i := o.choices.Intn(len(c))
		j := o.choices.Intn(len(c) - 1)
		if j >= i {
			j++
		}
		if byLoad(c[j], c[i]) < 0 {
			i = j
		}
		c[0], c[i] = c[i], c[0]
	}
}

// first draws who stands first among those whose score is close to the best (spec 02 no. 15), and returns how many they
// were, 0 if nothing was drawn.
func (o *orderer) first(k *Keys, s []Candidate) int {
	near := 0
	sum := 0.0
	for near < len(s) && s[near].Score <= float64((1+k.Spread)*s[0].Score) {
		sum += float64(max(1, s[near].Available))
		near++
	}
	if near < 2 {
		return 0
	}
	at := float64(o.spread.Float64() * sum)
	i := 0
	for ; i < near-1; i++ {
		if at -= float64(max(1, s[i].Available)); at < 0 {
			break
		}
	}
	drawn := s[i]
	copy(s[1:i+1], s[:i])
	s[0] = drawn
	return near
}
