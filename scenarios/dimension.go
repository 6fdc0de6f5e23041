package scenarios

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

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

// unknownUnit is that of a metric that does not exist, which was reported.
const unknownUnit = "?"

// dimensionOf is that of a metric's unit, or of a key's.
func dimensionOf(unit string) dimension {
	switch unit {
	case "s", "ms":
		return oneTime
	case "B":
		return oneByte
	case "1/s", rateUnit, hourRateUnit:
		return perTime
	case byteRateUnit:
		return dimension{seconds: -1, bytes: 1}
	case unknownUnit:
		return anything
	case "s/s", "1", "", "count", "fraction", "ratio", "relative":
		return plainNum
	}
	if strings.HasSuffix(unit, "/s") {
		return anything
	}
	return plainNum
}

// timeKeys are the protocol's keys that are durations, as "room.key".
var timeKeys = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	var c Config
	for name, room := range roomsOf(&c) {
		for _, f := range fieldsOf(room.Type()) {
			if f.Type == durationType || f.Type == reflect.PointerTo(durationType) {
				out[name+"."+f.Tag.Get("key")] = true
			}
		}
	}
	return out
})

// dimensions finds the dimension of each part of an expression.
type dimensions struct {
	swept map[string]dimension // of the variables that are swept keys
	err   error
}

func (d *dimensions) of(n ast.Node) dimension {
	switch x := n.(type) {
	case *ast.IdentifierNode:
		return d.variable(x.Value)
	case *ast.MemberNode:
		return d.variable(x.String())
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

func (d *dimensions) variable(path string) dimension {
	if s, ok := d.swept[path]; ok {
		return s
	}
	rest, ok := strings.CutPrefix(path, "cfg.")
	if !ok {
		return plainNum // of the cluster
	}
	if r, ok := strings.CutPrefix(rest, "role."); ok {
		_, rest, _ = strings.Cut(r, ".")
	}
	if timeKeys()[rest] {
		return oneTime
	}
	return plainNum
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
	switch name.Value {
	case "dur", "owd", "rtt":
		return oneTime
	case "size":
		return oneByte
	case "rate":
		return perTime
	case "group_size":
		return plainNum
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
