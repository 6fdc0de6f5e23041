package batch

import (
	"runtime"
	"strconv"
	"testing"

	"hypersim/scenarios"
)

// Planning takes memory by the cell: a plan of thousands must not read, bind and encode a file a thousand times from
// nothing. What one cell takes is the difference of a large and a small plan: each cell writes all keys down, those of the
// protocol most of all, so it is bounded by the key.
func TestBytesOfAPlannedCell(t *testing.T) {
	taken := func(values int) (bytes uint64, cells int) {
		req := scenario(t)
		axis := "fault.loss.p=0.001"
		for i := 2; i <= values; i++ {
			axis += "," + strconv.FormatFloat(float64(i)/1000, 'f', -1, 64)
		}
		req.Vary = []string{axis}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p := expand(t, req)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc, len(p.Cells)
	}
	taken(2) // what is read once for all
	most := 7 << 10 * uint64(len(scenarios.Keys()))
	small, few := taken(10)
	large, many := taken(60)
	if many < few+50 {
		t.Fatalf("%d and %d cells", few, many)
	}
	each := (large - min(small, large)) / uint64(many-few)
	t.Logf("%d kB a cell of %d keys", each>>10, len(scenarios.Keys()))
	if each > most {
		t.Errorf("%d bytes a cell, at most %d", each, most)
	}
}
