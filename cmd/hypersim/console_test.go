package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"hypersim/cmd/internal/runner"
	"hypersim/core"
)

func TestSI(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{{0, "0"}, {999, "999"}, {1000, "1 k"}, {1_234_567, "1.23 M"}, {2.5e9, "2.5 G"}} {
		if have := si(c.v); have != c.want {
			t.Errorf("si(%v) = %q, want %q", c.v, have, c.want)
		}
	}
}

// Without a terminal there is a line every ten seconds of wall time, and with --quiet none.
func TestProgressLines(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		var out bytes.Buffer
		c := newConsole(&out, quiet)
		for wall := time.Second; wall <= 35*time.Second; wall += time.Second {
			c.progress(runner.Progress{Now: core.Instant(wall), End: core.Instant(100e9), Events: uint64(wall / 1000), Wall: wall})
		}
		c.progress(runner.Progress{Wall: time.Hour, Phase: "drawing"})
		c.close()
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if quiet {
			if out.Len() > 0 {
				t.Errorf("quiet, but: %s", out.String())
			}
			continue
		}
		// 1 virtual second a second: at 10 s, 90 s are left.
		if want := "10 s of 100 s, 1 M events/s, about 1m30s left"; len(lines) != 3 || lines[0] != want {
			t.Errorf("have %q, want 3 lines, the first %q", lines, want)
		}
	}
}
