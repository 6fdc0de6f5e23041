package plot

import (
	"slices"
	"testing"
	"time"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// sent is a run of 120 s in which a gate turned from one datacenter to another after a minute, and another one decided twice.
func sent() *analysis.Run {
	run := &analysis.Run{Info: analysis.Info{Duration: 120 * time.Second}, Tables: &metrics.Tables{}}
	row := func(s float64, gate, dc string, regret float64) {
		run.Tables.Routes = append(run.Tables.Routes, metrics.RouteRow{At: core.Instant(s * 1e9), Gate: gate, Primary: dc, Regret: regret})
	}
	for i := range 240 {
		dc := "near"
		if i >= 120 {
			dc = "far"
		}
		row(float64(i)/2, "a/gate/0", dc, 1+float64(i%2))
	}
	row(1, "b/gate/0", "near", 1)
	row(2, "b/gate/0", "", 0)
	return run
}

func TestRoutes(t *testing.T) {
	run := sent()
	gates, dcs := routed(run.Tables.Routes)
	if !slices.Equal(gates, []string{"a/gate/0", "b/gate/0"}) || !slices.Equal(dcs, []string{"far", "near"}) {
		t.Errorf("gates %q, datacenters %q", gates, dcs)
	}
	groups, left := gateGroups(run.Tables.Routes, routePanels)
	if len(groups) != 2 || left != "" || len(groups[0].rows) != 240 || len(groups[1].rows) != 1 {
		t.Fatalf("%+v, left %q", groups, left)
	}
	if w := routeWindow(run, groups); w != 20 { // the gate that decided once has no window of its own, and six windows are the least
		t.Errorf("windows of %g s", w)
	}
	x, layers := shares(&groups[0], []string{"near"}, 20)
	if len(layers) != 2 || x[4] != 40 || x[5] != 60 || layers[0][4] != 1 || layers[0][5] != 1 || layers[1][5] != 0 || layers[0][6] != 0 || layers[1][6] != 1 {
		t.Errorf("x %v, near %v, others %v", x, layers[0], layers[1])
	}
	if _, layers = shares(&groups[1], []string{"near"}, 20); slices.Max(layers[0]) != 0 {
		t.Errorf("one decision is no share: %v", layers[0])
	}
	names, err := All(run, t.TempDir(), Options{})
	if err != nil || !slices.Contains(names, "routes.png") {
		t.Errorf("%q, %v", names, err)
	}
	if groups, left = gateGroups(run.Tables.Routes, 1); len(groups) != 1 || groups[0].name != "a/gate/0" || left != "1 site that decided less has" {
		t.Errorf("%+v, left %q", groups, left)
	}
	run.Tables.Routes = nil
	if routes(run) != nil {
		t.Error("a picture of nothing")
	}
}
