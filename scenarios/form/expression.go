package form

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	exprfile "github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"hypersim/core/xmath"
)

// IsExpression reports whether a string of a file is an expression (spec 40 §8.1).
func IsExpression(s string) bool { return strings.HasPrefix(strings.TrimLeft(s, " "), "=") }

// expressionMax bounds an expression's text.
const expressionMax = 2000

// Environment is what expressions may name: variables as nested tables of numbers, and functions of the
// scenario's world. Durations are seconds in it.
type Environment struct {
	vars   func() map[string]any
	of     func(path string) Dimension // of a variable
	opts   []expr.Option
	gives  map[string]Dimension // of what functions of words return
	Broken bool                 // the world could not be built; what it would have said is not known
}

// NewEnvironment returns one with the functions that need nothing but their arguments; of tells of what each
// variable is. Variables are asked for when there is an expression: most files have none.
func NewEnvironment(vars func() map[string]any, of func(path string) Dimension) *Environment {
	e := &Environment{vars: vars, of: of, gives: map[string]Dimension{}}
	unary := map[string]func(float64) float64{
		"ln": xmath.Log, "log2": xmath.Log2, "log10": xmath.Log10, "sqrt": math.Sqrt, "ceil": math.Ceil, "floor": math.Floor,
	}
	for name, f := range unary {
		e.function(name, func(args ...any) (any, error) {
			x, err := numbers(name, args, 1, 1)
			if err != nil {
				return nil, err
			}
			return f(x[0]), nil
		})
	}
	for name, pick := range map[string]func(a, b float64) float64{"min": math.Min, "max": math.Max} {
		e.function(name, func(args ...any) (any, error) {
			x, err := numbers(name, args, 1, 64)
			if err != nil {
				return nil, err
			}
			best := x[0]
			for _, v := range x[1:] {
				best = pick(best, v)
			}
			return best, nil
		})
	}
	e.Words("dur", 1, OneTime, func(s []string) (float64, error) {
		d, err := ParseDuration(s[0])
		return d.Seconds(), err
	})
	e.Words("size", 1, OneByte, func(s []string) (float64, error) {
		v, err := ParseSize(s[0])
		return float64(v), err
	})
	e.Words("rate", 1, PerTime, func(s []string) (float64, error) { return ParseRate(s[0]) })
	return e
}

func (e *Environment) function(name string, f func(args ...any) (any, error)) {
	e.opts = append(e.opts, expr.Function(name, f))
}

// Words declares a function of so many strings, which returns something of a dimension.
func (e *Environment) Words(name string, count int, gives Dimension, f func([]string) (float64, error)) {
	e.gives[name] = gives
	e.function(name, func(args ...any) (any, error) {
		var s []string
		for _, a := range args {
			if t, ok := a.(string); ok {
				s = append(s, t)
			}
		}
		if len(s) != count || len(args) != count {
			return nil, fmt.Errorf("%s takes %d quoted words", name, count)
		}
		v, err := f(s)
		return v, err
	})
}

func numbers(name string, args []any, least, most int) ([]float64, error) {
	var out []float64
	for _, a := range args {
		v, ok := toFloat(a)
		if !ok {
			return nil, fmt.Errorf("%s takes numbers, %v is none", name, a)
		}
		out = append(out, v)
	}
	if len(out) < least || len(out) > most {
		return nil, fmt.Errorf("%s has %d arguments", name, len(out))
	}
	return out, nil
}

func toFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	}
	return 0, false
}

// run evaluates the text after "=", whose value shall be of a dimension.
func (e *Environment) run(text string, want Dimension) (v float64, err error) {
	if len(text) > expressionMax {
		return 0, fmt.Errorf("longer than %d characters", expressionMax)
	}
	vars := e.vars()
	g := &guard{vars: vars}
	opts := append([]expr.Option{expr.Env(vars), expr.DisableAllBuiltins(), expr.Patch(g)}, e.opts...)
	program, err := expr.Compile(text, opts...)
	if g.err != nil {
		return 0, g.err
	}
	if err != nil {
		return 0, err
	}
	out, err := vm.Run(program, vars)
	if err != nil {
		return 0, err
	}
	v, ok := toFloat(out)
	switch {
	case !ok:
		return 0, fmt.Errorf("must give a number, not %s", kindOf(out))
	case math.IsNaN(v) || math.IsInf(v, 0):
		return 0, fmt.Errorf("gives %v, must give a finite number", v)
	}
	dims := &dimensions{e: e}
	have := dims.of(program.Node())
	if dims.err == nil && !have.agrees(want) {
		return 0, fmt.Errorf("gives %v, must give %v", have, want)
	}
	return v, dims.err
}

