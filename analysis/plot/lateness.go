package plot

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
)

// judges are who finds or decides that time is up, in the order of their panels.
var judges = []struct {
	event, role, title string
}{
	{"declared", "gate", "Gates decide"},
	{"declared", "manager", "Managers decide"},
	{"local", "manager", "Managers find it, and report it to a gate"},
	{"fallback", "manager", "Managers decide, since no gate is heard of"},
}

// lateness shows how late detections and decisions that time is up were, beside what is ideal: in exact mode no later than a
// step at 0, else uniform over the time between two looks.
func lateness(run *analysis.Run) *figure {
	f := &figure{name: "timeout-lateness", title: "How late it was found that time is up"}
	f.note = "after the ideal deadline, which is the limit and what was granted, or so long without progress; dashed: what is ideal, "
	if run.Checks.Exact {
		f.note += "nothing at all, since each job has a timer"
	} else {
		f.note += "evenly spread over the time between two looks at all jobs; a manager finds late only what no gate has ended before"
	}
	for _, j := range judges {
		if p := latenessPanel(run, j.event, j.role, j.title); p != nil {
			f.panels = append(f.panels, p)
		}
	}
	if len(f.panels) == 0 {
		return nil
	}
	return f
}

// latenessPanel shows one kind of decision, nil if there was none.
func latenessPanel(run *analysis.Run, event, role, title string) *panel {
	rules := map[string][]float64{}
	var order []string
	n, hi := 0, 0.0
	for i := range run.Tables.Timeouts {
		r := &run.Tables.Timeouts[i]
		if r.Event != event || analysis.RoleOf(r.Node) != role || r.Lateness == core.Never {
			continue
		}
		rule := r.Rule
		order = addOnce(order, rule)
		rules[rule] = append(rules[rule], r.Lateness.Seconds())
		n, hi = n+1, max(hi, r.Lateness.Seconds())
	}
	if n == 0 {
		return nil
	}
	slices.Sort(order)
	ideal, label := idealLateness(run.Checks, role)
	hi = max(hi, ideal[len(ideal)-1].X) * 1.06
	p := newPanel(axis{label: "after the ideal deadline (s)", lo: min(0, -0.02*hi), hi: max(hi, 1e-3)}, axis{label: "of them (%)", kind: percent, lo: 0, hi: 1.02})
	p.title = fmt.Sprintf("%s (%d)", title, n)
	p.line(label, stroke(grey, 1), false, append(ideal, plotter.XY{X: hi, Y: 1}))
	for i, rule := range order {
		list := rules[rule]
		slices.Sort(list)
		p.line(fmt.Sprintf("%s (n = %d,\np50 %.3g s, max %.3g s)", ruleWords(rule), len(list), rank(list, 0.5), list[len(list)-1]), stroke(cycle[i%len(cycle)], 0), true,
			ecdf(list, len(list), hi))
	}
	return p
}

// idealLateness returns the distribution that a judge has if nothing but its looks makes it late.
func idealLateness(c analysis.Checks, role string) (plotter.XYs, string) {
	every := c.Manager
	if role == "gate" {
		every = c.Gate
	}
	if c.Exact || every == 0 {
		return plotter.XYs{{X: 0, Y: 0}, {X: 0, Y: 1}}, "ideal: at once"
	}
	return plotter.XYs{{X: 0, Y: 0}, {X: every.Seconds(), Y: 1}}, fmt.Sprintf("ideal: uniform over %s s", number(every.Seconds(), 0.001))
}

func ruleWords(rule string) string {
	switch rule {
	case "":
		return "any"
	case "overall":
		return "the limit"
	case "stuck":
		return "no progress"
	case "all_stuck":
		return "no progress anywhere"
	case "majority":
		return "most datacenters"
	case "gate_unreachable":
		return "no gate"
	}
	return rule
}

// deadlines shows how the deadline of the job that was extended most moved: how long it may take, as each node knows it, and
// how long it has taken.
func deadlines(run *analysis.Run) *figure {
	job := mostExtended(run)
	if job == "" {
		return nil
	}
	s := newStairs(run, job)
	f := overTime(run, "deadline", "The deadline of "+job)
	f.note = "how long the job may take, as each node knows it; the straight line is how long it has taken: where it meets the stairs, time is up; dashed: the steps that the rule grants to one worker, each half of the one before; of all jobs this one was granted most"
	p := newPanel(axis{label: "virtual time (s)", kind: seconds, lo: s.from, hi: s.to}, axis{label: "since its start (s)"})
	s.draw(p)
	f.panels = []*panel{p}
	return f
}

