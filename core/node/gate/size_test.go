package gate

import (
	"testing"
	"unsafe"

	"hypersim/core"
)

func TestSizesAreTrue(t *testing.T) {
	for _, x := range []struct {
		what       string
		have, want uintptr
	}{
		{"job", unsafe.Sizeof(record{}), recordBytes},
		{"datacenter of a job", unsafe.Sizeof(site{}), siteBytes},
		{"request that is held", unsafe.Sizeof(core.Message{}), messageBytes},
		{"ack", unsafe.Sizeof(ack{}), ackBytes},
		{"timer", unsafe.Sizeof(timer{}), timerBytes},
	} {
		if x.have != x.want {
			t.Errorf("a %s is %d bytes, the constant says %d", x.what, x.have, x.want)
		}
	}
}
