package dispatch

import (
	"testing"
	"unsafe"
)

func TestSizesAreTrue(t *testing.T) {
	for _, x := range []struct {
		what       string
		have, want uintptr
	}{
		{"want", unsafe.Sizeof(Want{}), wantBytes},
		{"flight", unsafe.Sizeof(flight{}), flightBytes},
		{"hold", unsafe.Sizeof(hold{}), holdBytes},
	} {
		if x.have != x.want {
			t.Errorf("a %s is %d bytes, the constant says %d", x.what, x.have, x.want)
		}
	}
}
