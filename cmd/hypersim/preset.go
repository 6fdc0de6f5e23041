package main

import (
	"cmp"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"hypersim/scenarios"
	"hypersim/scenarios/form"
	"hypersim/scenarios/preset"
)

// defaults names the protocol as specified beside presets.
const defaults = "default"

func newPreset() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "preset",
		Short: "How systems that people run are set up, in this program's keys",
		Long: `A preset sets the membership part of the protocol up as another system does: begin with what runs in production,
and change it from there. In a scenario it is the profile that all other keys stand on:

  [protocol]
  profile = "consul"

What a system does in another way whatever is set is listed by show.`,
		Example: `  hypersim preset list
  hypersim preset show consul
  hypersim preset diff memberlist-lan memberlist-wan
  hypersim preset diff default consul
  hypersim run crash-single-lan --set protocol.profile=consul --no-plots`,
		Args: cobra.ArbitraryArgs,
		RunE: group,
	}
	list := &cobra.Command{
		Use: "list", Short: "List the presets", Args: args(cobra.NoArgs),
		Example: "  hypersim preset list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, p := range preset.All() {
				_, _ = fmt.Fprintf(w, "%s\t%s\n", p.Name, p.Title) // w keeps the error
			}
			return w.Flush()
		},
	}
	show := &cobra.Command{
		Use: "show PRESET", Short: "Print a preset as a scenario would have it, with the names of that system", Args: args(cobra.ExactArgs(1)),
		Example:           "  hypersim preset show memberlist-lan",
		ValidArgsFunction: completePresets,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := findPreset(args[0])
			if err != nil {
				return usageError{err}
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), p.Text())
			return err
		},
	}
	diff := &cobra.Command{
		Use: "diff A B", Short: `Print the keys in which two presets differ; "default" is the protocol as specified`, Args: args(cobra.ExactArgs(2)),
		Example:           "  hypersim preset diff default serf",
		ValidArgsFunction: completePresets,
		RunE: func(cmd *cobra.Command, args []string) error {
			var sides [2]*preset.Preset
			for i, name := range args {
				if name == defaults {
					continue
				}
				p, err := findPreset(name)
				if err != nil {
					return usageError{err}
				}
				sides[i] = p
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			_, _ = fmt.Fprintf(w, "key\t%s\t%s\n", args[0], args[1]) // w keeps the error
			alike := true
			for _, r := range preset.Diff(sides[0], sides[1]) {
				usual := scenarios.ProtocolDefault(r.Key)
				if a, b := cmp.Or(r.A, usual), cmp.Or(r.B, usual); a != b {
					_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", r.Key, a, b)
					alike = false
				}
			}
			if alike {
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s and %s set the same: no key differs\n", args[0], args[1])
				return err
			}
			return w.Flush()
		},
	}
	cmd.AddCommand(list, show, diff)
	return cmd
}

func findPreset(name string) (*preset.Preset, error) {
	if p := preset.Find(name); p != nil {
		return p, nil
	}
	names := preset.Names()
	return nil, fmt.Errorf("no preset is called %q: it must be %s%s", name, form.OneOf(names), form.DidYouMean(name, names))
}

func completePresets(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return append(preset.Names(), defaults), cobra.ShellCompDirectiveNoFileComp
}
