package story

import (
	"bytes"
	"strconv"
	"strings"

	"hypersim/core"
)

// routine are messages and facts that go on all the time, and explain nothing.
var routine = map[string]bool{
	"ping": true, "ack": true, "job_progress": true, "workflow_progress": true, "workflow_progress_ack": true, "job_progress_report": true,
	"job_progress_report_ack": true, "worker_record": true, "lease": true, "gate_heartbeat": true, "gate_heartbeat_ack": true,
	"manager_heartbeat": true, "manager_heartbeat_ack": true, "worker_heartbeat": true, "deadline": true, "job_status_push": true,
	"job_status_push_ack": true, "job_table": true, "route": true, "admitted": true, "probe_started": true, "tick": true, "timeout_computed": true,
	"queued": true, "retired": true, "leader_heartbeat": true, "leader_heartbeat_ack": true, "job_batch_push": true, "windowed_stats_push": true,
}

// weight is how much a line says to somebody who wants to know why: 0 nothing, 3 what nobody can do without.
func weight(l *Line) int {
	if lives(l) {
		return 4
	}
	switch string(l.Kind) {
	case "job_fact":
		if routine[string(l.Fact)] {
			return 0
		}
		return 3
	case "fact":
		switch string(l.Fact) {
		case "transition":
			if l.Moves {
				return 3
			}
			return 0
		case "suspicion_started", "suspicion_ended", "incarnation", "accused", "reach", "fatal", "stopped", "join":
			return 2
		}
		return 0
	case "sent", "delivered", "dropped":
		if routine[string(l.Message)] {
			return 1
		}
		return 2
	case "job_submitted", "job_withdrawn", "shard_lost", "shard_ended":
		return 3
	case "work":
		return 2
	}
	return 0
}

// saying is a line with the fields that a sentence names.
type saying struct {
	h      *Header
	l      *Line
	fields map[string]string
}

// get returns a field in the words of its kind, "" if it is not said.
func (s *saying) get(name string) string { return s.fields[name] }

// other is the node that a fact about a job names.
func (s *saying) other() string {
	if n, err := strconv.Atoi(s.get("o")); err == nil {
		return s.h.Name(n)
	}
	return "nobody"
}

func (s *saying) flow() string {
	if wf := s.get("wf"); wf != "" {
		return "wf-" + wf
	}
	return "a workflow"
}

func (s *saying) of() string { return "job-" + string(s.l.Job) }

// moved says from what to what.
func (s *saying) moved() string {
	from, to := s.get("from"), s.get("to")
	switch {
	case from == "" && to == "":
		return ""
	case from == "":
		return " to " + to
	}
	return " from " + from + " to " + to
}

