package trace

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

func TestNamesAreCompleteAndDistinct(t *testing.T) {
	for _, c := range []struct {
		first string
		num   int
		name  func(i int) string
	}{
		{"KindNone", NumKinds, func(i int) string { return Kind(i).String() }},
		{"ReasonNone", NumReasons, func(i int) string { return Reason(i).String() }},
	} {
		t.Run(c.first, func(t *testing.T) {
			if have := constants(t, "record.go", c.first); have != c.num {
				t.Errorf("the list has %d constants, Num… says %d", have, c.num)
			}
			seen := map[string]int{}
			for i := range c.num {
				name := c.name(i)
				if first, twice := seen[name]; twice || name == "" || name == "unknown" {
					t.Errorf("constant %d is called %q (so is %d)", i, name, first)
				}
				seen[name] = i
			}
			if have := c.name(c.num); have != "unknown" {
				t.Errorf("what lies behind the list is called %q", have)
			}
		})
	}
}

// constants counts the values of the constant block that begins with first, its Num… apart.
func constants(t *testing.T, file, first string) int {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if ok && g.Tok == token.CONST && g.Specs[0].(*ast.ValueSpec).Names[0].Name == first {
			return len(g.Specs) - 1
		}
	}
	t.Fatalf("%s: no constant block begins with %s", file, first)
	return 0
}
