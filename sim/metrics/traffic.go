package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

var _ = record(func(r *Recorder, on *hooks) {
	on.sampled = append(on.sampled, r.flushTraffic)
	on.finished = append(on.finished, r.finishTraffic)
}, words.Messages, words.Bytes)

type tally struct{ n, bytes uint64 }

// The labels of messages and bytes: Observation.Dir is Direction + 1, Type the kind. Folded rates have neither.
var (
	_ = reads("direction", func(_ *Result, o *Observation) string {
		return o.travels(Direction((o.Dir + NumDirections - 1) % NumDirections).String())
	})
	_ = reads("transport", func(_ *Result, o *Observation) string { return o.travels(transport(core.Kind(o.Type))) })
	_ = reads("type", func(_ *Result, o *Observation) string { return o.travels(core.Kind(o.Type).String()) })
)

func (o *Observation) travels(word string) string {
	if o.Dir == 0 {
		return ""
	}
	return word
}

// transport returns how messages counted as k travel: "stream", "link" for the datagrams between gates and
// datacenters, "election" for those between voters, or "datagram" for those of membership.
func transport(k core.Kind) string {
	switch {
	case k.Room() == core.RoomLink:
		return words.Transports[2]
	case k.Room() == core.RoomElection:
		return words.Transports[3]
	case k.IsStream():
		return words.Transports[1]
	}
	return words.Transports[0]
}

// TransportOf returns how messages of the type that the tables call so travel, "" for no type: "stream",
// "link", "election" or "datagram".
func TransportOf(name string) string {
	for k := core.Kind(1); k < core.NumKinds; k++ {
		if k.String() == name {
			return transport(k)
		}
	}
	return ""
}

func (r *Recorder) count(l lane, rec *trace.Record) {
	c := &r.cells[l][rec.Msg.Kind][r.roles[rec.Node]]
	c.n++
	c.bytes += uint64(rec.Size)
}

func (r *Recorder) flushTraffic(now core.Instant, _ Probe) {
	if len(r.res.Exposure) >= r.ctx.MaxRows {
		r.res.TruncatedRows++
		return
	}
	r.res.Exposure = append(r.res.Exposure, Exposure{At: now, Seconds: r.lived})
	total := 0.0
	for _, s := range r.lived {
		total += s
	}
	r.lived = [core.NumRoles]float64{}
	for l := range r.cells {
		sum := tally{}
		d, why := lane(l).parts()
		for k := range r.cells[l] {
			for role := range r.cells[l][k] {
				c := &r.cells[l][k][role]
				if c.n == 0 {
					continue
				}
				sum.n += c.n
				sum.bytes += c.bytes
				r.addTotals(d, core.Kind(k), *c)
				if len(r.res.Traffic) < r.ctx.MaxRows {
					r.res.Traffic = append(r.res.Traffic, Traffic{now, c.n, c.bytes, d, core.Kind(k), core.Role(role), why})
				} else {
					r.res.TruncatedRows++
				}
				*c = tally{}
			}
		}
		if total > 0 && d != Dropped {
			label := "direction=" + d.String()
			r.point(now, words.Messages, label, float64(sum.n)/total)
			r.point(now, words.Bytes, label, float64(sum.bytes)/total)
		}
	}
}

func (r *Recorder) addTotals(d Direction, k core.Kind, t tally) {
	c := &r.res.Counters
	c.Records += t.n
	switch d {
	case Sent:
		c.Sent[k] += t.n
		c.SentBytes[k] += t.bytes
	case Received:
		c.Received[k] += t.n
		c.ReceivedBytes[k] += t.bytes
	case Dropped: // counted by reason as they come
	}
}

// finishTraffic takes the rest after the last sample.
func (r *Recorder) finishTraffic(end core.Instant) {
	if end > r.livedAt || r.pending() {
		r.live(end)
		r.flushTraffic(end, nil)
	}
}

func (r *Recorder) pending() bool {
	for d := range r.cells {
		for k := range r.cells[d] {
			if r.cells[d][k] != [core.NumRoles]tally{} {
				return true
			}
		}
	}
	return false
}
