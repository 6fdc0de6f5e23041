package main

import (
	"bufio"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"hypersim/scenarios"
	"hypersim/topologies"
)

func newList() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the bundled scenarios and topologies",
		Example: `  hypersim list
  hypersim list --json`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			runs, worlds := scenarios.List(), topologies.List()
			if json {
				return encode(cmd.OutOrStdout(), map[string]any{
					"scenarios": runs, "topologies": worlds, "matrices": topologies.MatrixNames(),
				})
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			fmt.Fprintf(t, "scenario\tnodes\t\n")
			for _, e := range runs {
				fmt.Fprintf(t, "%s\t%d\t%s\n", e.Name, e.Nodes, e.Title)
			}
			fmt.Fprintf(t, "\ntopology\t\t\n")
			for _, e := range worlds {
				fmt.Fprintf(t, "%s\t\t%s\n", e.Name, e.Title)
			}
			_ = t.Flush() // w keeps the error
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "print a JSON object")
	return cmd
}
