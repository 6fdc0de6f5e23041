package health

import (
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/rng"
)

// naive is the same group told plainly: for each node when it was heard, and since when it is to go.
type naive struct {
	heard, due, gone [6]core.Instant
	fails            [6]int
	dead             [6]bool
}

func (m *naive) out(i int, now core.Instant, c *Config) bool {
	return now.Sub(m.heard[i]) >= c.Node.Timeout || m.fails[i] >= c.Node.Failures || m.dead[i]
}

// I-H2 and I-H3 in random groups, and the same evictions as the plain telling as long as nothing is released by a hold.
func TestTrackerProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Default()
		c.Evict.GapMin, c.Evict.GapMax, c.Evict.Most = 0, 0, 100
		var m naive
		tr := NewTracker(&c, 6, rng.New(1, "test"))
		for i := range 6 {
			tr.Hear(0, i)
			m.due[i], m.gone[i] = core.Never, core.Never
		}
		out := [6]bool{}
		for now := second; now < 400*second; now += second {
			for i := range 6 {
				switch rapid.IntRange(0, 40).Draw(t, "event") {
				case 0, 1, 2, 3:
					tr.Hear(now, i)
					m.heard[i], m.fails[i] = now, 0
				case 4:
					tr.Node(i).Failed()
					m.fails[i]++
				case 5:
					m.dead[i] = !m.dead[i]
					tr.Node(i).Dead(m.dead[i])
				}
			}
			recent := 0
			for i := range 6 {
				switch {
				case !m.out(i, now, &c):
					m.due[i], out[i] = core.Never, false
				case m.due[i] == core.Never:
					m.due[i] = now
				}
				if m.due[i] != core.Never && m.due[i] >= now-60*second {
					recent++
				}
			}
			var want []int
			for i := range 6 {
				if m.due[i] == core.Never || out[i] || m.gone[i] != core.Never && now-m.gone[i] < 30*second {
					continue
				}
				if recent > 3 && !m.dead[i] && now-m.due[i] < 60*second {
					continue
				}
				want, m.gone[i], out[i] = append(want, i), now, true
			}
			have := tr.Tick(now, nil)
			if len(have) != len(want) {
				t.Fatalf("%v: evicted %v, want %v", now, have, want)
			}
			for k := range have {
				if have[k] != want[k] {
					t.Fatalf("%v: evicted %v, want %v", now, have, want)
				}
				tr.Handed(have[k])
			}
			for i := range 6 {
				if alive := !m.out(i, now, &c) && !out[i]; tr.Alive(now, i) != alive {
					t.Fatalf("%v: node %d alive: %v", now, i, !alive)
				}
			}
		}
	})
}

func TestTrackersDoNotAllocate(t *testing.T) {
	c := Default()
	tr := NewTracker(&c, 50, rng.New(1, "test"))
	evict := make([]int, 0, 50)
	now := core.Instant(0)
	if n := testing.AllocsPerRun(500, func() {
		now += second
		for i := range 40 {
			tr.Hear(now, i)
		}
		evict = tr.Tick(now, evict[:0])
	}); n > 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

func TestSizesAreTrue(t *testing.T) {
	for _, x := range []struct {
		what       string
		have, want uintptr
	}{{"node", unsafe.Sizeof(Node{}), nodeBytes}, {"tracker", unsafe.Sizeof(Tracker{}), trackerBytes}} {
		if x.have != x.want {
			t.Errorf("a %s is %d bytes, the constant says %d", x.what, x.have, x.want)
		}
	}
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	c := Default()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	c.Node.Slow, c.Evict.GapMin = 0.9, 2*c.Evict.GapMax
	if err := c.Validate(); err == nil || len(err.Error()) < 80 {
		t.Error(err)
	}
}
