package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"hypersim/cmd/internal/story"
)

// traceFlags are what trace may be asked for.
type traceFlags struct {
	ask      story.Ask
	job      string
	limit    uint64
	json     bool
	count    bool
	causes   uint64
	back     bool // causes was given
	depth    int
	perfetto string
	force    bool
	story    bool
	broken   string
}

func newTrace() *cobra.Command {
	var f traceFlags
	cmd := &cobra.Command{
		Use:   "trace RUN",
		Short: "Read what a run recorded: who said and sent what, and why",
		Long: `trace reads the recording that run --trace leaves and prints the lines that are asked for, each with its number. Conditions
of different flags must all hold; of one flag given twice, either.

With --causes it leads a line back to what it follows from: a message to its being sent, what is sent to the message that it
answers, and what a timer does to what the same node had last said of the same job or member.

With --story it tells how the run came to break an invariant, in at most 30 sentences: what the faults did, what led there, as the
nodes that are named in the violation know it, and what the rule says.`,
		Example: `  hypersim run first-job --no-plots --trace --out results/told
  hypersim trace results/told --kind fault_start --kind crash
  hypersim trace results/told --node a/worker/3 --from 20s --to 30s --limit 40
  hypersim trace results/told --fact job_state --limit 5
  hypersim trace results/told --causes 1000
  hypersim trace results/told --perfetto told.json     # open it at ui.perfetto.dev`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			f.back = cmd.Flags().Changed("causes")
			if err := f.fit(cmd.Flags().Changed); err != nil {
				return usageError{err}
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			err := tellTrace(cmd.Context(), w, cmd.ErrOrStderr(), names[0], &f)
			return errors.Join(err, w.Flush())
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.ask.Nodes, "node", nil, "who says, sends, gets or is spoken of: a name, a site, or a pattern with * (repeatable)")
	flags.StringArrayVar(&f.ask.Kinds, "kind", nil, "sent, delivered, dropped, fact, job_fact, crash, fault_start, ... (repeatable)")
	flags.StringArrayVar(&f.ask.Messages, "message", nil, "the kind of message, such as ping or workflow_dispatch (repeatable)")
	flags.StringArrayVar(&f.ask.Facts, "fact", nil, "what is said, such as transition or job_state (repeatable)")
	flags.StringVar(&f.job, "job", "", "what is about a job, messages too; the end of its id is enough")
	flags.DurationVar(&f.ask.From, "from", 0, "not before this virtual time")
	flags.DurationVar(&f.ask.To, "to", 0, "not after this virtual time (0: to the end)")
	flags.Uint64Var(&f.limit, "limit", 0, "print this many lines at most (0: all)")
	flags.BoolVar(&f.json, "json", false, "print lines as they stand in the file")
	flags.BoolVar(&f.count, "count", false, "print only how many lines there are")
	flags.Uint64Var(&f.causes, "causes", 0, "lead the line of this number back to what it follows from")
	flags.IntVar(&f.depth, "depth", 30, "lead back over this many lines at most")
	flags.BoolVar(&f.story, "story", false, "tell how the run came to break an invariant")
	flags.StringVar(&f.broken, "invariant", "", "with --story: which one, such as I-J4 (default: the first that broke)")
	flags.StringVar(&f.perfetto, "perfetto", "", "write the lines as a timeline with arrows into this file")
	flags.BoolVar(&f.force, "force", false, "with --perfetto: replace the file if it is there")
	cmd.AddCommand(newTraceDiff())
	return cmd
}

// fit says which flags have nothing to say beside others: what is asked for and not heeded looks like an answer.
func (f *traceFlags) fit(given func(flag string) bool) error {
	var problems []error
	for _, x := range []struct {
		goes string
		is   bool
		not  []string
	}{
		{"with --story", !f.story, []string{"invariant"}},
		{"with --causes", !f.back, []string{"depth"}},
		{"with --perfetto", f.perfetto == "", []string{"force"}},
		{"with lines that are printed", f.count || f.perfetto != "" || f.back || f.story, []string{"limit"}},
		{"with neither --causes nor --story", f.back || f.story, []string{"node", "kind", "message", "fact", "job", "from", "to"}},
	} {
		for _, flag := range x.not {
			if x.is && given(flag) {
				problems = append(problems, fmt.Errorf("--%s goes %s", flag, x.goes))
			}
		}
	}
	var ways []string
	for _, flag := range []string{"causes", "perfetto", "count", "story", "json"} {
		if given(flag) {
			ways = append(ways, "--"+flag)
		}
	}
	if len(ways) > 1 {
		problems = append(problems, fmt.Errorf("%s: each answers another question; give one of them", strings.Join(ways, ", ")))
	}
	if f.depth < 1 {
		problems = append(problems, fmt.Errorf("--depth %d: must be at least 1", f.depth))
	}
	if f.ask.From < 0 || f.ask.To < 0 {
		problems = append(problems, errors.New("--from and --to count from the beginning of the run: they cannot be negative"))
	}
	return errors.Join(problems...)
}

// unreadable is what becomes of an error of a recording: it is not ours, and where somebody stopped the program it is none.
func unreadable(err error) error {
	if errors.Is(err, context.Canceled) {
		return status(exitInterrupted)
	}
	return usageError{err}
}

func newTraceDiff() *cobra.Command {
	return &cobra.Command{
		Use:   "diff A B",
		Short: "Find the first event in which two recorded runs part",
		Long: `diff compares two recordings line by line and shows the first that differs, and what both had in common before it. Exit 0:
they are the same; 1: they part. Runs of one scenario and seed that part are a fault of the simulator.`,
		Example: `  hypersim run first-job --no-plots --trace --out results/one
  hypersim run first-job --no-plots --trace --out results/other --set network.codec=wire
  hypersim trace diff results/one results/other`,
		Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, names []string) error {
			w := bufio.NewWriter(cmd.OutOrStdout())
			err := tellDiff(cmd.Context(), w, names[0], names[1])
			return errors.Join(err, w.Flush())
		},
	}
}

