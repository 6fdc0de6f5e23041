package metrics

import (
	"cmp"
	"slices"
	"strconv"

	"hypersim/core"
	"hypersim/sim/trace"
)

// EventRow is a row of job_events.csv.
type EventRow struct {
	Job, Kind, Name, Word, Node, Peer string
	At, Sent                          core.Instant
	Workflow                          string
	Attempt, Shard                    uint64
	Length                            core.Instant // Never: none
	Lost                              string
}

var eventColumns = []column[EventRow]{
	{"job", "its id; only jobs that are worth telling about are here: of each plotline (how it ended, and what was out of the ordinary) the two that took longest, those of broken invariants, and those that report.jobs names; of more than 600 events those in the middle are left out", func(r *EventRow) cell { return textCell{&r.Job} }},
	{"t_s", "it arrived, or happened; of a lost message: it was given up", func(r *EventRow) cell { return instantCell{&r.At} }},
	{"kind", "message, fact (node says it), life (of node's process), or gap: from here on, so many events as word says are left out", func(r *EventRow) cell { return textCell{&r.Kind} }},
	{"name", "of the kind of message or fact", func(r *EventRow) cell { return textCell{&r.Name} }},
	{"word", "what it says: a code, a state, a rule", func(r *EventRow) cell { return textCell{&r.Word} }},
	{"node", "who got the message, or says it", func(r *EventRow) cell { return textCell{&r.Node} }},
	{"peer", "who sent it, or whom it is about", func(r *EventRow) cell { return textCell{&r.Peer} }},
	{"sent_s", "the message left; empty: it is none", func(r *EventRow) cell { return instantCell{&r.Sent} }},
	{"workflow", "its id; empty: it is about the whole job", func(r *EventRow) cell { return textCell{&r.Workflow} }},
	{"attempt", "of the workflow, 0: none", func(r *EventRow) cell { return countCell{&r.Attempt} }},
	{"shard", "of the attempt", func(r *EventRow) cell { return countCell{&r.Shard} }},
	{"length_s", "of a deadline: how long the job may take, as far as the node knows", func(r *EventRow) cell { return instantCell{&r.Length} }},
	{"lost", "why the message did not arrive; empty: it did", func(r *EventRow) cell { return textCell{&r.Lost} }},
}

// told returns the jobs whose events are kept, in the order of their submission.
func (t *trails) told() []int32 {
	var pinned, out []int32
	for i, x := range t.list {
		if x == nil {
			continue
		}
		if x.pinned {
			pinned = append(pinned, int32(i))
			continue
		}
		t.over(int32(i)) // of those that have not ended
	}
	stories := make([]plotline, 0, len(t.kept))
	for _, i := range slices.Sorted(t.each) {
		if s := t.list[i].plotline; !slices.Contains(stories, s) {
			stories = append(stories, s)
		}
	}
	slices.SortStableFunc(stories, func(a, b plotline) int { return cmp.Compare(b.rank(), a.rank()) })
	for _, s := range stories[:min(len(stories), storiesMost)] {
		for _, i := range t.kept[s] {
			if !t.list[i].pinned {
				out = append(out, i)
			}
		}
	}
	out = append(out, pinned...)
	slices.Sort(out)
	return out
}

// each yields the jobs that are kept for their stories.
func (t *trails) each(yield func(int32) bool) {
	for i, x := range t.list {
		if x != nil && slices.Contains(t.kept[x.plotline], int32(i)) && !yield(int32(i)) {
			return
		}
	}
}

// finish puts the events that are kept into the result, and those of the lives of the nodes that they are about.
func (t *trails) finish() {
	for _, i := range t.told() {
		x := t.list[i]
		list := x.events
		if len(list) == 0 {
			continue
		}
		if x.left > 0 {
			gap := JobEvent{At: list[eventsEarly-1].At, Sent: core.Never, Kind: EventGap, Node: core.NoNode, Peer: core.NoNode, Name: "left_out", Word: strconv.Itoa(x.left)}
			list = slices.Insert(list, eventsEarly, gap)
		}
		about := map[core.NodeID]bool{}
		for k := range list {
			about[list[k].Node], about[list[k].Peer] = true, true
		}
		from, to := t.res.Jobs[i].Submitted, list[len(list)-1].At
		for k := range t.lives {
			if l := &t.lives[k]; about[l.Node] && l.At >= from && l.At <= to {
				list = append(list, *l)
			}
		}
		slices.SortStableFunc(list, func(a, b JobEvent) int { return cmp.Compare(a.At, b.At) })
		t.res.Events = append(t.res.Events, JobTrail{Job: i, Events: list})
	}
}

// JobTrail is what happened to one job.
type JobTrail struct {
	Job    int32 // place in Result.Jobs
	Events []JobEvent
}

// eventRows adds the rows of job_events.csv.
func (r *Result) eventRows(t *Tables) {
	for i := range r.Events {
		id := r.Jobs[r.Events[i].Job].ID.String()
		for k := range r.Events[i].Events {
			e := &r.Events[i].Events[k]
			row := EventRow{
				Job: id, At: e.At, Sent: e.Sent, Kind: e.Kind.String(), Name: e.Name, Word: e.Word, Node: r.name(e.Node), Peer: r.name(e.Peer),
				Attempt: uint64(e.Attempt), Shard: uint64(e.Shard), Length: core.Never,
			}
			if e.Kind == EventFact && e.Peer == e.Node {
				row.Peer = ""
			}
			if e.Workflow != 0 {
				row.Workflow = WorkflowName(e.Workflow)
			}
			if e.Length > 0 {
				row.Length = core.Instant(e.Length)
			}
			if e.Lost != trace.ReasonNone {
				row.Lost = e.Lost.String()
			}
			t.Events = append(t.Events, row)
		}
	}
}
