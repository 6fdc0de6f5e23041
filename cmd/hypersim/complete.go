package main

import (
	"strings"

	"github.com/spf13/cobra"

	"hypersim/scenarios"
	"hypersim/sim/metrics/words"
)

// complete completes a flag by one of few words.
func complete(cmd *cobra.Command, flag string, words ...string) {
	// Fails for a flag that is not there, which TestCompletion would show.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// completeMetrics completes a flag by the names of metrics, each with what follows it: "" or "=".
func completeMetrics(cmd *cobra.Command, flag, after string) {
	var names []string
	for _, m := range words.All() {
		names = append(names, m.String()+after)
	}
	directive := cobra.ShellCompDirectiveNoFileComp
	if after != "" {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(names, directive)) // as in complete
}

// completeVariants completes a flag by the variants of the scenario that the command line names.
func completeVariants(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	sc, err := scenarios.Load(args[0], nil, scenarios.Options{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var words []string
	for _, v := range sc.Variants {
		words = append(words, v.Name)
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// completeKeys completes the protocol's keys for --set and --vary.
func completeKeys(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, key := range scenarios.Keys() {
		if key = "protocol." + key + "="; strings.HasPrefix(key, begun) {
			out = append(out, key)
		}
	}
	return out, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}
