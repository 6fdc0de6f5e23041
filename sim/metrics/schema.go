package metrics

import "hypersim/core"

// The rows of the files of a run (spec 50 §7). Names of nodes, states and causes are words, so that a
// file is read without the run that wrote it. Empty cells are "", NaN or core.Never.

// TimeRow is a row of timeseries.csv.
type TimeRow struct {
	At                   core.Instant
	Metric, Unit, Labels string
	Value                float64
}

// DetectionRow is a row of detections.csv.
type DetectionRow struct {
	At                                        core.Instant
	Observer, Subject, To, Path, Cause, Other string
	Inc                                       uint64
	Truth, Class, PeerClass                   string
	SinceCrash, First                         float64
}

// MembershipRow is a row of membership.csv.
type MembershipRow struct {
	At                                   core.Instant
	Group                                uint64
	Role                                 string
	Observers, Pairs, Disagree           uint64
	ViewError                            float64
	Unconfirmed, OK, Suspect, Dead, Left uint64
}

// CoordinateRow is a row of coordinates.csv.
type CoordinateRow struct {
	At                                    core.Instant
	SiteA, SiteB, Link, Roles             string
	Pairs                                 uint64
	Rel50, Rel90, Rel99, MS50, MS90, MS99 float64
	Coverage, Ratio50                     float64
}

// MessageRow is a row of messages.csv.
type MessageRow struct {
	At                    core.Instant
	Direction, Reason     string // Reason is empty for what was not dropped
	Type, Class, Role     string
	Messages, Bytes       uint64
	MessageRate, ByteRate float64
}

// FaultRow is a row of faults.csv.
type FaultRow struct {
	ID, Kind   string
	Start, End core.Instant
	Episodes   uint64
	Detail     string
	Nodes      uint64
	Others     uint64

	Last, Agreed core.Instant
}

// EpisodeRow is a row of episodes.csv.
type EpisodeRow struct {
	ID         string
	Start, End core.Instant
}

// ViolationRow is a row of violations.csv.
type ViolationRow struct {
	At                     core.Instant
	Invariant, Nodes, What string
}

// SummaryRow is a row of summary.csv and an element of summary.json: a distribution, and for an
// expectation also what was demanded of it. Value is the statistic that was judged.
type SummaryRow struct {
	Metric, Labels, Unit     string
	Summary                  Summary
	Expectation, Level, Stat string
	Value                    float64
	ValueUnit                string // of Value and Bound; Unit is that of Summary
	Bound, Verdict, Why      string
}

// Tables is everything that the files of a run hold. Files without rows are not written.
type Tables struct {
	Time        []TimeRow
	Observed    []TimeRow
	Detections  []DetectionRow
	Membership  []MembershipRow
	Coordinates []CoordinateRow
	Messages    []MessageRow
	Faults      []FaultRow
	Episodes    []EpisodeRow
	Jobs        []JobRow
	Runs        []RunRow
	Events      []EventRow
	Elections   []ElectionRow
	Timeouts    []TimeoutRow
	Routes      []RouteRow
	Pressures   []PressureRow
	Candidates  []CandidateRow
	Admissions  []AdmissionRow
	Violations  []ViolationRow
	Summary     []SummaryRow
}

// column is one column of a file: its name, which ends in its unit where it has one, its meaning, and
// the cell of a row.
type column[T any] struct {
	name, doc string
	cell      func(*T) cell
}

var timeColumns = []column[TimeRow]{
	{"t_s", "virtual time", func(r *TimeRow) cell { return instantCell{&r.At} }},
	{"metric", "name, spec 50 §6 and spec 40 §4", func(r *TimeRow) cell { return textCell{&r.Metric} }},
	{"unit", "unit of value", func(r *TimeRow) cell { return textCell{&r.Unit} }},
	{"labels", "key=value;key=value", func(r *TimeRow) cell { return textCell{&r.Labels} }},
	{"value", "in unit", func(r *TimeRow) cell { return numberCell{&r.Value} }},
}

