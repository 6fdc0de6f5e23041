package wire

import "hypersim/core"

// Codec turns messages into bytes and back. It belongs to one driver: a walk through a body needs memory of its own.
// Membership's datagrams have no body, and Size knows theirs without a Codec.
type Codec struct {
	Book   Book
	Bodies *core.Bodies // which kinds have a body, and how one is made
	Shelf  *core.Shelf  // where Decode takes bodies from, or nil

	walk core.Walker
}

// Size returns how many bytes m takes on the wire, ballast included; 0 for a kind that never travels.
func (c *Codec) Size(m *core.Message) int {
	n := Size(m, c.Book)
	if m.Body != nil && n != 0 {
		n += c.walk.Size(m, c)
	}
	return n
}

// hasBody reports whether messages of kind k have a body.
func (c *Codec) hasBody(k core.Kind) bool {
	return c.Bodies != nil && int(k) < len(c.Bodies) && c.Bodies[k] != nil
}

// body returns a clear body for a message of kind k.
func (c *Codec) body(k core.Kind) core.Body {
	if c.Shelf == nil {
		return c.Bodies[k]()
	}
	return c.Shelf.Take(k, c.Bodies[k])
}

// KeyBytes implements core.Book.
func (c *Codec) KeyBytes(id core.NodeID) int {
	if !onlyV4(c.Book) && isV6(c.Book, id) {
		return keyBytes + moreV6
	}
	return keyBytes
}

// AppendKey implements core.Book. It panics for a node without an endpoint.
func (c *Codec) AppendKey(dst []byte, id core.NodeID) []byte { return appendNode(dst, id, c.Book) }

// CutKey implements core.Book.
func (c *Codec) CutKey(src []byte) (core.NodeID, []byte, error) {
	r := reader{rest: src}
	id := r.node(c.Book)
	return id, r.rest, r.err
}

// Name implements core.Book.
func (c *Codec) Name(id core.NodeID) string { return c.Book.Name(id) }
