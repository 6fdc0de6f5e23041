package metrics

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// RunEnd is how a shard stopped running.
type RunEnd uint8

// The ends.
const (
	RunGoesOn    RunEnd = iota // it had not ended when the run did
	RunCompleted               // by itself
	RunFailed                  // by itself
	RunCancelled               // as it was told
	RunKilled                  // by its worker
	RunLost                    // with the process of its worker
)

var runEnds = [...]string{"", "completed", "failed", "cancelled", "killed", "lost"}

func (e RunEnd) String() string { return runEnds[e] }

// ShardRun is one execution of a shard on a worker, as it was.
type ShardRun struct {
	Job        int32 // place in Result.Jobs; −1: of none that was handed in
	Workflow   uint64
	Token      uint64
	Worker     core.NodeID
	Attempt    uint16
	Shard      uint16
	Cores      uint16
	End        RunEnd
	Counted    bool         // its result is part of that of its workflow
	Start      core.Instant //
	Stop       core.Instant // Never: it goes on
	OrphanTime core.Duration

	accepted bool         // its result was
	orphan   core.Instant // nobody leads it since then, Never: somebody does
}

// runKey names a shard that runs: a worker has one of a token.
type runKey struct {
	worker     core.NodeID
	job, token uint64
}

// work takes what a worker asked of its host.
func (j *jobs) work(rec *trace.JobRecord) {
	x := &rec.Work
	switch x.Kind {
	case core.WorkStart:
		j.runBegan(rec)
	case core.WorkKill:
		j.runStops(rec.At, rec.Node, x, RunKilled)
	case core.WorkStop: // it ends soon
	}
}

func (j *jobs) runBegan(rec *trace.JobRecord) {
	x := &rec.Work
	j.take(rec.At, rec.Node, int(x.Cores))
	if len(j.res.Runs) >= j.ctx.MaxRows {
		j.res.TruncatedRows++
		j.runs[runKey{rec.Node, x.Job, x.Token}] = -1
		return
	}
	k := int32(len(j.res.Runs))
	j.res.Runs = append(j.res.Runs, ShardRun{
		Job: j.of(x.Job), Workflow: x.Workflow, Token: x.Token, Worker: rec.Node, Attempt: x.Attempt, Shard: x.Shard, Cores: x.Cores,
		Start: rec.At, Stop: core.Never, orphan: core.Never,
	})
	j.runs[runKey{rec.Node, x.Job, x.Token}] = k
	f := j.flows[flowKey{j.siteOf(rec.Node), x.Workflow}]
	if f == nil {
		return
	}
	for _, other := range f.runs {
		if r := &j.res.Runs[other]; r.Token == x.Token && r.Stop == core.Never {
			j.double(f)
		}
	}
	j.recovers(rec.At, f, rec.Node, f.first == core.Never || x.Attempt != f.attempt || j.ranBefore(f, x.Attempt, x.Shard))
	f.runs = append(f.runs, k)
	j.began(rec.At, f, x.Attempt)
	if y := &j.res.Jobs[f.job]; y.FirstStart == core.Never {
		y.FirstStart = rec.At
	}
	if f.leader == core.NoNode || !j.peers[f.leader].alive {
		j.res.Runs[k].orphan = rec.At
	}
}

// runEnded takes that a shard stopped by itself, or with the process of its worker.
func (j *jobs) runEnded(rec *trace.JobRecord) {
	end := RunLost
	if rec.Kind == trace.JobEnded {
		end = [job.NumEnded]RunEnd{job.EndedCompleted: RunCompleted, job.EndedFailed: RunFailed, job.EndedCancelled: RunCancelled}[rec.Ended]
	}
	j.runStops(rec.At, rec.Node, &rec.Work, end)
}

func (j *jobs) runStops(now core.Instant, n core.NodeID, x *core.Work, end RunEnd) {
	key := runKey{n, x.Job, x.Token}
	k, ok := j.runs[key]
	if !ok {
		return
	}
	delete(j.runs, key)
	j.take(now, n, -int(x.Cores))
	if k < 0 {
		return
	}
	r := &j.res.Runs[k]
	r.Stop, r.End = now, end
	if end == RunCompleted || end == RunFailed {
		j.cores.shards++
		j.cores.ran += now.Sub(r.Start)
	}
	r.adopted(now)
	if r.Job >= 0 {
		j.res.Jobs[r.Job].LastEnd = now
	}
}

// adopted ends the time in which nobody led a shard.
func (r *ShardRun) adopted(now core.Instant) {
	if r.orphan != core.Never {
		r.OrphanTime += now.Sub(r.orphan)
		r.orphan = core.Never
	}
}

// led notes that a manager leads a workflow from now on.
func (j *jobs) led(now core.Instant, x *flow, n core.NodeID) {
	x.leader = n
	for _, k := range x.runs {
		if r := &j.res.Runs[k]; r.Stop == core.Never {
			r.adopted(now)
		}
	}
}

// leaderless notes that whoever led workflows at n is gone, and knows nothing when it comes back.
func (j *jobs) leaderless(now core.Instant, n core.NodeID) {
	for k := range j.res.Runs {
		r := &j.res.Runs[k]
		if r.Stop != core.Never || r.orphan != core.Never {
			continue
		}
		if f := j.flows[flowKey{j.siteOf(r.Worker), r.Workflow}]; f != nil && f.leader == n {
			r.orphan = now
		}
	}
	for i := range j.state {
		for _, f := range j.state[i].flows {
			if f.leader == n {
				f.leader = core.NoNode
			}
		}
	}
}

// finishRuns makes the observations of all shards that ran.
func (j *jobs) finishRuns(end core.Instant) {
	for k := range j.res.Runs {
		r := &j.res.Runs[k]
		f := j.flows[flowKey{j.siteOf(r.Worker), r.Workflow}]
		if f == nil {
			continue
		}
		stop := min(r.Stop, end)
		if r.orphan != core.Never {
			r.OrphanTime += end.Sub(r.orphan)
		}
		o := j.aboutFlow(words.CoreSeconds, float64(float64(r.Cores)*seconds(stop.Sub(r.Start))), f)
		o.Type = r.use()
		j.keep(&o)
		if r.OrphanTime > 0 {
			o := j.aboutFlow(words.OrphanTime, seconds(r.OrphanTime), f)
			j.keep(&o)
		}
		if d := j.beside(r, f, end); d > 0 {
			o := j.aboutFlow(words.DuplicateWork, float64(float64(r.Cores)*seconds(d)), f)
			j.keep(&o)
		}
	}
}

// use returns what came of r, by its place in words.Uses.
func (r *ShardRun) use() uint8 {
	switch {
	case r.Counted:
		return 0
	case r.End == RunLost:
		return 1
	case r.End == RunCancelled || r.End == RunKilled:
		return 2
	case r.End == RunFailed:
		return 3
	case r.End == RunCompleted:
		return 4
	}
	return 5
}

// beside returns how long r ran while a later attempt of its workflow ran, too.
func (j *jobs) beside(r *ShardRun, f *flow, end core.Instant) core.Duration {
	from, to := core.Never, core.Instant(0)
	for _, k := range f.runs {
		if x := &j.res.Runs[k]; x.Attempt > r.Attempt {
			from, to = min(from, max(x.Start, r.Start)), max(to, min(x.Stop, r.Stop, end))
		}
	}
	return max(0, to.Sub(from))
}