var detectionColumns = []column[DetectionRow]{
	{"t_s", "virtual time of the marking", func(r *DetectionRow) cell { return instantCell{&r.At} }},
	{"observer", "who marked", func(r *DetectionRow) cell { return textCell{&r.Observer} }},
	{"subject", "who was marked", func(r *DetectionRow) cell { return textCell{&r.Subject} }},
	{"to", "SUSPECT or DEAD", func(r *DetectionRow) cell { return textCell{&r.To} }},
	{"path", "timer, probe (own evidence) or gossip", func(r *DetectionRow) cell { return textCell{&r.Path} }},
	{"cause", "event of spec 10 §2.3", func(r *DetectionRow) cell { return textCell{&r.Cause} }},
	{"accuser", "first accuser", func(r *DetectionRow) cell { return textCell{&r.Other} }},
	{"incarnation", "of the claim", func(r *DetectionRow) cell { return countCell{&r.Inc} }},
	{"truth", "crashed, live, paused, unreachable, leaving or restarted", func(r *DetectionRow) cell { return textCell{&r.Truth} }},
	{"observer_class", "healthy or impaired", func(r *DetectionRow) cell { return textCell{&r.Class} }},
	{"subject_class", "healthy or impaired", func(r *DetectionRow) cell { return textCell{&r.PeerClass} }},
	{"detection_each_s", "since the crash, if it crashed", func(r *DetectionRow) cell { return numberCell{&r.SinceCrash} }},
	{"detection_first_s", "the same, if nobody had marked it so before", func(r *DetectionRow) cell { return numberCell{&r.First} }},
}

var membershipColumns = []column[MembershipRow]{
	{"t_s", "virtual time", func(r *MembershipRow) cell { return instantCell{&r.At} }},
	{"group", "membership group", func(r *MembershipRow) cell { return countCell{&r.Group} }},
	{"observer_role", "role of the observers", func(r *MembershipRow) cell { return textCell{&r.Role} }},
	{"observers", "live observers", func(r *MembershipRow) cell { return countCell{&r.Observers} }},
	{"pairs", "(observer, subject) where view or truth says up", func(r *MembershipRow) cell { return countCell{&r.Pairs} }},
	{"disagree", "of these, where view and truth differ", func(r *MembershipRow) cell { return countCell{&r.Disagree} }},
	{"view_error_fraction", "disagree / pairs", func(r *MembershipRow) cell { return numberCell{&r.ViewError} }},
	{"unconfirmed", "records held so", func(r *MembershipRow) cell { return countCell{&r.Unconfirmed} }},
	{"ok", "records held so", func(r *MembershipRow) cell { return countCell{&r.OK} }},
	{"suspect", "records held so", func(r *MembershipRow) cell { return countCell{&r.Suspect} }},
	{"dead", "records held so", func(r *MembershipRow) cell { return countCell{&r.Dead} }},
	{"left", "records held so", func(r *MembershipRow) cell { return countCell{&r.Left} }},
}

var coordinateColumns = []column[CoordinateRow]{
	{"t_s", "virtual time", func(r *CoordinateRow) cell { return instantCell{&r.At} }},
	{"site_a", "site of one end, empty: any", func(r *CoordinateRow) cell { return textCell{&r.SiteA} }},
	{"site_b", "site of the other end", func(r *CoordinateRow) cell { return textCell{&r.SiteB} }},
	{"link", "intra or inter", func(r *CoordinateRow) cell { return textCell{&r.Link} }},
	{"roles", "roles of the ends", func(r *CoordinateRow) cell { return textCell{&r.Roles} }},
	{"pairs", "measured pairs", func(r *CoordinateRow) cell { return countCell{&r.Pairs} }},
	{"coordinate_error_p50", "relative", func(r *CoordinateRow) cell { return numberCell{&r.Rel50} }},
	{"coordinate_error_p90", "relative", func(r *CoordinateRow) cell { return numberCell{&r.Rel90} }},
	{"coordinate_error_p99", "relative", func(r *CoordinateRow) cell { return numberCell{&r.Rel99} }},
	{"coordinate_error_p50_ms", "absolute", func(r *CoordinateRow) cell { return numberCell{&r.MS50} }},
	{"coordinate_error_p90_ms", "absolute", func(r *CoordinateRow) cell { return numberCell{&r.MS90} }},
	{"coordinate_error_p99_ms", "absolute", func(r *CoordinateRow) cell { return numberCell{&r.MS99} }},
	{"rtt_ucb_coverage_fraction", "true RTT ≤ upper bound", func(r *CoordinateRow) cell { return numberCell{&r.Coverage} }},
	{"rtt_ucb_ratio_p50", "upper bound / true RTT", func(r *CoordinateRow) cell { return numberCell{&r.Ratio50} }},
}

