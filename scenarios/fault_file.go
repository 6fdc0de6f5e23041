package scenarios

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"hypersim/scenarios/form"

	"hypersim/core"
	"hypersim/sim/fault"
)

var commonFaultKeys = []string{"id", "kind", "at", "for", "repeat", "on", "process", "force"}

// FaultKinds returns the kinds of fault that a scenario may use, sorted.
func FaultKinds() []string {
	var kinds []string
	for _, k := range fault.Kinds() {
		kinds = append(kinds, string(k))
	}
	return kinds
}

// faultKeys checks that a fault has what its kind takes and nothing else.
func (l *loader) faultKeys(t *faultT, n *form.Node, key string) bool {
	kind := fault.Kind(t.Kind)
	rule, ok := faultRules[kind]
	at := n.Kid("kind")
	if at == nil {
		return false // reported
	}
	if !ok {
		l.b.Wrong(at, key+".kind", "must be %s%s", form.OneOf(FaultKinds()), form.DidYouMean(t.Kind, FaultKinds()))
		return false
	}
	may := slices.Concat(commonFaultKeys, rule.need, rule.may)
	if rule.links {
		may = append(may, "links", "target")
	}
	all := form.Keys(reflect.TypeFor[faultT]())
	for _, name := range n.Names() {
		if slices.Contains(all, name) && !slices.Contains(may, name) {
			l.b.AtKey(n.Kids[name], form.Join(key, name), "a %s has no such key (takes %s)", kind, strings.Join(append(slices.Clone(rule.need), rule.may...), ", "))
		}
	}
	for _, name := range rule.need {
		if n.Kid(name) == nil {
			l.b.Missing(n, form.Join(key, name), "a %s needs one", kind)
		}
	}
	if n.Kid("at") == nil && n.Kid("on") == nil && n.Kid("process") == nil {
		l.b.Missing(n, key+".at", "when does it happen?")
	}
	if !kind.Row().Course.Ends() && n.Kid("for") != nil {
		l.b.AtKey(n.Kid("for"), key+".for", "a %s is not undone; add another fault for that", kind)
	}
	return true
}

// faults resolves [[fault]].
func (l *loader) faults(list []faultT) {
	seen := map[string]int{}
	sc := l.sc
	for i := range list {
		t := &list[i]
		n, key := l.root.Kid("fault").Items[i], form.Element("fault", i)
		if first, twice := seen[t.ID]; twice && t.ID != "" {
			l.b.Wrong(n.Kid("id"), key+".id", "is the id of fault[%d] too", first)
		} else {
			seen[t.ID] = i
		}
		if reserved := []string{"faults", "load"}; slices.Contains(reserved, t.ID) {
			l.b.Wrong(n.Kid("id"), key+".id", "is reserved for instants")
		}
		f := Fault{ID: t.ID, Index: i, Kind: fault.Kind(t.Kind), Force: t.Force, Site: -1, Repeat: Repeat{Count: 1}}
		if l.faultKeys(t, n, key) {
			l.fillFault(&f, t, n, key)
			l.faultOn(&f, t, n, key)
			l.faultProcess(&f, t, n, key)
		}
		if t.For != nil {
			f.For = *t.For
		}
		if t.Repeat != nil && n.Kid("repeat") != nil {
			f.Repeat = Repeat{Count: max(1, t.Repeat.Count), Every: t.Repeat.Every, Jitter: t.Repeat.Jitter}
		}
		sc.Faults = append(sc.Faults, f)
	}
	for i := range list { // others may refer to the end of one
		if f := &sc.Faults[i]; f.Process != nil && list[i].At == nil {
			l.processWindow(&list[i], f, form.Element("fault", i))
		}
	}
	l.faultTimes(list)
	for i := range list {
		if f := &sc.Faults[i]; f.Process != nil && list[i].At != nil {
			l.processWindow(&list[i], f, form.Element("fault", i))
		}
		if f := &sc.Faults[i]; f.On != nil {
			l.onWindow(&list[i], f, form.Element("fault", i))
		}
		l.faultWindow(&list[i], &sc.Faults[i], form.Element("fault", i))
	}
	l.faultSums()
	l.linkFaults()
	l.absent()
}

