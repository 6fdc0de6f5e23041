package main

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// whyAtOnce is how many jobs are listed where none is named.
const whyAtOnce = 20

func newWhy() *cobra.Command {
	var job string
	cmd := &cobra.Command{
		Use:   "why RUN [--job JOB]",
		Short: "Say why a job went where it went",
		Long: `why reads the folder of a run and tells each decision of a gate about a job: what was chosen, what every
datacenter scored and by which factors, what was excluded by which rule, what would have been the nearest in truth, and where an
oracle of true distances and loads would have sent it.
Without --job it lists the jobs whose decisions cost most.`,
		Example: `  hypersim run three-sites --no-plots --out results/routed
  hypersim why results/routed
  hypersim why results/routed --job job-76360b754056762f`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			run, err := analysis.Load(names[0])
			if err != nil {
				return usageError{err}
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			if job == "" {
				err = costliest(w, run)
			} else {
				err = why(w, run, job)
			}
			if err != nil {
				return usageError{err}
			}
			return w.Flush()
		},
	}
	cmd.Flags().StringVar(&job, "job", "", "the job, as jobs.csv names it; the end of its id is enough")
	return cmd
}

// why tells the decisions about one job.
func why(w *bufio.Writer, run *analysis.Run, job string) error {
	id, err := oneJob(run, job)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, id+whatBecameOf(run, id))
	for i := range run.Tables.Routes {
		if d := &run.Tables.Routes[i]; d.Job == id {
			tellDecision(w, run, d)
		}
	}
	return nil
}

// oneJob finds the job that a name means.
func oneJob(run *analysis.Run, name string) (string, error) {
	if len(run.Tables.Routes) == 0 {
		return "", fmt.Errorf("%s: no gate decided where a job goes: routing.csv is missing or empty; it needs a scenario with gates and jobs, and report.csv must not leave it out", run.Dir)
	}
	var found []string
	for i := range run.Tables.Routes {
		id := run.Tables.Routes[i].Job
		if strings.HasSuffix(id, name) && !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	switch {
	case len(found) == 0:
		return "", fmt.Errorf("--job %s: no gate of this run decided about such a job; `hypersim why %s` lists some", name, run.Dir)
	case len(found) > 1:
		return "", fmt.Errorf("--job %s: means %d jobs, among them %s and %s; give more of the id", name, len(found), found[0], found[1])
	}
	return found[0], nil
}

// whatBecameOf says how a job ended.
func whatBecameOf(run *analysis.Run, id string) string {
	for i := range run.Tables.Jobs {
		if j := &run.Tables.Jobs[i]; j.Job == id {
			text := fmt.Sprintf(" of %s, handed in at %.4g s by %s: %s", j.Workload, j.Submitted.Seconds(), j.Client, j.Outcome)
			if j.Sites != "" {
				text += " in " + j.Sites
			}
			return text
		}
	}
	return ""
}

// tellDecision tells one decision in sentences.
func tellDecision(w *bufio.Writer, run *analysis.Run, d *metrics.RouteRow) {
	fmt.Fprintf(w, "\nat %.5g s %s decided (%s, by %s): %s\n", d.At.Seconds(), d.Gate, d.Trigger, d.Mode, d.Why)
	for i := range run.Tables.Candidates {
		if c := &run.Tables.Candidates[i]; c.Gate == d.Gate && c.Decision == d.Decision && c.Job == d.Job {
			fmt.Fprintf(w, "  %s (in truth %.4g ms away)\n", c.Why, c.RTT)
		}
	}
	fmt.Fprintf(w, "  %s\n", hindsight(d))
	if text := foresight(run, d); text != "" {
		fmt.Fprintf(w, "  %s\n", text)
	}
}

// foresight says where the job would have begun soonest, had the gate known what is free and what waits, too.
func foresight(run *analysis.Run, d *metrics.RouteRow) string {
	const oracle = "an oracle of distances and loads: "
	switch {
	case d.Oracle == "":
		return ""
	case d.ChosenBegin == 0:
		return fmt.Sprintf(oracle+"%s, where it begins after %.4g ms; %s took no job then", d.Oracle, d.OracleBegin, d.Primary)
	case d.Late <= 1:
		return oracle + d.Primary + ", too" + loadOf(run, d, d.Primary)
	}
	return fmt.Sprintf(oracle+"%s%s; at %s%s it takes %.3g times as long", d.Oracle, loadOf(run, d, d.Oracle), d.Primary, loadOf(run, d, d.Primary), d.Late)
}

// loadOf says in brackets what was true of a datacenter at a decision.
func loadOf(run *analysis.Run, d *metrics.RouteRow, site string) string {
	for i := range run.Tables.Candidates {
		if c := &run.Tables.Candidates[i]; c.Gate == d.Gate && c.Decision == d.Decision && c.Job == d.Job && c.Site == site {
			return fmt.Sprintf(" (begins after %.4g ms: %d cores free, %d waited for)", c.Begin, c.CoresFree, c.CoresWaited)
		}
	}
	return ""
}

// hindsight says what would have been best by what the gate could not know.
func hindsight(d *metrics.RouteRow) string {
	switch {
	case d.Primary == "":
		return "in hindsight: nothing could be chosen"
	case d.Hindsight == d.Primary, d.Regret <= 1:
		return fmt.Sprintf("in hindsight: %s was the nearest of its class", d.Primary)
	}
	return fmt.Sprintf("in hindsight: %s was the nearest of its class, %.4g ms away; %s is %.3g times as far", d.Hindsight, d.BestRTT, d.Primary, d.Regret)
}

// costliest lists the jobs whose choice was furthest from the nearest one.
func costliest(w *bufio.Writer, run *analysis.Run) error {
	if _, err := oneJob(run, "job-"); len(run.Tables.Routes) == 0 {
		return err
	}
	list := slices.Clone(run.Tables.Routes)
	slices.SortStableFunc(list, func(a, b metrics.RouteRow) int {
		return cmp.Or(cmp.Compare(b.Regret, a.Regret), cmp.Compare(a.At, b.At))
	})
	fmt.Fprintf(w, "%d decisions; those furthest from the nearest datacenter first (--job tells one in full):\n", len(list))
	var seen []string
	for i := range list {
		d := &list[i]
		if slices.Contains(seen, d.Job) {
			continue
		}
		if seen = append(seen, d.Job); len(seen) > whyAtOnce {
			break
		}
		fmt.Fprintf(w, "  %s  at %.5g s  %s -> %s  %s\n", d.Job, d.At.Seconds(), d.Gate, cmp.Or(d.Primary, "nowhere"), hindsight(d))
	}
	return nil
}
