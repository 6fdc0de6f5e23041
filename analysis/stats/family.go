package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"hypersim/core/rng"
	"hypersim/core/xmath"
)

// DefaultDraws is the number of Monte Carlo draws of a family: an adjusted p of 0.05 is right within ± 0.002.
const DefaultDraws = 9999

// exactPairs is the number of seeds up to which all signs are enumerated.
const exactPairs = 15

// Draws says how a Monte Carlo test draws. The zero value is complete.
type Draws struct {
	Seed    uint64
	Purpose string // which test this is, such as "compare"; keeps streams apart
	Number  int    // 0: DefaultDraws
}

// Family is comparisons that are judged together: the chance of any false alarm among them is what their adjusted
// p-values keep. Rows of the same runs depend on each other, and a family knows how: every draw flips or exchanges
// whole runs in all rows at once (Westfall and Young 1993, max-T), so that fifty rows that say the same cost no more
// than one. Rows are numbered in the order in which they are added.
//
// Each row is studentised before the farthest is taken. A sign flip of paired differences is exact for symmetric
// ones (Fisher 1935). Independent runs are exchanged between the sides, which keeps the level even when the
// two have different spreads and sizes (Janssen 1997; Chung and Romano 2013); an exchange of plain means would give false
// alarms in a third of all cases. That the farthest of many rows keeps it as well takes Welch's degrees of freedom, and the
// correction for skew that intervals have.
type Family struct {
	rows  []row
	seeds []uint64 // of pairs, ascending
	units []unit   // of independent runs, ascending
}

// unit is one independent run.
type unit struct {
	side int
	seed uint64
}

func (u unit) compare(v unit) int {
	return cmp.Or(cmp.Compare(u.side, v.side), cmp.Compare(u.seed, v.seed))
}

// row is one comparison.
type row struct {
	paired  bool
	seeds   []uint64  // of differences
	units   []unit    // of independent runs
	values  []float64 // differences; or values about their common mean
	place   []int32   // in the family's seeds or units
	n, a    int       // runs; of them on side A
	squares float64   // Σ values²
	usable  bool      // some draw differs from what was seen
}

// Finding is what a test says about one row. All are NaN where no draw could differ from what was seen: equal values, or fewer than two runs.
type Finding struct {
	P        float64 // of this row alone, two-sided
	Adjusted float64 // P if this were the only row that matters; at most α: a difference, with any false alarm in the family at α
}

// Findings is the outcome of a family.
type Findings struct {
	Rows     []Finding
	Tested   int     // rows that could differ
	Critical float64 // the 95 % quantile of the farthest row where nothing differs, a normal deviate (1.96 of one row); NaN without rows
	Method   string  // "exact", "Monte Carlo, 9999 draws"
}

// Paired adds the comparison of runs that share their seeds; others are left out.
func (f *Family) Paired(a, b []Run) {
	r := row{paired: true}
	x, y := sortedRuns(a), sortedRuns(b)
	for len(x) > 0 && len(y) > 0 {
		switch cmp.Compare(x[0].Seed, y[0].Seed) {
		case -1:
			x = x[1:]
		case 1:
			y = y[1:]
		default:
			d := y[0].Value - x[0].Value
			r.seeds, r.values = append(r.seeds, x[0].Seed), append(r.values, d)
			x, y = x[1:], y[1:]
		}
	}
	r.finish()
	f.seeds = merged(f.seeds, r.seeds, cmp.Compare)
	f.rows = append(f.rows, r)
}

// Unpaired adds the comparison of independent runs.
func (f *Family) Unpaired(a, b []Run) {
	r := row{a: len(a)}
	for side, runs := range [][]Run{a, b} {
		for _, x := range sortedRuns(runs) {
			r.units, r.values = append(r.units, unit{side, x.Seed}), append(r.values, x.Value)
		}
	}
	mean := Mean(r.values) // about it sums of squares lose no digits
	for i := range r.values {
		r.values[i] -= mean
	}
	r.finish()
	r.usable = r.usable && r.a >= 2 && r.n-r.a >= 2
	f.units = merged(f.units, r.units, unit.compare)
	f.rows = append(f.rows, r)
}

