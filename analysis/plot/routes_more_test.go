package plot

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// TestScaled: points of a plane come back with their distances, whatever way they were turned; of others the plane shows a part.
func TestScaled(t *testing.T) {
	points := [][2]float64{{0, 0}, {30, 0}, {30, 40}, {-10, 25}, {7, -3}}
	d := make([][]float64, len(points))
	for i, p := range points {
		for _, q := range points {
			d[i] = append(d[i], math.Hypot(p[0]-q[0], p[1]-q[1]))
		}
	}
	x, y, kept := scaled(d)
	for i := range points {
		for j := range points {
			if have := math.Hypot(x[i]-x[j], y[i]-y[j]); math.Abs(have-d[i][j]) > 1e-9 {
				t.Errorf("%d and %d are %g apart, want %g", i, j, have, d[i][j])
			}
		}
	}
	if math.Abs(kept-1) > 1e-9 {
		t.Errorf("a plane shows %g of itself", kept)
	}
	if _, _, kept = scaled([][]float64{{0, 1, 1, 1}, {1, 0, 1, 1}, {1, 1, 0, 1}, {1, 1, 1, 0}}); math.Abs(kept-2.0/3) > 1e-9 { // three equal dimensions
		t.Errorf("a plane shows %g of a tetrahedron, want 2/3", kept)
	}
	for n := range 2 {
		if x, _, _ := scaled(make([][]float64, n)[:n]); len(x) != n {
			t.Errorf("%d places of %d", len(x), n)
		}
	}
}

// routing is a run whose gates at a and b choose among a and c, three times nearer and further, and change their minds.
func routing(sites []string) *metrics.Tables {
	tables := &metrics.Tables{Faults: []metrics.FaultRow{{ID: "cut", Kind: "partition", Start: sec(100), End: sec(200), Episodes: 1}}}
	for i := range 300 {
		for k, site := range sites[:min(len(sites), 3)] {
			own, other := site, sites[(k+1)%len(sites)]
			r := metrics.RouteRow{
				At: sec(float64(i)), Decision: uint64(i + 1), Gate: site + "/gate/0", Job: fmt.Sprint("job-", i), Mode: "score", Reason: "initial_selection",
				Primary: own, Regret: 1, Floor: 1, Late: 1,
			}
			if i >= 100 && i < 200 {
				r.Primary, r.Regret, r.Late = other, 3, 3
			}
			if i == 100 {
				r.Previous, r.Reason = own, "exclusion_forced"
			}
			tables.Routes = append(tables.Routes, r)
			for n, dc := range sites {
				tables.Candidates = append(tables.Candidates, metrics.CandidateRow{
					Decision: r.Decision, Gate: r.Gate, Site: dc, ByScore: "score", Score: 10 + float64(n), Bound: 10, Load: 1, Doubt: 1,
					RTT: 1 + 20*math.Abs(float64(k-n)),
				})
			}
		}
	}
	for i := 1; i < 300; i++ {
		tables.Coordinates = append(tables.Coordinates, metrics.CoordinateRow{At: sec(float64(i)), Link: "inter", Roles: "gate-manager", Rel50: 1 / float64(i), Pairs: 4})
	}
	return tables
}

// TestRouteMap: before, during and after the fault, each gate's decisions go where they went.
func TestRouteMap(t *testing.T) {
	run := loaded(routing([]string{"a", "b", "c"}))
	a := newAtlas(run)
	if a == nil || len(a.ages) != 3 || len(a.places) != 3 {
		t.Fatalf("have %+v", a)
	}
	for i, want := range []string{"a>a 100 b>b 100 c>c 100", "a>b 100 b>c 100 c>a 100", "a>a 100 b>b 100 c>c 100"} {
		var have []string
		for _, f := range a.ages[i].flows {
			have = append(have, fmt.Sprintf("%s>%s %d", f.from, f.to, f.n))
			if f.share != 1 {
				t.Errorf("%s is %g of its gates' decisions", have[len(have)-1], f.share)
			}
		}
		if strings.Join(have, " ") != want {
			t.Errorf("%s: have %v, want %s", a.ages[i].title, have, want)
		}
	}
	// 21 and 41 ms on a line: the middle one lies between the others.
	d := math.Abs(a.places[0].x - a.places[2].x)
	if math.Abs(d-41) > 1 || math.Abs(a.places[0].x-a.places[1].x) > 25 {
		t.Errorf("places %+v", a.places)
	}
	for _, f := range []*figure{routeMap(run), regrets(run), scores(run), routes(run)} {
		readable(t, f)
	}
	f := regrets(run)
	if len(f.panels) != 3 || f.panels[1].legend[4].label != "an oracle (p90 1, p99 1)" || f.panels[2].legend[3].label != "all (n = 900,\np90 3, p99 3)" || f.panels[1].legend[0].label != "a/gate/0 (n = 300,\np90 3, p99 3)" {
		t.Errorf("%d panels of what choices cost: %+v", len(f.panels), f.panels[1].legend)
	}
	p := switchPanel(run)
	if p == nil || len(p.legend) != 1 || p.legend[0].label != "exclusion_forced (3)" {
		t.Errorf("switches %+v", p)
	}
}

// TestRoutesDegenerate: no gates, one decision, a site alone, and many sites with long names.
func TestRoutesDegenerate(t *testing.T) {
	for _, draw := range []func(*analysis.Run) *figure{regrets, scores, routeMap} {
		if draw(loaded(&metrics.Tables{})) != nil {
			t.Error("a run without gates has a picture")
		}
	}
	one := &metrics.Tables{Routes: []metrics.RouteRow{{Gate: "a/gate/0", Primary: "a", Regret: 1, At: 0}}}
	readable(t, regrets(loaded(one)))
	if routeMap(loaded(one)) != nil || scores(loaded(one)) != nil {
		t.Error("one site is no map")
	}
	var sites []string
	for i := range 48 {
		sites = append(sites, fmt.Sprintf("a-datacenter-with-a-long-name-in-region-%d", i))
	}
	many := routing(sites)
	many.Faults = append(many.Faults, metrics.FaultRow{ID: strings.Repeat("long-", 30), Kind: "crash", Start: sec(0), End: core.Never, Episodes: 1})
	run := analysis.New("", analysis.Info{Duration: 300 * time.Second}, many)
	readable(t, routeMap(run))
	readable(t, scores(run))
	readable(t, regrets(run))
}
