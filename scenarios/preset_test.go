package scenarios

import (
	"slices"
	"strings"
	"testing"

	"hypersim/core/swim"
	"hypersim/scenarios/form"
	"hypersim/scenarios/preset"
)

// Every preset binds, sets each of its keys to its value, and is a profile of [protocol].
func TestPresets(t *testing.T) {
	for _, p := range preset.All() {
		c := defaultConfig()
		c.adopt(&p)
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		rooms := roomsOf(&c)
		for _, k := range p.Keys {
			room, key, _ := strings.Cut(k.Key, ".")
			have := form.Encode(rooms[room])[key]
			if got := strings.Trim(form.JSON(have), `"`); got != k.Value && got+".0" != k.Value {
				t.Errorf("%s: %s is %s, want %s", p.Name, k.Key, got, k.Value)
			}
		}
		sc := small(t, "\n[protocol]\nprofile = \""+p.Name+"\"\n[protocol.suspicion]\nbeta = 3\n", `interval = "1s"`, `indirect_k = 3`)
		if got := sc.Protocol.Default().Swim; got.Suspicion.Beta != 3 || got.Gossip.Limit != swim.LimitDecades {
			t.Errorf("%s: beta %g, limit %s: keys of the file win over the profile, which wins over defaults", p.Name, got.Suspicion.Beta, got.Gossip.Limit)
		}
		if got := sc.Protocol.Behaviour(); got != p.Name {
			t.Errorf("%s calls itself %q", p.Name, got)
		}
	}
	if !slices.Equal(profiles[2:], preset.Names()) {
		t.Errorf("profiles %v", profiles)
	}
}
