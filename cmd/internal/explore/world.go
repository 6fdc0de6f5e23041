package explore

import (
	"fmt"
	"strings"

	"hypersim/core/registry"
	"hypersim/core/rng"
)

// Name says which run it is.
type Name struct {
	World  uint64 `json:"world"`  // draws sites, sizes, delays, keys and work
	Faults uint64 `json:"faults"` // draws what happens to them
	Seed   uint64 `json:"seed"`   // of the run
}

func (n Name) String() string { return fmt.Sprintf("%d.%d.%d", n.World, n.Faults, n.Seed) }

// Times of a run in s. The first part ends when the last fault has, at the latest.
const (
	workFrom    = 5
	faultsFrom  = 10
	longestFate = 25 // of most faults
)

// span is the first part of a run, in s: until when jobs are handed in, and until when there are faults.
type span struct{ work, faults int }

var short, long = span{work: 35, faults: 65}, span{work: 70, faults: 110}

// Times that follow from the rules, in s: the run goes on until every job must be over, and a minute.
const (
	quiescence = 660 // spec 20 §12: after the last fault, submission and deadline
	granted    = 30  // spec 20 §6.6: five extensions of a worker, each half of the one before it, come to 29.125 s
	spare      = 60
)

// letters are the names of sites; a world has the first few.
var letters = []string{"a", "b", "c"}

// world is what there is, as far as faults have to know it.
type world struct {
	name                            Name
	draw                            rng.Stream // of the part that is being drawn
	names                           []string   // of the sites
	sites, gates, managers, workers int        // gates, managers, workers of each site
	cores                           int        // of a worker
	scope                           bool       // workers report progress of one
	jobs                            bool       // there are any, and so leaders, clients and what happens to jobs
	cancels                         bool       // clients take jobs back
	flat                            bool       // nobody leads, and so nobody keeps statistics
	upgrades                        bool       // all speak the first major version of the protocol
	lasting                         bool       // shards run for minutes: longer than anybody leads what a fault cuts off
	span                            span
	deadline                        int // s, when the last job may end at the latest
	text                            strings.Builder
}

func (w *world) line(format string, args ...any) { fmt.Fprintf(&w.text, format+"\n", args...) }

// part begins a part of the world. Each has a stream of its own: what one of them draws, more today than yesterday, leaves the
// others as they are.
func (w *world) part(name string) *rng.Stream {
	w.draw = rng.New(w.name.World, "explore.world."+name)
	return &w.draw
}

// pick draws one of some.
func pick[T any](s *rng.Stream, some ...T) T { return some[s.Intn(len(some))] }

// between draws a whole number.
func between(s *rng.Stream, least, most int) int { return least + s.Intn(most-least+1) }

// newWorld draws a world. Most are small and short: what breaks mostly breaks there, too, and as many more can be tried. What needs
// many members, sites or minutes has its share.
func newWorld(n Name) *world {
	w := &world{name: n, jobs: true, upgrades: true}
	w.span = pick(w.part("span"), short, short, short, long)
	if w.lasting = w.part("lasting").Bool(0.15); w.lasting {
		w.span = long
	}
	w.deadline = w.span.work
	s := w.part("size")
	w.sites = pick(s, 1, 1, 1, 2, 2, 2, 3)
	w.names = letters[:w.sites]
	w.managers = pick(s, 1, 3, 3, 3, 3, 5)
	w.workers = pick(s, 1, 2, 2, 3, 3, 5)
	switch w.sites {
	case 1:
		w.gates = pick(s, 0, 0, 3)
	case 2:
		w.gates = pick(s, 1, 2)
	default:
		w.gates = pick(s, 1, 1, 2)
	}
	w.cores = pick(w.part("cores"), 2, 4, 8)
	w.topology()
	w.network()
	w.hosts()
	w.protocol()
	w.work()
	body := w.text.String()
	w.text.Reset()
	w.head()
	w.text.WriteString(body)
	return w
}

