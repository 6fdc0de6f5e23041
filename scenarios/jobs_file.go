package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hypersim/scenarios/form"

	"hypersim/core"
	"hypersim/core/job"
)

// arrivalT is an arrival process.
type arrivalT struct {
	Process   string         `key:"process" required:"true" enum:"once,constant,poisson,burst,onoff,ramp,diurnal,trace" doc:"once: count jobs at the start; constant: evenly at a rate; poisson: independent of each other at a rate; burst: count at once, every so often; onoff: poisson while on, nothing while off; ramp: poisson at a rate that goes from one to another; diurnal: poisson at a rate that swings; trace: when a file says"`
	Count     *int           `key:"count" range:"[1,10000000]" doc:"once, burst: jobs"`
	Rate      *perTimeT      `key:"rate" range:"(0,1000000]" doc:"constant, poisson, onoff, diurnal: jobs per time"`
	Every     *core.Duration `key:"every" range:"[0.001,inf)" doc:"burst: from one to the next"`
	On        *core.Duration `key:"on" range:"[0.001,inf)" doc:"onoff: time with arrivals; it begins with this"`
	Off       *core.Duration `key:"off" range:"[0.001,inf)" doc:"onoff: time without"`
	From      *perTimeT      `key:"from" range:"[0,1000000]" doc:"ramp: jobs per time at the start"`
	To        *perTimeT      `key:"to" range:"[0,1000000]" doc:"ramp: jobs per time at the end"`
	Amplitude *float64       `key:"amplitude" range:"[0,1]" doc:"diurnal: share of the rate by which it swings"`
	Period    *core.Duration `key:"period" range:"[0.001,inf)" doc:"diurnal: of one swing"`
	File      string         `key:"file" doc:"trace: path of a CSV with the header t_s,jobs, or t_s alone: seconds from the start of the workload, ascending, and how many jobs arrive then"`
	Phase     *core.Duration `key:"phase" range:"[0,inf)" doc:"diurnal: how far the swing is at the start (default 0s: at the mean, rising)"`
}

// arrivalKeys are the keys of each process beside process itself.
var arrivalKeys = map[string]struct{ need, may []string }{
	ArriveOnce:     {need: []string{"count"}},
	ArriveConstant: {need: []string{"rate"}},
	ArrivePoisson:  {need: []string{"rate"}},
	ArriveBurst:    {need: []string{"count", "every"}},
	ArriveOnOff:    {need: []string{"rate", "on", "off"}},
	ArriveRamp:     {need: []string{"from", "to"}},
	ArriveDiurnal:  {need: []string{"rate", "amplitude", "period"}, may: []string{"phase"}},
	ArriveTrace:    {need: []string{"file"}},
}

// jobT is what jobs of a workload are.
type jobT struct {
	Workflows *int           `key:"workflows" range:"[1,10000]" doc:"how many a job has (default 1; with edges: as many as they name)"`
	Shape     string         `key:"shape" enum:"independent,chain,fan,edges" doc:"independent: nobody waits; chain: each needs the one before; fan: all need the first, the last needs all; edges: as edges say (default independent; edges where they are given)"`
	Edges     [][]int        `key:"edges" doc:"pairs [a, b] of workflows, counted from 1: b needs a"`
	Priority  string         `key:"priority" enum:"auto,low,normal,high,exclusive" doc:"auto: what is left, evenly; low, normal, high: by virtual users, the higher first; exclusive: alone in its job (default auto)"`
	Cores     *int           `key:"cores" range:"[0,65535]" doc:"exact demand of a workflow, on one or several workers; 0: a share of what there is (default 1)"`
	VUs       *int           `key:"vus" range:"[1,4294967295]" doc:"virtual users of a workflow (default: its cores, at least 1)"`
	Duration  Dist           `key:"duration" required:"true" unit:"s" range:"[0,31536000]" doc:"how long a shard runs, whatever cores it got; draws are kept below a year"`
	Timeout   *core.Duration `key:"timeout" range:"(0,86400]" doc:"of the job (default 300s)"`
	Stop      *core.Duration `key:"stop" range:"[0,3600]" doc:"a shard ends this long after it was told to (default 0.1s)"`
	Targets   *targetsT      `key:"targets" doc:"datacenters that the job runs in, all of it in each (default any = 1); needs gates"`
	Payload   *form.Bytes    `key:"payload" range:"[0,1073741824]" doc:"size of what a workflow carries (default 0B)"`
	Progress  string         `key:"progress" enum:"every-interval,every-flush" doc:"how often workers tell how far a shard is: every protocol.progress.interval, or every protocol.progress.flush (default every-interval)"`
	Leader    *Selector      `key:"leader" doc:"whom the job is handed to first: a gate, or a manager where there are no gates; several in turn (default: its owner by the ring, else all in turn)"`
	Stats     *statsT        `key:"stats" doc:"statistics that shards have beside how far they are, and that clients see in windows (default none)"`
	Stuck     *troubleT      `key:"stuck" doc:"workflows that get nowhere and do not end"`
	Fail      *troubleT      `key:"fail" doc:"workflows that fail by themselves"`
	Slow      *troubleT      `key:"slow" doc:"workflows that take longer"`
	Repeat    *repeatJobT    `key:"repeat" doc:"jobs that their client hands in again under the same id, as it would that does not trust the answer (default none)"`
	Extend    *troubleT      `key:"extend" doc:"workflows that know how long they take, and ask for more time when their job has too little; stuck ones ask too (default none)"`
}

