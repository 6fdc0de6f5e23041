package dispatch

import (
	"cmp"
	"slices"

	"hypersim/core/job"
)

// How cores are shared (spec 20 §4.4), by an example. A job has 20 free cores and six workflows that could start:
//
//	A  not a test                 1 core, first of all: it is waited for, and one is all that it can use
//	B  exactly 6 cores            6, or none: less would not do
//	C  HIGH, 30 virtual users     of what is left less one core for each AUTO, 13 − 2 = 11, its share by users: 11·30/40 = 8
//	D  NORMAL, 10 virtual users   2, and the core that rounding left over if D were the last and there were no AUTO
//	E  AUTO                       what is left, evenly: 3 cores to two of them, the first takes one more, 2
//	F  AUTO                       1
//
// An EXCLUSIVE workflow takes all and waits until the job runs nothing else; what is ready behind it waits as well, or it
// would never be alone. No workflow gets more cores than it has virtual users, and what it cannot use goes to the next.

// Want is a workflow that is ready to run. Place is its place in the submission.
type Want struct {
	ID       job.WorkflowID
	Place    int32
	VUs      uint32
	Cores    uint16 // exact demand; 0 = a share (spec 01 no. 38)
	Priority job.Priority
	Test     bool // false: takes one core, ahead of the shares, unless it says how many
}

// class is which rule of §4.4 a workflow falls under.
type class uint8

const (
	classExclusive class = iota
	classSingle          // not a test: one core
	classExact           // as many as it says
	classExplicit        // shares by virtual users
	classAuto            // what is left, evenly
	numClasses     = 5
)

func (w *Want) class() class {
	switch {
	case w.Priority == job.PriorityExclusive:
		return classExclusive
	case w.Cores > 0:
		return classExact
	case !w.Test:
		return classSingle
	case w.Priority == job.PriorityAuto:
		return classAuto
	}
	return classExplicit
}

// before is the order inside a class: by priority, then virtual users, then id; AUTO by id alone.
func before(a, b *Want) int {
	if a.class() == classAuto && b.class() == classAuto {
		return cmp.Compare(a.ID, b.ID)
	}
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(b.VUs, a.VUs), cmp.Compare(a.ID, b.ID))
}

// Ready are the workflows of one job that could start now, kept in the order in which they are served. The zero value
// is empty.
type Ready struct {
	lists [numClasses][]Want
	vus   uint64 // of the explicit ones
}

// Add puts w in its place.
func (r *Ready) Add(w Want) {
	l := &r.lists[w.class()]
	i, found := slices.BinarySearchFunc(*l, w, func(a, b Want) int { return before(&a, &b) })
	if found {
		return
	}
	*l = slices.Insert(*l, i, w)
	if w.class() == classExplicit {
		r.vus += uint64(w.VUs)
	}
}

// Remove takes w out; nothing happens if it is not there.
func (r *Ready) Remove(w Want) {
	l := &r.lists[w.class()]
	i, found := slices.BinarySearchFunc(*l, w, func(a, b Want) int { return before(&a, &b) })
	if !found {
		return
	}
	*l = slices.Delete(*l, i, i+1)
	if w.class() == classExplicit {
		r.vus -= uint64(w.VUs)
	}
}

// Len returns how many are ready.
func (r *Ready) Len() int {
	n := 0
	for i := range r.lists {
		n += len(r.lists[i])
	}
	return n
}

// MemoryBytes returns the heap bytes that r holds.
func (r *Ready) MemoryBytes() (n int) {
	for i := range r.lists {
		n += wantBytes * cap(r.lists[i])
	}
	return n
}

// wantBytes is the size of a Want, held to the truth by a test.
const wantBytes = 24

// Grant is what a ready workflow gets.
type Grant struct {
	Want
	Got int // cores
}

// Standing is what of a job runs already.
type Standing struct {
	Busy  bool // something is DISPATCHED or RUNNING, and
	Alone bool // that is an EXCLUSIVE workflow
}

// Shares appends to dst what each workflow gets of total free cores; who is not in it waits.
func (r *Ready) Shares(dst []Grant, total int, now Standing) []Grant {
	if total <= 0 || now.Alone {
		return dst
	}
	if ex := r.lists[classExclusive]; len(ex) > 0 {
		if now.Busy { // it waits, and nothing below it starts
			return dst
		}
		w := ex[0]
		n := limit(&w, total)
		if w.Cores > 0 {
			if n = int(w.Cores); n > total {
				return dst
			}
		}
		return append(dst, Grant{Want: w, Got: n})
	}
	for _, w := range r.lists[classSingle] {
		if total == 0 {
			return dst
		}
		dst = append(dst, Grant{Want: w, Got: 1})
		total--
	}
	for _, w := range r.lists[classExact] {
		if n := int(w.Cores); n <= total {
			dst = append(dst, Grant{Want: w, Got: n})
			total -= n
		}
		if total == 0 {
			return dst
		}
	}
	return r.auto(r.explicit(dst, &total), total)
}

// limit bounds n by the virtual users: a core without one is waste.
func limit(w *Want, n int) int { return min(n, int(w.VUs)) }

// explicit gives each of HIGH, NORMAL and LOW its share of all but one core per AUTO.
func (r *Ready) explicit(dst []Grant, total *int) []Grant {
	list, autos := r.lists[classExplicit], len(r.lists[classAuto])
	if len(list) == 0 {
		return dst
	}
	// One core is kept back for each AUTO, as far as everybody here still gets one.
	share := *total - min(autos, max(0, *total-len(list))) // E
	left, surplus := share, 0
	for i := range list {
		if left == 0 {
			break
		}
		w := &list[i]
		want := max(1, int(uint64(share)*uint64(w.VUs)/r.vus)) + surplus
		// Nobody comes after the last one, so that it takes what rounding has left.
		if autos == 0 && i == len(list)-1 {
			want = left
		}
		n := limit(w, min(left, want))
		surplus = max(0, want-n)
		dst = append(dst, Grant{Want: *w, Got: n})
		left -= n
		*total -= n
	}
	return dst
}

// auto shares what is left evenly, the first ones taking one more.
func (r *Ready) auto(dst []Grant, total int) []Grant {
	list := r.lists[classAuto]
	n := min(len(list), total)
	surplus := 0
	for i := range n {
		want := total/n + surplus
		if i < total%n {
			want++
		}
		got := limit(&list[i], want)
		surplus = want - got
		dst = append(dst, Grant{Want: list[i], Got: got})
	}
	return dst
}

// Part is the cores From … To−1 of the Of cores that a workflow got.
type Part struct{ From, To, Of int }

// ShardVUs returns how many of vus virtual users a part gets: each core the same, the last one the remainder as well,
// so that shards always add up to the whole (J21).
func ShardVUs(vus uint32, p Part) uint32 {
	each := vus / uint32(p.Of)
	sum := each * uint32(p.To-p.From)
	if p.To == p.Of {
		sum += vus - each*uint32(p.Of)
	}
	return sum
}
