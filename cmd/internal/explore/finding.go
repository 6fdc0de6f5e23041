package explore

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"hypersim/cmd/internal/runner"
)

// Bad is an invariant that a run broke.
type Bad struct {
	Invariant string  `json:"invariant"`
	Signature string  `json:"signature"` // what broke, without the names and numbers of this run
	What      string  `json:"what"`
	At        float64 `json:"at_s"`
}

// Finding is all runs that broke one invariant in one way.
type Finding struct {
	Invariant, Signature string
	Runs                 int
	First                *Outcome // the first of them
	Bad                  *Bad     // what it broke
	File                 string   // its scenario, relative to the folder
}

// particular is what differs between two failures of one kind: ids, names, times and other numbers.
var particular = []struct {
	found *regexp.Regexp
	left  string
}{
	{regexp.MustCompile(`\b(job|wf)-[0-9a-f]+`), "$1"},
	{regexp.MustCompile(`\b[a-z0-9-]+/(gate|manager|worker|client)/[0-9]+`), "$1"},
	{regexp.MustCompile(`\b0x[0-9a-f]+`), "N"},
	{regexp.MustCompile(`[-+]?[0-9][0-9.hmsunµ]*(e[-+][0-9]+)?`), "N"},
}

// Signature is what a violation says, without what is particular to one run.
func Signature(what string) string {
	for _, p := range particular {
		what = p.found.ReplaceAllString(what, p.left)
	}
	return what
}

// SignatureOf is what tells two kinds of failure of one invariant apart. Of a panic it is the function, and where
// time stands the owner of what happens there: what is said of an index, a pointer or a node is particular.
func SignatureOf(v *runner.Violation) string {
	if where, _, ok := strings.Cut(v.What, ": "); ok && Endless(v.Invariant) {
		return where
	}
	return Signature(v.What)
}

// findings groups what runs broke: those of most runs first.
func findings(runs []*Outcome) []*Finding {
	by := map[string]*Finding{}
	var list []*Finding
	for _, o := range runs {
		for i := range o.Bad {
			b := &o.Bad[i]
			key := b.Invariant + "\n" + b.Signature
			f := by[key]
			if f == nil {
				f = &Finding{Invariant: b.Invariant, Signature: b.Signature, First: o, Bad: b}
				by[key] = f
				list = append(list, f)
				f.File = fmt.Sprintf("findings/%s-%d.toml", strings.ToLower(b.Invariant), len(list))
			}
			f.Runs++
		}
	}
	slices.SortStableFunc(list, func(a, b *Finding) int { return cmp.Compare(b.Runs, a.Runs) })
	return list
}

// text is the scenario of a finding, with a head that says what it shows, and how to go on. of is the file of somebody's that it is made from.
func (f *Finding) text(scenario, of string) string {
	rule := ""
	if of != "" {
		rule = fmt.Sprintf("# It is %s with faults; files that it names are looked for beside this one.\n#\n", of)
	}
	if !Endless(f.Invariant) {
		rule += fmt.Sprintf("#     hypersim explain %s\n", f.Invariant)
	}
	return fmt.Sprintf("# %s, at %g s, in %s of this search; this is the first, %v.\n# %s\n#\n%s#     hypersim run FILE --no-plots --trace\n#     hypersim shrink FILE --out small.toml\n\n%s",
		f.Invariant, f.Bad.At, Runs(f.Runs), f.First.Name, strings.ReplaceAll(f.Bad.What, "\n", "\n# "), rule, scenario)
}

// Runs is a number of runs in words.
func Runs(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}

// Durability says in how many runs a cluster forgot more than it survives, and in how many of those each invariant broke that does not
// count for that, by its name (ADR-0050); "" where there was none.
func (r *Report) Durability() string {
	runs, times, spared := 0, 0, map[string]int{}
	for _, o := range r.Runs {
		if o.Exceeded == 0 {
			continue
		}
		runs++
		times += o.Exceeded
		for _, x := range o.Spared {
			spared[x]++
		}
	}
	if runs == 0 {
		return ""
	}
	text := fmt.Sprintf("durability was exceeded in %s, %d times in all (a cluster forgot more at once than it survives, ADR-0050)", Runs(runs), times)
	if len(spared) == 0 {
		return text
	}
	text += "; for that it does not count"
	for i, x := range slices.Sorted(maps.Keys(spared)) {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" that %s broke in %d", x, spared[x])
	}
	return text
}
