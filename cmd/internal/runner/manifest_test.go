package runner

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What changes no result changes neither the configuration nor its hash; everything else does.
func TestResolved(t *testing.T) {
	config, hash := resolved(load(t))
	if bytes.Contains(config, []byte("codec")) {
		t.Error("the codec is in the configuration")
	}
	for _, c := range []struct {
		set  string
		same bool
	}{
		{"network.codec=wire", true},
		{"report.keep_trace=true", true},
		{"cluster.workers=5", false},
		{"protocol.probe.interval=2s", false},
		{"fault.crash.at=11s", false},
	} {
		sc := load(t, c.set)
		other, otherHash := resolved(sc)
		if (otherHash == hash) != c.same || bytes.Equal(other, config) != c.same {
			t.Errorf("%s: same configuration = %v, want %v", c.set, otherHash == hash, c.same)
		}
		if kept := slices.Contains(sets(sc), c.set); kept == c.same {
			t.Errorf("%s: in the manifest's sets = %v", c.set, kept)
		}
	}
}

func TestDefaultFolder(t *testing.T) {
	sc := load(t)
	_, hash := resolved(sc)
	if have, want := Default(sc), filepath.Join("results", "tiny", "1-"+hash[:8]); have != want {
		t.Errorf("have %s, want %s", have, want)
	}
	if strings.Contains(Default(sc), "%") {
		t.Error(Default(sc))
	}
}

// The hash of the delays sees a matrix that changed under the same name.
func TestDelays(t *testing.T) {
	a := load(t).Topology
	b := a.Clone()
	if delays(a) != delays(b) {
		t.Error("equal delays, other hash")
	}
	b.Base[1]++
	if delays(a) == delays(b) {
		t.Error("other delays, same hash")
	}
}
