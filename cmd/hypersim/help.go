package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
)

// newHelp is the verb help, which does not take an unknown verb for a question about all.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB]",
		Short: "Help about any verb",
		ValidArgsFunction: func(_ *cobra.Command, path []string, _ string) ([]string, cobra.ShellCompDirective) {
			about, _, err := root.Find(path)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, c := range about.Commands() {
				names = append(names, c.Name()+"\t"+c.Short)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, path []string) error {
			about, rest, err := root.Find(path)
			if err == nil && len(rest) == 0 {
				about.InitDefaultHelpFlag()
				return about.Help()
			}
			if about == nil {
				about = root
			}
			name := path[0]
			if i := slices.IndexFunc(path, func(w string) bool { return len(rest) > 0 && w == rest[0] }); i >= 0 {
				name = path[i]
			}
			return usageError{fmt.Errorf("%s", unknownVerb(about, name))}
		},
	}
}