func tellTrace(ctx context.Context, w *bufio.Writer, progress io.Writer, path string, f *traceFlags) error {
	if f.story {
		return tellTale(ctx, w, path, f.broken)
	}
	open := func() (*story.Reader, error) { return story.Open(ctx, path) }
	if f.back {
		links, err := story.Causes(open, f.causes, f.depth)
		if err != nil {
			return unreadable(err)
		}
		for _, l := range links {
			if l.Because != story.Root {
				fmt.Fprintln(w, "  "+l.Because.String())
			}
			fmt.Fprintln(w, l.Line)
		}
		return nil
	}
	if f.job != "" {
		id, err := story.Job(open, f.job)
		if err != nil {
			return unreadable(err)
		}
		f.ask.Job = id
	}
	r, err := open()
	if err != nil {
		return usageError{err}
	}
	defer r.Close() //nolint:errcheck // it is only read
	filter, err := r.Filter(&f.ask)
	if err != nil {
		return usageError{err}
	}
	if f.perfetto != "" {
		return drawTrace(r, filter, f, progress)
	}
	return printTrace(w, r, filter, f)
}

// printTrace prints what a filter wants.
func printTrace(w *bufio.Writer, r *story.Reader, filter *story.Filter, f *traceFlags) error {
	var l story.Line
	var b []byte
	found := uint64(0)
	err := r.Next(&l)
	for ; err == nil; err = r.Next(&l) {
		if !filter.Wants(&l) {
			continue
		}
		if found++; f.count {
			continue
		}
		if b = append(b[:0], l.Raw...); !f.json {
			b = r.Tell(b[:0], &l)
		}
		if _, err = w.Write(append(b, '\n')); err != nil {
			return err
		}
		if found == f.limit {
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		return unreadable(err)
	}
	if f.count {
		fmt.Fprintln(w, found)
	}
	return nil
}

func drawTrace(r *story.Reader, filter *story.Filter, f *traceFlags, progress io.Writer) error {
	n, reading := uint64(0), error(nil)
	err := writeNew(f.perfetto, "--perfetto", f.force, func(out io.Writer) (err error) {
		n, err = story.Perfetto(r, filter, out)
		if full := (*fs.PathError)(nil); !errors.As(err, &full) {
			reading = err
		}
		return err
	})
	switch {
	case reading != nil:
		return unreadable(reading)
	case err != nil:
		return err
	}
	_, err = fmt.Fprintf(progress, "%s: %d lines; open it at ui.perfetto.dev\n", f.perfetto, n)
	return err
}

func tellDiff(ctx context.Context, w *bufio.Writer, one, other string) error {
	a, err := story.Open(ctx, one)
	if err != nil {
		return usageError{err}
	}
	defer a.Close() //nolint:errcheck // it is only read
	b, err := story.Open(ctx, other)
	if err != nil {
		return usageError{err}
	}
	defer b.Close() //nolint:errcheck // it is only read
	p, err := story.Diff(a, b)
	if err != nil {
		return unreadable(err)
	}
	if p.Number == 0 {
		fmt.Fprintf(w, "the same, all %d lines\n", p.Lines)
		return nil
	}
	if a.Scenario != b.Scenario || a.Seed != b.Seed {
		fmt.Fprintf(w, "they are other runs: of %s with seed %d, and of %s with seed %d\n", a.Scenario, a.Seed, b.Scenario, b.Seed)
	}
	if len(p.Before) == 0 {
		fmt.Fprintln(w, "they part at line 1:")
	} else {
		fmt.Fprintf(w, "they part at line %d; before it both say:\n", p.Number)
	}
	for _, line := range p.Before {
		fmt.Fprintln(w, "  "+line)
	}
	for _, side := range [...]struct{ name, line string }{{one, p.A}, {other, p.B}} {
		if side.line == "" {
			side.line = "(the end)"
		}
		fmt.Fprintf(w, "%s:\n  %s\n", side.name, side.line)
	}
	if p.A == "" { // it has no such line
		one = other
	}
	fmt.Fprintf(w, "hypersim trace %s --causes %d says what led there\n", one, p.Number)
	return status(exitFailed)
}
