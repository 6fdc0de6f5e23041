package main

import (
	"encoding/json"
	"io"
	"math"

	"hypersim/analysis/account"
	"hypersim/cmd/internal/runner"
)

// resultJSON is what --json prints. Keys are stable; new ones may be added.
type resultJSON struct {
	Scenario     string             `json:"scenario"`
	Variant      string             `json:"variant,omitempty"`
	Seed         uint64             `json:"seed"`
	Digest       string             `json:"digest"`
	RunDir       string             `json:"run_dir"`
	Events       uint64             `json:"events"`
	VirtualS     float64            `json:"virtual_s"`
	EventsPerS   float64            `json:"events_per_s"`
	Account      []account.Sentence `json:"account"` // what happened, in words, with the figures and where they are found
	Expectations []expectationJSON  `json:"expectations"`
	Violations   []violationJSON    `json:"violations"`
	Warnings     []string           `json:"warnings"`
	Stopped      string             `json:"stopped,omitempty"` // why the run ended early
	Exit         int                `json:"exit"`
}

type expectationJSON struct {
	ID      string   `json:"id"`
	Metric  string   `json:"metric"`
	Stat    string   `json:"stat"`
	Level   string   `json:"level"`
	Verdict string   `json:"verdict"`
	Value   *float64 `json:"value"`              // null: nothing to take it from
	Least   bool     `json:"at_least,omitempty"` // value is only known not to be smaller
	Unit    string   `json:"unit"`
	Bound   string   `json:"bound"`
	Why     string   `json:"why,omitempty"`
}

type violationJSON struct {
	Invariant string   `json:"invariant"`
	AtS       float64  `json:"at_s"`
	Nodes     []string `json:"nodes"`
	What      string   `json:"what"`
	Count     uint64   `json:"count"`  // breaches of this invariant in the run; the others say nothing new
	Causes    []string `json:"causes"` // the records about these nodes that led there, oldest first
}

func printJSON(w io.Writer, r *runner.Result, exit int) error {
	out := resultJSON{
		Scenario: r.Scenario.Name, Variant: r.Scenario.Variant, Seed: r.Scenario.Seed, Digest: r.Digest, RunDir: r.Dir,
		Events: r.Events, VirtualS: r.Virtual.Seconds(), EventsPerS: r.Performance.EventsPerS,
		Account: r.Account, Expectations: []expectationJSON{}, Violations: []violationJSON{}, Warnings: append([]string{}, r.Warnings...),
		Stopped: r.Stopped, Exit: exit,
	}
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		e := expectationJSON{
			ID: v.ID, Metric: v.Metric, Stat: v.Stat, Level: v.Level.String(), Verdict: v.Outcome.String(),
			Unit: v.Unit, Bound: v.Bound, Why: v.Why, Least: v.Least,
		}
		if !math.IsNaN(v.Value) && !math.IsInf(v.Value, 0) {
			e.Value = &v.Value
		}
		out.Expectations = append(out.Expectations, e)
	}
	for i := range r.Violations {
		v := &r.Violations[i]
		out.Violations = append(out.Violations, violationJSON{
			Invariant: v.Invariant, AtS: v.At.Seconds(), Nodes: append([]string{}, v.Nodes...), What: v.What, Count: v.Count,
			Causes: append([]string{}, v.Causes...),
		})
	}
	return encode(w, out)
}

// encode prints v as one indented JSON object.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
