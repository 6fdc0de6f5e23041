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
	t := s.talk()
	p.Events += t.beats(s) * total
	for i := range s.Workloads {
		w := &s.Workloads[i]
		if w.Probe != nil {
			p.Events += float64(w.Probe.Pinned) * float64(w.To-w.From) / float64(w.Interval)
		}
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
			jobs := n * kind.Share / weights
			shards := float64(jobs * float64(len(kind.Needs)) * t.sitesOf(kind))
			if each := s.Cluster.CoresPerWorker; kind.Cores > each {
				shards *= float64((kind.Cores + each - 1) / each)
			}
			busy := min(shards*s.runs(kind, t.sitesOf(kind)), cores*total)
			p.Events += eventsPerShard*shards + eventsPerReport*busy/c.Progress.Interval.Seconds()
			p.Events += t.jobs(jobs, shards) + t.running(s, busy)
			p.Memory += int64(memoryPerShard * shards)
		}
	}
}

// runs is how long a shard of a kind of job runs on average, in seconds, where it runs in so many sites. It ends when its
// job's time is up, one that is stuck when it has not got on for too long: at the next look, half an interval later.
func (s *Scenario) runs(k *JobKind, sites float64) float64 {
	total := s.Duration.Seconds()
	mean := total
	if d, err := k.Duration.Build(); err == nil {
		mean = min(total, d.Mean())
	}
	if k.Slow.Share > 0 {
		mean *= 1 + float64(k.Slow.befalls(sites)*(k.Slow.Factor-1))
	}
	c := s.Protocol.Default()
	limit := min(total, (k.Timeout + min(c.Job.Dispatch.LimitSlack, c.Timeout.Job.Check/2)).Seconds())
	stuck := min(limit, (k.Stuck.After + c.Timeout.Job.Stuck + c.Timeout.Job.Check/2).Seconds())
	share := k.Stuck.befalls(sites)
	return float64((1-share)*min(limit, mean)) + float64(share*stuck)
}

// befalls is the share of the shards of a job in so many sites that t befalls.
func (t *Trouble) befalls(sites float64) float64 {
	if t.Sites == nil {
		return t.Share
	}
	return t.Share * min(1, float64(len(t.Sites))/sites)
}