var messageColumns = []column[MessageRow]{
	{"t_s", "end of the sample", func(r *MessageRow) cell { return instantCell{&r.At} }},
	{"direction", "sent, received or dropped (at the sender)", func(r *MessageRow) cell { return textCell{&r.Direction} }},
	{"reason", "why it was dropped: loss, partition, queue (the sender's is full), mtu (the sender refused it), corrupt, inbox, down, reset, timeout or refused; empty for sent and received", func(r *MessageRow) cell { return textCell{&r.Reason} }},
	{"type", "message type", func(r *MessageRow) cell { return textCell{&r.Type} }},
	{"class", "service class", func(r *MessageRow) cell { return textCell{&r.Class} }},
	{"role", "role of the node", func(r *MessageRow) cell { return textCell{&r.Role} }},
	{"messages", "in the sample", func(r *MessageRow) cell { return countCell{&r.Messages} }},
	{"size_bytes", "in the sample", func(r *MessageRow) cell { return countCell{&r.Bytes} }},
	{"messages_per_node_s", "per live node of the role and second", func(r *MessageRow) cell { return numberCell{&r.MessageRate} }},
	{"bytes_per_node_s", "per live node of the role and second", func(r *MessageRow) cell { return numberCell{&r.ByteRate} }},
}

var faultColumns = []column[FaultRow]{
	{"fault", "id in the scenario", func(r *FaultRow) cell { return textCell{&r.ID} }},
	{"kind", "kind of fault", func(r *FaultRow) cell { return textCell{&r.Kind} }},
	{"start_s", "first start, empty: never", func(r *FaultRow) cell { return instantCell{&r.Start} }},
	{"end_s", "last end, empty: never", func(r *FaultRow) cell { return instantCell{&r.End} }},
	{"episodes", "number of starts", func(r *FaultRow) cell { return countCell{&r.Episodes} }},
	{"detail", "how much, or of what", func(r *FaultRow) cell { return textCell{&r.Detail} }},
	{"nodes", "that it hit; of a cut or of links, those of the first side", func(r *FaultRow) cell { return countCell{&r.Nodes} }},
	{"others", "nodes of the second side, if it is not everybody else", func(r *FaultRow) cell { return countCell{&r.Others} }},
	{"last_s", "last start or end, empty: never", func(r *FaultRow) cell { return instantCell{&r.Last} }},
	{"agreed_s", "first moment from last_s on at which all views agreed with the truth, empty: none", func(r *FaultRow) cell { return instantCell{&r.Agreed} }},
}

var episodeColumns = []column[EpisodeRow]{
	{"fault", "id in the scenario", func(r *EpisodeRow) cell { return textCell{&r.ID} }},
	{"start_s", "when it began", func(r *EpisodeRow) cell { return instantCell{&r.Start} }},
	{"end_s", "when it ended, empty: never", func(r *EpisodeRow) cell { return instantCell{&r.End} }},
}

var violationColumns = []column[ViolationRow]{
	{"t_s", "virtual time", func(r *ViolationRow) cell { return instantCell{&r.At} }},
	{"invariant", "its id", func(r *ViolationRow) cell { return textCell{&r.Invariant} }},
	{"nodes", "concerned, separated by spaces", func(r *ViolationRow) cell { return textCell{&r.Nodes} }},
	{"what", "what broke", func(r *ViolationRow) cell { return textCell{&r.What} }},
}

var summaryColumns = []column[SummaryRow]{
	{"metric", "name", func(r *SummaryRow) cell { return textCell{&r.Metric} }},
	{"labels", "what was selected", func(r *SummaryRow) cell { return textCell{&r.Labels} }},
	{"unit", "of the statistics from mean to max", func(r *SummaryRow) cell { return textCell{&r.Unit} }},
	{"count", "observations", func(r *SummaryRow) cell { return countCell{&r.Summary.Count} }},
	{"mean", "arithmetic mean", func(r *SummaryRow) cell { return numberCell{&r.Summary.Mean} }},
	{"sd", "sample standard deviation", func(r *SummaryRow) cell { return numberCell{&r.Summary.SD} }},
	{"min", "least", func(r *SummaryRow) cell { return numberCell{&r.Summary.Min} }},
	{"p50", "nearest rank", func(r *SummaryRow) cell { return numberCell{&r.Summary.P50} }},
	{"p90", "nearest rank", func(r *SummaryRow) cell { return numberCell{&r.Summary.P90} }},
	{"p95", "nearest rank", func(r *SummaryRow) cell { return numberCell{&r.Summary.P95} }},
	{"p99", "nearest rank", func(r *SummaryRow) cell { return numberCell{&r.Summary.P99} }},
	{"p99.9", "nearest rank", func(r *SummaryRow) cell { return numberCell{&r.Summary.P999} }},
	{"max", "largest", func(r *SummaryRow) cell { return numberCell{&r.Summary.Max} }},
	{"expectation", "id, empty: none", func(r *SummaryRow) cell { return textCell{&r.Expectation} }},
	{"level", "must, should or record", func(r *SummaryRow) cell { return textCell{&r.Level} }},
	{"stat", "the statistic that is judged", func(r *SummaryRow) cell { return textCell{&r.Stat} }},
	{"value", "its value", func(r *SummaryRow) cell { return numberCell{&r.Value} }},
	{"value_unit", "unit of value and bound", func(r *SummaryRow) cell { return textCell{&r.ValueUnit} }},
	{"bound", "what is demanded", func(r *SummaryRow) cell { return textCell{&r.Bound} }},
	{"verdict", "pass, fail, not-judged (nothing to judge) or cannot-be-judged (fails a must)", func(r *SummaryRow) cell { return textCell{&r.Verdict} }},
	{"why", "reason of the bound; before it why it was not or cannot be judged", func(r *SummaryRow) cell { return textCell{&r.Why} }},
}

