package core

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

// A Num… constant that is off by one silently cuts a table or leaves an empty name, so the constants of each
// list are counted in the source.
func TestNamesAreCompleteAndDistinct(t *testing.T) {
	for _, c := range []struct {
		list, file, first string
		num               int
		name              func(i int) string
	}{
		{"roles", "id.go", "RoleWorker", NumRoles, func(i int) string { return Role(i).String() }},
		{"kinds", "kind.go", "KindNone", NumKinds, func(i int) string { return Kind(i).String() }},
		{"classes", "kind.go", "ClassControl", NumClasses, func(i int) string { return Class(i).String() }},
		{"update types", "message.go", "UpdateAlive", NumUpdateTypes, func(i int) string { return UpdateType(i).String() }},
		{"loads", "extra.go", "LoadHealthy", NumLoads, func(i int) string { return Load(i).String() }},
		{"worker states", "extra.go", "WorkerRegistered", NumWorkerStates, func(i int) string { return WorkerState(i).String() }},
		{"states", "message.go", "StateNone", NumStates, func(i int) string { return MemberState(i).String() }},
		{"facts", "fact.go", "FactNone", NumFactKinds, func(i int) string { return FactKind(i).String() }},
		{"callbacks", "fact.go", "CallbackNone", NumCallbacks, func(i int) string { return Callback(i).String() }},
		{"ask reasons", "beat.go", "AskLongWorkflow", NumAskReasons, func(i int) string { return AskReason(i).String() }},
		{"causes", "cause.go", "CauseNone", NumCauses, func(i int) string { return Cause(i).String() }},
	} {
		t.Run(c.list, func(t *testing.T) {
			have := constants(t, c.file, c.first)
			if c.list == "kinds" { // those of the job layer stand in a file of their own
				have += constants(t, "jobkind.go", "KindWorkerRegistration") + 1
			}
			if have != c.num {
				t.Errorf("the list has %d constants, Num… says %d", have, c.num)
			}
			seen := map[string]int{}
			for i := range c.num {
				name := c.name(i)
				if first, twice := seen[name]; twice || name == "" || name == "unknown" {
					t.Errorf("constant %d is called %q (so is %d)", i, name, first)
				}
				seen[name] = i
			}
		})
	}
}

// constants counts the values of the constant block that begins with first, its Num… apart.
func constants(t *testing.T, file, first string) int {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST || g.Specs[0].(*ast.ValueSpec).Names[0].Name != first {
			continue
		}
		return len(g.Specs) - 1
	}
	t.Fatalf("%s: no constant block begins with %s", file, first)
	return 0
}

// What lies outside of a list has a name too: facts and messages may come from a newer file.
func TestNamesOfUnknownValues(t *testing.T) {
	for i, have := range []string{
		Kind(NumKinds).String(), UpdateType(NumUpdateTypes).String(), MemberState(NumStates).String(),
		FactKind(NumFactKinds).String(), Callback(NumCallbacks).String(), Cause(NumCauses).String(),
	} {
		if have != "unknown" {
			t.Errorf("case %d: an unknown value is called %q", i, have)
		}
	}
	if have := Role(NumRoles).String(); have != "role(4)" {
		t.Errorf("an unknown role is called %q", have)
	}
}

func TestParseRoleInvertsString(t *testing.T) {
	for r := range Role(NumRoles) {
		if have, ok := ParseRole(r.String()); !ok || have != r {
			t.Errorf("ParseRole(%q) = %v, %v", r, have, ok)
		}
	}
	if _, ok := ParseRole("Worker"); ok {
		t.Error(`ParseRole takes "Worker": names are lower case`)
	}
}

// Streams are the kinds between JOIN and STREAM_ACK, and those of the job layer; those of elections are none (spec 10 §3.1, §7).
func TestStreamKinds(t *testing.T) {
	want := map[Kind]bool{KindJoin: true, KindJoinAck: true, KindSyncDigest: true, KindSyncFull: true, KindProgress: true, KindStreamPing: true, KindStreamAck: true}
	for k := range Kind(NumKinds) {
		if want := want[k] || k.Room() == RoomJobs; k.IsStream() != want {
			t.Errorf("%v is a stream: %v, want %v", k, k.IsStream(), want)
		}
	}
}

// Every kind has its whole row: what travels is for some room, and a reply has the class and room of its request.
func TestKindRowsAreComplete(t *testing.T) {
	for k := range Kind(NumKinds) {
		if k.Travels() != (k.Room() != RoomNone) {
			t.Errorf("%v travels: %v, but is for room %d", k, k.Travels(), k.Room())
		}
		if q := k.Answers(); q != KindNone && (k.Class() != q.Class() || k.Room() != q.Room()) {
			t.Errorf("%v answers %v in another class or room", k, q)
		}
	}
	if k := Kind(NumKinds); k.Travels() || k.IsStream() || k.Room() != RoomNone {
		t.Error("a kind that does not exist travels")
	}
}

// Each kind of a room has a place of its own there, from 1 without a gap, and none elsewhere.
func TestPlaces(t *testing.T) {
	for r := RoomNone + 1; r < NumRooms; r++ {
		next := 1
		for k := range Kind(NumKinds) {
			switch p := k.Place(r); {
			case k.Room() != r && p != 0:
				t.Errorf("%v has place %d in room %d", k, p, r)
			case k.Room() == r && p != next:
				t.Errorf("%v has place %d, want %d", k, p, next)
			case k.Room() == r:
				next++
			}
		}
	}
	if p := Kind(200).Place(RoomMembership); p != 0 {
		t.Errorf("an unknown kind has place %d", p)
	}
}
