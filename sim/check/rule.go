package check

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"hypersim/core"
	"hypersim/sim/trace"
)

// ID names a rule that must always hold: its number in this build, which no file holds.
type ID uint16

// Rule is what is told of an invariant. Its value stands in the file of its subject.
type Rule struct {
	Name string // as the specification writes it, for example "I-M10"
	Text string // what it says, in one line
	From string // where it comes from
}

var rules []Rule

// rule adds an invariant, while the package is initialised.
func rule(name, text, from string) ID {
	rules = append(rules, Rule{name, text, from})
	return ID(len(rules) - 1)
}

// String returns the id as the spec writes it, for example "I-M10".
func (id ID) String() string { return rules[id].Name }

// Rule returns what is told of the invariant.
func (id ID) Rule() Rule { return rules[id] }

// Rules returns all invariants by name, numbers in order.
func Rules() []ID {
	all := make([]ID, len(rules))
	for i := range all {
		all[i] = ID(i)
	}
	slices.SortFunc(all, func(a, b ID) int {
		x, m := series(a.String())
		y, n := series(b.String())
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(m, n))
	})
	return all
}

// series parts a name into its letters and its number.
func series(name string) (letters string, number int) {
	letters = strings.TrimRight(name, "0123456789")
	number, err := strconv.Atoi(name[len(letters):])
	if err != nil {
		number = -1
	}
	return letters, number
}

// hooks are who wants to be told of what. A subject is a file: its rules, what it keeps, and what it hooks to a run.
// Subjects are told in the order of their files; nobody is told of what it did not ask for, and telling allocates
// nothing.
type hooks struct {
	facts      [core.NumFactKinds][]func(r *trace.Record)
	quiet      [core.NumFactKinds]bool                // so many that the causes of a violation do not list them
	delivered  [core.NumKinds][]func(r *trace.Record) // to a process, which is about to handle it
	sent       []func(r *trace.Record)                // a message left
	dropped    []func(r *trace.Record)                // it does not arrive
	started    []func(r *trace.Record)                // a process began
	gone       []func(r *trace.Record)                // it crashed or stopped
	checkpoint []func(now core.Instant)
	ended      []func(now core.Instant) // the run, after its last checkpoint

	jobs     [trace.NumJobKinds][]func(r *trace.JobRecord)
	jobFacts [core.NumJobFactKinds][]func(r *trace.JobRecord)
}

var subjects []func(c *Checker, on *hooks)

// judge adds a subject, while the package is initialised. begin makes what it keeps of one run.
func judge(begin func(c *Checker, on *hooks)) bool {
	subjects = append(subjects, begin)
	return true
}

// fact hooks f to facts of these kinds.
func (h *hooks) fact(f func(r *trace.Record), kinds ...core.FactKind) {
	for _, k := range kinds {
		h.facts[k] = append(h.facts[k], f)
	}
}

// often hooks f to facts of these kinds, of which there are many.
func (h *hooks) often(f func(r *trace.Record), kinds ...core.FactKind) {
	h.fact(f, kinds...)
	for _, k := range kinds {
		h.quiet[k] = true
	}
}

// job hooks f to what the world did with jobs and shards.
func (h *hooks) job(f func(r *trace.JobRecord), kinds ...trace.JobKind) {
	for _, k := range kinds {
		h.jobs[k] = append(h.jobs[k], f)
	}
}

// jobFact hooks f to what nodes report about jobs.
func (h *hooks) jobFact(f func(r *trace.JobRecord), kinds ...core.JobFactKind) {
	for _, k := range kinds {
		h.jobFacts[k] = append(h.jobFacts[k], f)
	}
}

var _ trace.JobSink = (*Checker)(nil)

// RecordJob implements trace.JobSink.
func (c *Checker) RecordJob(r *trace.JobRecord) {
	c.jobRecord(r)
	list := c.on.jobs[r.Kind]
	if r.Kind == trace.JobFact {
		list = c.on.jobFacts[r.Fact.Kind]
	}
	for _, hook := range list {
		hook(r)
	}
}

func tell(list []func(r *trace.Record), r *trace.Record) {
	for _, hook := range list {
		hook(r)
	}
}
