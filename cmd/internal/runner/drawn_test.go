package runner

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"hypersim/analysis"
	"hypersim/analysis/plot"
	"hypersim/scenarios"
	"hypersim/sim/metrics"
)

// shortened keeps the largest scenarios within some seconds; what their pictures show is the same kind of number.
var shortened = map[string][]string{
	"scale-1k":                {"cluster.workers=60"},
	"scale-5k":                {"cluster.workers=20"},
	"scale-10k":               {"cluster.workers=30"},
	"mass-crash":              {"cluster.size=100"},
	"pause-sweep":             {"cluster.size=30"},
	"dc-isolation":            {"cluster.workers=4"},
	"correlated-dc-failures":  {"cluster.workers=2", "workload.0.arrival.rate=0.2/s", "workload.1.arrival.rate=0.1/s"},
	"routing-hysteresis-flap": {"cluster.workers=2", "workload.0.arrival.rate=0.5/s", "workload.1.arrival.rate=0.5/s"},
	"routing-latency-shift":   {"cluster.workers=4", "workload.0.arrival.rate=0.3/s"},
	"routing-dc-failure":      {"cluster.workers=4", "workload.0.arrival.rate=0.5/s"},
}

// always are pictures that every scenario could ask for.
var always = []plot.Request{
	{Kind: "line", Metric: "false_suspicions", Split: []string{"role"}, Rate: true},
	{Kind: "line", Metric: "detection_each", Stat: []string{"p50", "max", "count"}},
	{Kind: "area", Metric: "excused_positives", Split: []string{"truth"}},
	{Kind: "area", Metric: "view_error", Split: []string{"role"}},
	{Kind: "area", Metric: "bytes", Split: []string{"role", "transport"}, Where: []analysis.Filter{{Key: "direction", Words: []string{"sent"}}}},
	{Kind: "heatmap", Metric: "lhm_score", Split: []string{"role"}},
	{Kind: "area", Metric: "unconfirmed_peers"},
}

// TestEveryPointDrawnStandsInTheFiles folds the rows of the CSV files by hand and compares them with every
// number in every picture that a bundled scenario asks for, and in a few that each could ask for.
func TestEveryPointDrawnStandsInTheFiles(t *testing.T) {
	var drawn atomic.Int64
	t.Cleanup(func() {
		if n := drawn.Load(); n < 100_000 {
			t.Errorf("only %d points were compared", n)
		}
	})
	for _, e := range scenarios.List() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			if e.Name == "gossip-storm" {
				t.Skip("its joins name 500 of its 2,000 nodes; mass-crash asks for the same pictures")
			}
			sc, err := scenarios.Load(e.Name, shortened[e.Name], scenarios.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(sc.Report.Plots) == 0 {
				t.Skip("it asks for no picture")
			}
			run, files := measuredFiles(t, sc)
			for i, q := range slices.Concat(Requests(sc), always) {
				lines, err := q.Numbers(run)
				if err != nil && q.X == "" && i < len(sc.Report.Plots) {
					t.Logf("plot %d: %v", i+1, err)
				}
				for k := range lines {
					drawn.Add(int64(files.compare(t, fmt.Sprintf("plot %d, %s", i+1, lines[k].Label), &q, &lines[k])))
				}
			}
		})
	}
}

