package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"hypersim/cmd/internal/explore"
	"hypersim/cmd/internal/shrink"
	"hypersim/scenarios"
	"hypersim/scenarios/form"
	"hypersim/topologies/input"
)

func newShrink() *cobra.Command {
	req := shrink.Request{Jobs: runtime.GOMAXPROCS(0)}
	var out string
	var force bool
	cmd := &cobra.Command{
		Use:   "shrink RUN|SCENARIO",
		Short: "Make a scenario that breaks an invariant as small as it can be",
		Long: `shrink takes the folder of a run or a scenario in which an invariant breaks, and leaves out faults, nodes, sites, work and
keys, rounds numbers and shortens the run while the same invariant breaks in the same way. What is left is written as a
scenario file, with what broke at its head, and how it came to that is told in at most 30 sentences. The result is the same on every machine and with any number of --jobs.`,
		Example: `  hypersim explore --for 10m --out results/explored
  hypersim shrink results/explored/findings/i-j4-1.toml --out small.toml
  hypersim run small.toml --no-plots --trace --out results/small
  hypersim trace results/small --story`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) (err error) {
			if req.Runs < 1 || req.Attempts < 1 || req.Jobs < 1 {
				return usageError{fmt.Errorf("--runs %d, --attempts %d, --jobs %d: must be at least 1", req.Runs, req.Attempts, req.Jobs)}
			}
			if err := mayWrite(out, "--out", force); err != nil { // before minutes of runs
				return err
			}
			if err := shrinkText(names[0], &req); err != nil {
				return usageError{err}
			}
			r, err := shrink.Shrink(cmd.Context(), &req, shrinkProgress(cmd.ErrOrStderr()))
			stopped := errors.Is(err, context.Canceled)
			switch {
			case stopped && r == nil:
				return status(exitInterrupted)
			case err != nil && !stopped:
				return usageError{err}
			}
			if r.Text, err = shrink.Moved(r.Text, filepath.Dir(req.File), filepath.Dir(out)); err != nil {
				return err
			}
			if err := writeNew(out, "--out", force, func(w io.Writer) error {
				_, err := io.WriteString(w, shrunkHead(r)+r.Text)
				return err
			}); err != nil {
				return err
			}
			whole := "no single change makes it smaller"
			switch {
			case stopped:
				whole = "it was stopped: going on may make it smaller"
			case !r.Whole:
				whole = "--runs were used up: more of them may make it smaller"
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s still breaks at %g s; %d lines of %d are left after %d runs; %s\n  %s\n",
				out, r.Broke.Invariant, r.Broke.At.Seconds(), r.After, r.Before, r.Runs, whole, r.Broke.What)
			if err != nil {
				return err
			}
			if stopped {
				return status(exitInterrupted)
			}
			if explore.Endless(r.Broke.Invariant) { // the run has no end to tell of
				return nil
			}
			lines, err := shrunkTale(cmd.Context(), r.Text, out, &r.Broke)
			if err != nil {
				return err
			}
			return printLines(cmd.OutOrStdout(), lines)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&req.Invariant, "invariant", "", "which one, such as I-J4, PANIC where the program itself gives up, or STANDS where virtual time does not go on (default: the first that breaks)")
	flags.StringVar(&out, "out", "shrunk.toml", "the file to write")
	flags.BoolVar(&force, "force", false, "replace the file if it is there")
	flags.IntVar(&req.Runs, "runs", 2000, "carry out this many runs at most")
	flags.IntVar(&req.Attempts, "attempts", 1, "where more than 30 lines are left, begin anew under other seeds, this often in all, and keep the smallest; each takes as long as the first")
	flags.IntVar(&req.Jobs, "jobs", req.Jobs, "runs at once")
	return cmd
}

// shrinkText fills in the text of a scenario, or the configuration of a run with its seed: JSON values are those of TOML.
func shrinkText(path string, req *shrink.Request) (err error) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		req.Text, req.File, err = scenarios.Text(path)
		return err
	}
	data, err := input.ReadFile(filepath.Join(path, "manifest.json"), form.TextMax)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s: is no folder of a run: it has no manifest.json", path)
	}
	if err != nil {
		return err
	}
	var m struct {
		Seed   uint64
		Config map[string]any
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return fmt.Errorf("%s: manifest.json: %w", path, err)
	}
	if s, ok := m.Config["scenario"].(map[string]any); ok {
		s["seed"] = float64(m.Seed)
	}
	for _, k := range []string{"expect", "report", "compare", "sweep"} { // nothing happens because of them
		delete(m.Config, k)
	}
	req.Text, req.File, req.Complete = shrink.Text(m.Config), path, true
	return nil
}

func shrunkHead(r *shrink.Result) string {
	return fmt.Sprintf("# %s at %g s: %s\n\n", r.Broke.Invariant, r.Broke.At.Seconds(), strings.ReplaceAll(r.Broke.What, "\n", "\n# "))
}

func shrinkProgress(w io.Writer) func(shrink.Step) {
	return func(s shrink.Step) {
		if isTerminal(w) {
			_, _ = fmt.Fprintf(w, "\r%d runs; %d lines, %d bytes are left   ", s.Runs, s.Lines, s.Bytes)
		}
	}
}
