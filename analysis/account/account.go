package account

import (
	"slices"

	"hypersim/core"
	"hypersim/sim/fault"
	"hypersim/sim/metrics"
)

// account is what the sentences are made from.
type account struct {
	r    *metrics.Result
	size []int                   // nodes of each site
	open map[*metrics.Fault]bool // one of whose episodes goes on at the end
	full bool                    // every row of the files was kept: absences may be told
	out  []Sentence
}

// Of tells the run: its faults in order of time, then what held for all of it.
func Of(r *metrics.Result) []Sentence {
	a := &account{r: r, size: make([]int, len(r.Sites)), open: map[*metrics.Fault]bool{}, full: r.TruncatedRows == 0}
	for _, e := range r.Episodes {
		if e.End == core.Never {
			a.open[&r.Faults[e.Fault]] = true
		}
	}
	for i := range r.Nodes {
		if counts(&r.Nodes[i]) {
			a.size[r.Nodes[i].SiteIndex]++
		}
	}
	for _, g := range a.groups() {
		a.tell(g)
	}
	if len(r.Faults) == 0 {
		l := &line{}
		l.say("nothing was done to the cluster")
		a.put(l)
	}
	a.jobs()
	a.wrong()
	a.joins()
	a.end()
	a.cost()
	return a.out
}

func (a *account) put(l *line) { a.out = append(a.out, l.end()) }

// kindsMost is how many episodes of one kind are told one by one.
const kindsMost = 3

// groups puts faults together that are told together, in order of time: those of one kind that begin and end
// together, or all of a kind if there are many.
func (a *account) groups() [][]*metrics.Fault {
	var out [][]*metrics.Fault
	for i := range a.r.Faults {
		f := &a.r.Faults[i]
		k := slices.IndexFunc(out, func(g []*metrics.Fault) bool {
			return g[0].Kind == f.Kind && g[0].Start == f.Start && g[0].End == f.End
		})
		if k < 0 {
			out = append(out, []*metrics.Fault{f})
		} else {
			out[k] = append(out[k], f)
		}
	}
	many := map[string]int{}
	for _, g := range out {
		many[g[0].Kind]++
	}
	var joined [][]*metrics.Fault
	at := map[string]int{}
	for _, g := range out {
		kind := g[0].Kind
		if k, ok := at[kind]; ok && many[kind] > kindsMost {
			joined[k] = append(joined[k], g...)
			continue
		}
		at[kind] = len(joined)
		joined = append(joined, g)
	}
	slices.SortStableFunc(joined, func(x, y []*metrics.Fault) int {
		switch x, y := x[0].Start, y[0].Start; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return joined
}

// event is a group of faults with what all its sentences need.
type event struct {
	faults   []*metrics.Fault // that began
	ids      []string
	row      *fault.Row
	start    core.Instant // of the first
	last     core.Instant // of the last edge of any
	end      core.Instant // of the last; core.Never if one goes on
	episodes int
	hit      side // whom
}

func (a *account) event(group []*metrics.Fault) *event {
	e := &event{row: fault.Kind(group[0].Kind).Row(), start: core.Never, last: -1, end: -1}
	for _, f := range group {
		if f.Start == core.Never {
			continue
		}
		e.faults, e.ids = append(e.faults, f), append(e.ids, f.ID)
		e.start, e.last, e.end = min(e.start, f.Start), max(e.last, f.Last), max(e.end, f.End)
		if a.open[f] {
			e.end = core.Never // though an earlier episode did end
		}
		e.episodes += int(f.Episodes)
		if len(f.Sides) > 0 {
			e.hit.ids = append(e.hit.ids, f.Sides[0]...)
		}
	}
	slices.Sort(e.hit.ids)
	e.hit.ids = slices.Compact(e.hit.ids)
	e.hit.faults = e.ids
	return e
}

// until is the last moment at which marks are about the event.
func (e *event) until() core.Instant {
	if e.goesOn() || e.row.Course == fault.Behind {
		return core.Never
	}
	return e.last
}

// from is a source in faults.csv.
func (e *event) from(take, column string) Source {
	w := "fault="
	for i, id := range e.ids {
		if i > 0 {
			w += "|"
		}
		w += id
	}
	return Source{File: faultsFile, Take: take, Column: column, Where: []string{w}}
}
