package election

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

// explorer lets a random world go on: voters whose datagrams are lost, doubled and late, whose clocks run apart, who are
// cut off one way and the other, stand still for longer than a lease, restart without memory, leave, and are held for dead
// while they live. Every step looks for two leaders of a term, and for two that may act (look).
type explorer struct {
	*voters
	draw  func(what string, n int) int // 0 … n − 1
	cut   [5][5]bool                   // from, to
	lose  int                          // %
	late  int                          // ms, at most
	copy  int                          // %
	left  [5]bool                      // who is draining
	trace []string
	stats exploration
	wrong string
}

// exploration counts what happened, for a test that meets nothing proves nothing.
type exploration struct{ worlds, elected, lost, restarted, killed, isolated, deaf, drained, usurped int }

// Fatalf keeps the first violation.
func (x *explorer) Fatalf(format string, args ...any) {
	if x.wrong == "" {
		x.wrong = fmt.Sprintf(format, args...)
	}
}

// explore plays one world of n voters, and returns what went wrong.
func explore(n int, draw func(what string, n int) int, sum *exploration) (wrong string, trace []string) {
	cfg := Default()
	if draw("on arrival", 2) == 1 {
		cfg.Election.Count = CountOnArrival
	}
	x := &explorer{voters: newVoters(n, cfg), draw: draw, lose: draw("lossy", 2) * draw("loss", 31), late: []int{2, 20, 200, 1000}[draw("late", 4)], copy: draw("copies", 21)}
	for i := range n {
		x.rate[i] = 0.95 + float64(draw("rate", 1001))/10000 // 0.95 to 1.05: a ratio below 1.11 (03-24)
	}
	chance := uint64(draw("chance", 1<<30))
	luck := func(n int) int {
		chance = core.Mix(chance, 7)
		return int(chance % uint64(n))
	}
	x.way = func(from, to core.NodeID) (core.Duration, bool) {
		return time.Duration(1+luck(x.late)) * time.Millisecond, !x.cut[from-10][to-10] && luck(100) >= x.lose
	}
	x.twice = func() int {
		if luck(100) < x.copy {
			return 1
		}
		return 0
	}
	for i := range n {
		x.boot(i, false)
	}
	if draw("formed", 2) == 1 {
		x.voters.queue = nil
		x.form()
	}
	for ops := 5 + draw("ops", 36); ops > 0 && x.wrong == ""; ops-- {
		x.run(x, x.now+core.Instant([]int{1, 100, 1000, 2500, 5000, 8000, 15000}[draw("ms", 7)])*sec/1000)
		x.op(draw("node", n), draw("other", n))
	}
	x.calm()
	sum.add(x)
	return x.wrong, x.trace
}

func (s *exploration) add(x *explorer) {
	s.worlds++
	for _, r := range x.rounds {
		switch {
		case Role(r.From) != Candidate:
		case r.To == 1:
			s.elected++
		default:
			s.lost++
		}
	}
	s.restarted += x.stats.restarted
	s.killed += x.stats.killed
	s.deaf += x.stats.deaf
	s.drained += x.stats.drained
	s.isolated += x.stats.isolated
	s.usurped += x.stats.usurped
}

func (x *explorer) say(format string, args ...any) {
	x.trace = append(x.trace, fmt.Sprintf("%v ", time.Duration(x.now))+fmt.Sprintf(format, args...))
}

// op does one thing to voter i, or between it and k.
func (x *explorer) op(i, k int) {
	switch what := x.draw("op", 15); what {
	case 0:
		x.say("crash %d", i)
		x.crash(i)
	case 1, 2:
		if x.nodes[i] == nil {
			x.say("boot %d", i)
			x.start(i)
		}
	case 3:
		x.paused[i] = x.now + core.Instant([]int{1, 4, 6, 9, 20}[x.draw("pause", 5)])*sec
		x.say("pause %d until %v", i, time.Duration(x.paused[i]))
	case 4:
		x.say("cut %d → %d", i, k)
		x.cut[i][k] = true
	case 5:
		x.say("cut off %d", i)
		for j := range x.ids {
			x.cut[i][j], x.cut[j][i] = true, true
		}
	case 6: // deaf, not mute: the lowest as often as all others
		if x.draw("lowest", 2) == 1 {
			i = 0
		}
		x.say("deaf %d", i)
		x.stats.deaf++
		for j := range x.ids {
			x.cut[j][i] = true
		}
	case 7, 8:
		x.say("heal")
		x.cut = [5][5]bool{}
	case 9:
		x.lhm[x.ids[i]], x.level[x.ids[i]] = x.draw("lhm", 9), x.draw("level", 5)
		x.say("health of %d: %d, level %d", i, x.lhm[x.ids[i]], x.level[x.ids[i]])
	case 10:
		x.down[x.ids[i]] = !x.down[x.ids[i]]
		x.say("%d is held for dead: %v", i, x.down[x.ids[i]])
	case 11:
		x.kill()
	case 12:
		x.forget(i)
	default:
		x.usurp(k, i)
	}
}

