package batch

import (
	"strings"
	"testing"
)

// An axis of a key that another overrides in every cell is named; one that has an effect somewhere is not.
func TestInertAxis(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		vary string
		want []string
	}{
		{"protocol.suspicion.min=5s,6s", []string{"protocol.suspicion.min has no effect here while", "suspicion.scale_with_n"}},
		{"protocol.suspicion.min=5s,20s", nil},
		{"protocol.worker.grace=20s,40s", []string{"protocol.worker.grace has no effect here: workers are members like all others"}},
		{"protocol.probe.timeout=400ms,500ms", nil},
	} {
		p, err := Expand(Request{Scenario: "crash-single-lan", Variants: []string{"flat"}, Seeds: []uint64{1}, Vary: []string{c.vary, "cluster.size=100,200"}})
		if err != nil {
			t.Fatal(err)
		}
		have := strings.Join(p.Inert(), "\n")
		if c.want == nil && have != "" {
			t.Errorf("%s: %s", c.vary, have)
		}
		for _, part := range c.want {
			if !strings.Contains(have, part) {
				t.Errorf("%s: %q lacks %q", c.vary, have, part)
			}
		}
	}
}
