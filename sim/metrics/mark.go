package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	on.before = append(on.before, r.mark)
}, words.DetectionFirst, words.DetectionEach, words.FalseSuspicions, words.FalsePositives, words.ExcusedPositives, words.Accusations)

// mark takes a transition to SUSPECT at a new incarnation, or to DEAD, and holds it against the truth.
func (r *Recorder) mark(now core.Instant, o core.NodeID, f *core.Fact) {
	s := f.Subject
	switch f.To {
	case core.StateSuspect:
		if f.From == core.StateSuspect && int64(f.Inc) <= f.Get("old_incarnation") {
			return
		}
	case core.StateDead:
		if f.From == core.StateDead {
			return
		}
	default:
		return
	}
	d := Detection{
		At: now, Observer: o, Subject: s, Accuser: f.Other, Inc: f.Inc, Crash: -1, To: f.To, Cause: f.Cause,
		Class: r.class(now, o), PeerClass: r.class(now, s), Truth: r.truth(now, o, s, f.Inc),
	}
	if d.Truth == TruthCrashed && r.peers[s].crash >= 0 {
		r.detect(&d)
	} else if m := falseMetric(&d); m != words.None {
		r.keepMark(m, &d, 1)
		r.accuse(&d)
	}
	if f.To == core.StateDead {
		r.declared(now, o, s, f, d.Truth)
	}
	if len(r.res.Detections) < r.ctx.MaxRows {
		r.res.Detections = append(r.res.Detections, d)
	} else {
		r.res.TruncatedRows++
	}
}

// falseMetric returns the metric of a mark that is wrong or excused, or none.
func falseMetric(d *Detection) words.Metric {
	switch {
	case d.Truth == TruthLive && d.To == core.StateSuspect:
		return words.FalseSuspicions
	case d.Truth == TruthLive:
		return words.FalsePositives
	case d.Truth != TruthCrashed && d.To == core.StateDead:
		return words.ExcusedPositives
	}
	return words.None
}

// accuse counts a wrong mark once, however many observers believe it: one accusation reaches up to n − 1 of them.
func (r *Recorder) accuse(d *Detection) {
	if d.Truth != TruthLive {
		return
	}
	accused := &r.peers[d.Subject].accused[0]
	if d.To == core.StateDead {
		accused = &r.peers[d.Subject].accused[1]
	}
	if int64(d.Inc) > *accused {
		*accused = int64(d.Inc)
		r.keepMark(words.Accusations, d, 1)
	}
}

// detect takes a mark of a subject that crashed.
func (r *Recorder) detect(d *Detection) {
	d.Crash = r.peers[d.Subject].crash
	c := &r.crashes[d.Crash]
	d.SinceCrash = d.At.Sub(c.at)
	which := 0
	if d.To == core.StateDead {
		which = 1
	}
	d.First = !c.marked[which]
	c.marked[which] = true
	if d.First {
		r.keepMark(words.DetectionFirst, d, seconds(d.SinceCrash))
	}
	r.keepMark(words.DetectionEach, d, seconds(d.SinceCrash))
}

func (r *Recorder) keepMark(m words.Metric, d *Detection, v float64) {
	o := r.about(m, d.At, v, d.Observer, d.Subject)
	o.Event, o.Inc, o.To, o.Cause, o.Truth = d.Crash, d.Inc, d.To, d.Cause, d.Truth
	r.keep(&o)
}

// declared notes that a death was declared: it starts to spread.
func (r *Recorder) declared(now core.Instant, o, s core.NodeID, f *core.Fact, t Truth) {
	p := &r.peers[s]
	if int64(f.Inc) > p.gone && t != TruthRestarted {
		p.gone = int64(f.Inc)
		r.born(now, s, core.UpdateDead, f.Inc, core.NoNode)
	}
}
