package metrics

import (
	"strings"

	"hypersim/core"
	"hypersim/core/routing"
)

// RouteRow is a row of routing.csv.
type RouteRow struct {
	At                                      core.Instant
	Decision                                uint64
	Gate, Job, Trigger, Mode, Reason        string
	Primary, Previous, Bucket               string
	Score, BestScore, Improvement, HoldDown float64
	ChosenRTT, BestRTT, Regret              float64
	Hindsight                               string
	Oracle                                  string
	ChosenBegin, OracleBegin, Late, Floor   float64
	Candidates                              uint64
	Excluded, Fallback, Why                 string
}

// CandidateRow is a row of routing_candidates.csv.
type CandidateRow struct {
	Why                                                       string
	Decision                                                  uint64
	Gate, Job, Site, Bucket, BucketReason, Verdict, Exclusion string
	Place                                                     uint64
	Score, Raw, Bound, Quality, Load, Doubt, Preference, Cool float64
	Util, Queue, Breakers, Cooling                            float64
	Available, Total, Reserved, Waiting                       uint64
	ByScore                                                   string
	RTT                                                       float64
	Begin                                                     float64
	CoresFree, CoresWaited                                    uint64
}

var routeColumns = []column[RouteRow]{
	{"t_s", "the gate decided", func(r *RouteRow) cell { return instantCell{&r.At} }},
	{"decision", "its number at the gate", func(r *RouteRow) cell { return countCell{&r.Decision} }},
	{"gate", "who decided", func(r *RouteRow) cell { return textCell{&r.Gate} }},
	{"job", "about which job", func(r *RouteRow) cell { return textCell{&r.Job} }},
	{"trigger", "submit, redispatch, reroute, tick or probe", func(r *RouteRow) cell { return textCell{&r.Trigger} }},
	{"mode", "score; bootstrap: by free cores; policy: another one than the learned", func(r *RouteRow) cell { return textCell{&r.Mode} }},
	{"reason", "the rule of the hysteresis that decided", func(r *RouteRow) cell { return textCell{&r.Reason} }},
	{"primary", "the datacenter that is asked first; empty: there is none", func(r *RouteRow) cell { return textCell{&r.Primary} }},
	{"previous", "the choice before; empty: there was none", func(r *RouteRow) cell { return textCell{&r.Previous} }},
	{"bucket", "class of the primary", func(r *RouteRow) cell { return textCell{&r.Bucket} }},
	{"score", "of the choice before, now; 0: there was none", func(r *RouteRow) cell { return numberCell{&r.Score} }},
	{"best_score", "of the best of that class", func(r *RouteRow) cell { return numberCell{&r.BestScore} }},
	{"improvement", "1 - best_score/score", func(r *RouteRow) cell { return numberCell{&r.Improvement} }},
	{"hold_down_s", "for how much longer the choice before is kept against what is only better", func(r *RouteRow) cell { return numberCell{&r.HoldDown} }},
	{"chosen_rtt_ms", "true round trip to the primary", func(r *RouteRow) cell { return numberCell{&r.ChosenRTT} }},
	{"best_rtt_ms", "least true round trip of those of the class", func(r *RouteRow) cell { return numberCell{&r.BestRTT} }},
	{"regret", "one over the other, both at least 10 ms", func(r *RouteRow) cell { return numberCell{&r.Regret} }},
	{"hindsight", "the datacenter of best_rtt_ms", func(r *RouteRow) cell { return textCell{&r.Hindsight} }},
	{"oracle", "the datacenter where the job would have begun soonest, by true round trips, free cores and waiting work", func(r *RouteRow) cell { return textCell{&r.Oracle} }},
	{"chosen_begin_ms", "how long until it begins at the primary, by the same; 0: it takes no job, since no worker of it runs or no manager can be reached", func(r *RouteRow) cell { return numberCell{&r.ChosenBegin} }},
	{"oracle_begin_ms", "and at the oracle's", func(r *RouteRow) cell { return numberCell{&r.OracleBegin} }},
	{"late", "one over the other", func(r *RouteRow) cell { return numberCell{&r.Late} }},
	{"floor", "regret that the oracle would have had", func(r *RouteRow) cell { return numberCell{&r.Floor} }},
	{"candidates", "datacenters that were not excluded", func(r *RouteRow) cell { return countCell{&r.Candidates} }},
	{"excluded", "those that were, each with the rule, separated by spaces", func(r *RouteRow) cell { return textCell{&r.Excluded} }},
	{"why", "why the choice was kept or changed, in a sentence", func(r *RouteRow) cell { return textCell{&r.Why} }},
	{"fallback", "whom to try after the targets, in order", func(r *RouteRow) cell { return textCell{&r.Fallback} }},
}

