package explore

import (
	"fmt"
	"slices"
	"strings"

	"hypersim/core/rng"
)

// forgetful are the families whose faults take a memory, of which a run may lose but one or two: who draws first has it.
var forgetful = []string{"crash", "restart", "kill-leader", "leave", "crash-at-event", "newcomer", "site-crash"}

// eventFirst is in how many of the runs the crash at a chosen event is the first to take a memory: no instant that is drawn finds the
// moment between two messages. With its even chance in the others, half of all runs draw one (shares), and in half of those the event comes.
const eventFirst = 0.75

// inOrder returns the families in the order in which a run draws them: as they stand, but that those which take a memory trade places among
// themselves.
func inOrder(n Name) []*family {
	draw := rng.New(n.Faults, "explore.precedence")
	order := slices.Clone(forgetful)
	for i := len(order) - 1; i > 0; i-- {
		k := draw.Intn(i + 1)
		order[i], order[k] = order[k], order[i]
	}
	if draw.Bool(eventFirst) {
		k := slices.Index(order, "crash-at-event")
		order[0], order[k] = order[k], order[0]
	}
	list := make([]*family, len(families))
	for i := range families {
		name := families[i].name
		if slices.Contains(forgetful, name) {
			name, order = order[0], order[1:]
		}
		list[i] = familyOf(name)
	}
	return list
}

func familyOf(name string) *family {
	return &families[slices.IndexFunc(families, func(f family) bool { return f.name == name })]
}

// forgets is a fault that takes a memory, and so is drawn as often as a cluster of its run may bear it: it keeps what a minority forgets
// between two resyncs, and a run that exceeds that proves nothing.
func (t *trouble) forgets(what string) string {
	most := 1
	if t.w.managers >= 5 && t.w.gates == 0 {
		most = 2
	}
	if t.never || t.lost >= most || strings.Contains(what, "manager") && t.w.managers < 3 {
		return ""
	}
	t.lost++
	return what
}

// newcomer is a manager or a gate that is not there until it joins: of what its cluster decided before it knows nothing.
func (t *trouble) newcomer() string {
	if all := t.w.gates * t.w.sites; all >= 3 && t.draw.Bool(0.4) {
		return t.forgets(fmt.Sprintf("kind = \"join\"\ntarget = { id = \"%s/gate/%d\" }", t.site(), t.draw.Intn(t.w.gates)))
	}
	return t.forgets(fmt.Sprintf("kind = \"join\"\ntarget = { id = \"%s/manager/%d\" }", t.site(), t.draw.Intn(t.w.managers)))
}

// joinAgain is one that runs and is told whom to join.
func (t *trouble) joinAgain() string {
	s := t.site()
	switch {
	case t.w.gates*t.w.sites >= 2 && t.draw.Bool(0.3):
		return fmt.Sprintf("kind = \"join\"\ntarget = { id = \"%s/gate/%d\" }\nto = { role = \"gate\" }", s, t.draw.Intn(t.w.gates))
	case t.w.managers >= 2 && t.draw.Bool(0.5) || t.w.workers == 0:
		t.never = t.w.managers < 2
		return fmt.Sprintf("kind = \"join\"\ntarget = { id = \"%s/manager/%d\" }\nto = { site = %q, role = \"manager\" }", s, t.draw.Intn(t.w.managers), s)
	}
	return fmt.Sprintf("kind = \"join\"\ntarget = { id = \"%s/worker/%d\" }\nto = { site = %q, role = \"manager\" }", s, t.draw.Intn(t.w.workers), s)
}

// siteCrash takes a whole site down, where its cluster is one manager: what that knew is lost whoever else remains, and is held against nobody
// (ADR-0050). Of gates one is lost at most.
func (t *trouble) siteCrash() string {
	if t.w.managers > 1 || t.w.gates > 1 || t.lost > 0 {
		return ""
	}
	t.lost++
	return fmt.Sprintf("kind = \"site-outage\"\nmode = \"crash\"\nsite = %q", t.site())
}
