package trace

import (
	"reflect"
	"strings"
	"testing"
)

// Every field of a record about jobs moves the digest, but for those that its kind does not name.
func TestDigestFeelsEveryFieldOfJobRecords(t *testing.T) {
	of := func(r *JobRecord) uint64 {
		var d Digest
		d.RecordJob(r)
		return d.Sum()
	}
	seen := map[uint64]JobKind{}
	for k := JobSubmitted; k < NumJobKinds; k++ {
		r := JobRecord{Kind: k}
		other := ".Work."
		if k == JobWork || k == JobEnded || k == JobLost {
			other = ".Fact."
		}
		want := of(&r)
		if first, twice := seen[want]; twice {
			t.Errorf("%v and %v have the same digest", k, first)
		}
		seen[want] = k
		each(reflect.ValueOf(&r).Elem(), "", func(path string) {
			if moved := of(&r) != want; path != ".Kind" && moved == (path == ".Step" || strings.HasPrefix(path, other)) {
				t.Errorf("%v: %s moves the digest: %v", k, path, moved)
			}
		})
	}
}

func TestJobKindsHaveNames(t *testing.T) {
	if have := constants(t, "job.go", "JobNone"); have != NumJobKinds {
		t.Errorf("the list has %d constants, Num… says %d", have, NumJobKinds)
	}
	seen := map[string]bool{}
	for k := range JobKind(NumJobKinds) {
		if name := k.String(); name == "unknown" || seen[name] {
			t.Errorf("kind %d is called %q", k, name)
		}
		seen[k.String()] = true
	}
}
