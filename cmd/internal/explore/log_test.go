package explore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
)

// Whatever a log holds, what is read of it is whole generations at its beginning, which can be steered by, or it is no log of the search.
func FuzzReadLog(f *testing.F) {
	want := head{Explore: 1, Seed: 3, Shard: Shard{0, 1}, Program: "p"}
	first, err := json.Marshal(want)
	if err != nil {
		f.Fatal(err)
	}
	var log bytes.Buffer
	fmt.Fprintf(&log, "%s\n", first)
	for i := range generation + 2 {
		fmt.Fprintf(&log, `{"run":%d,"name":{"world":1,"faults":2,"seed":3},"events":4,"marks":[1,2,3]}`+"\n", i)
	}
	f.Add(log.Bytes())
	f.Add(bytes.Replace(log.Bytes(), []byte("[1,2,3]"), []byte("[1,9999]"), 1))
	f.Add(log.Bytes()[:log.Len()/2])
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		runs, size, err := readLog(text, want)
		if err != nil {
			return
		}
		if len(runs)%generation != 0 || size > int64(len(text)) {
			t.Fatalf("%d runs, %d of %d bytes", len(runs), size, len(text))
		}
		var s steering
		s.take(runs)
		again, same, err := readLog(text[:size], want)
		if err != nil || len(again) != len(runs) || same != size {
			t.Fatalf("%d runs in %d bytes, and then %d in %d: %v", len(runs), size, len(again), same, err)
		}
	})
}