// head comes last, since it says how long the run is: until the last job must be over, whatever happened to it.
func (w *world) head() {
	s := w.part("head")
	settle := quiescence + spare + max(0, w.deadline-w.span.faults)
	w.line("schema = 1\n\n[scenario]\nname = \"explored\"\ntitle = \"Explored world %v\"", w.name)
	w.line("duration = \"%ds\"\nsettle = \"%ds\"\nseed = %d", w.span.faults+settle, settle, w.name.Seed)
	if rest := w.name.rest(); rest > 0 {
		w.line("rest = \"%ds\"", rest)
	}
	w.line("\n[cluster]\nmanagers = %d\nworkers = %d\ncores_per_worker = %d\nclients = %d", w.managers, w.workers, w.cores, pick(s, 1, 1, 3))
	if w.gates > 0 {
		w.line("gates = %d", w.gates)
	}
	if s.Bool(0.2) {
		w.line("start = { mode = \"cold\" }")
	}
	if v := w.part("versions"); v.Bool(0.1) { // an upgrade that has come half way
		old := v.Intn(minors - 1)
		share := pick(v, 0.2, 0.5, 0.8)
		w.line("versions = { \"1.%d\" = %.1f, \"1.%d\" = %.1f }", old, share, minors-1, 1-share)
	}
}

// minors are the minor versions of the protocol's first major one, from 0 on.
var minors = int(registry.Current.Minor) + 1

// topology draws how far sites lie apart.
func (w *world) topology() {
	s := w.part("topology")
	w.line("\n[topology]\nunit = \"ms\"\nkind = \"rtt\"")
	var rows [3][3]int
	for i := range w.sites {
		for j := range i {
			rows[i][j] = pick(s, 2, 10, 40, 90, 180)
			rows[j][i] = rows[i][j]
		}
	}
	var lines []string
	for i := range w.sites {
		var cells []string
		for j := range w.sites {
			cells = append(cells, fmt.Sprint(rows[i][j]))
		}
		lines = append(lines, "["+strings.Join(cells, ", ")+"]")
	}
	w.line("rows = [%s]", strings.Join(lines, ", "))
	for _, site := range w.names {
		w.line("[[topology.sites]]\nname = %q", site)
	}
}

func (w *world) network() {
	s := w.part("network")
	w.line("\n[network]\ncodec = %q", pick(s, "struct", "struct", "struct", "struct", "struct", "wire"))
	if s.Bool(0.4) {
		w.line("loss = { p = %.3f }", float64(s.Intn(21))/1000)
	}
	if s.Bool(0.3) {
		w.line("duplicate = %.2f", float64(s.Intn(6))/100)
	}
	if s.Bool(0.2) {
		w.line("corrupt = %.3f", float64(s.Intn(6))/1000)
	}
	if s.Bool(0.4) {
		w.line("jitter = { dist = \"lognormal\", median = \"%s\", sigma = 1.0 }", pick(s, "1ms", "5ms", "20ms"))
	}
}

// hosts draws how fast servers are, how much may wait for them, and how well their clocks go.
func (w *world) hosts() {
	s := w.part("hosts")
	w.line("\n[node]\nservice = { dist = \"exponential\", mean = \"%dus\" }", pick(s, 20, 20, 200, 1000))
	drift := ""
	if s.Bool(0.5) {
		drift = fmt.Sprintf("drift_ppm = { dist = \"uniform\", min = -%[1]d, max = %[1]d }", pick(s, 100, 300, 5000))
	}
	if s.Bool(0.15) {
		w.line("inbox = %d", pick(s, 20, 200))
	}
	if w.part("offset").Bool(0.25) { // what the clocks of two hosts show is compared by nobody (spec 40 J1)
		offset := `offset = { dist = "uniform", min = "0s", max = "720h" }`
		if drift != "" {
			offset += ", "
		}
		drift = offset + drift
	}
	if drift != "" {
		w.line("clock = { %s }", drift)
	}
}

// knob is a key and values of it that somebody may run with.
type knob struct {
	key    string
	values []string
	gates  bool // it is about gates
}

