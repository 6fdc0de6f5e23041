package stats

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// histogramMagic opens the binary form and names its version.
const histogramMagic = "hsh1"

// MarshalBinary returns the one binary form of what h counted: equal counts, equal bytes. Magic, NaNs,
// zeros, the bits of least and greatest value (0 if empty), then for negative and for positive values the
// number of buckets that are not empty and for each its distance from the one before and its count.
// Integers are unsigned varints, the bits 8 bytes big-endian.
func (h *Histogram) MarshalBinary() ([]byte, error) {
	b := append([]byte(nil), histogramMagic...)
	b = binary.AppendUvarint(b, h.nan)
	b = binary.AppendUvarint(b, h.zero)
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(h.min))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(h.max))
	for _, side := range []*buckets{&h.negative, &h.positive} {
		list := side.list()
		b = binary.AppendUvarint(b, uint64(len(list)))
		last := uint64(0)
		for _, e := range list {
			b = binary.AppendUvarint(b, e[0]-last)
			b = binary.AppendUvarint(b, e[1])
			last = e[0]
		}
	}
	return b, nil
}

// list returns number and count of the buckets that are not empty.
func (b *buckets) list() [][2]uint64 {
	list := [][2]uint64{}
	for i, n := range b.counts {
		if n > 0 {
			list = append(list, [2]uint64{uint64(b.first + i), n})
		}
	}
	return list
}

// UnmarshalBinary reads what MarshalBinary wrote. It accepts nothing else: no bytes left over, buckets in
// order and in range, counts that fit.
func (h *Histogram) UnmarshalBinary(data []byte) error {
	r := reader{rest: data}
	r.magic(histogramMagic)
	nan, zero := r.uvarint(), r.uvarint()
	low, high := r.float(), r.float()
	var sides [2][][2]uint64
	for i := range sides {
		n, last := r.uvarint(), uint64(0)
		for ; n > 0 && r.err == nil; n-- {
			last += r.uvarint()
			sides[i] = append(sides[i], [2]uint64{last, r.uvarint()})
		}
	}
	if r.err == nil && len(r.rest) > 0 {
		r.err = errors.New("bytes left over")
	}
	if r.err != nil {
		return fmt.Errorf("stats: not a histogram: %w", r.err)
	}
	return h.rebuild(nan, zero, low, high, sides[0], sides[1])
}

// rebuild makes h from its parts, or leaves it and says what is wrong with them.
func (h *Histogram) rebuild(nan, zero uint64, low, high float64, negative, positive [][2]uint64) error {
	n := Histogram{nan: nan, zero: zero, count: zero, min: low, max: high}
	if nan > maxCount || zero > maxCount-nan {
		return ErrFull
	}
	for i, list := range [][][2]uint64{negative, positive} {
		side := []*buckets{&n.negative, &n.positive}[i]
		last := uint64(firstBucket - 1)
		for _, e := range list {
			if e[0] <= last || e[0] >= endBucket || e[1] == 0 {
				return fmt.Errorf("stats: not a histogram: bucket %d with count %d after bucket %d", e[0], e[1], last)
			}
			if e[1] > maxCount-n.nan-n.count {
				return ErrFull
			}
			last = e[0]
			n.count += e[1]
		}
		if len(list) > 0 {
			side.cover(int(list[0][0]), int(last)+1)
		}
		for _, e := range list {
			side.counts[int(e[0])-side.first] = e[1]
		}
	}
	if err := n.checkRange(); err != nil {
		return err
	}
	*h = n
	return nil
}

// checkRange reports extreme values that do not lie in the outermost buckets.
func (h *Histogram) checkRange() error {
	if h.count == 0 {
		if math.Float64bits(h.min) != 0 || math.Float64bits(h.max) != 0 {
			return errors.New("stats: not a histogram: a range without values")
		}
		return nil
	}
	first, last, seen := Bucket{}, Bucket{}, false
	for b := range h.Buckets {
		if last = b; !seen {
			first, seen = b, true
		}
	}
	if !(h.min <= h.max) || !first.holds(h.min) || !last.holds(h.max) {
		return fmt.Errorf("stats: not a histogram: range %v to %v is not that of its buckets", h.min, h.max)
	}
	return nil
}

