package tomlpos

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// Place is a position in a text, all of it 1-based. The zero Place is "nowhere".
type Place struct {
	Line int
	Col  int // in characters, as an editor counts
	Byte int // the column in bytes, as the decoder counts for syntax errors
}

// Index is where everything of a TOML text stands. The zero Index knows no place.
type Index struct {
	entries []entry
	keys    map[string]Place // path of a key or of the newest header that opened it → its position
	values  map[string]Place // path of a key, array element or table → where its value begins
}

// entry is one key of a TOML text, in the order of the text: where it stands and where its value begins.
// A table header is an entry whose value stands at the header.
type entry struct {
	parts []string // as toml.MetaData.Keys gives them: no indices
	key   Place
	value Place
}

// Key returns where the key or header of path stands; of an array element, where the element begins.
func (ix *Index) Key(path string) (at Place, ok bool) {
	at, ok = ix.keys[path]
	return at, ok
}

// Value returns where the value of path begins; of a table with a header, where the header stands.
func (ix *Index) Value(path string) (at Place, ok bool) {
	at, ok = ix.values[path]
	return at, ok
}

// Check compares the index with the keys that the decoder saw, in its order. An error is a mistake of this
// package: the places of that text cannot be trusted.
func (ix *Index) Check(keys []toml.Key) error {
	if len(keys) != len(ix.entries) {
		return fmt.Errorf("internal: the position index has %d keys, the decoder %d", len(ix.entries), len(keys))
	}
	for i, k := range keys {
		if !slices.Equal(k, ix.entries[i].parts) {
			return fmt.Errorf("internal: key %d is %q in the position index, %q in the decoder", i, ix.entries[i].parts, k)
		}
	}
	return nil
}

// note records the first mention of a path.
func (ix *Index) note(path string, key, value Place) {
	if _, twice := ix.keys[path]; !twice {
		ix.keys[path], ix.values[path] = key, value
	}
}

// Join appends a key to a path; a key that is not bare is quoted, so that paths are unique.
func Join(path, key string) string {
	bare := key != ""
	for i := 0; i < len(key); i++ {
		bare = bare && isBare(key[i]) && key[i] < utf8.RuneSelf
	}
	if !bare {
		key = strconv.Quote(key)
	}
	return JoinPlain(path, key)
}

// JoinPlain appends a key to a path as it is. Of two keys that are spelled alike ("a.b" in quotes, and b of
// a) the index then keeps one.
func JoinPlain(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Element is the path of the element i of the array at path, from 0.
func Element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