var candidateColumns = []column[CandidateRow]{
	{"decision", "its number at the gate", func(r *CandidateRow) cell { return countCell{&r.Decision} }},
	{"gate", "who decided", func(r *CandidateRow) cell { return textCell{&r.Gate} }},
	{"job", "about which job", func(r *CandidateRow) cell { return textCell{&r.Job} }},
	{"dc", "the datacenter", func(r *CandidateRow) cell { return textCell{&r.Site} }},
	{"place", "where it stands among those to try; 0: excluded", func(r *CandidateRow) cell { return countCell{&r.Place} }},
	{"verdict", "selected_primary, selected_extended, fallback or excluded", func(r *CandidateRow) cell { return textCell{&r.Verdict} }},
	{"exclusion", "the rule that excluded it", func(r *CandidateRow) cell { return textCell{&r.Exclusion} }},
	{"bucket", "its class", func(r *CandidateRow) cell { return textCell{&r.Bucket} }},
	{"bucket_reason", "why it has that class", func(r *CandidateRow) cell { return textCell{&r.BucketReason} }},
	{"score", "raw x cool, lower is better; with by = rank its place in its class", func(r *CandidateRow) cell { return numberCell{&r.Score} }},
	{"by", "score or rank", func(r *CandidateRow) cell { return textCell{&r.ByScore} }},
	{"raw", "rtt_ucb_ms x load x quality_penalty x pref", func(r *CandidateRow) cell { return numberCell{&r.Raw} }},
	{"rtt_ucb_ms", "upper bound of the round trip, as the gate believes", func(r *CandidateRow) cell { return numberCell{&r.Bound} }},
	{"true_rtt_ms", "the round trip as it is", func(r *CandidateRow) cell { return numberCell{&r.RTT} }},
	{"true_free_cores", "those that are truly free, for candidates of the oracle", func(r *CandidateRow) cell { return countCell{&r.CoresFree} }},
	{"true_waiting_cores", "those that ready work truly waits for", func(r *CandidateRow) cell { return countCell{&r.CoresWaited} }},
	{"true_begin_ms", "how long until the job would begin there: round trip of at least 10 ms, and wait; 0: no candidate of the oracle", func(r *CandidateRow) cell { return numberCell{&r.Begin} }},
	{"quality", "of what the bound rests on, 0 to 1", func(r *CandidateRow) cell { return numberCell{&r.Quality} }},
	{"load_factor", "of utilisation, queue and breakers", func(r *CandidateRow) cell { return numberCell{&r.Load} }},
	{"quality_penalty", "of the lack of quality", func(r *CandidateRow) cell { return numberCell{&r.Doubt} }},
	{"pref", "of the client's wish", func(r *CandidateRow) cell { return numberCell{&r.Preference} }},
	{"cool", "of a failure of this job there", func(r *CandidateRow) cell { return numberCell{&r.Cool} }},
	{"cooldown_remaining_s", "for how much longer", func(r *CandidateRow) cell { return numberCell{&r.Cooling} }},
	{"util", "share of cores in use", func(r *CandidateRow) cell { return numberCell{&r.Util} }},
	{"queue", "workflows that wait, a core", func(r *CandidateRow) cell { return numberCell{&r.Queue} }},
	{"cb", "share of managers whose breakers are open", func(r *CandidateRow) cell { return numberCell{&r.Breakers} }},
	{"available_cores", "free ones, reserved ones taken off", func(r *CandidateRow) cell { return countCell{&r.Available} }},
	{"total_cores", "all", func(r *CandidateRow) cell { return countCell{&r.Total} }},
	{"reserved_cores", "of jobs that no report knows of yet", func(r *CandidateRow) cell { return countCell{&r.Reserved} }},
	{"why", "what the decision made of it, in a sentence", func(r *CandidateRow) cell { return textCell{&r.Why} }},
	{"queue_depth", "workflows that wait", func(r *CandidateRow) cell { return countCell{&r.Waiting} }},
}

