package client

import (
	"testing"
	"unsafe"
)

func TestSizesAreTrue(t *testing.T) {
	for _, x := range []struct {
		what       string
		have, want uintptr
	}{
		{"job", unsafe.Sizeof(tracked{}), trackedBytes},
		{"deadline", unsafe.Sizeof(deadline{}), deadlineBytes},
		{"target", unsafe.Sizeof(target{}), targetBytes},
	} {
		if x.have != x.want {
			t.Errorf("a %s is %d bytes, the constant says %d", x.what, x.have, x.want)
		}
	}
}