// mostExtended returns the job with the largest extension, "" if there is none.
func mostExtended(run *analysis.Run) string {
	job, most := "", core.Instant(0)
	for i := range run.Tables.Timeouts {
		if r := &run.Tables.Timeouts[i]; r.Extension != core.Never && r.Extension > most {
			job, most = r.Job, r.Extension
		}
	}
	return job
}

// stairs are the deadlines of a job at the nodes that count them.
type stairs struct {
	run            *analysis.Run
	job            string
	from, to       float64
	start          float64
	limit, granted float64
	nodes          []string
	steps          map[string]plotter.XYs
	events         []stairEvent
}

// stairEvent is what became of the time of the job.
type stairEvent struct {
	at   float64
	word string
}

func newStairs(run *analysis.Run, job string) *stairs {
	s := &stairs{run: run, job: job, start: math.Inf(1), steps: map[string]plotter.XYs{}}
	last := 0.0
	for i := range run.Tables.Timeouts {
		r := &run.Tables.Timeouts[i]
		if r.Job != job {
			continue
		}
		at := r.At.Seconds()
		last = max(last, at)
		if r.Limit != core.Never && (r.Event == "start" || r.Event == "resume" || r.Event == "extension") {
			s.nodes = addOnce(s.nodes, r.Node)
			s.steps[r.Node] = append(s.steps[r.Node], plotter.XY{X: at, Y: (r.Limit + r.Extension).Seconds()})
			s.start, s.limit, s.granted = min(s.start, at-r.Elapsed.Seconds()), r.Limit.Seconds(), max(s.granted, r.Extension.Seconds())
			continue
		}
		s.events = append(s.events, stairEvent{at, r.Event})
	}
	for i := range run.Tables.Jobs {
		if j := &run.Tables.Jobs[i]; j.Job == job && j.Ended != core.Never {
			last = max(last, j.Ended.Seconds())
			s.events = append(s.events, stairEvent{j.Ended.Seconds(), j.Outcome})
		}
	}
	s.from, s.to = s.start-0.04*(last-s.start), last+0.06*(last-s.start)+1e-6
	slices.SortFunc(s.nodes, byName)
	return s
}

// stairsMost bounds the nodes that have a line.
const stairsMost = 8

func (s *stairs) draw(p *panel) {
	p.line("time taken so far", stroke(black, 0), false, plotter.XYs{{X: s.start, Y: 0}, {X: s.to, Y: s.to - s.start}})
	for i, n := range s.nodes[:min(len(s.nodes), stairsMost)] {
		xy := s.steps[n]
		p.line(shortName(n), stroke(cycle[i%len(cycle)], i), true, append(xy, plotter.XY{X: s.to, Y: xy[len(xy)-1].Y}))
	}
	for i, y := range s.ideal() {
		label := ""
		if i == 0 {
			label = "limit, and with\nthe grants of the rule"
		}
		p.line(label, stroke(grey, 2), false, plotter.XYs{{X: s.from, Y: y}, {X: s.to, Y: y}})
	}
	for i, k := range stairKinds {
		var xy plotter.XYs
		for _, e := range s.events {
			if e.word == k.word || k.word == "" && outcomeRankOrDone(e.word) {
				xy = append(xy, plotter.XY{X: e.at, Y: e.at - s.start})
			}
		}
		if len(xy) > 0 {
			p.dots(k.label, stairGlyph(i), xy)
		}
	}
	p.ranges.y0 = 0
}

// ideal returns the limit, and where each grant that the rule gives puts it: as far as anything was granted.
func (s *stairs) ideal() []float64 {
	out := []float64{s.limit}
	c := s.run.Checks
	if c.Grant == 0 {
		return out
	}
	for sum, grant := 0.0, c.Grant/2; sum < s.granted-1e-6; grant /= 2 {
		sum += max(grant, c.Least).Seconds()
		if out = append(out, s.limit+sum); grant <= c.Least { // from here on all are alike, or it begins anew
			break
		}
	}
	return out
}
