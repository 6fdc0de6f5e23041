package swim

import (
	"testing"

	"hypersim/core"
)

// While forced, the score stands still and stretches every timeout; what happens meanwhile counts afterwards.
func TestForcedLocalHealth(t *testing.T) {
	var fx core.Effects
	cfg := Default()
	m := Machine{cfg: &cfg}
	m.addLHM(2, core.CauseLag, &fx)
	m.ForceLHM(8, &fx)
	for _, by := range []int{1, -1, -1, -1} { // 3, 2, 1, 0
		m.addLHM(by, core.CauseLag, &fx)
	}
	if m.LHM() != 8 || m.suspicionFactor(0, 0) != 9 {
		t.Errorf("score %d, factor %v, want 8 and 1 + 8", m.LHM(), m.suspicionFactor(0, 0))
	}
	m.ForceLHM(3, &fx) // another value
	m.addLHM(1, core.CauseLag, &fx)
	m.FreeLHM(&fx)
	m.FreeLHM(&fx)
	m.ForceLHM(99, &fx) // beyond lhm.max
	var have [][2]int64
	for i := range fx.Facts {
		have = append(have, [2]int64{fx.Facts[i].B, fx.Facts[i].A})
	}
	want := [][2]int64{{0, 2}, {2, 8}, {8, 3}, {3, 1}, {1, 8}}
	if len(have) != len(want) {
		t.Fatalf("score moved %v, want %v", have, want)
	}
	for i := range want {
		if have[i] != want[i] {
			t.Errorf("score moved %v, want %v", have, want)
		}
	}
}
