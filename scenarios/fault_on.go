package scenarios

import (
	"fmt"
	"slices"

	"hypersim/core"
	"hypersim/scenarios/form"
	"hypersim/sim/fault"
)

// On is the event that a fault waits for (spec 40 §8.3). It begins once: Delay after the Nth such event of those that happen
// from Fault.At until Until, at a node and with a peer as wanted.
type On struct {
	Event      fault.Occasion
	Nth        int       // from 1
	Node, Peer *Selector // nil: anybody
	Workload   int       // the index of the workload whose jobs it is about; −1: no matter
	Delay      core.Duration
	Until      core.Duration // what happens later is too late for the settle time
}

// words are the event in a few words.
func (o *On) words() string {
	text := o.Event.Name
	if o.Nth > 1 {
		text = fmt.Sprintf("%s no. %d", text, o.Nth)
	}
	if o.Delay > 0 {
		text += " + " + form.FormatDuration(o.Delay)
	}
	return text
}

// Missed says why the fault did not begin, after so many events of those that count.
func (o *On) Missed(f *Fault, came int) string {
	return fmt.Sprintf("fault %q did not begin: it waits for %s, which came %d times between %s and %s at those whom it counts at", f.ID, o.words(), came,
		form.FormatDuration(f.At), form.FormatDuration(o.Until))
}

type onT struct {
	Event eventT        `key:"event" required:"true" doc:"what it waits for. A fault on a message sent begins when it has left, on one received before it is read, on anything else before the node tells anybody (hypersim explain NAME says more of each)"`
	Nth   int           `key:"nth" range:"[1,1000000]" doc:"which of those events (default 1)"`
	Where onWhereT      `key:"where" doc:"which events count (default: all)"`
	Delay core.Duration `key:"delay" range:"[0,86400]" doc:"begins so much later"`
}

type onWhereT struct {
	Node *Selector `key:"node" doc:"at whom it happens: the sender of a message sent, the receiver of one received"`
	Peer *Selector `key:"peer" doc:"who is at the other end of the message, or whom a fact is about"`
	Job  string    `key:"job" doc:"of jobs of this workload; not for messages"`
}

// eventT is the name of an event.
type eventT struct {
	is   fault.Occasion
	name string
}

// Bind implements form.Special.
func (e *eventT) Bind(b *form.Binding, n *form.Node, key string, _ form.Field) {
	*e = eventT{}
	word, _ := n.Text()
	var ok bool
	if e.is, ok = fault.OccasionNamed(word); ok {
		e.name = word
		return
	}
	var names []string
	for _, row := range fault.Occasions() {
		names = append(names, row.Name)
	}
	b.Wrong(n, key, "must be %s; or sent: or received: and a type of message, such as sent:workflow_dispatch%s", form.OneOf(names), form.DidYouMean(word, fault.OccasionNames()))
}

// Encode implements form.Special.
func (e *eventT) Encode(form.Field) any {
	if e.name == "" {
		return nil
	}
	return e.name
}

// Schema implements form.Special.
func (*eventT) Schema(form.Field) map[string]any {
	var names []any
	var words []string
	for _, row := range fault.Occasions() {
		names = append(names, map[string]any{"const": row.Name, "description": row.Doc})
		words = append(words, row.Name)
	}
	names = append(names, map[string]any{"type": "string", "pattern": "^(sent|received):[a-z_]+$", "description": "a message of the type left, or is about to be read"})
	return map[string]any{"anyOf": names, "description": form.OneOf(words) + "; or sent: or received: and a type of message"}
}

// faultOn resolves the event that a fault waits for, and says who the parties are that selectors of the fault may name.
func (l *loader) faultOn(f *Fault, t *faultT, n *form.Node, key string) {
	if on := n.Kid("on"); on != nil && t.On != nil {
		f.On = &On{Event: t.On.Event.is, Nth: max(1, t.On.Nth), Workload: -1, Delay: t.On.Delay}
		l.onWhere(f.On, t.On, on, key+".on")
		if at := n.Kid("repeat"); at != nil {
			l.b.AtKey(at, key+".repeat", "cannot stand beside on: the fault begins once, at the event of that number (on.nth)")
		}
		if f.Kind == fault.Join {
			l.b.AtKey(on, key+".on", "a join has its time: who is absent until then is fixed")
		}
	}
	for _, s := range append(selectors(f), f.About, f.To) {
		l.party(s, f.On, on(f))
	}
}