// troubleT is what befalls some workflows.
type troubleT struct {
	Share  *float64       `key:"share" range:"[0,1]" doc:"of the workflows (default all)"`
	Sites  *sitesT        `key:"sites" doc:"only where they run there: names of sites, or how many of them are drawn (default everywhere)"`
	After  *core.Duration `key:"after" range:"[0,31536000]" doc:"stuck, fail: this long into the run of a shard (default: stuck at once, failed at its end)"`
	Factor *float64       `key:"factor" range:"(0,10000]" doc:"slow: times the duration"`
}

// repeatJobT is a share of the jobs that are handed in again.
type repeatJobT struct {
	Share      *float64       `key:"share" range:"[0,1]" doc:"of the jobs (default all)"`
	Delay      Dist           `key:"delay" required:"true" unit:"s" range:"[0,31536000]" doc:"from the first time"`
	Via        string         `key:"via" enum:"same,other-gate" doc:"to whom: the gate that leads the job as far as its client knows, or another one (default same)"`
	Altered    bool           `key:"altered" doc:"it is another job under the same id, which must be refused (default false)"`
	AgainAfter *core.Duration `key:"again_after" range:"[0.001,31536000]" doc:"and so long after that once more (default never)"`
}

type mixedT struct {
	Share float64 `key:"share" required:"true" range:"(0,1000000]" doc:"weight: jobs of this kind for each of the others'"`
	Job   jobT    `key:"job" required:"true" doc:"what they are"`
}

// onlyKeys reports keys that do not go with a choice, and those that do and are missing.
func (l *loader) onlyKeys(n *form.Node, key, what string, need, may []string, all []string) bool {
	before := len(l.b.Problems)
	for _, name := range n.Names() {
		if slices.Contains(all, name) && !slices.Contains(need, name) && !slices.Contains(may, name) {
			l.b.AtKey(n.Kids[name], form.Join(key, name), "%s has no such key (takes %s)", what, form.OneOf(append(slices.Clone(need), may...)))
		}
	}
	for _, name := range need {
		if n.Kid(name) == nil {
			l.b.Missing(n, form.Join(key, name), "%s needs one", what)
		}
	}
	return len(l.b.Problems) == before
}

// arrival checks and copies an arrival process.
func (l *loader) arrival(t *arrivalT, n *form.Node, key string) (a Arrival) {
	rule, ok := arrivalKeys[t.Process]
	if n == nil || !n.IsTable || !ok {
		return a // reported
	}
	var all []string
	for _, r := range arrivalKeys {
		all = append(append(all, r.need...), r.may...)
	}
	if !l.onlyKeys(n, key, "a process "+t.Process, rule.need, rule.may, all) {
		return a
	}
	a = Arrival{
		Process: t.Process, Count: val(t.Count), Rate: float64(val(t.Rate)), First: float64(val(t.From)), Last: float64(val(t.To)),
		Every: val(t.Every), On: val(t.On), Off: val(t.Off), Amplitude: val(t.Amplitude), Period: val(t.Period), Phase: val(t.Phase),
	}
	if t.Process == ArriveTrace && n.Kid("file") != nil {
		a.File = t.File
		a.At = l.arrivalsFile(t.File, n.Kid("file"), key+".file")
	}
	if t.Process == ArriveRamp && a.First+a.Last <= 0 {
		l.b.Wrong(n.Kid("to"), key+".to", "a ramp from 0 to 0 brings no jobs")
	}
	return a
}

