package account

import (
	"hypersim/sim/metrics"
)

// lasting are the kinds whose effect goes on until the end where nothing undoes them.
var lasting = map[string]bool{
	"slow": true, "clock": true, "partition": true, "flap": true, "loss": true, "duplicate": true, "reorder": true, "corrupt": true,
	"delay": true, "hold": true, "bandwidth": true, "discovery": true, "churn": true, "poison": true, "lhm": true, "stuck-workflow": true,
	"crash": true, "site-outage": true, "pause": true,
}

// behind are the kinds that are over at once, and whose truth holds from then on: who left is gone, and what is believed of a process before a restart
// stays wrong.
var behind = map[string]bool{"leave": true, "restart": true}

// oneWay is the detail of a cut that stops what the first side sends, and nothing else.
const oneWay = "one way"

// deed is what a kind of fault does to those whom it hits, in the past tense.
type deed struct {
	was  bool // after "was" or "were"
	link bool // to links, not to nodes: a sentence of its own
	text string
}

var deeds = map[string]deed{
	"crash":          {was: true, text: "down"},
	"site-outage":    {was: true, text: "down"},
	"restart":        {text: "restarted"},
	"leave":          {text: "left"},
	"join":           {text: "started or joined again"},
	"pause":          {was: true, text: "frozen"},
	"slow":           {was: true, text: "slowed down"},
	"clock":          {text: "had the clock changed"},
	"discovery":      {text: "could look up no names"},
	"raise":          {text: "raised the incarnation"},
	"rumour":         {text: "heard a rumour"},
	"churn":          {text: "came and went at random"},
	"poison":         {text: "sent false coordinates"},
	"lhm":            {text: "had the health score forced"},
	"stuck-workflow": {text: "made no progress"},
	"loss":           {link: true, text: "datagrams were lost"},
	"duplicate":      {link: true, text: "datagrams were doubled"},
	"reorder":        {link: true, text: "datagrams were reordered"},
	"corrupt":        {link: true, text: "datagrams were corrupted"},
	"delay":          {link: true, text: "messages were delayed"},
	"hold":           {link: true, text: "messages were held back"},
	"bandwidth":      {link: true, text: "bandwidth was limited"},
}

// truths are what is really the matter with those whom a kind hits, while it does; the others disturb the bystanders.
var truths = map[string]metrics.Truth{
	"crash": metrics.TruthCrashed, "churn": metrics.TruthCrashed, "restart": metrics.TruthRestarted,
	"pause": metrics.TruthPaused, "leave": metrics.TruthLeaving,
	"partition": metrics.TruthUnreachable, "flap": metrics.TruthUnreachable,
}

// truth is truths for one event.
func (e *event) truth() metrics.Truth {
	if e.kind == "site-outage" {
		if len(e.faults[0].Sides) > 1 {
			return metrics.TruthUnreachable
		}
		return metrics.TruthCrashed
	}
	return truths[e.kind]
}

// disturbs reports whether the kind may make members doubt each other that are all well.
func (e *event) disturbs() bool {
	switch e.kind {
	case "slow", "loss", "duplicate", "reorder", "corrupt", "delay", "hold", "bandwidth", "lhm", "poison", "clock", "discovery":
		return true
	}
	return false
}