// Column describes one column of a file.
type Column struct{ Name, Doc string }

// File describes one CSV file.
type File struct {
	Name, Doc string
	Columns   []Column
}

// Schema returns every CSV file that this room writes, in the order in which they are written.
func Schema() []File {
	files := []File{}
	for _, t := range tables {
		files = append(files, t.describe())
	}
	return files
}

// tables ties each file to the rows of Tables that it holds.
var tables = []table{
	of[TimeRow]{"timeseries.csv", "sampled values over virtual time", timeColumns, func(t *Tables) *[]TimeRow { return &t.Time }},
	of[TimeRow]{"observations.csv", "single observations of metrics that no other file holds, all of a metric or none", timeColumns, func(t *Tables) *[]TimeRow { return &t.Observed }},
	of[DetectionRow]{"detections.csv", "each marking of a member as SUSPECT or DEAD", detectionColumns, func(t *Tables) *[]DetectionRow { return &t.Detections }},
	of[MembershipRow]{"membership.csv", "views against truth, and records by state, over time", membershipColumns, func(t *Tables) *[]MembershipRow { return &t.Membership }},
	of[CoordinateRow]{"coordinates.csv", "accuracy of predicted round trips over time", coordinateColumns, func(t *Tables) *[]CoordinateRow { return &t.Coordinates }},
	of[MessageRow]{"messages.csv", "traffic by type over time", messageColumns, func(t *Tables) *[]MessageRow { return &t.Messages }},
	of[FaultRow]{"faults.csv", "when faults really began and ended", faultColumns, func(t *Tables) *[]FaultRow { return &t.Faults }},
	of[EpisodeRow]{"episodes.csv", "each time that a repeated fault began and ended", episodeColumns, func(t *Tables) *[]EpisodeRow { return &t.Episodes }},
	of[JobRow]{"jobs.csv", "each job that a client handed in", jobColumns, func(t *Tables) *[]JobRow { return &t.Jobs }},
	of[RunRow]{"workflows.csv", "each execution of a shard of a workflow on a worker", runColumns, func(t *Tables) *[]RunRow { return &t.Runs }},
	of[EventRow]{"job_events.csv", "what happened to single jobs: each message that mattered, what nodes said, who came and went", eventColumns, func(t *Tables) *[]EventRow { return &t.Events }},
	of[ElectionRow]{"elections.csv", "who played which part in the elections of each cluster, and when leaders might act", electionColumns, func(t *Tables) *[]ElectionRow { return &t.Elections }},
	of[TimeoutRow]{"timeouts.csv", "what gates and managers made of the time of jobs", timeoutColumns, func(t *Tables) *[]TimeoutRow { return &t.Timeouts }},
	of[RouteRow]{"routing.csv", "each decision of a gate about where a job goes", routeColumns, func(t *Tables) *[]RouteRow { return &t.Routes }},
	of[CandidateRow]{"routing_candidates.csv", "what each decision knew of each datacenter, and made of it", candidateColumns, func(t *Tables) *[]CandidateRow { return &t.Candidates }},
	of[PressureRow]{"backpressure.csv", "fill and level of statistics at managers, and what workers and gates go by", pressureColumns, func(t *Tables) *[]PressureRow { return &t.Pressures }},
	of[AdmissionRow]{"admission.csv", "what came to servers, was served and was sent away, by class, in seconds in which one was loaded or refused something", admissionColumns, func(t *Tables) *[]AdmissionRow { return &t.Admissions }},
	of[ViolationRow]{"violations.csv", "broken invariants", violationColumns, func(t *Tables) *[]ViolationRow { return &t.Violations }},
	of[SummaryRow]{"summary.csv", "distributions, expectations and verdicts", summaryColumns, func(t *Tables) *[]SummaryRow { return &t.Summary }},
}
