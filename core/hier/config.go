package hier

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Config holds the configuration keys of spec 10 §8. The tags are those of swim.Config.
type Config struct {
	Job  Job  `key:"job"`
	Hier Hier `key:"hier"`
}

// Job is the job layer. The role variants exist because a gate hears of a scope less often than a manager.
type Job struct {
	Min             core.Duration `key:"min" range:"(0,inf)" doc:"least timeout of a job suspicion, where no role variant applies; shorter: work of the dead is taken up by others sooner, and the slow have less time to show progress"`
	Max             core.Duration `key:"max" range:"(0,inf)" doc:"largest timeout of a job suspicion, where no role variant applies; longer: one source alone that is mistaken does less harm, and a true one waits longer"`
	ManagerMin      core.Duration `key:"manager_min" range:"(0,inf)" ref:"job.min (manager)" doc:"least timeout of a job suspicion at a manager; shorter: work of the dead is taken up by others sooner, and the slow have less time to show progress"`
	ManagerMax      core.Duration `key:"manager_max" range:"(0,inf)" ref:"job.max (manager)" doc:"largest timeout of a job suspicion at a manager; longer: one source alone that is mistaken does less harm, and a true one waits longer"`
	GateMin         core.Duration `key:"gate_min" range:"(0,inf)" ref:"job.min (gate)" doc:"least timeout of a job suspicion at a gate; shorter: work of the dead is taken up by others sooner, and the slow have less time to show progress"`
	GateMax         core.Duration `key:"gate_max" range:"(0,inf)" ref:"job.max (gate)" doc:"largest timeout of a job suspicion at a gate; longer: one source alone that is mistaken does less harm, and a true one waits longer"`
	K               int           `key:"k" range:"[0,7]" doc:"distinct further sources that bring the timeout to its least; more: one source alone needs longer, so fewer are given up wrongly and others later; 0: the timeout is the least from the start"`
	ProgressGap     core.Duration `key:"progress_gap" range:"(0,inf)" doc:"active work without progress for this long is suspected; shorter: stuck work is found sooner, and work with long steps is suspected; longer: the reverse"`
	ProgressTimeout core.Duration `key:"progress_timeout" range:"[0.001,86400]" ref:"AD-30: the stream's own" doc:"how long a worker tries to deliver one progress message; the next one says more; longer: gets through more jams, and old news with it; shorter: less waits at once"`
	CheckInterval   core.Duration `key:"check_interval" range:"[0.001,86400]" doc:"how often gaps are looked for; shorter: a gap is found sooner, for a walk over all scopes each time"`
	MaxPerScope     int           `key:"max_per_scope" range:"[1,65535]" doc:"suspicions and DEAD_JOB marks per scope; refuse when full; more: large jobs are covered, for memory; fewer: one job cannot fill the node"`
	MaxTotal        int           `key:"max_total" range:"[1,1000000]" doc:"suspicions and DEAD_JOB marks per node; refuse when full; more: more jobs are covered, for memory; fewer: a mass failure is followed in part"`
}

// Hier is what holds the two layers together.
type Hier struct {
	ReconcileInterval core.Duration `key:"reconcile_interval" range:"[0.001,86400]" doc:"how often the combination rules are checked; shorter: the layers agree sooner about a death, for a walk each time"`
}

// Default returns the constants of spec 10 §8.
func Default() Config {
	return Config{
		Job: Job{
			Min: time.Second, Max: 10 * time.Second,
			ManagerMin: 2 * time.Second, ManagerMax: 15 * time.Second,
			GateMin: 5 * time.Second, GateMax: 30 * time.Second,
			K: 2, ProgressGap: 60 * time.Second, ProgressTimeout: 10 * time.Second, CheckInterval: 15 * time.Second,
			MaxPerScope: 1000, MaxTotal: 50_000,
		},
		Hier: Hier{ReconcileInterval: 5 * time.Second},
	}
}

// Validate reports every relation between keys that does not hold, as swim.Config.Validate does.
func (c *Config) Validate() error {
	var errs []error
	for _, p := range [...]struct {
		role   string
		lo, hi core.Duration
	}{{"", c.Job.Min, c.Job.Max}, {"manager_", c.Job.ManagerMin, c.Job.ManagerMax}, {"gate_", c.Job.GateMin, c.Job.GateMax}} {
		if p.lo > p.hi {
			errs = append(errs, fmt.Errorf("job.%[1]smin = %[2]v: must not be above job.%[1]smax = %[3]v", p.role, p.lo, p.hi))
		}
	}
	if c.Job.MaxPerScope > c.Job.MaxTotal {
		errs = append(errs, fmt.Errorf("job.max_per_scope = %d: must not be above job.max_total = %d", c.Job.MaxPerScope, c.Job.MaxTotal))
	}
	return errors.Join(errs...)
}

// bounds returns Min and Max for a node of the role, before the factor of local health.
func (j *Job) bounds(r core.Role) (lo, hi core.Duration) {
	switch r {
	case core.RoleManager:
		return j.ManagerMin, j.ManagerMax
	case core.RoleGate:
		return j.GateMin, j.GateMax
	case core.RoleWorker, core.RoleClient:
	}
	return j.Min, j.Max
}
