package bundled

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"hypersim/analysis/account"
	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
)

// large is from how many nodes on a scenario is run only if HYPERSIM_LONG is set; the flagship is run always.
const large = 101

// much is how many events are too many for the same.
const much = 250_000

// TestAccount: every number in every sentence is found in the files of the run, every digit in a sentence belongs to a
// figure or to a name, and words agree with their numbers.
func TestAccount(t *testing.T) {
	for _, e := range scenarios.List() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			sc, err := scenarios.Load(e.Name, nil, scenarios.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if n := len(sc.Nodes); n >= large && e.Name != "partition" && os.Getenv("HYPERSIM_LONG") == "" {
				t.Skipf("%d nodes: HYPERSIM_LONG is not set", n)
			}
			if x := scenarios.Describe(sc).Work.Events; x > much && e.Name != "partition" && os.Getenv("HYPERSIM_LONG") == "" {
				t.Skipf("%.0f events: HYPERSIM_LONG is not set", x)
			}
			sc.Report.CSV = nil // all files
			res, err := runner.Run(t.Context(), runner.Options{Scenario: sc, Dir: filepath.Join(t.TempDir(), "out")})
			if err != nil {
				t.Fatal(err)
			}
			files := openFiles(t, res)
			if len(res.Account) < 3 {
				t.Errorf("%d sentences", len(res.Account))
			}
			told := map[string]bool{}
			for i := range res.Account {
				s := &res.Account[i]
				for _, f := range s.Faults {
					told[f] = true
				}
				checkFigures(t, s, files)
				checkWords(t, s)
			}
			for i := range sc.Faults {
				if !told[sc.Faults[i].ID] {
					t.Errorf("nothing is said of the fault %s", sc.Faults[i].ID)
				}
			}
			checkFiles(t, res)
			checkMetrics(t, res.Metrics)
		})
	}
}

func checkFigures(t *testing.T, s *account.Sentence, files *files) {
	t.Helper()
	for k := range s.Figures {
		f := &s.Figures[k]
		have, err := files.take(&f.From)
		if err != nil {
			t.Errorf("%q: %s: %v", s.Text, f.Text, err)
			continue
		}
		if !near(have, f.Value, 1e-6) {
			t.Errorf("%q: %s stands for %v, %+v gives %v", s.Text, f.Text, f.Value, f.From, have)
		}
		if !says(f.Text, f.Value) {
			t.Errorf("%q: %s is not %v rounded", s.Text, f.Text, f.Value)
		}
	}
}

var (
	digit    = regexp.MustCompile(`[0-9]`)
	singular = regexp.MustCompile(`(^|[ ;,])1 ([a-z]*[b-z]s|[a-z]{3,}as)\b`) // but for "was"
	plural   = regexp.MustCompile(`[02-9] (member|node|gate|manager|worker|client|time|start|message|fault)\b`)
	clumsy   = regexp.MustCompile(`  | ,|,,| ;|\.\.|NaN|Inf|%!`)
)

func checkWords(t *testing.T, s *account.Sentence) {
	t.Helper()
	rest := s.Text
	for _, n := range s.Names {
		if !strings.Contains(rest, n) {
			t.Errorf("%q: no name %q left in %q", s.Text, n, rest)
		}
		rest = strings.Replace(rest, n, "", 1)
	}
	for k := range s.Figures {
		if !strings.Contains(rest, s.Figures[k].Text) {
			t.Errorf("%q: no %q left in %q", s.Text, s.Figures[k].Text, rest)
		}
		rest = strings.Replace(rest, s.Figures[k].Text, "", 1)
	}
	if digit.MatchString(rest) {
		t.Errorf("%q: digits of nobody in %q", s.Text, rest)
	}
	for _, bad := range []*regexp.Regexp{singular, plural, clumsy} {
		if m := bad.FindString(s.Text); m != "" {
			t.Errorf("%q: %q", s.Text, m)
		}
	}
	if !strings.HasSuffix(s.Text, ".") {
		t.Errorf("%q ends without a full stop", s.Text)
	}
}

// checkFiles: report.md and account.json say what the run says.
func checkFiles(t *testing.T, res *runner.Result) {
	t.Helper()
	report, err := os.ReadFile(filepath.Join(res.Dir, runner.ReportName))
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer(`\`, "", "&lt;", "<").Replace(string(report))
	text, err := os.ReadFile(filepath.Join(res.Dir, runner.AccountName))
	if err != nil {
		t.Fatal(err)
	}
	var have []account.Sentence
	if err := json.Unmarshal(text, &have); err != nil || len(have) != len(res.Account) {
		t.Fatalf("%d of %d sentences, %v", len(have), len(res.Account), err)
	}
	for i := range have {
		if s := &res.Account[i]; have[i].Text != s.Text || !reflect.DeepEqual(have[i].Faults, s.Faults) || len(have[i].Figures) != len(s.Figures) {
			t.Errorf("%s says %q, the run %q", runner.AccountName, have[i].Text, s.Text)
		}
		if !strings.Contains(plain, "- "+have[i].Text+"\n") {
			t.Errorf("%s does not say %q", runner.ReportName, have[i].Text)
		}
	}
}
