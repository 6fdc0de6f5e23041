package scenarios

// What jobs cost, in events: fitted to runs of 60 jobs of 1 and 4 workflows that take 1, 11 and 61 s (within 5 % of each).
const (
	eventsPerJob    = 16   // it arrives, is handed in, followed, and its end told
	eventsPerShard  = 10   // sent, accepted, ended, its result taken
	eventsPerReport = 4    // of a running shard: its timer, the report, its ack
	sharePerCheck   = 0.57 // a check of an idle worker often falls together with another wake-up

	memoryPerJob   = 3 << 10 // what is kept of a job until the end of a run: its row, and observations of it
	memoryPerShard = 1 << 10
)

// jobs adds what jobs cost.
func (p *Plan) jobs(s *Scenario) {
	if !s.HasJobs() {
		return
	}
	c := &s.Protocol.Default().Job
	total, workers := s.Duration.Seconds(), 0.0
	for _, site := range s.Cluster.Sites {
		workers += float64(site.Workers)
	}
	checks := 1/c.Orphan.Check.Seconds() + 1/c.Cancel.PollInterval.Seconds()
	p.Events += float64(sharePerCheck * checks * workers * total)
	cores := workers * float64(s.Cluster.CoresPerWorker)
	for i := range s.Workloads {
		w := &s.Workloads[i]
		if w.Jobs == nil {
			continue
		}
		n := w.Jobs.Arrival.Expected(w.To - w.From)
		weights := 0.0
		for k := range w.Jobs.Mix {
			weights += w.Jobs.Mix[k].Share
		}
		p.Jobs += n
		p.Events += eventsPerJob * n
		p.Memory += int64(memoryPerJob * n)
		for k := range w.Jobs.Mix {
			kind := &w.Jobs.Mix[k]
			shards := float64(n * kind.Share / weights * float64(len(kind.Needs)))
			if each := s.Cluster.CoresPerWorker; kind.Cores > each {
				shards *= float64((kind.Cores + each - 1) / each)
			}
			busy := min(shards*s.runs(kind), cores*total)
			p.Events += eventsPerShard*shards + eventsPerReport*busy/c.Progress.Interval.Seconds()
			p.Memory += int64(memoryPerShard * shards)
		}
	}
}

// runs is how long a shard of a kind of job runs on average, in seconds; one that is stuck to its worker's limit.
func (s *Scenario) runs(k *JobKind) float64 {
	total := s.Duration.Seconds()
	mean := total
	if d, err := k.Duration.Build(); err == nil {
		mean = min(total, d.Mean())
	}
	if k.Slow.Share > 0 {
		mean *= 1 + float64(k.Slow.Share*(k.Slow.Factor-1))
	}
	limit := (k.Timeout + s.Protocol.Default().Job.Dispatch.LimitSlack).Seconds()
	return min(total, float64((1-k.Stuck.Share)*mean)+float64(k.Stuck.Share*limit))
}
