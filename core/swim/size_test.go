package swim

import (
	"testing"
	"unsafe"

	"hypersim/core"
	"hypersim/core/spread"
)

func TestSizesAreTrue(t *testing.T) {
	for _, c := range []struct {
		what string
		have uintptr
		want int
	}{
		{"machine", unsafe.Sizeof(Machine{}), machineBytes},
		{"record", unsafe.Sizeof(record{}), recordBytes},
		{"ping", unsafe.Sizeof(ping{}), pingBytes},
		{"item", unsafe.Sizeof(spread.Item[core.Update]{}), itemBytes},
		{"suspicion", unsafe.Sizeof(suspicion{}), suspicionBytes},
		{"health table", unsafe.Sizeof(healthTable{}), healthTableBytes},
		{"health item", unsafe.Sizeof(healthItem{}), healthItemBytes},
		{"work table", unsafe.Sizeof(workTable{}), workTableBytes},
		{"work record", unsafe.Sizeof(workRecord{}), workRecordBytes},
		{"health queued", unsafe.Sizeof(spread.Item[healthItem]{}), healthQueuedBytes},
		{"work item", unsafe.Sizeof(spread.Item[core.WorkerEntry]{}), workItemBytes},
		{"confirmation", unsafe.Sizeof(confirmation{}), confirmationBytes},
		{"audit entry", unsafe.Sizeof(AuditEntry{}), auditBytes},
	} {
		if int(c.have) != c.want {
			t.Errorf("%s is %d bytes, the constant says %d", c.what, c.have, c.want)
		}
	}
}

func TestOwnKinds(t *testing.T) {
	n := 0
	for k := range core.Kind(core.NumKinds) {
		n = max(n, k.Place(core.RoomMembership))
	}
	if n != ownKinds {
		t.Errorf("membership has %d kinds, the constant says %d", n, ownKinds)
	}
}
