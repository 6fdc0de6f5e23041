package plot

import (
	"slices"
	"testing"
	"time"

	"gonum.org/v1/plot/plotter"

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
	xy := shares(run.Tables.Routes, "a/gate/0", "near", routeWindow(run))
	if len(xy) != 60 || xy[0] != (plotter.XY{X: 1, Y: 1}) || xy[29].Y != 1 || xy[30].Y != 0 {
		t.Errorf("%d windows, %v", len(xy), xy)
	}
	if xy = shares(run.Tables.Routes, "b/gate/0", "near", routeWindow(run)); len(xy) != 0 {
		t.Errorf("one decision is no share: %v", xy)
	}
	names, err := All(run, t.TempDir(), Options{})
	if err != nil || !slices.Contains(names, "routes.png") {
		t.Errorf("%q, %v", names, err)
	}
	run.Tables.Routes = nil
	if routes(run) != nil {
		t.Error("a picture of nothing")
	}
}
