package tomlpos

import (
	"strings"
	"testing"
)

const text = `a = "x"
"b c".d = [ 1, { é = "ü", e = 2 } ]
[[t]]
n = 1
[[t]]
[t.u.v]
n = [
  3, # ]
]
`

// Lines, columns and bytes are those an editor shows for the text above.
func TestIndex(t *testing.T) {
	ix, deep := Scan(text, Join)
	if deep {
		t.Error("deep")
	}
	for _, c := range []struct {
		path       string
		key, value Place
	}{
		{`a`, Place{1, 1, 1}, Place{1, 5, 5}},
		{`"b c"`, Place{2, 1, 1}, Place{2, 11, 11}},
		{`"b c".d`, Place{2, 1, 1}, Place{2, 11, 11}},
		{`"b c".d[0]`, Place{2, 13, 13}, Place{2, 13, 13}},
		{`"b c".d[1]`, Place{2, 16, 16}, Place{2, 16, 16}},
		{`"b c".d[1].e`, Place{2, 27, 29}, Place{2, 31, 33}}, // two letters before it have two bytes each
		{`t`, Place{3, 1, 1}, Place{3, 1, 1}},
		{`t[0].n`, Place{4, 1, 1}, Place{4, 5, 5}},
		{`t[1]`, Place{5, 1, 1}, Place{5, 1, 1}},
		{`t[1].u`, Place{6, 1, 1}, Place{6, 1, 1}}, // implied by the header
		{`t[1].u.v.n[0]`, Place{8, 3, 3}, Place{8, 3, 3}},
	} {
		key, known := ix.Key(c.path)
		value, _ := ix.Value(c.path)
		if !known || key != c.key || value != c.value {
			t.Errorf("%s: %v, %v, have %v, %v", c.path, c.key, c.value, key, value)
		}
	}
	for _, path := range []string{"", "b c", "t[2]", "t.n"} {
		if at, known := ix.Key(path); known {
			t.Errorf("%q is at %v", path, at)
		}
	}
	plain, _ := Scan(text, JoinPlain)
	if at, _ := plain.Key("b c.d"); at != (Place{2, 1, 1}) {
		t.Errorf("as it is: %v", at)
	}
}

// A text beyond the bounds is told, and what stands after the deep place keeps its position.
func TestDeep(t *testing.T) {
	nest := func(n int) string { return "a = " + strings.Repeat("[", n) + strings.Repeat("]", n) }
	dots := func(n int) string { return "a" + strings.Repeat(".a", n-1) + " = 1" }
	for name, c := range map[string]struct {
		text string
		deep bool
	}{
		"values":    {nest(DepthMax), false},
		"deep":      {nest(DepthMax + 1), true},
		"deeper":    {nest(100_000), true},
		"parts":     {dots(PartsMax), false},
		"long key":  {dots(PartsMax + 1), true},
		"very long": {dots(100_000), true},
	} {
		ix, deep := Scan(c.text+"\nb = [\n{ c = 1 }]\n", Join)
		a, _ := ix.Key("a")
		at, _ := ix.Key("b[0].c")
		if deep != c.deep || a != (Place{1, 1, 1}) || at != (Place{3, 3, 3}) {
			t.Errorf("%s: %v, a %v, b[0].c %v", name, deep, a, at)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, c := range []struct{ path, key, quoted, plain string }{
		{"", "a", "a", "a"}, {"a", "b-1", "a.b-1", "a.b-1"}, {"a", "b c", `a."b c"`, "a.b c"}, {"", "", `""`, ""}, {"a", "é", `a."é"`, "a.é"},
	} {
		if q, p := Join(c.path, c.key), JoinPlain(c.path, c.key); q != c.quoted || p != c.plain {
			t.Errorf("%q %q: %s, %s", c.path, c.key, q, p)
		}
	}
}
