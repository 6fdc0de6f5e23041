package plot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// What bounds the timelines of jobs: pictures of a run, and rows and lanes of one.
const (
	timelinePictures = 3
	timelineRows     = 58
	timelineLanes    = 19
)

// timelines returns the pictures of the jobs that are most worth telling about, no two of the same story, and of those
// that are asked for.
func timelines(run *analysis.Run, asked []string) []*figure {
	var out []*figure
	var stories []string
	for _, t := range told(run) {
		named := slices.Contains(asked, t.job.Job)
		if !named && (len(stories) == timelinePictures || slices.Contains(stories, t.story)) {
			continue
		}
		if !named {
			stories = append(stories, t.story)
		}
		if f := timelineOf(run, t.job); f != nil {
			out = append(out, f)
		}
	}
	return out
}

// tale is a job whose events are kept.
type tale struct {
	job   *metrics.JobRow
	story string // what it has in common with others
	rank  float64
}

// outcomeRanks order outcomes by how much a reader wants to know why.
var outcomeRanks = map[string]float64{
	"JOB_LOST": 90, "SUBMIT_UNKNOWN": 85, "FAILED": 80, "TIMEOUT": 70, "UNFINISHED": 60, "CANCELLED": 50, "REJECTED": 40,
}

// told returns the jobs whose events are kept: those of broken invariants first, then what went wrong, then what was out of
// the ordinary, then what took longest.
func told(run *analysis.Run) []tale {
	odd := map[string]map[string]bool{}
	for i := range run.Tables.Events {
		e := &run.Tables.Events[i]
		if odd[e.Job] == nil {
			odd[e.Job] = map[string]bool{}
		}
		for _, o := range oddities {
			if o.is(e) {
				odd[e.Job][o.name] = true
			}
		}
	}
	var out []tale
	for i := range run.Tables.Jobs {
		j := &run.Tables.Jobs[i]
		if odd[j.Job] == nil {
			continue
		}
		t := tale{job: j, story: j.Outcome, rank: outcomeRanks[j.Outcome]}
		for _, o := range oddities {
			if odd[j.Job][o.name] {
				t.story, t.rank = t.story+" "+o.name, t.rank+o.rank
			}
		}
		for k := range run.Tables.Violations {
			if v := &run.Tables.Violations[k]; strings.Contains(v.What, j.Job) {
				t.story, t.rank = v.Invariant, 1000
			}
		}
		if j.Ended != core.Never {
			t.rank += min(j.Ended.Sub(j.Submitted).Seconds()/1e6, 0.9)
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b tale) int { return cmp.Compare(b.rank, a.rank) })
	return out
}

// oddities are what sets a job apart.
var oddities = []struct {
	name string
	rank float64
	is   func(*metrics.EventRow) bool
}{
	{"taken over", 10, func(e *metrics.EventRow) bool { return e.Name == "holder" && e.Word == "won" }},
	{"ran again", 8, func(e *metrics.EventRow) bool { return e.Name == "shard_state" && e.Attempt > 1 }},
	{"extended", 6, func(e *metrics.EventRow) bool { return e.Name == "deadline" && e.Word == "extension" }},
	{"led by nobody", 4, func(e *metrics.EventRow) bool { return e.Name == "orphan" && e.Word == "led by nobody" }},
	{"redirected", 2, func(e *metrics.EventRow) bool { return e.Name == "job_ack" && e.Word == "NOT_LEADER" }},
}

// timelineOf draws what happened to one job, nil if its events are not kept.
func timelineOf(run *analysis.Run, j *metrics.JobRow) *figure {
	t := newTimeline(run, j)
	if len(t.rows) == 0 {
		return nil
	}
	f := &figure{name: "timeline-" + j.Job, title: fmt.Sprintf("What happened to %s: %s", j.Job, t.verdict())}
	f.note = t.note()
	f.inch = t.inches()
	f.custom = t.draw
	return f
}

// verdict says how the job ended.
func (t *timeline) verdict() string {
	s := t.job.Outcome
	if t.job.Ended != core.Never {
		s += fmt.Sprintf(" after %s s", number(t.job.Ended.Sub(t.job.Submitted).Seconds(), 0.001))
	}
	if t.job.Workload != "" {
		s += " (" + t.job.Workload + ")"
	}
	return s
}

// note says how to read the picture, and what it leaves out.
func (t *timeline) note() string {
	s := "time runs down, unevenly: a row for each thing that mattered, read its time (s) on the left; a lane for each node, a bar where it has the job or a part of it; arrows are messages from their sending to their arrival, × if they were lost; rows in bold decided the job"
	if t.left > 0 {
		s += "; " + counted(t.left, "row that mattered less is", "rows that mattered less are") + " left out"
	}
	if t.folded > 0 {
		s += "; " + counted(t.folded, "node that did little shares a lane", "nodes that did little share lanes")
	}
	return s
}

// Picture is a figure that is not drawn yet.
type Picture struct{ f *figure }

// Write draws the picture into dir, as PNG and, if svg, as SVG, and returns the names of the files.
func (p Picture) Write(dir string, svg bool) ([]string, error) { return p.f.write(dir, svg) }

// Job returns the timeline of one job of a run. The end of an id will do.
func Job(run *analysis.Run, job string) (Picture, error) {
	var found *metrics.JobRow
	var ids []string
	for _, t := range told(run) {
		ids = append(ids, t.job.Job)
		if !strings.HasSuffix(t.job.Job, job) {
			continue
		}
		if found != nil {
			return Picture{}, fmt.Errorf("%s: means %s and %s; give more of the id", job, found.Job, t.job.Job)
		}
		found = t.job
	}
	if found == nil {
		return Picture{}, unknownJob(run, job, ids)
	}
	f := timelineOf(run, found)
	if f == nil {
		return Picture{}, fmt.Errorf("%s: nothing happened to it", found.Job)
	}
	f.caption = caption(run)
	return Picture{f}, nil
}

// unknownJob says what is known instead.
func unknownJob(run *analysis.Run, job string, ids []string) error {
	for i := range run.Tables.Jobs {
		if id := run.Tables.Jobs[i].Job; strings.HasSuffix(id, job) {
			return fmt.Errorf("%s: its events were not kept, since others had the same story; run it again with the same seed and --set report.jobs=%s; kept are %s", job, id, listed(ids))
		}
	}
	return fmt.Errorf("%s: the run has no such job; job_events.csv has %s", job, listed(ids))
}

func listed(ids []string) string {
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, ", ")
}
