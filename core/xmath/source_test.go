package xmath

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// allowedMath are the names of package math that have one right answer and one implementation each.
var allowedMath = map[string]bool{
	"Float64bits": true, "Float64frombits": true, "Abs": true, "Inf": true, "IsInf": true, "NaN": true,
	"Signbit": true, "Sqrt": true, "MaxFloat64": true,
}

// Known answers show that this build is right; this shows why another is: without a bare product there
// is nothing a compiler may fuse.
func TestEveryProductIsRounded(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		rounded := map[ast.Expr]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "float64" {
					rounded[ast.Unparen(n.Args[0])] = true
				}
			case *ast.BinaryExpr:
				if n.Op == token.MUL && !rounded[n] && !constantOrInteger(n) {
					t.Errorf("%s: product outside of float64(...)", set.Position(n.Pos()))
				}
			case *ast.AssignStmt:
				if n.Tok == token.MUL_ASSIGN {
					t.Errorf("%s: product outside of float64(...)", set.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				if id, ok := n.X.(*ast.Ident); ok && id.Name == "math" && !allowedMath[n.Sel.Name] {
					t.Errorf("%s: math.%s may differ between machines", set.Position(n.Pos()), n.Sel.Name)
				}
			}
			return true
		})
	}
}

// constantOrInteger reports whether a product is one of the few that round nothing: a literal times the
// integer constant expBias, or the word arithmetic m·w2.
func constantOrInteger(n *ast.BinaryExpr) bool {
	y, ok := n.Y.(*ast.Ident)
	return ok && (y.Name == "expBias" || y.Name == "w2")
}
