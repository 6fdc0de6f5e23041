package bench

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"hypersim/scenarios"
)

// List writes what the suite consists of.
func List(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "name\tseeds\tquick\twhat it measures")
	for _, b := range Suite() {
		sc, err := scenarios.Load(b.Scenario, nil, scenarios.Options{Alone: true})
		if err != nil {
			return err
		}
		var ids []string
		for _, m := range b.Measures {
			ids = append(ids, m.ID)
		}
		_, _ = fmt.Fprintf(t, "%s\t%d\t%d\t%s: %s\n", b.Scenario, b.Full, b.Quick, sc.Title, strings.Join(ids, ", "))
	}
	_, _ = fmt.Fprintln(t, "exact\t1\t1\tbytes and allocations of a formed group while nothing happens")
	for _, s := range speeds {
		_, _ = fmt.Fprintf(t, "%s\t%d\t%d\tprocessor time of an event beside a plain event loop; rounds in place of seeds\n", s.name, fullRounds, quickRounds)
	}
	return t.Flush()
}
