package stats

import (
	"errors"
	"math"
)

// RelativeError bounds how far a percentile of a Histogram is from the exact one: |approximate − exact| ≤
// RelativeError·|exact|, 0.39 %, up to the rounding of float64. Sizes below 2^−1022 count as 0.
const RelativeError = 1.0 / 257

const (
	bucketBits  = 7                     // buckets per octave, as a power of two
	bucketShift = 52 - bucketBits       // of the bits of a float64
	minNormal   = 0x1p-1022             // anything smaller in size counts as 0
	firstBucket = 1 << bucketBits       // of the number 2^−1022
	endBucket   = 0x7ff<<bucketBits + 1 // one past the bucket of +Inf
	maxCount    = math.MaxInt64
)

// ErrFull is returned where a histogram would count more than 2^63−1 values.
var ErrFull = errors.New("stats: a histogram holds at most 2^63−1 values")

// Histogram counts values in buckets whose width grows with the value: 128 to an octave, over all of
// float64 and both signs, as HdrHistogram does with integers and with the guarantee of DDSketch (Masson,
// Rim and Lee 2019). Counts are integers, so Merge is exactly commutative and associative:
// a pool has the same bytes in whatever order and grouping its parts arrive. A bucket's number is the
// leading bits of the float64, so no logarithm enters and all CPUs agree.
//
// The zero value is empty and ready. Memory is 8 bytes a bucket between the least and the greatest size
// seen of each sign: about 20 KiB for six orders of magnitude, at most 4 MiB.
type Histogram struct {
	count              uint64 // without NaN
	nan, zero          uint64
	positive, negative buckets
	min, max           float64 // exact; valid if count > 0
}

// Add counts v, which may be infinite. A NaN is counted apart and is in no percentile.
func (h *Histogram) Add(v float64) error { return h.AddN(v, 1) }

// AddN counts v n times.
func (h *Histogram) AddN(v float64, n uint64) error {
	if n == 0 {
		return nil
	}
	if n > maxCount || h.count+h.nan > maxCount-n {
		return ErrFull
	}
	if math.IsNaN(v) {
		h.nan += n
		return nil
	}
	v += 0 // −0 becomes 0
	h.include(v, v)
	h.count += n
	switch size := math.Abs(v); {
	case size < minNormal:
		h.zero += n
	case v > 0:
		h.positive.add(bucketOf(size), n)
	default:
		h.negative.add(bucketOf(size), n)
	}
	return nil
}

// Merge adds all that o counted. It does not change o, and h is unchanged if there is an error.
func (h *Histogram) Merge(o *Histogram) error {
	if h.count+h.nan > maxCount-(o.count+o.nan) {
		return ErrFull
	}
	if o.count > 0 {
		h.include(o.min, o.max)
	}
	h.count += o.count
	h.nan += o.nan
	h.zero += o.zero
	h.positive.merge(&o.positive)
	h.negative.merge(&o.negative)
	return nil
}

// include widens the range; count is still that before.
func (h *Histogram) include(low, high float64) {
	if h.count == 0 {
		h.min, h.max = low, high
		return
	}
	h.min, h.max = min(h.min, low), max(h.max, high)
}

// Count returns how many values there are, NaN apart.
func (h *Histogram) Count() uint64 { return h.count }

// NaNs returns how many NaN were added.
func (h *Histogram) NaNs() uint64 { return h.nan }

// Min and Max return the extreme values, exactly; NaN of none.
func (h *Histogram) Min() float64 { return h.orNaN(h.min) }

// Max returns the greatest value, exactly; NaN of none.
func (h *Histogram) Max() float64 { return h.orNaN(h.max) }

func (h *Histogram) orNaN(v float64) float64 {
	if h.count == 0 {
		return math.NaN()
	}
	return v
}

// Percentile returns the p-th percentile, 0 < p ≤ 100, by nearest rank as Percentile does, within
// RelativeError of it. NaN of none.
func (h *Histogram) Percentile(p float64) float64 {
	if h.count == 0 {
		return math.NaN()
	}
	rank, seen := nearestRank(h.count, p), uint64(0)
	for b := range h.Buckets {
		if seen += b.Count; seen >= rank {
			return min(max(b.Middle, h.min), h.max)
		}
	}
	return h.max
}

// Mean returns the mean of the buckets' middles: within RelativeError of the mean size of the values, and
// so of the mean itself if they have one sign. The exact mean is not kept because a float sum depends on
// the order of merging. NaN of none.
func (h *Histogram) Mean() float64 {
	if h.count == 0 {
		return math.NaN()
	}
	var terms []float64
	for b := range h.Buckets {
		terms = append(terms, float64(min(max(b.Middle, h.min), h.max)*(float64(b.Count)/float64(h.count))))
	}
	return Sum(terms)
}

// Bucket is a range of values that are not told apart.
type Bucket struct {
	Low, High float64 // all values v with Low ≤ v < High, for negative ones Low < v ≤ High
	Middle    float64 // the harmonic one, within RelativeError of each of them
	Count     uint64  // > 0
}

// Buckets calls yield for each bucket that is not empty, in ascending order.
func (h *Histogram) Buckets(yield func(Bucket) bool) {
	for i := len(h.negative.counts) - 1; i >= 0; i-- {
		if n := h.negative.counts[i]; n > 0 {
			b := bucket(h.negative.first+i, n)
			if !yield(Bucket{-b.High, -b.Low, -b.Middle, n}) {
				return
			}
		}
	}
	if h.zero > 0 && !yield(Bucket{0, 0, 0, h.zero}) {
		return
	}
	for i, n := range h.positive.counts {
		if n > 0 && !yield(bucket(h.positive.first+i, n)) {
			return
		}
	}
}
