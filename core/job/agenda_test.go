package job

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
)

// note is a deadline with something to tell it from others of its instant.
type note struct {
	at core.Instant
	n  int
}

func (a note) Due() core.Instant { return a.at }

func (a note) Before(b note) bool { return a.at < b.at || a.at == b.at && a.n < b.n }

// An agenda gives what is due, in order, whatever the order of arming; a sorted list does the same.
func TestAgenda(t *testing.T) {
	draw := rng.New(1, "agenda", 0)
	var a Agenda[note]
	var model []note
	if _, ok := a.Pop(core.Never - 1); ok || a.Next() != core.Never {
		t.Fatal("an empty agenda has something to do")
	}
	for i := range 5000 {
		if draw.Bool(0.55) {
			x := note{core.Instant(draw.Intn(300)), i}
			a.Arm(x)
			model = append(model, x)
			continue
		}
		slices.SortFunc(model, func(x, y note) int {
			if x.Before(y) {
				return -1
			}
			return 1
		})
		now := core.Instant(draw.Intn(300))
		x, ok := a.Pop(now)
		if due := len(model) > 0 && model[0].at <= now; ok != due {
			t.Fatalf("step %d: popped %v at %v, and %v is first", i, ok, now, model)
		}
		if ok {
			if x != model[0] {
				t.Fatalf("step %d: popped %v, first is %v", i, x, model[0])
			}
			model = model[1:]
		}
		if len(a.All()) != len(model) {
			t.Fatalf("step %d: %d armed, not %d", i, len(a.All()), len(model))
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		x, _ := a.Pop(core.Never)
		a.Arm(x)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Who arms a deadline that is past whenever one fires comes to the end of its step all the same, and goes on when time does.
func TestAgendaRestsWhereDeadlinesHaveNoEnd(t *testing.T) {
	a := Agenda[note]{atOnce: 100}
	a.Arm(note{5, 0})
	for _, now := range []core.Instant{7, 8} {
		fired := 0
		for x, ok := a.Pop(now); ok; x, ok = a.Pop(now) {
			fired++
			a.Arm(note{5, x.n + 1})
		}
		if fired != 100 || a.Next() != 5 {
			t.Errorf("at %d: %d fired, the next is due at %v", now, fired, a.Next())
		}
		if _, ok := a.Pop(now); ok {
			t.Errorf("at %d: one more", now)
		}
	}
}
