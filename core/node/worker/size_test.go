package worker

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
		{"shard", unsafe.Sizeof(shard{}), shardBytes},
		{"key of a workflow", unsafe.Sizeof(flowKey{}), flowBytes},
		{"ack", unsafe.Sizeof(ack{}), ackBytes},
		{"date", unsafe.Sizeof(date{}), dateBytes},
		{"pending transfer", unsafe.Sizeof(pending{}), pendingBytes},
		{"date of one", unsafe.Sizeof(pendingDate{}), pendingDateBytes},
		{"request for more time", unsafe.Sizeof(request{}), requestBytes},
		{"result", unsafe.Sizeof(result{}), resultBytes},
		{"body of a result", unsafe.Sizeof(job.WorkflowFinalResult{}), bodyBytes},
		{"timer", unsafe.Sizeof(timer{}), timerBytes},
	} {
		if x.have != x.want {
			t.Errorf("a %s is %d bytes, the constant says %d", x.what, x.have, x.want)
		}
	}
}
