package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hypersim/analysis/plot"
	"hypersim/cmd/internal/runner"
	"hypersim/topologies"
)

func newTopologyPlot() *cobra.Command {
	var f matrixFlags
	var force bool
	var order, colours string
	cmd := &cobra.Command{
		Use:   "plot FILE|NAME OUT.png",
		Short: "Draw a latency matrix as a heat map",
		Long: `plot draws the round trips of a bundled topology or matrix, a topology file (*.toml) or a file of measured
latencies as a heat map. OUT may end in .png or .svg.` + formsHelp,
		Example: `  hypersim topology plot aws-2020 aws.png
  hypersim topology plot --order given wan5 wan5.svg
  printf '0 40 60\n40 0 25\n60 25 0\n' | hypersim topology plot --unit ms --kind rtt - measured.png`,
		Args:              args(cobra.ExactArgs(2)),
		ValidArgsFunction: completeTopologies,
		RunE: func(cmd *cobra.Command, args []string) error {
			out := args[1]
			if e := strings.ToLower(filepath.Ext(out)); e != ".png" && e != ".svg" {
				return usageError{fmt.Errorf("%s: must end in .png or .svg", out)}
			}
			opt, err := heatOptions(order, colours)
			if err != nil {
				return err
			}
			t, m, err := f.open(cmd, args[0])
			if err != nil {
				return err
			}
			if err := mayWrite(out, "OUT", force); err != nil {
				return err
			}
			if m != nil {
				guesses(cmd, m)
			}
			l := latency(m)
			if t != nil {
				guesses(cmd, t.Matrix())
				l = latency(t.Matrix())
				l.Name, l.Title, l.Source = t.Name, t.Title, t.Source
			}
			if err := plot.HeatMap(l, out, opt); err != nil {
				return runner.Refused(err, "OUT")
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d rows\n", out, l.N)
			return err
		},
	}
	f.flags(cmd)
	cmd.Flags().StringVar(&order, "order", "clustered", "how rows stand: clustered (close ones together) or given")
	cmd.Flags().StringVar(&colours, "colours", "auto", "how round trips become colours: auto, log or linear")
	cmd.Flags().BoolVar(&force, "force", false, "replace OUT if it exists")
	complete(cmd, "order", "clustered", "given")
	complete(cmd, "colours", "auto", "log", "linear")
	return cmd
}

func latency(m *topologies.Matrix) *plot.Latency {
	if m == nil {
		return nil
	}
	l := &plot.Latency{Name: m.Name, Title: m.Title, Source: m.Source, N: m.N, RTT: m.Cells}
	for _, label := range m.Labels {
		l.Labels = append(l.Labels, short(label))
	}
	if m.Kind == topologies.OneWay {
		l.Scale = 2
	}
	return l
}

// labelMax bounds a label in a picture, whose margin is as wide as the longest.
const labelMax = 40

// short cuts a label that would take more room than the picture.
func short(label string) string {
	if r := []rune(label); len(r) > labelMax {
		return string(r[:labelMax-1]) + "…"
	}
	return label
}

func heatOptions(order, colours string) (opt plot.HeatOptions, err error) {
	switch order {
	case "clustered":
	case "given":
		opt.Order = plot.Given
	default:
		return opt, usageError{fmt.Errorf(`--order = %q: must be "clustered" or "given"`, order)}
	}
	switch colours {
	case "auto":
	case "log":
		opt.Colours = plot.Log
	case "linear":
		opt.Colours = plot.Linear
	default:
		return opt, usageError{fmt.Errorf(`--colours = %q: must be "auto", "log" or "linear"`, colours)}
	}
	return opt, nil
}
