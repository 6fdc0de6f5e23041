package account

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"hypersim/core"
	"hypersim/sim/metrics"
)

const detections, faultsFile, membership, messages, summary, timeseries = "detections.csv", "faults.csv", "membership.csv", "messages.csv", "summary.csv", "timeseries.csv"

// side is one side of one or more faults, or everybody else.
type side struct {
	faults []string
	nth    int
	out    bool
	ids    []core.NodeID // sorted
}

func (s *side) has(id core.NodeID) bool { return s == nil || has(s.ids, id) != s.out }

func (s *side) where(column string) string {
	op := "@"
	if s.out {
		op = "!@"
	}
	return column + op + strings.Join(s.faults, "|") + ":" + strconv.Itoa(s.nth)
}

// query selects marks: rows of detections.csv.
type query struct {
	to                core.MemberState
	truth             metrics.Truth
	lived             bool         // or TruthLive
	from, until       core.Instant // of the mark, or of the crash; both ends included
	crash             bool
	observer, subject *side // nil: anybody
}

// marks are the selected rows.
type marks struct {
	list  []*metrics.Detection
	where []string
}

func (a *account) marks(q query) marks {
	m := marks{where: q.where()}
	for i := range a.r.Detections {
		d := &a.r.Detections[i]
		at := d.At
		if q.crash {
			if d.Crash < 0 {
				continue
			}
			at = d.At.Add(-d.SinceCrash)
		}
		if d.To == q.to && (d.Truth == q.truth || q.lived && d.Truth == metrics.TruthLive) && at >= q.from && at <= q.until && q.observer.has(d.Observer) && q.subject.has(d.Subject) {
			m.list = append(m.list, d)
		}
	}
	return m
}

func (q *query) where() []string {
	w := []string{"to=" + q.to.String(), "truth=" + q.truth.String()}
	if q.lived {
		w[1] += "|" + metrics.TruthLive.String()
	}
	at := "t_s"
	if q.crash {
		at = "t_s-detection_each_s"
	}
	if q.from > 0 {
		w = append(w, at+">="+stamp(q.from))
	}
	if q.until < core.Never {
		w = append(w, at+"<="+stamp(q.until))
	}
	if q.observer != nil {
		w = append(w, q.observer.where("observer"))
	}
	if q.subject != nil {
		w = append(w, q.subject.where("subject"))
	}
	return w
}

func stamp(at core.Instant) string { return strconv.FormatFloat(at.Seconds(), 'f', -1, 64) }

// from returns a source over the selected rows.
func (m *marks) from(take, column string) Source {
	return Source{File: detections, Take: take, Column: column, Where: m.where}
}

// count is how many marks there are.
func (m *marks) count() Figure { return count(len(m.list), m.from("count", "t_s")) }

// subjects are those who were marked, with the figure of how many they are.
func (m *marks) subjects() ([]core.NodeID, Figure) {
	return m.nodes("subject", func(d *metrics.Detection) core.NodeID { return d.Subject })
}

func (m *marks) nodes(column string, of func(*metrics.Detection) core.NodeID) ([]core.NodeID, Figure) {
	var ids []core.NodeID
	for _, d := range m.list {
		ids = append(ids, of(d))
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return ids, count(len(ids), m.from("distinct", column))
}

// first is when the first mark was made. There must be one.
func (m *marks) first() Figure {
	return instant(m.list[0].At, m.from("first", "t_s"))
}

// waits returns the shortest and the longest time from a crash to its first mark; ok is false without any.
func (m *marks) waits() (least, most Figure, ok bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, d := range m.list {
		if d.First {
			lo, hi = min(lo, d.SinceCrash.Seconds()), max(hi, d.SinceCrash.Seconds())
		}
	}
	return seconds(lo, m.from("first", "detection_first_s")), seconds(hi, m.from("last", "detection_first_s")), lo <= hi
}

// lastOf is the longest time from a crash to a mark. There must be one.
func (m *marks) lastOf() Figure {
	most := 0.0
	for _, d := range m.list {
		most = max(most, d.SinceCrash.Seconds())
	}
	return seconds(most, m.from("last", "detection_each_s"))
}
