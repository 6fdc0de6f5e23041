package tomlpos

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

var seeds = []string{
	"a = 1", "[a.b]\nc.d = { x = [1, { y = 2 }], 'q.r' = 3 }", "[[a]]\n[[a.b]]\nc = 1\n[[a]]\n[a.d]\ne = 2",
	"s = \"\"\"\n[no] = # x\\\"\"\"\"\"\nt = '''\n'a' ''''\n\"k\\u0041\" = 1", "a = [ # c\n[1, 2], # ]\n [\"]\"] ]\r\nb = 1979-05-27 07:32:00Z",
	"\"\" = 1\n'' . b = 2", "a = \"\\\\\"\nb = '\\'", "a.b = 1\na.c = 2\n[x]\n[x.y.z]\n[x.y]", "ключ = 1", "a={}\nb=[]\nc=[{}]\nd=[[]]",
	"a = 1\nb.c = { d = [1, { e = \"]\" }] } # x\n[[t.u]]\nv = '''\n[no]\nk = 1\n'''\n[[t.u]]\nv = \"\\\"\"\n[t.u.w]\nx = 1\n",
	"\"a b\" = 1\n[x]\ny = [ [1,2], # c\n[3]]\nz=\"\"\"\n\\\"\"\"\" \"\"\"\n",
}

// The index names the same keys as the decoder, in its order, for every text that is TOML; and every place
// lies in the text.
func FuzzPositionIndex(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ix, deep := Scan(text, Join)
		lines := strings.Split(text, "\n")
		for _, e := range ix.entries {
			for _, p := range []Place{e.key, e.value} {
				if p.Line < 1 || p.Line > len(lines) || p.Col < 1 || p.Col > p.Byte || p.Byte > len(lines[p.Line-1])+1 {
					t.Fatalf("%q: %+v has no place in the text", text, e)
				}
			}
		}
		if deep || len(text) > 1<<12 {
			return
		}
		var tree map[string]any
		md, err := toml.Decode(text, &tree)
		if err != nil {
			return
		}
		if err := ix.Check(md.Keys()); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

// Every key the decoder knows is found under its path as it is, too, at a place in the text.
func FuzzKeyPositions(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ix, deep := Scan(text, JoinPlain)
		if deep || strings.ContainsAny(text, "\"'\\.\x00") {
			return // quoted and dotted keys have several spellings; only bare ones are compared
		}
		var tree map[string]any
		md, err := toml.Decode(text, &tree)
		if err != nil {
			return
		}
		lines := strings.Split(text, "\n")
		for _, key := range md.Keys() {
			name := key[len(key)-1]
			ok := false
			for path, at := range ix.keys {
				if path == name || strings.HasSuffix(path, "."+name) {
					if at.Line < 1 || at.Line > len(lines) || at.Byte < 1 || at.Byte > len(lines[at.Line-1])+1 {
						t.Fatalf("%s at %v is outside of the text", path, at)
					}
					ok = true
				}
			}
			if !ok {
				t.Fatalf("key %v was not found in %q", key, text)
			}
		}
	})
}
