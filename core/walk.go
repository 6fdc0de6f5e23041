package core

import (
	"encoding/binary"
	"errors"
	"math"
)

// Body is what a message of one kind carries beside its header. Walk tells every field once, in wire order;
// size, bytes, digest, text and JSON all come from it, so a field that Walk forgets exists nowhere.
//
// Its sender fills a body in, and from then on nobody writes to it (shelf.go says who keeps it, and how long).
type Body interface {
	Walk(w *Walker)
	shared() *Shared
}

// Scoped is a body that is about work of one scope, for whoever watches messages without knowing their types.
type Scoped interface{ ScopeID() uint64 }

// Blob stands for bytes that nobody looks into: a payload, a context, a result. It is its length and a
// digest; the bytes themselves never exist (spec 01 no. 5). Size counts for bandwidth, not for memory.
type Blob struct {
	ID   uint64
	Size uint32
}

// Book is what a walk needs to know about nodes: the bytes of their endpoints, and their id strings.
type Book interface {
	// KeyBytes returns the size of the tagged endpoint of id.
	KeyBytes(id NodeID) int
	// AppendKey appends the tagged endpoint of id.
	AppendKey(dst []byte, id NodeID) []byte
	// CutKey takes a tagged endpoint off the front of src.
	CutKey(src []byte) (id NodeID, rest []byte, err error)
	// Name returns the id string of id, at most 255 bytes long.
	Name(id NodeID) string
}

// What a walk over received bytes may find wrong. Errors are returned bare.
var (
	ErrShort  = errors.New("wire: message ends early")
	ErrValue  = errors.New("wire: value out of range")
	ErrVarint = errors.New("wire: malformed varint")
	ErrName   = errors.New("wire: id string is not the one in the address book")
)

// mode is what a walk does with each field.
type mode uint8

const (
	modeSize  mode = iota // counts bytes
	modeWrite             // appends bytes
	modeRead              // takes bytes off the front
	modeHash              // mixes values into a hash
	modeClear             // sets to zero, keeps the memory of lists
	modeView              // shows values with their names, and takes what the viewer returns
)

// FieldType says how the 64 bits that a viewer sees are to be read.
type FieldType uint8

// Types of fields. The size on the wire follows the name; a Node is a tagged endpoint of 7 or 19 bytes.
const (
	FieldUint8 FieldType = iota
	FieldUint16
	FieldUint32
	FieldUint64
	FieldVarint  // 32 bits, 1 to 5 bytes
	FieldFloat32 // bits of a float32
	FieldFloat64 // bits of a float64
	FieldBool
	FieldDuration  // ns, 8 bytes
	FieldNode      // NodeID
	FieldMaybeNode // NodeID or NoNode
	FieldWord      // 1 byte, one of a list of words
	FieldBlob      // digest of ballast; its size follows as FieldUint32
)

// Viewer sees every field of a body by name: it prints, draws or lists them.
type Viewer interface {
	// Field is given the value and returns the one that the body has from now on. word is the name of the
	// value of a FieldWord, whose values are below limit (0 elsewhere).
	Field(name string, t FieldType, bits uint64, word string, limit uint64) uint64
	// List begins a list of n elements, or an optional part (n is 0 or 1), and returns how many there shall be.
	List(name string, n int) int
	// Next begins the i-th element of the innermost list; i = n ends it.
	Next(i, n int)
}

// Walker goes through the fields of a body, for one purpose at a time. Whoever walks often keeps one, since a
// walk goes through an interface and a local one would be allocated each time. The zero value is ready.
type Walker struct {
	mode mode
	book Book
	buf  []byte
	n    int
	blob int // bytes of ballast
	h    uint64
	err  error
	view Viewer
	from NodeID
}

func (w *Walker) walk(m mode, b Body) {
	w.mode, w.err = m, nil
	b.Walk(w)
}

// Size returns how many bytes the body of m has on the wire, ballast included.
func (w *Walker) Size(m *Message, book Book) int {
	w.book, w.from, w.n, w.blob = book, m.From, 0, 0
	w.walk(modeSize, m.Body)
	return w.n + w.blob
}

// Append appends the bytes of m's body to dst, ballast left out. The error says that the body holds what no reader
// would take.
func (w *Walker) Append(dst []byte, m *Message, book Book) ([]byte, error) {
	w.book, w.from, w.buf = book, m.From, dst
	w.walk(modeWrite, m.Body)
	dst, w.buf = w.buf, nil
	return dst, w.err
}

// Read fills the body of m, which must be clear, from the front of src and returns what follows. No list becomes
// longer than src could hold. After an error the body is of no use.
func (w *Walker) Read(src []byte, m *Message, book Book) (rest []byte, err error) {
	w.book, w.from, w.buf = book, m.From, src
	w.walk(modeRead, m.Body)
	rest, w.buf = w.buf, nil
	return rest, w.err
}

