package node

import (
	"reflect"
	"testing"

	"hypersim/core"
	"hypersim/core/call"
)

// bare are the requests of the job layer that have no fields.
var bare = map[core.Kind]bool{
	core.KindPingRequest: true, core.KindWorkflowStatusQuery: true, core.KindDatacenterListRequest: true, core.KindHealthCheck: true,
}

// Every kind of the job layer has a body but for those without fields, and every reply on a stream begins with an
// answer, which is embedded once: calls read it whatever the reply is.
func TestEveryJobKindHasItsBody(t *testing.T) {
	bodies := Bodies()
	for k := range core.Kind(core.NumKinds) {
		if k.Room() != core.RoomJobs && k.Room() != core.RoomElection {
			continue
		}
		if bare[k] != (bodies[k] == nil) {
			t.Errorf("%v has a body: %v", k, bodies[k] != nil)
		}
		if bodies[k] == nil || k.Answers() == core.KindNone || !k.IsStream() {
			continue
		}
		reply, ok := bodies[k]().(call.Reply)
		if !ok {
			t.Errorf("%v answers %v with %T, which has no answer", k, k.Answers(), bodies[k]())
			continue
		}
		var first fields
		var w core.Walker
		w.View(reply, &first)
		if first.names[0] != "code" {
			t.Errorf("%v begins with %q, not with its code", k, first.names[0])
		}
	}
}

// fields lists the names of the fields of a body.
type fields struct{ names []string }

func (f *fields) Field(name string, _ core.FieldType, v uint64, _ string, _ uint64) uint64 {
	f.names = append(f.names, name)
	return v
}
func (f *fields) List(name string, _ int) int { f.names = append(f.names, name); return 0 }
func (*fields) Next(int, int)                 {}

// Walk tells every field of a body: one that it forgot would not travel. Told by what a walk that sets every value
// leaves zero.
func TestWalksForgetNoField(t *testing.T) {
	for k, make := range Bodies() {
		kind := core.Kind(k)
		if make == nil || kind.Room() != core.RoomJobs && kind.Room() != core.RoomElection {
			continue
		}
		b := make()
		var w core.Walker
		for code := range call.Code(call.NumCodes) { // an answer has a field for some codes each
			w.View(b, &filler{code: uint64(code)})
		}
		w.View(b, &filler{code: uint64(call.CodeDuplicate)}) // a job's answer names its leader with that
		unset(t, kind.String(), reflect.ValueOf(b).Elem())
	}
}

// filler sets every field to something that is not zero.
type filler struct{ code uint64 }

func (f *filler) Field(name string, t core.FieldType, v uint64, _ string, limit uint64) uint64 {
	switch {
	case name == "code":
		return f.code
	case t == core.FieldWord:
		return limit - 2 // the last kind of an entry, a tombstone, has fewer fields
	}
	return 1
}
func (*filler) List(string, int) int { return 1 }
func (*filler) Next(int, int)        {}

func unset(t *testing.T, at string, v reflect.Value) {
	t.Helper()
	switch {
	case v.Type() == reflect.TypeFor[core.Shared](), v.Type() == reflect.TypeFor[call.Answer](): // the second has tests of its own
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			unset(t, at+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case v.Kind() == reflect.Slice && v.Len() == 1:
		unset(t, at+"[0]", v.Index(0))
	case v.IsZero():
		t.Errorf("%s is not walked", at)
	}
}
