package main

import (
	"bufio"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"hypersim/scenarios"
)

func newCheck() *cobra.Command {
	var c changes
	var json, diff bool
	cmd := &cobra.Command{
		Use:   "check SCENARIO...",
		Short: "Validate scenarios and print what a run would build",
		Long: `check reads scenarios, reports everything wrong with them, and prints what a run would build and about
what it would cost: nodes by site and role, links, events, memory. Nothing runs.

Exit status: 0 all are good; 2 one is not.`,
		Example: `  hypersim check partition
  hypersim check scenarios/partition.toml --set cluster.gates=100
  hypersim check partition --diff
  hypersim check partition --json`,
		Args:              args(cobra.MinimumNArgs(1)),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, names []string) error {
			list, problems := c.loadAll(cmd, names)
			plans := []scenarios.Plan{}
			for _, sc := range list {
				plans = append(plans, scenarios.Describe(sc))
			}
			if json {
				if err := encode(cmd.OutOrStdout(), plans); err != nil {
					return err
				}
				return problems
			}
			for i, p := range plans {
				if _, err := fmt.Fprint(cmd.OutOrStdout(), p); err != nil {
					return err
				}
				if !diff {
					continue
				}
				if err := writeDifferences(cmd.OutOrStdout(), scenarios.Differences(list[i])); err != nil {
					return err
				}
			}
			return problems
		},
	}
	c.flags(cmd)
	cmd.Flags().BoolVar(&json, "json", false, "print a JSON array, one object a scenario")
	cmd.Flags().BoolVar(&diff, "diff", false, "print what differs from the defaults, too")
	return cmd
}

// writeDifferences prints keys with their values, and what they would be by themselves.
func writeDifferences(w io.Writer, list []scenarios.Difference) error {
	b := bufio.NewWriter(w)
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  differs from the defaults:\t\t")
	for _, d := range list {
		fmt.Fprintf(t, "  %s\t%s\t", d.Key, d.Value)
		if d.Default != "" {
			fmt.Fprintf(t, "default %s", d.Default)
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush() // b keeps the error
	return b.Flush()
}
