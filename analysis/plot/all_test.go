package plot

import (
	"bytes"
	"flag"
	"image"
	_ "image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var keep = flag.String("keep", "", "folder that keeps the figures of the synthetic run")

// TestAll draws every figure of a run that has data for all and checks what a reader relies on: the files
// are there, in their size, and not empty paper.
func TestAll(t *testing.T) {
	run := synthetic(t, t.TempDir())
	dir := t.TempDir()
	if *keep != "" {
		dir = *keep
	}
	names, err := All(run, dir, Options{SVG: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"detection", "cutoff", "members", "suspicions", "traffic", "coordinates", "health", "dissemination", "rejoin"}
	for _, w := range want {
		for _, extension := range []string{".png", ".svg"} {
			if !slices.Contains(names, w+extension) {
				t.Errorf("no %s%s among %s", w, extension, strings.Join(names, " "))
			}
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(name) != ".png" {
			continue
		}
		img, _, err := image.Decode(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if have := img.Bounds().Dx(); have != 1200 {
			t.Errorf("%s is %d pixels wide, want 1200", name, have)
		}
	}
}
