package election

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
)

// drawing returns a stream whose next draw of a part of most is the given one, to a tenth of a millisecond.
func drawing(want, most core.Duration) rng.Stream {
	for key := uint64(0); ; key++ {
		s := rng.New(key, "vector")
		try := s
		if math.Abs(try.Float64()*float64(most)-float64(want)) < float64(time.Millisecond)/10 {
			return s
		}
	}
}

// Spec 20 §13.12 to the millisecond: A crashes just after a heartbeat (time 0), which B and C have 1 ms later; their draws are 0.40 and
// 1.10 s, the round of B takes 6.3 s. Times here are from the crash, which the page has at 100.000.
func TestVectorOfAnElection(t *testing.T) {
	for name, c := range map[string]struct {
		count    Count
		isolated bool // A, and not crashed
		want     string
	}{
		"counted at the end": {CountAtTimeout, false, `
			5.401 B PRE_CANDIDATE
			5.401 B pre_vote_req
			5.402 C pre_vote_resp
			7.401 B CANDIDATE
			7.401 B leader_claim
			7.402 C leader_vote
			13.701 B LEADER
			13.701 B leader_elected
			13.701 B leader_heartbeat`},
		"counted on arrival": {CountOnArrival, false, `
			5.401 B PRE_CANDIDATE
			5.401 B pre_vote_req
			5.402 C pre_vote_resp
			5.403 B CANDIDATE
			5.403 B leader_claim
			5.404 C leader_vote
			5.405 B LEADER
			5.405 B leader_elected
			5.405 B leader_heartbeat`},
		"isolated": {CountAtTimeout, true, `
			4.500 A FOLLOWER
			4.500 A leader_stepdown
			5.401 B PRE_CANDIDATE
			5.401 B pre_vote_req
			5.402 C pre_vote_resp`},
	} {
		cfg := Default()
		cfg.Election.Count = c.count
		w := newVoters(3, cfg)
		w.form()
		var zero core.Instant
		w.heard = func(m *core.Message) {
			if m.Kind == core.KindLeaderHeartbeat && w.now > 20*sec && zero == 0 {
				zero = w.now
			}
		}
		for zero == 0 {
			w.run(t, w.now.Add(time.Millisecond/2))
		}
		w.nodes[1].jitter, w.nodes[2].jitter = drawing(400*time.Millisecond, cfg.Election.StartJitter), drawing(1100*time.Millisecond, cfg.Election.StartJitter)
		w.nodes[1].length = drawing(1300*time.Millisecond, cfg.Election.Jitter)
		if !c.isolated {
			w.crash(0)
		}
		var got []string
		say := func(i int, what string) {
			line := fmt.Sprintf("%.3f %c %s", float64(w.now-zero)/1e9, 'A'+i, what)
			if len(got) == 0 || got[len(got)-1] != line { // to all others alike
				got = append(got, line)
			}
		}
		w.told = func(i int, f *core.JobFact) {
			if f.Kind == core.JobFactVoter {
				say(i, Role(f.To).String())
			}
		}
		w.heard = func(m *core.Message) {
			if i := int(m.From - 10); w.nodes[i] != nil && m.Kind != core.KindLeaderHeartbeatAck && !(i == 0 && m.Kind != core.KindLeaderStepdown) {
				say(i, m.Kind.String())
			}
		}
		w.run(t, zero.Add(5*time.Millisecond)) // the heartbeat of time 0 is acked
		got = nil
		w.way = func(from, to core.NodeID) (core.Duration, bool) {
			return time.Millisecond, from != 10 && to != 10
		}
		until := zero.Add(13702 * time.Millisecond)
		switch {
		case c.isolated:
			until = zero.Add(7 * time.Second)
		case c.count == CountOnArrival:
			until = zero.Add(5406 * time.Millisecond)
		}
		if w.run(t, zero.Add(7403*time.Millisecond)); c.count == CountAtTimeout && !c.isolated {
			if quiet := w.nodes[2].timer.Sub(zero); quiet < 14902*time.Millisecond {
				t.Errorf("%s: C may stand %v after the crash", name, quiet)
			}
			w.run(t, until)
		}
		n := 0
		for _, line := range strings.Split(strings.TrimSpace(c.want), "\n") {
			if line = strings.TrimSpace(line); n < len(got) && got[n] == line {
				n++
				continue
			}
			t.Errorf("%s: want %q after %q; all of it:\n%s", name, line, got[:n], strings.Join(got, "\n"))
			break
		}
	}
}
