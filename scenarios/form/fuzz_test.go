package form

import (
	"errors"
	"reflect"
	"testing"
)

// No text and no set panics. What is refused has a text; of the file, it has a place.
func FuzzBinding(f *testing.F) {
	f.Add(whole, "wait=3s")
	for _, set := range []string{"item.first.wait==2*probe.interval", "item[9].id=x", `a."b.c"[0]=1`, "words=[", "=", "name={a={b=1}}", "count==n/0"} {
		f.Add(whole, set)
	}
	f.Add("name = \"=probe\"\nwait = \"=((((\"\n", "")
	env := environment()
	f.Fuzz(func(t *testing.T, text, set string) {
		root, err := Read(text, "x.toml")
		if err != nil {
			if bad := (Problems)(nil); !errors.As(err, &bad) || len(bad) == 0 {
				t.Fatalf("an error without problems: %v", err)
			}
			return
		}
		b := Binding{Env: env}
		b.Set(root, set, func(path string) bool { return IsText(TypeAt(reflect.TypeFor[small](), SplitPath(path))) })
		var v small
		b.Table(root, "", reflect.ValueOf(&v).Elem())
		for _, p := range b.Problems {
			if p.Text == "" || p.File == "x.toml" && (p.Line < 1 || p.Col < 1) {
				t.Fatalf("%+v", p)
			}
		}
		if b.Problems == nil {
			_ = Canonical(Encode(reflect.ValueOf(&v).Elem()))
		}
	})
}
