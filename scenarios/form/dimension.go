package form

import (
	"fmt"

	"github.com/expr-lang/expr/ast"
)

// Dimension says of what an expression is: powers of a second and of a byte. A literal fits everywhere, and so
// does what is not known.
type Dimension struct {
	Seconds, Bytes int
	fits           bool
}

// What values may measure: Anything fits every other.
var (
	Anything    = Dimension{fits: true}
	PlainNumber = Dimension{}
	OneTime     = Dimension{Seconds: 1}
	OneByte     = Dimension{Bytes: 1}
	PerTime     = Dimension{Seconds: -1}
)

// agrees reports whether both may be added or compared. Counts may stand for amounts of bytes and for events per
// second, never for times.
func (d Dimension) agrees(o Dimension) bool {
	counts := func(a, b Dimension) bool { return a == PlainNumber && b.Seconds <= 0 && b.Bytes >= 0 }
	return d.fits || o.fits || d == o || counts(d, o) || counts(o, d)
}

func (d Dimension) String() string {
	switch d {
	case PlainNumber:
		return "a number without unit"
	case OneTime:
		return "a time"
	case OneByte:
		return "an amount of bytes"
	case PerTime:
		return "a rate"
	}
	return fmt.Sprintf("of unit s^%d·B^%d", d.Seconds, d.Bytes)
}

// dimensions finds the dimension of each part of an expression.
type dimensions struct {
	e   *Environment
	err error
}

func (d *dimensions) of(n ast.Node) Dimension {
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
	return Anything // literals, and words
}

func (d *dimensions) binary(x *ast.BinaryNode) Dimension {
	a, b := d.of(x.Left), d.of(x.Right)
	sign := 1
	switch x.Operator {
	case "/":
		sign = -1
		fallthrough
	case "*":
		return Dimension{a.Seconds + sign*b.Seconds, a.Bytes + sign*b.Bytes, a.fits && b.fits}
	case "+", "-":
		return d.same(x, fmt.Sprintf("the two sides of %q", x.Operator), a, b)
	case "and", "or", "&&", "||":
		return Anything
	}
	d.same(x, fmt.Sprintf("the two sides of %q", x.Operator), a, b) // comparisons
	return Anything
}

func (d *dimensions) call(x *ast.CallNode) Dimension {
	name, _ := x.Callee.(*ast.IdentifierNode)
	if name == nil {
		return Anything
	}
	var args []Dimension
	for _, a := range x.Arguments {
		args = append(args, d.of(a))
	}
	if gives, ok := d.e.gives[name.Value]; ok {
		return gives
	}
	switch name.Value {
	case "min", "max", "ceil", "floor":
		sum := Anything
		for _, a := range args {
			sum = d.same(x, "the arguments of "+name.Value, sum, a)
		}
		return sum
	}
	return Anything // logarithms and roots
}

// same returns the common dimension of a and b, or reports that they have none.
func (d *dimensions) same(at ast.Node, what string, a, b Dimension) Dimension {
	if !a.agrees(b) && d.err == nil {
		d.err = &partError{at.Location().From, fmt.Sprintf("%s do not fit: %v and %v", what, a, b)}
	}
	if a.fits || a == PlainNumber {
		return b
	}
	return a
}
