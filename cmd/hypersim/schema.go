package main

import (
	"github.com/spf13/cobra"

	"hypersim/scenarios"
)

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
