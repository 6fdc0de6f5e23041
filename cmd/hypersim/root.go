package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
	"hypersim/scenarios/form"
	"hypersim/topologies"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1   // ran; an expectation failed or an invariant broke
	exitUsage       = 2   // could not run: nothing was written
	exitInternal    = 3   // our bug, or the machine's trouble
	exitOpen        = 4   // ran; could not be judged: too few seeds, or parts are missing
	exitInterrupted = 130 // Ctrl-C
)

// suggestionDistance is how many letters a typo may be off.
const suggestionDistance = 2

// status is an exit code without a message: everything was said already.
type status int

func (s status) Error() string { return fmt.Sprintf("exit %d", int(s)) }

// usageError is what the user can put right.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func execute(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			code = internal(stderr, args, fmt.Sprintf("internal error: %v", p), string(debug.Stack()))
		}
	}()
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	wanted = "auto"
	cmd, err := root.ExecuteContextC(ctx)
	code = exitCode(err, args, stderr)
	if wantsJSON(cmd, args) {
		printError(stdout, err, code)
	}
	return code
}

// exitCode says what went wrong and how bad it is. What stderr does not take is lost; the status stays.
func exitCode(err error, args []string, stderr io.Writer) int {
	var (
		code     status
		bad      *runner.UsageError
		bug      *runner.InternalError
		ours     usageError
		scenario form.Problems
		topology topologies.Problems
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &bug):
		return internal(stderr, args, err.Error(), bug.Stack)
	case errors.As(err, &ours), errors.As(err, &bad), errors.As(err, &scenario), errors.As(err, &topology):
		_, _ = fmt.Fprintln(stderr, err)
		return exitUsage
	}
	return internal(stderr, args, "error: "+err.Error(), "")
}

// internal says what to report and how to reproduce it, as far as stderr takes it.
func internal(stderr io.Writer, args []string, what, stack string) int {
	_, _ = fmt.Fprintln(stderr, what)
	if stack != "" {
		_, _ = fmt.Fprintf(stderr, "\n%s\nThis is a bug. Please report the lines above with %s and the scenario file.\n", stack, versionLine())
	}
	_, _ = fmt.Fprintf(stderr, "To reproduce: hypersim %s\n", strings.Join(args, " "))
	return exitInternal
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "hypersim",
		Short: "Simulate a multi-datacenter job cluster, deterministically",
		Long: `hypersim runs the real protocol core of a multi-datacenter job cluster in a simulated world:
one scenario file and one seed give one run, byte for byte, on any machine.`,
		Example: `  hypersim list                       # what comes with the program
  hypersim check partition            # what a run would build and cost
  hypersim run partition              # run it; pictures and tables go to results/partition/
  hypersim help run                   # everything about a verb`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return usageError{fmt.Errorf("%s", unknownVerb(cmd, args[0]))}
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	root.Version = versionLine()
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetHelpCommand(newHelp(root))
	root.PersistentFlags().Var(&wanted, "color", "colours: auto (on a terminal), always or never")
	complete(root, "color", colourModes...)
	root.SuggestionsMinimumDistance = suggestionDistance
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w%s\nhypersim help %s shows the flags", err, nearFlag(cmd, err), verb(cmd))}
	})
	root.AddCommand(newRun(), newSweep(), newMerge(), newValidate(), newBench(), newTune(), newCompare(), newCheck(), newExplain(), newWhy(), newPlot(), newTrace(), newExplore(), newShrink(), newPreset(), newNew(), newList(), newTopology(), newSchema(), newVersion())
	return root
}

// verb is the path of a command below the program's name.
func verb(cmd *cobra.Command) string {
	_, path, _ := strings.Cut(cmd.CommandPath(), " ")
	return path
}

func unknownVerb(cmd *cobra.Command, name string) string {
	msg := fmt.Sprintf("unknown command %q for %q", name, cmd.CommandPath())
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		msg += fmt.Sprintf(" (did you mean %q?)", near[0])
	}
	return msg + "\n" + strings.TrimSpace("hypersim help "+verb(cmd)) + " lists the commands"
}

// nearFlag suggests a flag for one that does not exist.
func nearFlag(cmd *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return ""
	}
	best, least := "", 3
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if d := distance(unknown.GetSpecifiedName(), f.Name); d < least {
			best, least = f.Name, d
		}
	})
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean --%s?)", best)
}

// args wraps a check of positional arguments: what it finds is a usage error and says how to go on.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, list []string) error {
		if err := check(cmd, list); err != nil {
			return usageError{fmt.Errorf("%s: %w\nusage: %s", verb(cmd), err, cmd.UseLine())}
		}
		return nil
	}
}

// group is the body of a command that only has commands below it.
func group(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return usageError{fmt.Errorf("%s", unknownVerb(cmd, args[0]))}
}

// completeScenarios completes the names of bundled scenarios, and files.
func completeScenarios(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, e := range scenarios.List() {
		names = append(names, e.Name+"\t"+e.Title)
	}
	return names, cobra.ShellCompDirectiveDefault
}

func completeTopologies(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return append(topologies.Names(), topologies.MatrixNames()...), cobra.ShellCompDirectiveDefault
}
