package metrics

import (
	"hypersim/core"
	"hypersim/core/jobtimeout"
)

// TimeoutRow is a row of timeouts.csv.
type TimeoutRow struct {
	At                               core.Instant
	Node, Job, Site, Event, Rule     string
	Elapsed, Limit, Extension, Since core.Instant // lengths; Never: not known
	GE, DE                           uint64
	Lateness                         core.Instant // likewise
}

var timeoutColumns = []column[TimeoutRow]{
	{"t_s", "when", func(r *TimeoutRow) cell { return instantCell{&r.At} }},
	{"node", "the gate or manager that says it", func(r *TimeoutRow) cell { return textCell{&r.Node} }},
	{"job", "its id", func(r *TimeoutRow) cell { return textCell{&r.Job} }},
	{"dc", "the datacenter that it is about; empty: the whole job", func(r *TimeoutRow) cell { return textCell{&r.Site} }},
	{"event", "start, resume or extension of the time; local (a manager found that it is up) or withdrawn; report to a gate; declared (decided, and not yet committed), or fallback, where a manager hears of no gate; commanded (a manager is told) and applied (committed); silent, heard and dc_lost: what a gate hears of a datacenter; settled: the datacenter knows", func(r *TimeoutRow) cell { return textCell{&r.Event} }},
	{"rule", "why: overall, stuck, all_stuck, majority or gate_unreachable; empty: there is none", func(r *TimeoutRow) cell { return textCell{&r.Rule} }},
	{"elapsed_s", "time of the job, as the node counts it; empty: it does not", func(r *TimeoutRow) cell { return instantCell{&r.Elapsed} }},
	{"timeout_s", "that the job may take", func(r *TimeoutRow) cell { return instantCell{&r.Limit} }},
	{"extension_s", "and what workers were granted beside, as far as it counts and the node knows", func(r *TimeoutRow) cell { return instantCell{&r.Extension} }},
	{"since_progress_s", "of a detection or decision: since something of the job got on, as far as the node knows", func(r *TimeoutRow) cell { return instantCell{&r.Since} }},
	{"ge", "the gate's epoch, under which a gate says it", func(r *TimeoutRow) cell { return countCell{&r.GE} }},
	{"de", "the datacenter's epoch, under which a manager says it", func(r *TimeoutRow) cell { return countCell{&r.DE} }},
	{"lateness_s", "the ideal deadline to this detection or decision; empty: it is none", func(r *TimeoutRow) cell { return instantCell{&r.Lateness} }},
}

// timeoutRows adds the rows of timeouts.csv.
func (r *Result) timeoutRows(t *Tables) {
	for i := range r.Timeouts {
		x := &r.Timeouts[i]
		row := TimeoutRow{
			At: x.At, Node: r.name(x.Node), Job: r.Jobs[x.Job].ID.String(), Event: x.Event.String(), Rule: x.RuleName(),
			Elapsed: core.Never, Limit: core.Never, Extension: core.Never, Since: core.Never, Lateness: core.Never,
		}
		if x.Limit > 0 {
			row.Elapsed, row.Limit, row.Extension = core.Instant(x.Elapsed), core.Instant(x.Limit), core.Instant(x.Extension)
		}
		switch x.Event {
		case jobtimeout.EventLocal, jobtimeout.EventDeclared, jobtimeout.EventFallback:
			row.Lateness, row.Since = core.Instant(x.Lateness), core.Instant(x.Since)
		default:
		}
		switch {
		case r.Nodes[x.Node].Role != core.RoleGate:
			row.DE, row.Site = uint64(x.Epoch), r.site(x.Node)
		case x.Peer != core.NoNode && int(x.Peer) < len(r.Nodes):
			row.GE, row.Site = uint64(x.Epoch), r.site(x.Peer)
		default:
			row.GE = uint64(x.Epoch)
		}
		t.Timeouts = append(t.Timeouts, row)
	}
}

// RuleName is why, "" where there is no reason.
func (x *Timeout) RuleName() string {
	switch x.Event {
	case jobtimeout.EventStart, jobtimeout.EventResume, jobtimeout.EventExtension, jobtimeout.EventSilent, jobtimeout.EventHeard:
		return ""
	default:
	}
	switch x.Rule {
	case jobtimeout.RuleNone, jobtimeout.RuleLocal:
		switch x.Kind {
		case jobtimeout.KindOverall:
			return "overall"
		case jobtimeout.KindStuck:
			return "stuck"
		case jobtimeout.KindNone:
		}
		return ""
	case jobtimeout.RuleOverall, jobtimeout.RuleStuck, jobtimeout.RuleMajority, jobtimeout.RuleFallback:
	}
	return x.Rule.String()
}