// Hash chains the fields of b to h.
func (w *Walker) Hash(h uint64, b Body) uint64 {
	w.h = h + 0x9e3779b97f4a7c15 // zeros at the beginning count too: Mix leaves 0 at 0
	w.walk(modeHash, b)
	return w.h
}

// Clear sets all fields of b to zero and keeps the memory of its lists.
func (w *Walker) Clear(b Body) { w.walk(modeClear, b) }

// View shows v every field of b.
func (w *Walker) View(b Body, v Viewer) {
	w.view = v
	w.walk(modeView, b)
}

// Mix is one step of the hash of digests: the multiply-xorshift of MurmurHash3's finaliser (Appleby 2011).
func Mix(h, x uint64) uint64 {
	x = (x ^ h) * 0xff51afd7ed558ccd
	return x ^ x>>32
}

func (w *Walker) fail(err error) {
	if w.err == nil {
		w.err = err
	}
	if w.mode == modeRead {
		w.buf = nil
	}
}

// Fail makes the walk fail: a combination of fields that no sender writes was read.
func (w *Walker) Fail() { w.fail(ErrValue) }

// Wire reports whether bytes are counted, written or read: where the wire packs several fields into one byte,
// a body tells that byte then, and the fields themselves to everybody else.
func (w *Walker) Wire() bool { return w.mode <= modeRead }

// take returns the next n bytes, or nil and fails.
func (w *Walker) take(n int) []byte {
	if len(w.buf) < n {
		w.fail(ErrShort)
		return nil
	}
	p := w.buf[:n:n]
	w.buf = w.buf[n:]
	return p
}

// fixed walks a field of 1, 2, 4 or 8 bytes.
func (w *Walker) fixed(name string, t FieldType, size int, v uint64) uint64 {
	switch w.mode {
	case modeSize:
		w.n += size
	case modeWrite:
		switch size {
		case 1:
			w.buf = append(w.buf, uint8(v))
		case 2:
			w.buf = binary.BigEndian.AppendUint16(w.buf, uint16(v))
		case 4:
			w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(v))
		default:
			w.buf = binary.BigEndian.AppendUint64(w.buf, v)
		}
	case modeRead:
		return w.cut(size)
	case modeHash:
		w.h = Mix(w.h, v)
	case modeClear:
		return 0
	case modeView:
		return w.view.Field(name, t, v, "", 0)
	}
	return v
}

func (w *Walker) cut(size int) uint64 {
	p := w.take(size)
	switch {
	case p == nil:
		return 0
	case size == 1:
		return uint64(p[0])
	case size == 2:
		return uint64(binary.BigEndian.Uint16(p))
	case size == 4:
		return uint64(binary.BigEndian.Uint32(p))
	}
	return binary.BigEndian.Uint64(p)
}

// Uint8 walks one byte.
func (w *Walker) Uint8(name string, v *uint8) { *v = uint8(w.fixed(name, FieldUint8, 1, uint64(*v))) }

// Uint16 walks two bytes.
func (w *Walker) Uint16(name string, v *uint16) {
	*v = uint16(w.fixed(name, FieldUint16, 2, uint64(*v)))
}

// Uint32 walks four bytes.
func (w *Walker) Uint32(name string, v *uint32) {
	*v = uint32(w.fixed(name, FieldUint32, 4, uint64(*v)))
}

// Uint64 walks eight bytes.
func (w *Walker) Uint64(name string, v *uint64) { *v = w.fixed(name, FieldUint64, 8, *v) }

// Float32 walks four bytes, whatever number they say.
func (w *Walker) Float32(name string, v *float32) {
	*v = math.Float32frombits(uint32(w.fixed(name, FieldFloat32, 4, uint64(math.Float32bits(*v)))))
}

// Float64 walks eight bytes, whatever number they say.
func (w *Walker) Float64(name string, v *float64) {
	*v = math.Float64frombits(w.fixed(name, FieldFloat64, 8, math.Float64bits(*v)))
}

// Duration walks a length of time, eight bytes of ns.
func (w *Walker) Duration(name string, v *Duration) {
	*v = Duration(w.fixed(name, FieldDuration, 8, uint64(*v)))
}

// Bool walks one byte, 0 or 1.
func (w *Walker) Bool(name string, v *bool) {
	x := uint64(0)
	if *v {
		x = 1
	}
	if x = w.fixed(name, FieldBool, 1, x); x > 1 {
		w.fail(ErrValue)
	}
	*v = x == 1
}

// Varint walks 32 bits in base 128, in their shortest form.
func (w *Walker) Varint(name string, v *uint32) {
	switch w.mode {
	case modeSize:
		w.n++
		for x := *v; x >= 0x80; x >>= 7 {
			w.n++
		}
	case modeWrite:
		x := *v
		for ; x >= 0x80; x >>= 7 {
			w.buf = append(w.buf, uint8(x)|0x80)
		}
		w.buf = append(w.buf, uint8(x))
	case modeRead:
		*v = w.cutVarint()
	case modeHash, modeClear, modeView:
		*v = uint32(w.fixed(name, FieldVarint, 4, uint64(*v)))
	}
}

