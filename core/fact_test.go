package core

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestFactRows: every fact is told whole, and no two fields of one have the same name.
func TestFactRows(t *testing.T) {
	for k := FactNone + 1; k < NumFactKinds; k++ {
		r := &facts[k]
		if r.name == "" || r.doc == "" || r.room == RoomNone {
			t.Errorf("fact %d: %+v", k, *r)
		}
		seen := map[string]bool{}
		f := Fact{Kind: k, A: 1, B: 2, N: 3, At: 4}
		f.EachField(func(name string, v int64) {
			if seen[name] || f.Get(name) != v {
				t.Errorf("%v: %s is %d, read as %d", k, name, v, f.Get(name))
			}
			seen[name] = true
			if g := (&Fact{Kind: k}).Put(name, v); g.Get(name) != v || g.Unnamed() != "" {
				t.Errorf("%v: %s was filled with %d: %+v", k, name, v, *g)
			}
		})
		if full := len(seen) == 4; full != (f.Unnamed() == "") {
			t.Errorf("%v: names %v, and %q has none", k, seen, f.Unnamed())
		}
	}
	for k := JobFactNone + 1; k < NumJobFactKinds; k++ {
		if r := &jobFacts[k]; r.name == "" || r.doc == "" || r.room == "" || r.a != "" && r.a == r.b {
			t.Errorf("fact about jobs %d: %+v", k, *r)
		}
		f := JobFact{Kind: k, A: 1, B: 2, Code: 3}
		f.EachField(func(name string, v int64) {
			if name == "code" {
				return
			}
			if g := (&JobFact{Kind: k}).Put(name, v); f.Get(name) != v || g.Get(name) != v {
				t.Errorf("%v: %s is %d, read as %d, filled as %d", k, name, v, f.Get(name), g.Get(name))
			}
		})
	}
	for c := CauseNone + 1; c < NumCauses; c++ {
		if c.String() == "" {
			t.Errorf("cause %d has no row", c)
		}
	}
}

// TestFactsAreFilledByName: no machine fills or reads a general field by its place, where the next reader would have to look
// up what A is.
func TestFactsAreFilledByName(t *testing.T) {
	files := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || path == "fact.go" || path == "jobfact.go" {
			return err
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && (s.Sel.Name == "A" || s.Sel.Name == "B") {
				t.Errorf("%v: the field %s of a fact has a name in its row: use Put and Get", files.Position(s.Pos()), s.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestGetRefuses: who asks a fact for a field that it has not means another fact.
func TestGetRefuses(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a tick has a deadline")
		}
	}()
	f := Fact{Kind: FactTick}
	f.Get("deadline")
}

func BenchmarkGet(b *testing.B) {
	f := Fact{Kind: FactProbeStarted, A: 1}
	sum := int64(0)
	for b.Loop() {
		sum += f.Get("seq")
	}
	if sum == 0 {
		b.Fatal(sum)
	}
}
