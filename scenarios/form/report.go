package form

import "fmt"

// Binding collects what is wrong while a tree is bound.
type Binding struct {
	Problems Problems
	Env      *Environment // nil: expressions are not allowed here
	Dir      string       // folder that relative paths of the file are meant from
	SetDir   string       // and those of --set
}

// Wrong reports a value.
func (b *Binding) Wrong(n *Node, key, format string, args ...any) {
	b.Problems = append(b.Problems, Problem{
		File: n.File, Line: n.At.Line, Col: n.At.Col, Key: key, Found: n.found(), Text: fmt.Sprintf(format, args...),
	})
}

// found is the literal of a scalar; the contents of a table are in front of the reader.
func (n *Node) found() string {
	if n.IsTable || n.IsArray {
		return ""
	}
	return n.Literal()
}

// AtKey reports a key rather than its value.
func (b *Binding) AtKey(n *Node, key, format string, args ...any) {
	b.Problems = append(b.Problems, Problem{
		File: n.File, Line: n.key.Line, Col: n.key.Col, Key: key, Text: fmt.Sprintf(format, args...),
	})
}

// Unknown reports a key that the format does not have.
func (b *Binding) Unknown(n *Node, key, name string, known []string) {
	b.AtKey(n, key, "unknown key%s", DidYouMean(name, known))
}

// Later reports something that the format has and this version does not.
func (b *Binding) Later(n *Node, key, what string) {
	b.AtKey(n, key, "%s not supported yet", what)
}

// Missing reports a key that is not there at its table.
func (b *Binding) Missing(table *Node, key, format string, args ...any) {
	b.Problems = append(b.Problems, Problem{
		File: table.File, Line: table.At.Line, Col: table.At.Col, Key: key, Text: "missing: " + fmt.Sprintf(format, args...),
	})
}

// AtValue is Wrong for one string of a list.
func (b *Binding) AtValue(n *Node, key, name, format string, args ...any) {
	for i, item := range n.Items {
		if item.Val == name {
			b.Wrong(item, Element(key, i), format, args...)
			return
		}
	}
	b.Wrong(n, key, format, args...)
}
