package core

import (
	"reflect"
	"testing"
)

// TestWidenForgetsNoPromise: of two configurations that differ in one promise, whichever comes first, the wider one counts; so no
// field may be left out, but those that are a node's own.
func TestWidenForgetsNoPromise(t *testing.T) {
	own := map[string]bool{"Flat": true, "Suspicion": true}
	kind := reflect.TypeFor[Promises]()
	for i := range kind.NumField() {
		name := kind.Field(i).Name
		var less, more Promises
		for _, x := range []struct {
			p  *Promises
			by int64
		}{{&less, 1}, {&more, 2}} {
			switch f := reflect.ValueOf(x.p).Elem().Field(i); f.Kind() {
			case reflect.Bool:
				f.SetBool(x.by == 2)
			case reflect.Int, reflect.Int64:
				f.SetInt(x.by)
			case reflect.Float64:
				f.SetFloat(float64(x.by))
			default:
			}
		}
		a, b := less, more
		a.Widen(&more)
		b.Widen(&less)
		if agree := reflect.DeepEqual(a, b); agree == own[name] && name != "Suspicion" {
			t.Errorf("%s: %+v and %+v, by which came first", name, a, b)
		}
		same := more
		if same.Widen(&more); !reflect.DeepEqual(same, more) {
			t.Errorf("%s: a node that is held to its own promise is held to another: %+v", name, same)
		}
	}
}
