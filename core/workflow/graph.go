package workflow

import (
	"errors"
	"slices"
)

// What makes a submission INVALID (spec 20 §3.4, J14).
var (
	ErrUnknownName = errors.New("workflow: depends on a name that no workflow of the job has")
	ErrTwiceNamed  = errors.New("workflow: depends on a name that two workflows have")
	ErrCycle       = errors.New("workflow: the dependencies have a cycle")
)

// The graph is two lists of numbers and where each part ends, made once for a job and never changed: a job of a thousand
// workflows is a few allocations, and who walks it chases no pointers.

// Graph is how the workflows of a job depend on each other, by their places in the submission. It is made once and not
// written to afterwards.
type Graph struct {
	needs []int32 // dependencies of all workflows, one after the other
	needN []int32 // where those of i end
	feeds []int32 // dependents likewise
	feedN []int32
	Order []int32  // topological, places ascending where nothing else orders them
	Layer []uint16 // longest way from a workflow without dependencies
}

// NewGraph resolves names over the whole submission: a dependency may be named before it comes. deps[i] are the names
// that workflow i needs; a name given twice counts once.
func NewGraph(names []uint32, deps [][]uint32) (*Graph, error) {
	g := &Graph{needN: make([]int32, len(names)), feedN: make([]int32, len(names)), Layer: make([]uint16, len(names))}
	at := make(map[uint32]int32, len(names))
	twice := map[uint32]bool{}
	for i, n := range names {
		if _, known := at[n]; known {
			twice[n] = true
		}
		at[n] = int32(i)
	}
	for i := range names {
		from := len(g.needs)
		for _, d := range deps[i] {
			k, known := at[d]
			switch {
			case !known:
				return nil, ErrUnknownName
			case twice[d]:
				return nil, ErrTwiceNamed
			}
			if !slices.Contains(g.needs[from:], k) {
				g.needs = append(g.needs, k)
				g.feedN[k]++
			}
		}
		slices.Sort(g.needs[from:])
		g.needN[i] = int32(len(g.needs))
	}
	g.turn()
	if !g.sort() {
		return nil, ErrCycle
	}
	return g, nil
}

// turn fills in the dependents from the dependencies; feedN holds their numbers.
func (g *Graph) turn() {
	g.feeds = make([]int32, len(g.needs))
	end := int32(0)
	for i, n := range g.feedN {
		g.feedN[i] = end // where the next one goes
		end += n
	}
	for i := range g.needN {
		for _, k := range g.Needs(i) {
			g.feeds[g.feedN[k]] = int32(i)
			g.feedN[k]++
		}
	}
}

// sort makes Order and Layer; false if there is a cycle.
func (g *Graph) sort() bool {
	open := make([]int32, len(g.needN))
	for i := range open {
		open[i] = int32(len(g.Needs(i)))
		if open[i] == 0 {
			g.Order = append(g.Order, int32(i))
		}
	}
	// Kahn's: whose needs are all in the order comes next. What is left over at the end waits for itself, that is a cycle.
	for k := 0; k < len(g.Order); k++ {
		i := g.Order[k]
		for _, d := range g.Feeds(int(i)) {
			g.Layer[d] = max(g.Layer[d], g.Layer[i]+1)
			if open[d]--; open[d] == 0 {
				g.Order = append(g.Order, d)
			}
		}
	}
	return len(g.Order) == len(open)
}

// MemoryBytes returns the heap bytes that g holds, itself included.
func (g *Graph) MemoryBytes() int {
	return graphBytes + 4*(cap(g.needs)+cap(g.needN)+cap(g.feeds)+cap(g.feedN)+cap(g.Order)) + 2*cap(g.Layer)
}

// graphBytes is the size of a Graph, held to the truth by a test.
const graphBytes = 144

// Len returns the number of workflows.
func (g *Graph) Len() int { return len(g.needN) }

// Needs returns the dependencies of workflow i, ascending. It must not be written to.
func (g *Graph) Needs(i int) []int32 { return part(g.needs, g.needN, i) }

// Feeds returns the dependents of workflow i, ascending. It must not be written to.
func (g *Graph) Feeds(i int) []int32 { return part(g.feeds, g.feedN, i) }

func part(list, ends []int32, i int) []int32 {
	from := int32(0)
	if i > 0 {
		from = ends[i-1]
	}
	return list[from:ends[i]]
}

// Dependents appends to dst whatever needs workflow i, directly or not, in topological order.
func (g *Graph) Dependents(dst []int32, i int) []int32 {
	below := make([]bool, g.Len())
	below[i] = true
	for _, k := range g.Order {
		for _, d := range g.Needs(int(k)) {
			if below[d] {
				below[k] = true
				dst = append(dst, k)
				break
			}
		}
	}
	return dst
}
