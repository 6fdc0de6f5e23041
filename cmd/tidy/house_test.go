package main

import (
	"slices"
	"testing"
)

// The rows of the import table, each with what it gives and the nearest thing it does not.
func TestHouse(t *testing.T) {
	for _, row := range []struct {
		from        string
		may, mayNot []string
	}{
		{"core", []string{"fmt", "time", "cmp"}, []string{"os", "os/exec", "net/http", "hypersim/core/rng", "pgregory.net/rapid"}},
		{"core/xmath", []string{"math"}, []string{"hypersim/core", "unsafe"}},
		{"core/rng", []string{"hypersim/core/xmath", "golang.org/x/exp/rand"}, []string{"math/rand/v2", "golang.org/x/exp/slices", "hypersim/core/swim"}},
		{"core/estimate", []string{"hypersim/core"}, []string{"hypersim/core/swim"}},
		{"core/indexed", []string{"cmp"}, []string{"hypersim/core", "hypersim/core/rng"}},
		{"core/spread", []string{"hypersim/core/xmath"}, []string{"hypersim/core/swim", "hypersim/core/wire"}},
		{"core/fence", []string{"hypersim/core/indexed"}, []string{"hypersim/core/call", "hypersim/core/job"}},
		{"core/call", []string{"hypersim/core/indexed", "hypersim/core/rng"}, []string{"hypersim/core/job", "hypersim/core/swim"}},
		{"core/job", []string{"hypersim/core/call", "hypersim/core/fence"}, []string{"hypersim/core/workflow", "hypersim/core/replica"}},
		{"core/dispatch", []string{"hypersim/core/lease", "hypersim/core/estimate"}, []string{"hypersim/core/node/gate", "hypersim/scenarios", "context"}},
		{"core/node/gate", []string{"hypersim/core/node/client", "hypersim/core/routing"}, []string{"hypersim/core/coretest", "hypersim/sim/kernel"}},
		{"core/coretest", []string{"hypersim/core/node/gate"}, []string{"hypersim/sim/world"}},
		{"sim/kernel", []string{"hypersim/core", "io", "os"}, []string{"sync", "hypersim/core/node/worker", "hypersim/sim/world"}},
		{"sim/check", []string{"hypersim/sim/trace"}, []string{"hypersim/analysis", "github.com/expr-lang/expr"}},
		{"sim/world", []string{"hypersim/core/node/gate", "hypersim/sim/fault", "hypersim/scenarios"}, []string{"hypersim/analysis", "hypersim/cmd/internal/batch", "crypto/rand"}},
		{"scenarios", []string{"hypersim/topologies", "hypersim/core/swim", "github.com/BurntSushi/toml"}, []string{"hypersim/sim/world", "golang.org/x/exp/rand"}},
		{"topologies", []string{"hypersim/core/rng"}, []string{"hypersim/scenarios", "hypersim/sim/network"}},
		{"analysis", []string{"hypersim/topologies/input"}, []string{"hypersim/topologies"}},
		{"analysis/plot", []string{"hypersim/sim/trace", "hypersim/analysis/stats", "gonum.org/v1/plot"}, []string{"hypersim/sim/world", "hypersim/scenarios"}},
		{"cmd/hypersim", []string{"hypersim/sim/world", "hypersim/analysis/report", "github.com/spf13/cobra"}, []string{"golang.org/x/exp/rand"}},
	} {
		i := slices.IndexFunc(house, func(r room) bool { return matches(r.at, row.from) })
		if i < 0 {
			t.Errorf("%s has no row", row.from)
			continue
		}
		for _, name := range row.may {
			if why := house[i].refuses(row.from, name); why != "" {
				t.Errorf("%s may not import %s (%s), want it allowed", row.from, name, why)
			}
		}
		for _, name := range row.mayNot {
			if house[i].refuses(row.from, name) == "" {
				t.Errorf("%s may import %s, want it refused", row.from, name)
			}
		}
	}
}
