package scenarios

import (
	"hypersim/core"
	"hypersim/scenarios/form"
)

// claimsT is what happens in the run and what is claimed about it.
type claimsT struct {
	Workload []workloadT `key:"workload" doc:"what there is to do"`
	Fault    []faultT    `key:"fault" doc:"disturbances"`
	Expect   []expectT   `key:"expect" doc:"claims that decide the exit status"`
	Report   reportT     `key:"report" doc:"what a run leaves behind"`
}

type workloadT struct {
	ID         string         `key:"id" required:"true" doc:"unique"`
	Kind       string         `key:"kind" required:"true" doc:"progress: each target reports progress of one scope to its owner; jobs: clients hand in jobs; cancel: jobs of another workload are taken back; stats: managers are told of statistics that belong to no job; query: clients ask servers what is about no job; route-probe: gates are asked again and again where some jobs would go, which nobody hands in"`
	From       core.Duration  `key:"from" range:"[0,inf)" doc:"start of the work (default 0s)"`
	To         *core.Duration `key:"to" range:"(0,inf)" doc:"end of the work, or of what arrives (default: the end of the run)"`
	Target     *Selector      `key:"target" doc:"progress: the workers that do it; stats: the managers that are told, by the workers of their site in turn; query: the gates and managers that are asked, drawn evenly for each (default: all gates, or managers where there are none)"`
	Interval   *core.Duration `key:"interval" range:"[0.001,inf)" doc:"progress: time between reports, route-probe: between decisions about a job; each worker and job has a phase of its own"`
	Gates      *Selector      `key:"gates" doc:"route-probe: who is asked; several in turn"`
	Pinned     *int           `key:"pinned" range:"[1,100000]" doc:"route-probe: jobs, each of which keeps its choice from one decision to the next"`
	Clients    *Selector      `key:"clients" doc:"jobs, query: who hands them in, or asks, drawn evenly for each (default: all clients)"`
	Owner      *Selector      `key:"owner" doc:"jobs: gates; ids are drawn until one of them owns the job by the ring (default: whoever does)"`
	Preference *preferenceT   `key:"preference" doc:"jobs: a share of them would rather run in these datacenters than in others"`
	Arrival    *arrivalT      `key:"arrival" doc:"jobs, query: how they follow each other; stats: how records of each target do"`
	Record     *recordT       `key:"record" doc:"stats: what each record is"`
	ClosedLoop *bool          `key:"closed_loop" doc:"stats: true: workers tell of it in their flush loop, where of what waits the newest says all; false: at once, whatever managers ask for (default false)"`
	Message    *string        `key:"message" enum:"ping_request,datacenter_list,workflow_query,health_check" doc:"query: what is asked: ping_request, datacenter_list (of gates) and workflow_query (how all workflows stand whose jobs it leads, which a gate asks its managers) are DATA, health_check is TELEMETRY (default ping_request)"`
	Job        *jobT          `key:"job" doc:"jobs: what they are"`
	Mix        []mixedT       `key:"mix" doc:"jobs: instead of job, several kinds with their shares"`
	Jobs       *string        `key:"jobs" doc:"cancel: id of the workload whose jobs are taken back"`
	Share      *float64       `key:"share" range:"[0,1]" doc:"cancel: of its jobs (default 1)"`
	Via        *string        `key:"via" enum:"same,other-gate" doc:"cancel: whom the client asks: the gate that leads the job as far as it knows, or another one (default same)"`
	Repeat     *repeatCancelT `key:"repeat" doc:"cancel: asked for again, though it was asked for"`
	Workflows  *int           `key:"workflows" range:"[1,10000]" doc:"cancel: only so many workflows of each job, drawn, each after a delay of its own (default: the whole job)"`
	Dependents *bool          `key:"dependents" doc:"cancel: with each workflow those that need it are taken back; false: they fail, as they lack it (default true)"`
	Delay      *Dist          `key:"delay" unit:"s" range:"[0,31536000]" doc:"cancel: from when the job was handed in (default 0s)"`
}

