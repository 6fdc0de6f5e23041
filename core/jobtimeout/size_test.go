package jobtimeout

import (
	"testing"
	"unsafe"
)

func TestSizesAreTrue(t *testing.T) {
	for _, x := range []struct {
		what       string
		have, want uintptr
	}{
		{"job at a manager", unsafe.Sizeof(tracked{}), trackedBytes},
		{"worker with an extension", unsafe.Sizeof(grantee{}), granteeBytes},
		{"job at a gate", unsafe.Sizeof(judged{}), judgedBytes},
		{"datacenter of a job at a gate", unsafe.Sizeof(part{}), partBytes},
	} {
		if x.have != x.want {
			t.Errorf("a %s is %d bytes, the constant says %d", x.what, x.have, x.want)
		}
	}
}
