package validate

import (
	"fmt"
	"math"
	"time"

	"hypersim/core"
	"hypersim/sim/trace"
)

// What the worlds of jobs have: servers, the way to a worker, and what theory is told of that. A core is free for the
// manager once it has heard of the end, so to it a job takes as long as its work and the way there and back; and work begins
// when the dispatch has arrived, which is part of the wait.
const (
	queueCores = 8
	queueWay   = 250 * time.Microsecond
	queueWork  = time.Second
)

// queues are what theory says of a cluster that is one queue.
func queues() []*Experiment {
	var out []*Experiment
	for _, rho := range []float64{0.5, 0.7, 0.9} {
		taken := (queueWork + 2*queueWay).Seconds()
		rate := rho * queueCores
		out = append(out, queued(fmt.Sprintf("mmc-%g", rho), fmt.Sprintf("jobs of one core on %d cores, load %g: a queue M/M/%d", queueCores, rho, queueCores),
			"mean wait: Erlang C at the work and its way there and back, and the way there", waitMMc(queueCores, rate, taken), queueCores, rate,
			`workload.0.job={ duration = { dist = "exponential", mean = "1s" } }`))
		// All cores together are one server.
		out = append(out, queued(fmt.Sprintf("md1-%g", rho), fmt.Sprintf("jobs of all %d cores on 2 workers, load %g: a queue M/D/1", queueCores, rho),
			"mean wait: Pollaczek–Khinchine at the work and its way there and back, and the way there", waitMG1(rho, taken, 0), 1, rho,
			fmt.Sprintf(`workload.0.job={ cores = %d, duration = "1s" }`, queueCores), "scenario.duration=20500s", "workload.0.to=20000s"))
	}
	return append(out, serialChain())
}

func queued(id, title, what string, wait float64, servers int, rate float64, sets ...string) *Experiment {
	s := &Study{
		Rows: []Measured{
			{Row{"wait", what, "s", wait + queueWay.Seconds(), 0, "Erlang; Pollaczek and Khinchine", Derived, Near(0.01)}, "", meanOf("wait")},
			{Row{"order", "largest difference of a wait from what serving in the order of arrival makes of the same arrivals and work", "s", 1e-6, 0, "Kiefer and Wolfowitz 1955", Derived, AtMost}, "", mostSeen("order")},
			{Row{"little", "L = λW: jobs in hand over time, less what all jobs took, as a share", "", 1e-9, 0, "Little 1961", Derived, AtMost}, "", mostSeen("little")},
			{Row{"little-cores", "the same of cores: in use over time, sampled, less what all shards took, as a share", "", 1e-6, 0, "Little 1961", Derived, AtMost}, "", mostSeen("cores")},
			{Row{"lost", "jobs that did not complete", "", 0, 0, "every job is served", Derived, AtMost}, "", mostSeen("lost")},
		},
		File: "queue", Measured: true, Seeds: [2]int{10, 3}, Quick: []string{},
		Cells:  []Cell{{Sets: append([]string{fmt.Sprintf("workload.0.arrival.rate=%g/s", rate)}, sets...)}},
		Counts: []string{"order", "little", "cores", "lost"},
		Before: func(t *Trial) { t.queue = &queue{place: map[uint64]int{}} },
		Jobs:   func(t *Trial, r *trace.JobRecord) { t.queue.follow(r) },
		After:  func(t *Trial) { t.queue.judge(t, servers) },
	}
	return &Experiment{ID: "queue-" + id, Topic: TopicQueues, Quick: true, Full: 60, Short: 10, Title: title, Study: s}
}

// queue is what an observer writes down who knows of jobs only when they come, start and go.
type queue struct {
	place    map[uint64]int // of jobs, in the order in which the manager took them
	ready    []core.Instant
	start    []core.Instant // of the last shard
	stop     []core.Instant
	inHand   int64
	since    core.Instant
	area     core.Duration // jobs times time
	came     int
	finished int
}

func (q *queue) follow(r *trace.JobRecord) {
	switch r.Kind {
	case trace.JobSubmitted:
		q.came++
		q.step(r.At, 1)
	case trace.JobWork:
		if i := q.of(r.Work.Job); r.Work.Kind == core.WorkStart {
			q.start[i] = r.At
		}
	case trace.JobEnded:
		q.stop[q.of(r.Work.Job)] = r.At
	case trace.JobFact:
		switch f := &r.Fact; {
		case f.Kind == core.JobFactOutcome:
			q.finished++
			q.step(r.At, -1)
		case f.Kind == core.JobFactWorkflow && q.place[f.Job] == 0:
			q.ready, q.start, q.stop = append(q.ready, r.At), append(q.start, core.Never), append(q.stop, core.Never)
			q.place[f.Job] = len(q.ready) // from 1
		}
	}
}

func (q *queue) of(id uint64) int { return q.place[id] - 1 }

func (q *queue) step(now core.Instant, by int64) {
	q.area += core.Duration(q.inHand) * now.Sub(q.since)
	q.inHand, q.since = q.inHand+by, now
}

// judge compares what was written down with theory, and with what metrics say.
func (q *queue) judge(t *Trial, servers int) {
	t.Add("lost", float64(q.came)-t.Of("completed"))
	t.Add("little", math.Abs(q.area.Seconds()-t.Of("latencies"))/t.Of("latencies"))
	t.Add("cores", math.Abs(t.Of("utilisation")*queueCores*t.Sc.Duration.Seconds()-t.Of("worked"))/t.Of("worked"))
	taken := make([]core.Duration, len(q.ready))
	for i := range taken {
		taken[i] = q.stop[i].Sub(q.start[i]) + 2*queueWay
	}
	for i, w := range served(servers, q.ready, taken) {
		t.value["order"] = max(t.Of("order"), math.Abs((q.start[i].Sub(q.ready[i]) - w - queueWay).Seconds()))
	}
}

func serialChain() *Experiment {
	const steps = 9
	s := &Study{
		Rows: []Measured{
			{Row{"step", "a serial chain takes the sum of its parts, and this for each step from one to the next: the way of the result, and that of the dispatch", "s", 2 * queueWay.Seconds(), 0, "the network", Derived, Exactly(1e-9)}, "", meanOf("step")},
			{Row{"lost", "jobs that did not complete", "", 0, 0, "every job is served", Derived, AtMost}, "", mostSeen("lost")},
		},
		File: "chain", Measured: true, Seeds: [2]int{3, 1}, Counts: []string{"came", "step", "lost"},
		Jobs: func(t *Trial, r *trace.JobRecord) {
			if r.Kind == trace.JobSubmitted {
				t.Add("came", 1)
			}
		},
		After: func(t *Trial) {
			t.Add("lost", t.Of("came")-t.Of("completed"))
			t.Add("step", (t.Of("makespan")-t.Of("worked"))/(steps*t.Of("completed")))
		},
	}
	return &Experiment{ID: "chain", Topic: TopicQueues, Quick: true, Full: 1, Short: 0.5, Title: "serial chains of ten workflows on idle cores", Study: s}
}
