package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"

	"hypersim/cmd/internal/runner"
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/topologies/input"
)

// changes are the flags that change a scenario from outside of its file.
type changes struct {
	seed     uint64
	sets     []string
	duration core.Duration
	variant  string
}

func (c *changes) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Uint64Var(&c.seed, "seed", 0, "seed of the run (default: the scenario's)")
	f.StringArrayVar(&c.sets, "set", nil, "change one `key=value` of the scenario, typed as the schema says; repeatable")
	_ = cmd.RegisterFlagCompletionFunc("set", completeKeys) // fails for a flag that is not there
	f.StringVar(&c.variant, "variant", "", "one of the scenario's variants (default: its first)")
	_ = cmd.RegisterFlagCompletionFunc("variant", completeVariants) // as above
	f.DurationVar(&c.duration, "duration", 0, "virtual time of the run, such as 120s (default: the scenario's)")
}

// standardInput returns the text of the scenario "-", "" for any other.
func standardInput(cmd *cobra.Command, name string) (string, error) {
	if name != "-" {
		return "", nil
	}
	text, err := io.ReadAll(input.Bounded(cmd.InOrStdin(), "standard input", scenarios.TextMax))
	if err != nil {
		return "", usageError{err}
	}
	return string(text), nil
}

// load returns the scenario of that name or path, refused if the machine could not hold it.
func (c *changes) load(cmd *cobra.Command, name string) (*scenarios.Scenario, error) {
	opt := scenarios.Options{Variant: c.variant}
	if cmd.Flags().Changed("seed") {
		opt.Seed = &c.seed
	}
	if cmd.Flags().Changed("duration") {
		if c.duration <= 0 {
			return nil, usageError{fmt.Errorf("--duration = %v: must be > 0s", c.duration)}
		}
		opt.Duration = &c.duration
	}
	var err error
	if opt.Input, err = standardInput(cmd, name); err != nil {
		return nil, err
	}
	sc, err := scenarios.Load(name, c.sets, opt)
	if err != nil {
		return nil, usageError{err}
	}
	plan := scenarios.Describe(sc)
	limit, ok := runner.AvailableMemory()
	if !ok {
		limit = 0
	}
	if err := plan.Fits(int64(min(limit, 1<<62))); err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", sc.File, err)}
	}
	return sc, nil
}

// loadAll loads several scenarios; everything wrong with any of them is one error.
func (c *changes) loadAll(cmd *cobra.Command, names []string) (list []*scenarios.Scenario, err error) {
	for _, name := range names {
		sc, e := c.load(cmd, name)
		if e == nil {
			list = append(list, sc)
		}
		err = errors.Join(err, e)
	}
	return list, err
}

func distance(a, b string) int {
	return levenshtein.ComputeDistance(strings.ToLower(a), strings.ToLower(b))
}