// on says what the fault waits for, "" for nothing.
func on(f *Fault) string {
	if f.On == nil {
		return ""
	}
	return f.On.Event.Name
}

// onWhere resolves which events count.
func (l *loader) onWhere(o *On, t *onT, n *form.Node, key string) {
	where := n.Kid("where")
	if t.Event.name == "" {
		return // reported
	}
	if o.Event.Jobs && !l.sc.HasJobs() {
		l.b.Wrong(form.Or(n.Kid("event"), n), key+".event", `never comes: there are no jobs (a [[workload]] of kind = "jobs")`)
	}
	if o.Event.Voters && len(l.sc.Clusters()) == 0 {
		l.b.Wrong(form.Or(n.Kid("event"), n), key+".event", "never comes: nobody is elected in this scenario: it has neither jobs nor gates that probe datacenters")
	}
	side := func(s *Selector, name string) *Selector {
		if s == nil || where == nil || where.Kid(name) == nil {
			return nil
		}
		s.resolve(l.b, l.sc, false)
		if !s.bad {
			l.settled(s, "at whom an event counts is fixed")
		}
		return s
	}
	o.Node, o.Peer = side(t.Where.Node, "node"), side(t.Where.Peer, "peer")
	if o.Peer != nil && o.Event.Alone {
		l.b.AtKey(where.Kid("peer"), key+".where.peer", "%s has no peer: it happens at one node", o.Event.Name)
	}
	at := form.Or(where, n).Kid("job")
	switch ofJob := o.Event.Of == fault.OnJobFact && o.Event.Jobs && !o.Event.Jobless; {
	case at == nil || where == nil:
	case !ofJob:
		l.b.AtKey(at, key+".where.job", "%s does not say of which job it is", o.Event.Name)
	default:
		o.Workload = l.sc.jobsOf(l.b, at, key+".where.job", t.Where.Job)
	}
}

// selectors are those that say whom the fault hits.
func selectors(f *Fault) []*Selector {
	return append([]*Selector{f.Target, f.A, f.B}, f.Groups...)
}

// party refuses a selector that names a party of an event that there is not.
func (l *loader) party(s *Selector, o *On, event string) {
	if s == nil {
		return
	}
	if s.Event != "" && s.src != nil {
		switch at := form.Join(s.key, "event"); {
		case o == nil:
			l.b.AtKey(form.Or(s.src.Kid("event"), s.src), at, "this fault waits for no event (on)")
		case s.Event == PartyPeer && o.Event.Alone:
			l.b.Wrong(form.Or(s.src.Kid("event"), s.src), at, "%s has no peer: it happens at one node", event)
		}
	}
	for _, x := range append(append(slices.Clone(s.All), s.AnyOf...), s.Not) {
		l.party(x, o, event)
	}
}

// onWindow finds from when until when an event counts, so that the fault is over when everything has to settle.
func (l *loader) onWindow(t *faultT, f *Fault, key string) {
	sc, n := l.sc, l.root.Kid("fault").Items[f.Index]
	if t.At == nil && !f.Force {
		f.At = sc.Warmup
	}
	f.On.Until = sc.Duration - f.On.Delay // what would begin after the end did not begin
	if !f.Force {
		f.On.Until -= sc.Settle + f.For + f.Over + f.Downtime
	}
	at := n.Kid("on")
	switch {
	case sc.Duration == 0 || t.At != nil && t.At.bad:
	case f.Kind.Row().Course == fault.State && f.For == 0 && !f.Force:
		l.b.Wrong(at, key+".on", "is never undone, so nothing can settle; give for, or say force = true if that is meant")
	case f.On.Until <= f.At:
		l.b.Wrong(at, key+".on", "no event is in time: it may come from %s on, and what begins after %s is not over before the last %s, which are to be quiet; say force = true if that is meant",
			form.FormatDuration(f.At), form.FormatDuration(f.On.Until), form.FormatDuration(sc.Settle))
	}
}