// usurp lets voter k hear no more of the leader, and after a while lets another forget that it believed in it: what holdoffs
// and leases are for.
func (x *explorer) usurp(k, i int) {
	for l, m := range x.nodes {
		if m == nil || m.Role() != Leader || l == k {
			continue
		}
		x.say("%d hears nothing of %d, who leads", k, l)
		x.stats.usurped++
		x.cut[l][k] = true
		if x.draw("deposed", 2) == 1 {
			x.cut[k][l] = true
		}
		x.run(x, x.now+(4+core.Instant(x.draw("s", 6)))*sec)
		for i == l || i == k {
			i++
		}
		if i < len(x.nodes) && x.draw("forgets", 3) > 0 {
			x.say("restart %d", i)
			x.stats.restarted++
			x.crash(i)
			x.start(i)
		}
		return
	}
}

func (x *explorer) start(i int) {
	x.left[i] = false
	x.boot(i, false)
}

// kill takes down whoever leads, lets it leave, or cuts it off.
func (x *explorer) kill() {
	for i, m := range x.nodes {
		if m == nil || m.Role() != Leader {
			continue
		}
		switch x.draw("kill", 4) {
		case 0:
			x.say("%d, who leads, leaves", i)
			x.stats.drained++
			x.left[i] = true
			x.step(i, func(m *Machine) { m.Drain(x.local(i), &x.fx) })
		case 1:
			x.say("cut off %d, who leads", i)
			x.stats.isolated++
			for j := range x.ids {
				x.cut[i][j], x.cut[j][i] = true, true
			}
		default:
			x.say("crash %d, who leads", i)
			x.stats.killed++
			x.crash(i)
		}
		return
	}
}

// forget restarts a voter at once, so that it forgets what it promised: the one that voted last, or i.
func (x *explorer) forget(i int) {
	if x.draw("voted", 2) == 1 {
		for k, m := range x.nodes {
			if m != nil && m.voted > 0 && (x.nodes[i] == nil || m.voted > x.nodes[i].voted) {
				i = k
			}
		}
	}
	x.say("restart %d", i)
	x.stats.restarted++
	x.crash(i)
	x.start(i)
}

// calm undoes everything, and wants a leader within two minutes: the longest pause of who saw too many changes, and an
// election.
func (x *explorer) calm() {
	x.say("calm")
	x.cut, x.lose, x.late, x.copy = [5][5]bool{}, 0, 20, 0
	clear(x.lhm)
	clear(x.level)
	clear(x.down)
	for i := range x.nodes {
		x.paused[i] = min(x.paused[i], x.now)
		if x.nodes[i] == nil || x.left[i] {
			x.start(i)
		}
	}
	x.run(x, x.now+120*sec)
	if x.leader() == core.NoNode && x.wrong == "" {
		x.wrong = "no leader two minutes after all is well"
	}
}

// One leader a term, one that acts (I-JL1), and when all is well again a leader within two minutes.
func TestRandomWorlds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := []int{3, 5, 1, 2, 4}[rapid.IntRange(0, 4).Draw(t, "voters")]
		var sum exploration
		if wrong, trace := explore(n, func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) }, &sum); wrong != "" {
			t.Fatalf("%s\n%s", wrong, strings.Join(trace, "\n"))
		}
	})
}

// HYPERSIM_ELECTION_WORLDS=n explores n worlds one after the other, from HYPERSIM_ELECTION_FROM on.
func TestManyRandomWorlds(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("HYPERSIM_ELECTION_WORLDS"))
	from, _ := strconv.Atoi(os.Getenv("HYPERSIM_ELECTION_FROM"))
	if n == 0 {
		n = 200
	}
	var sum exploration
	for k := from; k < from+n; k++ {
		seed := core.Mix(uint64(k), 99)
		voters := []int{3, 5, 3, 5, 1}[k%5]
		wrong, trace := explore(voters, func(_ string, n int) int {
			seed = core.Mix(seed, 3)
			return int(seed >> 8 % uint64(n))
		}, &sum)
		if wrong != "" {
			t.Fatalf("world %d of %d voters: %s\n%s", k, voters, wrong, strings.Join(trace, "\n"))
		}
	}
	t.Logf("%+v", sum)
	if s := sum; n >= 200 && (s.elected < n || s.lost == 0 || s.restarted < n || s.killed < n/5 || s.deaf < n || s.drained == 0 || s.isolated == 0 || s.usurped == 0) {
		t.Errorf("too little happened: %+v", s)
	}
}
