package scenarios

import (
	"strings"
	"testing"
)

// A path that takes less than a datagram may have is a warning, and only such a one.
func TestWarningOfSmallPaths(t *testing.T) {
	for _, c := range []struct{ name, sets, want string }{
		{"the protocol's own bound fits", "network.mtu=1400B", ""},
		{"inside a site", "network.intra.mtu=600B", "may have 1400 bytes, but the path inside use1 takes 600 (mtu)"},
		{"what may stand in it", "network.intra.mtu=600B", "may have 507 together"},
		{"between the gates of two sites", "network.inter.mtu=1000B", "the path between use1 and euw1 takes 1000"},
		{"nobody gossips between sites", "network.inter.mtu=600B cluster.gates=0 cluster.gateless=true", ""},
		{"all do in a flat group", "network.inter.mtu=600B cluster.gates=0 cluster.gateless=true protocol.membership.topology=flat", "between use1 and euw1"},
		{"blocks that fit", "network.mtu=600B protocol.gossip.max_bytes=300 protocol.health.max_bytes=100 protocol.worker_state.max_bytes=107", ""},
		{"one byte more", "network.mtu=600B protocol.gossip.max_bytes=301 protocol.health.max_bytes=100 protocol.worker_state.max_bytes=107", "may have 601 bytes"},
		{"no coordinates, no entries", "network.mtu=600B protocol.gossip.max_bytes=453 protocol.vivaldi.enabled=false protocol.health.enabled=false protocol.worker_state.max_bytes=107", ""},
		{"a larger block at some", `network.mtu=1300B protocol.health.enabled=false protocol.worker_state.max_bytes=64 protocol.role.gate={"gossip"={"max_bytes"=1200}} protocol.gossip.max_bytes=400`, "takes 1300"},
	} {
		s, err := Parse(base, "x.toml", strings.Fields(c.sets), Options{Alone: true})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		have := strings.Join(s.Warnings, "\n")
		if c.want == "" && strings.Contains(have, "datagram") || !strings.Contains(have, c.want) {
			t.Errorf("%s: warnings %q, want %q", c.name, have, c.want)
		}
	}
}
