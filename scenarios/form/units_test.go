package form

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

// What is written is read back the same.
func TestUnitsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := core.Duration(rapid.Int64Range(-int64(DurationMax), int64(DurationMax)).Draw(t, "duration"))
		if have, err := ParseDuration(FormatDuration(d)); err != nil || have != d {
			t.Errorf("%v is written %q, read %v, %v", d, FormatDuration(d), have, err)
		}
		size := rapid.Int64Range(0, 1<<53).Draw(t, "size")
		if have, err := ParseSize(FormatSize(size)); err != nil || have != size {
			t.Errorf("%d is written %q, read %v, %v", size, FormatSize(size), have, err)
		}
		bits := float64(rapid.Int64Range(0, 1<<53).Draw(t, "bandwidth"))
		if have, err := ParseBandwidth(FormatBandwidth(bits)); err != nil || have != bits {
			t.Errorf("%v is written %q, read %v, %v", bits, FormatBandwidth(bits), have, err)
		}
	})
}

func TestUnits(t *testing.T) {
	near := func(what string, have float64, err error, want float64) {
		t.Helper()
		if err != nil || math.Abs(have-want) > 1e-12*math.Abs(want) {
			t.Errorf("%s: %v, %v, want %v", what, have, err, want)
		}
	}
	size, err := ParseSize("1.5KiB")
	near("size", float64(size), err, 1536)
	v, err := ParseBytes("0.5kB")
	near("bytes", v, err, 500)
	v, err = ParseRate("3/min")
	near("rate", v, err, 0.05)
	v, err = ParseHourRate("2/s")
	near("rate of an hour", v, err, 7200)
	v, err = ParseShareRate("10%/min")
	near("share", v, err, 0.1/60)
	v, err = ParseBandwidth("200kbit/s")
	near("bandwidth", v, err, 2e5)
	v, err = ParsePercent("5%")
	near("percent", v, err, 0.05)
	if d, err := ParseDuration("1h30m"); err != nil || d != 90*time.Minute {
		t.Errorf("%v, %v", d, err)
	}
	for _, s := range []string{"", "0", "5", "5 parsecs", "8761h", "1e400s"} {
		if d, err := ParseDuration(s); err == nil {
			t.Errorf("%q is read as %v", s, d)
		}
	}
	for _, s := range []string{"", "12", "0x10B", "infB", "nanB", "1_0B", "B", "1e300GiB"} {
		if v, err := ParseSize(s); err == nil {
			t.Errorf("%q is read as %v", s, v)
		}
	}
}