// facts say what a node found out of a job, by the name of the fact.
var facts = map[string]func(*saying) string{
	"job_state":      func(s *saying) string { return "moves " + s.of() + s.moved() },
	"workflow_state": func(s *saying) string { return "moves " + s.flow() + s.moved() },
	"placed":         func(s *saying) string { return "is about to give a shard of " + s.flow() + " to " + s.other() },
	"intent": func(s *saying) string {
		if s.get("to") == "1" {
			return "hears no answer of " + s.other() + " to a shard of " + s.flow()
		}
		return "hears that " + s.other() + " says " + or(s.get("code"), "OK") + " to a shard of " + s.flow()
	},
	"shard_state": func(s *saying) string { return "moves its shard of " + s.flow() + s.moved() },
	"result":      func(s *saying) string { return "counts the result of " + s.other() + " for " + s.flow() },
	"stale":       func(s *saying) string { return "refuses a token of " + s.flow() + " as out of date" },
	"job_cancel":  func(s *saying) string { return "accepts that " + s.of() + " is taken back" },
	"submit": func(s *saying) string {
		switch s.get("to") {
		case "1":
			return "hears from " + s.other() + " that " + s.of() + " was accepted"
		case "2":
			return "gives the submission of " + s.of() + " up"
		}
		return "hands " + s.of() + " in"
	},
	"outcome": func(s *saying) string { return "hears that " + s.of() + " ended " + or(s.get("to"), "NONE") },
	"commit":  func(s *saying) string { return "has a majority for what it changed of " + s.of() },
	"holder": func(s *saying) string {
		part := map[string]string{"1": "holds", "2": "won", "3": "lost", "4": "may decide nothing for", "5": "may decide again for"}[s.get("part")]
		return or(part, "holds") + " " + s.of() + ", epoch " + or(s.get("ep"), "0")
	},
	"voter": func(s *saying) string {
		return "becomes " + or(s.get("to"), "FOLLOWER") + " in term " + or(s.get("term"), "0")
	},
	"leader": func(s *saying) string {
		if s.get("o") == strconv.Itoa(s.l.Node) {
			return "leads in term " + or(s.get("term"), "0")
		}
		return "follows " + s.other() + " in term " + or(s.get("term"), "0")
	},
	"round": func(s *saying) string {
		how := "loses"
		if s.get("to") == "1" {
			how = "wins"
		}
		return how + " a vote for term " + or(s.get("term"), "0") + ", with " + or(s.get("grants"), "0") + " grants"
	},
	"transfer": func(s *saying) string { return "is told that " + s.other() + " leads " + s.of() + " now" },
	"orphan": func(s *saying) string {
		if s.get("to") == "" {
			return "hears that somebody leads " + s.of() + " again"
		}
		return "notices that nobody leads " + s.of() + "; " + s.other() + " did"
	},
	"timeout": func(s *saying) string { return "judges the time of " + s.of() + s.moved() },
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// sentence says what a line says, without the time and the full stop.
func (h *Header) sentence(l *Line, faults []Mishap) string {
	s := &saying{h: h, l: l, fields: l.fields()}
	who := ""
	if l.Node != Nobody {
		who = h.Name(l.Node)
	}
	switch string(l.Kind) {
	case "fault_start", "fault_end":
		name := h.FaultName(l.Fault)
		if string(l.Kind) == "fault_end" { // what it did was said when it began
			return "the fault " + name + " is over"
		}
		return "the fault " + name + kindOf(faults, name) + " begins"
	case "crash":
		return who + " crashes"
	case "start":
		return who + " starts, as a new process that remembers nothing"
	case "stop":
		return who + " has left and ends"
	case "leave":
		return who + " leaves"
	case "pause":
		return who + " is frozen"
	case "resume":
		return who + " goes on"
	case "slow":
		return who + " runs at another pace"
	case "clock":
		return who + "'s clock is changed"
	case "job_submitted":
		return who + " is given " + s.of() + " to hand in"
	case "job_withdrawn":
		return who + " is told to take " + s.of() + " back"
	case "work":
		return who + "'s host is told to " + s.get("o") + " a shard of " + s.flow()
	case "shard_ended":
		return who + "'s shard of " + s.flow() + " ends"
	case "shard_lost":
		return "a shard of " + s.flow() + " is lost with " + who
	case "sent":
		return who + " sends " + string(l.Message) + " to " + h.Name(l.Peer)
	case "delivered":
		return who + " gets " + string(l.Message) + " of " + h.Name(l.Peer)
	case "dropped":
		return string(l.Message) + " of " + who + " to " + h.Name(l.Peer) + " is lost: " + string(l.Why)
	case "fact":
		return who + " " + s.member()
	}
	if tell := facts[string(l.Fact)]; tell != nil {
		return who + " " + tell(s)
	}
	return who + ": " + brief(jobFacts[string(l.Fact)].Doc()) + s.moved()
}

// brief is the first part of what is said of a kind, without where that comes from: what follows explains fields.
func brief(doc string) string {
	doc, _, _ = strings.Cut(doc, ";")
	doc, _, _ = strings.Cut(doc, " (")
	return doc
}

// member says what a node found out about a member.
func (s *saying) member() string {
	about := "itself"
	if s.l.About != Nobody && s.l.About != s.l.Node {
		about = s.h.Name(s.l.About)
	}
	switch string(s.l.Fact) {
	case "transition":
		return "holds " + about + " " + s.get("to") + was(s.get("from")) + because(s.get("cause"))
	case "suspicion_started":
		return "suspects " + about + because(s.get("cause"))
	case "suspicion_ended":
		return "ends its suspicion of " + about + because(s.get("cause"))
	case "incarnation":
		return "raises its incarnation to " + or(s.get("inc"), "0")
	case "accused":
		return "hears that it is suspected"
	case "reach":
		site := or(s.get("datacenter"), "0")
		if s.l.About != Nobody { // the leader that it asked
			site, _, _ = strings.Cut(s.h.Name(s.l.About), "/")
		}
		return "calls datacenter " + site + " " + reachOf(s.get("reach")) + was(reachOf(s.get("old_reach"))) + because(s.get("cause"))
	case "join":
		return "joins by way of " + about + because(s.get("cause"))
	case "stopped":
		return "has finished leaving"
	case "fatal":
		return "must stop: its state cannot go on"
	}
	for k := core.FactNone + 1; k < core.NumFactKinds; k++ {
		if k.String() == string(s.l.Fact) {
			return "finds, about " + about + ": " + brief(k.Doc())
		}
	}
	return string(s.l.Fact) + " of " + about
}

// reachOf is the word for how a gate judges a datacenter, by its number in the line.
func reachOf(number string) string {
	n, err := strconv.ParseUint(or(number, "0"), 10, 8)
	if err != nil || n >= core.NumReaches {
		return number
	}
	return core.Reach(n).String()
}

func was(from string) string {
	if from == "" || from == "NONE" || from == "UNKNOWN" {
		return ""
	}
	return ", no longer " + from
}

func because(cause string) string {
	if cause == "" || cause == "none" {
		return ""
	}
	return " (" + strings.ReplaceAll(cause, "_", " ") + ")"
}

func kindOf(faults []Mishap, id string) string {
	for _, f := range faults {
		if f.ID != id {
			continue
		}
		if f.Detail != "" {
			return " (" + f.Kind + ", " + f.Detail + ")"
		}
		return " (" + f.Kind + ")"
	}
	return ""
}

// fields are all that the line says at its outermost level; of a fact about a job in the words of its kind.
func (l *Line) fields() map[string]string {
	all := map[string]string{}
	for rest := l.Raw[1:]; ; {
		name, value, after, ok := field(rest)
		if !ok {
			return all
		}
		value = bytes.Trim(value, `"`)
		if string(l.Kind) == "job_fact" {
			name, value = said(jobFacts[string(l.Fact)], name, value)
		}
		all[string(name)] = string(value)
		if after[0] == '}' {
			return all
		}
		rest = after[1:]
	}
}
