package job

import (
	"cmp"
	"crypto/md5"
	"encoding/binary"
	"slices"
	"strconv"

	"hypersim/core"
)

// RingNodes is how many points a gate has on the ring where nothing else is said (HASH_RING_VIRTUAL_NODES).
const RingNodes = 150

// point is one point of a gate.
type point struct {
	at   uint32
	name string
	node core.NodeID
}

// Ring says which gate owns a job at first, and who follows it in which order (spec 20 §4.2). It hashes names, so that
// client and gates agree on it without asking. Changes of the ring move no job that runs.
type Ring struct {
	points []point // by position, then name: equal positions of two gates stand side by side, and the lower name owns (J18)
	gates  int
}

// hash is the position of a text: the first four bytes of its MD5, big endian.
func hash(s string) uint32 {
	sum := md5.Sum([]byte(s))
	return binary.BigEndian.Uint32(sum[:4])
}

// NewRing returns the ring of the given gates, by their names, with so many points each.
func NewRing(gates []core.NodeID, names []string, each int) *Ring {
	r := &Ring{gates: len(gates), points: make([]point, len(gates)*each)}
	byName := make([]int, len(gates))
	for i := range byName {
		byName[i] = i
	}
	slices.SortFunc(byName, func(a, b int) int { return cmp.Or(cmp.Compare(names[a], names[b]), cmp.Compare(a, b)) })
	order := make([]uint64, 0, len(r.points)) // a position, and whose by the order of names: whole numbers are sorted in a quarter of the time
	var text []byte
	for rank, i := range byName {
		for k := range each {
			text = strconv.AppendInt(append(append(text[:0], names[i]...), ':'), int64(k), 10)
			sum := md5.Sum(text)
			order = append(order, uint64(binary.BigEndian.Uint32(sum[:4]))<<32|uint64(rank))
		}
	}
	slices.Sort(order)
	for k, x := range order {
		i := byName[uint32(x)]
		r.points[k] = point{uint32(x >> 32), names[i], gates[i]}
	}
	return r
}

// RingOf returns the ring of the given gates by their names in a book, nil without any.
func RingOf(book core.Book, gates []core.NodeID) *Ring {
	if len(gates) == 0 {
		return nil
	}
	names := make([]string, len(gates))
	for i, id := range gates {
		names[i] = book.Name(id)
	}
	return NewRing(gates, names, RingNodes)
}

// Ranks appends the gates in the order in which they own a job: its owner, then each next one clockwise.
func (r *Ring) Ranks(dst []core.NodeID, id ID) []core.NodeID {
	from := len(dst)
	key := hash(id.String())
	first, _ := slices.BinarySearchFunc(r.points, key, func(p point, key uint32) int { return cmp.Compare(p.at, key) })
	for i := 0; i < len(r.points) && len(dst)-from < r.gates; i++ {
		if n := r.points[(first+i)%len(r.points)].node; !slices.Contains(dst[from:], n) {
			dst = append(dst, n)
		}
	}
	return dst
}

// Owner returns the gate that owns a job at first, core.NoNode on an empty ring.
func (r *Ring) Owner(id ID) core.NodeID {
	if len(r.points) == 0 {
		return core.NoNode
	}
	key := hash(id.String())
	first, _ := slices.BinarySearchFunc(r.points, key, func(p point, key uint32) int { return cmp.Compare(p.at, key) })
	return r.points[first%len(r.points)].node
}
