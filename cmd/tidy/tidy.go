package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// module is the module path that the rooms of the import table are relative to.
const module = "hypersim"

// Analyzer applies the import table to every package of the module and the determinism rules to
// core and sim.
var Analyzer = &analysis.Analyzer{
	Name: "tidy",
	Doc:  "report what could make two runs of one seed differ, and imports that leave the house's table",
	Run:  run,
}

// inspection carries one package through the rules.
type inspection struct {
	pass   *analysis.Pass
	accept acceptances
}

func run(pass *analysis.Pass) (any, error) {
	path, inModule := strings.CutPrefix(pass.Pkg.Path(), module+"/")
	if !inModule {
		return nil, nil
	}
	var files []*ast.File
	for _, f := range pass.Files {
		if !strings.HasSuffix(pass.Fset.File(f.FileStart).Name(), "_test.go") {
			files = append(files, f)
		}
	}
	if len(files) == 0 || strings.HasSuffix(path, ".test") { // .test: the main that go test generates
		return nil, nil
	}

	c := &inspection{pass: pass, accept: readAcceptances(pass.Fset, files)}
	c.imports(path, files)
	if isUnder(path, "core") || isUnder(path, "sim") {
		for _, f := range files {
			c.order(f)
		}
		c.floats(files)
	}
	for _, a := range c.accept.faulty() {
		pass.Reportf(a.pos, "%s", a.fault())
	}
	return nil, nil
}

// report prints a finding unless its line accepts it.
func (c *inspection) report(at ast.Node, format string, args ...any) {
	c.reportFix(at, nil, format, args...)
}

func (c *inspection) reportFix(at ast.Node, fixes []analysis.SuggestedFix, format string, args ...any) {
	if c.accept.covers(c.pass.Fset.Position(at.Pos())) {
		return
	}
	c.pass.Report(analysis.Diagnostic{
		Pos: at.Pos(), End: at.End(), Message: fmt.Sprintf(format, args...), SuggestedFixes: fixes,
	})
}

// isUnder reports whether path is folder or lies below it.
func isUnder(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// acceptance is one //tidy:allow comment.
type acceptance struct {
	pos    token.Pos
	reason string
	used   bool
}

func (a *acceptance) fault() string {
	switch {
	case a.reason == "":
		return "tidy:allow needs a reason on the same line"
	case !a.used:
		return "tidy:allow accepts nothing on this line; remove it"
	}
	return ""
}

type line struct {
	file string
	n    int
}

// acceptances finds the comment of a line; list keeps them in the order of the source.
type acceptances struct {
	at   map[line]*acceptance
	list []*acceptance
}

func readAcceptances(fset *token.FileSet, files []*ast.File) acceptances {
	as := acceptances{at: map[line]*acceptance{}}
	for _, f := range files {
		for _, group := range f.Comments {
			for _, c := range group.List {
				rest, ok := strings.CutPrefix(c.Text, "//tidy:allow")
				if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
					continue
				}
				reason, _, _ := strings.Cut(rest, "//") // what follows is another comment's business
				p := fset.Position(c.Pos())
				a := &acceptance{pos: c.Pos(), reason: strings.TrimSpace(reason)}
				as.at[line{p.Filename, p.Line}] = a
				as.list = append(as.list, a)
			}
		}
	}
	return as
}

// covers marks the line's comment as used, with a reason or without: one finding for it is enough.
func (as acceptances) covers(p token.Position) bool {
	a := as.at[line{p.Filename, p.Line}]
	if a != nil {
		a.used = true
	}
	return a != nil
}

func (as acceptances) faulty() []*acceptance {
	var bad []*acceptance
	for _, a := range as.list {
		if a.fault() != "" {
			bad = append(bad, a)
		}
	}
	return bad
}
