package scenarios

import (
	"time"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// The structs of this file are the format (spec 40 §8.3): one field per key, in the file's terms. Load
// binds a tree to them, fills defaults and turns them into a Scenario. See bind.go for the tags.

// worldT is what a run is built from; it is bound first, expressions may name its values.
type worldT struct {
	Schema   int       `key:"schema" required:"true" range:"[1,1]" doc:"version of this format"`
	Scenario headT     `key:"scenario" required:"true" doc:"what it is, how long it takes"`
	Topology topologyT `key:"topology" doc:"where sites are"`
	Network  networkT  `key:"network" doc:"how links behave"`
	Node     nodeT     `key:"node" doc:"the host under each node"`
	Cluster  clusterT  `key:"cluster" doc:"who lives where, per site"`
}

// alternativesT is bound before all others: it says which values a run has.
type alternativesT struct {
	Variant []variantT `key:"variant" doc:"alternatives; a run takes the first"`
	Sweep   sweepT     `key:"sweep" doc:"grid of the sweep verb"`
	Compare compareT   `key:"compare" doc:"what the compare verb judges; changes no run"`
}

type headT struct {
	Name        string        `key:"name" required:"true" doc:"kebab-case; the name of its folder below results/"`
	Title       string        `key:"title" required:"true" doc:"one line"`
	Description string        `key:"description" doc:"free text"`
	Covers      []string      `key:"covers" doc:"decision numbers (AD-29) and items of the seed list (12.3)"`
	Tags        []string      `key:"tags" doc:"core marks the core set"`
	Seed        uint64        `key:"seed" range:"[0,9007199254740992]" doc:"base seed; a sweep's seeds replace it (default 1)"`
	Duration    core.Duration `key:"duration" required:"true" range:"(0,2147483]" doc:"virtual time of the run"`
	Warmup      core.Duration `key:"warmup" range:"[0,inf)" doc:"unmeasured start"`
	Settle      core.Duration `key:"settle" range:"[0,inf)" doc:"quiet end in which convergence is demanded (default 60s)"`
	Rest        core.Duration `key:"rest" range:"[0,inf)" doc:"the run ends in its settle time, once nothing has disturbed it for so long and it has come to rest; a longer rest sees more of what happens late and costs events, 0: it goes on to its end (default 0s)"`
	Budget      *budgetT      `key:"budget" doc:"a run that exceeds it stops, incomplete"`
}

type budgetT struct {
	Wall   core.Duration `key:"wall" range:"(0,inf)" doc:"wall-clock time"`
	Memory form.Bytes    `key:"memory" range:"(0,inf)" doc:"of the process"`
	Events uint64        `key:"events" range:"[1,inf)" doc:"events processed"`
}

type topologyT struct {
	Use        string      `key:"use" doc:"bundled topology or path of a topology file"`
	Matrix     string      `key:"matrix" doc:"bundled matrix or path of a matrix file"`
	Rows       [][]float64 `key:"rows" doc:"the matrix itself, in site order"`
	Form       string      `key:"form" enum:"square,upper,upper-diagonal,lower,lower-diagonal,wide,long,pairs,json,gml" doc:"form of a matrix file; told from its first lines when left out"`
	Column     string      `key:"column" doc:"value column of a long CSV"`
	FromColumn string      `key:"from_column" doc:"column of the senders of a long CSV; where one end has no column it is the file itself"`
	ToColumn   string      `key:"to_column" doc:"column of the receivers of a long CSV"`
	Repeated   string      `key:"repeated" enum:"median,mean,min,last,error" doc:"what a pair on several lines of a long CSV is worth (default median)"`
	Unit       string      `key:"unit" enum:"ms,s,us" doc:"of the matrix; required with a file or rows"`
	Kind       string      `key:"kind" enum:"rtt,one-way" doc:"rtt is halved per direction; required with a file or rows"`
	Symmetrize string      `key:"symmetrize" enum:"none,mean,min" doc:"what to do with two different directions (default none)"`
	Missing    string      `key:"missing" enum:"error,shortest-path" doc:"what to do with pairs without a value (default error)"`
	IntraRTT   string      `key:"intra_rtt" doc:"round trip between nodes of one site (default 0.5ms)"`
	PerNode    bool        `key:"per_node" doc:"the matrix has one row per node, in id order"`
	Snapshots  []snapshotT `key:"snapshots" doc:"matrices that replace the first during the run"`
	Generate   *generateT  `key:"generate" doc:"a synthetic network instead of a matrix"`
	Sites      []siteT     `key:"sites" doc:"the sites in order; with use: counts for sites of that topology"`
	Links      []linkRuleT `key:"links" doc:"single links; later entries win"`
}

type snapshotT struct {
	At     string `key:"at" required:"true" doc:"from the start of the run"`
	Matrix string `key:"matrix" required:"true" doc:"bundled matrix or path"`
}

type generateT struct {
	Kind       string  `key:"kind" required:"true" enum:"uniform,ring,star,geometric,line,grid,split,circle,random" doc:"shape"`
	Sites      int     `key:"sites" range:"[0,10000]" doc:"number of sites"`
	Nodes      int     `key:"nodes" range:"[0,20000]" doc:"number of nodes (per_node shapes)"`
	RTT        string  `key:"rtt" doc:"round trip of neighbours, see the topology format"`
	WAN        string  `key:"wan" doc:"round trip between the halves of split"`
	Deviation  string  `key:"deviation" doc:"standard deviation of random"`
	SideKM     float64 `key:"side_km" range:"[0,40000]" doc:"side of the square of geometric"`
	PathFactor float64 `key:"path_factor" range:"[0,100]" doc:"fibre length over beeline of geometric"`
	Seed       uint64  `key:"seed" range:"[0,9007199254740992]" doc:"of the shape itself; the run's seed does not move sites"`
}

type siteT struct {
	Name     string `key:"name" required:"true" doc:"unique"`
	Region   string `key:"region" doc:"label of the matrix row (default: the name)"`
	Group    string `key:"group" doc:"locality tier"`
	Gates    *int   `key:"gates" range:"[0,100000]" doc:"overrides cluster.gates"`
	Managers *int   `key:"managers" range:"[0,100000]" doc:"overrides cluster.managers"`
	Workers  *int   `key:"workers" range:"[0,1000000]" doc:"overrides cluster.workers"`
	Clients  *int   `key:"clients" range:"[0,100000]" doc:"overrides cluster.clients"`
}

// linkT is how a link behaves.
type linkT struct {
	Jitter    Dist           `key:"jitter" unit:"s" relative:"true" range:"[0,inf)" doc:"added to the base delay; a share of it with % (default |N(0, 5%)|)"`
	Loss      lossT          `key:"loss" doc:"lost datagrams"`
	Duplicate float64        `key:"duplicate" range:"[0,1]" doc:"probability that a datagram arrives twice"`
	Reorder   reorderT       `key:"reorder" doc:"datagrams held back"`
	Corrupt   float64        `key:"corrupt" range:"[0,1]" doc:"probability that a datagram fails its checksum"`
	Bandwidth form.Bandwidth `key:"bandwidth" range:"[1,1e15]" doc:"of the sender's egress (default 1Gbit/s)"`
	Queue     form.Bytes     `key:"queue" range:"(0,inf)" doc:"of the sender's egress, drop-tail (default 1MiB)"`
	MTU       form.Bytes     `key:"mtu" range:"[576,65535]" doc:"larger datagrams are refused at the sender (default 1400B)"`
	Drift     driftT         `key:"drift" doc:"base delays that change"`
}

type lossT struct {
	Model    string  `key:"model" enum:"none,bernoulli,gilbert-elliott" doc:"(default none; bernoulli where p is given)"`
	P        float64 `key:"p" range:"[0,1]" doc:"bernoulli: probability"`
	PGB      float64 `key:"p_gb" range:"[0,1]" doc:"gilbert-elliott: good to bad, per datagram"`
	PBG      float64 `key:"p_bg" range:"[0,1]" doc:"gilbert-elliott: bad to good, per datagram"`
	LossGood float64 `key:"loss_good" range:"[0,1]" doc:"gilbert-elliott: loss in the good state"`
	LossBad  float64 `key:"loss_bad" range:"[0,1]" doc:"gilbert-elliott: loss in the bad state"`
}

type reorderT struct {
	P     float64 `key:"p" range:"[0,1]" doc:"share of datagrams held back"`
	Extra Dist    `key:"extra" unit:"s" relative:"true" range:"[0,inf)" doc:"for how long"`
}

type driftT struct {
	Kind      string        `key:"kind" enum:"ramp,sine,walk" doc:"shape"`
	From      core.Duration `key:"from" range:"[0,8640000]" doc:"ramp: start"`
	To        core.Duration `key:"to" range:"[0,8640000]" doc:"ramp: end"`
	Factor    float64       `key:"factor" range:"(0,100]" doc:"ramp: times the base at the end"`
	Period    core.Duration `key:"period" range:"[0.001,8640000]" doc:"sine: of one oscillation"`
	Amplitude float64       `key:"amplitude" range:"[0,1)" doc:"sine: share of the base"`
	Step      core.Duration `key:"step" range:"[0.001,8640000]" doc:"walk: time between steps"`
	Sigma     float64       `key:"sigma" range:"[0,1]" doc:"walk: of the logarithm of a step"`
	Limit     float64       `key:"limit" range:"[1,100]" doc:"walk: largest factor, and its inverse the least (default 4)"`
}

type networkT struct {
	linkT
	Intra  *linkT  `key:"intra" doc:"links inside a site"`
	Inter  *linkT  `key:"inter" doc:"links between sites"`
	Codec  string  `key:"codec" enum:"struct,wire" doc:"wire encodes and decodes every message; same digest (default struct)"`
	Stream streamT `key:"stream" doc:"reliable streams"`
}

type streamT struct {
	RTOMin    core.Duration `key:"rto_min" range:"[0.001,86400]" doc:"first retransmission timeout (default 200ms)"`
	RTOMax    core.Duration `key:"rto_max" range:"[0.001,86400]" doc:"it doubles up to this (default 60s)"`
	IdleClose core.Duration `key:"idle_close" range:"(0,inf)" doc:"an unused stream is closed after this (default 60s)"`
}

type linkRuleT struct {
	From   string `key:"from" required:"true" doc:"site, or * for every one"`
	To     string `key:"to" required:"true" doc:"site, or * for every one"`
	Both   *bool  `key:"both" doc:"the way back too (default true)"`
	RTT    string `key:"rtt" doc:"replaces the matrix"`
	OneWay string `key:"one_way" doc:"replaces the matrix"`
	linkT
}

// hostT is the host under a node.
type hostT struct {
	Service    serviceT      `key:"service" doc:"time to handle a message: one distribution, or one per class (default 20us)"`
	Inbox      int           `key:"inbox" range:"[1,10000000]" doc:"messages; the lowest class is dropped first (default 10000)"`
	Discipline string        `key:"discipline" enum:"by-class,fifo" doc:"which message is served next (default by-class)"`
	Clock      clockT        `key:"clock" doc:"drawn once per node"`
	Memory     form.Bytes    `key:"memory" range:"[0,inf)" doc:"of the host, for overload detection: what jobs and statistics take of it; 0: not modelled (default 0B)"`
	Refuse     core.Duration `key:"refuse" range:"[0,3600]" doc:"what sending a request away costs the server, which then does nothing else; 0s: refusals are free, and shedding protects too well (default 20us)"`
}

type clockT struct {
	Offset   Dist `key:"offset" unit:"s" signed:"true" doc:"local time at the start of the run; draws are kept within a year"`
	DriftPPM Dist `key:"drift_ppm" unit:"ppm" signed:"true" doc:"parts per million that the clock runs fast; draws are kept within ±100000"`
}

type nodeT struct {
	hostT
	Gate    *hostT `key:"gate" doc:"gates only"`
	Manager *hostT `key:"manager" doc:"managers only"`
	Worker  *hostT `key:"worker" doc:"workers only"`
	Client  *hostT `key:"client" doc:"clients only"`
}

type clusterT struct {
	Gates          int        `key:"gates" range:"[0,100000]" doc:"per site"`
	Managers       int        `key:"managers" range:"[0,100000]" doc:"per site"`
	Workers        int        `key:"workers" range:"[0,1000000]" doc:"per site"`
	Clients        int        `key:"clients" range:"[0,100000]" doc:"hosts of clients per site; jobs come from them"`
	Size           int        `key:"size" range:"[0,1000000]" doc:"gates, managers and workers of all sites together; the rest become workers, spread evenly"`
	CoresPerWorker int        `key:"cores_per_worker" range:"[1,10000]" doc:"of each worker (default 8)"`
	Gateless       bool       `key:"gateless" doc:"there are no gates on purpose"`
	Start          startT     `key:"start" doc:"how the cluster comes into being"`
	Seeds          *Selector  `key:"seeds" doc:"nodes whose addresses everybody knows at start (default: the first three participants of each group)"`
	Ghosts         ghostsT    `key:"ghosts" doc:"addresses per site that never answer"`
	Versions       *versionsT `key:"versions" doc:"share of nodes per version of the protocol, each drawn by its name; without it all speak protocol.version"`
}

type startT struct {
	Mode        string        `key:"mode" enum:"formed,cold" doc:"formed: all views complete at the start; cold: everybody joins (default formed)"`
	Over        core.Duration `key:"over" range:"[0,inf)" doc:"cold: starts are spread over this time (default 1s)"`
	Order       []string      `key:"order" enum:"gate,manager,worker,client" doc:"cold: roles in order of start (default gate, manager, worker)"`
	Coordinates string        `key:"coordinates" enum:"cold,settled" doc:"formed: whether coordinates have converged already (default cold)"`
}

type ghostsT struct {
	Gate    int `key:"gate" range:"[0,10000]" doc:"per site"`
	Manager int `key:"manager" range:"[0,10000]" doc:"per site"`
	Worker  int `key:"worker" range:"[0,10000]" doc:"per site"`
}

type faultT struct {
	ID      string         `key:"id" required:"true" doc:"unique"`
	Kind    string         `key:"kind" required:"true" doc:"what happens"`
	At      *instantT      `key:"at" doc:"when: from the start, or relative to another fault"`
	For     *core.Duration `key:"for" range:"(0,inf)" doc:"undone after this; without it it stays"`
	Repeat  *repeatT       `key:"repeat" doc:"happens several times"`
	On      *onT           `key:"on" doc:"begins when this happens, in place of at; with at, what happens before that does not count"`
	Process *faultProcessT `key:"process" doc:"happens at random instants, from at (default: the end of the warm-up) until what begins would not be over before the settle time"`
	Force   bool           `key:"force" doc:"may lie in the warm-up or in the settle time"`
	Target  *Selector      `key:"target" doc:"whom it hits"`

	About     *Selector      `key:"about" doc:"rumour: who is said to be alive; ghosts are named by id"`
	To        *Selector      `key:"to" doc:"join: whom the target asks (default: its seeds); with it the target runs from the start and is told to join, by itself it is absent until then unless something started it before"`
	A         *Selector      `key:"a" doc:"partition, flap: one side"`
	B         *Selector      `key:"b" doc:"partition, flap: the other side"`
	Groups    []Selector     `key:"groups" doc:"partition: sides of which no two can talk"`
	Links     *linksT        `key:"links" doc:"loss … bandwidth: traffic from a to b and back"`
	Direction *string        `key:"direction" enum:"both,a-to-b" doc:"(default both)"`
	Mode      *string        `key:"mode" enum:"blackhole,refuse,crash" doc:"blackhole: silence; refuse: the sender is told; crash: site-outage only (default blackhole)"`
	Traffic   *trafficT      `key:"traffic" doc:"partition, flap, hold, loss … delay: what it is for: classes or types of messages, all datagrams, or all streams (default: everything)"`
	Down      *core.Duration `key:"down" range:"[0.001,inf)" doc:"flap: time without the link"`
	Up        *core.Duration `key:"up" range:"[0.001,inf)" doc:"flap: time with the link"`

	Of        *string         `key:"of" doc:"kill-leader: whose leader, as leader_of of a selector: \"gates\", \"site:<name>\" of the managers of a site, or \"job:<workload>\"; while nobody leads, it waits"`
	Refuse    *bool           `key:"refuse" doc:"crash, kill-leader: connections are refused rather than swallowed"`
	KeepState *bool           `key:"keep_state" doc:"crash and kill-leader with for, restart: what a real node has on disk survives"`
	Version   *versionT       `key:"version" doc:"crash with for, restart, join: what the new process speaks of the protocol, and those after it"`
	Over      *core.Duration  `key:"over" range:"[0,inf)" doc:"join: spread evenly over this time, in id order"`
	Factor    *float64        `key:"factor" range:"(0,10000]" doc:"slow: service times; delay: base delays; multiplied by this"`
	Applies   *string         `key:"applies" enum:"service,execution" doc:"slow: what takes longer: service of messages, or execution of shards (default service)"`
	Step      *core.Duration  `key:"step" doc:"clock: jump, either way"`
	DriftPPM  *float64        `key:"drift_ppm" range:"[-100000,100000]" doc:"clock: added drift"`
	P         *float64        `key:"p" range:"[0,1]" doc:"duplicate, reorder, corrupt, and loss where it is independent: probability"`
	Model     *string         `key:"model" enum:"bernoulli,gilbert-elliott" doc:"loss: model"`
	PGB       *float64        `key:"p_gb" range:"[0,1]" doc:"loss: good to bad, per datagram"`
	PBG       *float64        `key:"p_bg" range:"[0,1]" doc:"loss: bad to good, per datagram"`
	LossGood  *float64        `key:"loss_good" range:"[0,1]" doc:"loss: in the good state"`
	LossBad   *float64        `key:"loss_bad" range:"[0,1]" doc:"loss: in the bad state"`
	Extra     *Dist           `key:"extra" unit:"s" range:"[0,inf)" doc:"reorder: how long a datagram is held back"`
	Add       *Dist           `key:"add" unit:"s" range:"[0,86400]" doc:"delay: added to every datagram"`
	Ramp      *core.Duration  `key:"ramp" range:"[0,inf)" doc:"delay: reached linearly over this time"`
	Bandwidth *form.Bandwidth `key:"bandwidth" range:"[1,1e15]" doc:"bandwidth: of the senders"`
	Queue     *form.Bytes     `key:"queue" range:"(0,inf)" doc:"bandwidth: of the senders"`
	Site      *string         `key:"site" doc:"site-outage: which"`
	Rate      *rateT          `key:"rate" range:"(0,1000000]" doc:"churn: events per time, or share of the target's nodes per time; stats-storm: records of each target per time"`
	Record    *recordT        `key:"record" doc:"stats-storm: what each of them is"`
	Mix       *mixT           `key:"mix" doc:"churn: weights of what happens (default as many crashes as leaves)"`
	Downtime  *core.Duration  `key:"downtime" range:"(0,inf)" doc:"churn: who went comes back after this; without it a join brings it back"`
	Values    *string         `key:"values" enum:"nan,inf,negative-height,far,wrong-dims" doc:"poison: what becomes of the coordinates that the target sends"`
	Job       *string         `key:"job" doc:"stuck-workflow: id of the workload, of kind jobs or progress, that makes no progress at the target"`
	CPU       *float64        `key:"cpu" range:"[0,1]" doc:"overload: share of the target's time that others take, at least; above protocol.overload.cpu_busy, cpu_stressed or cpu_overloaded it calls itself so"`
	Memory    *float64        `key:"memory" range:"[0,1]" doc:"overload: the same of its memory"`
	InFlight  *float64        `key:"in_flight" range:"[0,1]" doc:"overload: the same of its places for requests in flight; above protocol.overload.queue_busy, queue_stressed or queue_overloaded it calls itself so"`
	Score     *int            `key:"score" range:"[0,64]" doc:"lhm: the local health score, up to lhm.max"`
	Fail      *bool           `key:"fail" doc:"discovery: names do not resolve (default true)"`
	Stale     *form.Later     `key:"stale" later:"stale names are" doc:"discovery: answers are old"`
}

type linksT struct {
	A Selector `key:"a" required:"true" doc:"one end"`
	B Selector `key:"b" required:"true" doc:"the other end"`
}

type repeatT struct {
	Every  core.Duration `key:"every" required:"true" range:"[0.001,inf)" doc:"from start to start"`
	Count  int           `key:"count" required:"true" range:"[1,100000]" doc:"how often in all"`
	Jitter core.Duration `key:"jitter" range:"[0,inf)" doc:"each start is later by up to this"`
}

type variantT struct {
	Name    string   `key:"name" required:"true" doc:"unique"`
	Set     form.Raw `key:"set" doc:"dotted keys"`
	Enable  []string `key:"enable" doc:"faults that only this variant has"`
	Disable []string `key:"disable" doc:"faults that this variant lacks"`
}

type sweepT struct {
	Seeds   seedsT   `key:"seeds" doc:"\"1..30\" or a list"`
	Grid    form.Raw `key:"grid" doc:"dotted key = list; every combination is run"`
	Zip     form.Raw `key:"zip" doc:"dotted key = list; lists advance together"`
	MaxRuns int      `key:"max_runs" range:"[1,1000000]" doc:"more are refused"`
}

type compareT struct {
	Primary []string      `key:"primary" doc:"metrics that decide, such as \"detection_first\" or \"detection_first:to=DEAD\"; the rest is shown (default: all decide)"`
	Horizon core.Duration `key:"horizon" range:"(0,2147483]" doc:"times to an event count up to here, and what takes longer as this (default: as long as every run would have waited)"`
}

func defaultWorld() worldT {
	w := worldT{
		Scenario: headT{Seed: 1, Settle: 60 * time.Second},
		Network: networkT{
			linkT: linkT{
				Jitter:    Dist{Kind: DistNormal, Std: 0.05, Relative: true}, // no loss; a p alone means bernoulli
				Bandwidth: 1e9, Queue: 1 << 20, MTU: 1400, Drift: driftT{Limit: 4},
			},
			Codec:  "struct",
			Stream: streamT{RTOMin: 200 * time.Millisecond, RTOMax: 60 * time.Second, IdleClose: 60 * time.Second},
		},
		Node: nodeT{hostT: hostT{Inbox: 10_000, Discipline: "by-class"}},
		Cluster: clusterT{CoresPerWorker: coresDefault, Start: startT{
			Mode: "formed", Over: time.Second, Order: []string{"gate", "manager", "worker"}, Coordinates: "cold",
		}},
	}
	for i := range w.Node.Service {
		w.Node.Service[i] = Constant(20e-6)
	}
	w.Node.Refuse = 20 * time.Microsecond
	return w
}

type mixT struct {
	Crash float64 `key:"crash" range:"[0,1000000]" doc:"weight of crashes"`
	Leave float64 `key:"leave" range:"[0,1000000]" doc:"weight of graceful departures"`
	Join  float64 `key:"join" range:"[0,1000000]" doc:"weight of starts of nodes that do not run"`
}
