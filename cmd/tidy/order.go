package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// order reports what has no order, or one that the scheduler or the allocator chooses: map ranges,
// goroutines, channels, pointers used as keys or printed.
func (c *inspection) order(f *ast.File) {
	sorted := c.sortedIterators(f)
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			switch t := c.pass.TypesInfo.TypeOf(n.X); {
			case is[*types.Map](t):
				c.report(n, "range over a map has no order: use slices.Sorted(maps.Keys(m)) or a slice")
			case is[*types.Chan](t):
				c.report(n, "range over a channel: a machine has no channels")
			}
		case *ast.CallExpr:
			switch name := c.callee(n); name {
			case "maps.Keys", "maps.Values", "maps.All":
				if !sorted[n] {
					c.report(n, "%s has no order: wrap it in slices.Sorted or slices.SortedFunc", name)
				}
			case "(reflect.Value).MapRange", "(reflect.Value).MapKeys", "(*sync.Map).Range":
				c.report(n, "%s has no order", name)
			}
		case *ast.GoStmt:
			c.report(n, "go statement: one goroutine owns a node")
		case *ast.SelectStmt:
			c.report(n, "select picks a ready case at random")
		case *ast.ChanType:
			c.report(n, "channel type: effects are values, not channels")
		case *ast.SendStmt:
			c.report(n, "channel send: effects are values, not channels")
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				c.report(n, "channel receive: effects are values, not channels")
			}
		case *ast.MapType:
			if t := c.pass.TypesInfo.TypeOf(n.Key); holdsPointer(t) {
				c.report(n, "map keyed by %s: an address differs between processes; use an id", c.show(t))
			}
		case *ast.Ident:
			if m := c.instantiatedMap(n); m != nil && holdsPointer(m.Key()) {
				c.report(n, "map keyed by %s: an address differs between processes; use an id", c.show(m.Key()))
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING && pointerVerb.MatchString(strings.ReplaceAll(n.Value, "%%", "")) {
				c.report(n, "%%p prints an address, which differs between processes; print an id")
			}
		}
		return true
	})
}

// pointerVerb leaves out the space flag, so that "5 % packet loss" is prose.
var pointerVerb = regexp.MustCompile(`%[-+#0]*(\[\d+\])?(\d+|\*)?(\.(\d+|\*)?)?(\[\d+\])?p`)

// sortedIterators returns the calls that are sorted before anyone sees their order:
// the argument of slices.Sorted*, and v := slices.Collect(…) whose next statement is slices.Sort*(v).
func (c *inspection) sortedIterators(f *ast.File) map[*ast.CallExpr]bool {
	sorted := map[*ast.CallExpr]bool{}
	mark := func(outer *ast.CallExpr) {
		if inner, ok := ast.Unparen(outer.Args[0]).(*ast.CallExpr); ok {
			sorted[inner] = true
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		var list []ast.Stmt
		switch n := n.(type) {
		case *ast.CallExpr:
			if name := c.callee(n); strings.HasPrefix(name, "slices.Sorted") {
				mark(n)
			}
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		}
		for i := range max(len(list)-1, 0) {
			if call := c.collectThenSort(list[i], list[i+1]); call != nil {
				mark(call)
			}
		}
		return true
	})
	return sorted
}

// collectThenSort returns the Collect of `v := slices.Collect(…)` if next is `slices.Sort…(v…)`.
func (c *inspection) collectThenSort(stmt, next ast.Stmt) *ast.CallExpr {
	assign, ok := stmt.(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 {
		return nil
	}
	collect, ok := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr)
	if !ok || c.callee(collect) != "slices.Collect" {
		return nil
	}
	expr, ok := next.(*ast.ExprStmt)
	if !ok {
		return nil
	}
	sort, ok := expr.X.(*ast.CallExpr)
	if !ok || !strings.HasPrefix(c.callee(sort), "slices.Sort") {
		return nil
	}
	v, w := c.object(assign.Lhs[0]), c.object(sort.Args[0])
	if v == nil || v != w {
		return nil
	}
	return collect
}

// callee returns the full name of the function or method that call names, or "".
func (c *inspection) callee(call *ast.CallExpr) string {
	if f, ok := typeutil.Callee(c.pass.TypesInfo, call).(*types.Func); ok {
		return f.FullName()
	}
	return ""
}

func (c *inspection) object(e ast.Expr) types.Object {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		return c.pass.TypesInfo.ObjectOf(id)
	}
	return nil
}

// instantiatedMap returns the map that a generic name stands for here: Set[*T] for
// type Set[K comparable] map[K]struct{}. The plain maps are found where they are written.
func (c *inspection) instantiatedMap(id *ast.Ident) *types.Map {
	if _, generic := c.pass.TypesInfo.Instances[id]; !generic {
		return nil
	}
	if _, isType := c.pass.TypesInfo.Uses[id].(*types.TypeName); !isType {
		return nil
	}
	m, _ := c.pass.TypesInfo.Instances[id].Type.Underlying().(*types.Map)
	return m
}

func (c *inspection) show(t types.Type) string {
	return types.TypeString(t, types.RelativeTo(c.pass.Pkg))
}

// holdsPointer reports whether comparing two values of t can compare addresses. A type parameter is
// judged where it is instantiated.
func holdsPointer(t types.Type) bool {
	if _, param := t.(*types.TypeParam); param {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Chan:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Array:
		return holdsPointer(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if holdsPointer(f.Type()) {
				return true
			}
		}
	}
	return false
}

// is reports whether t, or some type in the set of the type parameter t, has the underlying type T.
func is[T types.Type](t types.Type) bool {
	return someType(t, func(t types.Type) bool { _, ok := t.Underlying().(T); return ok })
}

// someType reports whether yes holds for t, or for a term of the constraint of the type parameter t.
func someType(t types.Type, yes func(types.Type) bool) bool {
	param, ok := t.(*types.TypeParam)
	if !ok {
		return t != nil && yes(t)
	}
	return someTerm(param.Constraint().Underlying().(*types.Interface), yes)
}

func someTerm(constraint *types.Interface, yes func(types.Type) bool) bool {
	for e := range constraint.EmbeddedTypes() {
		switch e := e.(type) {
		case *types.Union:
			for term := range e.Terms() {
				if termHas(term.Type(), yes) {
					return true
				}
			}
		default:
			if termHas(e, yes) {
				return true
			}
		}
	}
	return false
}

func termHas(t types.Type, yes func(types.Type) bool) bool {
	if in, ok := t.Underlying().(*types.Interface); ok {
		return someTerm(in, yes)
	}
	return someType(t, yes)
}