// knobs are the keys that are drawn, each in a quarter of the worlds. Others are on less often, some of them together (settings).
var knobs = []knob{
	{key: "probe.indirect_k", values: []string{"1", "5"}},
	{key: "probe.stream_fallback", values: []string{"true", "false"}},
	{key: "gossip.fanout", values: []string{"2", "4"}},
	{key: "suspicion.k", values: []string{"0", "2"}},
	{key: "refute.tokens", values: []string{"1"}},
	{key: "job.progress_gap", values: []string{`"5s"`}},
	{key: "job.check_interval", values: []string{`"1s"`}},
	{key: "sync.mode", values: []string{`"full"`}},
	{key: "confirm.on", values: []string{`"any-message"`}},
	{key: "lhm.failed_probe_rule", values: []string{`"paper"`}},
	{key: "vivaldi.engine", values: []string{`"basic"`}},
	{key: "election.count", values: []string{`"on_arrival"`}},
	{key: "evict.enabled", values: []string{"false"}},
	{key: "job_timeout.mode", values: []string{`"exact"`}},
	{key: "job_timeout.stuck_threshold", values: []string{`"40s"`}},
	{key: "job_timeout.extension_rule", values: []string{`"max_worker"`}},
	{key: "routing.rtt_source", values: []string{`"measured"`}, gates: true},
	{key: "routing.policy", values: []string{`"random"`, `"least-loaded"`}, gates: true},
	{key: "routing.spread", values: []string{"0.1"}, gates: true},
	{key: "routing.a_quality", values: []string{"0", "3"}, gates: true},
	{key: "job_timeout.local_rule", values: []string{`"any"`, `"all"`}, gates: true},
	{key: "stats.hot_autosize", values: []string{"false"}},
	{key: "stats.hot_entries", values: []string{"30", "100"}},
	{key: "stats.window", values: []string{`"200ms"`, `"5s"`}},
	{key: "backpressure.combine", values: []string{`"destination"`}},
	{key: "rate_limit.submit_size", values: []string{"1", "2"}},
	{key: "rate_limit.submit_rate", values: []string{"0.2"}},
	{key: "rate_limit.default_size", values: []string{"1", "5"}},
	{key: "in_flight.gate", values: []string{"4"}, gates: true},
	{key: "in_flight.manager", values: []string{"6"}},
	{key: "retention.completed", values: []string{`"30s"`}},
	{key: "retention.failed", values: []string{`"60s"`}},
	{key: "retention.cleanup_interval", values: []string{`"5s"`}},
}

func (w *world) protocol() {
	w.line("\n[protocol]")
	for i := range knobs {
		k := &knobs[i]
		s := w.part(k.key)
		if on := s.Bool(0.25); on && (!k.gates || w.gates > 0) {
			w.line("%s = %s", k.key, k.values[s.Intn(len(k.values))])
		}
	}
	w.settings()
}

// work draws what clients hand in, what they take back, and what is told and asked beside.
func (w *world) work() {
	kinds := between(w.part("kinds"), 1, 3)
	for i := range kinds {
		s := w.part(fmt.Sprintf("jobs-%d", i))
		w.line("\n[[workload]]\nid = \"jobs-%d\"\nkind = \"jobs\"\nfrom = \"%ds\"\nto = \"%ds\"", i, workFrom, w.span.work)
		if s.Bool(0.25) { // several at once, so that they meet: at their holders, in one takeover, at a worker's last cores
			w.line("arrival = { process = \"burst\", count = %d, every = \"%ds\" }", between(s, 2, 5), pick(s, 10, 20))
		} else {
			w.line("arrival = { process = %q, rate = \"%.2f/s\" }", pick(s, "constant", "poisson"), 0.05+float64(s.Intn(20))/100)
		}
		w.line("job = { %s }", w.job())
		w.back(i)
	}
	for i := range beside {
		b := &beside[i]
		s := w.part(b.name)
		if on := s.Bool(b.share); !on || b.gates && w.gates == 0 {
			continue
		}
		w.scope = w.scope || b.kind == "progress"
		w.line("\n[[workload]]\nid = %q\nkind = %q\nfrom = \"%ds\"\nto = \"%ds\"\n%s", b.name, b.kind, workFrom, w.span.faults, b.draw(s))
	}
}

// back draws whether clients take back what they handed in: whole jobs, or workflows of them.
func (w *world) back(i int) {
	s := &w.draw
	if !s.Bool(0.4) {
		return
	}
	w.cancels = true
	w.line("[[workload]]\nid = \"back-%[1]d\"\nkind = \"cancel\"\njobs = \"jobs-%[1]d\"\nshare = %.1[2]f\ndelay = \"%[3]dms\"", i, pick(s, 0.2, 0.5, 1.0), pick(s, 5, 30, 300, 3000, 20_000))
	if s.Bool(0.3) {
		w.line("workflows = 1\ndependents = %t", s.Bool(0.5))
	}
	if s.Bool(0.2) {
		w.line("repeat = { count = 2, every = \"%dms\" }", pick(s, 10, 1000))
	}
}

