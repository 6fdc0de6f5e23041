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
	const c, taken = queueCores, queueWork + 2*queueWay
	for _, rho := range []float64{0.5, 0.7, 0.9} {
		wait := waitMMc(c, rho*c, taken.Seconds())
		out = append(out, queued(c, rho, fmt.Sprintf("queue-mm%d-%.0f", c, 100*rho), fmt.Sprintf("jobs of one core on %d cores, load %g: a queue M/M/%d", c, rho, c),
			queueRow("Erlang C of", wait, "Erlang 1917"), nil,
			fmt.Sprintf("workload.0.arrival.rate=%g/s", rho*c), `workload.0.job={ duration = { dist = "exponential", mean = "1s" } }`))
	}
	for _, rho := range []float64{0.5, 0.7, 0.9} { // all cores together are one server
		wait := waitMG1(rho, taken.Seconds(), 0)
		out = append(out, queued(1, rho, fmt.Sprintf("queue-md1-%.0f", 100*rho), fmt.Sprintf("jobs of all %d cores of two workers, load %g: a queue M/D/1", c, rho),
			queueRow("Pollaczek–Khinchine of", wait, "Pollaczek 1930, Khinchine 1932"), []string{"scenario.duration=5500s", "workload.0.to=5000s"},
			fmt.Sprintf("workload.0.arrival.rate=%g/s", rho), fmt.Sprintf(`workload.0.job={ cores = %d, duration = "1s" }`, c),
			"scenario.duration=20500s", "workload.0.to=20000s"))
	}
	return append(out, serialChain())
}

// queueRow is the mean wait, from when the manager has a job to when its work begins.
func queueRow(form string, wait float64, source string) Row {
	return Row{"wait", "mean wait: " + form + " work and the way there and back, plus the way there", "s", wait + queueWay.Seconds(), 0, source, Derived, Near(0.01)}
}

// queued is one queue at one load. Its seeds are its own: the same ones draw the same jobs at all loads, and would tell one
// stroke of luck three times.
func queued(servers int, rho float64, id, title string, wait Row, quick []string, sets ...string) *Experiment {
	return &Experiment{
		ID: id, Topic: TopicQueues, Quick: true, Full: 15, Short: 3, Title: title,
		Rows: []Measured{
			{Row: wait, Of: meanOf("wait")},
			{Row: Row{"order", "largest difference of a wait from what serving the same arrivals and work in their order makes it", "s", 1e-6, 0, "Kiefer, Wolfowitz 1955", Derived, AtMost}, Of: mostSeen("order")},
			{Row: Row{"little", "Little's law: jobs in hand over time less what all jobs took, as a share of it", "", 1e-9, 0, "Little 1961", Derived, AtMost}, Of: mostSeen("little")},
			{Row: Row{"little-cores", "the same of cores: samples of those in use, less what all shards took", "", 1e-6, 0, "Little 1961", Derived, AtMost}, Of: mostSeen("cores")},
			{Row: Row{"lost", "jobs that did not complete", "", 0, 0, "every job is served", Derived, AtMost}, Of: mostSeen("lost")},
		},
		File: "queue", Measured: true, Cells: []Cell{{Sets: sets}}, Seeds: [2]int{10, 3}, From: 1 + uint64(1000*rho), QuickSets: quick,
		Counts: []string{"order", "little", "cores", "lost"},
		Before: func(t *Trial) { t.queue = &queue{place: map[uint64]int{}} },
		Jobs:   func(t *Trial, r *trace.JobRecord) { t.queue.follow(r) },
		After:  func(t *Trial) { t.queue.judge(t, servers) },
	}
}

// queue is what an observer writes down who knows of jobs only when they come, start and go.
type queue struct {
	place  map[uint64]int // of jobs, in the order in which the manager took them, from 1
	ready  []core.Instant
	start  []core.Instant // of the last shard
	stop   []core.Instant
	came   int
	inHand int64
	since  core.Instant
	area   core.Duration // jobs in hand times time
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
			q.step(r.At, -1)
		case f.Kind == core.JobFactWorkflow && q.place[f.Job] == 0: // its first word of the job
			q.ready, q.start, q.stop = append(q.ready, r.At), append(q.start, core.Never), append(q.stop, core.Never)
			q.place[f.Job] = len(q.ready)
		}
	case trace.JobNone, trace.JobWithdrawn, trace.JobLost: // no queue here has any
	}
}

func (q *queue) of(id uint64) int { return q.place[id] - 1 }

func (q *queue) step(now core.Instant, by int64) {
	q.area += core.Duration(q.inHand) * now.Sub(q.since)
	q.inHand, q.since = q.inHand+by, now
}

// judge compares what was written down with theory, and with what metrics say. Before the measured time the first
// dispatch to a worker takes a round trip more, which opens a stream.
func (q *queue) judge(t *Trial, servers int) {
	t.Add("lost", float64(q.came)-t.Of("completed"))
	t.Add("little", math.Abs(q.area.Seconds()-t.Of("latencies"))/t.Of("latencies"))
	t.Add("cores", math.Abs(t.Of("utilisation")*queueCores*t.Sc.Duration.Seconds()-t.Of("worked"))/t.Of("worked"))
	taken := make([]core.Duration, len(q.ready))
	for i := range taken {
		taken[i] = q.stop[i].Sub(q.start[i]) + 2*queueWay
	}
	for i, w := range served(servers, q.ready, taken) {
		if q.ready[i] >= core.Instant(t.Sc.Warmup) {
			t.value["order"] = max(t.Of("order"), math.Abs((q.start[i].Sub(q.ready[i]) - w - queueWay).Seconds()))
		}
	}
}

// serialChain is about jobs whose workflows follow each other.
func serialChain() *Experiment {
	const steps = 9
	return &Experiment{
		ID: "queue-chain", Topic: TopicQueues, Quick: true, Full: 1, Short: 0.5, Title: "serial chains of ten workflows on idle cores",
		Rows: []Measured{
			{Row: Row{"step", "makespan of a chain of ten less the sum of its parts, for each step: the way of a result, and of a dispatch", "s", 2 * queueWay.Seconds(), 0, "the network", Derived, Exactly(1e-9)}, Of: meanOf("step")},
			{Row: Row{"lost", "jobs that did not complete", "", 0, 0, "every job is served", Derived, AtMost}, Of: mostSeen("lost")},
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
}