// finish derives what the values say.
func (r *row) finish() {
	r.n = len(r.values)
	sq := make([]float64, r.n)
	finite, equal := true, true
	for i, v := range r.values {
		finite = finite && !math.IsNaN(v) && !math.IsInf(v, 0)
		equal = equal && v == r.values[0]
		sq[i] = v * v
	}
	r.squares = Sum(sq)
	r.usable = finite && r.n >= 2 && r.squares > 0 && (r.paired || !equal)
}

// merged returns the sorted union of two lists without repetitions.
func merged[T comparable](a, b []T, compare func(p, q T) int) []T {
	out := append(slices.Clone(a), b...)
	slices.SortFunc(out, compare)
	return slices.Compact(out)
}

// slack is what forgives rounding: a draw counts as at least as far out as what was seen, however the two round.
const slack = 1e-6

// flipped returns the differences under the signs, one bit per seed of the family, on the scale of evidence.
func (r *row) flipped(signs []uint64) float64 {
	sum := 0.0
	for i, v := range r.values {
		k := r.place[i]
		if signs[k>>6]>>(k&63)&1 == 1 {
			v = -v
		}
		sum += v
	}
	n := float64(r.n)
	share := float64(sum*sum) / float64(n*r.squares) // of the mean's square in the mean square
	rest := max(1-share, 1/(farthest*farthest))
	return evidence(math.Sqrt(float64(share*(n-1))/rest), n-1)
}

// farthest bounds |T| where all values agree, and T is infinite but for rounding.
const farthest = 1e4

// evidence turns |T| into the normal deviate of the same probability, so that rows of few and of many runs can be
// compared: Wallace (1959), good to 1 % of the deviate from 3 degrees of freedom on, to 0.1 % from 10 on.
func evidence(t, freedom float64) float64 {
	return (float64(8*freedom) + 1) / (float64(8*freedom) + 3) * math.Sqrt(float64(freedom*xmath.Log(1+float64(t*t)/freedom)))
}

// toT is the inverse of evidence.
func toT(z, freedom float64) float64 {
	z *= (float64(8*freedom) + 3) / (float64(8*freedom) + 1)
	return math.Sqrt(float64(freedom * (xmath.Exp(float64(z*z)/freedom) - 1)))
}

// sums are those of values on one side and of their squares and cubes.
type sums struct{ n, v, squares, cubes float64 }

func (s *sums) add(v float64) {
	s.n++
	s.v += v
	s.squares += float64(v * v)
	s.cubes += float64(v*v) * v
}

// moments returns mean, variance of the mean, and the third cumulant of the mean (0 below three values).
func (s *sums) moments() (mean, variance, cumulant float64) {
	n := s.n
	mean = s.v / n
	m2 := max(0, s.squares-float64(s.v*mean))
	if n > 2 {
		m3 := s.cubes - float64(3*mean*s.squares) + float64(2*n*mean*float64(mean*mean))
		cumulant = m3 / float64(n*(n-1)*(n-2))
	}
	return mean, m2 / float64(n*(n-1)), cumulant
}

// exchanged returns the evidence if the first runs in order fall to side A.
func (r *row) exchanged(order []int32) float64 {
	var a, b sums
	for _, u := range order {
		i := r.place[u]
		switch {
		case i < 0:
		case int(a.n) < r.a:
			a.add(r.values[i])
		default:
			b.add(r.values[i])
		}
	}
	return r.welch(&a, &b)
}

// welch returns Welch's T as the normal deviate of its degrees of freedom, freed from skew by Hall's transformation
// as intervals are.
func (r *row) welch(a, b *sums) float64 {
	ma, va, ca := a.moments()
	mb, vb, cb := b.moments()
	d, variance := mb-ma, va+vb
	switch {
	case math.Abs(d) <= float64(1e-9*math.Sqrt(r.squares)):
		return 0
	case variance <= float64(d*d)/(farthest*farthest): // both sides have no spread
		return evidence(farthest, float64(r.n-2))
	}
	se := math.Sqrt(variance)
	freedom := float64(variance*variance) / (float64(va*va)/(a.n-1) + float64(vb*vb)/(b.n-1))
	return evidence(shape{skew: (cb - ca) / float64(variance*se)}.bent(d/se), freedom)
}

