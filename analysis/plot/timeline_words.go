package plot

import (
	"fmt"
	"image/color"
	"strings"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// saying is what a kind of event is called in the picture. {who} and {whom} are the ends of a message or who says a fact,
// {word} is what it says.
type saying struct {
	rank  int
	text  string
	color color.NRGBA
}

// sayings are the kinds that a picture tells, by name, or by name and word: the word wins. Colours say what it is about:
// blue the way in, grey copies, sky how it goes, green results, vermilion time, purple cancels, orange who leads.
var sayings = map[string]saying{
	"job_submission client":      {1, "{who} [hands|hand] the job in at {whom}", blue},
	"job_submission":             {1, "{who} [sends|send] the job to {whom}", blue},
	"job_ack accepted":           {2, "{who} [accepts|accept] it", blue},
	"job_ack NOT_LEADER":         {1, "{who} [does|do] not lead it, and [names|name] who does", blue},
	"job_ack":                    {1, "{who} [refuses|refuse] it: {word}", blue},
	"provision_request":          {3, "{who} [asks|ask] {whom} whether cores are free", grey},
	"provision_confirm":          {3, "{who}: {word}", grey},
	"workflow_dispatch":          {2, "{who} [dispatches|dispatch] to {whom}", blue},
	"workflow_dispatch again":    {1, "{who} [dispatches|dispatch] again, to {whom}", blue},
	"workflow_dispatch_ack":      {2, "{who} [refuses|refuse] the shard: {word}", blue},
	"workflow_final_result":      {2, "{who}: shard {word}", green},
	"workflow_result_push":       {3, "{who} [passes|pass] the result of a workflow on", green},
	"job_progress":               {3, "{who} [tells|tell] that it is {word}", sky},
	"job_final_status":           {2, "{who} [reports|report] the end: {word}", green},
	"job_final_result":           {1, "{who} [sends|send] the final result: {word}", green},
	"global_job_result":          {1, "{who} [tells|tell] the outcome: {word}", green},
	"job_status_push":            {3, "{who} [pushes|push] that it is {word}", sky},
	"job_status_request":         {2, "{who} [asks|ask] {whom} where it stands", sky},
	"global_job_status":          {2, "{who} [answers|answer]: {word}", sky},
	"register_callback":          {3, "{who} [asks|ask] {whom} for news", sky},
	"job_progress_report":        {2, "{who} [reports|report]: {word}", sky},
	"job_progress_report none":   {1, "{who} [reports|report]: {word}", vermilion},
	"job_timeout_report":         {1, "{who} [reports|report] that time is up ({word})", vermilion},
	"job_global_timeout":         {1, "{who} [tells|tell] {whom} to end it (rule {word})", vermilion},
	"job_leader_transfer":        {2, "{who} [tells|tell] {whom} that [it leads|they lead] there", orange},
	"job_cancel_request":         {1, "{who} [cancels|cancel] it ({word})", purple},
	"job_cancel_response":        {1, "{who} [answers|answer] the cancel: {word}", purple},
	"workflow_cancel":            {2, "{who} [stops|stop] a shard ({word})", purple},
	"workflow_cancelled":         {2, "{who}: the shard has stopped", purple},
	"job_cancelled":              {1, "{who}: all of it has stopped", purple},
	"single_workflow_cancel":     {1, "{who} [cancels|cancel] one workflow", purple},
	"single_cancel_response":     {1, "{who} [answers|answer]: {word}", purple},
	"job_state_sync FULL":        {2, "{who} [copies|copy] the job to {whom}", grey},
	"job_state_sync DELTA":       {2, "{who} [commits|commit] it at {whom}", grey},
	"job_state_sync_ack":         {2, "{who} [takes|take] no copy: {word}", grey},
	"job_state_sync_ack MISSING": {3, "{who} [lacks|lack] what came before", grey},

	"job_leadership_announcement":                 {1, "{who} [claims|claim] the job ({word})", orange},
	"job_leadership_announcement led from now on": {3, "{who} [says|say] that [it leads|they lead]", orange},
	"job_leadership_ack accepted":                 {2, "{who} [agrees|agree]", orange},
	"job_leadership_ack":                          {1, "{who} [does|do] not agree: {word}", orange},
	"job_leader_worker_transfer":                  {2, "{who} [tells|tell] {whom} that [it leads|they lead]", orange},
	"job_leader_worker_transfer_ack":              {3, "{who} [names|name] its shards", orange},
	"job_leader_manager_transfer":                 {2, "{who} [tells|tell] {whom} that [it leads|they lead]", orange},
	"manager_job_leader_transfer":                 {2, "{who} [tells|tell] {whom} that [it leads|they lead]", orange},
	"job_leader_gate_transfer":                    {1, "{who} [tells|tell] {whom} that [it leads|they lead]", orange},
	"gate_job_leader_transfer":                    {1, "{who} [tells|tell] {whom} that [it leads|they lead]", orange},
	"job_adopt_offer":                             {1, "{who} [offers|offer] the job to {whom}", orange},
	"lease_transfer":                              {2, "{who} [hands|hand] the job over to {whom}", orange},

	"outcome":                 {1, "{who} [has|have] the outcome: {word}", green},
	"submit given up":         {1, "{who} [gives|give] handing it in up", black},
	"late_outcome":            {1, "{who} [learns|learn] it after all: {word}", green},
	"job_state COMPLETED":     {2, "{who}: {word}", green},
	"job_state FAILED":        {1, "{who}: {word}", vermilion},
	"job_state TIMEOUT":       {1, "{who}: {word}", vermilion},
	"job_state CANCELLED":     {1, "{who}: {word}", purple},
	"job_state CANCELLING":    {1, "{who}: {word}", purple},
	"job_state QUEUED":        {2, "{who}: {word}", sky},
	"shard_state FAILED":      {1, "{who}: the shard failed", vermilion},
	"holder won":              {1, "{who} [has|have] taken the job over", orange},
	"holder lost":             {1, "{who} [leads|lead] it no more", orange},
	"holder suspended":        {1, "{who} may not act: the lease is over", orange},
	"holder resumed":          {1, "{who} may act again", orange},
	"orphan led by nobody":    {2, "{who} [hears|hear] of nobody who leads it", black},
	"orphan led again":        {2, "{who} [hears|hear] of a leader again", black},
	"orphan":                  {1, "{who}: {word}", black},
	"stale":                   {1, "{who} [refuses|refuse] an outdated token", vermilion},
	"timeout local":           {1, "{who} [finds|find] that time is up", vermilion},
	"timeout withdrawn":       {1, "{who} [takes|take] that back", vermilion},
	"timeout declared":        {1, "{who} [decides|decide]: its time is up", vermilion},
	"timeout fallback":        {1, "{who} [decides|decide] without gates: time is up", vermilion},
	"timeout silent":          {1, "{who} [hears|hear] nothing of it from {whom}", vermilion},
	"timeout heard":           {2, "{who} [hears|hear] from {whom} again", vermilion},
	"timeout dc_lost":         {1, "{who} [gives|give] the datacenter of {whom} up", vermilion},
	"deadline extension":      {1, "{who} [grants|grant] {whom} more time", vermilion},
	"deadline extension gate": {2, "{who} [counts|count] more time", vermilion},
	"left_out":                {1, "from here on, {word} events were not kept", black},
	"process down":            {1, "{who} [is|are] gone", black},
	"process up":              {1, "{who} [starts|start]", black},
	"route":                   {2, "{who} [puts|put] {word} first", blue},
	"route nowhere":           {1, "{who} [knows|know] nowhere to send it", blue},
}

// aliases are kinds whose sayings have shorter names.
var aliases = map[string]string{
	"workflow_cancel_request": "workflow_cancel", "workflow_cancellation_complete": "workflow_cancelled",
	"job_cancellation_complete": "job_cancelled", "single_workflow_cancel_request": "single_workflow_cancel",
	"single_workflow_cancel_response": "single_cancel_response",
}

// sayingOf returns what an event is called; ok is false if pictures do not tell it.
func sayingOf(e *metrics.EventRow) (s saying, ok bool) {
	name := e.Name
	if a := aliases[name]; a != "" {
		name = a
	}
	key := name + " " + e.Word
	switch {
	case name == "job_submission" && analysis.RoleOf(e.Peer) == "client":
		key = name + " client"
	case name == "workflow_dispatch" && e.Attempt > 1:
		key = name + " again"
	case name == "workflow_dispatch_ack" && e.Word == "OK":
		return s, false
	case name == "job_progress_report" && e.Word != "progress":
		key = name + " none"
	case name == "deadline" && analysis.RoleOf(e.Node) == "gate":
		key += " gate"
	}
	if s, ok = sayings[key]; !ok {
		if s, ok = sayings[name]; !ok {
			return s, false
		}
	}
	if strings.Contains(s.text, "{whom}") && e.Kind != "message" {
		s.text = strings.ReplaceAll(s.text, "{whom}", short(e.Peer))
	}
	s.text = strings.ReplaceAll(s.text, "{word}", e.Word)
	return s, true
}

func short(name string) string {
	if name == "" {
		return "somebody"
	}
	return shortName(name)
}

// text is the sentence of a row.
func (m *moment) text() string {
	var who, whom []string
	for _, a := range m.arrows {
		who, whom = addOnce(who, a.from), addOnce(whom, a.to)
	}
	for _, n := range m.nodes {
		who = addOnce(who, n)
	}
	s := strings.ReplaceAll(inNumber(m.said.text, len(who)), "{who}", several(who))
	s = strings.ReplaceAll(s, "{whom}", several(whom)) + m.losses()
	if m.again > 0 {
		s += fmt.Sprintf(", %s until %s s", counted(m.again, "more", "more"), number(m.until, 0.1))
	}
	return s
}

// losses says which of the messages were lost, and why.
func (m *moment) losses() string {
	var lost, why []string
	for _, a := range m.arrows {
		if a.lost != "" {
			lost = append(lost, a.to)
			if a.lost != "timeout" {
				why = addOnce(why, a.lost)
			}
		}
	}
	text := ""
	switch {
	case len(lost) == 0:
		return ""
	case len(lost) == len(m.arrows):
		text = " – lost"
	default:
		text = fmt.Sprintf(" – lost: %d of %d", len(lost), len(m.arrows))
	}
	if len(why) > 0 {
		text += " (" + strings.Join(why, ", ") + ")"
	}
	return text
}

// inNumber chooses the forms of "[one|several]" that go with n.
func inNumber(s string, n int) string {
	for {
		before, rest, ok := strings.Cut(s, "[")
		form, after, closed := strings.Cut(rest, "]")
		one, many, _ := strings.Cut(form, "|")
		if !ok || !closed {
			return s
		}
		if n > 1 {
			one = many
		}
		s = before + one + after
	}
}

// several names who it is, or how many of which role.
func several(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return shortName(names[0])
	}
	role, site := analysis.RoleOf(names[0]), analysis.SiteOf(names[0])
	for _, n := range names {
		if analysis.RoleOf(n) != role {
			role = "node"
		}
		if analysis.SiteOf(n) != site {
			site = ""
		}
	}
	if site != "" {
		return fmt.Sprintf("%d %ss of %s", len(names), role, site)
	}
	return fmt.Sprintf("%d %ss", len(names), role)
}