// kindOf tells what a value is that is no number.
func kindOf(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "a table: name one of its keys, such as " + shortList(slices.Sorted(maps.Keys(v)))
	case string:
		return "the word " + Literal(v)
	case bool:
		return fmt.Sprint(v)
	}
	return fmt.Sprintf("a %T", v)
}

// partError is a refusal of one part of an expression.
type partError struct {
	at   int // characters before it
	text string
}

func (e *partError) Error() string { return e.text }

// guard refuses what the library's language has beyond spec 40 §8.1.
type guard struct {
	vars map[string]any
	err  error
}

var operators = map[string]bool{
	"+": true, "-": true, "*": true, "/": true, "<": true, "<=": true, ">": true, ">=": true, "==": true, "!=": true,
	"and": true, "or": true, "not": true, "&&": true, "||": true, "!": true,
}

// Visit sees every node before the types are checked.
func (g *guard) Visit(n *ast.Node) {
	if g.err != nil {
		return
	}
	switch x := (*n).(type) {
	case *ast.IntegerNode: // all arithmetic is that of real numbers: whole ones would wrap around
		ast.Patch(n, &ast.FloatNode{Value: float64(x.Value)})
	case *ast.FloatNode, *ast.StringNode, *ast.CallNode, *ast.ConditionalNode, *ast.BoolNode:
	case *ast.IdentifierNode:
		if strings.HasPrefix(x.Value, "$") {
			g.err = &partError{x.Location().From, fmt.Sprintf("unknown name %s", x.Value)}
		}
	case *ast.MemberNode:
		if _, err := g.member(x); err != nil {
			g.err = &partError{x.Location().From, err.Error()}
		}
	case *ast.BinaryNode:
		if !operators[x.Operator] {
			g.err = &partError{x.Location().From, fmt.Sprintf("operator %q is not part of expressions", x.Operator)}
		}
	case *ast.UnaryNode:
		if !operators[x.Operator] {
			g.err = &partError{x.Location().From, fmt.Sprintf("operator %q is not part of expressions", x.Operator)}
		}
	default:
		g.err = &partError{(*n).Location().From, "only + - * / ( ) ?:, comparisons and the named functions are part of expressions"}
	}
}

// member follows a.b.c through the variables.
func (g *guard) member(n ast.Node) (any, error) {
	switch x := n.(type) {
	case *ast.IdentifierNode:
		v, ok := g.vars[x.Value]
		if !ok {
			return nil, fmt.Errorf("unknown name %s%s", x.Value, DidYouMean(x.Value, slices.Sorted(maps.Keys(g.vars))))
		}
		return v, nil
	case *ast.MemberNode:
		table, err := g.member(x.Node)
		if err != nil {
			return nil, err
		}
		name, ok := x.Property.(*ast.StringNode)
		m, isTable := table.(map[string]any)
		if !ok || !isTable {
			return nil, fmt.Errorf("%s has no parts", x.Node.String())
		}
		v, ok := m[name.Value]
		if !ok {
			return nil, fmt.Errorf("unknown name %s%s", x.String(), DidYouMean(name.Value, slices.Sorted(maps.Keys(m))))
		}
		return v, nil
	}
	return nil, fmt.Errorf("%s has no parts", n.String())
}

// Evaluate returns the value of an expression, which shall be of a dimension; it reports what is wrong with it.
func (b *Binding) Evaluate(n *Node, key, text string, want Dimension) (float64, bool) {
	if b.Env == nil {
		b.Wrong(n, key, "expressions may stand in [[fault]] and [[expect]] only")
		return 0, false
	}
	if b.Env.Broken {
		return 0, false
	}
	v, err := b.Env.run(strings.TrimPrefix(strings.TrimLeft(text, " "), "="), want)
	if err == nil {
		return v, true
	}
	var part *partError
	if errors.As(err, &part) {
		b.Wrong(n, key, "%s (character %d of the expression)", part.text, part.at+1)
		return 0, false
	}
	var at *exprfile.Error
	if !errors.As(err, &at) {
		b.Wrong(n, key, "%v", err)
		return 0, false
	}
	msg := at.Message
	if at.Prev != nil {
		msg = at.Prev.Error()
	}
	b.Wrong(n, key, "%s (character %d of the expression)", msg, at.Column+1)
	return 0, false
}
