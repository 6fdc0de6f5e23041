package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

var _ = record(func(r *Recorder, on *hooks) {
	c := &correlations{Recorder: r}
	on.jobFact(c.moved(words.DCClass), core.JobFactSiteClass)
	on.jobFact(c.moved(words.DCTrouble), core.JobFactTrouble)
	on.jobFact(c.moved(words.CorrelationSeverity), core.JobFactCorrelation)
	on.jobFact(c.moved(words.CorrelationSign), core.JobFactSign)
	on.jobFact(c.partition, core.JobFactPartition)
}, words.DCClass, words.DCTrouble, words.CorrelationSeverity, words.CorrelationSign, words.PartitionHealed, words.PartitionDetected)

var _ = reads("sign", func(_ *Result, o *Observation) string { return words.Signs[o.Type] })

var _ = reads("class_reason", func(_ *Result, o *Observation) string { return words.Find("class_reason").Words[o.Type] })

// correlations follow what gates make of datacenters.
type correlations struct{ *Recorder }

// moved takes changes of what a fact moves from one word to another.
func (c *correlations) moved(m words.Metric) func(*trace.JobRecord) {
	return func(rec *trace.JobRecord) {
		o := c.about(m, rec.At, seconds(core.Duration(rec.At)), rec.Node, core.NoNode)
		o.From, o.To = core.MemberState(rec.Fact.From), core.MemberState(rec.Fact.To)
		if m == words.DCClass || m == words.CorrelationSign {
			o.Type = rec.Fact.Code
		}
		if m == words.DCClass || m == words.DCTrouble {
			o.SiteA = int16(rec.Fact.Get("site"))
		}
		c.keep(&o)
	}
}

func (c *correlations) partition(rec *trace.JobRecord) {
	m := words.PartitionDetected
	if rec.Fact.To == 0 {
		m = words.PartitionHealed
	}
	o := c.about(m, rec.At, seconds(core.Duration(rec.At)), rec.Node, core.NoNode)
	c.keep(&o)
}
