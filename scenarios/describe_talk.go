package scenarios

// What it costs, in events, that jobs have several to look after them: counted in runs of one workflow in three sites, of
// two in three, and of one in one of three.
const (
	eventsPerCall   = 3 // a request, its ack, and the alarm that it leaves behind or the timer that it was sent at
	eventsPerPush   = 1 // to a client, who does not answer
	pushesPerReport = 0.4

	gateChanges         = 6   // of a job that its gate tells its peers of,
	gateChangesPerShard = 1.3 // and of each shard of it
	siteChanges         = 2   // the same of a manager
	siteChangesPerShard = 3
	callsPerPlacement   = 1.5 // a request to each peer for the room of a shard, and a commit to most
)

// talk is who looks after jobs: gates, and the managers of sites that run them.
type talk struct {
	gates, managers, sites float64
}

func (s *Scenario) talk() (t talk) {
	for i := range s.Cluster.Sites {
		c := &s.Cluster.Sites[i]
		t.gates += float64(c.Gates)
		t.managers += float64(c.Managers)
		if c.Managers > 0 {
			t.sites++
		}
	}
	t.sites = max(1, t.sites)
	return t
}

// peers is how many others a gate has, and how many a manager has in its site.
func (t *talk) peers() (gates, managers float64) {
	return max(0, t.gates-1), max(0, t.managers/t.sites-1)
}

// sitesOf is in how many sites a job of a kind runs.
func (t *talk) sitesOf(k *JobKind) float64 {
	return min(t.sites, float64(max(1, k.Targets, len(k.Of))))
}

// beats is how many events a second it takes to say who is there: gates and managers tell each other, and whoever may
// hold jobs tells its peers which. Of the managers of a site the leader holds all.
func (t *talk) beats(s *Scenario) float64 {
	c := s.Protocol.Default()
	pairs := t.gates * t.managers
	rate := pairs/c.Job.Register.ManagerBeat.Seconds() + pairs/c.Job.Register.GateBeat.Seconds()
	gates, managers := t.peers()
	rate += (float64(t.gates*gates) + float64(t.sites*managers)) / c.Replica.Lease.Interval.Seconds()
	return eventsPerCall * rate
}

// jobs is how many events it takes to keep peers informed of so many jobs with so many shards, over their lives.
func (t *talk) jobs(n, shards float64) float64 {
	gates, managers := t.peers()
	calls := managers * (float64(siteChanges*n) + float64(siteChangesPerShard*shards) + float64(callsPerPlacement*shards))
	if t.gates > 0 {
		calls += gates * (float64(gateChanges*n) + float64(gateChangesPerShard*shards))
	}
	return eventsPerCall * calls
}

// running is how many events it takes that gates and clients follow shards that run so many seconds in all.
func (t *talk) running(s *Scenario, busy float64) float64 {
	if t.gates == 0 {
		return 0
	}
	c := s.Protocol.Default()
	each := float64(eventsPerCall+eventsPerPush*pushesPerReport) / c.Job.Progress.Push.Seconds()
	return busy * (each + eventsPerCall/c.Timeout.Job.Report.Seconds())
}
