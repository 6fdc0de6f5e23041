package stats

import (
	"math"
	"math/bits"
)

// buckets counts by bucket number; counts[i] belongs to first+i. Its first and last counts are not 0.
type buckets struct {
	first  int
	counts []uint64
}

// bucketOf returns the number of size's bucket: exponent and leading bits of its fraction, which grow with
// it.
func bucketOf(size float64) int { return int(math.Float64bits(size) >> bucketShift) }

// bucket returns bucket i: from m·2^e to (m+1)·2^e with 128 ≤ m < 256. The harmonic middle is off by at
// most 1/(2m+1) of either end.
func bucket(i int, count uint64) Bucket {
	low := math.Float64frombits(uint64(i) << bucketShift)
	if math.IsInf(low, 1) {
		return Bucket{low, low, low, count}
	}
	high := math.Float64frombits(uint64(i+1) << bucketShift)
	m := float64(firstBucket + i%firstBucket)
	return Bucket{low, high, low * (2 * (m + 1) / (2*m + 1)), count}
}

func (b *buckets) add(i int, n uint64) {
	b.cover(i, i+1)
	b.counts[i-b.first] += n
}

// cover makes room for the numbers from i up to but not including end.
func (b *buckets) cover(i, end int) {
	if len(b.counts) == 0 {
		b.first, b.counts = i, make([]uint64, end-i)
		return
	}
	if have := b.first + len(b.counts); i < b.first || end > have {
		first := min(i, b.first)
		wider := make([]uint64, max(end, have)-first, grown(max(end, have)-first, cap(b.counts)))
		copy(wider[b.first-first:], b.counts)
		b.first, b.counts = first, wider
	}
}

// grown returns a capacity that lets a growing histogram copy itself rarely.
func grown(need, have int) int {
	if need <= have {
		return have
	}
	return 1 << bits.Len(uint(need))
}

func (b *buckets) merge(o *buckets) {
	if len(o.counts) == 0 {
		return
	}
	b.cover(o.first, o.first+len(o.counts))
	for i, n := range o.counts {
		b.counts[o.first-b.first+i] += n
	}
}
