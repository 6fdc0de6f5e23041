package form

import (
	"reflect"
	"slices"
	"testing"
)

// The schema has every key, and what is bound and written out again is bound to the same.
func TestSchema(t *testing.T) {
	typ := reflect.TypeFor[small]()
	s := Schema(typ, reflect.ValueOf(small{Count: 2}))
	props := s["properties"].(map[string]any)
	for _, key := range Keys(typ) {
		if props[key] == nil {
			t.Errorf("no %s", key)
		}
	}
	if len(props) != len(Keys(typ)) || s["additionalProperties"] != false || !reflect.DeepEqual(s["required"], []any{"name"}) {
		t.Errorf("%v", s)
	}
	mode, count := props["mode"].(map[string]any), props["count"].(map[string]any)
	if !reflect.DeepEqual(mode["enum"], []any{"fast", "slow"}) || mode["description"] != "how it goes" || count["default"] == nil {
		t.Errorf("%v, %v", mode, count)
	}
}

func TestEncode(t *testing.T) {
	v, bad := bound(t, whole, nil)
	if bad != nil {
		t.Fatal(bad)
	}
	out := Encode(reflect.ValueOf(&v).Elem())
	if out["wait"] != "1.5s" || out["size"] != "64KiB" || out["rate"] != "10Mbit/s" || out["mode"] != "slow" {
		t.Errorf("%v", out)
	}
	if a, b := Canonical(out), Canonical(Encode(reflect.ValueOf(&v).Elem())); !slices.Equal(a, b) || len(a) == 0 {
		t.Errorf("%s, then %s", a, b)
	}
}
