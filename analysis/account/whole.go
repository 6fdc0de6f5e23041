package account

import (
	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// wrong tells who was accused although alive and within reach.
func (a *account) wrong() {
	l := &line{}
	q := query{to: core.StateDead, truth: metrics.TruthLive, until: core.Never}
	dead := a.marks(q)
	q.to = core.StateSuspect
	suspected := a.marks(q)
	least := ""
	if !a.full {
		least = "at least "
	}
	if len(dead.list) > 0 {
		ids, n := dead.subjects()
		l.say(least, n, plural(len(ids), " member that was alive and within reach was", " members that were alive and within reach were"),
			" called DEAD, ", dead.count(), plural(len(dead.list), " time", " times"), ", first at ", dead.first())
	} else if a.full {
		l.say("nobody within reach was called DEAD")
	}
	if len(suspected.list) > 0 {
		ids, n := suspected.subjects()
		if l.text.Len() > 0 {
			l.say("; ")
		}
		l.say(least, n, plural(len(ids), " member was", " members were"), " suspected wrongly, ", suspected.count(), plural(len(suspected.list), " time", " times"))
	} else if a.full && len(dead.list) == 0 {
		l.say(", nor suspected")
	}
	if l.text.Len() > 0 {
		a.put(l)
	}
}

// joins tells how soon those who started were known.
func (a *account) joins() {
	n := 0
	most := -1.0
	for _, o := range a.r.Of(words.JoinConfirm) {
		if o.At >= core.Instant(a.r.Warmup) {
			n++
			most = max(most, o.Value)
		}
	}
	if n == 0 || a.r.Truncated[words.JoinConfirm] > 0 {
		return
	}
	from := func(take, column string) Source {
		return Source{File: summary, Take: take, Column: column, Where: []string{"metric=join_confirm", "expectation="}}
	}
	l := &line{}
	l.say(count(n, from("sum", "count")), plural(n, " start was", " starts were"), " known to everybody who should know, ",
		plural(n, "", "the last "), seconds(most, from("last", "max")), " after it")
	a.put(l)
}

// end tells whether all were right in the end.
func (a *account) end() {
	list := a.r.Membership
	if len(list) == 0 || !a.full {
		return
	}
	at := list[len(list)-1].At
	pairs, wrong := int64(0), int64(0)
	for i := range list {
		if list[i].At == at {
			pairs, wrong = pairs+list[i].Pairs, wrong+list[i].Disagree
		}
	}
	from := func(column string) Source {
		return Source{File: membership, Take: "sum", Column: column, Where: []string{"t_s>=" + stamp(at)}}
	}
	when := instant(at, Source{File: membership, Take: "last", Column: "t_s"})
	l := &line{}
	if wrong == 0 {
		l.say("when the views were compared for the last time, at ", when, ", all of them were right")
	} else {
		l.say("when the views were compared for the last time, at ", when, ", ", count(int(wrong), from("disagree")), " of ", count(int(pairs), from("pairs")),
			plural(int(wrong), " was", " were"), " wrong")
	}
	a.put(l)
}

// cost tells what was sent.
func (a *account) cost() {
	if len(a.r.Traffic) == 0 || !a.full {
		return
	}
	n, bytes := uint64(0), uint64(0)
	for i := range a.r.Traffic {
		if t := &a.r.Traffic[i]; t.Direction == metrics.Sent {
			n, bytes = n+t.Count, bytes+t.Bytes
		}
	}
	from := func(column string) Source {
		return Source{File: messages, Take: "sum", Column: column, Where: []string{"direction=sent"}}
	}
	l := &line{}
	l.say("it took ", count(int(n), from("messages")), plural(int(n), " message", " messages"), " and ", size(float64(bytes), from("size_bytes")))
	a.busiest(l)
	a.put(l)
}

// busiest tells which role sent most, and when.
func (a *account) busiest(l *line) {
	x, most := 0, -1.0
	var role core.Role
	var now [core.NumRoles]uint64
	list := a.r.Traffic
	for i := range list {
		if list[i].Direction == metrics.Sent {
			now[list[i].Role] += list[i].Bytes
		}
		if i+1 < len(list) && list[i+1].At == list[i].At {
			continue
		}
		for x < len(a.r.Exposure)-1 && a.r.Exposure[x].At < list[i].At {
			x++
		}
		for r, b := range now {
			if s := a.r.Exposure[x].Seconds[r]; s > 0 && float64(b)/s > most {
				most, role = float64(b)/s, core.Role(r)
			}
		}
		now = [core.NumRoles]uint64{}
	}
	if most <= 0 {
		return
	}
	l.say("; ", role.String()+"s sent most, up to ", rate(most, Source{
		File: messages, Take: "most", Column: "bytes_per_node_s", Per: "t_s", Where: []string{"direction=sent", "role=" + role.String()},
	}), " each")
}
