package main

import (
	"fmt"
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
  hypersim topology import aws-2020 measured.csv
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
	unit, kind, form, column, from, to, repeated string

	missing, symmetrize string
	intra               time.Duration
}

func (f *matrixFlags) flags(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.unit, "unit", "", "unit of a matrix file: ms, s or us (required for files; a cell such as 12ms has its own)")
	fl.StringVar(&f.kind, "kind", "", "what a matrix file holds: rtt or one-way (required for files but GML, which is one-way)")
	fl.StringVar(&f.form, "form", "", "shape of the file (default: told from its first lines): square, upper, upper-diagonal, lower, lower-diagonal, wide, long, pairs, json or gml")
	fl.StringVar(&f.column, "value-column", "", "column of a long table that holds the delays (default: avg, median, rtt and the like)")
	fl.StringVar(&f.column, "column", "", "the same as --value-column")
	fl.StringVar(&f.from, "from-column", "", "column of a long table that holds the senders (default: from, source, src, …)")
	fl.StringVar(&f.to, "to-column", "", "column of a long table that holds the receivers; where one end has no column, it is the file itself")
	fl.StringVar(&f.repeated, "repeated", "", "what a pair on several lines is worth: median, mean, min, last or error (default: median, with a warning)")
	_ = fl.MarkHidden("column") // which fails for a flag that is not there
	fl.StringVar(&f.missing, "missing", "", "what becomes of missing pairs: error or shortest-path (default: they stay missing)")
	fl.StringVar(&f.symmetrize, "symmetrize", "", "mean or min of the two directions (default: none)")
	fl.DurationVar(&f.intra, "intra-rtt", 0, "round trip inside a site, where --missing or --symmetrize fills the matrix")
}

func (f *matrixFlags) options() topologies.Options {
	return topologies.Options{
		Form: topologies.Form(f.form), Unit: topologies.Unit(f.unit), Kind: topologies.Kind(f.kind), Column: f.column,
		From: f.from, To: f.to, Repeated: f.repeated,
		Missing: f.missing, Symmetrize: f.symmetrize, IntraRTT: f.intra,
	}
}

// fills reports whether the matrix is to be completed, as a scenario would.
func (f *matrixFlags) fills() bool { return f.missing != "" || f.symmetrize != "" }

// open returns a topology by name or file, or else a matrix; one of the two is nil.
func (f *matrixFlags) open(cmd *cobra.Command, name string) (*topologies.Topology, *topologies.Matrix, error) {
	if slices.Contains(topologies.Names(), name) || strings.HasSuffix(name, ".toml") {
		t, err := topologies.Open(name)
		return t, nil, wrong(err)
	}
	opt := f.options()
	m, err := f.matrix(cmd, name)
	if err != nil {
		return nil, nil, wrong(f.untold(err))
	}
	if !f.fills() {
		return nil, m, nil
	}
	t, err := topologies.FromMatrix(m, nil, opt)
	return t, nil, wrong(err)
}

// untold adds what the flags are called to a refusal for want of them.
func (f *matrixFlags) untold(err error) error {
	if f.unit != "" && f.kind != "" {
		return err
	}
	return fmt.Errorf("%w\nSay how the file is to be read, such as --unit ms --kind rtt", err)
}

// formsHelp is what the verbs say about files.
const formsHelp = `

Files may be plain or gzip. Read are: a square of numbers, or one of its triangles, one row a line; CSV with
commas, semicolons or tabs and tables of Markdown, either with a label for each row and column or with one pair
a line (from, to and a value; other columns are named by flags); lines of "a b value" or "a,b value"; JSON
({"a": {"b": 1.5}}, [[0, 1.5], [1.5, 0]] or a list of records); graphs in GML as Shadow has them. A pair that was
not measured is empty, -, NaN, NA, N/A or null. The form is told from the text; where another one fits as well
that is said, and --form decides.`

// guesses prints what was guessed about a file, for whoever does not see it in a description.
func guesses(cmd *cobra.Command, m *topologies.Matrix) {
	for _, note := range m.Notes {
		_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "note: "+note) // what stderr does not take is lost
	}
}

// matrix reads a bundled matrix, a file, or "-".
func (f *matrixFlags) matrix(cmd *cobra.Command, name string) (*topologies.Matrix, error) {
	if name == "-" {
		return topologies.LoadMatrix(cmd.InOrStdin(), "standard input", f.options())
	}
	return topologies.OpenMatrix(name, f.options())
}

// wrong marks an error as the user's.
func wrong(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}