func (b *Bucket) holds(v float64) bool {
	size := math.Abs(v)
	switch {
	case b.Middle == 0:
		return size < minNormal && (v != 0 || !math.Signbit(v))
	case math.Signbit(v) != (b.Middle < 0) || size < minNormal:
		return false
	}
	return bucketOf(size) == bucketOf(math.Abs(b.Middle))
}

type reader struct {
	rest []byte
	err  error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err, r.rest = errors.New(what), nil
	}
}

func (r *reader) magic(want string) {
	if len(r.rest) < len(want) || string(r.rest[:len(want)]) != want {
		r.fail("it does not begin with " + want)
		return
	}
	r.rest = r.rest[len(want):]
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || n > 1 && r.rest[n-1] == 0 { // the second: a longer form than needed
		r.fail("a bad integer")
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) float() float64 {
	if len(r.rest) < 8 {
		r.fail("it is cut short")
		return 0
	}
	v := math.Float64frombits(binary.BigEndian.Uint64(r.rest))
	r.rest = r.rest[8:]
	return v
}

// histogramJSON is the readable form. A bucket is [number, count]; it holds the sizes whose float64 has the
// number as its leading 19 bits: from 2^e·(1+f/128), e = number div 128 − 1023, f = number mod 128.
type histogramJSON struct {
	RelativeError float64     `json:"relative_error"`
	Count         uint64      `json:"count"`
	NaN           uint64      `json:"nan,omitempty"`
	Zero          uint64      `json:"zero,omitempty"`
	Min           jsonNumber  `json:"min"`
	Max           jsonNumber  `json:"max"`
	Negative      [][2]uint64 `json:"negative"`
	Positive      [][2]uint64 `json:"positive"`
}

// MarshalJSON returns the one JSON form of what h counted. Min and max are 0 if it is empty, and strings if
// infinite.
func (h *Histogram) MarshalJSON() ([]byte, error) {
	return json.Marshal(histogramJSON{
		RelativeError, h.count, h.nan, h.zero, jsonNumber(h.min), jsonNumber(h.max),
		h.negative.list(), h.positive.list(),
	})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var j histogramJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return fmt.Errorf("stats: not a histogram: %w", err)
	}
	if j.RelativeError != RelativeError {
		return fmt.Errorf("stats: a histogram with relative error %v; this version reads %v", j.RelativeError, RelativeError)
	}
	var n Histogram
	if err := n.rebuild(j.NaN, j.Zero, float64(j.Min), float64(j.Max), j.Negative, j.Positive); err != nil {
		return err
	}
	if n.count != j.Count {
		return fmt.Errorf("stats: not a histogram: count %d, but its buckets hold %d", j.Count, n.count)
	}
	*h = n
	return nil
}

// jsonNumber is a float64 whose infinities are the strings "+Inf" and "-Inf".
type jsonNumber float64

// MarshalJSON writes the shortest form that reads back to the same bits.
func (n jsonNumber) MarshalJSON() ([]byte, error) {
	s := strconv.FormatFloat(float64(n), 'g', -1, 64)
	if math.IsInf(float64(n), 0) {
		s = strconv.Quote(s)
	}
	return []byte(s), nil
}

// UnmarshalJSON reads a number or one of the two strings.
func (n *jsonNumber) UnmarshalJSON(data []byte) error {
	switch s := string(data); s {
	case `"+Inf"`:
		*n = jsonNumber(math.Inf(1))
	case `"-Inf"`:
		*n = jsonNumber(math.Inf(-1))
	default:
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return fmt.Errorf("%s is not a number", s)
		}
		*n = jsonNumber(v)
	}
	return nil
}