// fillFault copies the parameters that several kinds have, and resolves selectors; check copies what one kind has alone.
func (l *loader) fillFault(f *Fault, t *faultT, n *form.Node, key string) {
	rule := faultRules[f.Kind]
	process := !f.Kind.Row().Links && !rule.anyone
	if t.Target != nil && n.Kid("target") != nil {
		f.Target = t.Target
		f.Target.resolve(l.b, l.sc, process)
		if rule.members || f.Kind == fault.Join && n.Kid("to") != nil || f.Kind == fault.Churn && (t.Mix == nil || t.Mix.Leave > 0) {
			l.membersOnly(f)
		}
	}
	f.A, f.B = t.A, t.B
	if t.Links != nil {
		f.A, f.B = &t.Links.A, &t.Links.B
	}
	if t.About != nil && n.Kid("about") != nil {
		f.About = t.About
		f.About.resolve(l.b, l.sc, false)
	}
	if t.To != nil && n.Kid("to") != nil {
		f.To = t.To
		f.To.resolve(l.b, l.sc, true)
	}
	f.A.resolve(l.b, l.sc, false)
	f.B.resolve(l.b, l.sc, false)
	for i := range t.Groups {
		f.Groups = append(f.Groups, &t.Groups[i])
		t.Groups[i].resolve(l.b, l.sc, false)
	}
	if t.Traffic != nil {
		f.Kinds, f.Classes = t.Traffic.kinds, t.Traffic.classes
	}
	f.OneWay = t.Direction != nil && *t.Direction == "a-to-b"
	mode := ""
	if t.Mode != nil {
		mode = *t.Mode
	}
	f.Refuse = mode == "refuse" || t.Refuse != nil && *t.Refuse
	f.KeepState = t.KeepState != nil && *t.KeepState
	if t.Version != nil {
		f.Version = t.Version.Version
	}
	set(&f.Factor, t.Factor)
	set(&f.Add, t.Add)
	set(&f.Ramp, t.Ramp)
	set(&f.P, t.P)
	set(&f.Extra, t.Extra)
	if t.Bandwidth != nil {
		f.Bandwidth = float64(*t.Bandwidth)
	}
	if t.Queue != nil && n.Kid("queue") != nil {
		l.b.Later(n.Kid("queue"), key+".queue", "another queue than that of [network] is")
		f.Queue = int64(*t.Queue)
	}
	l.faultRelations(f, t, n, key, mode)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// faultRelations checks what depends on more than one key.
func (l *loader) faultRelations(f *Fault, t *faultT, n *form.Node, key, mode string) {
	rule := faultRules[f.Kind]
	if mode != "" && rule.modes != nil && !slices.Contains(rule.modes, mode) {
		l.b.Wrong(n.Kid("mode"), key+".mode", "must be %s for a %s", form.OneOf(rule.modes), f.Kind)
	}
	if rule.links && (n.Kid("links") == nil) == (n.Kid("target") == nil) {
		l.b.Missing(n, key+".links", "a %s needs either links = { a, b } or target", f.Kind)
	}
	if rule.links && n.Kid("target") != nil && n.Kid("direction") != nil {
		l.b.AtKey(n.Kid("direction"), key+".direction", "belongs to links; a target means everything it sends")
	}
	if rule.check != nil {
		rule.check(l, f, t, n, key)
	}
}

// faultTimes resolves At of all faults; they may refer to each other in any order, but not in a circle.
func (l *loader) faultTimes(list []faultT) {
	const (
		unknown = iota
		busy
		done
	)
	state := make([]int, len(list))
	var visit func(i int) bool
	visit = func(i int) bool {
		t, f := &list[i], &l.sc.Faults[i]
		switch {
		case state[i] == done:
			return true
		case state[i] == busy:
			l.b.Wrong(t.At.n, t.At.key, "waits for itself: instants refer to each other in a circle")
			t.At.bad = true
			return false
		case t.At == nil || t.At.bad:
			state[i] = done
			return true
		}
		state[i] = busy
		defer func() { state[i] = done }()
		t.At.at = t.At.offset
		if t.At.ref != "" {
			j := slices.IndexFunc(list, func(x faultT) bool { return x.ID == t.At.ref })
			if t.At.ref == "faults" || j < 0 {
				l.noFault(t.At)
				return true
			}
			if !visit(j) {
				t.At.bad = true
				return false
			}
			l.waits(t.At, j)
			t.At.at += l.edge(&l.sc.Faults[j], t.At.end)
		}
		f.At = t.At.at
		return true
	}
	for i := range list {
		visit(i)
	}
}

// waits refuses an instant of a fault that begins with an event.
func (l *loader) waits(t *instantT, j int) bool {
	if l.sc.Faults[j].On == nil {
		return false
	}
	l.b.Wrong(t.n, t.key, "fault %q begins with an event (on), and nobody knows when that comes", t.ref)
	t.bad = true
	return true
}

// edge returns the start or the end of a fault.
func (l *loader) edge(f *Fault, end bool) core.Duration {
	if end {
		return min(f.End(), l.sc.Duration)
	}
	return f.At
}

func (l *loader) noFault(t *instantT) {
	var ids []string
	for _, f := range l.sc.Faults {
		ids = append(ids, f.ID)
	}
	l.b.Wrong(t.n, t.key, "no fault %q%s%s", t.ref, form.Has(ids), form.DidYouMean(t.ref, ids))
	t.bad = true
}

// instant resolves an instant of an expectation or a plot.
func (l *loader) instant(t *instantT) {
	if t.bad {
		return
	}
	t.at = t.offset
	switch {
	case t.ref == "faults":
		for i := range l.sc.Faults {
			t.at = max(t.at, l.edge(&l.sc.Faults[i], true)+t.offset)
		}
	case t.ref != "":
		j := slices.IndexFunc(l.sc.Faults, func(f Fault) bool { return f.ID == t.ref })
		if t.off = j < 0 && l.offFault(t.ref); t.off {
			return
		}
		if j < 0 {
			l.noFault(t)
			return
		}
		if l.waits(t, j) {
			return
		}
		t.at += l.edge(&l.sc.Faults[j], t.end)
	}
	if t.at < 0 || t.at > l.sc.Duration {
		l.b.Wrong(t.n, t.key, "is %s, outside of the run of %s", form.FormatDuration(t.at), form.FormatDuration(l.sc.Duration))
		t.bad = true
	}
}

// faultWindow checks that a fault lies between warm-up and settle time.
func (l *loader) faultWindow(t *faultT, f *Fault, key string) {
	sc := l.sc
	_, known := faultRules[f.Kind]
	if t.At == nil || t.At.bad || !known || sc.Duration == 0 {
		return
	}
	end := f.End()
	switch {
	case f.At < 0 || f.At >= sc.Duration:
		l.b.Wrong(t.At.n, key+".at", "must be ≥ 0s and before the end of the run, %s", form.FormatDuration(sc.Duration))
	case t.Force:
	case f.On != nil: // see onWindow
	case f.At < sc.Warmup:
		l.b.Wrong(t.At.n, key+".at", "lies in the warm-up of %s; say force = true if that is meant", form.FormatDuration(sc.Warmup))
	case f.Kind.Row().Course == fault.State && f.For == 0:
		l.b.Wrong(t.At.n, key+".at", "is never undone, so nothing can settle; give for, or say force = true if that is meant")
	case end > sc.Duration-sc.Settle:
		l.b.Wrong(t.At.n, key+".at", "ends at %s, after %s, where the last %s are to be quiet; say force = true if that is meant",
			form.FormatDuration(end), form.FormatDuration(sc.Duration-sc.Settle), form.FormatDuration(sc.Settle))
	}
}

// absent marks the nodes whose first fault is a join: they are not there until then, unless they are told whom
// to join, which is said to members that run. A ghost that a rumour is
// about is unheard of until then.
func (l *loader) absent() {
	sc := l.sc
	for i := range sc.Faults {
		if about := sc.Faults[i].About; about != nil {
			for _, id := range about.Fixed {
				sc.Nodes[id].Absent = sc.Nodes[id].Absent || sc.Nodes[id].Ghost
			}
		}
	}
	order := make([]int, len(sc.Faults))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sc.Faults[a].At, sc.Faults[b].At) })
	touched := make([]bool, len(sc.Nodes))
	for _, i := range order {
		f := &sc.Faults[i]
		switch f.Kind {
		case fault.Join, fault.Crash, fault.Restart, fault.Leave:
		default:
			continue // only these say that a process is there
		}
		if f.Target == nil || !f.Target.Known() {
			continue
		}
		for _, id := range f.Target.Fixed {
			if !touched[id] && f.Kind == fault.Join && f.To == nil {
				sc.Nodes[id].Absent = true
			}
			touched[id] = true
		}
	}
}

// membersOnly refuses clients where a fault is about what members do.
func (l *loader) membersOnly(f *Fault) {
	if f.Target.bad {
		return
	}
	for _, id := range f.Target.Fixed {
		if n := &l.sc.Nodes[id]; n.Role == core.RoleClient {
			l.b.Wrong(f.Target.src, f.Target.key, "matches %s: clients are members of no group, so they neither join nor leave one, nor say anything there", n.Name)
			return
		}
	}
}
