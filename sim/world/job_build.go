package world

import (
	"fmt"
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	corenode "hypersim/core/node"
	"hypersim/core/registry"
	"hypersim/core/rng"
	"hypersim/scenarios"
	"hypersim/sim/workload"
)

// canceller takes jobs of a workload back.
type canceller struct {
	workload int
	key      uint64
	share    float64
	delay    rng.Dist
	from, to core.Instant
	other    bool // by way of a gate that does not lead the job
	again    int  // so many times more,
	every    core.Duration
	flows    int  // so many workflows of each job instead of all of it,
	alone    bool // without those that need them
}

// buildSpecs turns the scenario's workloads into the plain numbers of sim/workload.
func (w *World) buildSpecs() error {
	list := w.sc.Workloads
	w.specs, w.arrivals, w.cancels = make([]workload.Spec, len(list)), make([]workload.Arrivals, len(list)), make([][]canceller, len(list))
	for i := range list {
		l := &list[i]
		if q := l.Query; q != nil {
			s := workload.Spec{Index: i, Key: rng.Key(l.ID), From: l.From, To: l.To, Arrival: arrival(&q.Arrival), Clients: q.Clients, Mix: make([]workload.Kind, 1)}
			w.specs[i], w.arrivals[i] = s, workload.NewArrivals(&s, w.sc.Seed)
		}
		if l.Jobs == nil {
			continue
		}
		s := workload.Spec{
			Index: i, Key: rng.Key(l.ID), From: l.From, To: l.To, Arrival: arrival(&l.Jobs.Arrival), Clients: l.Jobs.Clients,
			Owners: l.Jobs.Owners, Preferred: l.Jobs.Preference.Sites, Prefer: l.Jobs.Preference.Share,
		}
		for k := range l.Jobs.Mix {
			kind, err := w.jobKind(&l.Jobs.Mix[k])
			if err != nil {
				return fmt.Errorf("workload %q: duration: %w", l.ID, err)
			}
			s.Mix = append(s.Mix, kind)
		}
		w.specs[i], w.arrivals[i] = s, workload.NewArrivals(&s, w.sc.Seed)
	}
	for i := range list {
		c := list[i].Cancel
		if c == nil {
			continue
		}
		delay, err := c.Delay.Build()
		if err != nil {
			return fmt.Errorf("workload %q: delay: %w", list[i].ID, err)
		}
		w.cancels[c.Of] = append(w.cancels[c.Of], canceller{
			i, rng.Key(list[i].ID), c.Share, delay, core.Instant(list[i].From), core.Instant(list[i].To),
			c.OtherGate, c.Again, c.Every, c.Workflows, c.Alone,
		})
	}
	return nil
}

// processes are those of sim/workload, by the words of files.
var processes = map[string]workload.Process{
	scenarios.ArriveOnce: workload.Once, scenarios.ArriveConstant: workload.Constant, scenarios.ArrivePoisson: workload.Poisson,
	scenarios.ArriveBurst: workload.Burst, scenarios.ArriveOnOff: workload.OnOff, scenarios.ArriveRamp: workload.Ramp,
	scenarios.ArriveDiurnal: workload.Diurnal, scenarios.ArriveTrace: workload.Trace,
}

func arrival(a *scenarios.Arrival) workload.Arrival {
	out := workload.Arrival{
		Process: processes[a.Process], Count: a.Count, Rate: a.Rate, Every: a.Every, On: a.On, Off: a.Off,
		Period: a.Period, Phase: a.Phase, Amplitude: a.Amplitude, At: a.At,
	}
	if out.Process == workload.Ramp {
		out.Rate, out.Last = a.First, a.Last
	}
	return out
}

