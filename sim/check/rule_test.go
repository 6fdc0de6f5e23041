package check

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// TestJobHooks: a subject is told of the records about jobs that it asked for, and of no other; telling allocates nothing.
func TestJobHooks(t *testing.T) {
	c := New(Context{Nodes: make([]Node, 1), Limits: Default()})
	var told []string
	note := func(r *trace.JobRecord) {
		if len(told) < 2 {
			told = append(told, r.Kind.String()+" "+r.Fact.Kind.String())
		}
	}
	c.on.job(note, trace.JobLost)
	c.on.jobFact(note, core.JobFactPlaced)
	all := []trace.JobRecord{
		{Kind: trace.JobWork}, {Kind: trace.JobLost}, {Kind: trace.JobFact, Fact: core.JobFact{Kind: core.JobFactState}},
		{Kind: trace.JobFact, Fact: core.JobFact{Kind: core.JobFactPlaced}},
	}
	for i := range all {
		c.RecordJob(&all[i])
	}
	if want := []string{"shard_lost none", "job_fact placed"}; !slices.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
	if n := testing.AllocsPerRun(100, func() { c.RecordJob(&all[1]) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestRules: by letters, then by number.
func TestRules(t *testing.T) {
	var names []string
	for _, id := range Rules() {
		names = append(names, id.String())
	}
	if two, ten := slices.Index(names, "I-M2"), slices.Index(names, "I-M10"); two < 0 || ten < two {
		t.Errorf("I-M2 is at %d, I-M10 at %d of %v", two, ten, names)
	}
}
