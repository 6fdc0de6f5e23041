package core_test

import (
	"testing"

	"hypersim/core"
	"hypersim/core/job"
)

// A body that lies on a shelf is nobody's: whoever holds it then had let go of it too early.
func TestHoldOnAShelf(t *testing.T) {
	var s core.Shelf
	b := core.Body(new(job.Progress))
	core.Hold(b)
	core.Hold(b)
	s.Drop(core.KindJobProgress, b)
	core.Hold(b)
	s.Drop(core.KindJobProgress, b)
	s.Drop(core.KindJobProgress, b)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("it was held")
			}
		}()
		core.Hold(b)
	}()
	if s.Take(core.KindJobProgress, nil) != b {
		t.Error("it is not on the shelf")
	}
	core.Hold(b)
	s.Drop(core.KindJobProgress, b)
}
