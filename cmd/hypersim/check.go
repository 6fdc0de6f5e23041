package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
)

func newCheck() *cobra.Command {
	var c changes
	var json, diff bool
	cmd := &cobra.Command{
		Use:   "check SCENARIO...",
		Short: "Validate scenarios and print what a run would build",
		Long: `check reads scenarios, reports everything wrong with them, and prints what a run would build and about
what it would cost: nodes by site and role, links, events, memory, and the time that this machine takes to simulate
it, which is measured anew each time, in less than a second. Nothing of the scenarios runs.

Exit status: 0 all are good; 2 one is not.`,
		Example: `  hypersim check partition
  hypersim check scenarios/partition.toml --set cluster.gates=12
  hypersim check partition --diff
  hypersim check partition --json`,
		Args:              args(cobra.MinimumNArgs(1)),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, names []string) error {
			list, problems := c.loadAll(cmd, names)
			plans, err := estimated(list)
			if err != nil {
				return errors.Join(err, problems)
			}
			if json {
				if err := encode(cmd.OutOrStdout(), plans); err != nil {
					return err
				}
				return problems
			}
			for i, p := range plans {
				if _, err := fmt.Fprint(cmd.OutOrStdout(), p.Plan, p.time()); err != nil {
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

// estimate is a plan with the time that it takes here and now: a measurement, of no meaning elsewhere.
type estimate struct {
	scenarios.Plan
	Wall float64 `json:"about_wall_s"` // on this machine, without files and pictures
}

func (e *estimate) time() string {
	return fmt.Sprintf("  about %s on this machine, without files and pictures\n", runner.About(time.Duration(e.Wall*float64(time.Second))))
}

// estimated returns what runs of the scenarios would cost.
func estimated(list []*scenarios.Scenario) ([]estimate, error) {
	plans := []estimate{}
	if len(list) == 0 {
		return plans, nil
	}
	speed, err := runner.Calibrate()
	if err != nil {
		return nil, fmt.Errorf("measure this machine: %w", err)
	}
	for _, sc := range list {
		plan := scenarios.Describe(sc)
		plans = append(plans, estimate{plan, speed.Time(plan.Work).Seconds()})
	}
	return plans, nil
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
