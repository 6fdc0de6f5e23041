package scenarios

import (
	"strings"
	"testing"
	"time"
)

// A fault at random begins from the end of the warm-up, or from at on, and not so late that it is in the way of the settle time; others
// may wait for the end of that.
func TestFaultProcess(t *testing.T) {
	text := `schema = 1
[scenario]
name = "x"
title = "x"
duration = "300s"
warmup = "20s"
settle = "60s"
[cluster]
managers = 3
[topology]
use = "lan1"
[[fault]]
id = "naps"
kind = "pause"
process = { rate = "6/min" }
for = "2s"
target = { role = "manager" }
[[fault]]
id = "late"
kind = "pause"
at = "100s"
process = { rate = "1/min" }
for = "5s"
target = { role = "manager" }
`
	sc, err := Parse(text, "x.toml", nil, Options{Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ from, until, end time.Duration }{{20 * time.Second, 238 * time.Second, 240 * time.Second}, {100 * time.Second, 235 * time.Second, 240 * time.Second}} {
		f := &sc.Faults[i]
		if f.At != want.from || f.Process.Until != want.until || f.End() != want.end {
			t.Errorf("%s: from %v to %v, over at %v", f.ID, f.At, f.Process.Until, f.End())
		}
	}
	if n := sc.Faults[0].Times(); n < 21.7 || n > 21.9 { // 218 s
		t.Errorf("%v times", n)
	}
	_, err = Parse(strings.Replace(text, "for = \"2s\"\n", "", 1), "x.toml", nil, Options{Alone: true})
	if err == nil || !strings.Contains(err.Error(), "fault[0].process: begins what is never undone") {
		t.Error(err)
	}
}
