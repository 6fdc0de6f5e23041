package explore

import (
	"fmt"
	"strings"

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
	workTo      = 70
	faultsFrom  = 10
	faultsTo    = 110
	settle      = 700 // chapter 40, L4: 660 s until every job is terminal, and a minute
	longestFate = 25  // of one fault
)

// letters are the names of sites; a world has the first few.
var letters = []string{"a", "b", "c"}

// world is what there is, as far as faults have to know it.
type world struct {
	draw                            rng.Stream
	names                           []string // of the sites
	sites, gates, managers, workers int      // gates, managers, workers of each site
	text                            strings.Builder
}

func (w *world) line(format string, args ...any) { fmt.Fprintf(&w.text, format+"\n", args...) }

// pick draws one of some.
func pick[T any](s *rng.Stream, some ...T) T { return some[s.Intn(len(some))] }

// between draws a whole number.
func between(s *rng.Stream, least, most int) int { return least + s.Intn(most-least+1) }

// newWorld draws a world.
func newWorld(n Name) *world {
	w := &world{draw: rng.New(n.World, "explore.world")}
	s := &w.draw
	w.sites = pick(s, 1, 1, 2, 3, 3)
	w.names = letters[:w.sites]
	w.managers = pick(s, 1, 3, 3, 5)
	w.workers = between(s, 2, 5)
	switch w.sites {
	case 1:
		w.gates = pick(s, 0, 0, 3)
	case 2:
		w.gates = pick(s, 1, 2)
	default:
		w.gates = pick(s, 1, 1, 2)
	}
	w.head(n)
	w.topology()
	w.network()
	w.protocol()
	w.work()
	return w
}

func (w *world) head(n Name) {
	w.line("schema = 1\n\n[scenario]\nname = \"explored\"\ntitle = \"Explored world %v\"", n)
	w.line("duration = \"%ds\"\nsettle = \"%ds\"\nseed = %d", faultsTo+settle, settle, n.Seed)
	w.line("\n[cluster]\nmanagers = %d\nworkers = %d\ncores_per_worker = %d\nclients = 1", w.managers, w.workers, pick(&w.draw, 2, 4, 8))
	if w.gates > 0 {
		w.line("gates = %d", w.gates)
	}
	if w.draw.Bool(0.2) {
		w.line("start = { mode = \"cold\" }")
	}
}

// topology draws how far sites lie apart.
func (w *world) topology() {
	w.line("\n[topology]\nunit = \"ms\"\nkind = \"rtt\"")
	var rows [3][3]int
	for i := range w.sites {
		for j := range i {
			rows[i][j] = pick(&w.draw, 2, 10, 40, 90, 180)
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
	s := &w.draw
	w.line("\n[network]\ncodec = %q", pick(s, "struct", "struct", "wire"))
	if s.Bool(0.4) {
		w.line("loss = { p = %.3f }", float64(s.Intn(21))/1000)
	}
	if s.Bool(0.3) {
		w.line("duplicate = %.2f", float64(s.Intn(6))/100)
	}
	if s.Bool(0.2) {
		w.line("corrupt = %.3f", float64(s.Intn(6))/1000)
	}
	w.line("\n[node]\nservice = { dist = \"exponential\", mean = \"%dus\" }", pick(s, 20, 20, 200, 1000))
	if s.Bool(0.5) {
		w.line("clock = { drift_ppm = { dist = \"uniform\", min = -%[1]d, max = %[1]d } }", pick(s, 100, 300, 5000))
	}
}

// knob is a key and values of it that somebody may run with.
type knob struct {
	key    string
	values []string
	jobs   bool // it is about gates with jobs
}

// knobs are the keys that are drawn, each in a quarter of the worlds.
var knobs = []knob{
	{key: "probe.indirect_k", values: []string{"1", "5"}},
	{key: "probe.stream_fallback", values: []string{"true", "false"}},
	{key: "gossip.fanout", values: []string{"2", "4"}},
	{key: "suspicion.k", values: []string{"0", "2"}},
	{key: "election.count", values: []string{`"on_arrival"`}},
	{key: "job_timeout.mode", values: []string{`"exact"`}},
	{key: "job_timeout.stuck_threshold", values: []string{`"40s"`}},
	{key: "routing.rtt_source", values: []string{`"measured"`}, jobs: true},
	{key: "routing.policy", values: []string{`"random"`, `"least-loaded"`}, jobs: true},
	{key: "job_timeout.local_rule", values: []string{`"any"`, `"all"`}, jobs: true},
	{key: "job_timeout.extension_rule", values: []string{`"max_worker"`}},
}

func (w *world) protocol() {
	w.line("\n[protocol]")
	for i := range knobs {
		k := &knobs[i]
		if on := w.draw.Bool(0.25); on && (!k.jobs || w.gates > 0) {
			w.line("%s = %s", k.key, k.values[w.draw.Intn(len(k.values))])
		}
	}
}

// work draws what clients hand in, and what they take back.
func (w *world) work() {
	s := &w.draw
	kinds := between(s, 1, 3)
	for i := range kinds {
		w.line("\n[[workload]]\nid = \"jobs-%d\"\nkind = \"jobs\"\nfrom = \"%ds\"\nto = \"%ds\"", i, workFrom, workTo)
		w.line("arrival = { process = %q, rate = \"%.2f/s\" }", pick(s, "constant", "poisson"), 0.05+float64(s.Intn(20))/100)
		w.line("job = { %s }", w.job())
		if s.Bool(0.4) {
			w.line("[[workload]]\nid = \"back-%[1]d\"\nkind = \"cancel\"\njobs = \"jobs-%[1]d\"\nshare = %.1[2]f\ndelay = \"%[3]dms\"", i, pick(s, 0.2, 0.5, 1.0), pick(s, 5, 300, 3000, 20_000))
		}
	}
}

// job draws what a kind of job is.
func (w *world) job() string {
	s := &w.draw
	parts := []string{
		fmt.Sprintf("workflows = %d", between(s, 1, 4)),
		fmt.Sprintf("shape = %q", pick(s, "independent", "chain", "fan")),
		fmt.Sprintf("cores = %d", pick(s, 1, 1, 2)),
		fmt.Sprintf("duration = { dist = \"uniform\", min = \"1s\", max = \"%ds\" }", pick(s, 3, 10, 30)),
		fmt.Sprintf("timeout = \"%ds\"", pick(s, 30, 60, 120, 300)),
	}
	for _, x := range [...]struct {
		name string
		p    float64
		more string
	}{{"stuck", 0.2, `, after = "2s"`}, {"fail", 0.2, ""}, {"extend", 0.3, ""}, {"slow", 0.2, ", factor = 5"}} {
		if s.Bool(x.p) {
			parts = append(parts, fmt.Sprintf("%s = { share = %.1f%s }", x.name, pick(s, 0.2, 0.5, 1.0), x.more))
		}
	}
	if w.gates > 0 {
		parts = append(parts, "targets = "+pick(s, "{ any = 1 }", "{ all = true }", "{ all = true }"))
	}
	return strings.Join(parts, ", ")
}
