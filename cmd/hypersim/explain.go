package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"hypersim/scenarios"

	"hypersim/sim/check"
	"hypersim/sim/metrics"
)

// explainedAtOnce is how many meanings of a name are printed in full.
const explainedAtOnce = 4

func newExplain() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:   "explain KEY|METRIC|FAULT|INVARIANT|FILE...",
		Short: "Say what a key, a metric, a kind of fault, an invariant or a table of results means",
		Long: `explain prints what there is to know about a name of the scenario format: meaning, how a value is written,
unit, default, range, what it trades, and the constant or passage of the specification it comes from. A key may be
given without its first parts (suspicion.min); "not" or "stratify" are keys of selectors.`,
		Example: `  hypersim explain suspicion.min
  hypersim explain partition detection_first
  hypersim explain I-M28
  hypersim explain detections.csv         # the columns of a table of results
  hypersim explain protocol.suspicion     # the keys of a table`,
		Args:              args(cobra.MinimumNArgs(1)),
		ValidArgsFunction: completeNames,
		RunE: func(cmd *cobra.Command, names []string) error {
			var all []scenarios.Explanation
			for _, name := range names {
				list := explain(name)
				if len(list) == 0 {
					return usageError{fmt.Errorf("nothing is called %q%s", name, nearName(name))}
				}
				all = append(all, list...)
			}
			if json {
				return encode(cmd.OutOrStdout(), all)
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			for _, name := range names {
				writeExplanations(w, explain(name))
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "print a JSON array")
	return cmd
}

// explain asks the format, the invariants and the tables of results.
func explain(name string) []scenarios.Explanation {
	for _, f := range metrics.Schema() {
		if f.Name == name {
			list := []scenarios.Explanation{{Kind: "table of results", Name: f.Name, Doc: f.Doc}}
			for _, c := range f.Columns {
				list = append(list, scenarios.Explanation{Kind: "column", Name: c.Name, Doc: c.Doc})
			}
			return list
		}
	}
	for _, id := range check.Rules() {
		if r := id.Rule(); strings.EqualFold(name, r.Name) {
			return []scenarios.Explanation{{Kind: "invariant", Name: r.Name, Doc: r.Text, Source: r.From}}
		}
	}
	return scenarios.Explain(name)
}

// nearName suggests a name for one that does not exist.
func nearName(name string) string {
	best, least := "", 1+max(2, len(name)/3)
	for _, known := range namesExplained() {
		for part, more := known, true; more; _, part, more = strings.Cut(part, ".") {
			if d := distance(name, part); d < least {
				best, least = known, d
			}
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

func writeExplanations(w io.Writer, list []scenarios.Explanation) {
	if len(list) > explainedAtOnce {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, e := range list {
			fmt.Fprintf(t, "%s\t%s\n", e.Name, e.Doc)
		}
		_ = t.Flush() // w keeps the error
		return
	}
	for i := range list {
		writeExplanation(w, &list[i])
	}
}

func writeExplanation(w io.Writer, e *scenarios.Explanation) {
	_, _ = fmt.Fprintf(w, "%s (%s)\n  %s\n", e.Name, e.Kind, e.Doc) // w keeps the error
	value := e.Default
	if e.Required {
		value = "none: it must be given"
	}
	takes := "takes"
	if e.Kind == "metric" {
		takes = "labels"
	}
	for _, line := range [][2]string{
		{"written as", e.Form}, {"unit", e.Unit}, {"one of", strings.Join(e.Values, ", ")}, {"must be", e.Range}, {"default", value},
		{"needs", strings.Join(e.Needs, ", ")}, {takes, strings.Join(e.Takes, ", ")}, {"from", e.Source},
	} {
		if line[1] != "" {
			_, _ = fmt.Fprintf(w, "  %-11s %s\n", line[0], line[1]) // w keeps the error
		}
	}
}

func completeNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return namesExplained(), cobra.ShellCompDirectiveNoFileComp
}

// namesExplained returns every name that explain knows, sorted.
func namesExplained() []string {
	names := scenarios.NamesExplained()
	for _, id := range check.Rules() {
		names = append(names, id.String())
	}
	for _, f := range metrics.Schema() {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of scenario files",
		Long: `schema prints the JSON Schema of scenario files, for completion and checks in an editor: keys, types,
defaults and ranges, made from the same definitions that load them.`,
		Example: `  hypersim schema > scenario.schema.json`,
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(scenarios.Schema())
			return err
		},
	}
}
