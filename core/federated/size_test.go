package federated

import (
	"testing"
	"unsafe"
)

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		name       string
		have, want uintptr
	}{
		{"Gate", unsafe.Sizeof(Gate{}), gateBytes}, {"probe", unsafe.Sizeof(probe{}), probeBytes},
		{"site", unsafe.Sizeof(site{}), siteBytes}, {"peer", unsafe.Sizeof(peer{}), peerBytes},
		{"Manager", unsafe.Sizeof(Manager{}), managerBytes}, {"gate", unsafe.Sizeof(gate{}), gateEntryBytes},
		{"life", unsafe.Sizeof(life{}), lifeBytes},
	} {
		if c.have != c.want {
			t.Errorf("%s has %d bytes, the constant says %d", c.name, c.have, c.want)
		}
	}
}
