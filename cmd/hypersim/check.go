package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"hypersim/scenarios"
)

func newCheck() *cobra.Command {
	var c changes
	var json bool
	cmd := &cobra.Command{
		Use:   "check SCENARIO...",
		Short: "Validate scenarios and print what a run would build",
		Long: `check reads scenarios, reports everything wrong with them, and prints what a run would build and about
what it would cost: nodes by site and role, links, events, memory. Nothing runs.

Exit status: 0 all are good; 2 one is not.`,
		Example: `  hypersim check partition
  hypersim check scenarios/partition.toml --set cluster.gates=100
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
			for _, p := range plans {
				if _, err := fmt.Fprint(cmd.OutOrStdout(), p); err != nil {
					return err
				}
			}
			return problems
		},
	}
	c.flags(cmd)
	cmd.Flags().BoolVar(&json, "json", false, "print a JSON array, one object a scenario")
	return cmd
}
