package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"hypersim/topologies"
)

func newTopologyImport() *cobra.Command {
	var f matrixFlags
	var force bool
	cmd := &cobra.Command{
		Use:   "import IN OUT.csv",
		Short: "Convert measured latencies to the CSV form of the bundled matrices",
		Long: `import reads a file of measured latencies in any form that describe knows and writes it as CSV in
milliseconds: a header of labels, then labelled rows. Cells stay as measured (round trips stay round
trips) unless --missing or --symmetrize completes the matrix; then it holds one-way delays.` + formsHelp,
		Example: `  hypersim topology import aws-2020 measured.csv
  printf '0 40 -\n40 0 25\n- 25 0\n' | hypersim topology import --unit ms --kind rtt --missing shortest-path - whole.csv`,
		Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, m, err := f.open(cmd, args[0])
			if err != nil {
				return err
			}
			if t != nil {
				m = t.Matrix()
			}
			guesses(cmd, m)
			if err := writeNew(args[1], "OUT.csv", force, func(out io.Writer) error { return topologies.WriteCSV(out, m) }); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d rows, unit = \"ms\", kind = %q\n", args[1], m.N, m.Kind)
			return err
		},
	}
	f.flags(cmd)
	cmd.Flags().BoolVar(&force, "force", false, "replace OUT.csv if it exists")
	return cmd
}
