package plot

import (
	"flag"
	"testing"

	"hypersim/analysis"
)

var folder = flag.String("folder", "", "folder of a run to draw into -keep")

// TestDrawRun draws a run of one's own: go test ./analysis/plot -run DrawRun -folder DIR -keep DIR.
func TestDrawRun(t *testing.T) {
	if *folder == "" || *keep == "" {
		t.Skip("needs -folder and -keep")
	}
	run, err := analysis.Load(*folder)
	if err != nil {
		t.Fatal(err)
	}
	names, err := All(run, *keep, Options{})
	t.Log(names, err)
}
