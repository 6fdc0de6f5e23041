package routing

import "testing"

// 30/D10: cores that are taken made classes once, and a full datacenter was no datacenter.
func TestClassesByUtilisation(t *testing.T) {
	was, is := Default().Sites, Default().Sites
	was.ByUse = true
	for _, v := range []struct {
		free, over uint32
		was, is    Class
	}{
		{100, 0, Healthy, Healthy}, {31, 0, Healthy, Healthy}, {30, 0, Busy, Healthy}, {15, 0, Degraded, Healthy}, {5, 0, Unhealthy, Healthy},
		{0, 0, Unhealthy, Busy}, {100, 8, Unhealthy, Degraded}, {100, 7, Degraded, Degraded}, {100, 3, Busy, Busy},
	} {
		x := Condition{Managers: 3, Alive: 3, Heard: true, Workers: 10, Fit: 10, Cores: 100, Available: v.free, WorkersOverloaded: v.over}
		a, _ := was.Classify(&x)
		b, _ := is.Classify(&x)
		if a != v.was || b != v.is {
			t.Errorf("%d of 100 cores free, %d of 10 workers overloaded: %v once and %v now, want %v and %v", v.free, v.over, a, b, v.was, v.is)
		}
	}
}

// 30/D19: hysteresis kept the choice, and the list was made without it.
func TestTargetsOfTheRanking(t *testing.T) {
	for _, v := range []struct {
		targets Targets
		want    uint16
	}{{TargetsKept, 0}, {TargetsRanked, 1}} {
		b := newBench(2, func(c *Config) { c.Routing.Targets = v.targets })
		b.distance(0, 50)
		b.distance(1, 60)
		b.Route(second, &Query{Job: 1})
		b.distance(1, 49)
		if c := b.Route(2*second, &Query{Job: 1}); c.Primary[0] != v.want || c.Switched != (v.want == 1) {
			t.Errorf("%s: %v is asked first", v.targets, c.Primary[0])
		}
	}
}
