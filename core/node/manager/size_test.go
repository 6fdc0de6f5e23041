package manager

import (
	"testing"
	"unsafe"

	"hypersim/core/job"
)

func TestSizesAreTrue(t *testing.T) {
	for _, x := range []struct {
		what       string
		have, want uintptr
	}{
		{"job", unsafe.Sizeof(record{}), recordBytes},
		{"workflow", unsafe.Sizeof(flow{}), flowBytes},
		{"shard", unsafe.Sizeof(shard{}), shardBytes},
		{"exclusion", unsafe.Sizeof(exclusion{}), exclusionBytes},
		{"stop", unsafe.Sizeof(stop{}), stopBytes},
		{"failure", unsafe.Sizeof(job.Failure{}), failureBytes},
		{"workflow of a submission", unsafe.Sizeof(job.WorkflowSpec{}), specBytes},
		{"timer", unsafe.Sizeof(timer{}), timerBytes},
		{"worker", unsafe.Sizeof(worker{}), workerBytes},
		{"what is kept of a gate", unsafe.Sizeof(gateSide{}), gateSideBytes},
		{"run", unsafe.Sizeof(run{}), runBytes},
	} {
		if x.have != x.want {
			t.Errorf("a %s is %d bytes, the constant says %d", x.what, x.have, x.want)
		}
	}
}