// cutVarint accepts the shortest form only, so that a message has one encoding.
func (w *Walker) cutVarint() uint32 {
	var v uint32
	for shift := 0; ; shift += 7 {
		c := uint8(w.cut(1))
		switch {
		case w.err != nil:
			return 0
		case shift == 28 && c > 0x0f, shift > 0 && c == 0: // beyond 32 bits, or longer than needed
			w.fail(ErrVarint)
			return 0
		}
		v |= uint32(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
}

// Node walks the endpoint of a node, 7 or 19 bytes.
func (w *Walker) Node(name string, id *NodeID) {
	switch w.mode {
	case modeSize:
		w.n += w.book.KeyBytes(*id)
	case modeWrite:
		w.buf = w.book.AppendKey(w.buf, *id)
	case modeRead:
		w.readNode(id)
	case modeHash, modeClear, modeView:
		*id = NodeID(w.fixed(name, FieldNode, 4, uint64(*id)))
	}
}

func (w *Walker) readNode(id *NodeID) {
	if *id = NoNode; w.err != nil {
		return
	}
	var err error
	if *id, w.buf, err = w.book.CutKey(w.buf); err != nil {
		w.fail(err)
	}
}

// MaybeNode walks a node or NoNode: a byte that says which, then the endpoint.
func (w *Walker) MaybeNode(name string, id *NodeID) {
	if !w.Wire() {
		*id = NodeID(w.fixed(name, FieldMaybeNode, 4, uint64(*id)))
		return
	}
	known := *id != NoNode
	if w.Bool(name, &known); known {
		w.Node(name, id)
	} else {
		*id = NoNode
	}
}

// Sender returns whose message it is, for a body that introduces its sender by name; it is known on the wire only.
func (w *Walker) Sender() NodeID { return w.from }

// Name walks the id string of id: it travels where a node is introduced, and must be the one that the book has.
func (w *Walker) Name(id NodeID) {
	switch w.mode {
	case modeSize:
		w.n += 1 + len(w.book.Name(id))
	case modeWrite:
		s := w.book.Name(id)
		if len(s) > math.MaxUint8 {
			w.fail(ErrName)
		}
		w.buf = append(append(w.buf, uint8(len(s))), s...)
	case modeRead:
		p := w.take(int(w.cut(1)))
		if w.err == nil && string(p) != w.book.Name(id) {
			w.fail(ErrName)
		}
	case modeHash, modeClear, modeView: // it follows from the id
	}
}

// Blob walks ballast: twelve bytes that exist, and Size that count only.
func (w *Walker) Blob(name string, b *Blob) {
	b.ID = w.fixed(name, FieldBlob, 8, b.ID)
	w.Uint32("size", &b.Size)
	if w.mode == modeSize {
		w.blob += int(b.Size)
	}
}

// Word walks a value of a list of words, one byte; limit is the number of words.
func Word[T interface {
	~uint8
	String() string
}](w *Walker, name string, v *T, limit int) {
	if w.mode == modeView {
		*v = T(w.view.Field(name, FieldWord, uint64(*v), (*v).String(), uint64(limit)))
		return
	}
	if *v = T(w.fixed(name, FieldWord, 1, uint64(*v))); int(*v) >= limit {
		w.fail(ErrValue)
	}
}

// List walks a list: its length in four bytes, then each element. least is the number of bytes that an element has
// at the least; a length that src cannot hold is refused before anything grows.
func List[T any](w *Walker, name string, s *[]T, least int, each func(*T, *Walker)) {
	n := len(*s)
	switch w.mode {
	case modeClear:
		clear(*s) // what elements point to is let go
		*s = (*s)[:0]
		return
	case modeView:
		n = w.view.List(name, n)
	case modeSize, modeWrite, modeRead, modeHash:
		if n = int(w.fixed(name, FieldUint32, 4, uint64(n))); w.mode == modeRead && n > len(w.buf)/max(least, 1) {
			w.fail(ErrShort)
			return
		}
	}
	if w.mode >= modeRead { // only these may change its length
		*s = resize(*s, n)
	}
	for i := range *s {
		if w.err != nil {
			return
		}
		if w.mode == modeView {
			w.view.Next(i, n)
		}
		each(&(*s)[i], w)
	}
	if w.mode == modeView {
		w.view.Next(n, n)
	}
}

// resize returns s with n elements; new ones are zero.
func resize[T any](s []T, n int) []T {
	if n <= len(s) {
		return s[:n]
	}
	old := len(s)
	if n > cap(s) {
		s = append(make([]T, 0, n), s...)
	}
	s = s[:n]
	clear(s[old:])
	return s
}