// Test judges all rows together.
func (f *Family) Test(d Draws) Findings {
	out := Findings{Rows: make([]Finding, len(f.rows)), Critical: math.NaN()}
	f.index()
	s := f.sampler(d)
	first := make([]float64, len(f.rows))
	s.observed(first)
	var order []int // tested rows, the farthest out first
	for i := range f.rows {
		out.Rows[i] = Finding{math.NaN(), math.NaN()}
		if f.rows[i].usable {
			order = append(order, i)
		}
	}
	out.Tested, out.Method = len(order), s.method
	if len(order) == 0 {
		out.Method = ""
		return out
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(first[j], first[i]) })
	alone, together := make([]int, len(f.rows)), make([]int, len(f.rows))
	greatest := make([]float64, 0, s.number)
	t := make([]float64, len(f.rows))
	for range s.number {
		s.next(t)
		top := 0.0
		for k := len(order) - 1; k >= 0; k-- { // the greatest among this row and those nearer than it
			i := order[k]
			top = max(top, t[i])
			if t[i] >= first[i]*(1-slack) {
				alone[i]++
			}
			if top >= first[i]*(1-slack) {
				together[i]++
			}
		}
		greatest = append(greatest, top)
	}
	floor := 0.0
	for _, i := range order {
		out.Rows[i].P = s.p(alone[i])
		floor = max(floor, s.p(together[i]))
		out.Rows[i].Adjusted = floor
	}
	slices.Sort(greatest)
	out.Critical = greatest[nearestRank(uint64(len(greatest)), 100*DefaultLevel)-1]
	return out
}

// index finds the place of each row's runs among the family's.
func (f *Family) index() {
	for i := range f.rows {
		r := &f.rows[i]
		if r.paired {
			r.place = make([]int32, r.n)
			for k, s := range r.seeds {
				at, _ := slices.BinarySearch(f.seeds, s)
				r.place[k] = int32(at)
			}
			continue
		}
		r.place = make([]int32, len(f.units))
		for k := range r.place {
			r.place[k] = -1
		}
		for k, u := range r.units {
			at, _ := slices.BinarySearchFunc(f.units, u, unit.compare)
			r.place[at] = int32(k)
		}
	}
}

// sampler hands out draws.
type sampler struct {
	f      *Family
	exact  bool
	number int
	method string
	done   uint64
	stream rng.Stream
	signs  []uint64
	order  []int32
	keys   []uint64
}

func (f *Family) sampler(d Draws) *sampler {
	s := &sampler{f: f, number: d.Number, stream: rng.New(d.Seed, "stats.family/"+d.Purpose)}
	if s.number == 0 {
		s.number = DefaultDraws
	}
	s.method = fmt.Sprintf("Monte Carlo, %d draws", s.number)
	if s.exact = len(f.units) == 0 && len(f.seeds) <= exactPairs; s.exact {
		s.number, s.method = 1<<max(0, len(f.seeds)-1), "exact" // the sign of the last seed changes no |T|
	}
	s.signs = make([]uint64, len(f.seeds)/64+1)
	s.order, s.keys = make([]int32, len(f.units)), make([]uint64, len(f.units))
	for i := range s.order {
		s.order[i] = int32(i)
	}
	return s
}

// observed writes how far out every row was seen.
func (s *sampler) observed(t []float64) { s.evaluate(t) }

// next writes how far out every row is under the next draw.
func (s *sampler) next(t []float64) {
	if s.exact {
		s.signs[0] = s.done
		s.done++
	} else {
		for i := range s.signs {
			s.signs[i] = s.stream.Uint64()
		}
		for i := range s.keys {
			s.keys[i] = s.stream.Uint64()
			s.order[i] = int32(i)
		}
		slices.SortFunc(s.order, func(p, q int32) int {
			return cmp.Or(cmp.Compare(s.keys[p], s.keys[q]), cmp.Compare(p, q))
		})
	}
	s.evaluate(t)
}

func (s *sampler) evaluate(t []float64) {
	for i := range s.f.rows {
		switch r := &s.f.rows[i]; {
		case !r.usable:
		case r.paired:
			t[i] = r.flipped(s.signs)
		default:
			t[i] = r.exchanged(s.order)
		}
	}
}

// p returns the p-value of count draws that are as far out as what was seen. A Monte Carlo p is (b+1)/(m+1): never 0,
// and it keeps its level (Phipson and Smyth 2010).
func (s *sampler) p(count int) float64 {
	if s.exact {
		return float64(count) / float64(s.number)
	}
	return float64(count+1) / float64(s.number+1)
}
