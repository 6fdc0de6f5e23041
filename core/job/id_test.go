package job

import (
	"slices"
	"testing"
)

func TestParseID(t *testing.T) {
	for _, id := range []ID{0, 1, 0x76360b754056762f, 1<<64 - 1} {
		if have, err := ParseID(id.String()); err != nil || have != id {
			t.Errorf("%v read back as %v, %v", id, have, err)
		}
	}
	for _, bad := range []string{"", "job-", "76360b754056762f", "job-76360b754056762", "job-76360b754056762f0", "job-76360b754056762g", "wf-76360b754056762f", "job-+6360b754056762f"} {
		if _, err := ParseID(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestNamed(t *testing.T) {
	have := Named("job job-0000000000000001 ended twice (job-00000000000000ff, not job-xyz or job-12)")
	if !slices.Equal(have, []ID{1, 0xff}) {
		t.Errorf("have %v", have)
	}
}
