package validate

import (
	"fmt"
	"math"
	"slices"
	"time"

	"hypersim/core"
	"hypersim/core/vivaldi"
	"hypersim/topologies"
)

// Gates and managers sample only within their own groups, and gates sample leaders (spec 10 §9). Unless
// leaders sample gates too, each datacenter lives in a frame of its own, and what gates predict of it is
// worth nothing (D34, §15.3).

const (
	frameSites    = 10
	frameGates    = 8 // two in each of the first four sites
	frameManagers = 3 // per site, the first leads
)

func frameSite(i int) int {
	if i < frameGates {
		return i / 2
	}
	return (i - frameGates) / frameManagers
}

func frameLeader(site int) int { return frameGates + site*frameManagers }

// frameTruth spreads the sites over the regions of AWS.
func frameTruth(offset int) *truth {
	m, err := topologies.BundledMatrix("aws-2020")
	check(err)
	return newTruth(frameGates+frameSites*frameManagers, func(a, b int) core.Duration {
		if frameSite(a) == frameSite(b) {
			return 500 * time.Microsecond
		}
		row := func(i int) int { return (offset + 2*frameSite(i)) % m.N }
		return m.At(row(a), row(b))
	})
}

// runFrames takes the samples of rounds seconds; leaders ping each gate every `every` seconds, 0 for never.
func runFrames(s *static, rounds, every int) {
	for range rounds {
		for g := range frameGates {
			s.sample(g, (g+1+s.chance.Intn(frameGates-1))%frameGates)
			if s.round%2 == g%2 { // federated probes, one per leader and 2 s
				for site := range frameSites {
					s.sample(g, frameLeader(site))
				}
			}
		}
		for i := frameGates; i < s.n; i++ {
			base := frameLeader(frameSite(i))
			s.sample(i, base+(i-base+1+s.chance.Intn(frameManagers-1))%frameManagers)
			for g := range frameGates {
				if i == base && every > 0 && (s.round+g)%every == 0 {
					s.sample(i, g)
				}
			}
		}
		s.round++
	}
}

// judgeFrames returns the median error from gates to leaders, and the share of pairs of datacenters that
// a gate puts in the wrong order.
func judgeFrames(s *static) (median, wrong float64) {
	c := s.coords()
	var errs []float64
	pairs, swapped := 0, 0
	for g := range frameGates {
		for a := range frameSites {
			la := frameLeader(a)
			ta, ea := float64(s.at(g, la))/1e6, vivaldi.EstimateRTTms(&c[g], &c[la])
			errs = append(errs, math.Abs(ea-ta)/ta)
			for b := range a {
				lb := frameLeader(b)
				tb, eb := float64(s.at(g, lb))/1e6, vivaldi.EstimateRTTms(&c[g], &c[lb])
				pairs++
				if (ta < tb) != (ea < eb) {
					swapped++
				}
			}
		}
	}
	slices.Sort(errs)
	return quantile(errs, 0.5), float64(swapped) / float64(pairs)
}

// frames is gates and leaders of different groups, with and without the leaders' sample pings (D34).
func frames() *Experiment {
	e := &Experiment{
		ID: "coord-frames", Topic: TopicCoordinates, Quick: true, Full: 12, Short: 4, Seeds: [2]int{9, 3},
		Title: "gate → leader, 8 gates and leaders of 10 datacenters over AWS regions (the chapter does not name its own)",
	}
	for _, c := range []struct {
		every, rounds int
		err, wrong    string // the chapter's ranges
	}{{0, 120, "0.37–0.43", "0.56–0.62"}, {0, 1000, "0.37–0.41", "0.45–0.56"}, {10, 120, "0.04–0.06", "0.03–0.05"}, {5, 120, "0.02–0.04", "0.01–0.04"}, {2, 120, "0.015–0.03", "0.01"}} {
		id, how := fmt.Sprintf("%ds-every%d", c.rounds, c.every), fmt.Sprintf("leaders ping gates every %d s", c.every)
		errBar, wrongBar, rule := 0.08, 0.05, AtMost
		if c.every == 0 {
			errBar, wrongBar, rule, how = 0.25, 0.3, AtLeast, "no leader pings: useless"
		}
		e.Cells = append(e.Cells, Cell{ID: id, Do: func(_ *Lab, t *Trial) {
			s := newStatic(frameTruth(int(t.Seed-1)), t.Seed, nil)
			runFrames(s, c.rounds, c.every)
			err, wrong := judgeFrames(s)
			t.Put("error", err)
			t.Put("wrong", wrong)
		}})
		e.add(Row{id + "-error", fmt.Sprintf("median error after %d s, %s (chapter %s)", c.rounds, how, c.err), "", errBar, 0, "§15.3, spec 40 C1", Computed, rule}, id, meanOf("error"))
		e.add(Row{id + "-order", fmt.Sprintf("datacenters in wrong order after %d s, %s (chapter %s)", c.rounds, how, c.wrong), "", wrongBar, 0, "§15.3, spec 40 C1", Computed, rule}, id, meanOf("wrong"))
	}
	return e
}