// measuredFiles runs the scenario, writes its files and reads them twice: as the pictures do, and as text.
func measuredFiles(t *testing.T, sc *scenarios.Scenario) (*analysis.Run, csvFiles) {
	t.Helper()
	res, err := Measure(t.Context(), Options{Scenario: sc})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := metrics.WriteDir(dir, res.Metrics.Tables()); err != nil {
		t.Fatal(err)
	}
	tables, err := metrics.ReadDir(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	files := csvFiles{}
	for _, name := range []string{"timeseries", "membership", "messages", "detections", "coordinates", "observations"} {
		files[name] = csvRows(t, filepath.Join(dir, name+".csv"))
	}
	return analysis.New("", analysis.Info{Duration: sc.Duration}, tables), files
}

type row map[string]string

func (r row) number(key string) float64 {
	v, err := strconv.ParseFloat(r[key], 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// csvFiles are the rows of each file.
type csvFiles map[string][]row

func csvRows(t *testing.T, path string) []row {
	t.Helper()
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []row
	for _, line := range all[1:] {
		r := row{}
		for i, key := range all[0] {
			r[key] = line[i]
		}
		for _, pair := range strings.Split(r["labels"], ";") {
			if key, word, ok := strings.Cut(pair, "="); ok {
				r[key] = word
			}
		}
		for _, end := range []string{"observer", "subject"} {
			if parts := strings.Split(r[end], "/"); len(parts) == 3 {
				r[end+"_site"], r[end+"_role"] = parts[0], parts[1]
			}
		}
		out = append(out, r)
	}
	return out
}

// compare checks the points of one line and returns how many there were.
func (f csvFiles) compare(t *testing.T, name string, q *plot.Request, d *plot.Drawn) int {
	t.Helper()
	var want func(x float64) float64
	switch q.Metric {
	case "messages", "bytes":
		want = f.traffic(q, d)
	case "view_error":
		want = f.share(q, d)
	case "queue_depth", "lhm_score", "unconfirmed_peers":
		want = f.levels(q, d)
	case "coordinate_error", "coordinate_error_ms", "rtt_ucb_ratio":
		want = f.quantiles(q, d)
	case "dc_reachability":
		want = f.states(q, d)
	case "excused_positives", "false_suspicions", "detection_each", "detection_first":
		want = f.markings(q, d)
	case "timeout_lateness", "holder_gap", "cancel_complete":
		want = f.shares(t, name, q, d)
	default:
		t.Fatalf("%s: no way to fold %s by hand", name, q.Metric)
	}
	bad := 0
	for i, x := range d.X {
		at := x
		if q.Kind == "ecdf" && i == 0 { // the foot of the first step: the share that is less
			at = math.Nextafter(x, math.Inf(-1))
		}
		w := want(at)
		if same := math.Abs(w-d.Y[i]) <= 1e-7*math.Max(1, math.Abs(w)) || math.IsNaN(w) && math.IsNaN(d.Y[i]); !same {
			if bad++; bad < 4 {
				t.Errorf("%s at %v s: drawn %v, the files say %v", name, x, d.Y[i], w)
			}
		}
	}
	return len(d.X)
}

// picked returns the rows of a file at an instant that the request and the line select. rename gives columns
// the names of labels.
func (f csvFiles) picked(file, metric string, q *plot.Request, d *plot.Drawn, rename map[string]string) map[float64][]row {
	out := map[float64][]row{}
	for _, r := range f[file] {
		if metric != "" && r["metric"] != metric {
			continue
		}
		word := func(key string) string {
			if n, ok := rename[key]; ok {
				return r[n]
			}
			if key == "transport" {
				return metrics.TransportOf(r["type"])
			}
			return r[key]
		}
		ok := true
		for _, w := range q.Where {
			ok = ok && slices.Contains(w.Words, word(w.Key)) != w.Not
		}
		for i, key := range d.Split {
			ok = ok && word(key) == d.Words[i]
		}
		if ok {
			out[r.number("t_s")] = append(out[r.number("t_s")], r)
		}
	}
	return out
}

func (f csvFiles) traffic(q *plot.Request, d *plot.Drawn) func(float64) float64 {
	column, rate := "messages", "messages_per_node_s"
	if q.Metric == "bytes" {
		column, rate = "size_bytes", "bytes_per_node_s"
	}
	rows := f.picked("messages", "", q, d, nil)
	lived := map[float64]map[string]float64{} // whatever else was sent tells how long the nodes of a role lived
	for _, r := range f["messages"] {
		ok := true
		for _, w := range q.Where {
			ok = ok && (w.Key != "role" || slices.Contains(w.Words, r["role"]) != w.Not)
		}
		for i, key := range d.Split {
			ok = ok && (key != "role" || r["role"] == d.Words[i])
		}
		if s := r.number(column) / r.number(rate); ok && s > 0 {
			at := r.number("t_s")
			if lived[at] == nil {
				lived[at] = map[string]float64{}
			}
			lived[at][r["role"]] = s
		}
	}
	if q.Kind == "area" { // its parts are over the nodes of all of them
		for _, r := range f["messages"] {
			if s := r.number(column) / r.number(rate); s > 0 {
				at := r.number("t_s")
				if lived[at] == nil {
					lived[at] = map[string]float64{}
				}
				lived[at][r["role"]] = s
			}
		}
	}
	return func(x float64) float64 {
		sum, seconds := 0.0, 0.0
		for _, r := range rows[x] {
			sum += r.number(column)
		}
		for _, role := range []string{"gate", "manager", "worker", "client"} {
			seconds += lived[x][role]
		}
		return sum / seconds
	}
}

func (f csvFiles) share(q *plot.Request, d *plot.Drawn) func(float64) float64 {
	rows := f.picked("membership", "", q, d, map[string]string{"role": "observer_role"})
	all := rows
	if q.Kind == "area" {
		all = f.picked("membership", "", q, &plot.Drawn{}, map[string]string{"role": "observer_role"})
	}
	return func(x float64) float64 {
		wrong, pairs := 0.0, 0.0
		for _, r := range rows[x] {
			wrong += r.number("disagree")
		}
		for _, r := range all[x] {
			pairs += r.number("pairs")
		}
		if q.Kind != "area" && len(rows[x]) == 0 {
			return math.NaN()
		}
		return wrong / pairs
	}
}

func (f csvFiles) levels(q *plot.Request, d *plot.Drawn) func(float64) float64 {
	rows := f.picked("timeseries", q.Metric, q, d, nil)
	return func(x float64) float64 {
		largest, sum, nodes := math.NaN(), 0.0, 0.0
		for _, r := range rows[x] {
			switch r["stat"] {
			case "max":
				if v := r.number("value"); !(v <= largest) {
					largest = v
				}
			case "mean":
				for _, n := range rows[x] {
					if n["stat"] == "count" && n["role"] == r["role"] && n["observer_role"] == r["observer_role"] {
						sum, nodes = sum+float64(r.number("value")*n.number("value")), nodes+n.number("value")
					}
				}
			}
		}
		switch d.Stat {
		case "max":
			return largest
		case "sum":
			return sum
		}
		return sum / nodes
	}
}

// quantiles are never folded: the value stands in one row.
func (f csvFiles) quantiles(q *plot.Request, d *plot.Drawn) func(float64) float64 {
	pools := f.picked("timeseries", q.Metric, q, d, nil)
	classes := f.picked("coordinates", "", q, d, nil)
	column := q.Metric + "_" + d.Stat
	if q.Metric == "coordinate_error_ms" {
		column = "coordinate_error_" + d.Stat + "_ms"
	}
	return func(x float64) float64 {
		for _, r := range pools[x] {
			if r["stat"] == d.Stat && (r["link"] != "" || len(f["coordinates"]) == 0) {
				return r.number("value")
			}
		}
		if len(classes[x]) == 1 {
			return classes[x][0].number(column)
		}
		return math.NaN()
	}
}

func (f csvFiles) states(q *plot.Request, d *plot.Drawn) func(float64) float64 {
	rows := f.picked("timeseries", q.Metric, q, d, nil)
	return func(x float64) float64 {
		if len(rows[x]) != 1 {
			return math.Inf(1)
		}
		return rows[x][0].number("value")
	}
}

// shares are of the observations that are at most a value, for metrics that stand in observations.csv.
func (f csvFiles) shares(t *testing.T, name string, q *plot.Request, d *plot.Drawn) func(float64) float64 {
	t.Helper()
	if q.Kind != "ecdf" {
		t.Fatalf("%s: no way to fold observations into kind %q by hand", name, q.Kind)
	}
	var values []float64
	for _, list := range f.picked("observations", q.Metric, q, d, nil) {
		for _, r := range list {
			values = append(values, r.number("value"))
		}
	}
	return func(x float64) float64 {
		n := 0
		for _, v := range values {
			if v <= x {
				n++
			}
		}
		return float64(n) / float64(len(values))
	}
}

// markings counts, or takes the statistic of, the rows of detections.csv within each interval.
func (f csvFiles) markings(q *plot.Request, d *plot.Drawn) func(float64) float64 {
	picked := f.picked("detections", "", q, d, map[string]string{"role": "subject_role"})
	column := "detection_each_s"
	if q.Metric == "detection_first" {
		column = "detection_first_s"
	}
	var rows []row
	for _, list := range picked {
		for _, r := range list {
			ok := r[column] != ""
			switch q.Metric {
			case "excused_positives":
				ok = r["to"] == "DEAD" && r["truth"] != "live" && r["truth"] != "crashed"
			case "false_suspicions":
				ok = r["to"] == "SUSPECT" && r["truth"] == "live"
			}
			if ok {
				rows = append(rows, r)
			}
		}
	}
	return func(x float64) float64 {
		var values []float64
		for _, r := range rows {
			if at := r.number("t_s"); q.Kind == "ecdf" && r.number(column) <= x || q.Kind != "ecdf" && at > x-d.Width && at <= x {
				values = append(values, r.number(column))
			}
		}
		slices.Sort(values)
		switch n := len(values); {
		case q.Kind == "ecdf":
			return float64(n) / float64(len(rows))
		case q.Rate:
			return float64(n) / d.Width
		case d.Stat == "count" || d.Stat == "sum":
			return float64(n)
		case n == 0:
			return math.NaN()
		case d.Stat == "p50":
			return values[(n-1)/2]
		default:
			return values[n-1]
		}
	}
}
