package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"

	"hypersim/cmd/internal/runner"
	"hypersim/core"
	"hypersim/scenarios"
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
	f.DurationVar(&c.duration, "duration", 0, "virtual time of the run, such as 120s (default: the scenario's)")
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

// completeKeys completes the protocol's keys for --set.
func completeKeys(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	keys := scenarios.Keys()
	for i := range keys {
		keys[i] = "protocol." + keys[i] + "="
	}
	return keys, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

func distance(a, b string) int {
	return levenshtein.ComputeDistance(strings.ToLower(a), strings.ToLower(b))
}