// other is work that is no job.
type other struct {
	name, kind string
	share      float64 // of the worlds
	gates      bool    // it needs gates
	draw       func(s *rng.Stream) string
}

// beside is what there may be beside jobs.
var beside = []other{
	{"pings", "query", 0.3, false, func(s *rng.Stream) string {
		return fmt.Sprintf("message = %q\narrival = { process = \"poisson\", rate = \"%s\" }", pick(s, "ping_request", "health_check"), pick(s, "1/s", "20/s"))
	}},
	{"lists", "query", 0.2, true, func(s *rng.Stream) string {
		return fmt.Sprintf("message = \"datacenter_list\"\narrival = { process = \"poisson\", rate = \"%s\" }", pick(s, "1/s", "20/s"))
	}},
	{"stand", "query", 0.15, false, func(s *rng.Stream) string {
		return fmt.Sprintf("message = \"workflow_query\"\narrival = { process = \"poisson\", rate = \"%s\" }", pick(s, "1/s", "5/s"))
	}},
	{"told", "stats", 0.3, false, func(s *rng.Stream) string {
		return fmt.Sprintf("target = { role = \"manager\" }\nclosed_loop = %t\narrival = { process = \"constant\", rate = \"%s\" }\nrecord = { bytes = \"200B\", critical = %t }",
			s.Bool(0.5), pick(s, "2/s", "10/s"), s.Bool(0.2))
	}},
	{"scope", "progress", 0.25, false, func(s *rng.Stream) string {
		return fmt.Sprintf("target = { role = \"worker\" }\ninterval = \"%ds\"", pick(s, 1, 10))
	}},
	{"choices", "route-probe", 0.3, true, func(s *rng.Stream) string {
		return fmt.Sprintf("gates = { role = \"gate\" }\npinned = %d\ninterval = \"%ds\"", between(s, 1, 4), pick(s, 1, 5))
	}},
}

// job draws what a kind of job is.
func (w *world) job() string {
	s := &w.draw
	timeout := pick(s, 20, 30, 60, 60, 120, 300)
	w.deadline = max(w.deadline, w.span.work+timeout)
	cores := pick(s, 1, 1, 2)
	if all := w.cores * w.workers; s.Bool(0.3) && all > w.cores { // more than a worker has: several shards
		cores = between(s, w.cores+1, all)
	}
	flows, shape, least, most := between(s, 1, 4), pick(s, "independent", "chain", "fan"), 1, pick(s, 3, 3, 10, 30)
	if w.lasting {
		least, most = 60, 150
	}
	parts := []string{
		fmt.Sprintf("workflows = %d", flows),
		fmt.Sprintf("shape = %q", shape),
		fmt.Sprintf("cores = %d", cores),
		fmt.Sprintf("duration = { dist = \"uniform\", min = \"%ds\", max = \"%ds\" }", least, most),
		fmt.Sprintf("timeout = \"%ds\"", timeout),
	}
	for _, x := range [...]struct {
		name string
		p    float64
		more string
	}{{"stuck", 0.2, `, after = "2s"`}, {"fail", 0.2, ""}, {"extend", 0.3, ""}, {"slow", 0.2, ", factor = 5"}} {
		if s.Bool(x.p) {
			parts = append(parts, fmt.Sprintf("%s = { share = %.1f%s }", x.name, pick(s, 0.2, 0.5, 1.0), x.more))
			if x.name == "extend" {
				w.deadline = max(w.deadline, w.span.work+timeout+granted)
			}
		}
	}
	if s.Bool(0.3) {
		parts = append(parts, fmt.Sprintf("stats = { rate = \"%s\", bytes = \"100B\" }", pick(s, "1/s", "10/s")))
	}
	if s.Bool(0.2) {
		parts = append(parts, `progress = "every-flush"`)
	}
	if s.Bool(0.3) {
		parts = append(parts, fmt.Sprintf("priority = %q", pick(s, "low", "high", "exclusive")))
	}
	if s.Bool(0.15) {
		parts = append(parts, fmt.Sprintf("repeat = { share = 0.5, delay = \"%dms\", altered = %t }", pick(s, 10, 500, 5000), s.Bool(0.2)))
	}
	if w.gates > 0 {
		parts = append(parts, "targets = "+pick(s, "{ any = 1 }", "{ all = true }", "{ all = true }"))
	}
	return strings.Join(parts, ", ")
}