type expectT struct {
	ID        string       `key:"id" required:"true" doc:"unique; appears in tables"`
	Metric    string       `key:"metric" def:"metric" doc:"what is judged"`
	Where     labelsT      `key:"where" doc:"label filter; _not after a label negates"`
	Minus     *observableT `key:"minus" doc:"subtract the matching observation of another metric"`
	Ratio     *observableT `key:"ratio" doc:"divide by the matching observation of another metric"`
	Stat      string       `key:"stat" doc:"count, sum, mean, sd, min, pNN, max, all, first, last, rate or slope (default p50)"`
	Window    *windowT     `key:"window" doc:"part of the run; the measured time when left out"`
	Since     *instantT    `key:"since" doc:"times are counted from here"`
	Min       *form.Scalar `key:"min" doc:"least value allowed"`
	Max       *form.Scalar `key:"max" doc:"largest value allowed"`
	Equals    *form.Scalar `key:"equals" doc:"value, ± tolerance"`
	Tolerance *form.Scalar `key:"tolerance" doc:"share of equals with %, else in its unit (default 0)"`
	Per       string       `key:"per" doc:"swept key; bounds may then be tables by its value"`
	Level     string       `key:"level" enum:"must,should,record" doc:"must decides the exit status (default must)"`
	Across    string       `key:"across" enum:"all,pooled,mean,share" doc:"how seeds are combined"`
	AtLeast   *float64     `key:"at_least" range:"[0,1]" doc:"across = share: of the seeds"`
	When      form.Raw     `key:"when" doc:"judged only for these values of swept keys, or of variant"`
	Versus    versusT      `key:"versus" doc:"paired comparison with the cell that has these values; as = \"ratio\" divides, else the difference counts"`
	Needs     *int         `key:"needs" range:"[0,1000000000]" doc:"fewest observations; fewer: cannot be judged, which fails a must (default 1; 0 for count, sum and rate)"`
	Why       string       `key:"why" doc:"the arithmetic behind the bounds; required for must"`

	Invariant    string      `key:"invariant" doc:"an invariant instead of a metric"`
	Disable      *bool       `key:"disable" doc:"the invariant is not checked in this scenario"`
	Event        *form.Later `key:"event" later:"expectations about events are" doc:"protocol events"`
	Order        *form.Later `key:"order" later:"expectations about events are" doc:"order of protocol events"`
	SameDigestAs *form.Later `key:"same_digest_as" later:"comparisons of digests are" doc:"a comparison of cells"`
}

type observableT struct {
	Metric string  `key:"metric" required:"true" def:"metric" doc:"the other metric"`
	Where  labelsT `key:"where" doc:"label filter"`
}

type windowT struct {
	From    *instantT      `key:"from" doc:"start (default: end of the warm-up)"`
	To      *instantT      `key:"to" doc:"end (default: end of the run)"`
	Rolling *core.Duration `key:"rolling" range:"(0,inf)" doc:"length of a moving window"`
}

type reportT struct {
	CSV       []string      `key:"csv" enum:"timeseries,detections,membership,coordinates,messages,faults,violations,jobs,workflows,job_events,timeouts,routing,backpressure" doc:"files to write; all that have rows when left out"`
	Sample    core.Duration `key:"sample" range:"[0.01,inf)" doc:"of sampled series (default 1s)"`
	KeepTrace bool          `key:"keep_trace" doc:"keep the record of all events"`
	Jobs      []string      `key:"jobs" doc:"ids of jobs whose every message is kept, and drawn, beside those that the run picks; each costs up to 600 rows and a picture"`
	Plot      []plotT       `key:"plot" doc:"figures beyond the standard ones"`
}

type plotT struct {
	Kind   string         `key:"kind" required:"true" enum:"line,ecdf,hist,box,heatmap,strip,area,scatter,gantt" doc:"form"`
	Metric string         `key:"metric" required:"true" def:"metric" doc:"what is drawn"`
	Where  labelsT        `key:"where" doc:"label filter"`
	Stat   []string       `key:"stat" doc:"statistics drawn"`
	X      string         `key:"x" doc:"time, or a swept key"`
	Split  []string       `key:"split" doc:"one line per value of these labels or keys"`
	Window *windowT       `key:"window" doc:"part of the run"`
	Rate   bool           `key:"rate" doc:"change per second"`
	Log    []string       `key:"log" enum:"x,y" doc:"logarithmic axes"`
	HLine  []*form.Scalar `key:"hline" doc:"horizontal lines"`
	Mark   []string       `key:"mark" doc:"faults shown as bands"`
}
