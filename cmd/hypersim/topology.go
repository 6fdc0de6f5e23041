package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hypersim/topologies"
)

func newTopology() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "topology",
		Short: "Look into, convert and draw latency matrices",
		Example: `  hypersim topology describe aws-2020
  hypersim topology import --unit ms --kind rtt measured.txt measured.csv
  hypersim topology plot aws-2020 aws.png`,
		Args: cobra.ArbitraryArgs,
		RunE: group,

		SuggestionsMinimumDistance: suggestionDistance,
	}
	cmd.AddCommand(newTopologyDescribe(), newTopologyImport(), newTopologyPlot())
	return cmd
}

// matrixFlags say how a file of measured latencies is read.
type matrixFlags struct {
	unit, kind, form, column, missing, symmetrize string
	intra                                         time.Duration
}

func (f *matrixFlags) flags(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.unit, "unit", "", "unit of a matrix file: ms, s or us (required for files)")
	fl.StringVar(&f.kind, "kind", "", "what a matrix file holds: rtt or one-way (required for files)")
	fl.StringVar(&f.form, "form", "", "shape of the file: square, upper, lower, wide, long or pairs (default: told from its first line)")
	fl.StringVar(&f.column, "column", "", "value column of a long CSV file")
	fl.StringVar(&f.missing, "missing", "", "what becomes of missing pairs: error or shortest-path (default: they stay missing)")
	fl.StringVar(&f.symmetrize, "symmetrize", "", "mean or min of the two directions (default: none)")
	fl.DurationVar(&f.intra, "intra-rtt", 0, "round trip inside a site, where --missing or --symmetrize fills the matrix")
}

func (f *matrixFlags) options() topologies.Options {
	return topologies.Options{
		Form: topologies.Form(f.form), Unit: topologies.Unit(f.unit), Kind: topologies.Kind(f.kind), Column: f.column,
		Missing: f.missing, Symmetrize: f.symmetrize, IntraRTT: f.intra,
	}
}

// fills reports whether the matrix is to be completed, as a scenario would.
func (f *matrixFlags) fills() bool { return f.missing != "" || f.symmetrize != "" }

// open returns a topology by name or file, or else a matrix; one of the two is nil.
func (f *matrixFlags) open(name string) (*topologies.Topology, *topologies.Matrix, error) {
	if slices.Contains(topologies.Names(), name) || strings.HasSuffix(name, ".toml") {
		t, err := topologies.Open(name)
		return t, nil, wrong(err)
	}
	opt := f.options()
	m, err := topologies.OpenMatrix(name, opt)
	if err != nil {
		return nil, nil, wrong(err)
	}
	if !f.fills() {
		return nil, m, nil
	}
	t, err := topologies.FromMatrix(m, nil, opt)
	return t, nil, wrong(err)
}

// wrong marks an error as the user's.
func wrong(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// writeNew creates a file that must not exist yet, under another name until it is complete.
func writeNew(path string, force bool, fill func(*os.File) error) (err error) {
	if _, err := os.Lstat(path); err == nil && !force {
		return usageError{fmt.Errorf("%s exists; --force replaces it", path)}
	}
	tmp, err := os.OpenFile(path+".partial", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return usageError{err}
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name()) // the first error counts
		}
	}()
	if err := fill(tmp); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := tmp.Sync(); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
