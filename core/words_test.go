package core_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hypersim/core/node"
)

// A protocol compares words as constants of a type: a misspelt literal would compile and never be equal.
func TestNoWordIsComparedAsALiteral(t *testing.T) {
	set := token.NewFileSet()
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		room := strings.Split(path, string(filepath.Separator))[0]
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			slices.Contains([]string{"coretest", "rng", "wire"}, room) { // no protocol: tests and files of others
			return err
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		files++
		ast.Inspect(file, func(n ast.Node) bool {
			for _, e := range compared(n) {
				if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING && lit.Value != `""` {
					t.Errorf("%v: compared with %s: give the word a constant", set.Position(lit.Pos()), lit.Value)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || files < 50 {
		t.Errorf("%d files, %v", files, err)
	}
}

// compared returns the expressions that n compares.
func compared(n ast.Node) []ast.Expr {
	switch x := n.(type) {
	case *ast.BinaryExpr:
		if x.Op == token.EQL || x.Op == token.NEQ {
			return []ast.Expr{x.X, x.Y}
		}
	case *ast.CaseClause:
		return x.List
	}
	return nil
}

// The constants of a key's type are the words that its tag allows, in the same order.
func TestEveryWordOfAKeyHasAConstant(t *testing.T) {
	words := 0
	for _, config := range reflect.VisibleFields(reflect.TypeFor[node.Config]()) {
		room := filepath.Base(config.Type.PkgPath())
		constants := typedWords(t, room)
		eachKey(config.Type, "", func(key string, f reflect.StructField) {
			enum := f.Tag.Get("enum")
			if f.Type.Kind() != reflect.String {
				return
			}
			words++
			if have := strings.Join(constants[f.Type.Name()], ","); have != enum {
				t.Errorf("%s: %s is of type %v, whose constants are %q; the tag allows %q", room, key, f.Type, have, enum)
			}
		})
	}
	if words < 13 {
		t.Errorf("%d keys are words", words)
	}
}

// typedWords reads the string constants of a room, by type.
func typedWords(t *testing.T, room string) map[string][]string {
	out := map[string][]string{}
	paths, _ := filepath.Glob(filepath.Join(room, "*.go"))
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			typ, named := v.Type.(*ast.Ident)
			lit, literal := v.Values[0].(*ast.BasicLit)
			if named && literal && lit.Kind == token.STRING {
				word, _ := strconv.Unquote(lit.Value)
				out[typ.Name] = append(out[typ.Name], word)
			}
			return true
		})
	}
	return out
}

// eachKey calls do for every key of a configuration, with its dotted name.
func eachKey(t reflect.Type, path string, do func(key string, f reflect.StructField)) {
	for f := range fields(t) {
		key := strings.TrimPrefix(path+"."+f.Tag.Get("key"), ".")
		if f.Type.Kind() == reflect.Struct {
			eachKey(f.Type, key, do)
		} else {
			do(key, f)
		}
	}
}

// fields are the fields of a struct that are keys.
func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, f := range reflect.VisibleFields(t) {
			if f.Tag.Get("key") != "" && !yield(f) {
				return
			}
		}
	}
}
