package validate

import (
	"fmt"
	"slices"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/sim/trace"
)

// The preset memberlist-lan (runs/memberlist.toml). The figures of memberlist were measured with the library
// itself in virtual time, a crash being silence.
//
// What stays different by design: awareness stretches our direct wait too, not only the period; every datagram to a
// suspect tells it, not only its prober's; a refutation rides on the next answer as well as on gossip; streams lose
// and retransmit segments here; the dead do not count in the size of the group. Under loss that makes other news and
// other traffic, which is reported and not judged.

// likeMemberlist is one setting of the comparison, and what memberlist does there.
type likeMemberlist struct {
	n, alpha    int
	loss        float64
	low, high   float64 // first DEAD, s: 95 % interval of the median,
	assumed     bool    // or what is taken for it, ± 0.2 s as those of the others, where it was not kept
	packets     float64 // datagrams per node and s
	runs, quick int
}

var memberlistSettings = []likeMemberlist{
	{32, 4, 0, 7.59, 7.85, false, 2.00, 300, 40},
	{64, 4, 0, 8.80, 9.14, false, 2.00, 300, 40},
	{128, 4, 0, 9.86, 10.20, false, 2.00, 300, 40},
	{256, 4, 0, 11.01, 11.41, true, 2.00, 150, 16},
	{128, 2, 0, 5.65, 6.00, false, 2.00, 300, 40},
	{128, 5, 0, 11.97, 12.39, false, 2.00, 300, 40},
	{128, 4, 0.05, 10.06, 10.46, true, 3.04, 300, 24},
	{128, 4, 0.25, 9.72, 10.12, true, 5.78, 80, 12},
}

func (s *likeMemberlist) id() string {
	id := fmt.Sprintf("n%d-a%d", s.n, s.alpha)
	if s.loss > 0 {
		id += fmt.Sprintf("-loss%.0f", 100*s.loss)
	}
	return id
}

func (s *likeMemberlist) sets() []string {
	sets := []string{fmt.Sprintf("cluster.size=%d", s.n)}
	if s.alpha != 4 { // SuspicionMult, and what follows from it
		for _, text := range []string{"alpha=%d", "min=%ds", "max=%ds"} {
			sets = append(sets, fmt.Sprintf("protocol.suspicion."+text, s.alpha))
		}
		sets = append(sets, fmt.Sprintf("protocol.suspicion.k=%d", s.alpha-2))
	}
	if s.loss > 0 {
		sets = append(sets, lossy(s.loss)...)
	}
	return sets
}

func memberlist() []*Experiment {
	const warm, from, source = 30, 10, "memberlist 0.7.0 in virtual time"
	e := &Experiment{
		ID: "memberlist", Topic: TopicLibrary, Quick: true, Full: 50, Short: 7, Title: "a crash in a group set up as memberlist 0.7.0: alpha is its suspicion multiplier",
		File: "memberlist", Measured: true, Figure: memberlistFigure,
		Before: func(t *Trial) {
			s := &memberlistSettings[slices.IndexFunc(memberlistSettings, func(s likeMemberlist) bool { return s.id() == t.Cell.ID })]
			t.Strike(warm, "validate.memberlist", uint64(s.n), uint64(s.alpha), uint64(1000*s.loss))
		},
		Counts: []string{"sent"},
		Watch: func(t *Trial, r *trace.Record) {
			if r.Kind == trace.KindSent && !r.Msg.Kind.IsStream() && r.At >= at(from) && r.At < at(warm) {
				t.Add("sent", 1)
			}
		},
		After: func(t *Trial) { t.value["sent"] *= 1 / float64((warm-from)*len(t.Sc.Nodes)) },
	}
	for i := range memberlistSettings {
		s := &memberlistSettings[i]
		id, what, first, packets := s.id(), fmt.Sprintf("n %d, alpha %d", s.n, s.alpha), source, Near(0.001)
		if s.loss > 0 {
			what += fmt.Sprintf(", loss %.0f %%", 100*s.loss)
			packets = Reported // every datagram to a suspect tells it, and every refutation is news
		}
		if s.assumed {
			first += ", ± 0.2 s assumed"
		}
		e.Cells = append(e.Cells, Cell{ID: id, Sets: s.sets(), Seeds: [2]int{s.runs, s.quick}})
		e.add(Row{id + "-first", what + ": median crash → first DEAD", "s", s.low, s.high, first, Computed, Meets}, id, medianOf("first"))
		e.add(Row{id + "-packets", what + ": datagrams per member and s before it", "1/s", s.packets, 0, source, Computed, packets}, id, meanOf("sent"))
		if s.loss == 0 { // 0.25 to 0.45 s, printed with two decimals: the ends are what rounds to them
			e.add(Row{id + "-news", what + ": median first DEAD → DEAD everywhere", "s", 0.245, 0.455, source, Computed, Meets}, id, medianOf("news"))
		}
	}
	return []*Experiment{e}
}

func memberlistFigure(l *Lab) *plot.Overlay {
	theirs := plot.Curve{Label: "memberlist", Kind: plot.Reference}
	ours := plot.Curve{Label: "simulator", Kind: plot.Points, Colour: 1}
	for i := range memberlistSettings {
		if s := &memberlistSettings[i]; s.loss == 0 && s.alpha == 4 {
			dot(&theirs, float64(s.n), (s.low+s.high)/2)
			dot(&ours, float64(s.n), stats.Median(l.cells[s.id()].each("first")))
		}
	}
	return &plot.Overlay{
		Title: "First DEAD after a crash, set up as memberlist 0.7.0", Caption: "medians, alpha 4, beta 6; memberlist measured in virtual time on links of 0.5 to 1 ms",
		X: plot.Axis{Label: "members", Log: true}, Y: plot.Axis{Label: "time until first DEAD (s)"}, Curves: []plot.Curve{theirs, ours},
	}
}