// val returns what p points to, zero if that is nothing.
func val[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// given returns what p points to, else v.
func given[T any](p *T, v T) T {
	if p != nil {
		return *p
	}
	return v
}

// jobKind checks and copies what jobs are.
func (l *loader) jobKind(t *jobT, n *form.Node, key string) JobKind {
	k := JobKind{
		Share: 1, Cores: given(t.Cores, 1), VUs: val(t.VUs), Duration: t.Duration, Timeout: given(t.Timeout, 300*time.Second),
		Stop: given(t.Stop, 100*time.Millisecond), Payload: int64(val(t.Payload)),
		Stuck:   l.trouble(t.Stuck, n.Kid("stuck"), key+".stuck", "after"),
		Fail:    l.trouble(t.Fail, n.Kid("fail"), key+".fail", "after"),
		Slow:    l.trouble(t.Slow, n.Kid("slow"), key+".slow", "factor"),
		Leaders: l.asked(t.Leader), EveryFlush: t.Progress == "every-flush",
		Extend: l.trouble(t.Extend, n.Kid("extend"), key+".extend", ""),
	}
	if t.Stats != nil {
		k.Stats = Statistics{Rate: float64(t.Stats.Rate), Bytes: int64(t.Stats.Bytes)}
	}
	if k.VUs == 0 {
		k.VUs = max(1, k.Cores)
	}
	for p := range job.Priority(job.NumPriorities) {
		if p.String() == t.Priority {
			k.Priority = p
		}
	}
	k.Targets, k.Of = l.targets(t.Targets, n.Kid("targets"), key+".targets")
	k.Needs = l.shape(t, n, key)
	if r := t.Repeat; r != nil && n.Kid("repeat") != nil {
		k.Repeat = RepeatJob{Share: given(r.Share, 1), Delay: r.Delay, OtherGate: r.Via == "other-gate", Altered: r.Altered, AgainAfter: val(r.AgainAfter)}
		if k.Repeat.OtherGate {
			l.needsGates(n.Kid("repeat").Kid("via"), key+".repeat.via")
		}
	}
	return k
}

// shape returns which workflows each one needs.
func (l *loader) shape(t *jobT, n *form.Node, key string) [][]uint32 {
	shape := t.Shape
	if edges := n.Kid("edges"); edges != nil {
		if shape != "" && shape != ShapeEdges {
			l.b.AtKey(edges, key+".edges", `go with shape = "edges"`)
			return nil
		}
		shape = ShapeEdges
	} else if shape == ShapeEdges {
		l.b.Missing(n, key+".edges", "this shape needs them")
		return nil
	}
	if shape == ShapeEdges {
		return l.edges(t, n, key)
	}
	needs := make([][]uint32, given(t.Workflows, 1))
	last := len(needs) - 1
	for i := range needs {
		switch {
		case i == 0:
		case shape == ShapeChain || shape == ShapeFan && i < last && i == 1 || shape == ShapeFan && last == 1:
			needs[i] = []uint32{uint32(i)}
		case shape == ShapeFan && i < last:
			needs[i] = []uint32{1}
		case shape == ShapeFan:
			for k := 1; k < last; k++ {
				needs[i] = append(needs[i], uint32(k+1))
			}
		}
	}
	return needs
}

// edges reads pairs of workflows, and refuses circles.
func (l *loader) edges(t *jobT, n *form.Node, key string) [][]uint32 {
	at := n.Kid("edges")
	most := 0
	for i, e := range t.Edges {
		if len(e) != 2 || e[0] < 1 || e[1] < 1 || e[0] == e[1] || max(e[0], e[1]) > 10_000 {
			l.b.Wrong(at, form.Element(key+".edges", i), "must be a pair of two workflows, counted from 1, such as [1, 2]")
			return nil
		}
		most = max(most, e[0], e[1])
	}
	count := given(t.Workflows, max(most, 1))
	if count < most {
		l.b.Wrong(n.Kid("workflows"), key+".workflows", "edges name workflow %d", most)
		return nil
	}
	needs := make([][]uint32, count)
	waits := make([]int, count)
	for _, e := range t.Edges {
		if !slices.Contains(needs[e[1]-1], uint32(e[0])) {
			needs[e[1]-1] = append(needs[e[1]-1], uint32(e[0]))
			waits[e[1]-1]++
		}
	}
	for done := 0; done < count; done++ { // take away one that waits for nobody
		i := slices.Index(waits, 0)
		if i < 0 {
			l.b.Wrong(at, key+".edges", "go round in a circle: no workflow of those left can be the first")
			return nil
		}
		waits[i] = -1
		for k := range needs {
			if slices.Contains(needs[k], uint32(i+1)) {
				waits[k]--
			}
		}
	}
	return needs
}

// trouble checks and copies what befalls workflows; own is the key that its kind takes beside those of all.
func (l *loader) trouble(t *troubleT, n *form.Node, key string, own string) (out Trouble) {
	if t == nil || n == nil || !n.IsTable {
		return out
	}
	all := []string{"after", "factor"}
	switch own {
	case "factor":
		l.onlyKeys(n, key, "slow", []string{own}, nil, all)
	case "":
		l.onlyKeys(n, key, "extend", nil, []string{"share", "sites"}, all)
	default:
		l.onlyKeys(n, key, "it", nil, []string{own}, all)
	}
	out = Trouble{Share: given(t.Share, 1), After: val(t.After), Factor: val(t.Factor)}
	if t.Sites != nil {
		out.Sites = l.troubledSites(t.Sites, n.Kid("sites"), key+".sites")
	}
	return out
}

// jobs resolves a workload of jobs.
func (l *loader) jobs(t *workloadT, n *form.Node, key string) *Jobs {
	j := &Jobs{Arrival: l.arrival(t.Arrival, n.Kid("arrival"), key+".arrival")}
	if t.Clients != nil {
		j.Clients = l.clients(t.Clients)
	} else {
		for i := range l.sc.Nodes {
			if l.sc.Nodes[i].Role == core.RoleClient {
				j.Clients = append(j.Clients, core.NodeID(i))
			}
		}
		if len(j.Clients) == 0 {
			l.b.Wrong(n.Kid("kind"), key+".kind", "there is nobody to hand in jobs: give cluster.clients, at least 1")
		}
	}
	j.Owners = l.owners(t.Owner, n.Kid("owner"), key+".owner")
	j.Preference = l.preference(t.Preference, n.Kid("preference"), key+".preference")
	job, mix := n.Kid("job"), n.Kid("mix")
	switch {
	case job != nil && mix != nil:
		l.b.AtKey(mix, key+".mix", "job is given too; one of them says what jobs are")
	case job != nil && t.Job != nil:
		j.Mix = append(j.Mix, l.jobKind(t.Job, job, key+".job"))
	case mix == nil || len(t.Mix) == 0:
		l.b.Missing(n, key+".job", "what are the jobs? (or mix, for several kinds)")
	}
	for i := range t.Mix {
		at := mix.Items[i].Kid("job")
		if at == nil {
			continue // reported
		}
		k := l.jobKind(&t.Mix[i].Job, at, form.Element(key+".mix", i)+".job")
		k.Share = t.Mix[i].Share
		j.Mix = append(j.Mix, k)
	}
	return j
}

// clients resolves a selector of clients; whoever else it matches hands in nothing.
func (l *loader) clients(s *Selector) (out []core.NodeID) {
	s.resolve(l.b, l.sc, false)
	if s.bad || !l.settled(s, "each job draws one of all that match") {
		return nil
	}
	for _, id := range s.Fixed {
		if n := &l.sc.Nodes[id]; n.Role == core.RoleClient && !n.Ghost {
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		l.b.Wrong(s.src, s.key, "matches no client; only clients hand in jobs (cluster.clients says how many each site has)")
	}
	return out
}

// cancels resolves the workloads of kind cancel, whose jobs may stand further down in the file.
func (l *loader) cancels(list []workloadT) {
	for i := range list {
		t, w := &list[i], &l.sc.Workloads[i]
		n, key := l.root.Kid("workload").Items[i], form.Element("workload", i)
		if w.Kind != WorkloadCancel || t.Jobs == nil || n.Kid("jobs") == nil {
			continue
		}
		of := slices.IndexFunc(l.sc.Workloads, func(w Workload) bool { return w.ID == *t.Jobs && w.Kind == WorkloadJobs })
		if of < 0 {
			var ids []string
			for k := range l.sc.Workloads {
				if l.sc.Workloads[k].Kind == WorkloadJobs {
					ids = append(ids, l.sc.Workloads[k].ID)
				}
			}
			l.b.Wrong(n.Kid("jobs"), key+".jobs", "no workload of jobs %q%s%s", *t.Jobs, form.Has(ids), form.DidYouMean(*t.Jobs, ids))
			continue
		}
		w.Cancel = &CancelJobs{Of: of, Share: given(t.Share, 1), Delay: val(t.Delay), OtherGate: val(t.Via) == "other-gate"}
		if w.Cancel.OtherGate {
			l.needsGates(n.Kid("via"), key+".via")
		}
		w.Cancel.Workflows, w.Cancel.Alone = val(t.Workflows), !given(t.Dependents, true)
		if w.Cancel.Alone && w.Cancel.Workflows == 0 {
			l.b.Wrong(n.Kid("dependents"), key+".dependents", "a job that is taken back whole leaves nobody behind; workflows says how many of each are")
		}
		if t.Repeat != nil {
			w.Cancel.Again, w.Cancel.Every = t.Repeat.Count, t.Repeat.Every
		}
	}
}

// jobWorld checks that the cluster can run jobs, in this stage: each site with workers has one manager, which leads all
// jobs there.
func (l *loader) jobWorld() {
	i := slices.IndexFunc(l.sc.Workloads, func(w Workload) bool { return w.Kind == WorkloadJobs })
	if i < 0 {
		if p := slices.IndexFunc(l.sc.Workloads, func(w Workload) bool { return w.Kind == WorkloadProbe }); p >= 0 {
			l.b.Wrong(l.root.Kid("workload").Items[p].Kid("kind"), form.Element("workload", p)+".kind", `gates choose datacenters for jobs, and there are none: add a [[workload]] of kind = "jobs"`)
		}
		for _, at := range l.clientKeys() {
			l.b.Wrong(at.n, at.key, `clients hand in jobs, and there are none: add a [[workload]] of kind = "jobs"`)
		}
		if at := l.root.Kid("cluster").Kid("cores_per_worker"); at != nil && l.sc.Cluster.CoresPerWorker != coresDefault {
			l.b.Wrong(at, "cluster.cores_per_worker", `cores run jobs, and there are none: add a [[workload]] of kind = "jobs"`)
		}
		return
	}
	at, key := l.root.Kid("workload").Items[i].Kid("kind"), form.Element("workload", i)+".kind"
	if l.flat() {
		l.b.Wrong(at, key, `jobs need protocol.membership.topology = "roles": in a flat group nobody leads`)
		return
	}
	workers := 0
	var lost []string
	for k, c := range l.sc.Cluster.Sites {
		name := l.sc.Topology.Sites[k].Name
		workers += c.Workers
		if c.Workers > 0 && c.Managers == 0 {
			lost = append(lost, fmt.Sprintf("%q", name))
		}
	}
	if lost != nil {
		l.b.Wrong(at, key, "a site with workers needs managers, which lead the jobs there; there are none in %s", strings.Join(lost, ", "))
	}
	if workers == 0 {
		l.b.Wrong(at, key, "no site has workers: nobody runs the jobs")
	}
	l.jobClusters(at, key)
}

// clusterMax is how many gates, and managers of a site, can lead jobs: members of a cluster count who has agreed by a bit each, of 64
// (core/replica, core/node/manager). Of 132 managers no majority would ever be counted, and no job would start.
const clusterMax = 64

// jobClusters checks that majorities of those that lead jobs can be counted.
func (l *loader) jobClusters(at *form.Node, key string) {
	gates := 0
	for k, c := range l.sc.Cluster.Sites {
		gates += c.Gates
		if c.Managers > clusterMax {
			l.b.Wrong(at, key, "at most %d managers of a site can lead jobs; there are %d in %q", clusterMax, c.Managers, l.sc.Topology.Sites[k].Name)
		}
	}
	if gates > clusterMax {
		l.b.Wrong(at, key, "at most %d gates can lead jobs; there are %d", clusterMax, gates)
	}
}

type keyAt struct {
	n   *form.Node
	key string
}

// clientKeys returns where the file asks for clients.
func (l *loader) clientKeys() (out []keyAt) {
	if at := l.root.Kid("cluster").Kid("clients"); at != nil && l.world.Cluster.Clients > 0 {
		out = append(out, keyAt{at, "cluster.clients"})
	}
	for i, s := range l.world.Topology.Sites {
		if s.Clients != nil && *s.Clients > 0 {
			out = append(out, keyAt{l.root.Kid("topology").Kid("sites").Items[i].Kid("clients"), form.Element("topology.sites", i) + ".clients"})
		}
	}
	return out
}

// coresDefault are the cores of a worker (spec 01 no. 73).
const coresDefault = 8
