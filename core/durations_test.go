package core_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// conversions are the functions that turn one unit into another, and the bounds that a representation sets. In
// all others a number of nanoseconds is a time that nobody can set.
var conversions = []string{
	"Seconds", "seconds", "milliseconds", "millis", "millisOf", "extension", "ExtendSuspicion", "Status", "rttMS", "onPing", "onPingReq", "onStreamPing",
	"adaptive", "allow", "latencyMult", "budgetMS",
}

// Every time of the protocol is a key: in core no other place than the defaults names one.
func TestNoTimeIsWrittenIntoTheProtocol(t *testing.T) {
	set := token.NewFileSet()
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		room := strings.Split(path, string(filepath.Separator))[0]
		switch {
		case err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return err
		case slices.Contains([]string{"coretest", "rng", "xmath", "wire"}, room):
			return nil // no protocol: numbers, bytes and tests
		case slices.Contains([]string{"default.go", "config.go", "limits.go"}, filepath.Base(path)):
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		files++
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && slices.Contains(conversions, f.Name.Name) {
				continue
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				if what := timeIn(n); what != "" {
					t.Errorf("%v: %s: a time that is no key", set.Position(n.Pos()), what)
				}
				return true
			})
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Errorf("%d files, %v", files, err)
	}
}

// timeIn returns what looks like a time in nanoseconds.
func timeIn(n ast.Node) string {
	switch x := n.(type) {
	case *ast.SelectorExpr:
		if p, ok := x.X.(*ast.Ident); ok && p.Name == "time" && slices.Contains([]string{"Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour"}, x.Sel.Name) {
			return "time." + x.Sel.Name
		}
	case *ast.BasicLit:
		text := strings.ReplaceAll(x.Value, "_", "")
		exponent := x.Kind == token.FLOAT && (strings.HasSuffix(text, "e6") || strings.HasSuffix(text, "e9"))
		if exponent || x.Kind == token.INT && len(text) > 6 && !strings.HasPrefix(text, "0x") {
			return x.Value
		}
	}
	return ""
}
