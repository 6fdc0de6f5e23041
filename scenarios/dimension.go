package scenarios

import (
	"fmt"

	"github.com/expr-lang/expr/ast"
)

// dimension says of what an expression is: powers of a second and of a byte. A literal fits everywhere, and so
// does what is not known.
type dimension struct {
	seconds, bytes int
	fits           bool
}

var (
	anything = dimension{fits: true}
	plainNum = dimension{}
	oneTime  = dimension{seconds: 1}
	oneByte  = dimension{bytes: 1}
	perTime  = dimension{seconds: -1}
)

// agrees reports whether both may be added or compared. Counts may stand for amounts of bytes and for events per
// second, never for times.
func (d dimension) agrees(o dimension) bool {
	counts := func(a, b dimension) bool { return a == plainNum && b.seconds <= 0 && b.bytes >= 0 }
	return d.fits || o.fits || d == o || counts(d, o) || counts(o, d)
}

func (d dimension) String() string {
	switch d {
	case plainNum:
		return "a number without unit"
	case oneTime:
		return "a time"
	case oneByte:
		return "an amount of bytes"
	case perTime:
		return "a rate"
	}
	return fmt.Sprintf("of unit s^%d·B^%d", d.seconds, d.bytes)
}

// dimensions finds the dimension of each part of an expression.
type dimensions struct {
	e   *environment
	err error
}

func (d *dimensions) of(n ast.Node) dimension {
	switch x := n.(type) {
	case *ast.IdentifierNode:
		return d.e.of(x.Value)
	case *ast.MemberNode:
		return d.e.of(x.String())
	case *ast.UnaryNode:
		return d.of(x.Node)
	case *ast.ConditionalNode:
		d.of(x.Cond)
		return d.same(x, "the two sides of ?:", d.of(x.Exp1), d.of(x.Exp2))
	case *ast.BinaryNode:
		return d.binary(x)
	case *ast.CallNode:
		return d.call(x)
	}
	return anything // literals, and words
}

func (d *dimensions) binary(x *ast.BinaryNode) dimension {
	a, b := d.of(x.Left), d.of(x.Right)
	sign := 1
	switch x.Operator {
	case "/":
		sign = -1
		fallthrough
	case "*":
		return dimension{a.seconds + sign*b.seconds, a.bytes + sign*b.bytes, a.fits && b.fits}
	case "+", "-":
		return d.same(x, fmt.Sprintf("the two sides of %q", x.Operator), a, b)
	case "and", "or", "&&", "||":
		return anything
	}
	d.same(x, fmt.Sprintf("the two sides of %q", x.Operator), a, b) // comparisons
	return anything
}

func (d *dimensions) call(x *ast.CallNode) dimension {
	name, _ := x.Callee.(*ast.IdentifierNode)
	if name == nil {
		return anything
	}
	var args []dimension
	for _, a := range x.Arguments {
		args = append(args, d.of(a))
	}
	if gives, ok := d.e.gives[name.Value]; ok {
		return gives
	}
	switch name.Value {
	case "min", "max", "ceil", "floor":
		sum := anything
		for _, a := range args {
			sum = d.same(x, "the arguments of "+name.Value, sum, a)
		}
		return sum
	}
	return anything // logarithms and roots
}

// same returns the common dimension of a and b, or reports that they have none.
func (d *dimensions) same(at ast.Node, what string, a, b dimension) dimension {
	if !a.agrees(b) && d.err == nil {
		d.err = &partError{at.Location().From, fmt.Sprintf("%s do not fit: %v and %v", what, a, b)}
	}
	if a.fits || a == plainNum {
		return b
	}
	return a
}
