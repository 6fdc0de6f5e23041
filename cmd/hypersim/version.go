package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"hypersim/cmd/internal/runner"
)

// version is set by the linker: -ldflags "-X main.version=1.2.3".
var version string

func versionLine() string {
	b := runner.ReadBuild(version)
	line := "hypersim " + b.Version
	if b.Revision != "" {
		line += " (commit " + b.Revision + ")"
	}
	line += ", " + b.Go + " " + b.GOARCH
	if b.Tags != "" {
		line += ", tags " + b.Tags
	}
	return line
}

func newVersion() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print version, Go version and commit",
		Example: `  hypersim version
  hypersim version --json`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if json {
				return encode(cmd.OutOrStdout(), runner.ReadBuild(version))
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), versionLine())
			return err
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "print a JSON object")
	return cmd
}
