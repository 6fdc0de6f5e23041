package main

import (
	"github.com/spf13/cobra"

	"hypersim/topologies"
)

func newTopologyDescribe() *cobra.Command {
	var f matrixFlags
	var json bool
	cmd := &cobra.Command{
		Use:   "describe FILE|NAME",
		Short: "Print statistics of a latency matrix",
		Long: `describe measures a bundled topology or matrix, a topology file (*.toml) a file of measured latencies, or - for standard input:
size, missing entries, quantiles, asymmetry, violations of the triangle inequality. All times are round
trips in milliseconds.` + formsHelp,
		Example: `  hypersim topology describe aws-2020
  hypersim topology describe wan5 --json
  hypersim topology import aws-2020 measured.csv
  hypersim topology describe --unit ms --kind one-way measured.csv
  printf 'asn1,asn2,rtt_avg\n1,2,80\n2,1,81\n' | hypersim topology describe --unit ms --kind rtt --from-column asn1 --to-column asn2 --value-column rtt_avg -`,
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeTopologies,
		RunE: func(cmd *cobra.Command, args []string) error {
			t, m, err := f.open(cmd, args[0])
			if err != nil {
				return err
			}
			var d topologies.Description
			if t != nil {
				d = t.Describe()
			} else {
				d = topologies.Describe(m)
			}
			if json {
				return encode(cmd.OutOrStdout(), d)
			}
			return d.WriteText(cmd.OutOrStdout())
		},
	}
	f.flags(cmd)
	cmd.Flags().BoolVar(&json, "json", false, "print a JSON object")
	return cmd
}