func (w *World) jobKind(k *scenarios.JobKind) (workload.Kind, error) {
	d, err := k.Duration.Build()
	if err != nil {
		return workload.Kind{}, err
	}
	repeat := workload.Repeat{Share: k.Repeat.Share, Other: k.Repeat.OtherGate, Altered: k.Repeat.Altered, After: k.Repeat.AgainAfter}
	if repeat.Share > 0 {
		if repeat.Delay, err = k.Repeat.Delay.Build(); err != nil {
			return workload.Kind{}, err
		}
	}
	return workload.Kind{
		Share: k.Share, Needs: k.Needs, Priority: k.Priority, Cores: uint16(k.Cores), VUs: uint32(k.VUs), Timeout: k.Timeout,
		Payload: uint32(k.Payload), Targets: uint16(k.Targets), Of: k.Of, Duration: d, Stop: k.Stop,
		Stuck: w.trouble(&k.Stuck), Fail: w.trouble(&k.Fail), Slow: w.trouble(&k.Slow), Extend: w.trouble(&k.Extend), Leaders: k.Leaders, Hurries: k.EveryFlush,
		StatsRate: k.Stats.Rate, StatsBytes: uint32(k.Stats.Bytes), Repeat: repeat,
	}, nil
}

func (w *World) trouble(t *scenarios.Trouble) workload.Trouble {
	out := workload.Trouble{Share: t.Share, After: t.After, Factor: t.Factor}
	if t.Sites != nil {
		out.Sites = make([]bool, len(w.sc.Cluster.Sites))
		for _, i := range t.Sites {
			out.Sites[i] = true
		}
	}
	return out
}

// buildTold lists what the processes of each site are told about jobs. A client asks the manager of its own site; where
// there is none, all that there are.
func (w *World) buildTold() {
	sites := len(w.sc.Cluster.Sites)
	w.told = make([]corenode.Work, sites+1)
	for i := range w.told {
		w.told[i].Book, w.told[i].Cores, w.told[i].Stats = &w.codec, w.sc.Cluster.CoresPerWorker, w.sc.HasStats()
	}
	for i := range w.sc.Nodes {
		s := &w.sc.Nodes[i]
		t := &w.told[s.Site]
		switch {
		case s.Ghost, s.Outside && s.Role == core.RoleManager:
		case s.Role == core.RoleManager:
			t.Managers = append(t.Managers, s.ID)
			w.told[sites].Managers = append(w.told[sites].Managers, s.ID)
		case s.Role == core.RoleWorker:
			if t.Count == 0 {
				t.First = s.ID
			}
			t.Count = int(s.ID-t.First) + 1
			if w.formedNode(s.ID) {
				t.Formed = append(t.Formed, s.ID)
			}
		}
	}
	gates, bySite := w.servers()
	ring, spoken := job.RingOf(&w.codec, gates), w.spoken()
	for i := range w.told {
		w.told[i].Gates, w.told[i].BySite, w.told[i].Ring, w.told[i].Spoken = gates, bySite, ring, spoken
	}
}

// spoken lists what the first processes speak, the zero version for those that come later; nil where all speak the same.
func (w *World) spoken() []registry.Version {
	list := make([]registry.Version, len(w.sc.Nodes))
	mixed := false
	for i := range list {
		if s := &w.sc.Nodes[i]; !s.Absent && s.Start == 0 {
			list[i] = s.Version
		}
		mixed = mixed || list[i] != list[0]
	}
	if !mixed {
		return nil
	}
	return list
}

// servers lists the gates, and the managers of each site, late joiners included.
func (w *World) servers() (gates []core.NodeID, bySite [][]core.NodeID) {
	bySite = make([][]core.NodeID, len(w.sc.Cluster.Sites))
	for i := range w.sc.Nodes {
		s := &w.sc.Nodes[i]
		switch {
		case s.Ghost, s.Outside:
		case s.Role == core.RoleGate:
			gates = append(gates, s.ID)
		case s.Role == core.RoleManager:
			bySite[s.Site] = append(bySite[s.Site], s.ID)
		}
	}
	slices.Sort(gates)
	for _, m := range bySite {
		slices.Sort(m)
	}
	return gates, bySite
}

// toldTo returns what a process is told about jobs, nil in a run without.
func (w *World) toldTo(spec *scenarios.NodeSpec) *corenode.Work {
	if !w.has {
		return nil
	}
	t := w.told[spec.Site]
	if spec.Role == core.RoleClient && len(t.Managers) == 0 {
		t = w.told[len(w.told)-1]
	}
	t.Meter = &w.meters[spec.ID]
	return &t
}
