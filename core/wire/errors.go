package wire

import (
	"errors"
	"fmt"

	"hypersim/core"
)

// What Decode finds wrong. A receiver drops the datagram and counts it by these (spec 10 §3.2).
var (
	ErrShort       = core.ErrShort
	ErrMagic       = errors.New("wire: not a message of this protocol")
	ErrChecksum    = errors.New("wire: checksum does not match")
	ErrVersion     = errors.New("wire: unknown format version")
	ErrUnknownKind = errors.New("wire: unknown message type")
	ErrReserved    = errors.New("wire: reserved bit is set")
	ErrKey         = errors.New("wire: malformed key")
	ErrUnknownKey  = errors.New("wire: key is not in the address book")
	ErrName        = core.ErrName
	ErrVarint      = core.ErrVarint
	ErrValue       = core.ErrValue
	ErrBlock       = errors.New("wire: malformed block")
	ErrUpdate      = errors.New("wire: malformed update")
)

func panicUnknown(id core.NodeID) {
	panic(fmt.Sprintf("wire: node %d has no endpoint in the address book", id))
}

func panicMessage(m *core.Message, what string) {
	panic(fmt.Sprintf("wire: %v seq %d from node %d: %s", m.Kind, m.Seq, m.From, what))
}
