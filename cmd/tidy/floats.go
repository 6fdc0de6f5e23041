package main

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// floats reports float products that reach a sum without an explicit conversion. The language lets a
// compiler fuse the two "possibly across statements" (Go specification, Floating-point operators), and
// which of them do depends on GOARCH and GOAMD64: 0.1*10 − 1 is 0 unfused and 5.6e-17 fused, and so it
// is through a variable, a field or an inlined call (ADR-0004). A conversion rounds, and so forbids it.
func (c *inspection) floats(files []*ast.File) {
	p := &products{inspection: c, held: map[place]bool{}}
	each := func(visit func(ast.Node) bool) {
		for _, f := range files {
			for _, p.decl = range f.Decls {
				ast.Inspect(p.decl, visit)
			}
		}
	}
	for before := -1; before != len(p.held); { // v := x*y; w := v; a loop may carry it backwards
		before = len(p.held)
		each(p.collect)
	}
	each(p.judge)
}

// products knows the places of one package that may hold an unrounded product: local variables, fields
// within the declaration that sets them, and functions that return one, which may be inlined. Elements
// of slices and arrays and functions of other packages are not followed.
type products struct {
	*inspection
	decl ast.Decl // under inspection
	held map[place]bool
}

// place is a variable or function, or a field as seen by one declaration.
type place struct {
	obj types.Object
	in  ast.Decl
}

func (p *products) place(e ast.Expr) place {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return place{obj: p.pass.TypesInfo.ObjectOf(e)}
	case *ast.SelectorExpr:
		return place{obj: p.pass.TypesInfo.ObjectOf(e.Sel), in: p.decl}
	case *ast.CallExpr:
		if f, ok := typeutil.Callee(p.pass.TypesInfo, e).(*types.Func); ok {
			return place{obj: f.Origin()}
		}
	}
	return place{}
}

func (p *products) hold(at place) {
	if at.obj != nil && at.obj.Name() != "_" {
		p.held[at] = true
	}
}

func (p *products) collect(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			switch {
			case n.Tok == token.MUL_ASSIGN && p.isFloat(l):
				p.hold(p.place(l))
			case (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) && len(n.Lhs) == len(n.Rhs) && p.isProduct(n.Rhs[i]):
				p.hold(p.place(l))
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if len(n.Values) == len(n.Names) && p.isProduct(n.Values[i]) {
				p.hold(p.place(name))
			}
		}
	case *ast.FuncDecl:
		if p.returnsProduct(n) {
			p.hold(place{obj: p.pass.TypesInfo.Defs[n.Name]})
		}
	}
	return true
}

func (p *products) returnsProduct(f *ast.FuncDecl) (yes bool) {
	if f.Body == nil || f.Type.Results.NumFields() != 1 {
		return false
	}
	if names := f.Type.Results.List[0].Names; len(names) == 1 && p.held[p.place(names[0])] {
		return true
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // its returns are its own
		case *ast.ReturnStmt:
			yes = yes || len(n.Results) == 1 && p.isProduct(n.Results[0])
		}
		return true
	})
	return yes
}

func (p *products) judge(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if (n.Op == token.ADD || n.Op == token.SUB) && !p.isConstant(n) {
			p.operand(n.X)
			p.operand(n.Y)
		}
	case *ast.AssignStmt:
		if n.Tok == token.ADD_ASSIGN || n.Tok == token.SUB_ASSIGN {
			p.operand(n.Lhs[0])
			p.operand(n.Rhs[0])
		}
	case *ast.IncDecStmt:
		p.operand(n.X)
	}
	return true
}

func (p *products) operand(e ast.Expr) {
	if !p.isProduct(e) {
		return
	}
	name := p.show(p.pass.TypesInfo.TypeOf(e))
	if at := p.place(e); at.obj != nil {
		p.report(e, "%s may hold an unrounded float product and feeds a sum, which may be fused: write %s(x*y) where it is computed",
			at.obj.Name(), name)
		return
	}
	edit := []analysis.TextEdit{
		{Pos: e.Pos(), End: e.Pos(), NewText: []byte(name + "(")},
		{Pos: e.End(), End: e.End(), NewText: []byte(")")},
	}
	if paren, ok := e.(*ast.ParenExpr); ok { // (x*y)+z becomes float64(x*y)+z
		edit = []analysis.TextEdit{{Pos: paren.Pos(), End: paren.Pos(), NewText: []byte(name)}}
	}
	p.reportFix(e, []analysis.SuggestedFix{{Message: "round the product", TextEdits: edit}},
		"float product feeds a sum, which may be fused: write %s(x*y)", name)
}

// isProduct reports whether e is a float product as computed, not yet rounded by a conversion. A sign
// in front does not round.
func (p *products) isProduct(e ast.Expr) bool {
	if p.isConstant(e) || !p.isFloat(e) {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return e.Op == token.MUL
	case *ast.UnaryExpr:
		return (e.Op == token.SUB || e.Op == token.ADD) && p.isProduct(e.X)
	}
	return p.held[p.place(e)]
}

func (p *products) isFloat(e ast.Expr) bool {
	return someType(p.pass.TypesInfo.TypeOf(e), func(t types.Type) bool {
		b, ok := t.Underlying().(*types.Basic)
		return ok && b.Info()&types.IsFloat != 0
	})
}

// isConstant reports whether the compiler computes e, exactly and without a product at run time.
func (p *products) isConstant(e ast.Expr) bool { return p.pass.TypesInfo.Types[e].Value != nil }
