package front

import (
	"testing"
	"unsafe"
)

func TestSizes(t *testing.T) {
	if n := int(unsafe.Sizeof(open{})); n != openBytes {
		t.Errorf("a pending request takes %d bytes, not %d", n, openBytes)
	}
	if n := int(unsafe.Sizeof(Server{})); n != serverBytes {
		t.Errorf("a server takes %d bytes, not %d", n, serverBytes)
	}
}
