package scenarios

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestSettingOf(t *testing.T) {
	sc, err := Load("bench-detection", []string{"protocol.gossip.fanout=5"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key   string
		kind  SettingKind
		value string
		words string
		lo    float64
	}{
		{"protocol.suspicion.min", SettingDuration, "5s", "", 0},
		{"protocol.gossip.fanout", SettingWhole, "5", "", 0},
		{"protocol.job_timeout.local_rule", SettingWords, "majority", "majority", math.Inf(-1)},
		{"protocol.probe.pause_guard", SettingSwitch, "true", "true", math.Inf(-1)},
		{"cluster.size", SettingWhole, "64", "", 0},
		{"scenario.duration", SettingDuration, "90s", "", 0},
	} {
		s, err := SettingOf(sc, c.key)
		if err != nil {
			t.Errorf("%s: %v", c.key, err)
			continue
		}
		if s.Kind != c.kind || s.Value != c.value || s.Interval.Lo != c.lo || c.words != "" && !slices.Contains(s.Words, c.words) {
			t.Errorf("%s: %+v", c.key, s)
		}
	}
	for key, want := range map[string]string{
		"protocol.suspicion.mini": `did you mean "protocol.suspicion.min"`,
		"protocol.suspicion":      "no such key",
		"topology":                "no single value",
		"scenario.title":          "no number",
	} {
		if _, err := SettingOf(sc, key); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", key, err)
		}
	}
}
