package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"hypersim/scenarios"
)

// example is a command as a help text or a page shows it.
type example string

// elsewhere are examples for other machines, or about files that cannot come with the program. Verb and flags are tried.
var elsewhere = []string{
	"srun ./hypersim ",             // a task of a cluster
	"hypersim merge results/loss ", // what the pods of a cluster wrote
	"--matrix PlanetLabData_1.gz",  // to be fetched from its authors
}

// long are examples of minutes, and some of hours: run if HYPERSIM_LONG is set; else verb and flags are tried.
var long = []string{
	"--seeds 1..40", // hundreds of runs, in README
	"compare before after --primary detection_first:to=DEAD  #",
	"--seeds 1..100",
	"--seeds 1..20",
	"hypersim sweep stats-", // twenty seeds of some variants each
	"hypersim sweep slow-manager",
	"hypersim sweep gate-load-shedding", // storms of forty seconds in many variants
	"hypersim sweep deaf-to-data",
	"hypersim sweep dispatch-crash-points",  // a hundred runs
	"sweep routing-policies",                // runs of 114 nodes
	"hypersim sweep correlated-dc-failures", // forty runs
	"hypersim tune docs/studies/",           // searches of minutes
	"hypersim tune crash-single-lan --variant flat --set cluster.size=24 ",
	"detection-tradeoff", // the study's sweeps, and what compares them
	"--only '^election-", // eight thousand elections
	"hypersim validate  ",
	"hypersim validate --quick  ",
	"hypersim validate --only lifeguard",
	"hypersim shrink", // what explore found, and what a run of that left
	"hypersim run small.toml",
	"hypersim trace results/small",
	"cluster.workers=260 --no-plots --trace", // ten million lines
	"hypersim trace results/large",
	"hypersim explore", // minutes, and what it finds is its business
	"hypersim bench",   // and it needs the baseline of the repository; docs/bench.md and the script bench show what it says
}

func (e example) is(list []string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(string(e)+"  ", s) })
}

// command is what a shell is given; help asks for the help of the same verb instead, which knows its flags.
func (e example) command(help bool) string {
	line := strings.Replace(string(e), "go run ./cmd/hypersim ", "hypersim ", 1)
	if help {
		line, _, _ = strings.Cut(strings.TrimPrefix(line, "srun "), " #")
		line += " --help"
	}
	return line
}

var statusWord = regexp.MustCompile(`# status (\d+)`)

// status is what the command must end with.
func (e example) status(help bool) int {
	found := statusWord.FindStringSubmatch(string(e))
	if help || found == nil {
		return exitOK
	}
	n, _ := strconv.Atoi(found[1]) // digits
	return n
}

// TestExamples runs every example of every help text and page, as written, those of one text in one folder one after
// another. Each ends with status 0, or with the one that its comment names: "# status 1: a row is worse".
func TestExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("runs")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no shell here")
	}
	texts := allShown(t)
	for _, path := range []string{"README.md", "docs/sweeps.md", "docs/validate.md", "help of hypersim run", "docs/studies/detection-tradeoff.md"} {
		if len(texts[path]) == 0 {
			t.Errorf("%s shows no command: is it read as it is written?", path)
		}
	}
	for name, list := range texts {
		if len(list) == 0 || name == "docs/questions.md" { // TestQuestions runs those, with the files that the page shows
			continue
		}
		dir := folder(t)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, e := range list {
				try(t, dir, e)
			}
		})
	}
}

// allShown are the examples of every help text and page, by its name.
func allShown(t *testing.T) map[string][]example {
	t.Helper()
	texts := map[string][]example{}
	forEach(newRoot(), func(cmd *cobra.Command) {
		texts["help of "+cmd.CommandPath()] = shown("    " + strings.ReplaceAll(cmd.Example, "\n", "\n    "))
	})
	for _, path := range pages(t) {
		text, err := os.ReadFile(filepath.Join(root(), path))
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = shown(string(text))
	}
	return texts
}

