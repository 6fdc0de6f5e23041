package check

import (
	"hypersim/core"
	"hypersim/core/routing"
)

// The rules that a decision keeps or breaks by itself.
var routeRules = map[string]ID{
	"I-R1":  rule("I-R1", "no datacenter of a worse class is asked first while a better class has one that could be", "spec 30 §14"),
	"I-R2":  rule("I-R2", "targets and fallbacks are the eligible datacenters, each once; those that are excluded are in neither", "spec 30 §14"),
	"I-R3":  rule("I-R3", "along targets and fallbacks classes never get better", "spec 30 §14"),
	"I-R4":  rule("I-R4", "a datacenter is excluded by one of the rules alone: one that is UNHEALTHY is, one without a coordinate is not", "spec 30 §14"),
	"I-R5":  rule("I-R5", "a switch within the hold-down has a reason that forces it", "spec 30 §14"),
	"I-R6":  rule("I-R6", "a switch for the better is as much better as the ratio asks for", "spec 30 §14"),
	"I-R7":  rule("I-R7", "a choice is given up for having become worse only if it was so for as long as is asked for", "spec 30 §14"),
	"I-R9":  rule("I-R9", "scores follow from what stands beside them, and factors lie within their bounds", "spec 30 §14"),
	"I-R12": rule("I-R12", "the choice of a job stands first", "spec 30 §14"),
}

// RecordRoute judges a decision of a gate. The record is read and not kept.
func (c *Checker) RecordRoute(now core.Instant, gate core.NodeID, d *routing.Record, k *routing.Keys) {
	for _, b := range k.Check(d) {
		if id := routeRules[b.Rule]; c.fails(id) {
			c.detail(id, now, []core.NodeID{gate}, "%s, decision %d about %s: %s", c.name(gate), d.ID, d.Job, b.What)
		}
	}
	c.routes.decided(now, gate, d, k)
	c.classes.decided(now, gate, d, k)
}
