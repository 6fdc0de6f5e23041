package plot

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"hypersim/analysis"
)

var child = flag.String("child", "", "draw the run in this folder into its subfolder plots; used by TestTwoProcesses")

// TestTwoProcesses: the same tables give the same bytes, PNG and SVG, in two processes and with one thread.
func TestTwoProcesses(t *testing.T) {
	if *child != "" {
		run, err := analysis.Load(*child)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := All(run, filepath.Join(*child, "plots"), Options{SVG: true}); err != nil {
			t.Fatal(err)
		}
		return
	}
	dir := t.TempDir()
	run := synthetic(t, dir)
	here := t.TempDir()
	names, err := All(run, here, Options{SVG: true})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestTwoProcesses$", "-child="+dir)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range names {
		a, err := os.ReadFile(filepath.Join(here, name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, "plots", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs between two processes", name)
		}
	}
}
