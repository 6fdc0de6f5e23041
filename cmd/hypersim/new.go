package main

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"hypersim/scenarios"
)

var scenarioName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func newNew() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "new FILE.toml",
		Short: "Write a small scenario to begin with, with a comment for every key",
		Long: `new writes a scenario that runs as it is: a LAN, a crash, and two claims about it. Every line says what its
key means; hypersim explain KEY says more. The scenario is called like the file.`,
		Example: `  hypersim new my-first.toml
  hypersim check my-first.toml`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := strings.TrimSuffix(filepath.Base(args[0]), ".toml")
			if !strings.HasSuffix(args[0], ".toml") || !scenarioName.MatchString(name) {
				return usageError{fmt.Errorf("%s: must be small letters, digits and single hyphens, then .toml: the scenario is called like its file", args[0])}
			}
			err := writeNew(args[0], "FILE.toml", force, func(out io.Writer) error {
				_, err := io.WriteString(out, scenarios.Starter(name))
				return err
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: hypersim check %s says what it would build, hypersim run %s runs it\n", args[0], args[0], args[0])
			return err
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace FILE.toml if it exists")
	return cmd
}