// routeRows adds the rows of routing.csv and routing_candidates.csv.
func (r *Result) routeRows(t *Tables) {
	for i := range r.Decisions {
		d := &r.Decisions[i]
		row := RouteRow{
			At: d.At, Decision: d.ID, Gate: r.name(d.Gate), Job: d.Job.String(), Trigger: d.Trigger.String(), Mode: d.Mode.String(), Reason: d.Reason.String(),
			Primary: r.siteOrNone(d.Chosen), Previous: r.siteOrNone(d.Previous), Bucket: d.Best.String(), Score: d.Score, BestScore: d.BestScore,
			Improvement: d.Improvement, HoldDown: d.Hold, ChosenRTT: d.RTT, BestRTT: d.BestRTT, Hindsight: r.siteOrNone(d.Hindsight),
		}
		if d.Chosen >= 0 {
			row.Regret, row.Oracle = d.Regret(), r.siteOrNone(d.Oracle)
			row.ChosenBegin, row.OracleBegin, row.Late, row.Floor = d.begin(), d.OracleBegin, d.Late(), d.Floor()
		}
		row.Why = r.ruling(d)
		var out, next []string
		for k := range d.Candidates {
			o := &d.Candidates[k]
			name := r.siteName(int16(o.Site))
			switch o.Verdict {
			case routing.Excluded:
				out = append(out, name+":"+o.Exclusion.String())
			case routing.Fallback:
				next = append(next, name)
			default:
			}
			t.Candidates = append(t.Candidates, r.candidateRow(d, k))
		}
		row.Candidates = uint64(len(d.Candidates) - len(out))
		row.Excluded, row.Fallback = strings.Join(out, " "), strings.Join(next, " ")
		t.Routes = append(t.Routes, row)
	}
}

func (r *Result) siteOrNone(site int32) string {
	if site < 0 {
		return ""
	}
	return r.siteName(int16(site))
}

func (r *Result) dcName(site uint16) string { return r.siteName(int16(site)) }

// ruling says why the choice was kept or changed.
func (r *Result) ruling(d *Decision) string {
	if d.Chosen < 0 {
		return d.rec.Ruling(0, 0, r.dcName)
	}
	best := uint16(d.Chosen)
	for i := range d.Candidates {
		if o := &d.Candidates[i]; o.Place > 0 && o.Rank == 1 && o.Class == d.Best {
			best = o.Site
		}
	}
	return d.rec.Ruling(best, uint16(d.Chosen), r.dcName)
}

func (r *Result) candidateRow(d *Decision, k int) CandidateRow {
	o := &d.Candidates[k]
	row := CandidateRow{
		Decision: d.ID, Gate: r.name(d.Gate), Job: d.Job.String(), Site: r.siteName(int16(o.Site)), Bucket: o.Class.String(), BucketReason: o.Why.String(),
		Verdict: o.Verdict.String(), Place: uint64(o.Place), Score: o.Score, Raw: o.Raw, Bound: o.Candidate.RTT, Quality: o.Quality, Load: o.Load, Doubt: o.Doubt,
		Preference: o.Preference, Cool: o.Cool, Util: o.Util, Queue: o.QueueNorm, Breakers: o.Breakers, Cooling: seconds(o.CoolingLeft),
		Available: uint64(o.Available), Total: uint64(o.Total), Reserved: uint64(o.Reserved), Waiting: uint64(o.Candidate.Queue), ByScore: "rank", RTT: o.RTT,
		Begin: o.Begin, CoresFree: uint64(max(0, o.Truth.Cores-o.Truth.Held)), CoresWaited: uint64(o.Truth.Waits),
		Why: d.rec.Why(&o.Candidate, &d.Candidates[0].Candidate, o.Place, r.dcName),
	}
	if o.ByScore {
		row.ByScore = "score"
	}
	if o.Exclusion != routing.NotExcluded {
		row.Exclusion, row.ByScore = o.Exclusion.String(), ""
	}
	return row
}