// TestExamplesChangeSomething: no example sets a key of the protocol that cannot change its run.
func TestExamplesChangeSomething(t *testing.T) {
	tried := 0
	for name, list := range allShown(t) {
		for _, e := range list {
			words := strings.Fields(string(e))
			at := slices.IndexFunc(words, func(w string) bool { return w == "run" || w == "sweep" })
			if at < 0 || at+1 >= len(words) || !strings.Contains(string(e), "protocol.") {
				continue
			}
			var opt scenarios.Options
			var set []string
			for i := at + 2; i+1 < len(words); i++ {
				switch words[i] {
				case "--variant":
					opt.Variant = words[i+1]
				case "--set", "--vary":
					first, _, _ := strings.Cut(words[i+1], ",")
					set = append(set, first)
				}
			}
			s, err := scenarios.Load(words[at+1], set, opt)
			if err != nil { // a file that the text makes before
				continue
			}
			tried++
			for _, x := range s.Inert {
				if slices.ContainsFunc(set, func(text string) bool { return strings.HasPrefix(text, x.Key+"=") }) {
					t.Errorf("%s: %s\n%s has no effect: %s", name, e, x.Key, x.Why)
				}
			}
		}
	}
	if tried < 3 {
		t.Errorf("%d examples set a key of the protocol: are they read as they are written?", tried)
	}
}

// try runs one example. The other examples of its text go on without it where it does not.
func try(t *testing.T, dir string, e example) {
	t.Helper()
	help := e.is(elsewhere) || e.is(long) && os.Getenv("HYPERSIM_LONG") == ""
	cmd := exec.CommandContext(t.Context(), "sh", "-c", e.command(help))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SLURM_CPUS_PER_TASK=8", "NO_COLOR=1")
	began := time.Now()
	out, err := cmd.CombinedOutput()
	t.Logf("%6.2f s  %s", time.Since(began).Seconds(), e.command(help))
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", e, err)
	}
	if got, want := cmd.ProcessState.ExitCode(), e.status(help); got != want {
		t.Errorf("%s\nstatus %d, want %d\n%s", e, got, want, out)
	}
}

// folder has what a checkout has beside the program.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	program, err := exec.LookPath("hypersim")
	err = errors.Join(err, os.Symlink(program, filepath.Join(dir, "hypersim")))
	for _, name := range []string{"scenarios", "docs"} {
		err = errors.Join(err, os.Symlink(filepath.Join(root(), name), filepath.Join(dir, name)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// pages are README.md and all below docs.
func pages(t *testing.T) []string {
	t.Helper()
	list := []string{"README.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(root(), filepath.FromSlash(pattern)))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v %v", pattern, found, err)
		}
		for _, path := range found {
			rel, err := filepath.Rel(root(), path)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, filepath.ToSlash(rel))
		}
	}
	return list
}

var commandLine = regexp.MustCompile(`^(srun |[^#]*\| )?(\./|go run \./cmd/)?hypersim `)

// shown returns the commands of the blocks of code of a text: indented by four, or between fences.
func shown(text string) (list []example) {
	fenced, open := false, false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		if !fenced && !strings.HasPrefix(line, "    ") {
			open = false
			continue
		}
		line = strings.TrimSpace(line)
		more := strings.HasSuffix(line, `\`)
		line = strings.TrimSuffix(line, `\`)
		if open {
			list[len(list)-1] += example(line)
		} else if commandLine.MatchString(line) {
			list = append(list, example(line))
		} else {
			continue
		}
		open = more
	}
	return list
}

func TestShown(t *testing.T) {
	got := shown("a\n\n    hypersim run a   # b\n    sbatch x\n    hypersim sweep \\\n      --out b\n\nhypersim no\n```sh\n./hypersim list\nprintf 'a' | hypersim check -\n```\n")
	want := []example{"hypersim run a   # b", "hypersim sweep --out b", "./hypersim list", "printf 'a' | hypersim check -"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestEveryVerbHasAnExample holds for verbs that can be run.
func TestEveryVerbHasAnExample(t *testing.T) {
	forEach(newRoot(), func(cmd *cobra.Command) {
		if cmd.Runnable() && cmd.Example == "" && cmd.Name() != "help" && !strings.Contains(cmd.CommandPath(), "completion") {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
	})
}

func forEach(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, c := range cmd.Commands() {
		forEach(c, f)
	}
}
