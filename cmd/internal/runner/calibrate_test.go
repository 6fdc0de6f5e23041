package runner

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"hypersim/scenarios"
)

// The time that is foreseen on this machine is that of the run, to a factor of two: of two different kinds of scenario
// always, of those that HYPERSIM_TIMED names otherwise. What other processes do in between moves either, so one of five
// attempts must be right.
func TestTimeForeseen(t *testing.T) {
	names, within := []string{"dc-isolation", "loss-false-positive"}, 8.0 // others may run beside: the order of magnitude
	if more := os.Getenv("HYPERSIM_TIMED"); more != "" {
		names, within = strings.Fields(more), 2
	}
	for _, name := range names {
		sc, err := scenarios.Load(name, nil, scenarios.Options{Alone: true})
		if err != nil {
			t.Fatal(err)
		}
		right := false
		for attempt := 0; attempt < 5 && !right; attempt++ {
			foreseen, wall := timed(t, sc)
			ratio := foreseen.Seconds() / wall.Seconds()
			right = ratio > 1/within && ratio < within
			t.Logf("%s: %v foreseen, %v taken, ratio %.2f", name, foreseen.Round(time.Millisecond), wall.Round(time.Millisecond), ratio)
		}
		if !right {
			t.Errorf("%s: the time foreseen is never within a factor of %g", name, within)
		}
	}
}

// timed returns the time that is foreseen, measured just before and after, and the time that was taken.
func timed(t *testing.T, sc *scenarios.Scenario) (foreseen, wall time.Duration) {
	t.Helper()
	work := scenarios.Describe(sc).Work
	speed, err := Calibrate()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v of %+v", speed, work)
	res, err := Measure(context.Background(), Options{Scenario: sc})
	if err != nil {
		t.Fatal(err)
	}
	after, err := Calibrate()
	if err != nil {
		t.Fatal(err)
	}
	return (speed.Time(work) + after.Time(work)) / 2, time.Duration(res.Performance.WallS * float64(time.Second))
}

// A calibration is over within a second, and more work takes longer.
func TestCalibrationIsShort(t *testing.T) {
	start := time.Now()
	s, err := Calibrate()
	if err != nil {
		t.Fatal(err)
	}
	if wall := time.Since(start); wall > 20*time.Second { // a second by itself; others run beside
		t.Errorf("took %v", wall)
	}
	t.Logf("%+v", s)
	if s.Event <= 0 || s.Ping <= 0 || s.Compared <= 0 {
		t.Errorf("something costs nothing: %+v", s)
	}
	w := scenarios.Work{Events: 1e6, Crowd: 1e6, Notices: 1e6, Pings: 1e6, Compared: 1e6}
	if d := s.Time(w); s.Time(scenarios.Work{Events: 3e6, Crowd: 3e6, Notices: 3e6, Pings: 3e6, Compared: 3e6}) < 2*d {
		t.Errorf("three times the work takes less than twice %v", d)
	}
}

func TestAbout(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Millisecond: "0.1 s", 300 * time.Millisecond: "0.3 s", 5600 * time.Millisecond: "6 s", 99 * time.Second: "99 s",
		10 * time.Minute: "10 min", 100 * time.Hour: "100 h",
	} {
		if got := About(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
